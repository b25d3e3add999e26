"""Saved views of a list: filters, columns and order under a name, one's own.

A list that is opened without a parameter shows the default one, if there is one; its address
says so, hence everything that hangs on the address (pages, export, print) is right by itself.
Numbers of people are refused, as they are in addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import QueryDict

from core.accounts.models import User
from core.entities.entity import Entity
from core.entities.models import SavedView
from core.rules import RuleError
from core.secrecy.identity import refuse_id_number
from core.secrecy.numbers import secret_in, without_numbers
from core.text import tidy

# In the address of a list: "saved" for a view, "all" for the list without the default.
PARAMETER = "view"
_MOST = 20
_NAME_LENGTH, _QUERY_LENGTH = 20, 2000
# What belongs to a moment and not to a way of looking.
_OF_THE_MOMENT = frozenset({PARAMETER, "page", "filters", "csrfmiddlewaretoken"})
NUMBERS = "证件号、电话、证书号不能存进常用筛选，请先去掉这个条件。"


def plain_query(query: str) -> str:
    """Filters, columns and order of an address in one order, without what is empty or cannot
    be read (the list would be refused, and with it whatever leads out of it)."""
    given, plain = QueryDict(query.lstrip("?")), QueryDict(mutable=True)
    for name in sorted(set(given) - _OF_THE_MOMENT):
        plain.setlist(name, sorted(v for v in given.getlist(name) if v and "\0" not in v))
    return plain.urlencode()


# --- Actions --------------------------------------------------------------------------------
@transaction.atomic
def save_view(
    *, by: User, entity: Entity, name: str, query: str, is_default: bool = False
) -> SavedView:
    """Keep how a list is looked at now. One of the same name is replaced. Raises RuleError."""
    User.objects.select_for_update().get(pk=by.pk)
    name, query = _name(name), _query(query)
    mine = SavedView.objects.for_user(by).filter(entity=entity.name)
    view = mine.filter(name=name).first()
    if view is None and mine.count() >= _MOST:
        raise RuleError("MANY", f"一个名单最多存 {_MOST} 个常用筛选，请先删除不用的。")
    view = view or SavedView(user=by, entity=entity.name, name=name)
    view.query = query
    if is_default:
        mine.update(is_default=False)
        view.is_default = True
    view.save()
    return view


@transaction.atomic
def rename_view(*, view: SavedView, by: User, name: str) -> None:
    User.objects.select_for_update().get(pk=by.pk)
    name = _name(name)
    same = SavedView.objects.for_user(by).filter(entity=view.entity, name=name)
    if same.exclude(pk=view.pk).exists():
        raise RuleError("TWICE", f"已有一个叫「{name}」的常用筛选，请换个名称。")
    SavedView.objects.for_user(by).filter(pk=view.pk).update(name=name)


@transaction.atomic
def set_default(*, view: SavedView, by: User, is_default: bool) -> None:
    """Open the list with this view from now on, or no longer."""
    User.objects.select_for_update().get(pk=by.pk)
    mine = SavedView.objects.for_user(by).filter(entity=view.entity)
    mine.update(is_default=False)
    if is_default:
        mine.filter(pk=view.pk).update(is_default=True)


def delete_view(*, view: SavedView, by: User) -> None:
    """It is a habit of hers and no record: it goes."""
    SavedView.objects.for_user(by).filter(pk=view.pk).delete()


def _name(text: str) -> str:
    name = tidy(text)
    if not name:
        raise RuleError("NAME", "请给这个常用筛选起个名称，例如「缺电话」。")
    if len(name) > _NAME_LENGTH:
        raise RuleError("NAME", f"名称请写得短一些，最多 {_NAME_LENGTH} 个字。")
    refuse_id_number(name)
    if secret_in(name):
        raise RuleError("NAME", NUMBERS)
    return name


def _query(query: str) -> str:
    if "%00" in query or "\0" in query:
        raise RuleError("QUERY", "条件里有看不见的字符，不能保存，请重新填写。")
    plain = plain_query(query)
    if not plain:
        raise RuleError("QUERY", "现在没有筛选条件，也没有选列或排序，不用保存。")
    searched = QueryDict(plain).get("q", "")
    if without_numbers(f"?{plain}") != f"?{plain}" or secret_in(searched):
        raise RuleError("QUERY", NUMBERS)
    if len(plain) > _QUERY_LENGTH:
        raise RuleError("QUERY", "条件太多，存不下，请减少一些。")
    return plain


# --- On the list ----------------------------------------------------------------------------
def views_of(entity: Entity, user: Any) -> list[SavedView]:
    """One's own views of a list, in the order in which they came."""
    return list(SavedView.objects.for_user(user).filter(entity=entity.name))


def opening(entity: Entity, views: list[SavedView]) -> str:
    """The address that a list opened without a parameter leads to, "" for itself."""
    view = next((view for view in views if view.is_default), None)
    return address_of(entity, view) if view else ""


def address_of(entity: Entity, view: SavedView | None) -> str:
    """The list as a view shows it; without one the whole list, whatever opens by default."""
    query = f"{view.query}&{PARAMETER}=saved" if view else f"{PARAMETER}=all"
    return f"{entity.url('list')}?{query}"


def saved_views(
    entity: Entity, views: list[SavedView], *, params: QueryDict, columns: Sequence[str] = ()
) -> dict[str, Any]:
    """The context of entity/saved.html: the views of a list, and what of it can be saved.

    `columns` are those that were chosen at another time and are shown all the same.
    """
    given = params.copy()
    if columns:
        given.setlist("cols", list(columns))
    now, asked = plain_query(given.urlencode()), plain_query(params.urlencode())
    current = next((view for view in views if view.query == now), None)
    has_default = any(view.is_default for view in views)
    return {
        "query": now,
        "views": [{"view": view, "url": address_of(entity, view)} for view in views],
        "current": current,
        "is_plain": not asked,
        "all_url": address_of(entity, None) if has_default else entity.url("list"),
        "may_save": bool(asked) and current is None,
    }
