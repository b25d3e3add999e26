"""What creating and editing share: the form's page, and refusals in its words."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect

from core.audit.models import ReadEvent
from core.entities.display import record_url
from core.entities.pages.base import EntityPage

TOKEN_SALT, TOKEN_SECONDS = "entity-create", 24 * 3600
# What saving may be refused with.
REFUSALS = (ValidationError, PermissionDenied)


class FormPage(EntityPage):
    page: ClassVar[str] = "form"

    def call(self, action: Any, record: Any) -> Any:
        """An action of the entity, with the record under the name it knows it by."""
        return action(**{self.entity.keyword: record, "by": self.request.user})

    def form_page(self, form: Any, status: int = 200) -> HttpResponse:
        record = form.instance
        is_new = record._state.adding
        parent = self.entity.parent_of(record)
        name = f"{'新增' if is_new else '修改'}{self.entity.label}"
        about = parent or (None if is_new else record)
        if parent or not is_new:
            self.reach.leave_read_event(ReadEvent.Kind.DETAIL, [record], page="edit")
        token = [str(record.pk), str(self.request.user.pk)]
        context = self.context(
            form=form,
            record=None if is_new else record,
            parent_record=parent,
            title=f"{name}：{about}" if about else name,
            token=signing.dumps(token, salt=TOKEN_SALT) if is_new else "",
            cancel_url=self.back_url(None if is_new else record, parent),
        )
        return self.render(context, status=status)

    def back_url(self, record: Any, parent: Any = None) -> str:
        """Where a saved or abandoned form leads: the parent, the record or the list."""
        if parent is not None:
            return record_url(parent)
        own = self.entity.url("detail", record) if record is not None else ""
        return own or self.entity.url("list")

    def saved(self, record: Any, message: str) -> HttpResponse:
        messages.success(self.request, message)
        return HttpResponseRedirect(self.back_url(record, self.entity.parent_of(record)))


def refuse(form: Any, error: Exception) -> None:
    """Word a refusal of the database or of an action as an error of the form."""
    if isinstance(error, ValidationError):
        form.add_rule_error(error)
        return
    if isinstance(error, PermissionDenied):
        form.add_error(None, str(error) or "您没有权限这样保存。")
        return
    diagnosis = getattr(error.__cause__, "diag", None)
    if not form.add_constraint_error(getattr(diagnosis, "constraint_name", "") or ""):
        form.add_error(None, "与已有记录冲突，没有保存。请核对后重试。")
