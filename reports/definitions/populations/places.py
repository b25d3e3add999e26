"""Divisions as the things counted: townships covered (T6), prefectures and counties with
their centre or main station (T7). The denominator is the divisions valid on the day."""

from __future__ import annotations

import calendar
import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, Exists, F, Model, OuterRef, Q, QuerySet, Value

from core.dates import add_months, today
from core.entities.changes import event_model
from core.figures.population import Population, Reads, is_so
from core.models import FormerValue, Region
from core.regions.tree import divisions_on
from reports.definitions.populations.lacking import lacks
from reports.definitions.populations.stations import SEATS, STATES, served_places, with_state
from stations.codes import BUILT_STATUSES, Span, StationKind, StationStatus
from stations.models import Station, StationCoverage, StationMonthly, StationState
from stations.places.models import is_approved_on
from talent.models import Person, Post


def half_year_before(day: datetime.date) -> datetime.date:
    """The same day six months earlier, or the last of that month."""
    year, month = (day.year, day.month - 6) if day.month > 6 else (day.year - 1, day.month + 6)
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _stations(kind: str, day: datetime.date) -> QuerySet[Any]:
    """Stations of a kind that stood on the day, with what is known of them."""
    return with_state(day, Station.objects.filter(kind=kind)).filter(
        state_then__status__in=BUILT_STATUSES
    ).annotate(
        is_paper=is_so(is_approved_on(day)),
        is_running=is_so(Q(state_then__status=StationStatus.RUNNING)),
    )  # fmt: skip


def _working(day: datetime.date) -> QuerySet[Any]:
    """Township stations, and whether somebody was there and something was done."""
    at_work = (
        Post.objects.open_on(day)
        .employed()
        .filter(station=OuterRef("pk"), person__is_mistake=False)
    )
    did = Q(pk__in=[])
    for column in StationMonthly.SERVICES:
        did |= Q(**{f"{column}__gt": 0})
    since = half_year_before(day)
    # A quarter stands under the first of its months and counts by the last.
    lately = Q(month__gt=since) | Q(span=Span.QUARTER, month__gt=add_months(since, -2))
    reported = StationMonthly.objects.filter(lately, station=OuterRef("pk"), month__lte=day)
    return _stations(StationKind.TOWNSHIP, day).annotate(
        is_staffed=Exists(at_work),
        is_reporting=Exists(reported),
        is_serving=Exists(reported.filter(did)),
    )


def _coverage(day: datetime.date) -> dict[str, dict[str, list[str]]]:
    """Fact -> township in force that day -> names of the stations that make it so.

    A township that took over an abolished one inherits its coverage (T6).
    """
    divisions = divisions_on(day)
    found: dict[str, dict[str, list[str]]] = {
        "built": defaultdict(list), "standing": defaultdict(list), "active": defaultdict(list),
        "reported": defaultdict(list),
    }  # fmt: skip
    stations = list(_working(day))
    places = served_places(stations, day)
    for station in stations:
        for place in places[station.pk]:
            code = divisions.effective(place) or ""
            found["standing"][code].append(station.name)
            if station.is_paper:
                found["built"][code].append(station.name)
            if station.is_reporting:
                found["reported"][code].append(station.name)
            if station.is_running and station.is_staffed and station.is_serving:
                found["active"][code].append(station.name)
    return found


def _among(codes: Sequence[str]) -> Any:
    return is_so(Q(code__in=codes)) if codes else Value(value=False, output_field=BooleanField())


def _named(names: Sequence[str]) -> str:
    return "、".join(sorted(set(names))[:3])


