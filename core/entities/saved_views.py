"""The doors of saved views: keep, rename, open by default, delete. One's own alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.entities import saved
from core.entities.models import SavedView
from core.pointers import model_of


def _back(request: HttpRequest, query: str = "") -> HttpResponseRedirect:
    """To the list, with what it showed."""
    path = request.POST.get("path", "").partition("?")[0]
    if not url_has_allowed_host_and_scheme(path, {request.get_host()}):
        path = "/"
    mark = f"{saved.PARAMETER}=saved" if query else f"{saved.PARAMETER}=all"
    return HttpResponseRedirect(f"{path}?{query}&{mark}" if query else f"{path}?{mark}")


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    entity, query = request.POST.get("entity", ""), request.POST.get("query", "")
    if model_of(entity) is None:
        raise Http404
    try:
        view = saved.save_view(
            by=user, entity=entity, name=request.POST.get("name", ""), query=query,
            is_default="is_default" in request.POST,
        )  # fmt: skip
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return _back(request, saved.plain_query(query))
    messages.success(request, f"已保存「{view}」。")
    return _back(request, view.query)


@require_POST
def change(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """rename, default, plain (no longer the default) or delete."""
    user: Any = request.user
    view = SavedView.objects.for_user(user).filter(pk=pk).first()
    if view is None:
        raise Http404
    try:
        words = _changed(view, user, verb, request.POST.get("name", ""))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, words)
    return _back(request, "" if verb == "delete" else view.query)


def _changed(view: SavedView, by: Any, verb: str, name: str) -> str:
    if verb == "rename":
        saved.rename_view(view=view, by=by, name=name)
        return "已改名。"
    if verb in ("default", "plain"):
        saved.set_default(view=view, by=by, is_default=verb == "default")
        return f"以后打开名单先看「{view}」。" if verb == "default" else "以后打开名单看全部。"
    if verb == "delete":
        saved.delete_view(view=view, by=by)
        return f"已删除「{view}」。"
    raise Http404
