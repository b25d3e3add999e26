"""The page of a record and its history."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.http import HttpResponse
from django.shortcuts import render

from core.attachments.showing import attachments_of
from core.audit.models import ReadEvent
from core.entities.changes import Change, changes_of, changes_of_many
from core.entities.declarations import Related
from core.entities.display import facts, label_of, shown
from core.entities.pages.base import ENTITIES, EntityBase

_RELATED_ROWS = 100


class RecordPages(EntityBase):
    # Attributes under the heading, and labels of attributes that are not fields.
    headline: ClassVar[tuple[str, ...]] = ()
    labels: ClassVar[dict[str, str]] = {}
    # Attribute with the state, and its colour by value.
    state_field: ClassVar[str] = ""
    state_kinds: ClassVar[dict[str, str]] = {}
    # Facts of the right-hand column.
    aside: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")

    # --- Detail ----------------------------------------------------------------------

    def detail_page(self) -> HttpResponse:
        record = self.get_record()
        self.require("view")
        self.leave_read_event(ReadEvent.Kind.DETAIL, [record])
        return render(self.request, self.template("detail"), self.detail_context(record))

    def detail_context(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        return self.context(
            record=record,
            parent_record=getattr(record, self.parent) if self.parent else None,
            title=str(record),
            headline=facts(record, self.headline, user=user, labels=self.labels),
            state=self.state_of(record),
            state_kind=self.state_kinds.get(getattr(record, self.state_field, ""), ""),
            is_ended=bool(getattr(record, "ended_on", None)),
            sections=[self._section(record, number) for number in range(len(self.sections))],
            related=[self.related_context(record, r) for r in self.related if self._may_see(r)],
            tasks=self.tasks(record),
            aside=facts(record, self.aside, user=user, labels=self.labels),
            may_edit=self.may("change") and self.is_editable(record),
            edit_url=self.url("edit", record),
            history_url=self.url("history", record),
            attachments=attachments_of(record, user),
            action_links=[
                {"action": a, "url": self.url("act", record, verb=a.code)}
                for a in self.actions_for(record)
            ],
            print_scope=f"{self.label()}：{record}",
        )

    def tasks(self, record: Any) -> list[dict[str, Any]]:
        """What of the record waits for a decision: label, since, url. Override."""
        return []

    def _section(self, record: Any, number: int) -> dict[str, Any]:
        """Title and facts of a section, and the address of its own short form."""
        section, url = self.sections[number], self.url("edit", record)
        has_fields = bool(url) and not set(section.fields).isdisjoint(self.form.base_fields)
        return {
            "title": section.title,
            "facts": facts(record, section.fields, user=self.request.user, labels=self.labels),
            "edit_url": f"{url}?section={number}" if has_fields else "",
        }

    def state_of(self, record: Any) -> str:
        if not self.state_field:
            return ""
        display = getattr(record, f"get_{self.state_field}_display", None)
        return str(display() if display else getattr(record, self.state_field))

    def is_editable(self, record: Any) -> bool:
        """Whether the state of the record allows an ordinary edit."""
        return not (
            getattr(record, "ended_on", None)
            and self.model._meta.get_field("ended_on").editable is False
        )

    def may_grow(self, record: Any) -> bool:
        """Whether records that hang on it may be added; what is not edited takes none."""
        return self.is_editable(record)

    def _may_see(self, related: Related) -> bool:
        app = self._related_model(related)._meta.app_label
        return self.request.user.has_perm(f"{app}.view_{related.entity}")

    def _related_model(self, related: Related) -> Any:
        return self.model._meta.get_field(related.accessor).related_model

    def related_context(self, record: Any, related: Related) -> dict[str, Any]:
        """Heads and cells of a related list: one query, read through for_user."""
        model, user = self._related_model(related), self.request.user
        fk = self.model._meta.get_field(related.accessor).field.name
        view = ENTITIES.get(related.entity)
        rows = model.objects.for_user(user).filter(**{fk: record})
        if view and view.select_related:
            rows = rows.select_related(*view.select_related)
        elif fks := [c for c in related.columns if _is_foreign_key(model, c)]:
            rows = rows.select_related(*fks)
        labels = getattr(view, "labels", {})
        rows = list(rows[:_RELATED_ROWS])
        self._leave_related_read(view, rows)
        may_change = user.has_perm(f"{model._meta.app_label}.change_{related.entity}")
        may_add = (
            related.can_add
            and user.has_perm(f"{model._meta.app_label}.add_{related.entity}")
            and self.may_grow(record)
        )
        return {
            "related": related,
            "heads": [
                {"label": label_of(model, c, labels), "css": "num" if _is_number(model, c) else ""}
                for c in related.columns
            ],
            "rows": [
                {
                    "record": row,
                    "cells": [self._cell(view, row, c) for c in related.columns],
                    "url": view.url("detail", row) if view else "",
                    "is_ended": _is_out_of_use(row),
                    "edit_url": view.url("edit", row)
                    if view and may_change and not _is_out_of_use(row)
                    else "",
                }
                for row in rows
            ],
            "add_url": f"{view.url('create')}?{fk}={record.pk}"
            if view and may_add and view.url("create")
            else "",
        }

    def _leave_related_read(self, view: Any, rows: list[Any]) -> None:
        """People named beside a record that is about nobody: the staff of a station."""
        if view and not self.person_path:
            reader = view()
            reader.setup(self.request)
            reader.leave_read_event(ReadEvent.Kind.DETAIL, rows, page="related")

    def _cell(self, view: Any, row: Any, name: str) -> dict[str, Any]:
        """A value, in the colour of its meaning where it is the row's state."""
        kinds = view.state_kinds if view and name == view.state_field else {}
        return {
            "label": label_of(type(row), name, getattr(view, "labels", {})),
            "value": shown(row, name, self.request.user),
            "kind": kinds.get(getattr(row, name, None), "") if kinds else "",
            "is_state": bool(kinds),
            "css": _css(type(row), name),
        }

    # --- History ---------------------------------------------------------------------

    def history_page(self) -> HttpResponse:
        record = self.get_record()
        self.require("view")
        self.leave_read_event(ReadEvent.Kind.DETAIL, [record], page="history")
        return render(
            self.request,
            self.template("history"),
            self.context(
                record=record,
                title=f"{record} 的修改历史",
                entries=self.history_of(record),
                parent_record=getattr(record, self.parent) if self.parent else None,
            ),
        )

    def history_of(self, record: Any) -> list[Change]:
        """Changes of the record and of what belongs to it, newest first."""
        entries = changes_of(record, limit=100)
        for related in self.related:
            if not self._may_see(related):
                continue
            model = self._related_model(related)
            if not _is_tracked(model):
                continue
            fk = self.model._meta.get_field(related.accessor).field.name
            rows = list(model.objects.for_user(self.request.user).filter(**{fk: record})[:50])
            self._leave_related_read(ENTITIES.get(related.entity), rows)
            entries += changes_of_many(rows, limit=60) if len(rows) != 1 else _titled(rows[0])
        return sorted(entries, key=lambda change: change.at, reverse=True)[:200]


def _is_out_of_use(row: Any) -> bool:
    """Deactivated: it no longer counts. A post that ended is not, it simply is over."""
    return bool(getattr(row, "end_reason", "")) and row._meta.model_name != "post"


def _is_number(model: Any, name: str) -> bool:
    field = next((f for f in model._meta.fields if f.name == name), None)
    return isinstance(field, models.DecimalField | models.IntegerField)


def _css(model: Any, name: str) -> str:
    """Numbers stand right, dates do not break."""
    field = next((f for f in model._meta.fields if f.name == name), None)
    if _is_number(model, name):
        return "num"
    return "nowrap" if isinstance(field, models.DateField) else ""


def _titled(row: Any) -> list[Change]:
    """Changes of the only row of a related list still say of which record they are."""
    entries = changes_of(row, limit=60)
    for entry in entries:
        entry.what += f"{row._meta.verbose_name}「{row}」"
    return entries


def _is_tracked(model: Any) -> bool:
    try:
        apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    except LookupError:
        return False
    return True


def _is_foreign_key(model: Any, name: str) -> bool:
    names = {f.name: f for f in model._meta.fields}
    return name in names and names[name].is_relation
