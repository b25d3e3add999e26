"""Pages of 倒查: a list is sent up, laid beside the registry, looked through and taken away."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.accounts.models import User
from core.audit.models import ReadEvent
from core.entities.exporting import ExportRequest, is_left_to_a_job, queue_export
from core.entities.paging import Page, Paginator, page_number
from core.entities.reach import Reach
from core.ledgers import actions, beside, showing, starting
from core.ledgers.forms import CompareForm
from core.ledgers.ledger import registers
from core.ledgers.matching import take_columns
from core.ledgers.models import ImportBatch, ImportRow
from core.ledgers.reads import leave_read_event
from core.papers import compared, comparing
from core.papers.marked import MOST, marked_workbook
from core.regions.names import place_name, working_region_code
from core.rules import RuleError
from core.secrecy.files import Refused
from core.secrecy.numbers import secret_in
from core.text import tidy_name

_PER_PAGE = 30
_LISTED = 50


def _user(request: HttpRequest) -> User:
    user: Any = request.user
    if not user.has_perm("core.import_ledger") or not user.region_id:
        raise PermissionDenied
    return user


def _comparison(request: HttpRequest, pk: UUID) -> ImportBatch:
    """A comparison of the user's scope: 404 otherwise."""
    rows = ImportBatch.objects.for_user(_user(request)).comparisons()
    batch = rows.select_related("job", "by", "region").filter(pk=pk).first()
    if batch is None or batch.kind not in registers():
        raise Http404
    Reach(beside.entity_for(batch.kind), request.user).require("view")
    return batch


def _open(batch: ImportBatch) -> HttpResponseRedirect:
    return redirect("compare_detail", pk=batch.pk)


@require_http_methods(["GET", "POST"])
def comparisons(request: HttpRequest) -> HttpResponse:
    """Send a list up; those that were compared before."""
    user = _user(request)
    form = CompareForm(request.POST or None, request.FILES or None, user=user)
    region = working_region_code(request)
    if request.method == "POST" and form.is_valid():
        (name, data), kind = form.cleaned_data["ledger"], form.cleaned_data["kind"]
        try:
            return _open(comparing.start(
                user=user, kind=kind, name=name, data=data, region=region
            ))  # fmt: skip
        except Refused as refusal:
            form.add_error("file", str(refusal))
    elif request.method == "GET":
        form.initial["kind"] = request.GET.get("kind", "people")
    rows = ImportBatch.objects.for_user(user).comparisons()
    earlier = rows.filter(kind__in=registers()).select_related("by", "job")[:_LISTED]
    listed = [(batch, showing.kind_label(batch), *compared.state_of(batch)) for batch in earlier]
    context = {"form": form, "region": region or user.region_id, "listed": listed}
    status = 422 if form.errors else 200
    return render(request, "papers/compare_list.html", context, status=status)


