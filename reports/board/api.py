"""The API of indicators: definitions, the figures of a snapshot, the snapshots there are."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.dates import parse_date, today
from core.entities.api.records import KnownConditions, RecordAPI
from core.entities.api.schema import NOT_FOUND
from core.models import Region
from core.regions.names import place_name
from core.regions.tree import divisions_on
from core.rules import RuleError
from reports.asking import EARLIEST
from reports.board import words
from reports.definitions.registry import INDICATORS
from reports.plans.calendar import plan_on
from reports.sight import may_see
from reports.snapshots.models import Snapshot
from reports.snapshots.reading import Reading, compute, newest, read, shown
from reports.targets.goals import Goals


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
    value = serializers.IntegerField(allow_null=True, help_text="空为无资料，不是 0")
    denominator = serializers.IntegerField(allow_null=True)
    target = serializers.IntegerField(allow_null=True)
    verdict = serializers.CharField(
        allow_blank=True, help_text="规划期满之日：达标、未达标；其他日期为空"
    )
    on = serializers.DateField()
    definition_version = serializers.CharField(help_text="该指标的口径版本")
    divisions_version = serializers.CharField(help_text="区划版本")


class FiguresSerializer(serializers.Serializer):
    on = serializers.DateField()
    computed_at = serializers.DateTimeField()
    definitions_version = serializers.CharField()
    divisions_version = serializers.CharField()
    is_settled = serializers.BooleanField(help_text="已冻结的决算，不再变动")
    region = serializers.CharField()
    region_name = serializers.CharField()
    figures = FigureSerializer(many=True)


class _Statistics(KnownConditions):
    summary: ClassVar[str]

    def permission_for(self, request: Request) -> str:
        return "reports.view_dashboard"


class IndicatorAPI(_Statistics):
    """What is counted and how: the definition cards."""

    summary = "指标：口径"

    @extend_schema(responses=IndicatorSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(IndicatorSerializer(INDICATORS, many=True).data)


class FigureAPI(_Statistics):
    """All indicators of a region, its own or one it may compare itself with."""

    summary = "指标：各地区的数值"

    def conditions(self) -> set[str]:
        return {"region", "on", "below"}

    @extend_schema(
        responses={200: FiguresSerializer, 404: NOT_FOUND},
        parameters=[
            OpenApiParameter("region", str, description="区划代码，不填为本辖区"),
            OpenApiParameter("on", str, description="统计日期，不填为最近一次"),
            OpenApiParameter("below", bool, description="同时给出下一级各地区"),
        ],
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        region = request.query_params.get("region") or user.region_id
        if not Region.objects.filter(pk=region).exists() or not may_see(user, region):
            raise exceptions.NotFound
        day, snapshot = self._asked(request.query_params.get("on", ""))
        divisions = divisions_on(day)
        regions = [divisions.counterpart(region)]
        if _is_asked(request.query_params.get("below", ""), "below"):
            regions += divisions.children(regions[0])
        regions = [code for code in regions if may_see(user, code)]
        if snapshot is None:
            reading = compute(day, regions=regions)
        else:
            reading = read(snapshot, user=user, regions=regions)
        body = {
            "on": day,
            "computed_at": snapshot.computed_at if snapshot else timezone.now(),
            "definitions_version": reading.definitions_version,
            "divisions_version": reading.divisions_version,
            "is_settled": snapshot is not None and hasattr(snapshot, "settlement"),
            "region": region,
            "region_name": place_name(region),
            "figures": _figures(reading, day, regions),
        }
        return Response(FiguresSerializer(body).data)

    @staticmethod
    def _asked(text: str) -> tuple[datetime.date, Snapshot | None]:
        """The day, the latest one stored where none is named, and its stored figures."""
        if not text:
            snapshot = newest()
            return (snapshot.as_of if snapshot else today()), snapshot
        try:
            found = parse_date(text, label="统计日期")
        except RuleError as error:
            raise exceptions.ValidationError({"on": error.messages}) from None
        if found is None or not EARLIEST <= found.day <= today():
            message = "统计日期应在 2008 年以后、不晚于今天。"
            raise exceptions.ValidationError({"on": [message]})
        return found.day, shown(found.day)


def _is_asked(text: str, name: str) -> bool:
    """A yes or no as programs write them; anything else is not taken for a no."""
    if text.lower() not in {"", "0", "1", "false", "true"}:
        raise exceptions.ValidationError({name: ["请写 true 或 false。"]})
    return text.lower() in {"1", "true"}


def _figures(reading: Reading, day: datetime.date, regions: list[str]) -> list[dict[str, Any]]:
    """The figures in the order of the definitions; what is not stored is 0, what is unknown
    null."""
    goals = Goals(plan_on(day), regions, day=day)
    return [
        _figure(indicator, region, reading, goals) for region in regions for indicator in INDICATORS
    ]


def _figure(indicator: Any, region: str, reading: Reading, goals: Goals) -> Any:
    denominator = reading.denominator(indicator.code, region)
    goal = goals.final(indicator.code, region, denominator) if indicator.has_target else None
    value = reading.value(indicator.code, region)
    return {
        "code": indicator.code,
        "name": indicator.name,
        "unit": indicator.unit,
        "region": region,
        "region_name": place_name(region),
        "value": value,
        "denominator": denominator,
        "target": goal.value if goal else None,
        "verdict": words.on_the_last_day(value, goal, goals.plan, reading.as_of).text,
        "on": reading.as_of,
        "definition_version": reading.version(indicator),
        "divisions_version": reading.divisions_version,
    }


class SnapshotSerializer(serializers.ModelSerializer):
    id = serializers.UUIDField(source="uid")
    is_settled = serializers.SerializerMethodField(help_text="已冻结的决算，不再变动")

    class Meta:
        model = Snapshot
        fields = (
            "id", "as_of", "computed_at", "definitions_version", "divisions_version",
            "is_settlement", "is_settled",
        )  # fmt: skip

    def get_is_settled(self, snapshot: Snapshot) -> bool:
        return hasattr(snapshot, "settlement")


class SnapshotAPI(RecordAPI):
    """The days for which there are figures; the same for everybody."""

    model = Snapshot
    serializer_class = SnapshotSerializer
    lookup_field = "uid"
    select_related = ("settlement",)

    def permission_for(self, request: Request) -> str:
        return "reports.view_dashboard"

    def get_queryset(self) -> Any:
        return Snapshot.objects.all()
