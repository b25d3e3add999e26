"""What the pages of a station read beside its own columns."""

from __future__ import annotations

from typing import Any

from stations.models import Station


def coverage_of(station: Station) -> list[Any]:
    """Codes of the townships covered today."""
    return list(station.coverages.filter(valid_to=None).values_list("region_id", flat=True))

