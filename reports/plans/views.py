"""A plan is added."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from reports.asking import needs
from reports.plans import actions
from reports.plans.calendar import next_plan
from reports.plans.forms import PlanForm


@require_http_methods(["GET", "POST"])
@needs("reports.change_target")
def plan_create(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if user.region_id != settings.PROVINCE_CODE:
        raise PermissionDenied
    form = PlanForm(request.POST or None, initial=next_plan())
    if request.method == "POST" and form.is_valid():
        plan = actions.create_plan(by=user, **form.cleaned_data)
        messages.success(request, f"已添加{plan.name}，请逐项填写目标。")
        return HttpResponseRedirect(f"{reverse('target_list')}?plan={plan.code}")
    status = 422 if request.method == "POST" else 200
    return render(request, "reports/plan_form.html", {"form": form}, status=status)
