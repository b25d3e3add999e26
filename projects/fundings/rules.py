"""Rules on the sources of a project's money: pure functions on plain values, in yuan."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.rules import Flag


def check_fundings(amounts: Iterable[Decimal | None], *, budget: Decimal | None) -> list[Flag]:
    """All sources together come to no more than the budget."""
    total = sum((amount for amount in amounts if amount), Decimal(0))
    if budget is not None and total > budget:
        message = f"各资金来源合计 {total:,.2f} 元，超过预算金额 {budget:,.2f} 元，请核对。"
        return [Flag("R18", "W", message, "amount")]
    return []
