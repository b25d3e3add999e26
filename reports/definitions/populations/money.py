"""Money of projects by source, as the yearly tables of the ministry ask for it (表8)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import (
    Case,
    Exists,
    FilteredRelation,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from core.figures.population import Population, Reads, is_so
from core.regions.successions import place_on
from projects.codes import Fund, Stage
from projects.models import Funding, Project

FISCAL = (Fund.CENTRAL, Fund.PROVINCE, Fund.PREFECTURE, Fund.COUNTY)
LOTTERY = (
    Fund.LOTTERY,
    Fund.CENTRAL_LOTTERY,
    Fund.PROVINCE_LOTTERY,
    Fund.PREFECTURE_LOTTERY,
    Fund.COUNTY_LOTTERY,
)
# Nothing is spent before there is a contract.
_WANTED = (Stage.DEMAND, Stage.APPROVED, Stage.PROCUREMENT)


def _projects(day: datetime.date) -> QuerySet[Any]:
    return Project.objects.filter(ended_on=None).annotate(
        place=place_on(Project, day),
        begun=is_so(Q(started_on__gte=day.replace(month=1, day=1), started_on__lte=day)),
        contracted=is_so(~Q(stage__in=_WANTED)),
    )


_WHOLE = Coalesce("contract_amount", "budget")
_FACTS = {"begun": "项目在当年开始，当日已开始", "contracted": "已签约"}
_READS: dict[type[Model], Reads] = {
    Project: Reads("region fund budget contract_amount started_on stage ended_on", "pk"),
    Funding: Reads("fund amount ended_on", "project"),
}


class Money(Population):
    """Each project once, with its `amount` in yuan: what was contracted, whichever part of it its
    sources share out; what they come to, where they name more."""

    code = "money"
    name = "项目资金"
    reads = _READS
    order = ("region", "name", "pk")
    facts = _FACTS

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        sources = Funding.objects.filter(project=OuterRef("pk"), ended_on=None).order_by()
        shared_out = sources.values("project").annotate(sum=Sum("amount")).values("sum")
        return _projects(day).annotate(amount=Greatest(_WHOLE, Subquery(shared_out)))


class MoneyBySource(Population):
    """Each source of each project once, with its `amount` in yuan; a project that names none is
    its own only source, and an only source is the whole. What several do not share out is of no
    source that is known, and stands in the sum of the project alone (Money)."""

    code = "money_by_source"
    name = "项目资金（按来源）"
    reads = _READS
    order = ("region", "name", "pk")
    facts = {
        **_FACTS,
        "known": "来源的金额已知",
        "fiscal": "财政资金（中央、省、市州、县）",
        "lottery": "福利彩票公益金",
        "donated": "慈善捐赠",
        **{f"from_{fund.value}": str(fund.label) for fund in Fund},
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        others = Funding.objects.filter(project=OuterRef("pk"), ended_on=None).exclude(
            pk=OuterRef("source__pk")
        )
        sources = FilteredRelation("fundings", condition=Q(fundings__ended_on=None))
        return (
            _projects(day)
            .alias(source=sources)
            .annotate(
                amount=Coalesce("source__amount", Case(When(~Exists(others), then=_WHOLE))),
                of=Coalesce("source__fund", "fund"),
            )
            .annotate(
                known=is_so(Q(amount__isnull=False)),
                fiscal=is_so(Q(of__in=FISCAL)),
                lottery=is_so(Q(of__in=LOTTERY)),
                donated=is_so(Q(of=Fund.DONATION)),
                **{f"from_{one.value}": is_so(Q(of=one.value)) for one in Fund},
            )
        )


MONEY, MONEY_BY_SOURCE = Money(), MoneyBySource()
