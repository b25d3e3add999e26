"""A plan's targets for some regions, and the line that leads to them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from django.conf import settings
from django.utils import timezone

from core.regions.tree import divisions_on
from reports.plans.models import Plan
from reports.targets.models import Target


@dataclass(frozen=True)
class Goal:
    """What a region is to reach: a number, from a rate where the target is one."""

    value: int
    year: int
    document: str
    clause: str
    kind: str
    rate: int | None = None


class Goals:
    """Targets of a plan for some regions as divided on a day, read at once.

    Targets follow a succession: what a region became, or was joined to, is to reach what
    was set for it, until a target is set anew.
    """

    def __init__(self, plan: Plan | None, regions: Iterable[str], *, day: datetime.date) -> None:
        self.plan = plan
        self._divisions = divisions_on(day)
        self._rows: dict[tuple[str, str], list[Target]] = {}
        if plan is None:
            return
        codes = set(regions)
        codes |= {code[:n] for code in codes for n in (2, 4, 6)}
        asked = codes | {c for code in codes for c in self._related(code)}
        for target in Target.objects.filter(region__in=asked, plan=plan).order_by("year"):
            self._rows.setdefault((target.indicator, target.region_id), []).append(target)

    def _related(self, region: str, seen: frozenset[str] = frozenset()) -> set[str]:
        """Codes whose targets may be a region's: those before it, the one after it."""
        seen |= {region}
        near = {code for code, _ in self._divisions.absorbed(region)}
        if later := self._divisions.renamed(region):
            near.add(later)
        return near.union(*(self._related(code, seen) for code in near - seen))

    def set_for(self, indicator: str, region: str) -> dict[int, Target]:
        """Year -> the target set for a region or for those it is made of.

        Those inherited are not stored: numbers of several regions add up, shares stand where
        they are the same. Before it was renamed a region has the target of its later code.
        """
        found = self._inherited(indicator, region)
        later = self._divisions.renamed(region)
        return self.set_for(indicator, later) | found if later else found

    def _inherited(self, indicator: str, region: str) -> dict[int, Target]:
        own = {t.year: t for t in self._rows.get((indicator, region), [])}
        before = {
            code: (ended, self._inherited(indicator, code))
            for code, ended in self._divisions.absorbed(region)
        }
        is_new = all(self._divisions.is_made_of(region, code) for code in before)
        for year in {y for _, given in before.values() for y in given}:
            mine = own.get(year)
            if is_new and mine is None:
                joined = [given.get(year) for _, given in before.values()]
            elif mine and not is_new:
                # A target set since they joined is for the whole.
                written = timezone.localdate(mine.updated_at)
                joined = [
                    mine,
                    *(g[year] for end, g in before.values() if year in g and written < end),
                ]
            else:
                continue
            if total := _together(joined, region):
                own[year] = total
        return own

    def rows(self, indicator: str, region: str) -> list[Target]:
        """For each year the region's own target, else the rate of the nearest one above it."""
        found = self.set_for(indicator, region)
        for length in (6, 4, len(settings.PROVINCE_CODE)):
            if length < len(region):
                for year, target in self.set_for(indicator, region[:length]).items():
                    if target.is_rate:
                        found.setdefault(year, target)
        return [found[year] for year in sorted(found)]

    def final(self, indicator: str, region: str, denominator: int | None) -> Goal | None:
        """The target for the plan's last year, else the first one after it; None else."""
        if self.plan is None:
            return None
        rows = self.rows(indicator, region)
        last = self.plan.ends_on.year
        # One of a year before is no word on the end of the plan.
        chosen = next((t for t in rows if t.year >= last), None)
        return goal_of(chosen, denominator)

    def all(self, indicator: str, region: str, denominator: int | None) -> list[Goal]:
        goals = (goal_of(t, denominator) for t in self.rows(indicator, region))
        return [goal for goal in goals if goal]


def _together(targets: list[Target | None], region: str) -> Target | None:
    """The target of what was several regions; None where one has none, or shares differ."""
    known = [t for t in targets if t is not None]
    if not known or len(known) < len(targets):
        return None
    first = known[0]
    if len(known) == 1 and first.region_id == region:
        return first
    if any(t.is_rate for t in known) and len({(t.is_rate, t.value) for t in known}) > 1:
        return first if first.region_id == region else None
    return Target(
        plan_id=first.plan_id, indicator=first.indicator, region_id=region, year=first.year,
        value=first.value if first.is_rate else sum(t.value for t in known),
        is_rate=first.is_rate, kind=min(t.kind for t in known), clause=first.clause,
        document="、".join(dict.fromkeys(t.document for t in known)),
        updated_at=max(t.updated_at for t in known),
    )  # fmt: skip


def goal_of(target: Target | None, denominator: int | None) -> Goal | None:
    if target is None or (target.is_rate and not denominator):
        return None
    value = math.ceil(target.value * (denominator or 0) / 100) if target.is_rate else target.value
    rate = target.value if target.is_rate else None
    return Goal(value, target.year, target.document, target.clause, target.kind, rate)


def expected_by(plan: Plan, goals: list[Goal], day: datetime.date, *, start: int = 0) -> int | None:
    """Where the pace line stands on a day: straight lines from what there was at the plan's
    start through the yearly targets."""
    if not goals:
        return None
    points = [(plan.starts_on, min(start, goals[0].value))]
    points += [(datetime.date(g.year, 12, 31), g.value) for g in goals]
    day = max(day, plan.starts_on)
    for (since, low), (end, high) in pairwise(points):
        if day <= end:
            return round(low + (high - low) * (day - since).days / max(1, (end - since).days))
    return points[-1][1]
