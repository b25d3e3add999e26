"""The machinery of figures: one declaration gives the number, its list, and the reasons.

A Population gives one row per thing counted on a day, with the place it belongs to and
named facts (booleans). An Indicator is a conjunction of facts. The same rows and facts
make the figures of every region of every level (one query a population) and the list
behind any one of them, so the two cannot differ. Definitions live in reports.indicators.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.conf import settings
from django.db import connections, transaction
from django.db.models import Count, Model, Q, QuerySet, Sum

from core.regions.tree import Divisions, divisions_on

# Any one of the facts is enough; a name with "-" in front must not hold.
Clause = tuple[str, ...]

# What a list may be asked for besides a region and everything below it.
WHOLE, OWN, UNLOCATED = "", "own", "unlocated"


class Population:
    """The things that may be counted on a day.

    `rows(day)` yields each thing once, annotated with `place` (a region code as recorded,
    or null) and every fact of `facts`, which maps a fact to what it means in words.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    facts: ClassVar[dict[str, str]]
    order: ClassVar[tuple[str, ...]] = ("pk",)
    # The indicator that says how many rows a region has, where going through all of them
    # takes longer than a reader waits.
    size: ClassVar[str] = ""

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        raise NotImplementedError

    def narrowed(
        self, rows: QuerySet[Any], codes: Sequence[str], day: datetime.date
    ) -> QuerySet[Any]:
        """A cheap superset of the rows placed in `codes`; the exact filter still follows."""
        return rows

    def reasons(self, records: Sequence[Model], day: datetime.date) -> dict[Any, dict[str, str]]:
        """For each record's key: fact -> the evidence in words, where there is any."""
        return {}


@dataclass(frozen=True)
class Indicator:
    """A figure declared once. Everything shown about it derives from this.

    `where`: every clause must hold. `weight`: a column that is summed instead of counting
    rows. `out_of`: the clauses of the denominator, None where there is none. `starts_over`:
    counted from 0 in each plan, where others go on from what there was.
    """

    code: str
    name: str
    unit: str
    clause: str
    rule: str
    population: Population
    where: tuple[Clause, ...]
    rulings: tuple[str, ...] = ()
    weight: str = ""
    out_of: tuple[Clause, ...] | None = None
    part_of: str = ""
    has_target: bool = False
    better_is_higher: bool = True
    starts_over: bool = False
    version: str = "1"

    def __post_init__(self) -> None:
        clauses = (*self.where, *(self.out_of or ()))
        unknown = {_fact(name) for clause in clauses for name in clause} - set(
            self.population.facts
        )
        if unknown:
            raise ValueError(f"{self.code}: facts {sorted(unknown)} are not declared")

    @property
    def facts(self) -> list[str]:
        """Facts that make one count, in the order of the rule; negated ones left out."""
        return [name for clause in self.where for name in clause if not name.startswith("-")]


@dataclass(frozen=True)
class Figures:
    """Figures of one day: indicator -> region code -> number.

    `totals` are rolled up; `own` holds what belongs to a region itself and to none below
    it (本级), under None what has no place at all (未定位, part of the province's total).
    """

    on: datetime.date
    divisions: Divisions
    totals: dict[str, dict[str, int]]
    own: dict[str, dict[str | None, int]]
    denominators: dict[str, dict[str, int]] = field(default_factory=dict)

    def value(self, indicator: str, region: str) -> int:
        return self.totals.get(indicator, {}).get(region, 0)

    def own_value(self, indicator: str, region: str) -> int:
        return self.own.get(indicator, {}).get(region, 0)

    def unlocated(self, indicator: str) -> int:
        return self.own.get(indicator, {}).get(None, 0)

    def denominator(self, indicator: str, region: str) -> int | None:
        """The denominator, None for an indicator without one."""
        counts = self.denominators.get(indicator)
        return None if counts is None else counts.get(region, 0)


def _fact(name: str) -> str:
    return name.removeprefix("-")


def sql_condition(clauses: Iterable[Clause]) -> str:
    """Clauses over the columns of the inner query; names were checked at declaration."""
    parts = [
        "(" + " OR ".join(f'NOT "{_fact(n)}"' if n[0] == "-" else f'"{n}"' for n in clause) + ")"
        for clause in clauses
    ]
    return " AND ".join(parts) or "TRUE"


def condition(clauses: Iterable[Clause]) -> Q:
    """The same clauses for a queryset of the population's rows."""
    result = Q()
    for clause in clauses:
        either = Q()
        for name in clause:
            either |= Q(**{_fact(name): not name.startswith("-")})
        result &= either
    return result


# --- Figures ------------------------------------------------------------------------------
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
    return Figures(day, divisions, totals, own, denominators)


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
    """Indicator (and "indicator/" for its denominator) -> recorded place -> number."""
    clauses = [c for i in group for c in (*i.where, *(i.out_of or ()))]
    facts = sorted({_fact(name) for clause in clauses for name in clause})
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


# --- Lists --------------------------------------------------------------------------------
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


def amount(indicator: Indicator, rows: QuerySet[Any]) -> int:
    """The figure that a list stands for: its length, or the sum of its weights."""
    if not indicator.weight:
        return rows.count()
    return sum(rows.values_list(indicator.weight, flat=True))


def explain(
    indicator: Indicator, records: Sequence[Model], day: datetime.date
) -> dict[Any, list[str]]:
    """Key of each record -> why it counts, one phrase a fact that holds."""
    evidence = indicator.population.reasons(records, day)
    words = indicator.population.facts
    return {
        record.pk: [
            evidence.get(record.pk, {}).get(name) or words[name]
            for name in dict.fromkeys(indicator.facts)
            if getattr(record, name, False)
        ]
        for record in records
    }
