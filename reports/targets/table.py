"""The table in which targets are filled in at once: regions down, indicators across.

A cell is a text as people write it: 「1,200」, 「95%」 (of the indicator's denominator), or
empty for none. Only what differs from the targets that stand is handed to the action.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.figures.indicator import Indicator
from core.regions.tree import divisions_on
from core.rules import RuleError
from core.text import is_none, normalise
from reports.definitions.registry import BY_CODE, INDICATORS
from reports.plans.models import Plan
from reports.sight import may_see
from reports.targets.actions import Amount
from reports.targets.goals import Goals
from reports.targets.models import Target

# Indicators whose denominator exists only at some levels of region.
_DEEPEST = {"T7_CENTRE": 2, "T7_HUB": 3}
_AMOUNT = re.compile(r"(\d{1,8})(%?)")

Key = tuple[str, str]  # indicator, region


def indicators_at(level: int) -> list[Indicator]:
    """Those that regions of a level have targets of: a county has no centres."""
    return [i for i in INDICATORS if i.has_target and _DEEPEST.get(i.code, level) >= level]


def parse_amount(text: str, indicator: Indicator) -> Amount | None:
    """A cell's text as a target, None for none. Raises RuleError."""
    plain = normalise(text).replace(",", "").replace(" ", "").removesuffix(indicator.unit)
    if is_none(plain):
        return None
    found = _AMOUNT.fullmatch(plain)
    if not found:
        raise RuleError("TARGET", f"“{text.strip()[:20]}”不是数，请写成 1200 或 95% 的样子")
    amount = Amount(int(found[1]), is_rate=bool(found[2]))
    if amount.is_rate and indicator.out_of is None:
        raise RuleError("TARGET", f"{indicator.name}没有分母，不能按百分比定，请写数")
    if amount.is_rate and amount.value > 100:
        raise RuleError("TARGET", f"{text.strip()[:20]}超过了 100%")
    return amount


@dataclass(frozen=True)
class Cell:
    """One target as a text, and what is wrong with it."""

    name: str
    text: str
    error: str = ""


@dataclass(frozen=True)
class Row:
    """A region with a cell an indicator; a group's sums stand above its counties."""

    code: str
    name: str
    cells: list[Cell]
    group: str = ""


@dataclass(frozen=True)
class Sum:
    """What the rows of an indicator come to, beside the target of the region above."""

    indicator: Indicator
    total: int
    goal: Amount | None

    @property
    def is_exceeded(self) -> bool:
        return (self.difference or 0) > 0

    @property
    def difference(self) -> int | None:
        """None where the target above is a share or not set."""
        return None if self.goal is None or self.goal.is_rate else self.total - self.goal.value


