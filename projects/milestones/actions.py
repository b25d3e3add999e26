"""A project reaches its stages."""

from __future__ import annotations

from django.db import transaction

from core.guards import claim, require_open
from core.models import User
from projects.milestones.models import Milestone
from projects.milestones.rules import check_paid_milestone
from projects.payments.actions import dated_payments


@transaction.atomic
def add_milestone(*, milestone: Milestone, by: User) -> Milestone:
    """Plan or record a stage of a project, given as an unsaved row."""
    milestone.project = claim(milestone.project, by, "projects.add_milestone")
    require_open(milestone.project)
    milestone.save(force_insert=True)
    return milestone


def check_milestone(milestone: Milestone, before: Milestone) -> None:
    """R18 of an edited milestone against what was paid for it; the form calls it too."""
    first = dated_payments(milestone.project, stage=before.stage).first()
    check_paid_milestone(
        stage=milestone.stage,
        old_stage=before.stage,
        reached_on=milestone.reached_on,
        paid_on=first.paid_on if first else None,
    )


@transaction.atomic
def update_milestone(*, milestone: Milestone, by: User) -> Milestone:
    """Save an edited milestone."""
    milestone.project = claim(milestone.project, by, "projects.change_milestone")
    before = claim(milestone, by, "projects.change_milestone")
    check_milestone(milestone, before)
    milestone.version = before.version + 1
    milestone.save()
    return milestone
