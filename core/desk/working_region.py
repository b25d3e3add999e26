"""The switch of the region one works in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from core.regions.models import Region
from core.regions.names import place_path, working_region_code


@require_http_methods(["GET", "POST"])
def region_switch(request: HttpRequest) -> HttpResponse:
    """Choose the region to work in: GET offers, POST switches."""
    user: Any = request.user
    own = user.region_id or ""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = "/"
    if request.method == "POST":
        code = request.POST.get("region", "")
        if Region.objects.for_user(user).filter(pk=code).exists():
            request.session["working_region"] = code
            target = _moved(target, code)
        else:
            messages.error(request, "这个地区不在您的辖区，没有切换。")
        return HttpResponseRedirect(target)
    code = working_region_code(request)
    children = Region.objects.for_user(user).current().filter(parent_id=code)
    context = {
        "above": [(c, n) for c, n in place_path(code) if len(c) >= len(own)],
        "children": children,
        "next": target,
    }
    htmx: Any = request
    template = "core/region_switch.html" + ("#panel" if htmx.htmx else "")
    return render(request, template, context)


def _moved(address: str, code: str) -> str:
    """The same page about another region, where its address names one."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return address
    if "region" not in match.kwargs:
        return address
    path = reverse(match.view_name, kwargs=match.kwargs | {"region": code})
    return f"{path}?{parts.query}".rstrip("?")
