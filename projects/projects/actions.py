"""Projects move through their stages; money is paid within the contract (R18)."""

from __future__ import annotations

import datetime

from django.db import transaction

from core.dates import today
from core.guards import claim, require_open, touch
from core.models import User
from core.rules import RuleError
from core.scoping import ensure_visible
from projects.codes import PAYMENT_STAGES
from projects.milestones.models import Milestone
from projects.payments.actions import dated_payments, paid_total
from projects.projects.models import Project
from projects.projects.rules import check_project, check_stage


@transaction.atomic
def update_project(*, project: Project, by: User) -> Project:
    """Save an edited project; the instance carries the new values (R18)."""
    before = claim(project, by, "projects.change_project")
    check_project(
        budget=project.budget,
        contract_amount=project.contract_amount,
        started_on=project.started_on,
        ends_on=project.ends_on,
        contractor=project.contractor_id,
        evaluator=project.evaluator_id,
        paid=paid_total(before),
        has_payments=dated_payments(before).exists(),
    )
    project.stage, project.version = before.stage, before.version + 1
    project.save()
    ensure_visible(project, by)
    return project


@transaction.atomic
def change_stage(
    *, project: Project, by: User, stage: str, reached_on: datetime.date, reason: str = ""
) -> None:
    """The project reaches a stage on a day; its milestone gets the date."""
    project = claim(project, by, "projects.change_project")
    require_open(project)
    if reached_on > today():
        raise RuleError("DATE", "完成日期不能晚于今天，请核对。", field="reached_on")
    flags = check_stage(project.stage, stage)
    if flags and not reason.strip():
        raise RuleError("R18", f"{flags[0].message}", field="reason")
    milestone, _ = Milestone.objects.select_for_update().get_or_create(project=project, stage=stage)
    if milestone.reached_on is None or stage not in PAYMENT_STAGES:
        milestone.reached_on = reached_on
        touch(milestone, "reached_on")
    project.stage = stage
    touch(project, "stage")


@transaction.atomic
def end_project(*, project: Project, by: User, reason: str) -> None:
    """停用 a project entered by mistake."""
    project = claim(project, by, "projects.end_project")
    require_open(project)
    if paid_total(project):
        raise RuleError("R18", "项目已有付款，不能停用；如提前结束，请变更阶段为「终止」。")
    project.ended_on, project.end_reason = today(), reason
    touch(project, "ended_on", "end_reason")
