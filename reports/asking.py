"""What every page of reports asks first: may this user, where, and as of when."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from core.dates import parse_date
from core.regions.names import place_names, working_region_code
from core.regions.tree import divisions_on
from core.rules import RuleError
from reports.sight import may_see

# The year of the first examination; no figure is asked for before.
EARLIEST = datetime.date(2008, 1, 1)


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
    if not EARLIEST <= day <= timezone.localdate():
        messages.error(request, "统计日期应在 2008 年以后、不晚于今天，现按最新数据显示。")
        return None
    return day
