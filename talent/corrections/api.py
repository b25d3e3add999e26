"""The API of corrections: staff read those of their region, a worker reads and makes her own."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.audit.history import acting
from core.entities.api.records import RecordAPI
from core.entities.api.serializers import serializer_for
from core.secrecy.identity import SEXES
from talent.codes import (
    ETHNICITIES,
    PoliticalStatus,
    ServiceField,
    Source,
    TalentCategory,
)
from talent.corrections.actions import request_change
from talent.corrections.models import ChangeRequest


class ChangesSerializer(serializers.Serializer):
    """What a worker may ask to have corrected; only the fields given are asked for."""

    name = serializers.CharField(required=False, max_length=50, label="姓名")
    former_name = serializers.CharField(
        required=False, max_length=50, allow_blank=True, label="曾用名"
    )
    sex = serializers.ChoiceField(required=False, choices=SEXES, label="性别")
    birth_date = serializers.DateField(required=False, label="出生日期")
    ethnicity = serializers.ChoiceField(required=False, choices=ETHNICITIES, label="民族")
    political_status = serializers.ChoiceField(
        required=False, choices=PoliticalStatus.choices, label="政治面貌"
    )
    native_place = serializers.RegexField(r"^[0-9]{6}$", required=False, label="籍贯")
    household_place = serializers.RegexField(r"^[0-9]{6}$", required=False, label="户籍地")
    residence = serializers.RegexField(r"^[0-9]{2,12}$", required=False, label="常住地")
    category = serializers.ChoiceField(
        required=False, choices=TalentCategory.choices, label="人才类别"
    )
    sources = serializers.ListField(
        required=False, child=serializers.ChoiceField(choices=Source.choices), label="来源类别"
    )
    service_fields = serializers.ListField(
        required=False,
        max_length=3,
        child=serializers.ChoiceField(choices=ServiceField.choices),
        label="服务领域",
    )


class NewChangeSerializer(serializers.Serializer):
    changes = ChangesSerializer(required=False, default=dict, label="变更内容")
    other = serializers.CharField(
        required=False, max_length=500, allow_blank=True, label="其他更正"
    )
    reason = serializers.CharField(max_length=200, label="申请说明")


class ChangeRequestAPI(RecordAPI):
    """Reviewers and clerks read the requests of their region, a worker reads and makes her own."""

    model = ChangeRequest
    person_path = "person_id"
    select_related = ("person", "requested_by", "decided_by")
    filterset_fields = ("state",)
    serializer_class = serializer_for(
        ChangeRequest, "person", "changes", "other", "reason", "state", "requested_by",
        "decided_by", "decided_at", "decision_reason",
    )  # fmt: skip

    def permission_for(self, request: Request) -> str:
        user: Any = request.user
        if request.method == "POST" or user.is_worker:
            return "talent.view_own_record"
        return "talent.view_changerequest"

    def get_queryset(self) -> Any:
        user: Any = self.request.user
        if not getattr(self, "swagger_fake_view", False) and user.is_worker:
            return ChangeRequest.objects.filter(person__user=user)
        return super().get_queryset()

    @extend_schema(request=NewChangeSerializer)
    def create(self, request: Request) -> Response:
        """Ask for corrections of the own record."""
        asked = NewChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with acting(request.user, reason=asked.validated_data["reason"]):
            made = request_change(by=request.user, **asked.validated_data)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)