class TargetTable:
    """Targets of a year in the regions below `place`; of all counties with `by_county`."""

    def __init__(
        self,
        *,
        user: Any,
        plan: Plan,
        place: str,
        year: int,
        by_county: bool = False,
        data: Mapping[str, str] | None = None,
    ) -> None:
        self.plan, self.place, self.year, self.data = plan, place, year, data
        self.divisions = divisions_on(timezone.localdate())
        level = self.divisions.level(place)
        self.by_county = by_county and level == 1
        below = self.divisions.children(place)
        self.codes = self.divisions.at_level(3, under=place) if self.by_county else below
        self.sets_own = place == settings.PROVINCE_CODE and not self.by_county
        depth = 3 if self.by_county else level + 1
        # The denominator of some is nothing below; what the region above may set stays.
        self.indicators = indicators_at(depth)
        seen = [c for c in dict.fromkeys([place, *below, *self.codes]) if may_see(user, c)]
        goals = Goals(plan, seen, day=self.divisions.day)
        # With those that follow a succession: they stand until others are set.
        self.standing: dict[Key, Target] = {
            (i.code, code): found[year]
            for code in seen
            for i in INDICATORS
            for found in [goals.set_for(i.code, code)]
            if year in found
        }

    # --- What is filled in ---------------------------------------------------------------
    @cached_property
    def _read(self) -> tuple[dict[Key, Amount | None], dict[Key, str]]:
        """(amounts, errors) of the cells that the form holds."""
        amounts: dict[Key, Amount | None] = {}
        errors: dict[Key, str] = {}
        for key in self._keys() if self.data is not None else ():
            try:
                amount = parse_amount(self._text(key), BY_CODE[key[0]])
                standing = self.standing.get(key)
                if amount is None and standing and standing._state.adding:
                    raise RuleError("TARGET", "承接了撤销地区的目标，不能留空，请写新的目标数")
                amounts[key] = amount and amount._replace(kind=self._kind(key))
            except RuleError as error:
                errors[key] = "；".join(error.messages)
        return amounts, errors

    def _keys(self) -> list[Key]:
        regions = [self.place, *self.codes] if self.sets_own else self.codes
        return [(i.code, region) for region in regions for i in self.indicators]

    def _text(self, key: Key) -> str:
        # A cell that was not sent was not emptied.
        if self.data is not None and (sent := self.data.get(_name(key))) is not None:
            return sent
        target = self.standing.get(key)
        return _written(_amount(target)) if target else ""

    def _kind(self, key: Key) -> str:
        """That of the column where it was chosen anew, else the target keeps its own."""
        before, chosen = self._kinds_before[key[0]], self.kinds[key[0]]
        standing = self.standing.get(key)
        return standing.kind if standing and chosen == before else chosen

    @cached_property
    def _kinds_before(self) -> dict[str, str]:
        """Indicator -> the kind of the region's own target, else of any one below."""
        found: dict[str, str] = {}
        for (indicator, region), target in self.standing.items():
            if region == self.place or indicator not in found:
                found[indicator] = target.kind
        return {i.code: found.get(i.code, Target.Kind.EXPECTED) for i in self.indicators}

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Indicator -> the kind chosen for its column."""
        data = self.data or {}
        return {
            code: data.get(f"kind-{code}") or before for code, before in self._kinds_before.items()
        }

    @property
    def columns(self) -> list[tuple[Indicator, str]]:
        """Indicators with the kind of their targets."""
        return [(i, self.kinds[i.code]) for i in self.indicators]

    @property
    def exceeded(self) -> list[tuple[str, Sum]]:
        """Regions whose parts are given more than they themselves have to reach."""
        own = (self.divisions.name(self.place), self.sums)
        return [(name, s) for name, sums in (own, *self.groups) for s in sums if s.is_exceeded]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(name of the cell, sentence that names its region and indicator)."""
        return [
            (_name(key), f"{self.divisions.name(key[1])} {BY_CODE[key[0]].name}：{said}。")
            for key, said in self._read[1].items()
        ]

    @property
    def changed(self) -> dict[Key, Amount | None]:
        """Cells that differ from what stands."""
        standing = {key: _amount(target) for key, target in self.standing.items()}
        return {k: amount for k, amount in self._read[0].items() if amount != standing.get(k)}

    @property
    def seen(self) -> str:
        """A mark of what stands now, to tell whether somebody else changed it since."""
        rows = sorted((*key, *_amount(target)) for key, target in self.standing.items())
        return hashlib.sha256(repr(rows).encode()).hexdigest()

    @property
    def document(self) -> str:
        """The document of the targets that stand, to be used again."""
        below = [t for (_, region), t in self.standing.items() if region in self.codes]
        latest = max(below, key=lambda t: t.updated_at, default=None)
        return latest.document if latest else self.plan.document

    # --- What is shown -------------------------------------------------------------------
    @property
    def own(self) -> Row | None:
        return self._row(self.place) if self.sets_own else None

    @property
    def rows(self) -> list[Row]:
        return [self._row(code) for code in self.codes]

    def _row(self, region: str) -> Row:
        cells = [
            Cell(_name(key), self._text(key), self._read[1].get(key, ""))
            for key in ((i.code, region) for i in self.indicators)
        ]
        group = self.divisions.name(region[:4]) if self.by_county else ""
        return Row(region, self.divisions.name(region), cells, group)

    @property
    def sums(self) -> list[Sum]:
        return [self._sum(i, self.codes, self.place) for i in self.indicators]

    @property
    def groups(self) -> list[tuple[str, list[Sum]]]:
        """By prefecture what its counties come to, for the whole province's table."""
        if not self.by_county:
            return []
        return [
            (self.divisions.name(code), [
                self._sum(i, [c for c in self.codes if c.startswith(code)], code)
                for i in self.indicators
            ])
            for code in self.divisions.children(self.place)
        ]  # fmt: skip

    def _sum(self, indicator: Indicator, codes: list[str], above: str) -> Sum:
        targets = [self.standing.get((indicator.code, code)) for code in codes]
        total = sum(t.value for t in targets if t and not t.is_rate)
        goal = self.standing.get((indicator.code, above))
        return Sum(indicator, total, _amount(goal) if goal else None)

    @property
    def years(self) -> list[int]:
        return list(range(self.plan.starts_on.year, self.plan.ends_on.year + 3))


def _name(key: Key) -> str:
    return f"{key[1]}-{key[0]}"


def _amount(target: Target) -> Amount:
    return Amount(target.value, is_rate=target.is_rate, kind=target.kind)


def _written(amount: Amount) -> str:
    return f"{amount.value}%" if amount.is_rate else str(amount.value)
