"""Courses: their entity, one action on them, one decision about them and their ledger."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from core.decisions.actions import decide
from core.decisions.kinds import DecisionKind
from core.entities.declarations import Action, Section
from core.entities.entity import Entity
from core.entities.filters import ENDED
from core.entities.forms import ActionForm, DateField
from core.entities.forms.actions import ReasonForm
from core.guards import claim, touch
from core.ledgers.plain import PlainLedger
from core.rules import Flag, RuleError
from tests.contracts.scratch.models import Course

MOST_HOURS = 200


def check(course: Course) -> Iterable[Flag]:
    if course.hours > MOST_HOURS:
        raise RuleError("HOURS", f"学时最多 {MOST_HOURS}，请核对。", field="hours")
    return []


class PutOffForm(ActionForm):
    held_on = DateField(label="改到")


def put_off(*, course: Course, by: Any, held_on: datetime.date) -> None:
    claim(course, by, "scratch.change_course")
    course.held_on = held_on
    course.save()


def _open(course: Course, *, by: Any, reason: str) -> None:
    course.is_open = True
    touch(course, "is_open")


OPENING = DecisionKind(
    code="courses",
    model=Course,
    permission="scratch.decide_course",
    grant=_open,
    vouched=(),
    pending=Q(is_open=False),
    own="这是您自己录入的课程，请由另一位审核员开放。",
    waiting="课程待开放",
)


def open_course(*, course: Course, by: Any, reason: str) -> None:
    decide(OPENING, course, by=by, reason=reason)


def _prepare(row: Any, written: dict[str, Any]) -> None:
    written["region_id"] = row.context.places.scope
    row.shown = {"name": written["name"], "detail": written["held_on"]}


COURSES = Entity(
    model=Course,
    prefix="courses/",
    api="courses",
    can_deactivate=True,
    sections=(Section("课程", "name region held_on hours ended_on end_reason"),),
    columns="name region* held_on hours",
    filters=("region", ENDED),
    search_hint="课程名称",
    select_related=("region",),
    check=check,
    actions=(
        Action("put-off", "改期", PutOffForm, put_off, "scratch.change_course"),
        Action("open", "开放报名", ReasonForm, open_course, "scratch.decide_course"),
    ),
    ledger=PlainLedger(
        kind="courses",
        fields=("name held_on hours",),
        key="name held_on",
        future="held_on",
        synonyms={"hours": "课时"},
        examples={"name": "小组工作实务"},
        prepare=_prepare,
    ),
)
