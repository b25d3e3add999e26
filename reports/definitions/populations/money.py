"""Money of projects by source, as the yearly tables of the ministry ask for it (表8)."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import (
    Case,
    DecimalField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    When,
)
from django.db.models.functions import Coalesce

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


class Money(Population):
    """Each source of each project once, with its `amount` in yuan; a project that names none is
    its own only source. Where several have no amount, the whole stands with the main one and is
    of no source that is known (`split`)."""

    code = "money"
    name = "项目资金"
    reads = {
        Project: Reads("region fund budget contract_amount started_on stage ended_on", "pk"),
        Funding: Reads("fund amount ended_on", "project"),
    }
    order = ("region", "name", "pk")
    facts = {
        "begun": "项目在当年开始，当日已开始",
        "contracted": "已签约",
        "split": "各来源的金额已知",
        "fiscal": "财政资金（中央、省、市州、县）",
        "lottery": "福利彩票公益金",
        "donated": "慈善捐赠",
        **{f"from_{fund.value}": str(fund.label) for fund in Fund},
    }

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        whole = Coalesce("contract_amount", "budget")
        others = Funding.objects.filter(project=OuterRef("pk"), ended_on=None).exclude(
            pk=OuterRef("source__pk")
        )
        is_alone = Q(source__amount=None) & ~Q(Exists(others))
        is_main = Q(source__fund=F("fund")) & ~Q(Exists(others.exclude(amount=None)))
        said = Case(
            When(source__amount__isnull=False, then=F("source__amount")),
            When(is_alone | is_main, then=whole),
            output_field=DecimalField(max_digits=14, decimal_places=2),
        )
        sources = FilteredRelation("fundings", condition=Q(fundings__ended_on=None))
        return (
            Project.objects.filter(ended_on=None)
            .alias(source=sources)
            .annotate(
                place=place_on(Project, day),
                amount=said,
                of=Coalesce("source__fund", "fund"),
                begun=is_so(Q(started_on__gte=day.replace(month=1, day=1), started_on__lte=day)),
                contracted=is_so(~Q(stage__in=_WANTED)),
                split=is_so(Q(source__amount__isnull=False) | is_alone),
            )
            .annotate(
                fiscal=is_so(Q(of__in=FISCAL)),
                lottery=is_so(Q(of__in=LOTTERY)),
                donated=is_so(Q(of=Fund.DONATION)),
                **{f"from_{one.value}": is_so(Q(of=one.value)) for one in Fund},
            )
        )


MONEY = Money()
