"""What every way of entering a station keeps in step, and what its pages read."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from core.dates import today
from core.entities import former
from stations.codes import StationKind
from stations.places.models import Station, StationCoverage, StationState

_TOWNSHIP_CODE = 9


def enter_station(station: Station) -> None:
    """Insert a new station with its first state and, for a township station, its coverage."""
    enter_stations([station])


def enter_stations(stations: list[Station]) -> None:
    """Insert new stations, each with its first dated rows, in sets."""
    days = {station.pk: station.built_on or today() for station in stations}
    note_approvals((s, days[s.pk]) for s in stations)
    Station.objects.bulk_create(stations, batch_size=2000)
    StationState.objects.bulk_create(
        [StationState(station=s, status=s.status, valid_from=days[s.pk]) for s in stations],
        batch_size=2000,
    )
    StationCoverage.objects.bulk_create(
        [
            StationCoverage(station=s, region_id=s.region_id, valid_from=days[s.pk])
            for s in stations
            if s.kind == StationKind.TOWNSHIP and len(s.region_id) == _TOWNSHIP_CODE
        ],
        batch_size=2000,
    )


def note_approvals(stations: Iterable[tuple[Station, datetime.date]]) -> None:
    """Of new stations that were approved later than they began: not so before."""
    former.hold(
        Station,
        "approval_number",
        [
            (s.pk, "", s.approval_date)
            for s, began in stations
            if s.approval_number and s.approval_date and s.approval_date > began
        ],
    )


def carry(station: Station, before: Station) -> None:
    """Let the first state, the own coverage and the posts follow a corrected day or township."""
    own = station.coverages.filter(region=before.region_id).order_by("valid_from")
    if station.built_on and station.built_on != before.built_on:
        for rows in (station.states.order_by("valid_from"), own):
            moved = begin(list(rows[:1]), before.built_on, station.built_on)
            if moved is not None:
                moved.save(update_fields=["valid_from"])
    if station.region_id != before.region_id:
        covered = station.coverages.filter(region=station.region_id, valid_to=None).exists()
        if covered or len(station.region_id) != _TOWNSHIP_CODE:
            own.delete()
        else:
            own.update(region=station.region_id)
        posts: Any = station.posts  # type: ignore[attr-defined]
        posts.correct_region(before.region_id, station.region_id)


def begin(rows: list[Any], before: datetime.date | None, built_on: datetime.date) -> Any | None:
    """The first of a station's dated rows, moved to the day of building.

    None where it stays: what began before the building, and not with it, is its own fact.
    """
    first = rows[0] if rows else None
    if first is None or not (first.valid_from > built_on or first.valid_from == before):
        return None
    first.valid_from = min(built_on, first.valid_to or built_on)
    return first


def coverage_of(station: Station) -> list[Any]:
    """Codes of the townships covered today."""
    return list(station.coverages.filter(valid_to=None).values_list("region_id", flat=True))
