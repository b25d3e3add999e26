"""What config/policy.py and config/navigation.py would say of a new app."""

from __future__ import annotations

from dataclasses import replace

from django.db import models

from config import navigation, policy
from core.accounts.roles import RoleCard
from core.entities.navigation import Group

_VERBS = ("view", "add", "change", "end", "export")


class ScratchRole(models.TextChoices):
    """A line in core.accounts.roles.Role."""

    TRAINER = "trainer", "培训管理员"


def _with_courses(card: RoleCard) -> RoleCard:
    verbs = [verb for verb in _VERBS if f"talent.{verb}_title" in card.permissions]
    courses = {f"scratch.{verb}_course" for verb in verbs}
    if "stations.approve_station" in card.permissions:
        courses.add("scratch.decide_course")
    return replace(card, permissions=card.permissions | courses)


ROLES = (
    *map(_with_courses, policy.ROLES),
    RoleCard(
        ScratchRole.TRAINER,  # type: ignore[arg-type]
        "查看培训课程。",
        frozenset({"scratch.view_course"}),
        has_records=True,
    ),
)
NAVIGATION = (*navigation.NAVIGATION, Group("培训", ("course",)))
