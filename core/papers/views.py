"""Pages of the forms of other offices: sent up once, filled as often as they are asked for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.accounts.models import User
from core.dates import today
from core.entities.exporting import ExportRequest, queue_export
from core.papers import actions
from core.papers.actions import GONE
from core.papers.forms import PaperFillForm, PaperUploadForm
from core.papers.making import Made, TooLong, fill_form
from core.papers.models import PaperForm
from core.papers.standing import MARK, STANDING
from core.papers.taking import download
from core.papers.understanding import Understood, understand
from core.regions.names import place_name, working_region_code
from core.rules import RuleError
from core.secrecy import files as media
from core.secrecy.files import Refused
from core.text import tidy


def _user(request: HttpRequest) -> User:
    user: Any = request.user
    if not user.has_perm("core.export") or not user.region_id:
        raise PermissionDenied
    return user


def _form(request: HttpRequest, pk: UUID) -> PaperForm:
    found = PaperForm.objects.open_to(_user(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def papers(request: HttpRequest) -> HttpResponse:
    """Send a blank form up; the forms of the office."""
    user = _user(request)
    form = PaperUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            kept = actions.keep_form(
                user=user, name=said["file"].name, data=said["file"].read(),
                asker=said["asker"], document=said["document"],
                every=said["every"], is_shared=said["is_shared"],
            )  # fmt: skip
            return redirect("paper_detail", pk=kept.pk)
        except Refused as refusal:
            form.add_error("file", str(refusal))
    return _list(request, form, PaperFillForm(initial={"on": today()}),
                 status=422 if form.errors else 200)  # fmt: skip


def _list(
    request: HttpRequest, form: PaperUploadForm, standing: PaperFillForm, status: int
) -> HttpResponse:
    user = _user(request)
    kept_forms = list(PaperForm.objects.open_to(user).select_related("by", "region")[:50])
    context = {
        "form": form, "papers": kept_forms, "spared": actions.spared(user, on=today()),
        "due": actions.due_forms(kept_forms, user, on=today()),
        "standing": STANDING.values(), "standing_form": standing, "mark": MARK,
        "region": working_region_code(request),
    }  # fmt: skip
    return render(request, "papers/list.html", context, status=status)


@require_GET
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What of a form is understood, and the times that it was filled."""
    kept = _form(request, pk)
    return _page(request, kept, PaperFillForm(initial={"on": today()}))


