"""Projects move through their stages; money is paid within the contract (R18)."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet, Sum

from core.dates import today
from core.entities.deactivation import reactivate
from core.guards import claim, require_open, touch
from core.models import User
from core.rules import RuleError
from core.scoping import ensure_visible
from projects import rules
from projects.codes import PAYMENT_STAGES
from projects.models import Milestone, Payment, Project


def paid_total(project: Project, *, but: object = None) -> Decimal:
    """What has been paid on a project, in yuan, without one payment."""
    payments = project.payments.filter(ended_on=None)
    if but is not None:
        payments = payments.exclude(pk=but)
    return payments.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def dated_payments(project: Project, *, stage: str = "") -> QuerySet[Payment]:
    """The payments in force that have a day, of one stage where it is given; first paid first."""
    rows = project.payments.filter(ended_on=None, is_opening_balance=False)
    return (rows.filter(stage=stage) if stage else rows).order_by("paid_on")


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
    rules.check_milestone(
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


@transaction.atomic
def update_project(*, project: Project, by: User) -> Project:
    """Save an edited project; the instance carries the new values (R18)."""
    before = claim(project, by, "projects.change_project")
    rules.check_project(
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
    flags = rules.check_stage(project.stage, stage)
    if flags and not reason.strip():
        raise RuleError("R18", f"{flags[0].message}", field="reason")
    milestone, _ = Milestone.objects.select_for_update().get_or_create(project=project, stage=stage)
    if milestone.reached_on is None or stage not in PAYMENT_STAGES:
        milestone.reached_on = reached_on
        touch(milestone, "reached_on")
    project.stage = stage
    touch(project, "stage")


def check_payment(payment: Payment) -> None:
    """R18 of a payment against its project; the form calls it too."""
    project = payment.project
    reached = project.milestones.filter(stage=payment.stage or "-").values_list(
        "reached_on", flat=True
    )
    opening = project.payments.filter(is_opening_balance=True, ended_on=None)
    rules.check_payment(
        amount=payment.amount,
        paid_before=paid_total(project, but=payment.pk),
        contract_amount=project.contract_amount,
        paid_on=payment.paid_on,
        is_opening_balance=payment.is_opening_balance,
        stage=payment.stage,
        reached_on=reached.first(),
        has_opening_balance=opening.exclude(pk=payment.pk).exists(),
    )


@transaction.atomic
def add_payment(*, payment: Payment, by: User) -> Payment:
    """Record a payment, given as an unsaved row; the project's row is locked for the sum."""
    payment.project = claim(payment.project, by, "projects.add_payment")
    require_open(payment.project)
    check_payment(payment)
    payment.save(force_insert=True)
    ensure_visible(payment, by)
    return payment


@transaction.atomic
def update_payment(*, payment: Payment, by: User) -> Payment:
    """Save an edited payment under the same rules."""
    payment.project = claim(payment.project, by, "projects.change_payment")
    before = claim(payment, by, "projects.change_payment")
    check_payment(payment)
    payment.version = before.version + 1
    payment.save()
    return payment


@transaction.atomic
def end_payment(*, payment: Payment, by: User, reason: str) -> None:
    """停用 a payment entered by mistake; it no longer counts towards the sum."""
    payment = claim(payment, by, "projects.end_payment")
    require_open(payment)
    payment.ended_on, payment.end_reason = today(), reason
    touch(payment, "ended_on", "end_reason")


@transaction.atomic
def reactivate_payment(*, payment: Payment, by: User, reason: str) -> str:
    """Undo 停用 of a payment; it counts again, so the sum is checked again (R18)."""
    payment.project = claim(payment.project, by, "projects.end_payment")
    require_open(payment.project)
    check_payment(payment)
    return reactivate(record=payment, by=by, reason=reason)


@transaction.atomic
def end_project(*, project: Project, by: User, reason: str) -> None:
    """停用 a project entered by mistake."""
    project = claim(project, by, "projects.end_project")
    require_open(project)
    if paid_total(project):
        raise RuleError("R18", "项目已有付款，不能停用；如提前结束，请变更阶段为「终止」。")
    project.ended_on, project.end_reason = today(), reason
    touch(project, "ended_on", "end_reason")
