"""The workbench: what waits for me, and where I begin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.desk.notices import leave_read_event
from core.entities.finding import searched_by
from core.entities.navigation import navigation_for
from core.entities.reach import Reach
from core.notices.reading import notices_for
from core.notices.waiting import waiting_for
from core.regions.names import place_name, working_region_code

# On the workbench; the others are a page of their own.
_NOTICES = 8


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """工作台: what waits for me, by role, with honest counts."""
    user: Any = request.user
    if user.is_worker:
        return HttpResponseRedirect(reverse("me"))
    elsewhere = working_region_code(request) != user.region_id
    region = (user.region_id or "") if elsewhere else ""
    waiting = [(w, count, w.address_in(region)) for w, count in waiting_for(user)]
    notices, notice_count = notices_for(user, limit=_NOTICES)
    leave_read_event(user, notices)
    shortcuts = [_shortcut(Reach(entity, user)) for entity in searched_by(user)]
    if not shortcuts:
        links = [link for group in navigation_for(user, "") for link in group["links"]]
        shortcuts = [link for link in links if link["url"] != request.path]
    context = {
        "decisions": [item for item in waiting if item[0].is_decision],
        "upkeep": [item for item in waiting if not item[0].is_decision],
        # No box says that nothing waits while another says what.
        "is_idle": not (waiting or notices),
        "notices": notices,
        "notice_count": notice_count,
        "shortcuts": shortcuts,
        "place": place_name(user.region_id) if user.region_id else "",
    }
    return render(request, "core/home.html", context)


def _shortcut(reach: Reach) -> dict[str, str]:
    entity = reach.entity
    may_add = entity.is_created_alone and reach.may("add")
    return {
        "label": entity.list_label,
        "icon": entity.icon,
        "url": entity.url("list"),
        "create": entity.url("create") if may_add else "",
    }
