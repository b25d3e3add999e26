"""Pages of the import: upload, match columns, watch, look through, confirm, undo."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.accounts.models import User
from core.audit.models import ReadEvent
from core.entities.paging import Paginator, page_number
from core.entities.workbooks import CONTENT_TYPES, file_name
from core.jobs.models import Job
from core.ledgers import actions, showing, starting, workbooks
from core.ledgers.forms import AUTO, ConfirmForm, KindForm, UploadForm
from core.ledgers.guessing import kinds_of
from core.ledgers.ledger import kinds, ledger_for, registers
from core.ledgers.matching import take_columns
from core.ledgers.models import ImportBatch, ImportRow
from core.ledgers.reads import leave_read_event, people_met
from core.ledgers.remarks import warnings
from core.ledgers.spreadsheets import Refused
from core.notices.waiting import forget_total
from core.rules import RuleError

PER_PAGE = 30


def _user(request: HttpRequest) -> User:
    user: Any = request.user
    if not user.has_perm("core.import_ledger"):
        raise PermissionDenied
    return user


def _batch(request: HttpRequest, pk: UUID) -> ImportBatch:
    """A batch of the user's scope, of whatever kind it is: 404 otherwise."""
    rows = ImportBatch.objects.for_user(_user(request)).imports()
    batch = rows.select_related("job", "by", "region").filter(pk=pk).first()
    if batch is None or (batch.kind and batch.kind not in kinds()):
        raise Http404
    return batch


def _known(request: HttpRequest, pk: UUID) -> ImportBatch:
    """A batch of which it is known what it is."""
    batch = _batch(request, pk)
    if not batch.kind:
        raise Http404
    return batch


def _page(request: HttpRequest, rows: Any, count: int, order: list[str]) -> Any:
    paginator = Paginator(
        rows,
        per_page=PER_PAGE,
        count=count,
        order=order,
        fetch=lambda ids: rows.model.objects.filter(pk__in=ids),
    )
    return paginator.page(page_number(request.GET.get("page")))


def _open(batch: ImportBatch) -> HttpResponseRedirect:
    return redirect("import_detail", pk=batch.pk)


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = UploadForm(request.POST or None, request.FILES or None, user=user)
    earlier, state = None, ""
    if request.method == "POST" and form.is_valid():
        name, data = form.cleaned_data["ledger"]
        try:
            return _open(
                starting.start_import(
                    user=user, kind=form.cleaned_data["kind"], name=name, data=data
                )
            )
        except Refused as refusal:
            form.add_error("file", str(refusal))
        except starting.DuplicateFile as duplicate:
            earlier, state = duplicate.batch, showing.state_of(duplicate.batch)[0]
    else:
        form.initial["kind"] = request.GET.get("kind") or AUTO
    templates = [kind for kind in kinds_of(user) if kind[0] in registers()]
    context = {"form": form, "templates": templates, "earlier": earlier, "state": state}
    return render(request, "imports/upload.html", context, status=422 if form.errors else 200)


@require_GET
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """Our own workbook for a kind of ledger."""
    user = _user(request)
    if kind not in dict(kinds_of(user)):
        raise Http404
    ledger = ledger_for(kind)
    data = workbooks.template_workbook(ledger, user)
    return _workbook(data, f"{ledger.label}导入模板")


def _workbook(data: bytes, title: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=file_name(title, "xlsx"))
    return HttpResponse(
        data,
        content_type=CONTENT_TYPES["xlsx"],
        headers={"Content-Disposition": disposition},
    )


