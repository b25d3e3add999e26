"""Forms of projects, milestones and payments (R18)."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from decimal import Decimal
from typing import Any

from core.dates import today
from core.entities.forms import RecordForm, RecordMeta, names_in
from core.rules import Flag, RuleError
from projects.actions import check_milestone, check_payment, dated_payments, paid_total
from projects.models import Milestone, Payment, Project
from projects.rules import check_project

PROJECT = (
    ("项目", ("name", "number", "region", "service_field", "started_on", "ends_on")),
    ("各方", ("purchaser", "contractor", "evaluator", "procurement")),
    ("资金", ("fund", "budget", "contract_amount")),
    ("其他", ("staffing",)),
)
# With the stage, which an action changes afterwards.
NEW_PROJECT = ((PROJECT[0][0], (*PROJECT[0][1], "stage")), *PROJECT[1:])
MILESTONE = (("里程碑", ("stage", "planned_on", "reached_on", "score")),)
PAYMENT = (("付款", ("stage", "amount", "paid_on", "is_opening_balance", "voucher")),)


class ProjectForm(RecordForm):
    layout = PROJECT

    class Meta(RecordMeta):
        model = Project
        fields = names_in(PROJECT)
        help_texts = {
            "contract_amount": "不超过预算金额。",
            "evaluator": "不能与承接方相同。",
        }

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        return check_project(
            budget=cleaned.get("budget"),
            contract_amount=cleaned.get("contract_amount"),
            started_on=cleaned.get("started_on"),
            ends_on=cleaned.get("ends_on"),
            contractor=cleaned.get("contractor"),
            evaluator=cleaned.get("evaluator"),
            paid=Decimal(0) if self.instance._state.adding else paid_total(self.instance),
            has_payments=not self.instance._state.adding and dated_payments(self.instance).exists(),
        )


class NewProjectForm(ProjectForm):
    layout = NEW_PROJECT

    class Meta(ProjectForm.Meta):
        fields = names_in(NEW_PROJECT)


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
        if not self.instance._state.adding:
            before = Milestone.objects.get(pk=self.instance.pk)
            entered = copy(self.instance)
            entered.stage, entered.reached_on = cleaned.get("stage") or before.stage, reached
            check_milestone(entered, before)
        return ()


class PaymentForm(RecordForm):
    parent = "project"
    layout = PAYMENT

    class Meta(RecordMeta):
        model = Payment
        fields = names_in(PAYMENT)
        help_texts = {
            "is_opening_balance": "建档以前已经付过、没有明细的金额，不填付款节点和日期。",
            "stage": "除期初已付外必填。",
            "paid_on": "除期初已付外必填。",
        }

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        if cleaned.get("amount") is None:
            return ()
        entered = copy(self.instance)
        entered.amount, entered.paid_on = cleaned["amount"], cleaned.get("paid_on")
        entered.stage = cleaned.get("stage") or ""
        entered.is_opening_balance = bool(cleaned.get("is_opening_balance"))
        check_payment(entered)
        return ()
