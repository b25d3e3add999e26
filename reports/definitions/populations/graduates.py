"""Graduates of social-work programmes: aggregates by school and year (T4)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.db.models.functions import Coalesce

from core.figures.population import Population, Reads, is_so
from core.regions.successions import place_on
from reports.plans.calendar import plan_on
from reports.plans.models import Plan
from talent.graduates.models import SchoolPlace
from talent.models import GraduateStat


class Graduates(Population):
    code = "graduates"
    name = "毕业生统计"
    reads = {
        GraduateStat: Reads("region school_place year graduates stayed ended_on", "pk"),
        Plan: Reads("starts_on"),
    }
    order = ("-year", "school", "pk")
    facts = {
        "graduated": "毕业年度不晚于统计日期",
        "since_plan": "毕业年度在规划期开始以后",
        "inside": "省内院校",
        "told": "填报了留黔人数",
        "begun": "规划期内的填报；还没有规划时，以前的填报",
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        plan = plan_on(day)
        # Nothing adds up yet before the first plan, and that is known.
        first = plan.starts_on.year if plan else day.year + 1
        begun = Q(year__gte=first, year__lte=day.year) if plan else Q(year__lte=day.year)
        return GraduateStat.objects.filter(ended_on=None).annotate(
            place=place_on(GraduateStat, day),
            kept=Coalesce(F("stayed"), 0),
            graduated=is_so(Q(year__lte=day.year)),
            since_plan=is_so(Q(year__gte=first, year__lte=day.year)),
            inside=is_so(Q(school_place=SchoolPlace.INSIDE)),
            begun=is_so(begun),
            told=is_so(Q(stayed__isnull=False)),
        )

    def reasons(self, records: Sequence[Model], day: datetime.date) -> dict[Any, dict[str, str]]:
        words = {}
        for record in records:
            stat: Any = record
            said = f"{stat.year} 年毕业 {stat.graduates} 人"
            if stat.stayed is not None:
                said += f"，其中留黔 {stat.stayed} 人"
            words[stat.pk] = {"graduated": said, "since_plan": said}
        return words


GRADUATES = Graduates()
