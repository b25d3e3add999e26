"""Stations as of a day (T5, T7) and social-work agencies (T8)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, FilteredRelation, Model, OuterRef, Q, QuerySet

from core.figures.population import Population, is_so
from core.regions.successions import place_on
from core.timeline import dated_on
from stations.codes import PLATFORM_KINDS, OrganizationKind, StationKind, StationStatus
from stations.models import Organization, Station, StationState

BASES = (StationKind.TRAINING_BASE, StationKind.FIELDWORK_BASE)


# By number, or a reviewer's confirmation (R17). Like a verification it vouches for the record,
# so it is today's on any day: the confirmation says when somebody looked, not since when it is so.
APPROVED = ~Q(approval_number="") | Q(approved_on__isnull=False)


def with_state(day: datetime.date, stations: QuerySet[Station]) -> QuerySet[Station]:
    """Each station once with its state of the day (the later one where rows overlap)."""
    later = StationState.objects.filter(
        dated_on(day), station=OuterRef("pk"), valid_from__gt=OuterRef("state_then__valid_from")
    )
    return stations.alias(
        state_then=FilteredRelation("states", condition=dated_on(day, "states__"))
    ).filter(~Exists(later))


def _same_site(day: datetime.date) -> Exists:
    """Another counted platform of the same operator at the same address: of a centre and a base
    the centre counts."""
    running = StationState.objects.filter(
        dated_on(day), station=OuterRef("pk"), status=StationStatus.RUNNING
    )
    before = Q(kind__lt=OuterRef("kind")) | Q(kind=OuterRef("kind"), pk__lt=OuterRef("pk"))
    twin = Station.objects.filter(
        before,
        APPROVED,
        Exists(running),
        kind__in=PLATFORM_KINDS,
        operator__credit_code=OuterRef("operator__credit_code"),
        address=OuterRef("address"),
    ).exclude(Q(operator__credit_code="") | Q(address=""))
    return Exists(twin)


class Stations(Population):
    code = "stations"
    name = "站点"
    models = (Station, StationState, Organization)
    order = ("region", "name", "pk")
    facts = {
        "platform": "支撑平台（市级指导中心、县级总站、培训基地、重点实训基地）",
        "base": "培训基地或重点实训基地",
        "room": "村（社区）社工室",
        "running": "当日运行",
        "approved": "有批复文号，或经审核确认",
        "twin": "与另一平台同一机构、同一地址（一处多牌）",
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        return with_state(day, Station.objects.all()).annotate(
            place=place_on(Station, day),
            platform=is_so(Q(kind__in=PLATFORM_KINDS)),
            base=is_so(Q(kind__in=BASES)),
            room=is_so(Q(kind=StationKind.ROOM)),
            running=is_so(Q(state_then__status=StationStatus.RUNNING)),
            approved=is_so(APPROVED),
            twin=_same_site(day),
        )

    def reasons(self, records: Sequence[Model], day: datetime.date) -> dict[Any, dict[str, str]]:
        words = {}
        for record in records:
            station: Any = record
            paper = station.approval_number or f"审核确认（{station.approved_on}）"
            words[station.pk] = {
                "platform": f"类型：{station.get_kind_display()}",
                "base": f"类型：{station.get_kind_display()}",
                "approved": f"批复：{paper}",
            }
        return words


class Agencies(Population):
    code = "agencies"
    name = "社工机构"
    models = (Organization,)
    order = ("region", "name", "pk")
    facts = {"operating": "社工机构，当日未停用"}

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        open_then = Q(ended_on=None) | Q(ended_on__gt=day)
        return Organization.objects.filter(kind=OrganizationKind.AGENCY).annotate(
            place=place_on(Organization, day), operating=is_so(open_then)
        )


STATIONS = Stations()
AGENCIES = Agencies()
