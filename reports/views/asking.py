"""What every page of the dashboard asks first: may this user, where, and as of when."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from core.dates import parse_date
from core.figures.indicators import OWN, UNLOCATED, WHOLE, Indicator, members
from core.models import ReadEvent
from core.regions.names import place_names, working_region_code
from core.regions.tree import divisions_on
from core.rules import RuleError
from reports import snapshots, words
from reports.board import may_list, may_see
from reports.indicators import BY_CODE
from reports.settlements import CORRECTED
from reports.tables import LISTS, ListKind

PER_PAGE = 50


def needs(permission: str) -> Callable[[Any], Any]:
    """Refuse (403) users whose role lacks the permission."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return checked

    return decorate


def region_asked(request: HttpRequest, code: str) -> str:
    """The region of the page; 404 for one whose figures the user may not see."""
    code = code or working_region_code(request)
    if code not in place_names() or not may_see(request.user, code):
        raise Http404
    return code


def region_then(code: str, day: datetime.date) -> str:
    """The region in force on the day that a code stands for."""
    return divisions_on(day).counterpart(code)


def day_asked(request: HttpRequest) -> datetime.date | None:
    """The day of `on`; None for none. A day that cannot be is said and not used."""
    text = request.GET.get("on", "").strip()
    if not text:
        return None
    try:
        found = parse_date(text)
    except RuleError:
        found = None
    if found is None:
        messages.error(request, "统计日期请写成 2025-12-31 的样子，现按最新数据显示。")
        return None
    day = found.day
    if not snapshots.EARLIEST <= day <= timezone.localdate():
        messages.error(request, "统计日期应在 2008 年以后、不晚于今天，现按最新数据显示。")
        return None
    return day


@dataclass(frozen=True)
class Asked:
    """An indicator in a region on a day, as the address says it."""

    indicator: Indicator
    region: str
    day: Any
    part: str
    kind: ListKind
    user: Any

    @property
    def stamp(self) -> str:
        """What the list says of itself wherever it is taken (R25)."""
        version = words.version(self.indicator, self.indicator.version)
        return words.stamp(self.day, version, divisions_on(self.day).version)

    @property
    def rows(self) -> Any:
        return self.select()

    def select(self, *, walk: bool = False) -> Any:
        return members(
            self.indicator, self.day, self.region, part=self.part, user=self.user, walk=walk
        )

    def fetch(self, ids: list[Any]) -> Any:
        """Rows of the list by key; where they lie was decided when the keys were read."""
        rows = self.indicator.population.rows(self.day)
        return rows.for_user(self.user).filter(pk__in=ids)  # type: ignore[attr-defined]


def list_asked(request: HttpRequest, region: str, code: str) -> Asked:
    indicator = BY_CODE.get(code)
    day = day_asked(request) or timezone.localdate()
    place = region_then(region_asked(request, region), day)
    if indicator is None or not may_list(request.user, place):
        raise Http404
    part = request.GET.get("part", WHOLE)
    part = part if part in (OWN, UNLOCATED, CORRECTED) else WHOLE
    return Asked(indicator, place, day, part, LISTS[indicator.population.code], request.user)


def leave_trace(asked: Asked, records: list[Any]) -> None:
    """Whose data a page of a list showed."""
    if asked.kind.people is None or not records:
        return
    ReadEvent.record(
        user=asked.user,
        kind=ReadEvent.Kind.LIST,
        people=[asked.kind.people(record) for record in records],
        indicator=asked.indicator.code,
        region=asked.region,
        on=asked.day.isoformat(),
    )
