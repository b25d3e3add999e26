"""Sources of the money of projects: their list, pages and form."""

from __future__ import annotations

from collections.abc import Iterable

from core.entities.declarations import Section
from core.entities.filters import ENDED
from core.rules import Flag
from projects.fundings.models import Funding
from projects.fundings.rules import check_fundings
from projects.projects.entity import part_of_project


def check(funding: Funding) -> Iterable[Flag]:
    others = funding.project.fundings.filter(ended_on=None).exclude(pk=funding.pk)
    amounts = [*others.values_list("amount", flat=True), funding.amount]
    return check_fundings(amounts, budget=funding.project.budget)


FUNDINGS = part_of_project(
    model=Funding,
    prefix="fundings/",
    api="fundings",
    unit="项",
    icon="coin",
    files="资金下达文件",
    can_deactivate=True,
    sections=(Section("资金来源", "project fund amount ended_on end_reason"),),
    columns="project__name fund* amount* project__region",
    filters=("region fund", ENDED),
    search="project__name",
    search_hint="项目名称",
    empty_hint="一个项目有几个资金来源的，在项目的页面上逐项登记，或随项目台账一起导入。",
    check=check,
)
