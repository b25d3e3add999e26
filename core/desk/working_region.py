"""The region one works in: switched to in the bar, or come to by drilling down a board."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from core.dates import today
from core.regions.models import Region
from core.regions.names import place_path, working_region_code
from core.regions.tree import divisions_on

_KEPT = "working_region"


def come_to(request: HttpRequest, region: str) -> None:
    """Work from now on in the region that a page is about.

    That a GET does this is seen at once: the bar over the page names the region, with the way
    back beside it. Neighbours, regions above one's own and those of the past are only looked at.
    """
    user: Any = request.user
    own = user.region_id
    if own and region.startswith(own) and divisions_on(today()).is_valid(region):
        request.session[_KEPT] = region


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
            request.session[_KEPT] = code
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
