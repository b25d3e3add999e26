"""Which plan speaks about a day, and its targets for a region."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db.models import Q

from reports.models import Plan, Target


def plan_on(day: datetime.date) -> Plan | None:
    """The plan of the day: the latest one begun by then, ended or not.

    A plan that is over keeps speaking until the next one begins, since its settlement
    stands beside today's figure.
    """
    return Plan.objects.filter(starts_on__lte=day).order_by("-starts_on").first()


def plan_starts() -> list[datetime.date]:
    return list(Plan.objects.values_list("starts_on", flat=True))


def ended_plan(day: datetime.date) -> Plan | None:
    """The latest plan that was over by then: the one whose settlement stands."""
    return Plan.objects.filter(ends_on__lt=day).order_by("-ends_on").first()


def next_plan() -> dict[str, Any]:
    """What the plan after the last one most likely says: five years, from where that ended."""
    last = Plan.objects.order_by("-ends_on").first()
    if last is None:
        return {}
    number = re.fullmatch(r"(\d+)_5", last.code)
    return {
        "code": f"{int(number[1]) + 1}_5" if number else "",
        "starts_on": last.ends_on + datetime.timedelta(days=1),
        "ends_on": datetime.date(last.ends_on.year + 5, 12, 31),
        "baseline_on": last.ends_on,
    }


def baselines(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """(baseline, publication of the document) for what is new on a day (T3)."""
    plan = plan_on(day)
    if plan is None:
        return day, day
    return plan.baseline_on, plan.document_on or plan.baseline_on


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
    """Targets of a plan for some regions, read at once."""

    def __init__(self, plan: Plan | None, regions: Iterable[str]) -> None:
        self.plan = plan
        self._rows: dict[tuple[str, str], list[Target]] = {}
        if plan is None:
            return
        codes = set(regions)
        above = {code[:n] for code in codes for n in (2, 4, 6)}
        wanted = Q(region__in=codes) | Q(region__in=above, is_rate=True)
        for target in Target.objects.filter(wanted, plan=plan).order_by("year"):
            self._rows.setdefault((target.indicator, target.region_id), []).append(target)

    def rows(self, indicator: str, region: str) -> list[Target]:
        """For each year the region's own target, else the rate of the nearest one above it."""
        found = {t.year: t for t in self._rows.get((indicator, region), [])}
        for length in (6, 4, len(settings.PROVINCE_CODE)):
            if length < len(region):
                for target in self._rows.get((indicator, region[:length]), []):
                    if target.is_rate:
                        found.setdefault(target.year, target)
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