@require_http_methods(["GET", "POST"])
def comparison(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of the state a comparison is in; a search is sent, not asked by the address."""
    batch = _comparison(request, pk)
    if request.method == "POST":
        return _search(request, batch)
    stage = compared.stage_of(batch)
    is_polling = request.headers.get("X-Polling") == "1"
    if is_polling and stage != "progress":
        return HttpResponse(headers={"HX-Refresh": "true"})
    if stage == "columns":
        return redirect("compare_columns", pk=batch.pk)
    context = {"job": batch.job, **_head(batch)}
    if stage == "result":
        context |= _result(request, batch)
    name = f"papers/compare_{stage}.html"
    return render(request, f"{name}#progress" if is_polling else name, context)


def _search(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    text, tab = tidy_name(request.POST.get("q", ""))[:60], request.POST.get("tab", "")
    asked = {"tab": tab if tab in compared.SECTIONS else ""}
    if secret_in(text):
        messages.info(request, "倒查结果按姓名或名称查找；要按号码找人，请用页面上方的查找框。")
    elif text:
        asked["q"] = text
    response = _open(batch)
    response["Location"] += f"?{urlencode(asked)}"
    return response


def _head(batch: ImportBatch) -> dict[str, Any]:
    state, tag = compared.state_of(batch)
    entity = beside.entity_for(batch.kind)
    return {
        "batch": batch, "kind_label": showing.kind_label(batch), "state": state, "state_tag": tag,
        "entity": entity,
    }  # fmt: skip


def _result(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    user, entity = _user(request), beside.entity_for(batch.kind)
    counts, tab = compared.counts_of(batch), request.GET.get("tab", "")
    if tab not in compared.SECTIONS:
        tab = compared.first_tab(counts)
    # A number is taken out of the address before it comes here.
    q = request.GET.get("q", "")[:60]
    context = {
        "counts": counts,
        "tab": tab,
        "tab_label": compared.SECTIONS[tab],
        "tabs": compared.tabs(counts, tab),
        "q": q,
        "told": showing.told(batch),
        "unread": showing.unmatched(batch),
        "may_export": Reach(entity, user).may("export") and user.has_perm("core.export"),
        "may_import": user.has_perm(entity.ledger.permission),
    }
    if batch.is_forgotten:
        return context
    if tab == beside.ONLY_HERE:
        return context | _not_listed(request, batch, q)
    sort = request.GET.get("sort", "")
    rows = compared.rows_of(batch, tab, q)
    page = _page(request, rows, compared.order_of(sort))
    shown = compared.shown_rows(batch, page.object_list, user)
    also = [one["pk"] for row in shown for one in row["alike"]]
    leave_read_event(user, batch, page.object_list, also)
    has_places = any(row["detail"] for row in shown)
    return context | {"page": page, "shown": shown, "sort": sort, "has_places": has_places}


def _page(request: HttpRequest, rows: Any, order: list[str]) -> Page:
    paginator = Paginator(
        rows,
        per_page=_PER_PAGE,
        count=rows.count(),
        order=order,
        fetch=lambda ids: ImportRow.objects.filter(pk__in=ids),
    )
    return paginator.page(page_number(request.GET.get("page")))


def _not_listed(request: HttpRequest, batch: ImportBatch, q: str) -> dict[str, Any]:
    params = QueryDict(mutable=True)
    params.update({"q": q, "page": request.GET.get("page", "")})
    listing = compared.NotListed(batch, request, params)
    page = listing.page()
    listing.reach.leave_read_event(ReadEvent.Kind.LIST, page.object_list, comparison=str(batch.pk))
    return {
        "page": page,
        "table": listing.table(page) if page.object_list else None,
        "called": listing.rows_called(page),
    }


@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct which heading of the list means which column, and compare once more."""
    batch = _comparison(request, pk)
    is_sent = request.method == "POST"
    error = take_columns(batch, request.POST, by=_user(request)) if is_sent else ""
    if is_sent and not error:
        return _open(batch)
    context = {"error": error, **_head(batch), **showing.columns_context(batch)}
    status = 422 if error else 200
    return render(request, "papers/compare_columns.html", context, status=status)


@require_POST
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same list once more beside what the registry holds now, or another sheet of its file."""
    batch = _comparison(request, pk)
    wanted = request.POST.get("sheet", batch.sheet)
    try:
        return _open(starting.start_sheet(batch=batch, by=_user(request), sheet=wanted))
    except RuleError as refusal:
        messages.error(request, str(refusal))
        return _open(batch)


@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = _comparison(request, pk)
    try:
        actions.cancel(batch=batch, by=_user(request))
    except RuleError as refusal:
        messages.error(request, str(refusal))
    return _open(batch)


@require_POST
def take_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The list as an ordinary import, whose preview says what would be written."""
    batch = _comparison(request, pk)
    try:
        made = comparing.take_in(batch=batch, by=_user(request))
    except starting.DuplicateFile as duplicate:
        messages.info(request, "这份名单已经导入过，打开的就是那一批。")
        made = duplicate.batch
    except RuleError as refusal:
        messages.error(request, str(refusal))
        return _open(batch)
    return redirect("import_detail", pk=made.pk)


@require_POST
def workbook(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Their own file with the differences marked."""
    batch, user = _comparison(request, pk), _user(request)
    entity = beside.entity_for(batch.kind)
    Reach(entity, user).require("export")
    if not user.has_perm("core.export"):
        raise PermissionDenied
    rows = batch.counts.get("rows", 0) + min(batch.counts.get(beside.ONLY_HERE, 0), MOST)
    try:
        if is_left_to_a_job(request, rows):
            made = queue_export(
                request, title=f"倒查：{batch.file_name}",
                words=place_name(batch.compared_region_id), rows=rows,
                needs=[entity.permission("export")],
            )  # fmt: skip
            return HttpResponseRedirect(reverse("export_wait", kwargs={"pk": made.pk}))
        return marked_workbook(batch=batch, user=user)
    except RuleError as refusal:
        if isinstance(request, ExportRequest):
            raise
        messages.error(request, str(refusal))
        return _open(batch)
