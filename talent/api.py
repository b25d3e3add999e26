"""The API of people and what belongs to them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.audit.history import acting
from core.entities.api.records import RecordAPI
from core.entities.api.serializers import is_visible, serializer_for
from core.secrecy.identity import SEXES
from talent.actions.corrections import request_change
from talent.actions.transfers import origin_known_to
from talent.codes import (
    ETHNICITIES,
    PoliticalStatus,
    ServiceField,
    Source,
    TalentCategory,
)
from talent.filters import (
    CertificateFilter,
    EducationFilter,
    GraduateStatFilter,
    KeyTalentClaimFilter,
    PersonFilter,
    PostFilter,
    RegistrationPeriodFilter,
    TitleFilter,
)
from talent.models import (
    Certificate,
    ChangeRequest,
    Education,
    GraduateStat,
    KeyTalentClaim,
    Person,
    Post,
    RegistrationPeriod,
    Title,
    TransferRequest,
)

_ENDED = ("ended_on", "end_reason")


class PersonAPI(RecordAPI):
    model = Person
    person_path = "pk"
    filterset_class = PersonFilter
    serializer_class = serializer_for(
        Person, "number", "name", "former_name", "id_type", "id_number", "phone", "sex",
        "birth_date", "ethnicity", "political_status", "native_place", "household_place",
        "residence", "region", "category", "sources", "service_fields", "status",
        "verification", "confirmed_on", "data_source", "remark",
    )  # fmt: skip


class PersonalAPI(RecordAPI):
    person_path = "person_id"
    select_related = ("person",)


class CertificateAPI(PersonalAPI):
    model = Certificate
    filterset_class = CertificateFilter
    serializer_class = serializer_for(
        Certificate, "person", "level", "number", "approved_on", "approved_precision", "issuer",
        "exam_province", "verification", "verified_by_means", "verified_on", *_ENDED,
    )  # fmt: skip


class RegistrationPeriodAPI(PersonalAPI):
    model = RegistrationPeriod
    filterset_class = RegistrationPeriodFilter
    serializer_class = serializer_for(
        RegistrationPeriod, "person", "kind", "starts_on", "ends_on", "state", "authority",
        "voucher", *_ENDED,
    )  # fmt: skip


class EducationAPI(PersonalAPI):
    model = Education
    filterset_class = EducationFilter
    serializer_class = serializer_for(
        Education, "person", "level", "degree", "school", "major", "graduated_on", *_ENDED
    )


class TitleAPI(PersonalAPI):
    model = Title
    filterset_class = TitleFilter
    serializer_class = serializer_for(Title, "person", "series", "level", "obtained_on", *_ENDED)


class PostAPI(PersonalAPI):
    model = Post
    select_related = ("person", "station", "organization")
    filterset_class = PostFilter
    serializer_class = serializer_for(
        Post, "person", "station", "organization", "region", "kind", "is_primary", "employment",
        "started_on", "started_precision", *_ENDED,
    )  # fmt: skip


class KeyTalentClaimAPI(PersonalAPI):
    model = KeyTalentClaim
    select_related = ("person", "submitted_by", "decided_by")
    filterset_class = KeyTalentClaimFilter
    serializer_class = serializer_for(
        KeyTalentClaim, "person", "claim_class", "qualified_on", "native_basis", "evidence",
        "origin", "state", "submitted_by", "decided_by", "decided_on", "decision_reason", *_ENDED,
    )  # fmt: skip


class GraduateStatAPI(RecordAPI):
    model = GraduateStat
    filterset_class = GraduateStatFilter
    serializer_class = serializer_for(
        GraduateStat, "school", "school_place", "region", "major", "major_code", "level", "year",
        "graduates", "stayed", "document", *_ENDED,
    )  # fmt: skip


_Transfer: Any = serializer_for(
    TransferRequest, "person", "from_region", "to_region", "direction", "reason", "state",
    "requested_by", "due_on", "decided_by", "decided_at", "decision_reason",
    private=("person",),
)  # fmt: skip


class TransferRequestSerializer(_Transfer):
    def to_representation(self, instance: TransferRequest) -> dict[str, Any]:
        instance.from_region_id = origin_known_to(instance, self.context["request"].user) or None
        return dict(super().to_representation(instance))


class TransferRequestAPI(RecordAPI):
    """Who only asks sees the request; the person only where the reader's scope has it."""

    model = TransferRequest
    person_path = "person_id"
    select_related = ("person", "requested_by", "decided_by")
    filterset_fields = ("state", "direction")
    serializer_class = TransferRequestSerializer

    def leave_read_event(self, records: list[Any]) -> None:
        user = self.request.user
        super().leave_read_event([row for row in records if is_visible(row.person, user)])


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


class ChangeRequestAPI(PersonalAPI):
    """Reviewers and clerks read the requests of their region, a worker reads and makes her own."""

    model = ChangeRequest
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
