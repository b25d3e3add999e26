"""The sources of a project's money in one cell of a ledger: 「中央20、省级10」."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from core.ledgers.ledger import RowCheck
from core.ledgers.models import ImportRow
from core.ledgers.plain import stable_id
from core.ledgers.values import Choices, UnknownWord, as_text
from core.rules import Flag
from core.text import as_number, normalise
from projects.codes import Fund
from projects.fundings.models import Funding

FUNDING = "projects.funding"
_AMOUNT = re.compile(r"^(.*?)[:：]?([\d.,]+)\s*(万元|万|千元|元)?$")
_FACTORS = (Decimal(1), Decimal(1_000), Decimal(10_000))


class Funds(Choices):
    """The sources in a cell, each a code or [code, amount as written, with its unit if any]."""

    def one(self, cell: Any, row: RowCheck) -> Any:
        found = _AMOUNT.match(normalise(as_text(cell)))
        if not found or not found[1].strip():
            return super().one(cell, row)
        amount = f"{found[2]}{found[3] or ''}"
        try:
            return [super().one(found[1].strip(), row), amount]
        except UnknownWord as unknown:
            unknown.beside = amount
            raise


def sources_of(row: RowCheck) -> list[tuple[str, str | None]]:
    """(fund, amount in yuan as text, None where it is not said) of a row, the largest first.

    Amounts without a unit are in the one in which they come to the contract or the budget.
    """
    if row.is_asked("fund"):
        # Who is known of several would have it all.
        row.values.pop("fund", None)
    said = row.values.get("fund") or []
    sources = [tuple(one) if isinstance(one, list) else (one, None) for one in _listed(said)]
    amounts = [amount for _, amount in sources if amount]
    factor = _factor(row, amounts)
    if amounts and factor is None:
        message = "各资金来源的金额合计与预算、合同金额都不符，金额没有录入。"
        row.flag(Flag("R18", "W", message), "资金来源")
    found = [
        (fund, _yuan(amount, factor) if amount and factor else None) for fund, amount in sources
    ]
    return sorted(found, key=lambda one: Decimal(one[1] or 0), reverse=True)


def _listed(said: Any) -> list[Any]:
    """What the cell says, each source once; an answered word is a code alone."""
    found: list[Any] = []
    for one in said if isinstance(said, list) else [said]:
        if one not in found:
            found.append(one)
    return found


def _yuan(amount: str, factor: Decimal) -> str:
    return f"{as_number(amount) * (1 if _has_unit(amount) else factor):.2f}"


def _has_unit(amount: str) -> bool:
    return bool(re.search("[万千元]", amount))


def _factor(row: RowCheck, amounts: list[str]) -> Decimal | None:
    """In which unit the amounts without one come to the money of the project."""
    if all(_has_unit(amount) for amount in amounts):
        return Decimal(1)
    known = {Decimal(row.values[name]) for name in ("budget", "contract_amount")
             if row.values.get(name)}  # fmt: skip
    for factor in _FACTORS:
        if sum(Decimal(_yuan(amount, factor)) for amount in amounts) in known:
            return factor
    return None


def write_sources(
    row: RowCheck, project_id: str, sources: list[tuple[str, str | None]], budget: Any
) -> None:
    """The sources that a new project would have: several, or one that says less than the whole."""
    is_part = any(amount and Decimal(amount) != Decimal(budget or 0) for _, amount in sources)
    if len(sources) < 2 and not is_part:
        return
    for fund, amount in sources:
        row.write(FUNDING, {
            "id": str(stable_id(FUNDING, project_id, fund)), "project_id": project_id,
            "fund": fund, "amount": amount, "ended_on": None, "end_reason": "",
        })  # fmt: skip


def meet_sources(row: ImportRow, record: Any) -> None:
    """A source that the row names and the project has not is one more; another amount a change."""
    said = row.staged(FUNDING)
    known = Funding.objects.filter(project=record, ended_on=None) if said else ()
    held = {funding.fund: funding for funding in known}
    for new in said:
        old, words, amount = held.get(new["fund"]), Fund(new["fund"]).label, new.get("amount")
        if old is None:
            row.inserts(FUNDING).append(new | {"project_id": str(record.pk)})
            row.diff.append(["资金来源", "", f"{words} {amount or ''}".strip()])
        elif amount and old.amount != Decimal(amount):
            row.change(FUNDING, old.pk, amount=amount)
            row.diff.append([words, f"{old.amount or ''}", amount])
