"""Actions on a record: the dialog that asks, and the one call that does it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.audit.history import acting
from core.audit.models import ReadEvent
from core.entities import signed
from core.entities.declarations import Action
from core.entities.display import facts, record_url
from core.entities.forms import ActionForm
from core.entities.pages.base import EntityPage
from core.entities.reach import Reach
from core.entities.steps import recorded


class ActPage(EntityPage):
    page = "act"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        record = self.record()
        action = self.reach.action(self.kwargs["verb"])
        return self._ask(record, action, self._form(action, record))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do it, on the record read under a lock; what was done meanwhile is shown first."""
        with transaction.atomic():
            record = self.record(lock=True)
            action = self.reach.action(self.kwargs["verb"])
            form = self._form(action, record, self.request.POST)
            if not action.when(record):
                return self._ask(record, action, form)
            if self.request.POST.get("version") != str(record.version):
                form.add_error(None, "这条记录刚被别人修改过。下面是现在的内容，请核对后再办理。")
            if (
                form.is_valid()
                and (message := perform(self.reach, record, action, form)) is not None
            ):
                messages.success(self.request, message)
                return self._done(record)
        return self._ask(record, action, form, status=422)

    def _form(self, action: Action, record: Any, data: Any = None) -> Any:
        return (action.form or ActionForm)(data, user=self.request.user, record=record)

    def _ask(self, record: Any, action: Action, form: Any, status: int = 200) -> HttpResponse:
        """The dialog; where the record's state no longer allows it, a sentence that says so."""
        entity = self.entity
        self.reach.leave_read_event(ReadEvent.Kind.DETAIL, [record], page=action.code)
        is_over = not action.when(record)
        context = self.context(
            record=record,
            action=action,
            form=form,
            is_over=is_over,
            title=f"{action.label}：{entity.named(record)}",
            decided=facts(
                record,
                tuple(entity.decided_on.split()),
                user=self.request.user,
                labels=entity.labels,
            ),
            action_url=entity.url("act", record, verb=action.code),
            cancel_url=entity.url("detail", record) or entity.url("list"),
        )
        piece = "#dialog" if self.request.htmx else ""
        return self.render(context, piece=piece, status=409 if is_over else status)

    def _done(self, record: Any) -> HttpResponse:
        """Back to the record, or to the list when the action took it out of the scope."""
        still = self.reach.holds(record)
        parent = self.entity.parent_of(record) if still else None
        target = (record_url(parent) if parent else "") or (
            self.entity.url("detail", record) if still else ""
        )
        target = target or self.entity.url("list")
        if self.request.htmx:
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)


def perform(reach: Reach, record: Any, action: Action, form: Any) -> str | None:
    """Call the action with what the form says, in a savepoint: what was done in words, None
    when it refused (the form says why). The caller holds the record locked."""
    entity, user, version = reach.entity, reach.user, record.version
    argument = action.argument or entity.keyword
    given, reason = form.given()
    about = [record, *(value for value in given.values() if isinstance(value, Model))]
    try:
        with (
            transaction.atomic(),
            noted(action, record, user, reason),
            signed.explained(about, reason=reason) as effect,
        ):
            result = action.run(**{argument: record, "by": user}, **given)
            # Whatever the action wrote, an older copy of the form must not act again.
            entity.model._base_manager.filter(pk=record.pk, version=version).update(
                version=version + 1
            )
    except (ValidationError, IntegrityError, PermissionDenied) as error:
        _refuse(form, error)
        return None
    done = action.done or f"已办理「{action.label}」：{entity.named(record)}。"
    return f"{result if isinstance(result, str) else done}{effect}"


def noted(action: Action, record: Any, user: Any, reason: str) -> AbstractContextManager[Any]:
    """What follows is written in the user's name; as a step, where it can be taken back."""
    if not action.can_be_undone:
        return acting(user, reason=reason)
    return recorded(record, code=action.code, label=action.label, by=user, reason=reason)


def _refuse(form: Any, error: Exception) -> None:
    if isinstance(error, ValidationError):
        for each in getattr(error, "each", (error,)):
            field = form.reason_asked_by(each) or getattr(each, "field", "")
            form.add_error(field if field in form.fields else None, ValidationError(each.messages))
    elif isinstance(error, PermissionDenied):
        form.add_error(None, str(error) or "您没有权限办理。")
    else:
        form.add_error(None, "与已有记录冲突，没有办理。请刷新后核对。")
