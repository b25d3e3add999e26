"""What every way of entering a station keeps in step, and what its pages read."""

from __future__ import annotations

from typing import Any

from core.dates import today
from stations.codes import StationKind
from stations.models import Station, StationCoverage, StationState


def open_station(station: Station) -> None:
    """Insert a new station with its first state and, for a township station, its coverage."""
    station.save(force_insert=True)
    day = station.built_on or today()
    StationState.objects.create(station=station, status=station.status, valid_from=day)
    if station.kind == StationKind.TOWNSHIP and station.region.level == 4:
        StationCoverage.objects.create(station=station, region=station.region, valid_from=day)


def coverage_of(station: Station) -> list[Any]:
    """Codes of the townships covered today."""
    return list(station.coverages.filter(valid_to=None).values_list("region_id", flat=True))
