"""报表: the forms there are, one filled in, and its Excel."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from core.desk.working_region import come_to
from core.entities.workbooks import export_table
from reports.asking import day_asked, needs, region_asked, region_then
from reports.definitions import stamps
from reports.forms import declared  # noqa: F401  declares them
from reports.forms.filled import FilledForm
from reports.forms.form import FORMS


def _sheet(request: HttpRequest, code: str, region: str) -> FilledForm:
    form = FORMS.get(code)
    if form is None:
        raise Http404
    day, place = day_asked(request), region_asked(request, region)
    place = region_then(place, day) if day else place
    return FilledForm(form, user=request.user, region=place, day=day)


@require_GET
@needs("reports.view_dashboard")
def report_list(request: HttpRequest) -> HttpResponse:
    return render(request, "reports/forms.html", {"forms": FORMS.values()})


@require_GET
@needs("reports.view_dashboard")
def report(request: HttpRequest, form: str, region: str = "") -> HttpResponse:
    sheet = _sheet(request, form, region)
    come_to(request, sheet.board.region)
    context = {
        "sheet": sheet,
        "board": sheet.board,
        "rows": sheet.rows(),
        "print_scope": f"{sheet.title}，{stamps.as_of(sheet.board.day)}",
    }
    return render(request, "reports/form.html", context)


@require_POST
@needs("reports.view_dashboard")
def report_export(request: HttpRequest, form: str, region: str) -> HttpResponse:
    request.GET = request.POST.copy()  # the form repeats the address
    sheet = _sheet(request, form, region)
    return export_table(
        user=request.user,
        title=sheet.title,
        columns=sheet.export_columns,
        rows=sheet.rows(),
        filter_text=f"{stamps.as_of(sheet.board.day)}。{sheet.form.note}{sheet.reading.versions}",
    )