@require_GET
def batch_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The page of the state a batch is in; polling gets the progress alone, or a reload."""
    batch = _batch(request, pk)
    stage = showing.stage_of(batch)
    is_polling = request.headers.get("X-Polling") == "1"
    if is_polling and stage != "progress":
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"batch": batch, "job": batch.job, "stage": stage, **_head(request, batch)}
    if stage == "kind":
        form = KindForm(kinds=context["other_kinds"])
        context |= {"form": form, "alike": showing.alike_kinds(batch)}
    elif stage == "columns":
        context |= showing.columns_context(batch)
    elif stage == "progress":
        context["is_writing"] = batch.is_confirmed and batch.job.status == Job.Status.RUNNING
    elif stage == "failed":
        context["may_resume"] = showing.may_resume(batch)
    elif stage in ("preview", "result"):
        context |= _rows_context(request, batch, stage)
    name = f"imports/{stage}.html"
    return render(request, f"{name}#progress" if is_polling else name, context)


def _head(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    """What every page of a batch says of it, and the kinds that it may be changed to."""
    state, tag = showing.state_of(batch)
    user = _user(request)
    others = [kind for kind in kinds_of(user) if kind[0] != batch.kind]
    is_open = showing.stage_of(batch) in ("kind", "columns", "preview", "empty")
    return {
        "kind_label": showing.kind_label(batch),
        "state": state,
        "state_tag": tag,
        "other_sheets": showing.other_sheets(batch),
        "other_kinds": others if is_open and batch.region_id == user.region_id else [],
    }


def _rows_context(request: HttpRequest, batch: ImportBatch, stage: str) -> dict[str, Any]:
    tab, counts = request.GET.get("tab", ""), showing.counts_of(batch)
    if not counts.get(tab):
        tab = showing.first_tab(counts)
    rows = showing.rows_of(batch, tab)
    page = _page(request, rows, counts[tab], ["number", "id"])
    aside = ledger_for(batch.kind).named(batch) if batch.reading.get("uncounted") else set()
    leave_read_event(_user(request), batch, page.object_list, aside)
    rows_shown = list(page.object_list)
    shown = showing.shown_rows(batch, rows_shown, may_decide=stage == "preview")
    unread = showing.unmatched(batch)
    to_choose = showing.to_choose(batch)
    asked = showing.questions(batch) if stage == "preview" else []
    return {
        "tab": tab,
        "tabs": showing.tabs(counts, tab),
        "page": page,
        "shown": shown,
        "shared": showing.shared_questions(batch) if (stage, tab) == ("preview", "held") else [],
        "form": ConfirmForm(batch=batch),
        "corrects": actions.corrects(batch) if stage == "preview" else 0,
        "written": counts["new"] + counts["changed"],
        "to_choose": to_choose,
        "settled": counts["held"] - to_choose,
        "left": counts["held"] + counts["refused"],
        "kept": counts[showing.KEPT],
        # Rows of the workbook to be mended: those that somebody skipped are settled.
        "returned": workbooks.left_rows(batch).count() if batch.file_path else 0,
        "warnings": warnings(batch, unread),
        "remarks": showing.reasons(batch) if tab == showing.FLAGGED else [],
        "told": showing.told(batch),
        "new_places": showing.new_places(batch),
        "questions": asked,
        "open_questions": batch.open_questions,
        "rest": any(showing.may_go(one) and not one["chosen"] for one in asked),
        "many_words": showing.columns_of_many_words(batch),
    }


@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct which header text means which column."""
    batch = _known(request, pk)
    is_sent = request.method == "POST"
    error = take_columns(batch, request.POST, by=_user(request)) if is_sent else ""
    if is_sent and not error:
        return _open(batch)
    head = _head(request, batch)
    context = {"batch": batch, "error": error, **head, **showing.columns_context(batch)}
    return render(request, "imports/columns.html", context, status=422 if error else 200)


@require_POST
def answer_questions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer what is asked about many rows at once; what is left without an answer stays open."""
    given = {
        name.removeprefix("answer_"): "" if value == showing.WITHOUT else value
        for name, value in request.POST.items()
        if name.startswith("answer_") and value
    }
    said = {"answers": given, "leaves_rest": "rest" in request.POST}
    return _act(request, pk, actions.answer_questions, seen=request.POST.get("seen", ""), **said)


@require_POST
def sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same file once more, or another sheet of it, as an import of its own."""
    batch, wanted = _batch(request, pk), request.POST.get("sheet", "")
    try:
        return _open(starting.start_sheet(batch=batch, by=_user(request), sheet=wanted))
    except RuleError as refusal:
        messages.error(request, str(refusal))
        return _open(batch)


