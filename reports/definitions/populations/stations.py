"""Stations as of a day (T5, T7) and social-work agencies (T8)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, FilteredRelation, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from core.entities.changes import event_model
from core.figures.population import Population, Reads, is_so
from core.models import FormerValue
from core.regions.successions import place_on
from core.timeline import dated_on, in_use_on
from stations.codes import (
    BUILT_STATUSES,
    PLATFORM_KINDS,
    OrganizationKind,
    PartyBranch,
    RegistrationLevel,
    StationKind,
    StationStatus,
)
from stations.models import Organization, Station, StationCoverage, StationState
from stations.places.models import is_approved_on

# What of a station decides whether it is one, and since when it runs.
SEATS = Reads("kind region approval_number approval_date approved_on is_mistake", "pk")
STATES = Reads("station status valid_from valid_to", "station")
UNAPPROVED = "缺批复：没有批复文号，也没有审核确认"
BASES = (StationKind.TRAINING_BASE, StationKind.FIELDWORK_BASE)


def with_state(day: datetime.date, stations: QuerySet[Station]) -> QuerySet[Station]:
    """Each station once with its state of the day (the later one where rows overlap)."""
    later = StationState.objects.filter(
        dated_on(day), station=OuterRef("pk"), valid_from__gt=OuterRef("state_then__valid_from")
    )
    return stations.alias(
        state_then=FilteredRelation("states", condition=dated_on(day, "states__"))
    ).filter(~Exists(later), is_mistake=False)


def served_places(stations: Sequence[Any], day: datetime.date) -> dict[Any, list[str]]:
    """Station key -> codes covered that day; its own township where none was ever listed."""
    keys = [station.pk for station in stations]
    listed: dict[Any, list[str]] = defaultdict(list)
    ever = set()
    coverages = StationCoverage.objects.filter(station__in=keys)
    for key in coverages.values_list("station", flat=True).distinct():
        ever.add(key)
    for key, code in coverages.filter(dated_on(day)).values_list("station", "region"):
        listed[key].append(code)
    return {s.pk: listed[s.pk] if s.pk in ever else [s.region_id] for s in stations}


_MAY_BE_TWO = (
    Q(kind__in=PLATFORM_KINDS) & ~Q(address="") & ~Q(operator=None) & ~Q(operator__credit_code="")
)


def _same_site(day: datetime.date) -> Exists:
    """Another counted platform of the same operator at the same address: of a centre and a base
    the centre counts."""
    running = StationState.objects.filter(
        dated_on(day), station=OuterRef("pk"), status=StationStatus.RUNNING
    )
    before = Q(kind__lt=OuterRef("kind")) | Q(kind=OuterRef("kind"), pk__lt=OuterRef("pk"))
    twin = Station.objects.filter(
        before,
        is_approved_on(day),
        Exists(running),
        is_mistake=False,
        kind__in=PLATFORM_KINDS,
        operator__credit_code=OuterRef("operator__credit_code"),
        address=OuterRef("address"),
    ).exclude(Q(operator__credit_code="") | Q(address=""))
    return Exists(twin)


class Stations(Population):
    code = "stations"
    name = "站点"
    reads = {
        Station: Reads(f"operator address {SEATS.columns}", "pk"),
        StationState: STATES,
        Organization: Reads("credit_code", "pk"),
        FormerValue: Reads("value since until"),
    }
    order = ("region", "name", "pk")
    facts = {
        "platform": "支撑平台（市级指导中心、县级总站、培训基地、重点实训基地）",
        "base": "培训基地或重点实训基地",
        "room": "村（社区）社工室",
        "standing": "当日已建成，没有撤并",
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
            standing=is_so(Q(state_then__status__in=BUILT_STATUSES)),
            running=is_so(Q(state_then__status=StationStatus.RUNNING)),
            approved=is_so(is_approved_on(day)),
            # Few have another beside them: the others are not looked for a twin.
            twin=is_so(_MAY_BE_TWO & Q(_same_site(day))),
        )

    def owners(self, keys: Sequence[Any]) -> dict[Any, set[Any]]:
        """With those at the same address, now or once, and who runs them: of two plaques one
        counts."""
        events: Any = event_model(Station).objects.exclude(address="")
        lay: dict[str, set[Any]] = defaultdict(set)
        for key, address, operator in events.values_list("pgh_obj_id", "address", "operator_id"):
            lay[address] |= {key, operator}
        found: dict[Any, set[Any]] = {key: {key} for key in keys}
        for together in lay.values():
            for key in found.keys() & together:
                found[key] |= together - {None}
        return found

    def reasons(self, records: Sequence[Model], day: datetime.date) -> dict[Any, dict[str, str]]:
        words = {}
        for record in records:
            station: Any = record
            paper = f"审核确认（{station.approved_on}）"
            if station.approval_number:
                since = f"（{station.approval_date}）" if station.approval_date else ""
                paper = f"{station.approval_number}{since}"
            words[station.pk] = {
                "-approved": UNAPPROVED,
                "platform": f"类型：{station.get_kind_display()}",
                "base": f"类型：{station.get_kind_display()}",
                "approved": f"批复：{paper}",
            }
        return words


class Agencies(Population):
    code = "agencies"
    name = "社工机构"
    reads = {
        Organization: Reads(
            "kind region registered_on deregistered_on ended_on true_until registration_level "
            "party_branch",
            "pk",
        ),
    }
    order = ("region", "name", "pk")
    facts = {
        "operating": "社工机构，当日已登记、未注销",
        "undated": "社工机构，当日是否已登记不详（没有登记日期，当日还没有建档）",
        "with_branch": "有党组织（单独或联合）",
        **{f"level_{level.value}": f"在{level.label}登记" for level in RegistrationLevel},
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        """Without the day of its registration an agency is known since it was entered."""
        lives = (Q(deregistered_on=None) | Q(deregistered_on__gt=day)) & in_use_on(day)
        is_entered = Q(registered_on=None, created_at__date__lte=day)
        unknown = Q(registered_on=None, created_at__date__gt=day)
        agencies = Organization.objects.filter(kind=OrganizationKind.AGENCY)
        return agencies.annotate(
            place=place_on(Organization, day),
            operating=is_so(lives & (Q(registered_on__lte=day) | is_entered)),
            undated=is_so(lives & unknown),
            with_branch=is_so(Q(party_branch__in=(PartyBranch.OWN, PartyBranch.JOINT))),
            **{
                f"level_{level.value}": is_so(Q(registration_level=level.value))
                for level in RegistrationLevel
            },
        )

    def reasons(self, records: Sequence[Model], day: datetime.date) -> dict[Any, dict[str, str]]:
        words = {}
        for record in records:
            agency: Any = record
            since = f"{agency.registered_on} 登记"
            if agency.registered_on is None:
                entered = timezone.localdate(agency.created_at)
                since = f"登记日期没有填，自 {entered} 建档起计"
            words[agency.pk] = {"operating": since}
        return words


STATIONS = Stations()
AGENCIES = Agencies()
