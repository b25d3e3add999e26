"""Rules on payments (R18): pure functions on plain values, money in yuan."""

from __future__ import annotations

import datetime
from decimal import Decimal

from core.dates import today
from core.rules import Answers, RuleError
from projects.codes import PAYMENT_STAGES, Stage


def check_amount_paid(
    *,
    amount: Decimal,
    paid_before: Decimal,
    contract_amount: Decimal | None,
    paid_on: datetime.date | None,
    is_opening_balance: bool = False,
    stage: str = "",
    reached_on: datetime.date | None = None,
    has_opening_balance: bool = False,
) -> None:
    """Σ payments within the contract; a payment of a stage only after its milestone.

    `paid_before` are the other payments; `reached_on` the day the stage was reached, None
    when it was not. An opening balance has no date and hangs on no milestone, and there is
    one of a project (`has_opening_balance`: another one).
    """
    answers = Answers()
    if amount <= 0:
        answers.refuse("R18", "付款金额应大于 0。", field="amount")
    if contract_amount is None and not is_opening_balance:
        answers.refuse("R18", "请先登记合同金额，再登记付款。", field="amount")
    if contract_amount is not None and paid_before + amount > contract_amount:
        total = paid_before + amount
        message = f"付款合计 {total:,.2f} 元，超过合同金额 {contract_amount:,.2f} 元，请核对。"
        answers.refuse("R18", message, field="amount")
    if is_opening_balance:
        if paid_on or stage:
            answers.refuse("R18", "期初已付不填付款日期和节点。", field="is_opening_balance")
        if has_opening_balance:
            words = "该项目已登记过期初已付，请在原来的一条上修改金额。"
            answers.refuse("R18", words, field="is_opening_balance")
    else:
        if paid_on is None:
            words = "请填写付款日期；没有日期的期初金额请勾选「期初已付」。"
            answers.refuse("R18", words, field="paid_on")
        elif paid_on > today():
            answers.refuse("DATE", "付款日期不能晚于今天，请核对。", field="paid_on")
        answers.ask(_check_milestone, stage, paid_on, reached_on)
    answers.settle()


def _check_milestone(
    stage: str, paid_on: datetime.date | None, reached_on: datetime.date | None
) -> None:
    if stage not in {s.value for s in PAYMENT_STAGES}:
        raise RuleError("R18", "请选择付款对应的节点。", field="stage")
    label = Stage(stage).label
    if reached_on is None:
        raise RuleError(
            "R18", f"「{label}」还没有登记完成日期，请先在里程碑中登记，再登记付款。", field="stage"
        )
    if paid_on is not None and paid_on < reached_on:
        raise RuleError(
            "R18", f"付款日期早于「{label}」完成的日期 {reached_on}，请核对。", field="paid_on"
        )
