"""Which plan speaks about a day, and the days whose figures are kept."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django.utils import timezone

from reports.plans.models import Plan


def plan_on(day: datetime.date) -> Plan | None:
    """The plan of the day: the latest one begun by then, ended or not.

    A plan that is over keeps speaking until the next one begins, since its settlement
    stands beside today's figure.
    """
    return Plan.objects.filter(starts_on__lte=day).order_by("-starts_on").first()


def plan_starts() -> list[datetime.date]:
    return list(Plan.objects.values_list("starts_on", flat=True))


def ended_plan(day: datetime.date) -> Plan | None:
    """The latest plan whose last day had come by then: the one whose settlement stands."""
    return Plan.objects.filter(ends_on__lte=day).order_by("-ends_on").first()


def days_shown() -> list[tuple[datetime.date, bool]]:
    """Today and the ends of plans that are over (True), whose figures are renewed at once."""
    today = timezone.localdate()
    ended = Plan.objects.filter(ends_on__lt=today).values_list("ends_on", flat=True)
    return [(today, False), *((day, True) for day in ended)]


def days_of_trend() -> list[datetime.date]:
    """The day before the first plan and the ends of all years since, up to the last one."""
    starts, last = plan_starts(), timezone.localdate().year - 1
    years = range(min(starts).year - 1, last + 1) if starts else ()
    return [datetime.date(year, 12, 31) for year in years]


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
