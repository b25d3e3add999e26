"""Milestones of projects: their list, pages and form."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from core.dates import today
from core.entities.declarations import Section
from core.entities.filters import Between, Chosen
from core.rules import Answers, Flag
from projects.milestones.actions import add_milestone, check_milestone, update_milestone
from projects.milestones.models import Milestone
from projects.projects.entity import part_of_project


def check(milestone: Milestone) -> Iterable[Flag]:
    answers = Answers()
    if milestone.reached_on and milestone.reached_on > today():
        answers.refuse("DATE", "实际日期不能晚于今天，请核对。", field="reached_on")
    if not milestone._state.adding:
        before = Milestone.objects.get(pk=milestone.pk)
        milestone.stage = milestone.stage or before.stage
        answers.ask(check_milestone, milestone, before)
    return answers.settle()


MILESTONES = part_of_project(
    model=Milestone,
    prefix="milestones/",
    api="milestones",
    unit="个",
    icon="calendar",
    files="中期评估报告 末期评估报告 验收意见",
    sections=(Section("里程碑", "project stage planned_on reached_on score"),),
    columns="project__name stage* planned_on* reached_on* score project__contractor__name "
            "project__region",
    filters=(
        "region stage",
        Chosen("progress", "进展", {
            "late": ("已过计划日期未完成",
                     lambda: Q(reached_on=None, planned_on__lt=today())),
            "ahead": ("未到计划日期",
                      lambda: Q(reached_on=None)
                      & (Q(planned_on=None) | Q(planned_on__gte=today()))),
            "reached": ("已完成", Q(reached_on__isnull=False)),
        }),
        Between("planned_on", "planned"),
    ),
    search="project__name",
    search_hint="项目名称",
    empty_hint="在项目的页面上添加。",
    check=check,
    create=add_milestone,
    update=update_milestone,
)  # fmt: skip
