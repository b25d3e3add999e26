"""The list of messages, and saying that one knows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from core.audit.models import ReadEvent
from core.dates import days_left
from core.entities.columns import Column
from core.entities.declarations import NOBODY, Action
from core.entities.entity import Entity
from core.entities.filters import Between, Chosen
from core.notices.actions import acknowledge, put_back
from core.notices.models import Notice
from core.notices.reading import named_in

_OPEN = Q(done_at=None, closed_at=None)


def leave_read_event(user: Any, notices: list[Notice]) -> None:
    """Who sees the name of a person on the workbench has read about her."""
    if people := named_in(notices):
        ReadEvent.record(user=user, kind=ReadEvent.Kind.LIST, people=people, entity="core.notice")


# --- The list -------------------------------------------------------------------------------
def _message(notice: Notice) -> SafeString | str:
    """The message, leading to where the matter is settled."""
    address = notice.address
    return format_html('<a href="{}">{}</a>', address, notice) if address else str(notice)


def _left(notice: Notice) -> str:
    return days_left(notice.due_on) if notice.closed_at is None else ""


def _outcome(notice: Notice) -> SafeString | str:
    """What became of it, and what may be done with it."""
    if notice.closed_at is not None:
        return f"{timezone.localtime(notice.closed_at):%Y-%m-%d} 已了结"
    if notice.done_at is None:
        return _with_button("待看", notice, "done", "知道了")
    words = f"{timezone.localtime(notice.done_at):%Y-%m-%d} {notice.done_by} 已知道"
    return _with_button(words, notice, "back", "放回")


def _with_button(words: str, notice: Notice, verb: str, label: str) -> SafeString:
    """An <input>, since an export strips what is marked up and keeps what is written."""
    return format_html(
        '{}<input class="btn btn-quiet btn-sm is-beside no-print" type="submit" value="{}"'
        ' aria-label="{}：{}" formaction="{}">',
        words, label, label, notice,
        reverse("notice_mark", kwargs={"pk": notice.pk, "verb": verb}),
    )  # fmt: skip


def _acknowledge_one(*, notice: Notice, by: Any) -> None:
    acknowledge(ids=[notice.pk], by=by)


NOTICES = Entity(
    model=Notice,
    prefix="notices/",
    only="list export bulk",
    is_record=False,
    is_opened=False,
    icon="clock",
    # Reading a message that names somebody is reading about her.
    person="person",
    permissions=dict.fromkeys(("view", "export"), "core.view_notice"),
    columns=(
        Column("text", value=_message, css="name wrap"),
        "due_on",
        Column("left", "剩余", value=_left, css="nowrap", sort=("due_on",), card=True),
        Column("outcome", "处理", value=_outcome, css="nowrap", card=True),
        "created_at?",
    ),
    filters=(
        Chosen("state", "处理", {
            "past": ("已知道或已了结", ~_OPEN),
            "all": ("全部", Q()),
        }),
        Between("due_on", "due"),
    ),
    current=_OPEN,
    search=lambda text, filterset: Q(subject__startswith=text) | Q(text__contains=text),
    search_hint="姓名或内容",
    select_related=("done_by",),
    empty_hint="登记快到期、申请有结果时，会在这里提醒。",
    actions=(
        Action("done", "知道了", None, _acknowledge_one, "core.view_notice", in_bulk=True,
               when=lambda notice: notice.done_at is None, undo=NOBODY,
               consequence="收起后同事也不再看到，可以在「已知道或已了结」中放回。"),
    ),
)  # fmt: skip


# --- One of them ----------------------------------------------------------------------------
@require_POST
def notice_mark(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """知道了 or 放回, of one message; then on where it was shown."""
    user: Any = request.user
    notice = Notice.objects.for_user(user).filter(pk=pk).first()
    if notice is None or verb not in {"done", "back"}:
        raise Http404
    if verb == "done":
        acknowledge(ids=[pk], by=user)
        messages.success(request, f"已收起「{notice}」，可以在提醒的「已知道或已了结」中放回。")
    else:
        put_back(ids=[pk], by=user)
        messages.success(request, f"已放回「{notice}」。")
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The page that named itself, else the list as it was filtered."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}):
        return target
    query = request.POST.get("filter", "").lstrip("?")
    return f"{NOTICES.url('list')}?{query}".rstrip("?")
