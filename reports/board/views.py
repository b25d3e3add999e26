"""The board of a region, its map, its Excel file, and the definitions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError

from core.desk.working_region import come_to
from core.entities.workbooks import export_table
from core.regions.tree import divisions_on
from reports import tasks
from reports.asking import day_asked, needs, region_asked, region_then
from reports.board import charts, words
from reports.board import file as board_file
from reports.board.board import Board, chosen_indicator
from reports.board.next_steps import next_steps
from reports.definitions import stamps
from reports.definitions.registry import BY_CODE, HEADLINES, INDICATORS, parts_of
from reports.plans.calendar import plan_on
from reports.sight import may_list


def _board(request: HttpRequest, region: str) -> Board:
    day = day_asked(request)
    code = region_then(region_asked(request, region), day or timezone.localdate())
    return Board(
        user=request.user,
        region=code,
        day=day,
        indicator=chosen_indicator(request.GET.get("i", "")),
        by_county=request.GET.get("by") == "county",
    )


@require_GET
@needs("reports.view_dashboard")
def dashboard(request: HttpRequest, region: str = "") -> HttpResponse:
    board = _board(request, region)
    come_to(request, board.region)
    areas = board.areas()
    trend = board.trend()
    since = max((i for i, point in enumerate(trend) if point.restarts), default=0)
    level = charts.map_level(board)
    context = {
        "board": board,
        "has_steps": board.asked is None and may_list(request.user, board.region),
        "tiles": board.tiles(),
        "areas": areas,
        "check": board.reconciliation(areas),
        "finding": words.finding(board.indicator, [(a.name, a.measure) for a in areas]),
        "trend": trend,
        "trend_finding": words.trend_finding(
            board.indicator,
            [(p.on, p.value) for p in trend[since:]],
            rates=[p.rate for p in trend[since:]],
            restarted=since > 0,
        ),
        "choices": HEADLINES,
        "map_url": reverse("dashboard_map", kwargs={"region": board.region, "level": level})
        if level and areas
        else "",
        "chart_data": charts.chart_data(board, areas, trend),
        "print_scope": f"{board.name}看板，{stamps.as_of(board.day)}",
    }
    return render(request, "reports/dashboard.html", context)


@require_GET
@needs("reports.view_indicator_list")
def dashboard_next(request: HttpRequest, region: str) -> HttpResponse:
    """What is open in a region today: a page, or to htmx the part of the board."""
    day = timezone.localdate()
    code = region_then(region_asked(request, region), day)
    htmx: Any = request
    template = "reports/next.html" + ("#steps" if htmx.htmx else "")
    steps = next_steps(request, code, day)
    return render(request, template, {"steps": steps, "region": code})


@require_GET
@needs("reports.view_dashboard")
def dashboard_progress(request: HttpRequest) -> HttpResponse:
    """How far the region is from each target: a page, or to htmx the part of the workbench."""
    htmx: Any = request
    template = "reports/progress.html" + ("#rows" if htmx.htmx else "")
    board = _board(request, "")
    return render(request, template, {"board": board, "tiles": board.tiles()})


@require_GET
@needs("reports.view_dashboard")
def dashboard_map(request: HttpRequest, region: str, level: str) -> JsonResponse:
    """Boundaries inside a region, without figures: they may be kept by the browser."""
    response = JsonResponse(charts.map_of(region_asked(request, region), level))
    response["Cache-Control"] = "private, max-age=86400"
    return response


@require_POST
@needs("reports.view_dashboard")
def dashboard_export(request: HttpRequest, region: str) -> HttpResponse:
    """Excel of what the board shows; with `part` of the tiles, the areas or the trend."""
    request.GET = request.POST.copy()  # the form repeats the address
    board, part = _board(request, region), request.POST.get("part", "")
    return export_table(
        user=request.user,
        title=board_file.title_of(board, part),
        columns=board_file.COLUMNS,
        rows=board_file.rows_of(board, part),
        filter_text=f"{stamps.as_of(board.day)}，{board.reading.versions}",
    )


@require_POST
@needs("reports.view_dashboard")
def dashboard_refresh(request: HttpRequest, region: str) -> HttpResponse:
    """Ask for new figures now; the beat would ask by itself within a minute."""
    code = region_asked(request, region)
    try:
        tasks.refresh_stale.delay()
        messages.success(request, "已提交重新计算，一分钟内更新，请稍后刷新本页。")
    except (OSError, OperationalError):
        messages.warning(request, "后台暂时没有应答，数据会在恢复后自动更新。")
    url = reverse("dashboard", kwargs={"region": code})
    # The day and the indicator that were looked at.
    back = QueryDict(request.POST.get("back", "")).urlencode()
    return HttpResponseRedirect(f"{url}?{back}" if back else url)


@require_GET
@needs("reports.view_dashboard")
def definition_list(request: HttpRequest) -> HttpResponse:
    """Every definition on one page, to be read and printed."""
    cards = [(indicator, parts_of(indicator)) for indicator in HEADLINES]
    context = {"cards": cards, "count": len(INDICATORS), **_applied(request)}
    return render(request, "reports/definitions.html", context)


def _applied(request: HttpRequest) -> dict[str, Any]:
    """What a definition is applied with on the day asked for, else today."""
    day = day_asked(request) or timezone.localdate()
    return {"day": day, "divisions_version": divisions_on(day).version, "plan": plan_on(day)}


@require_GET
@needs("reports.view_dashboard")
def definition(request: HttpRequest, code: str) -> HttpResponse:
    """One definition card: a page, or a dialog for htmx."""
    indicator = BY_CODE.get(code)
    if indicator is None:
        raise Http404
    htmx: Any = request
    template = "reports/definition.html" + ("#dialog" if htmx.htmx else "")
    context = {"indicator": indicator, "parts": parts_of(indicator), **_applied(request)}
    return render(request, template, context)
