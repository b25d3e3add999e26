"""Rules on purchased-service projects (R18): pure functions on plain values, money in yuan."""

from __future__ import annotations

import datetime
from decimal import Decimal

from core.rules import Answers, Flag, RuleError
from projects.codes import Stage


def check_project(
    *,
    budget: Decimal | None,
    contract_amount: Decimal | None,
    started_on: datetime.date | None,
    ends_on: datetime.date | None,
    contractor: object = None,
    evaluator: object = None,
    paid: Decimal = Decimal(0),
    has_payments: bool = False,
) -> list[Flag]:
    """Contract within budget, end after start, evaluator other than contractor.

    `has_payments`: dated ones, which nothing would bound without a contract.
    """
    answers = Answers()
    if contract_amount is None and has_payments:
        answers.refuse("R18", "已有付款记录，合同金额不能去掉。", field="contract_amount")
    if budget is not None and contract_amount is not None and contract_amount > budget:
        answers.refuse("R18", "合同金额不能超过预算金额，请核对。", field="contract_amount")
    if contract_amount is not None and paid > contract_amount:
        message = f"合同金额少于已付款 {paid:,.2f} 元，请核对。"
        answers.refuse("R18", message, field="contract_amount")
    if started_on and ends_on and ends_on < started_on:
        answers.refuse("R18", "结束日期不能早于开始日期，请核对。", field="ends_on")
    if evaluator is not None and evaluator == contractor:
        answers.refuse("R18", "评估方不能是承接方，请核对。", field="evaluator")
    return answers.settle()


def check_stage(old: str, new: str) -> list[Flag]:
    """Stages go forward; 整改 may follow an evaluation and lead back; the end is the end."""
    if old in (Stage.CLOSED, Stage.TERMINATED) and new != Stage.RECTIFICATION:
        raise RuleError("R18", "项目已结项或终止，不能再变更阶段。", field="stage")
    if old == new:
        raise RuleError("R18", "项目已经在这个阶段。", field="stage")
    if old != Stage.RECTIFICATION and new < old:
        return [Flag("R18", "W", "阶段倒退，请说明。", "stage")]
    return []
