"""The API of indicators: definitions, the figures of a snapshot, the snapshots there are."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import RecordAPI
from core.dates import parse_date
from core.models import Region
from core.places import place_name
from core.rules import RuleError
from reports.board import may_see
from reports.indicators import INDICATORS
from reports.models import Snapshot, SnapshotValue
from reports.plans import Goals, plan_on


class IndicatorSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    clause = serializers.CharField(help_text="政策条款")
    rule = serializers.CharField(help_text="口径")
    part_of = serializers.CharField(allow_blank=True)
    has_target = serializers.BooleanField()
    version = serializers.CharField()


class FigureSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    region = serializers.CharField()
    region_name = serializers.CharField()
    value = serializers.IntegerField()
    denominator = serializers.IntegerField(allow_null=True)
    target = serializers.IntegerField(allow_null=True)


class FiguresSerializer(serializers.Serializer):
    on = serializers.DateField()
    computed_at = serializers.DateTimeField()
    definitions_version = serializers.CharField()
    divisions_version = serializers.CharField()
    region = serializers.CharField()
    region_name = serializers.CharField()
    figures = FigureSerializer(many=True)


class _Statistics(APIView):
    def permission_for(self, request: Request) -> str:
        return "reports.view_dashboard"


class IndicatorAPI(_Statistics):
    """What is counted and how: the definition cards."""

    @extend_schema(responses=IndicatorSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(IndicatorSerializer(INDICATORS, many=True).data)


class FigureAPI(_Statistics):
    """All indicators of a region, its own or one it may compare itself with."""

    @extend_schema(
        responses=FiguresSerializer,
        parameters=[
            OpenApiParameter("region", str, description="区划代码，不填为本辖区"),
            OpenApiParameter("on", str, description="统计日期，不填为最近一次"),
            OpenApiParameter("below", bool, description="同时给出下一级各地区"),
        ],
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        region = request.query_params.get("region") or user.region_id
        snapshot = self._snapshot(request.query_params.get("on", ""))
        regions = [region]
        if request.query_params.get("below") in {"1", "true"}:
            regions += Region.objects.filter(parent=region).current().values_list("code", flat=True)
        regions = [code for code in regions if may_see(user, code)]
        if region not in regions or not Region.objects.filter(pk=region).exists():
            raise exceptions.NotFound
        body = {
            "on": snapshot.as_of,
            "computed_at": snapshot.computed_at,
            "definitions_version": snapshot.definitions_version,
            "divisions_version": snapshot.divisions_version,
            "region": region,
            "region_name": place_name(region),
            "figures": _figures(snapshot, regions, user),
        }
        return Response(FiguresSerializer(body).data)

    @staticmethod
    def _snapshot(text: str) -> Snapshot:
        snapshots = Snapshot.objects.order_by("-as_of", "-computed_at")
        if text:
            try:
                day = parse_date(text, label="统计日期")
            except RuleError as error:
                raise exceptions.ValidationError({"on": error.messages}) from None
            snapshots = snapshots.filter(as_of=day.day if day else None)
        snapshot = snapshots.first()
        if snapshot is None:
            raise exceptions.NotFound
        return snapshot


def _figures(snapshot: Snapshot, regions: list[str], user: Any) -> list[dict[str, Any]]:
    """The figures in the order of the definitions; what is not stored is 0."""
    goals = Goals(plan_on(snapshot.as_of), regions)
    stored = SnapshotValue.objects.for_user(user).filter(snapshot=snapshot, region__in=regions)
    by_key = {(v.region_id, v.indicator): v for v in stored}
    return [
        _figure(indicator, region, by_key.get((region, indicator.code)), goals)
        for region in regions
        for indicator in INDICATORS
    ]


def _figure(indicator: Any, region: str, found: SnapshotValue | None, goals: Goals) -> Any:
    denominator = found.denominator if found else None
    goal = goals.final(indicator.code, region, denominator) if indicator.has_target else None
    return {
        "code": indicator.code,
        "name": indicator.name,
        "unit": indicator.unit,
        "region": region,
        "region_name": place_name(region),
        "value": found.value if found else 0,
        "denominator": denominator,
        "target": goal.value if goal else None,
    }


class SnapshotSerializer(serializers.ModelSerializer):
    class Meta:
        model = Snapshot
        fields = (
            "id", "as_of", "computed_at", "definitions_version", "divisions_version",
            "is_settlement",
        )  # fmt: skip


class SnapshotAPI(RecordAPI):
    """The days for which there are figures; the same for everybody."""

    model = Snapshot
    serializer_class = SnapshotSerializer
    lookup_value_converter = "int"

    def permission_for(self, request: Request) -> str:
        return "reports.view_dashboard"

    def get_queryset(self) -> Any:
        return Snapshot.objects.all()
