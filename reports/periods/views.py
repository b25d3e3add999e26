"""A plan that is over is signed, after a page that says what follows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.rules import RuleError
from reports.asking import needs
from reports.periods import actions
from reports.periods.forms import FreezeForm
from reports.plans.models import Plan


@require_http_methods(["GET", "POST"])
@needs("reports.change_target")
def plan_freeze(request: HttpRequest, plan: str) -> HttpResponse:
    """Sign the figures of a plan that is over, after a page that says what follows."""
    user: Any = request.user
    if user.region_id != settings.PROVINCE_CODE:
        raise PermissionDenied
    chosen = get_object_or_404(Plan, code=plan)
    form = FreezeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.freeze_plan(by=user, plan=chosen, **form.cleaned_data)
        except RuleError as error:
            form.add_error(None, "；".join(error.messages))
        else:
            messages.success(request, "已提交冻结，完成后本页显示冻结时间和名单校验码。")
            return HttpResponseRedirect(f"{reverse('target_list')}?plan={chosen.code}")
    context = {"form": form, "plan": chosen}
    status = 422 if request.method == "POST" else 200
    return render(request, "reports/plan_freeze.html", context, status=status)
