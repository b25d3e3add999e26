"""What pages share that are no entity's: who may, which record, one act, a page of rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from core.entities.paging import Paginator, page_number

PER_PAGE = 30


def require(request: HttpRequest, permission: str) -> Any:
    user: Any = request.user
    if not user.has_perm(permission):
        raise PermissionDenied
    return user


def sent_data(request: HttpRequest) -> Any:
    """What was sent, None when the page was only asked for."""
    return request.POST if request.method == "POST" else None


def one_of(rows: QuerySet[Any], pk: uuid.UUID) -> Any:
    record = rows.filter(pk=pk).first()
    if record is None:
        raise Http404
    return record


def done(form: Any, run: Callable[[], Any]) -> bool:
    """Do it; whether it was done. A refusal becomes the form's error."""
    try:
        run()
    except ValidationError as error:
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else None, ValidationError(error.messages))
    except PermissionDenied as error:
        form.add_error(None, str(error) or "您没有权限办理。")
    return not form.errors


def page_of(request: HttpRequest, rows: QuerySet[Any], *, order: list[str]) -> Any:
    """The page of some rows that the address asks for."""
    paginator = Paginator(
        rows,
        per_page=PER_PAGE,
        count=rows.count(),
        order=order,
        fetch=lambda ids: rows.filter(pk__in=ids),
    )
    return paginator.page(page_number(request.GET.get("page")))
