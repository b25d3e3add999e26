"""Projects and their money by source, way of purchase, field and stage, and what was paid, as the
yearly tables of the ministry (表8) and notices on purchased services ask for them."""

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
from projects.codes import Fund, Procurement, Stage
from projects.models import Funding, Payment, Project
from talent.codes import ServiceField

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


def _said(day: datetime.date, of: str = "") -> dict[str, Any]:
    """What is so of a project, of rows that are `of` one ("project__")."""

    def where(**columns: Any) -> Any:
        return is_so(Q(**{f"{of}{name}": value for name, value in columns.items()}))

    return {
        "begun": where(started_on__gte=day.replace(month=1, day=1), started_on__lte=day),
        "contracted": is_so(~Q(**{f"{of}stage__in": _WANTED})),
        **{f"by_{one.value}": where(procurement=one.value) for one in Procurement},
        **{f"in_{one.value}": where(service_field=one.value) for one in ServiceField},
        **{f"at_{one.value}": where(stage=one.value) for one in Stage},
    }


def _projects(day: datetime.date) -> QuerySet[Any]:
    projects = Project.objects.filter(ended_on=None)
    return projects.annotate(place=place_on(Project, day), **_said(day))


_WHOLE = Coalesce("contract_amount", "budget")
_FACTS = {
    "begun": "项目在当年开始，当日已开始",
    "contracted": "已签约",
    **{f"by_{one.value}": f"采购方式：{one.label}" for one in Procurement},
    **{f"in_{one.value}": f"服务领域：{one.label}" for one in ServiceField},
    **{f"at_{one.value}": f"当前阶段：{one.label}" for one in Stage},
}
_SAID = "region started_on stage procurement service_field ended_on"
_READS: dict[type[Model], Reads] = {
    Project: Reads(f"{_SAID} fund budget contract_amount", "pk"),
    Funding: Reads("fund amount ended_on", "project"),
}
# What a form calls money of -> the sources that it is from.
_FUNDS = {
    "fiscal": (FISCAL, "财政资金（中央、省、市州、县）"),
    "lottery": (LOTTERY, "福利彩票公益金"),
    "donated": ((Fund.DONATION,), "慈善捐赠"),
    **{f"from_{one.value}": ((one,), str(one.label)) for one in Fund},
}
_OF_FUNDS = {name: words for name, (_, words) in _FUNDS.items()}


class Money(Population):
    """Each project once, with its `amount` in yuan: what was contracted, whichever part of it its
    sources share out; what they come to, where they name more."""

    code = "money"
    name = "项目资金"
    reads = _READS
    order = ("region", "name", "pk")
    facts = {**_FACTS, **_OF_FUNDS}

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        sources = Funding.objects.filter(project=OuterRef("pk"), ended_on=None).order_by()
        shared_out = sources.values("project").annotate(sum=Sum("amount")).values("sum")
        return _projects(day).annotate(
            amount=Greatest(_WHOLE, Subquery(shared_out)),
            **{
                name: is_so(
                    Q(Exists(sources.filter(fund__in=funds)))
                    | (~Q(Exists(sources)) & Q(fund__in=funds))
                )
                for name, (funds, _) in _FUNDS.items()
            },
        )


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
        **_OF_FUNDS,
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
                **{name: is_so(Q(of__in=funds)) for name, (funds, _) in _FUNDS.items()},
            )
        )


class Payments(Population):
    """Each payment once, with its `amount` in yuan. What was paid before the registry knew has no
    day, and is of no year."""

    code = "payments"
    name = "项目付款"
    reads = {
        Payment: Reads("project amount paid_on ended_on", "pk"),
        Project: Reads(_SAID),
    }
    order = ("-paid_on", "pk")
    facts = {**_FACTS, "paid": "当年付款，当日已付"}

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        paid = Q(paid_on__gte=day.replace(month=1, day=1), paid_on__lte=day)
        return Payment.objects.filter(ended_on=None, project__ended_on=None).annotate(
            place=place_on(Project, day, of="project__"),
            paid=is_so(paid),
            **_said(day, "project__"),
        )


MONEY, MONEY_BY_SOURCE, PAYMENTS = Money(), MoneyBySource(), Payments()
