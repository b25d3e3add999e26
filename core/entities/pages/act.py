"""Actions on a record: the dialog that asks, and the one call that does it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from core.audit.history import acting
from core.audit.models import ReadEvent
from core.entities.declarations import Action
from core.entities.display import facts, record_url
from core.entities.forms import ActionForm
from core.entities.pages.base import EntityBase


class ActionPages(EntityBase):
    # Attributes that whoever acts has to see beside the question.
    decided_on: ClassVar[tuple[str, ...]] = ()

    def named(self, record: Any) -> str:
        """A record by itself, where nothing around it says whose it is."""
        parent = getattr(record, self.parent) if self.parent else None
        return f"{parent}，{record}" if parent else str(record)

    def act_page(self) -> HttpResponse:
        record = self.get_record()
        action = self._action()
        return self._ask(record, action, self._action_form(action, record))

    def act_submitted(self) -> HttpResponse:
        """Do it, on the record read under a lock; what was done meanwhile is shown first."""
        with transaction.atomic():
            record = self.get_record(lock=True)
            action = self._action()
            form = self._action_form(action, record, self.request.POST)
            if not action.when(record):
                return self._ask(record, action, form)
            if self.request.POST.get("version") != str(record.version):
                form.add_error(None, "这条记录刚被别人修改过。下面是现在的内容，请核对后再办理。")
            if form.is_valid() and (message := self._do(record, action, form)) is not None:
                messages.success(self.request, message)
                return self._done(record)
        return self._ask(record, action, form, status=422)

    def _do(self, record: Any, action: Action, form: Any) -> str | None:
        """Call the action in a savepoint; None when it refused (the form says why)."""
        argument = action.argument or str(self.model._meta.model_name)
        version = record.version
        try:
            with (
                transaction.atomic(),
                acting(self.request.user, reason=str(form.cleaned_data.get("reason", ""))),
            ):
                result = action.run(
                    **{argument: record, "by": self.request.user}, **form.cleaned_data
                )
                # Whatever the action wrote, an older copy of the form must not act again.
                self.model._base_manager.filter(pk=record.pk, version=version).update(
                    version=version + 1
                )
        except (ValidationError, IntegrityError, PermissionDenied) as error:
            self._refused(form, error)
            return None
        if isinstance(result, str):
            return result
        return action.done or f"已办理「{action.label}」：{self.named(record)}。"

    @staticmethod
    def _refused(form: Any, error: Exception) -> None:
        if isinstance(error, ValidationError):
            field = getattr(error, "field", "")
            form.add_error(field if field in form.fields else None, ValidationError(error.messages))
        elif isinstance(error, PermissionDenied):
            form.add_error(None, str(error) or "您没有权限办理。")
        else:
            form.add_error(None, "与已有记录冲突，没有办理。请刷新后核对。")

    def _action(self) -> Action:
        """The action of the address: 403 without the permission."""
        action = next((a for a in self.all_actions() if a.code == self.kwargs["verb"]), None)
        if action is None:
            raise Http404
        if not self.request.user.has_perm(action.permission):
            raise PermissionDenied
        return action

    def _action_form(self, action: Action, record: Any, data: Any = None) -> Any:
        form_class = action.form or ActionForm
        return form_class(data, user=self.request.user, record=record)

    def _ask(self, record: Any, action: Action, form: Any, status: int = 200) -> HttpResponse:
        """The dialog; where the record's state no longer allows it, a sentence that says so."""
        self.leave_read_event(ReadEvent.Kind.DETAIL, [record], page=action.code)
        is_over = not action.when(record)
        template = self.template("act") + ("#dialog" if self.request.htmx else "")
        context = self.context(
            record=record,
            action=action,
            form=form,
            is_over=is_over,
            title=f"{action.label}：{self.named(record)}",
            decided=facts(record, self.decided_on, user=self.request.user, labels=self.labels),
            action_url=self.url("act", record, verb=action.code),
            cancel_url=self.url("detail", record) or self.url("list"),
        )
        return render(self.request, template, context, status=409 if is_over else status)

    def _done(self, record: Any) -> HttpResponse:
        """Back to the record, or to the list when the action took it out of the scope."""
        still = self.rows().filter(pk=record.pk).exists()
        parent = getattr(record, self.parent) if self.parent and still else None
        target = (record_url(parent) if parent else "") or (
            self.url("detail", record) if still else ""
        )
        target = target or self.url("list")
        if self.request.htmx:
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)
