"""What signed figures make of records: the witness that core.entities.signed asks."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

from core.entities.signed import Effect
from core.figures.indicator import Indicator
from core.figures.population import Population
from core.regions.names import place_name
from core.regions.tree import divisions_on
from reports.definitions.populations.places import Places
from reports.definitions.registry import HEADLINES, INDICATORS
from reports.periods.models import SettledMembers, Settlement

# So many changes are named; there may be more in sub-lines.
_NAMED = 4


class Counted(NamedTuple):
    """Where a thing counts, and how much it adds."""

    region: str | None
    amount: int


# Day and code of a figure -> key of each thing that it counts -> how.
Counts = dict[tuple[datetime.date, str], dict[Any, Counted]]
Move = tuple[Counted | None, Counted | None]


class Look(NamedTuple):
    """What the figures of signed days make of some things, and which those are."""

    counts: Counts
    keys: dict[Population, set[Any]]
    names: dict[datetime.date, str]


class SettledWitness:
    def look(self, records: Sequence[Any]) -> Look | None:
        """None where nothing is signed."""
        return self._look(records, defaultdict(set))

    def effect(self, before: Look, records: Sequence[Any]) -> Effect:
        """Each change of a figure; `takes` where one had counted the thing otherwise."""
        after = self._look(records, before.keys) or before
        effect = Effect()
        for day, name in before.names.items():
            found = list(_moves(before, after, day))
            effect.takes |= any(was is not None for _, moves in found for was, _ in moves)
            # Where a headline moves, its sub-lines go without saying.
            named = [item for item in found if not item[0].part_of] or found
            words = [f"{i.name}{_in_words(moves)}" for i, moves in named[:_NAMED]]
            if words:
                effect.said.append(f"{name} {'、'.join(words)}")
        return effect

    def deciding(self) -> dict[str, list[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        if Settlement.objects.filter(frozen_at__isnull=False).exists():
            for population in dict.fromkeys(i.population for i in INDICATORS):
                for model, read in population.reads.items():
                    fields: list[Any] = [model._meta.get_field(n) for n in read.columns.split()]
                    found[model._meta.label_lower] |= {field.attname for field in fields}
        return {label: sorted(names) for label, names in found.items()}

    def counted(self, model: type[Any], keys: Sequence[Any]) -> int:
        own = [i.code for i in HEADLINES if _is_of(i.population, model)]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(DISTINCT u.key)"
                f" FROM {SettledMembers._meta.db_table} m, unnest(m.ids) AS u(key)"
                " WHERE m.indicator = ANY(%s) AND u.key = ANY(%s)",
                [own, [str(key) for key in keys]],
            )
            return int(cursor.fetchone()[0])

    def _look(self, records: Sequence[Any], keys: dict[Population, set[Any]]) -> Look | None:
        frozen = Settlement.objects.filter(frozen_at__isnull=False).select_related("plan")
        days = {settlement.plan.ends_on: str(settlement) for settlement in frozen}
        if not days:
            return None
        look = Look(defaultdict(dict), defaultdict(set), days)
        for population in dict.fromkeys(i.population for i in INDICATORS):
            found = keys[population] | population.touched(records)
            if found:
                look.keys[population] = found
                for day in days:
                    _count(look, population, found, day)
        return look


def _is_of(population: Population, model: type[Any]) -> bool:
    """Whether what is counted are records of a model themselves."""
    read = population.reads.get(model)
    return read is not None and read.link == "pk" and not isinstance(population, Places)


def _count(look: Look, population: Population, keys: set[Any], day: datetime.date) -> None:
    group = [i for i in INDICATORS if i.population is population]
    weights = {i.weight for i in group if i.weight}
    rows = population.rows(day).filter(pk__in=keys).order_by()
    divisions = divisions_on(day)
    for row in rows.values("pk", "place", *population.facts, *weights):
        place = divisions.effective(row["place"])
        for indicator in group:
            if _holds(indicator, row):
                amount = row[indicator.weight] if indicator.weight else 1
                look.counts[day, indicator.code][row["pk"]] = Counted(place, amount)


def _holds(indicator: Indicator, row: dict[str, Any]) -> bool:
    return all(
        any(bool(row[name.removeprefix("-")]) != name.startswith("-") for name in clause)
        for clause in indicator.where
    )


def _moves(before: Look, after: Look, day: datetime.date) -> Iterator[tuple[Indicator, list[Move]]]:
    """Of each figure the things that it counts otherwise, in the order of the definitions."""
    for indicator in INDICATORS:
        was, now = (look.counts.get((day, indicator.code), {}) for look in (before, after))
        keys = [key for key in {*was, *now} if was.get(key) != now.get(key)]
        if keys:
            yield indicator, [(was.get(key), now.get(key)) for key in keys]


def _in_words(moves: list[Move]) -> str:
    """「−1」, or to where what is counted moved."""
    net = sum((now.amount if now else 0) - (was.amount if was else 0) for was, now in moves)
    if net:
        return f" {'+' if net > 0 else '−'}{abs(net):,}"
    places = sorted({place_name(now.region) or "未定位" for _, now in moves if now})
    return f" 改计入{'、'.join(places[:2])}"