class Places(Population):
    """Divisions, which count by the stations in them."""

    def touched(self, records: Sequence[Model]) -> set[Any]:
        """The places of the stations concerned, and those that they cover or covered."""
        stations = super().touched(records)
        coverages = StationCoverage.objects.filter(station__in=stations)
        lie = Station.objects.filter(pk__in=stations).values_list("region", flat=True)
        divisions = divisions_on(today())
        codes = {*lie, *coverages.values_list("region", flat=True)}
        codes |= {divisions.effective(code) or "" for code in codes}
        return {code[:length] for code in codes for length in (4, 6, 9) if len(code) >= length}

    def owners(self, keys: Sequence[Any]) -> dict[Any, set[Any]]:
        """The stations that lie there or cover the place, or once did."""
        found: dict[Any, set[Any]] = {key: set() for key in keys}
        divisions = divisions_on(today())
        for model, column in ((Station, "pgh_obj_id"), (StationCoverage, "station_id")):
            lay = event_model(model).objects.values_list("region_id", column).distinct()
            for region, station in lay:
                places = (region, divisions.effective(region) or "")
                for key in keys:
                    if any(place.startswith(key) for place in places):
                        found[key].add(station)
        return found


class Townships(Places):
    code = "townships"
    name = "乡镇（街道）"
    reads = {
        Station: SEATS,
        StationState: STATES,
        StationCoverage: Reads("station region valid_from valid_to", "station"),
        StationMonthly: Reads(f"station month span {' '.join(StationMonthly.SERVICES)}", "station"),
        Post: Reads("station employment started_on ended_on", "station"),
        Person: Reads("is_mistake"),
        FormerValue: Reads("value since until"),
    }
    order = ("code",)
    facts = {
        "built": "有已建成且已批复的社工站（含联建覆盖）",
        "standing": "有已建成的社工站（含缺批复）",
        "active": "社工站运行、有在岗社工、近 6 个月有服务",
        "reported": "社工站近 6 个月填报过产出",
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        covered = _coverage(day)
        return Region.objects.valid_on(day).filter(level=Region.Level.TOWNSHIP).annotate(
            place=F("code"), **{fact: _among(list(codes)) for fact, codes in covered.items()}
        )  # fmt: skip

    def reasons(self, records: Sequence[Model], day: datetime.date) -> dict[Any, dict[str, str]]:
        covered = _coverage(day)
        said = {
            "built": "已建成且已批复",
            "standing": "已建成",
            "active": "有效运行",
            "reported": "填报产出",
        }
        lacking = lacks([r.pk for r in records if r.pk not in covered["built"]], day)
        return {
            record.pk: lacking.get(record.pk, {}) | {
                fact: f"{said[fact]}：{_named(codes[record.pk])}"
                for fact, codes in covered.items()
                if record.pk in codes
            }
            for record in records
        }  # fmt: skip


class Seats(Places):
    """Divisions of a level, and whether each has a running, approved station of a kind."""

    facts = {"seated": "有运行中且已批复的站点"}
    reads = {
        Station: SEATS,
        StationState: STATES,
        FormerValue: Reads("value since until"),
    }
    order = ("code",)

    def __init__(self, code: str, name: str, level: int, kind: StationKind) -> None:
        self.code, self.name, self.level, self.kind = code, name, level, kind  # type: ignore[misc]

    def _seated(self, day: datetime.date) -> dict[str, list[str]]:
        divisions = divisions_on(day)
        length = {Region.Level.PREFECTURE: 4, Region.Level.COUNTY: 6}[Region.Level(self.level)]
        found: dict[str, list[str]] = defaultdict(list)
        for station in _stations(self.kind, day):
            if station.is_running and station.is_paper:
                code = divisions.effective(station.region_id) or ""
                found[code[:length]].append(station.name)
        return found

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        return Region.objects.valid_on(day).filter(level=self.level).annotate(
            place=F("code"), seated=_among(list(self._seated(day)))
        )  # fmt: skip

    def reasons(self, records: Sequence[Model], day: datetime.date) -> dict[Any, dict[str, str]]:
        seated = self._seated(day)
        return {
            record.pk: {"seated": f"运行中：{_named(seated[record.pk])}"}
            for record in records
            if record.pk in seated
        }


TOWNSHIPS = Townships()
PREFECTURES = Seats("prefectures", "市（州）", Region.Level.PREFECTURE, StationKind.CENTRE)
COUNTIES = Seats("counties", "县（市、区）", Region.Level.COUNTY, StationKind.HUB)
