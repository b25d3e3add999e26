"""Editing a record: no silent overwrite, and nothing that was typed is lost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.audit.history import acting
from core.audit.models import ReadEvent
from core.entities import signed
from core.entities.changes import changes_of
from core.entities.made import form_of
from core.entities.pages.compare import conflicts, resolved
from core.entities.pages.saving import REFUSALS, FormPage, refuse
from core.scoping import ensure_visible


class EditPage(FormPage):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        record = self.record()
        if not self._is_open(record):
            return self._closed(record)
        form = self._form(record)
        section = self.request.GET.get("section", "")
        if section.isdecimal() and int(section) < len(self.entity.sections):
            form.show_only(self.entity.sections[int(section)].fields)
        return self.form_page(form)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            record = self.record(lock=True)
            if not self._is_open(record):
                return self._closed_meanwhile(record)
            data, version = self.request.POST, self.request.POST.get("version", "")
            if version != str(record.version):
                theirs = self._form(self.record())
                rows = conflicts(self._form(record, data), theirs, version)
                if not rows:
                    return self.saved(record, "没有需要保存的修改。")
                return self._compare_page(record, rows)
            form = self._form(record, resolved(data, self._form(record)))
            return self._save(form) if form.is_valid() else self.form_page(form, status=422)

    def _form(self, record: Any, data: Any = None) -> Any:
        return form_of(self.entity)(data, instance=record, user=self.request.user)

    def _save(self, form: Any) -> HttpResponse:
        """Save a valid form of the locked record; the caller holds the transaction."""
        record = form.instance
        if not [name for name in form.changed_data if name != "reason"]:
            return self.saved(record, "没有修改。")
        reason = form.cleaned_data.get("reason", "")
        try:
            with (
                transaction.atomic(),
                acting(self.request.user, reason=reason),
                signed.explained([record], reason=reason) as effect,
            ):
                record.version += 1
                if self.entity.update is not None:
                    self.call(self.entity.update, record)
                else:
                    record.save()
                ensure_visible(record, self.request.user)
        except (IntegrityError, *REFUSALS) as error:
            record.version -= 1
            refuse(form, error)
            return self.form_page(form, status=422)
        return self.saved(record, f"已保存对「{record}」的修改。{effect}")

    def _is_open(self, record: Any) -> bool:
        """Whether the state of the record allows an edit; 403 without the permission."""
        self.reach.require("change")
        return self.entity.is_editable(record)

    def _closed(self, record: Any) -> HttpResponse:
        """Back to a record that was ended or decided since its page was opened."""
        messages.warning(
            self.request, f"「{record}」已停用或已有结果，不能再修改，没有保存任何内容。"
        )
        return HttpResponseRedirect(self.entity.url("detail", record) or self.entity.url("list"))

    def _closed_meanwhile(self, record: Any) -> HttpResponse:
        """The form as it was typed: nothing is saved and nothing that was typed is lost."""
        form = self._form(record, self.request.POST)
        form.is_valid()
        form.add_error(
            None,
            "您填写的时候，这条记录被停用或有了结果，不能再修改，没有保存。您填的内容还在下面。",
        )
        return self.form_page(form, status=409)

    def _compare_page(self, record: Any, rows: list[dict[str, Any]]) -> HttpResponse:
        kept = [
            (name, value)
            for name, values in self.request.POST.lists()
            for value in values
            if name not in {"version", "csrfmiddlewaretoken"} and not name.startswith("resolve_")
        ]
        self.reach.leave_read_event(ReadEvent.Kind.DETAIL, [record], page="edit")
        context = self.context(
            record=record,
            rows=rows,
            is_open=any(not row["only"] for row in rows),
            kept=kept,
            latest=next(iter(changes_of(record, limit=1)), None),
            title=f"核对修改：{record}",
        )
        return self.render(context, page="compare", status=409)
