"""Graduates by school, level and year: their list, pages and form."""

from __future__ import annotations

from collections.abc import Iterable

from core.entities.columns import Column
from core.entities.declarations import Section
from core.entities.entity import Entity
from core.entities.filters import ENDED
from core.rules import Flag
from talent.graduates.ledger import GRADUATES_LEDGER
from talent.graduates.models import GraduateStat
from talent.graduates.rules import check_graduates, check_graduation_year


def check(stat: GraduateStat) -> Iterable[Flag]:
    check_graduation_year(stat.year)
    return check_graduates(stat.graduates, stat.stayed)


GRADUATES = Entity(
    model=GraduateStat,
    prefix="graduates/",
    api="graduates",
    icon="school",
    can_deactivate=True,
    sections=(
        Section("毕业生", "school school_place region major level year graduates"),
        Section("去向与依据", "stayed major_code document ended_on end_reason"),
    ),
    columns=(
        "school major* level",
        Column("year", css="num", card=True),
        "graduates* stayed school_place document region",
    ),
    filters=("region level year school_place", ENDED),
    search="school major",
    search_hint="院校、专业",
    empty_hint="可以逐个新增，也可以把毕业生台账直接导入。",
    headline="year level major",
    select_related=("region",),
    check=check,
    ledger=GRADUATES_LEDGER,
)
