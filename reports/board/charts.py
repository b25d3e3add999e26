"""Data of the charts for static/js/board.js: plain numbers, no options, no markup."""

from __future__ import annotations

import functools
import json
from typing import Any

from django.conf import settings

from reports.board.board import Board
from reports.board.tiles import Area, Point


@functools.cache
def _features(file: str) -> tuple[dict[str, Any], ...]:
    with (settings.DATA_DIR / file).open(encoding="utf-8") as source:
        return tuple(json.load(source)["features"])


def map_of(region: str, level: str) -> dict[str, Any]:
    """Boundaries inside a region; joined with figures by code, never by name."""
    file = settings.COUNTY_MAP if level == "county" else settings.PREFECTURE_MAP
    inside = [f for f in _features(file) if str(f["properties"]["code"]).startswith(region)]
    features = [
        {
            **f,
            "properties": {
                "code": str(f["properties"]["code"]),
                "name": str(f["properties"]["code"]),
            },
        }
        for f in inside
    ]
    return {"type": "FeatureCollection", "features": features}


def map_level(board: Board) -> str:
    """Which boundaries a board's rows are drawn on, "" below counties."""
    level = board.divisions.level(board.region)
    if level >= 3:
        return ""
    return "county" if level == 2 or board.by_county else "prefecture"


def chart_data(board: Board, areas: list[Area], trend: list[Point]) -> dict[str, Any]:
    """What the page hands to the script in one json_script."""
    indicator = board.indicator
    return {
        "indicator": indicator.name,
        "unit": indicator.unit,
        "isShare": indicator.out_of is not None,
        "region": board.region,
        "place": board.name,
        "on": board.day.isoformat(),
        "stamp": board.reading.stamp_of(indicator),
        "areas": [
            {
                "code": a.code, "name": a.name, "value": a.value, "measure": a.measure,
                "rate": a.rate, "url": a.url,
            }
            for a in areas
        ],
        "trend": [
            {"on": p.on.isoformat(), "value": p.value, "restarts": p.restarts} for p in trend
        ],
    }  # fmt: skip