@require_POST
def header(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another row of the sheet as its headings."""
    said = request.POST.get("header", "")
    row = int(said) if said.isdecimal() and len(said) < 4 else 0
    return _act(request, pk, actions.set_header, row=row)


@require_POST
def kind(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same file as another kind of ledger, or as the one that nobody could tell."""
    batch, wanted = _batch(request, pk), request.POST.get("kind", "")
    try:
        batch = starting.start_kind(batch=batch, by=_user(request), kind=wanted)
    except RuleError as refusal:
        messages.error(request, str(refusal))
    forget_total(_user(request).pk)
    return _open(batch)


@require_POST
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, actions.confirm, reason=request.POST.get("reason", ""))


@require_POST
def reason(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The words of the confirmation as they are typed."""
    said = request.POST.get("reason", "")
    actions.keep_reason(batch=_batch(request, pk), by=_user(request), reason=said)
    return HttpResponse(status=204)


@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, actions.cancel)


@require_POST
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, actions.resume)


def _act(request: HttpRequest, pk: UUID, action: Any, **details: Any) -> HttpResponse:
    batch = _batch(request, pk)
    try:
        action(batch=batch, by=_user(request), **details)
    except RuleError as refusal:
        messages.error(request, str(refusal))
    forget_total(_user(request).pk)
    return _open(batch)


@require_POST
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch = _batch(request, pk)
    try:
        touched = actions.undo(batch=batch, by=_user(request))
    except RuleError as refusal:
        messages.error(request, str(refusal))
        return _open(batch)
    if touched:
        messages.warning(
            request, f"已撤销；{len(touched)} 行在导入后又有改动，予以保留，列在下面。"
        )
    else:
        messages.success(request, "已撤销这一批，导入的内容全部退回。")
    return _open(batch)


@require_POST
def decide(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    batch = _batch(request, pk)
    row = ImportRow.objects.filter(batch=batch, number=number).first()
    if row is None:
        raise Http404
    question, decision = request.POST.get("question", ""), request.POST.get("decision", "")
    try:
        actions.decide(row=row, by=_user(request), question=question, decision=decision)
        messages.success(request, f"第 {number} 行已记下。")
    except RuleError as refusal:
        messages.error(request, str(refusal))
    place = {"tab": request.POST.get("tab", ""), "page": page_number(request.POST.get("page"))}
    response = _open(batch)
    response["Location"] += f"?{urlencode(place)}#row-{number}"
    return response


@require_POST
def decide_all(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same answer in every open row that asks a question."""
    batch = _batch(request, pk)
    question, decision = request.POST.get("question", ""), request.POST.get("decision", "")
    try:
        count = actions.decide_all(
            batch=batch, by=_user(request), question=question, decision=decision
        )
        messages.success(request, f"{count} 行已处理。")
    except RuleError as refusal:
        messages.error(request, str(refusal))
    return _open(batch)


@require_GET
def refused(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The refused and held rows in the ledger's own layout, to be mended and uploaded."""
    batch = _known(request, pk)
    try:
        data = workbooks.refused_workbook(batch)
    except FileNotFoundError:
        messages.error(request, "上传的文件已过保存期，不能再生成退回表。")
        return _open(batch)
    left = workbooks.left_rows(batch).only("target", "messages")
    ReadEvent.record(
        user=_user(request),
        kind=ReadEvent.Kind.FILE,
        people=sorted(people_met(batch, left)),
        title=f"退回表：{batch.file_name}",
        batch=str(batch.pk),
    )
    return _workbook(data, f"退回_{batch.file_name.rsplit('.', 1)[0]}")
