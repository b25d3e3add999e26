"""Why a township has no station that counts: how far one has come, who sees to it, and whom
people there can turn to meanwhile. It is what a leader takes home from 未覆盖."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import F

from core.dates import today
from core.entities.display import date_as_known
from core.regions.tree import Divisions, divisions_on
from core.timeline import in_use_on
from reports.definitions.populations.stations import UNAPPROVED, served_places, with_state
from stations.codes import BUILT_STATUSES, StationKind, StationStatus
from stations.models import Organization, Station

# What tells most of a township without a station comes first.
_TELLING = (StationStatus.PREPARING, StationStatus.CLOSED, StationStatus.RENAMED)


def lacks(townships: Sequence[str], day: date) -> dict[str, dict[str, str]]:
    """Township -> the fact that may not hold, "-standing" or "-built" -> why it does not."""
    divisions = divisions_on(day)
    counties = {code: divisions.parent(code) or "" for code in townships}
    around = [code for county in {*counties.values()} for code in divisions.sources(county)]
    stations = list(
        with_state(day, Station.objects.filter(region__in=around))
        .exclude(state_then=None)
        .annotate(status_then=F("state_then__status"), since=F("state_then__valid_from"))
        .order_by("name")
    )
    begun, leads = _begun(stations, divisions), _leads(around, divisions)
    found = {}
    for code, county in counties.items():
        name = divisions.name(county)
        who = f"负责：{leads.get(county) or f'{name}没有登记牵头部门'}"
        near = next(_near(stations, code, county, divisions), f"{name}没有运行的站点")
        found[code] = {
            "-standing": f"{begun.get(code, '未建：没有登记社工站')}；{who}；就近：{near}",
            "-built": f"{UNAPPROVED}；{who}",
        }
    return found


def _begun(stations: list[Any], divisions: Divisions) -> dict[str, str]:
    """Township -> what there is, or was, of a station all the same."""
    own = [station for station in stations if station.kind == StationKind.TOWNSHIP]
    served = served_places(own, divisions.day)
    found: dict[str, str] = {}
    for station in own:
        if station.status_then in BUILT_STATUSES:
            words = f"未覆盖：{station.name}在此，覆盖范围没有列入本地"
            found[divisions.effective(station.region_id) or ""] = words
    for status in _TELLING:
        for station in own:
            if station.status_then == status:
                words = f"{status.label}：{station.name}（{station.since} 起）{_planned(station)}"
                for place in (station.region_id, *served[station.pk]):
                    found.setdefault(divisions.effective(place) or "", words)
    return found


def _planned(station: Any) -> str:
    """By when one that is being prepared is to be built, and whether that has passed."""
    day = station.planned_on
    if station.status_then != StationStatus.PREPARING or day is None:
        return ""
    late = "，已逾期" if day < today() else ""
    return f"，计划 {date_as_known(station, 'planned_on', day)} 建成{late}"


def _leads(around: list[str], divisions: Divisions) -> dict[str, str]:
    """County -> its 牵头部门."""
    leads = Organization.objects.filter(in_use_on(divisions.day), is_lead=True, region__in=around)
    found: dict[str, list[str]] = {}
    for name, region in leads.order_by("name").values_list("name", "region"):
        found.setdefault(divisions.effective(region) or "", []).append(name)
    return {county: "、".join(names) for county, names in found.items()}


def _near(stations: list[Any], code: str, county: str, divisions: Divisions) -> Iterator[str]:
    """Stations that run: of the township itself, the county's main one, its other townships'."""
    running = [s for s in stations if s.status_then == StationStatus.RUNNING]
    lie = [(s, divisions.effective(s.region_id) or "") for s in running]
    yield from (s.name for s, place in lie if place == code)
    yield from (s.name for s, place in lie if place == county and s.kind == StationKind.HUB)
    others = [s for s, place in lie if place[:6] == county and s.kind == StationKind.TOWNSHIP]
    if others:
        yield f"{divisions.name(county)}有 {len(others)} 个运行的乡镇（街道）社工站"
