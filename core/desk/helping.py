"""Who may do what, and how personal data are processed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from core.accounts.actions import read_notice
from core.accounts.privacy import NOTICE_VERSION, is_due
from core.accounts.roles import role_cards
from core.entities.navigation import in_order


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """The roles and what each may do, straight from the code that decides it."""
    verbs = {"view": "查看", "add": "新增", "change": "修改", "end": "停用", "export": "导出"}
    cards, rows = list(role_cards().values()), []
    for entity in in_order():
        cells = [
            "、".join(
                label
                for verb, label in verbs.items()
                if entity.permission(verb) in card.permissions
            )
            for card in cards
        ]
        rows.append({"label": entity.label, "cells": cells})
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
