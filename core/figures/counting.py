"""Figures of every region of every level as of a day: one query a population."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connections, transaction
from django.db.models import Count, Sum

from core.figures.indicator import Indicator, fact_of, sql_condition
from core.figures.population import Population
from core.regions.tree import Divisions, divisions_on


@dataclass(frozen=True)
class Figures:
    """Figures of one day: indicator -> region code -> number.

    `totals` are rolled up; `own` holds what belongs to a region itself and to none below
    it (本级), under None what has no place at all (未定位, part of the province's total).
    `unknown`: the regions of which there is no record that the figure could rest on.
    """

    on: datetime.date
    divisions: Divisions
    totals: dict[str, dict[str, int]]
    own: dict[str, dict[str | None, int]]
    denominators: dict[str, dict[str, int]] = field(default_factory=dict)
    unknown: dict[str, frozenset[str]] = field(default_factory=dict)

    def value(self, indicator: str, region: str) -> int | None:
        """The figure; None where it is unknown."""
        if region in self.unknown.get(indicator, ()):
            return None
        return self.totals.get(indicator, {}).get(region, 0)

    def own_value(self, indicator: str, region: str) -> int:
        return self.own.get(indicator, {}).get(region, 0)

    def unlocated(self, indicator: str) -> int:
        return self.own.get(indicator, {}).get(None, 0)

    def denominator(self, indicator: str, region: str) -> int | None:
        """The denominator, None for an indicator without one."""
        counts = self.denominators.get(indicator)
        return None if counts is None else counts.get(region, 0)


def figures_on(
    day: datetime.date, indicators: Sequence[Indicator], *, using: str = "default"
) -> Figures:
    """All figures of all regions as of a day: one query a population."""
    divisions = divisions_on(day)
    groups: dict[Population, list[Indicator]] = defaultdict(list)
    for indicator in indicators:
        groups[indicator.population].append(indicator)
    totals: dict[str, dict[str, int]] = {}
    own: dict[str, dict[str | None, int]] = {}
    denominators: dict[str, dict[str, int]] = {}
    unknown: dict[str, frozenset[str]] = {}
    with transaction.atomic(using=using):
        _plan_for_everybody(using)
        for population, group in groups.items():
            counted = _count(population, day, group, using)
            for indicator in group:
                own[indicator.code], totals[indicator.code] = _roll_up(
                    counted[indicator.code], divisions
                )
                if indicator.out_of is not None:
                    denominators[indicator.code] = _roll_up(
                        counted[f"{indicator.code}/"], divisions
                    )[1]
                if indicator.evidence:
                    unknown[indicator.code] = _unknown(indicator, counted, divisions)
    return Figures(day, divisions, totals, own, denominators, unknown)


def _unknown(
    indicator: Indicator, counted: dict[str, dict[str | None, int]], divisions: Divisions
) -> frozenset[str]:
    """Regions without evidence of an indicator, while there is a doubt about them."""
    known = _roll_up(counted[f"{indicator.code}!"], divisions)[1]
    regions = {c for level in (1, 2, 3, 4) for c in divisions.at_level(level)} - set(known)
    if indicator.doubt is not None:
        regions &= set(_roll_up(counted[f"{indicator.code}?"], divisions)[1])
    return frozenset(regions)


# Only for the transaction that counts. Hashes of a million people stay in memory. The planner
# expects as many places as people and would sort them all, on one core. And behind a large
# import its statistics are of the day before: what it then takes for one row, and loops over
# for every person, may be thirty thousand.
_SETTINGS = (
    "work_mem = '192MB'",
    "jit = off",
    "enable_sort = off",
    "enable_nestloop = off",
    "parallel_tuple_cost = 0.01",
    "parallel_setup_cost = 100",
)


def _plan_for_everybody(using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {setting}" for setting in _SETTINGS))


def _count(
    population: Population, day: datetime.date, group: Sequence[Indicator], using: str
) -> dict[str, dict[str | None, int]]:
    """Indicator -> recorded place -> number; as well "indicator/" for its denominator,
    "indicator!" for the rows that are its evidence and "indicator?" for the doubtful ones."""
    clauses = [
        c for i in group for c in (*i.where, *(i.out_of or ()), *i.evidence, *(i.doubt or ()))
    ]
    facts = sorted({fact_of(name) for clause in clauses for name in clause})
    weights = sorted({i.weight for i in group if i.weight})
    # First people with the same place and the same facts are counted together, which the
    # database does in parallel and with each fact looked up once a row; then the groups.
    sums = {f"sum_{weight}": Sum(weight) for weight in weights}
    rows = population.rows(day).order_by().values("place", *facts)
    grouped = rows.annotate(row_count=Count("*"), **sums)
    inner, params = grouped.query.get_compiler(using).as_sql()
    columns: dict[str, str] = {}
    for indicator in group:
        what = f'sum("sum_{indicator.weight}")' if indicator.weight else "sum(row_count)"
        columns[indicator.code] = f"{what} FILTER (WHERE {sql_condition(indicator.where)})"
        if indicator.out_of is not None:
            only = sql_condition(indicator.out_of)
            columns[f"{indicator.code}/"] = f"{what} FILTER (WHERE {only})"
        for mark, rows_of_it in (("!", indicator.evidence), ("?", indicator.doubt)):
            if rows_of_it:
                only = sql_condition(rows_of_it)
                columns[f"{indicator.code}{mark}"] = f"sum(row_count) FILTER (WHERE {only})"
    sql = f"SELECT place, {', '.join(columns.values())} FROM ({inner}) AS t GROUP BY place"
    counted: dict[str, dict[str | None, int]] = {name: {} for name in columns}
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        for place, *numbers in cursor.fetchall():
            for name, number in zip(columns, numbers, strict=True):
                if number:
                    counted[name][place] = int(number)
    return counted


def _roll_up(
    counted: dict[str | None, int], divisions: Divisions
) -> tuple[dict[str | None, int], dict[str, int]]:
    """(own, totals) by the day's tree from numbers by recorded place."""
    own: dict[str | None, int] = defaultdict(int)
    totals: dict[str, int] = defaultdict(int)
    for place, number in counted.items():
        code = divisions.effective(place)
        own[code] += number
        for above in divisions.path(code):
            totals[above] += number
    return dict(own), dict(totals)
