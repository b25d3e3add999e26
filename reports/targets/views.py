"""Targets of a plan: see them all, break one down."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from core.regions.tree import divisions_on
from core.rules import RuleError
from reports.asking import needs, region_asked
from reports.plans.models import Plan
from reports.sight import may_see
from reports.targets import actions
from reports.targets.forms import TargetsForm
from reports.targets.goals import Goals
from reports.targets.models import Target
from reports.targets.table import TargetTable, indicators_at


def may_set(user: Any, region: str) -> bool:
    """Whether the user may set targets of the regions below this one."""
    return user.has_perm("reports.change_target") and region.startswith(user.region_id or "-")


@require_GET
@needs("reports.view_dashboard")
def target_list(request: HttpRequest) -> HttpResponse:
    """Targets of a plan in the region one works in and in those directly below."""
    together = ("settlement__by", "settlement__job")
    plans = list(Plan.objects.select_related(*together).order_by("-starts_on"))
    plan = next(
        (p for p in plans if p.code == request.GET.get("plan")), plans[0] if plans else None
    )
    region = region_asked(request, request.GET.get("region", ""))
    user: Any = request.user
    divisions = divisions_on(timezone.localdate())
    below = divisions.children(region)
    shown = [code for code in (region, *below) if may_see(user, code)]
    goals = Goals(plan, shown, day=divisions.day)
    context = {
        "plans": plans,
        "plan": plan,
        "region": region,
        "region_name": divisions.name(region),
        "rows": [_row(i, region, below, goals) for i in indicators_at(divisions.level(region))],
        "may_set": may_set(user, region) and bool(below),
        "may_add_plan": may_set(user, settings.PROVINCE_CODE),
        "settlement": getattr(plan, "settlement", None),
        "may_freeze": plan is not None and is_over(plan) and may_set(user, settings.PROVINCE_CODE),
        "print_scope": divisions.name(region),
    }
    return render(request, "reports/targets.html", context)


def _row(indicator: Any, region: str, below: list[str], goals: Goals) -> dict[str, Any]:
    own = goals.set_for(indicator.code, region)
    children = [
        t for code in below for t in goals.set_for(indicator.code, code).values() if not t.is_rate
    ]
    years = sorted({t.year for t in children})
    sums = [(year, sum(t.value for t in children if t.year == year)) for year in years]
    expected = {t.year: t.value for t in own.values() if not t.is_rate}
    return {
        "indicator": indicator,
        # The share of a region above holds here as well, where no target of its own was set.
        "targets": [(t, t.year not in own) for t in goals.rows(indicator.code, region)],
        "sums": [
            {"year": year, "sum": total, "set": sum(1 for t in children if t.year == year),
             "of": len(below), "difference": total - expected[year] if year in expected else None}
            for year, total in sums
        ],
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("reports.change_target")
def target_edit(request: HttpRequest, plan: str, region: str) -> HttpResponse:
    """Break targets down to the regions below; the province also sets its own here."""
    chosen = get_object_or_404(Plan, code=plan)
    place = region_asked(request, region)
    if not may_set(request.user, place):
        raise Http404
    table = TargetTable(
        user=request.user, plan=chosen, place=place, year=_year_asked(request, chosen),
        by_county=request.GET.get("by") == "county",
        data=request.POST if request.method == "POST" else None,
    )  # fmt: skip
    initial = {"year": table.year, "seen": table.seen, "document": table.document}
    form = TargetsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _saved(request, form, table):
        return HttpResponseRedirect(request.get_full_path())
    context = {
        "form": form, "table": table, "kinds": Target.Kind.choices, "seen": table.seen,
        "region_name": table.divisions.name(place), "is_province": place == settings.PROVINCE_CODE,
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "reports/target_edit.html", context, status=status)


def _year_asked(request: HttpRequest, plan: Plan) -> int:
    text = request.POST.get("year") or request.GET.get("year") or ""
    is_year = text.isascii() and text.isdecimal() and len(text) == 4
    return int(text) if is_year else plan.ends_on.year


def _saved(request: HttpRequest, form: TargetsForm, table: TargetTable) -> bool:
    """Only what was changed is written, so that what others set keeps its document."""
    user: Any = request.user
    if table.errors:
        return False
    if form.cleaned_data["seen"] != table.seen:
        form.add_error(None, "您打开以后有人改过这些目标。下面是您填的数，请核对后再保存一次。")
        return False
    try:
        actions.set_targets(
            by=user, plan=table.plan, year=table.year, targets=table.changed,
            document=form.cleaned_data["document"],
        )  # fmt: skip
    except (RuleError, PermissionDenied) as error:
        form.add_error(None, _said(error))
        return False
    count = len(table.changed)
    said = f"已保存 {count} 个目标。" if count else "没有改动，目标与原来相同。"
    messages.success(request, said)
    return True


def _said(error: Exception) -> str:
    found = getattr(error, "messages", None)
    return "；".join(found) if found else str(error)


def is_over(plan: Plan) -> bool:
    return plan.ends_on < timezone.localdate()
