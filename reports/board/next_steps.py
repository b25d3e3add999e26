"""还差谁: what in a region, done today, brings its figures nearer to the targets.

Each step is counted by the very filter of the list that it leads to.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from core.entities.entity import Entity
from core.entities.made import filters_of
from core.entities.reach import Reach
from core.figures.lists import members
from reports.definitions.registry import BY_CODE
from reports.sight import may_list
from stations.entities import STATIONS
from talent.entities import CERTIFICATES, PEOPLE, REGISTRATIONS


@dataclass(frozen=True)
class Step:
    """「12 本证书待核验」, and the list of them."""

    count: int
    unit: str
    words: str
    url: str


# Unit, what waits, the list, what is asked of it.
_LISTS: tuple[tuple[str, str, Entity, dict[str, Any]], ...] = (
    ("本", "证书待县级核验", CERTIFICATES, {"todo": "verify"}),
    ("个", "登记 60 天内到期", REGISTRATIONS, {"due": "60"}),
    ("人", "在册但没有任职", PEOPLE, {"missing": "post"}),
    ("家", "站点缺批复", STATIONS, {"approval": "no"}),
)


def next_steps(request: HttpRequest, region: str, day: datetime.date) -> list[Step]:
    """What is open in a region whose lists the user may see, nothing that is done."""
    if not may_list(request.user, region):
        return []
    return [step for step in _steps(request, region, day) if step.count]


def _steps(request: HttpRequest, region: str, day: datetime.date) -> Iterator[Step]:
    user: Any = request.user
    for unit, words, entity, asked in _LISTS:
        reach = Reach(entity, user)
        if not reach.may("view"):
            continue
        query = urlencode({**asked, "region": region}, doseq=True)
        rows = filters_of(entity)(QueryDict(query), reach.rows(), request=request).qs
        yield Step(rows.order_by().count(), unit, words, f"{entity.url('list')}?{query}")
    missing = BY_CODE["T6_MISSING"]
    address = reverse("dashboard_list", kwargs={"region": region, "code": missing.code})
    count = members(missing, day, region, user=user).count()
    yield Step(count, "个", "乡镇（街道）未建站", f"{address}?on={day:%Y-%m-%d}")
