"""The machinery of figures: one declaration gives the number, its list, and the reasons.

A Population gives rows and facts; an Indicator is a conjunction of facts. The same rows and
facts make the figures of every region of every level (one query a population, see counting)
and the list behind any one of them (see lists), so the two cannot differ. What is counted is
declared in reports.definitions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from core.figures.population import Population
from core.figures.verdict import Read, Verdict

# Any one of the facts is enough; a name with "-" in front must not hold.
Clause = tuple[str, ...]


@dataclass(frozen=True)
class Indicator:
    """A figure declared once. Everything shown about it derives from this.

    `where`: every clause must hold. `weight`: a column that is summed instead of counting
    rows. `out_of`: the clauses of the denominator, None where there is none. `starts_over`:
    counted from 0 in each plan, where others go on from what there was. `is_within`: a
    sub-line that is part of its headline's number, not more than it or beside it. `evidence`:
    without a row of this kind in a region its figure is unknown there (「无资料」, never 0), and
    with `doubt` only while there are such rows; `missing` says what there is no record of.
    `is_fixed`: printed by `manage.py indicators`. `check`: what the tile says of the figure
    beside others, from (figures, a region, its goal).
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
    is_within: bool = True
    is_fixed: bool = False
    check: Callable[[Read, str, int | None], Verdict] | None = None
    evidence: tuple[Clause, ...] = ()
    doubt: tuple[Clause, ...] | None = None
    missing: str = ""
    version: str = "1"

    def __post_init__(self) -> None:
        clauses = (*self.where, *(self.out_of or ()), *self.evidence, *(self.doubt or ()))
        unknown = {fact_of(name) for clause in clauses for name in clause} - set(
            self.population.facts
        )
        if unknown:
            raise ValueError(f"{self.code}: facts {sorted(unknown)} are not declared")

    def line(self, **changes: Any) -> Indicator:
        """A sub-line: the same but for what is changed, without the headline's own."""
        own: dict[str, Any] = {
            "part_of": self.code,
            "has_target": False,
            "is_fixed": False,
            "check": None,
        }
        return replace(self, **(own | changes))

    @property
    def facts(self) -> list[str]:
        """Facts that make one count, in the order of the rule; "-" before one that must not
        hold."""
        return [name for clause in self.where for name in clause]


def fact_of(name: str) -> str:
    return name.removeprefix("-")


def sql_condition(clauses: Iterable[Clause]) -> str:
    """Clauses over the columns of the inner query; names were checked at declaration."""
    parts = [
        "(" + " OR ".join(f'NOT "{fact_of(n)}"' if n[0] == "-" else f'"{n}"' for n in clause) + ")"
        for clause in clauses
    ]
    return " AND ".join(parts) or "TRUE"


def condition(clauses: Iterable[Clause]) -> Q:
    """The same clauses for a queryset of the population's rows."""
    result = Q()
    for clause in clauses:
        either = Q()
        for name in clause:
            either |= Q(**{fact_of(name): not name.startswith("-")})
        result &= either
    return result
