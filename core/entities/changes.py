"""The history of a record as people read it: who changed which field from what to what.

Rows come from the triggers of core.audit.history, so bulk writes and raw SQL are in it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import DateField, DateTimeField, ForeignKey, JSONField

from core.accounts.models import User
from core.entities.display import date_as_known, label_of, words
from core.entities.entity import entity_of
from core.regions.models import Region
from core.secrecy.fields import BlindIndexField, EncryptedTextField

_SILENT = frozenset(
    {"id", "version", "created_at", "updated_at", "pinyin", "initials", "county", "prefecture",
     "user", "is_related", "confirmed_before"}
)  # fmt: skip
_VERBS = {"insert": "新建", "update": "修改", "delete": "删除"}


@dataclass
class Change:
    """One write: `rows` are {label, old, new}; `what` says of which record."""

    at: Any
    who: str
    what: str
    reason: str = ""
    rows: list[dict[str, str]] = field(default_factory=list)
    # Which act it belongs to, and the address that takes that back where the reader may.
    context: Any = None
    undo_url: str = ""


def event_model(model: type[Any]) -> type[Any]:
    return apps.get_model(model._meta.app_label, f"{model.__name__}Event")


def as_of_version(record: Any, version: str) -> Any:
    """The record as it stood with that version, None where history has no such row."""
    if not version.isdecimal() or len(version) > 9:
        return None
    events = event_model(type(record)).objects.filter(pgh_obj_id=record.pk, version=int(version))
    return events.order_by("-pgh_id").first()


def changes_of(record: Any, *, limit: int = 50) -> list[Change]:
    """The latest changes of a record, newest first; two queries and one for the names."""
    return changes_of_many([record], limit=limit)


def changes_of_many(records: list[Any], *, limit: int = 50, in_full: bool = False) -> list[Change]:
    """Changes of several records of one model, newest first; `in_full`: also what a new one
    said."""
    if not records:
        return []
    model = type(records[0])
    titles = {record.pk: str(record) for record in records}
    events = list(
        event_model(model)
        .objects.filter(pgh_obj_id__in=list(titles))
        .select_related("pgh_context")
        .order_by("-pgh_id")[: limit + len(records)]
    )
    names, named = _names(events), _Named()
    changes = []
    for index, event in enumerate(events):
        older = next((e for e in events[index + 1 :] if e.pgh_obj_id == event.pgh_obj_id), None)
        if older is None and event.pgh_label == "update":
            older = _before(model, event)
        if change := _change(
            model,
            event,
            older,
            names=names,
            titles=titles,
            named=named,
            single=len(records) == 1 or in_full,
        ):
            if in_full:
                change.what += str(model._meta.verbose_name)
                if event.pgh_label == "insert":
                    change.rows = _differences(model, model(), event, named, _own_columns(model))
            changes.append(change)
    return changes[:limit]


def _own_columns(model: type[Any]) -> list[Any]:
    """Without whose it is, which stands above it."""
    return [f for f in model._meta.concrete_fields if f.related_model in {None, Region}]


def _before(model: type[Any], event: Any) -> Any:
    """The version before one, which lies further back than what is shown."""
    events = event_model(model).objects.filter(pgh_obj_id=event.pgh_obj_id)
    return events.filter(pgh_id__lt=event.pgh_id).order_by("-pgh_id").first()


@dataclass(frozen=True)
class FieldChange:
    """One column of one write: of which record, from what to what, by whom, when and why.

    Of a record that was made or removed `label` is empty and `new` or `old` says what it held.
    """

    at: Any
    who: str
    reason: str
    record: str
    label: str
    old: str
    new: str


def changes_since(
    model: type[Any], columns: Iterable[str], *, moment: Any, **of: Any
) -> list[tuple[Any, FieldChange]]:
    """(the history's row, what it changed) of some columns since a moment, oldest first.

    `of` says whose rows, as the history knows them ("person__in"): also of those that belong to
    somebody else by now, or are gone.
    """
    history = event_model(model).objects.order_by("pgh_id")
    touched = history.filter(pgh_created_at__gt=moment, **of).values("pgh_obj_id")
    events = list(history.filter(pgh_obj_id__in=touched).select_related("pgh_context"))
    names = _names([event for event in events if event.pgh_created_at > moment])
    fields = [model._meta.get_field(name) for name in columns]
    named = _Named()
    named.read(fields, events)
    latest: dict[Any, Any] = {}
    found = []
    for event in events:
        older, latest[event.pgh_obj_id] = latest.get(event.pgh_obj_id), event
        if event.pgh_created_at <= moment:
            continue
        found += [
            (event, FieldChange(
                event.pgh_created_at,
                names.get(str(_metadata(event).get("user")), "系统"),
                str(_metadata(event).get("reason", "")),
                str(model._meta.verbose_name),
                *said,
            ))
            for said in _said(model, fields, older, event, named)
        ]  # fmt: skip
    return found


def _said(
    model: Any, fields: list[Any], older: Any, event: Any, named: _Named
) -> Iterator[tuple[str, str, str]]:
    """(label, old, new) of the columns that an event changed; all of them of a new record or
    one that is gone, together."""
    if event.pgh_label != "update" or older is None:
        own = [f for f in fields if f in _own_columns(model)]
        held = "，".join(
            f"{label_of(model, f.name)} {word}"
            for f in own
            if (word := _worded(f, getattr(event, f.attname), named))
        )
        yield ("", held, "（删除）") if event.pgh_label == "delete" else ("", "（新建）", held)
        return
    for row in _differences(model, older, event, named, fields):
        yield row["label"], row["old"], row["new"]


def _names(events: list[Any]) -> dict[str, str]:
    ids = {_metadata(e).get("user") for e in events} - {None}
    return {
        str(pk): name
        for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "display_name")
    }


def _metadata(event: Any) -> dict[str, Any]:
    return event.pgh_context.metadata if event.pgh_context else {}


def _change(
    model: Any,
    event: Any,
    older: Any,
    *,
    names: dict[str, str],
    titles: dict[Any, str],
    named: _Named,
    single: bool,
) -> Change | None:
    metadata = _metadata(event)
    rows = _differences(model, older, event, named) if event.pgh_label == "update" and older else []
    if event.pgh_label == "update" and older and not rows:
        return None
    title = "" if single else f"{model._meta.verbose_name}「{titles.get(event.pgh_obj_id, '')}」"
    verb = _VERBS.get(event.pgh_label, event.pgh_label)
    return Change(
        at=event.pgh_created_at,
        who=names.get(str(metadata.get("user")), "系统"),
        what=f"{verb}{title}",
        reason=str(metadata.get("reason", "")),
        rows=rows,
        context=event.pgh_context_id,
    )


def difference(model: Any, older: Any, newer: Any) -> list[dict[str, str]]:
    """{label, old, new} of what differs between two rows of a history."""
    return _differences(model, older, newer, _Named())


def _differences(
    model: Any, older: Any, newer: Any, named: _Named, columns: Iterable[Any] = ()
) -> list[dict[str, str]]:
    rows, entity = [], entity_of(model)
    silent = _SILENT.union(entity.silent.split() if entity else ())
    for column in columns or model._meta.concrete_fields:
        # What a program keeps for itself is no words.
        if column.name in silent or isinstance(column, BlindIndexField | JSONField):
            continue
        if column.name.endswith("_precision"):
            # Said with the date.
            continue
        old, new = getattr(older, column.attname), getattr(newer, column.attname)
        if isinstance(column, DateField) and not isinstance(column, DateTimeField):
            old, new = _as_known(older, column.name, old), _as_known(newer, column.name, new)
        if old == new:
            continue
        before, after = _worded(column, old, named), _worded(column, new, named)
        if isinstance(column, EncryptedTextField) and before == after:
            after += "（隐去的几位不同）"
        rows.append({"label": label_of(model, column.name), "old": before, "new": after})
    return rows


def _as_known(event: Any, name: str, value: Any) -> str:
    return date_as_known(event, name, value) if value else ""


class _Named(dict[tuple[Any, Any], str]):
    """Records that foreign keys name, each read once: (model, key) -> its name."""

    def read(self, fields: Iterable[Any], events: Iterable[Any]) -> None:
        """All that some columns of some rows name, a query a model."""
        wanted: dict[Any, set[Any]] = {}
        for column in filter(_is_named, fields):
            keys = {getattr(event, column.attname) for event in events} - {None}
            wanted.setdefault(column.remote_field.model, set()).update(keys)
        for model, keys in wanted.items():
            found = model._base_manager.in_bulk(list(keys))
            self.update({(model, key): str(found[key]) for key in keys & found.keys()})

    def __missing__(self, key: tuple[Any, Any]) -> str:
        model, pk = key
        found = model._base_manager.filter(pk=pk).first()
        self[key] = str(found) if found else "（已不存在）"
        return self[key]


def _is_named(column: Any) -> bool:
    """Foreign keys other than regions, which have their names at hand."""
    return isinstance(column, ForeignKey) and column.remote_field.model is not Region


def _worded(column: Any, value: Any, named: _Named) -> str:
    if value and _is_named(column):
        return named[column.remote_field.model, value]
    return words(column, value)
