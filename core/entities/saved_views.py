"""The doors of saved views: keep, rename, open by default, delete. One's own alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from core.entities import saved
from core.entities.entity import ENTITIES, Entity
from core.entities.models import SavedView
from core.entities.reach import Reach


def _entity(user: Any, name: str) -> Entity:
    """An entity whose list the user may open: 404, then 403."""
    entity = ENTITIES.get(name)
    if entity is None or not entity.url("list"):
        raise Http404
    if not Reach(entity, user).may("view"):
        raise PermissionDenied
    return entity


@require_POST
def save(request: HttpRequest, entity: str) -> HttpResponse:
    """Keep what the list shows now under a name, and go on looking at it."""
    user: Any = request.user
    kind, query = _entity(user, entity), request.POST.get("query", "")
    try:
        view = saved.save_view(
            by=user, entity=kind, name=request.POST.get("name", ""), query=query,
            is_default="is_default" in request.POST,
        )  # fmt: skip
    except ValidationError as error:
        messages.error(request, error.messages[0])
        # What was looked at stays, but for what may not stand in an address.
        return HttpResponseRedirect(f"{kind.url('list')}?{saved.plain_query(query)}")
    messages.success(request, f"已保存「{view}」。")
    return HttpResponseRedirect(saved.address_of(kind, view))


@require_POST
def change(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """rename, default, plain (no longer the default) or delete."""
    user: Any = request.user
    view = SavedView.objects.for_user(user).filter(pk=pk).first()
    if view is None:
        raise Http404
    kind = _entity(user, view.entity)
    try:
        words = _changed(view, user, verb, request.POST.get("name", ""))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, words)
    return HttpResponseRedirect(saved.address_of(kind, None if verb == "delete" else view))


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
