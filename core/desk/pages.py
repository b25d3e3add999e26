"""The workbench, the search across entities, the region switch, the help page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.accounts.actions import read_notice
from core.accounts.privacy import NOTICE_VERSION, is_due
from core.accounts.roles import role_cards
from core.desk.notices import leave_read_event
from core.entities.navigation import navigation_for
from core.entities.pages.base import ENTITIES
from core.notices.reading import notices_for
from core.notices.waiting import waiting_for
from core.regions.models import Region
from core.regions.names import place_name, place_path, working_region_code
from core.secrecy.numbers import Secret, secret_in
from core.text import normalise

# On the workbench; the others are a page of their own.
_NOTICES = 8


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """工作台: what waits for me, by role, with honest counts."""
    user: Any = request.user
    if user.is_worker:
        try:
            return HttpResponseRedirect(reverse("me"))
        except NoReverseMatch:
            pass
    elsewhere = working_region_code(request) != user.region_id
    region = (user.region_id or "") if elsewhere else ""
    waiting = [(w, count, w.address_in(region)) for w, count in waiting_for(user)]
    notices, notice_count = notices_for(user, limit=_NOTICES)
    leave_read_event(user, notices)
    shortcuts = [_shortcut(view, user) for view in _searched(user) if view.url("list")]
    if not shortcuts:
        links = [link for group in navigation_for(user, "") for link in group["links"]]
        shortcuts = [link for link in links if link["url"] != request.path]
    context = {
        "decisions": [item for item in waiting if item[0].is_decision],
        "upkeep": [item for item in waiting if not item[0].is_decision],
        "notices": notices,
        "notice_count": notice_count,
        "shortcuts": shortcuts,
        "place": place_name(user.region_id) if user.region_id else "",
    }
    return render(request, "core/home.html", context)


def _shortcut(view: Any, user: Any) -> dict[str, str]:
    may_add = view.is_created_alone and user.has_perm(view.permission("add"))
    return {
        "label": view.list_label(),
        "icon": view.icon,
        "url": view.url("list"),
        "create": view.url("create") if may_add else "",
    }


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """The roles and what each may do, straight from the code that decides it."""
    verbs = {"view": "查看", "add": "新增", "change": "修改", "end": "停用", "export": "导出"}
    rows = []
    cards = list(role_cards().values())
    for view in ENTITIES.values():
        cells = [
            "、".join(
                label for verb, label in verbs.items() if view.permission(verb) in card.permissions
            )
            for card in cards
        ]
        rows.append({"label": view.label(), "cells": cells})
    return render(request, "core/help.html", {"cards": cards, "rows": rows})


@login_not_required
@require_GET
def notice(request: HttpRequest) -> HttpResponse:
    """个人信息处理规则, for everybody: before an account is opened too."""
    is_new = request.user.is_authenticated and is_due(request.user)
    return render(request, "core/notice.html", {"version": NOTICE_VERSION, "is_new": is_new})


@require_POST
def notice_read(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    if is_due(user):
        read_notice(user=user)
    return HttpResponseRedirect("/")


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


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """The field of the top bar. A number is looked up by POST; a word may stand in an address."""
    user: Any = request.user
    if request.method == "POST":
        text = normalise(request.POST.get("q", ""))
        if not secret_in(text):
            return HttpResponseRedirect(f"{request.path}?{urlencode({'q': text[:60]})}")
    else:
        text = normalise(request.GET.get("q", ""))
        if secret_in(text):
            return HttpResponseRedirect(request.path)
        text = text[:60]
    groups = [g for view in _searched(user) if (g := view.found_for(request, text))] if text else []
    only = groups[0]["rows"] if len(groups) == 1 else []
    if len(only) == 1 and only[0]["url"]:
        return HttpResponseRedirect(only[0]["url"])
    secret = secret_in(text)
    context = {"groups": groups, "q": "" if secret else text, "searched": bool(text)}
    if secret and not groups:
        context |= _elsewhere(request, secret)
    return render(request, "core/search.html", context)


def _elsewhere(request: HttpRequest, secret: Secret) -> dict[str, Any]:
    """The answer of the first entity that knows the number outside the own area."""
    for entity in _searched(request.user):
        view = entity(page="list")
        view.setup(request)
        if answer := view.elsewhere(secret):
            return dict(answer)
    return {}


def _searched(user: Any) -> list[Any]:
    """Entities that the top bar searches, in its order, as far as the user may see them."""
    views = [
        ENTITIES.get(n) for n in ("person", "certificate", "station", "organization", "project")
    ]
    return [v for v in views if v and user.has_perm(v.permission("view"))]