def _page(
    request: HttpRequest,
    kept: PaperForm,
    form: PaperFillForm,
    status: int = 200,
    cell: dict[str, str] | None = None,
) -> HttpResponse:
    """`cell` is what was said of a cell and refused: it stays as it was typed."""
    asked = Understood()
    region = working_region_code(request)
    try:
        asked = understand(
            media.load(kept.file_path),
            user=_user(request),
            region=region,
            on=today(),
            bindings=kept.bindings,
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    except FileNotFoundError:
        messages.error(request, GONE)
    user = _user(request)
    # Of a form that was handed down each office sees its own.
    mine = kept.fillings.filter(region__code__startswith=user.region_id)
    fillings = list(mine.select_related("by", "region")[:20])
    for filling in fillings[:1]:
        filling.changed = actions.changes_since(filling)
    corrected = [
        {"sheet": sheet, "cell": place, "words": words}
        for sheet, said in kept.bindings.items()
        for place, words in said.items()
        if not place.isdecimal()
    ]
    context = {
        "corrected": corrected, "refused_cell": cell,
        "paper": kept, "is_own": kept.region_id == user.region_id, "asked": asked,
        "form": form, "fillings": fillings, "region": region,
    }  # fmt: skip
    return render(request, "papers/detail.html", context, status=status)


@require_POST
def fill(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The form filled, as a download; many lines are left to a worker."""
    kept, user = _form(request, pk), _user(request)
    form, region = PaperFillForm(request.POST), working_region_code(request)
    if not form.is_valid():
        return _page(request, kept, form, status=422)
    said = {name: form.cleaned_data[name] for name in ("on", "reason", "typed")} | {
        "region": region
    }
    try:
        if isinstance(request, ExportRequest):
            made = actions.fill_kept(form=kept, by=user, **said, report=request.report)
        else:
            made = actions.fill_kept(form=kept, by=user, **said, most=settings.EXPORT_JOB_ROWS)
        _say_left_out(request, made)
        return download(kept.title, made)
    except TooLong as long:
        return _left_to_a_worker(request, kept, long)
    except (Refused, RuleError) as refusal:
        if isinstance(request, ExportRequest):
            raise RuleError("PAPER", str(refusal)) from None
        of_typed = isinstance(refusal, RuleError) and refusal.field == "typed"
        form.add_error("typed" if of_typed else None, str(refusal))
        return _page(request, kept, form, status=422)


def _say_left_out(request: HttpRequest, made: Made) -> None:
    for table in made.report["tables"]:
        if left := table.get("left_out"):
            messages.warning(
                request,
                f"「{table['sheet']}」按地区分组，{left} 行不在其中任何一组，没有填进去。",
            )


def _left_to_a_worker(request: HttpRequest, kept: PaperForm, long: TooLong) -> HttpResponse:
    try:
        export = queue_export(
            request, title=f"填表：{kept.name}", words=place_name(working_region_code(request)),
            rows=long.rows, needs=long.needs,
        )  # fmt: skip
    except RuleError as refusal:
        messages.error(request, str(refusal))
        return redirect("paper_detail", pk=kept.pk)
    return redirect("export_wait", pk=export.pk)


@require_POST
def fill_standing(request: HttpRequest, code: str) -> HttpResponseBase:
    """A form that the registry brings along, filled as of a day, as a download."""
    user, form = _user(request), STANDING.get(code)
    if form is None:
        raise Http404
    asked = PaperFillForm(request.POST)
    if not asked.is_valid():
        return _list(request, PaperUploadForm(), asked, status=422)
    region, on = working_region_code(request), asked.cleaned_data["on"]
    try:
        made = fill_form(
            user=user, name=form.title, data=form.blank(region, on), region=region, on=on
        )
    except (Refused, RuleError) as refusal:
        asked.add_error(None, str(refusal))
        return _list(request, PaperUploadForm(), asked, status=422)
    if cells := made.report["baseless"]:
        said = "、".join(one["cell"] for one in cells[:20])
        messages.info(request, f"{form.title}：{said} 没有上年的数可比，留空。")
    return download(f"{place_name(region)}{form.title}", made)


@require_POST
def bind(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what fills the columns of a list."""
    kept, sent = _form(request, pk), request.POST
    chosen = {
        name.removeprefix("column_"): value
        for name, value in sent.items()
        if name.startswith("column_")
    }
    try:
        actions.bind_columns(
            form=kept, by=_user(request), sheet=sent.get("sheet", ""), chosen=chosen
        )
        messages.success(request, "已记住这张表各列的来源，以后都这样填。")
    except (Refused, RuleError) as refusal:
        messages.error(request, str(refusal))
    except FileNotFoundError:
        messages.error(request, GONE)
    return redirect("paper_detail", pk=kept.pk)


@require_POST
def bind_cell(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what a cell of a statistical table counts."""
    kept, sent = _form(request, pk), request.POST
    said = {
        "sheet": sent.get("sheet", ""),
        "cell": tidy(sent.get("cell", ""))[:20],
        "words": tidy(sent.get("words", ""))[:100],
    }
    is_as_read = "as_read" in sent
    try:
        actions.bind_cell(form=kept, by=_user(request), is_as_read=is_as_read, **said)
    except (Refused, RuleError) as refusal:
        messages.error(request, str(refusal))
        form = PaperFillForm(initial={"on": today()})
        return _page(request, kept, form, status=422, cell=said)
    except FileNotFoundError:
        messages.error(request, GONE)
        return redirect("paper_detail", pk=kept.pk)
    words = said["words"]
    how = "按表头认" if is_as_read else f"填「{words}」" if words else "留空"
    messages.success(request, f"已记住：{said['cell'].upper()} {how}，以后都这样填。")
    return redirect("paper_detail", pk=kept.pk)


@require_POST
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A form that is not asked for any more goes, with the record of its fillings."""
    actions.remove_form(form=_form(request, pk), by=_user(request))
    messages.success(request, "已移除这张表；已经填好交出的文件不受影响。")
    return redirect("paper_list")
