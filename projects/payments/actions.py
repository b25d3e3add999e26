"""Money is paid within the contract (R18)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum

from core.dates import today
from core.entities.deactivation import reactivate
from core.guards import claim, require_open, touch
from core.models import User
from core.scoping import ensure_visible
from projects.payments.models import Payment
from projects.payments.rules import check_amount_paid
from projects.projects.models import Project


def paid_of(projects: list[Any]) -> dict[Any, Decimal]:
    """What was paid on some projects, by their keys."""
    rows = Payment.objects.filter(project__in=projects, ended_on=None).order_by()
    return dict(rows.values_list("project").annotate(total=Sum("amount")))


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


def check_payment(payment: Payment) -> None:
    """R18 of a payment against its project; the form calls it too."""
    project = payment.project
    reached = project.milestones.filter(stage=payment.stage or "-").values_list(
        "reached_on", flat=True
    )
    opening = project.payments.filter(is_opening_balance=True, ended_on=None)
    check_amount_paid(
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


def check_paid_again(payment: Payment, *, step: Any, by: User) -> None:
    """A payment that an undo lets count again is within the contract, too (R18)."""
    payment = Payment.objects.get(pk=payment.pk)
    if payment.ended_on is None:
        check_payment(payment)


@transaction.atomic
def reactivate_payment(*, payment: Payment, by: User, reason: str) -> str:
    """Undo 停用 of a payment; it counts again, so the sum is checked again (R18)."""
    payment.project = claim(payment.project, by, "projects.end_payment")
    require_open(payment.project)
    check_payment(payment)
    return reactivate(record=payment, by=by, reason=reason)
