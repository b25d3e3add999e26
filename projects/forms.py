"""Forms of projects, milestones and payments (R18)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.dates import today
from core.forms import RecordForm, RecordMeta, names_in
from core.rules import Flag, RuleError
from projects.models import Milestone, Payment, Project

PROJECT = (
    ("项目", ("name", "number", "region", "service_field", "started_on", "ends_on", "stage")),
    ("各方", ("purchaser", "contractor", "evaluator", "procurement")),
    ("资金", ("fund", "budget", "contract_amount")),
    ("其他", ("staffing",)),
)
MILESTONE = (("里程碑", ("stage", "planned_on", "reached_on", "score")),)
PAYMENT = (("付款", ("stage", "amount", "paid_on", "is_opening_balance", "voucher")),)


def paid_total(project: Any, *, but: Any = None) -> Decimal:
    """What has been paid on a project, in yuan, without one payment."""
    payments = Payment.objects.filter(project=project, ended_on=None)
    if but is not None:
        payments = payments.exclude(pk=but)
    return payments.aggregate(total=Sum("amount"))["total"] or Decimal(0)


class ProjectForm(RecordForm):
    layout = PROJECT

    class Meta(RecordMeta):
        model = Project
        fields = names_in(PROJECT)
        help_texts = {
            "budget": "单位：元。",
            "contract_amount": "单位：元；不超过预算金额。",
            "evaluator": "不能与承接方相同。",
        }

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        amount = cleaned.get("contract_amount")
        if amount is not None and not self.instance._state.adding:
            paid = paid_total(self.instance)
            if paid > amount:
                raise RuleError(
                    "R18", f"合同金额少于已付款 {paid:,.2f} 元，请核对。", field="contract_amount"
                )
        return ()


class MilestoneForm(RecordForm):
    parent = "project"
    layout = MILESTONE

    class Meta(RecordMeta):
        model = Milestone
        fields = names_in(MILESTONE)

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        reached = cleaned.get("reached_on")
        if reached and reached > today():
            raise RuleError("DATE", "实际日期不能晚于今天，请核对。", field="reached_on")
        return ()


class PaymentForm(RecordForm):
    parent = "project"
    layout = PAYMENT

    class Meta(RecordMeta):
        model = Payment
        fields = names_in(PAYMENT)
        help_texts = {
            "amount": "单位：元。",
            "is_opening_balance": "建档以前已经付过、没有明细的金额，不填付款日期。",
        }

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        project, amount = self.instance.project, cleaned.get("amount")
        if not cleaned.get("is_opening_balance") and not cleaned.get("paid_on"):
            raise RuleError("R18", "请填写付款日期；没有日期的期初金额请勾选「期初已付」。", field="paid_on")
        limit = project.contract_amount
        if amount is not None and limit is not None:
            total = paid_total(project, but=self.instance.pk) + amount
            if total > limit:
                raise RuleError(
                    "R18",
                    f"付款合计 {total:,.2f} 元，超过合同金额 {limit:,.2f} 元，请核对。",
                    field="amount",
                )
        yield from self._milestone(project, cleaned)

    def _milestone(self, project: Any, cleaned: dict[str, Any]) -> Iterable[Flag]:
        """A payment follows its milestone (R18)."""
        stage, paid = cleaned.get("stage"), cleaned.get("paid_on")
        if not stage or not paid:
            return
        reached = Milestone.objects.filter(project=project, stage=stage).values_list(
            "reached_on", flat=True
        )
        if not reached or reached[0] is None or reached[0] > paid:
            yield Flag("R18", "W", "付款早于对应节点的完成日期，或节点尚未登记完成。", "paid_on")
