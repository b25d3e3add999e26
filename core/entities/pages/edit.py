"""Creating and editing a record: one effect a submit, and no silent overwrite."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from core.audit.history import acting
from core.audit.models import ReadEvent
from core.entities.changes import changes_of
from core.entities.display import record_url
from core.entities.pages.base import ENTITIES, EntityBase
from core.entities.pages.compare import conflicts, resolved
from core.scoping import ensure_visible

_SALT, _TOKEN_SECONDS = "entity-create", 24 * 3600


class EditPages(EntityBase):
    form: ClassVar[type[Any]]
    create_form: ClassVar[type[Any] | None] = None

    # --- What a subclass may replace -----------------------------------------------------

    def save_new(self, record: Any, form: Any) -> Any:
        """Insert the record, or call the action that does; the record as it was registered.

        Runs in the transaction that ends with the visibility check.
        """
        record.save(force_insert=True)
        return record

    def save_changes(self, record: Any, form: Any) -> None:
        """Write an edit; `version` has been raised."""
        record.save()

    def new_record(self, pk: uuid.UUID) -> Any:
        """An unsaved record with its parent, if it has one."""
        record = self.model(pk=pk)
        if self.parent:
            setattr(record, self.parent, self.parent_record())
        return record

    # --- Create ------------------------------------------------------------------------

    def create_page(self) -> HttpResponse:
        self.require("add")
        if refused := self._refused_by_parent():
            return refused
        return self._form_page(self._new_form(self.new_record(uuid.uuid4()), self._initial()))

    def create_submitted(self) -> HttpResponse:
        self.require("add")
        pk = self._token_pk()
        if done := self.rows().filter(pk=pk).first():
            return self._saved(done, "已保存。")
        if refused := self._refused_by_parent():
            return refused
        form = self._new_form(self.new_record(pk), data=self.request.POST)
        if not form.is_valid():
            return self._form_page(form, status=422)
        reason = form.cleaned_data.get("reason", "")
        try:
            with transaction.atomic(), acting(self.request.user, reason=reason):
                record = self.save_new(form.save(commit=False), form)
                ensure_visible(record, self.request.user)
        except (IntegrityError, ValidationError, PermissionDenied) as error:
            # The same form sent twice at once: the other one has saved it.
            if done := self.rows().filter(pk=pk).first():
                return self._saved(done, "已保存。")
            _refuse(form, error)
            return self._form_page(form, status=422)
        if record.pk != pk:
            return self._saved(
                record, f"「{record}」原有停用的档案，已恢复并按填写的更新，未另建。"
            )
        return self._saved(record, f"已新增{self.label()}「{record}」。")

    def _new_form(
        self, record: Any, initial: dict[str, Any] | None = None, data: Any = None
    ) -> Any:
        form_class = self.create_form or self.form
        return form_class(data, instance=record, initial=initial, user=self.request.user)

    def _refused_by_parent(self) -> HttpResponse | None:
        """Back to a record that nothing is added to any more: merged, closed or out of use."""
        parent = self.parent_record() if self.parent else None
        view = ENTITIES.get(parent._meta.model_name) if parent is not None else None
        if view is None or view().may_grow(parent):
            return None
        state = view().state_of(parent) or "已停用"
        messages.warning(
            self.request, f"「{parent}」的状态为「{state}」，不能再添加{self.label()}。"
        )
        return HttpResponseRedirect(view.url("detail", parent) or view.url("list"))

    def _initial(self) -> dict[str, Any]:
        """Values given in the address, for plain choices only (a kind, a year)."""
        return {}

    def _token_pk(self) -> uuid.UUID:
        """The id this form was given when it was shown: saving it twice is one record."""
        try:
            pk, owner = signing.loads(
                self.request.POST.get("token", ""), salt=_SALT, max_age=_TOKEN_SECONDS
            )
        except signing.BadSignature:
            return uuid.uuid4()
        return uuid.UUID(pk) if owner == str(self.request.user.pk) else uuid.uuid4()

    def parent_record(self) -> Any:
        """The record a new one will belong to, in the user's scope, else 404."""
        model = self.model._meta.get_field(self.parent).related_model
        pk = self.request.POST.get(self.parent) or self.request.GET.get(self.parent)
        try:
            record = model.objects.for_user(self.request.user).filter(pk=pk or None).first()
        except (ValueError, ValidationError):
            record = None
        if record is None:
            raise Http404
        return record

    # --- Edit --------------------------------------------------------------------------

    def edit_page(self) -> HttpResponse:
        record = self.get_record()
        if not self._is_open(record):
            return self._closed(record)
        form = self.form(instance=record, user=self.request.user)
        section = self.request.GET.get("section", "")
        if section.isdecimal() and int(section) < len(self.sections):
            form.show_only(self.sections[int(section)].fields)
        return self._form_page(form)

    def edit_submitted(self) -> HttpResponse:
        with transaction.atomic():
            record = self.get_record(lock=True)
            if not self._is_open(record):
                return self._closed_meanwhile(record)
            data, version = self.request.POST, self.request.POST.get("version", "")
            if version != str(record.version):
                mine = self.form(data, instance=record, user=self.request.user)
                theirs = self.form(instance=self.get_record(), user=self.request.user)
                rows = conflicts(mine, theirs, version)
                if not rows:
                    return self._saved(record, "没有需要保存的修改。")
                return self._compare_page(record, rows)
            data = resolved(data, self.form(instance=record, user=self.request.user))
            form = self.form(data, instance=record, user=self.request.user)
            return self._save_edit(form) if form.is_valid() else self._form_page(form, status=422)

    def _save_edit(self, form: Any) -> HttpResponse:
        """Save a valid form of the locked record; the caller holds the transaction."""
        record = form.instance
        if not [name for name in form.changed_data if name != "reason"]:
            return self._saved(record, "没有修改。")
        reason = form.cleaned_data.get("reason", "")
        try:
            with transaction.atomic(), acting(self.request.user, reason=reason):
                record.version += 1
                self.save_changes(record, form)
                ensure_visible(record, self.request.user)
        except (IntegrityError, ValidationError, PermissionDenied) as error:
            record.version -= 1
            _refuse(form, error)
            return self._form_page(form, status=422)
        return self._saved(record, f"已保存对「{record}」的修改。")

    def _is_open(self, record: Any) -> bool:
        """Whether the state of the record allows an edit; 403 without the permission."""
        self.require("change")
        return bool(self.is_editable(record))  # type: ignore[attr-defined]

    def _closed(self, record: Any) -> HttpResponse:
        """Back to a record that was ended or decided since its page was opened."""
        messages.warning(
            self.request, f"「{record}」已停用或已有结果，不能再修改，没有保存任何内容。"
        )
        return HttpResponseRedirect(self.url("detail", record) or self.url("list"))

    def _closed_meanwhile(self, record: Any) -> HttpResponse:
        """The form as it was typed: nothing is saved and nothing that was typed is lost."""
        form = self.form(self.request.POST, instance=record, user=self.request.user)
        form.is_valid()
        form.add_error(
            None,
            "您填写的时候，这条记录被停用或有了结果，不能再修改，没有保存。您填的内容还在下面。",
        )
        return self._form_page(form, status=409)

    # --- Pages -------------------------------------------------------------------------

    def _form_page(self, form: Any, status: int = 200) -> HttpResponse:
        record = form.instance
        is_new = record._state.adding
        parent = getattr(record, self.parent) if self.parent else None
        name = f"新增{self.label()}" if is_new else f"修改{self.label()}"
        about = parent or (None if is_new else record)
        if parent or not is_new:
            self.leave_read_event(ReadEvent.Kind.DETAIL, [record], page="edit")
        token = [str(record.pk), str(self.request.user.pk)]
        context = self.context(
            form=form,
            record=None if is_new else record,
            parent_record=parent,
            title=f"{name}：{about}" if about else name,
            token=signing.dumps(token, salt=_SALT) if is_new else "",
            cancel_url=self.back_url(None if is_new else record, parent),
        )
        return render(self.request, self.template("form"), context, status=status)

    def _compare_page(self, record: Any, rows: list[dict[str, Any]]) -> HttpResponse:
        kept = [
            (name, value)
            for name, values in self.request.POST.lists()
            for value in values
            if name not in {"version", "csrfmiddlewaretoken"} and not name.startswith("resolve_")
        ]
        latest = next(iter(changes_of(record, limit=1)), None)
        self.leave_read_event(ReadEvent.Kind.DETAIL, [record], page="edit")
        context = self.context(
            record=record,
            rows=rows,
            is_open=any(not row["only"] for row in rows),
            kept=kept,
            latest=latest,
            title=f"核对修改：{record}",
        )
        return render(self.request, self.template("compare"), context, status=409)

    def back_url(self, record: Any, parent: Any = None) -> str:
        """Where a saved or abandoned form leads: the parent, the record or the list."""
        if parent is not None:
            return record_url(parent)
        return (self.url("detail", record) if record is not None else "") or self.url("list")

    def _saved(self, record: Any, message: str) -> HttpResponse:
        messages.success(self.request, message)
        parent = getattr(record, self.parent) if self.parent else None
        return HttpResponseRedirect(self.back_url(record, parent))


def _refuse(form: Any, error: Exception) -> None:
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
