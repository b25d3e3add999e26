"""The list of messages, and saying that one knows."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from core.audit.models import ReadEvent
from core.entities.paging import Paginator, page_number
from core.notices.actions import acknowledge, put_back
from core.notices.models import Notice
from core.notices.reading import named_in

PER_PAGE = 30


def leave_read_event(user: Any, notices: list[Notice]) -> None:
    """Who sees the name of a person has read about her, but for a worker's own messages."""
    others = [n for n in notices if not (user.is_worker and n.to_id == user.pk)]
    people = named_in(others)
    if people:
        ReadEvent.record(user=user, kind=ReadEvent.Kind.LIST, people=people, entity="core.notice")


@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """Everything that is open, or what was done with and settled itself."""
    user: Any = request.user
    is_past = request.GET.get("state") == "past"
    mine = Notice.objects.for_user(user)
    rows = mine.exclude(pk__in=mine.open().values("pk")) if is_past else mine.open()
    paginator = Paginator(
        rows,
        per_page=PER_PAGE,
        count=rows.count(),
        order=["-created_at", "id"] if is_past else ["due_on", "id"],
        fetch=lambda ids: mine.filter(pk__in=ids).select_related("done_by"),
    )
    page = paginator.page(page_number(request.GET.get("page")))
    leave_read_event(user, page.object_list)
    context = {"page": page, "count": paginator.count, "is_past": is_past}
    return render(request, "notices/list.html", context)


@require_POST
def notice_mark(request: HttpRequest, verb: str) -> HttpResponse:
    """知道了 or 放回, of one message or of those that were ticked."""
    user: Any = request.user
    chosen = request.POST.getlist("one") or request.POST.getlist("ids")
    ids = set()
    for text in chosen:
        with suppress(ValueError):
            ids.add(uuid.UUID(text))
    if verb == "done":
        count = acknowledge(ids=ids, by=user)
        words = f"{count} 条提醒已收起，可以在「已知道」中放回。"
    elif verb == "back":
        count, words = put_back(ids=ids, by=user), "已放回。"
    else:
        raise Http404
    if count:
        messages.success(request, words)
    elif not ids:
        messages.info(request, "请先选择提醒。")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = reverse("notice_list")
    return HttpResponseRedirect(target)
