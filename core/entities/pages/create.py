"""A new record: one effect a form, however often it is sent."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from core.audit.history import acting
from core.entities import signed
from core.entities.entity import entity_of
from core.entities.made import form_of
from core.entities.pages.saving import REFUSALS, TOKEN_SALT, TOKEN_SECONDS, FormPage, refuse
from core.entities.paths import field_at
from core.scoping import ensure_visible
from core.secrecy.fields import EncryptedTextField


class CreatePage(FormPage):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.reach.require("add")
        if refused := self._refused_by_parent():
            return refused
        form = self._form(self._new_record(uuid.uuid4()))
        self._take_over(form)
        return self.form_page(form)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.reach.require("add")
        pk = self._token_pk()
        if done := self.reach.rows().filter(pk=pk).first():
            return self.saved(done, "已保存。")
        if refused := self._refused_by_parent():
            return refused
        form = self._form(self._new_record(pk), data=self.request.POST)
        if not form.is_valid():
            return self.form_page(form, status=422)
        reason = form.cleaned_data.get("reason", "")
        try:
            record = form.save(commit=False)
            with (
                transaction.atomic(),
                acting(self.request.user, reason=reason),
                signed.explained([record], reason=reason) as effect,
            ):
                record = self._save(record)
                ensure_visible(record, self.request.user)
        except (IntegrityError, *REFUSALS) as error:
            # The same form sent twice at once: the other one has saved it.
            if done := self.reach.rows().filter(pk=pk).first():
                return self.saved(done, "已保存。")
            refuse(form, error)
            return self.form_page(form, status=422)
        if record.pk != pk:
            return self.saved(record, f"「{record}」原有停用的档案，已恢复并按填写的更新，未另建。")
        return self.saved(record, f"已新增{self.entity.label}「{record}」。{effect}")

    def _take_over(self, form: Any) -> None:
        """What the address says of the new record stands in its form, as far as it can be read;
        numbers of people are never taken from there."""
        for name in form.fields.keys() & self.request.GET.keys():
            column = field_at(self.entity.model, name)
            if column is not None and not isinstance(column, EncryptedTextField):
                with suppress(ValidationError):
                    form.initial[name] = form.fields[name].clean(self.request.GET[name])

    def _save(self, record: Any) -> Any:
        """The record as it was registered."""
        if self.entity.create is not None:
            return self.call(self.entity.create, record) or record
        record.save(force_insert=True)
        return record

    def _form(self, record: Any, data: Any = None) -> Any:
        return form_of(self.entity, is_new=True)(data, instance=record, user=self.request.user)

    def _new_record(self, pk: uuid.UUID) -> Any:
        """An unsaved record with its parent, if it has one."""
        record = self.entity.model(pk=pk)
        if self.entity.parent:
            setattr(record, self.entity.parent, self._parent_record())
        return record

    def _refused_by_parent(self) -> HttpResponse | None:
        """Back to a record that nothing is added to any more: merged, closed or out of use."""
        parent = self._parent_record() if self.entity.parent else None
        above = entity_of(parent) if parent is not None else None
        if above is None or above.grows(parent):
            return None
        state = above.state_of(parent) or "已停用"
        label = self.entity.label
        messages.warning(self.request, f"「{parent}」的状态为「{state}」，不能再添加{label}。")
        return HttpResponseRedirect(above.url("detail", parent) or above.url("list"))

    def _token_pk(self) -> uuid.UUID:
        """The id this form was given when it was shown: saving it twice is one record."""
        try:
            pk, owner = signing.loads(
                self.request.POST.get("token", ""), salt=TOKEN_SALT, max_age=TOKEN_SECONDS
            )
        except signing.BadSignature:
            return uuid.uuid4()
        return uuid.UUID(pk) if owner == str(self.request.user.pk) else uuid.uuid4()

    def _parent_record(self) -> Any:
        """The record a new one will belong to, in the user's scope, else 404."""
        name = self.entity.parent
        model = self.entity.model._meta.get_field(name).related_model
        pk = self.request.POST.get(name) or self.request.GET.get(name)
        try:
            record = model.objects.for_user(self.request.user).filter(pk=pk or None).first()
        except (ValueError, ValidationError):
            record = None
        if record is None:
            raise Http404
        return record
