"""The page of a record and its history."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from core.attachments.showing import attachments_of
from core.audit.models import ReadEvent
from core.entities.blanks import blanks_of
from core.entities.changes import Change, changes_of, changes_of_many
from core.entities.declarations import Related
from core.entities.display import facts, label_of, shown
from core.entities.entity import ENTITIES, Entity
from core.entities.made import form_of
from core.entities.pages.base import EntityPage
from core.entities.pages.undo import offer_undo, undo_links
from core.entities.reach import Reach

_RELATED_ROWS = 100


class RelatedRows:
    """The rows of a related list that a user may see, read through for_user."""

    def __init__(self, entity: Entity, related: Related, user: Any) -> None:
        accessor = entity.model._meta.get_field(related.accessor)
        self.related = related
        self.model: Any = accessor.related_model
        self.key: str = accessor.field.name
        self.entity = ENTITIES[self.model._meta.model_name]
        self.reach = Reach(self.entity, user)
        # People named beside a record that is about nobody: the staff of a station.
        self.leaves_traces = not entity.person

    def may(self, verb: str) -> bool:
        return self.reach.may(verb)

    def read(self, record: Any, most: int) -> list[Any]:
        rows = self.reach.rows().filter(**{self.key: record})
        found = list(self.entity.joined(rows)[:most])
        if self.leaves_traces:
            self.reach.leave_read_event(ReadEvent.Kind.DETAIL, found, page="related")
        return found

    def with_told(self, record: Any, own: list[Any]) -> list[tuple[Any, bool]]:
        """The own rows and those elsewhere of which something is told, in their order; whether
        a row is an own one."""
        if not self.related.told:
            return [(row, True) for row in own]
        rows = {row.pk: row for row in own}
        every = self.entity.joined(self.model.objects.filter(**{self.key: record}))
        return [(rows.get(row.pk, row), row.pk in rows) for row in every[:_RELATED_ROWS]]

    @property
    def columns(self) -> list[str]:
        return self.related.columns.split()


class DetailPage(EntityPage):
    page = "detail"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        record = self.record()
        self.reach.require("view")
        self.reach.leave_read_event(ReadEvent.Kind.DETAIL, [record])
        return self.render(self.detail_context(record))

    def detail_context(self, record: Any) -> dict[str, Any]:
        """What the page says of a record. A subclass may add to it."""
        entity = self.entity
        lists = [RelatedRows(entity, related, self.request.user) for related in entity.related]
        return self.context(
            **self.parent_context(record),
            title=str(record),
            headline=self._facts(record, entity.headline.split()),
            state=entity.state_of(record),
            state_kind=entity.state_kind(record),
            ended=entity.ended(record),
            undo=undo_links(self.request.user, [record]).get(record.pk),
            sections=[self._section(record, number) for number in range(len(entity.sections))],
            related=[self.related_context(record, rows) for rows in lists if rows.may("view")],
            tasks=entity.tasks(record, self.request.user) if entity.tasks else [],
            aside=self._facts(record, entity.aside.split()),
            may_edit=self.reach.may("change")
            and entity.is_editable(record)
            and bool(entity.layout(is_new=False)),
            edit_url=entity.url("edit", record),
            history_url=entity.url("history", record),
            attachments=attachments_of(record, self.request.user) if entity.files else None,
            action_links=[
                {"action": action, "url": entity.url("act", record, verb=action.code)}
                for action in self.reach.actions_for(record)
                if not action.is_answer
            ],
            print_scope=f"{entity.label}：{record}",
            **self._exports(),
        )

    def _exports(self) -> dict[str, Any]:
        """The forms that the record may be written into."""
        may_export = self.reach.may("export") and bool(self.url("export"))
        return {
            "blanks": blanks_of(self.entity, self.request.user) if may_export else [],
            "export_url": self.url("export"),
            "may_reveal": self.reach.may("reveal"),
        }

    def _facts(self, record: Any, names: Any) -> list[dict[str, Any]]:
        return facts(record, tuple(names), user=self.request.user, labels=self.entity.labels)

    def _section(self, record: Any, number: int) -> dict[str, Any]:
        """Title and facts of a section, and the address of its own short form."""
        section, url = self.entity.sections[number], self.entity.url("edit", record)
        has_fields = bool(url) and not set(section.fields).isdisjoint(
            form_of(self.entity).base_fields
        )
        return {
            "title": section.title,
            "facts": self._facts(record, section.fields),
            "edit_url": f"{url}?section={number}" if has_fields else "",
        }

    def related_context(self, record: Any, rows: RelatedRows) -> dict[str, Any]:
        """Heads and cells of a related list: one query, two where rows elsewhere are told."""
        entity, related, model = rows.entity, rows.related, rows.model
        may_change = rows.may("change")
        may_add = related.can_add and rows.may("add") and self.entity.grows(record)
        create_url, labels = entity.url("create"), entity.labels
        found, read = [], rows.read(record, _RELATED_ROWS)
        undo = undo_links(self.request.user, read)
        told = related.told.split()
        for row, is_own in rows.with_told(record, read):
            may_edit = is_own and may_change and entity.is_editable(row)
            cells = [
                self._cell(entity, row, c) if is_own or c in told else self._untold(row, c)
                for c in rows.columns
            ]
            found.append({
                "record": row,
                "cells": cells,
                "is_elsewhere": not is_own,
                "url": entity.url("detail", row) if is_own else "",
                # Whose name comes first has a page of her own: the row's is beside it.
                "names_another": isinstance(cells[0]["value"], SafeString),
                "ended": entity.ended(row),
                "edit_url": entity.url("edit", row) if may_edit else "",
                "undo": undo.get(row.pk),
            })  # fmt: skip
        return {
            "related": related,
            "heads": [
                {"label": label_of(model, c, labels), "css": "num" if _is_number(model, c) else ""}
                for c in rows.columns
            ],
            "rows": found,
            "add_url": f"{create_url}?{rows.key}={record.pk}" if may_add and create_url else "",
        }

    def _untold(self, row: Any, name: str) -> dict[str, Any]:
        """The empty cell of what is not told of a row that lies elsewhere."""
        return {"label": label_of(type(row), name), "value": "", "css": _css(type(row), name)}

    def _cell(self, entity: Entity, row: Any, name: str) -> dict[str, Any]:
        """A value, in the colour of its meaning where it is the row's state."""
        is_state = name == entity.state and name in entity.colours
        return {
            "label": label_of(type(row), name, entity.labels),
            "value": shown(row, name, self.request.user),
            "kind": entity.state_kind(row) if is_state else "",
            "is_state": is_state,
            "css": _css(type(row), name),
        }


class HistoryPage(EntityPage):
    page = "history"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        record = self.record()
        self.reach.require("view")
        self.reach.leave_read_event(ReadEvent.Kind.DETAIL, [record], page="history")
        return self.render(
            self.context(
                **self.parent_context(record),
                title=f"{record} 的修改历史",
                entries=self._entries(record),
            )
        )

    def _entries(self, record: Any) -> list[Change]:
        """Changes of the record and of what belongs to it, newest first."""
        entries, records = changes_of(record, limit=100), [record]
        logged = (Related("", accessor, "") for accessor in self.entity.logged.split())
        for related in (*self.entity.related, *logged):
            rows = RelatedRows(self.entity, related, self.request.user)
            if rows.may("view"):
                found = rows.read(record, 50)
                entries += changes_of_many(found, limit=60) if len(found) != 1 else _titled(*found)
                records += found
        for accessor in self.entity.dated.split():
            entries += changes_of_many(list(getattr(record, accessor).all()[:50]), in_full=True)
        entries = sorted(entries, key=lambda change: change.at, reverse=True)[:200]
        offer_undo(self.request.user, entries, records)
        return entries


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
