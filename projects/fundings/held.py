"""The sources of projects in one cell, as their ledger writes them."""

from __future__ import annotations

from typing import Any

from projects.codes import Fund
from projects.fundings.models import Funding


def funds_of(projects: list[Any]) -> dict[Any, str]:
    """「中央财政200000元、省级财政100000元」 of those that name their sources, by their keys."""
    rows = Funding.objects.filter(project__in=projects, ended_on=None).order_by("fund")
    found: dict[Any, list[str]] = {}
    for project, fund, amount in rows.values_list("project", "fund", "amount"):
        said = "" if amount is None else f"{amount.normalize():f}元"
        found.setdefault(project, []).append(f"{Fund(fund).label}{said}")
    return {project: "、".join(said) for project, said in found.items()}
