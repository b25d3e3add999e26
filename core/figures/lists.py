"""The list behind a figure, and why each thing on it counts."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet

from core.figures.indicator import Indicator, condition, fact_of
from core.regions.tree import divisions_on

# What a list may be asked for besides a region and everything below it.
WHOLE, OWN, UNLOCATED = "", "own", "unlocated"


def members(
    indicator: Indicator,
    day: datetime.date,
    region: str,
    *,
    part: str = WHOLE,
    user: Any = None,
    denominator: bool = False,
    walk: bool = False,
) -> QuerySet[Any]:
    """What an indicator counts in a region on a day, as rows of its population.

    `part` is WHOLE, OWN (本级) or UNLOCATED. With `user` the list is narrowed to what that
    user may see; without one it is for figures only and must not be shown. `walk` is for
    the first rows in the population's order: they are met along its index, and nothing
    is gathered beforehand.
    """
    population = indicator.population
    rows = population.rows(day)
    if user is not None:
        rows = rows.for_user(user)  # type: ignore[attr-defined]
    clauses = (indicator.out_of or ()) if denominator else indicator.where
    rows = rows.filter(condition(clauses))
    if part == UNLOCATED:
        placed = rows.filter(place__isnull=True)
        return placed if region == settings.PROVINCE_CODE else rows.none()
    if part == WHOLE and region == settings.PROVINCE_CODE:
        return rows
    divisions = divisions_on(day)
    codes = divisions.sources(region, own=part == OWN)
    if not walk:
        rows = population.narrowed(rows, codes, day)
    return rows.filter(place__in=codes)


def is_known(indicator: Indicator, day: datetime.date, region: str) -> bool:
    """Whether anything on record says what the figure of a region is on a day."""
    if not indicator.evidence:
        return True
    rows = indicator.population.rows(day)
    if region != settings.PROVINCE_CODE:
        rows = rows.filter(place__in=divisions_on(day).sources(region))
    if rows.filter(condition(indicator.evidence)).exists():
        return True
    doubt = indicator.doubt
    return doubt is not None and not rows.filter(condition(doubt)).exists()


def amount(indicator: Indicator, rows: QuerySet[Any]) -> int:
    """The figure that a list stands for: its length, or the sum of its weights."""
    if not indicator.weight:
        return rows.count()
    return sum(rows.values_list(indicator.weight, flat=True))


def explain(
    indicator: Indicator, records: Sequence[Model], day: datetime.date
) -> dict[Any, list[str]]:
    """Key of each record -> why it counts, one phrase a fact: in the words of the fact where
    there is no evidence, of one that must not hold only where there is."""
    evidence = indicator.population.reasons(records, day)
    words = indicator.population.facts
    return {
        record.pk: [
            phrase
            for name in dict.fromkeys(indicator.facts)
            if getattr(record, fact_of(name), False) is not name.startswith("-")
            and (phrase := evidence.get(record.pk, {}).get(name) or words.get(name))
        ]
        for record in records
    }
