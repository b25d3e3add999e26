"""Every figure counted a second time, by plain SQL that knows nothing of the definitions.

One file a subject in sql/, written from DOMAIN "Counting definitions" and the tables alone. Each
ends in `found (figure, place, number)`: a figure's code, or the code with "/" for its denominator,
"!" for the rows that are evidence of it and "?" for those that leave it in doubt.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction

from core.figures.counting import Figures
from core.figures.indicator import Indicator
from reports.definitions.registry import INDICATORS, all_figures

_SQL = Path(__file__).parent / "sql"
SUBJECTS = ("people", "key_talents", "graduates", "stations", "agencies")
# (figure, region in force) -> number; without a region what has no place.
Counted = dict[tuple[str, str | None], int]


class Difference(NamedTuple):
    """A figure that two counts disagree on; None is 「无资料」."""

    figure: str
    region: str | None
    counted: int | None
    recounted: int | None


@lru_cache
def _query(subject: str) -> str:
    divisions, totals = ((_SQL / f"{name}.sql").read_text() for name in ("divisions", "totals"))
    return f"WITH RECURSIVE {divisions}{(_SQL / f'{subject}.sql').read_text()}{totals}"


def recount(day: datetime.date) -> Counted:
    """All figures of all divisions as of a day."""
    values: dict[str, Any] = {
        "day": day,
        "province": settings.PROVINCE_CODE,
        "zone": settings.TIME_ZONE,
    }
    found: Counted = {}
    with transaction.atomic(), connection.cursor() as cursor:
        # Compiling takes longer than counting.
        cursor.execute("SET LOCAL jit = off")
        for subject in SUBJECTS:
            cursor.execute(_query(subject), values)
            found |= {(figure, region): number for figure, region, number in cursor.fetchall()}
    return found


def differences(day: datetime.date) -> tuple[int, list[Difference]]:
    """How many figures were compared, and those that the second count has otherwise."""
    figures, found = all_figures(day), recount(day)
    regions = [c for level in (1, 2, 3, 4) for c in figures.divisions.at_level(level)]
    pairs = [pair for one in INDICATORS for pair in _both(one, figures, found, regions)]
    return len(pairs), [pair for pair in pairs if pair.counted != pair.recounted]


def _both(
    indicator: Indicator, figures: Figures, found: Counted, regions: Iterable[str]
) -> Iterable[Difference]:
    code = indicator.code
    for region in regions:
        is_unknown = bool(indicator.evidence) and not found.get((f"{code}!", region))
        if indicator.doubt is not None:
            is_unknown = is_unknown and bool(found.get((f"{code}?", region)))
        number = None if is_unknown else found.get((code, region), 0)
        yield Difference(code, region, figures.value(code, region), number)
        if indicator.out_of is not None:
            denominator = found.get((f"{code}/", region), 0)
            yield Difference(f"{code}/", region, figures.denominator(code, region), denominator)
    yield Difference(code, None, figures.unlocated(code), found.get((code, None), 0))
