"""All that stands in the tables with a history, to be compared: before, after, and once more."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.apps import apps
from django.db import connection

from core.entities.changes import event_model
from core.entities.steps import is_tracked
from core.models import User

MODELS = [model for model in apps.get_models() if is_tracked(model)]
# What counts writes and moments, and no value that somebody gave.
COUNTED = {"version", "updated_at"}
Row = dict[str, Any]
# Label of a model -> key -> row.
World = dict[str, dict[Any, Row]]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _rows(model: Any) -> dict[Any, Row]:
    return {
        row[model._meta.pk.attname]: {k: _plain(v) for k, v in row.items()}
        for row in model._base_manager.values()
    }


def world() -> World:
    """Every row with a history, but for what a version and a moment count, and who may log in."""
    found: World = {
        model._meta.label: {
            key: {k: v for k, v in row.items() if k not in COUNTED}
            for key, row in _rows(model).items()
        }
        for model in MODELS
    }
    found["accounts"] = dict(User.objects.values_list("username", "is_active"))
    return found


def differing(one: World, other: World) -> dict[str, list[Any]]:
    """Label -> what stands in one of two worlds only; {} where they are the same."""
    return {
        label: [(one[label].get(key), other[label].get(key)) for key in keys]
        for label in one
        if (keys := [k for k in {*one[label], *other[label]}
                     if one[label].get(k) != other[label].get(k)])
    }  # fmt: skip


def done(before: World, after: World) -> dict[str, list[str]]:
    """What was done between two worlds, in a form that is the same when it is done again: rows
    that were made have another key then, and moments are others."""
    known = {key for rows in before.values() for key in rows}
    return {
        label: sorted(
            str((_again(was, known), _again(now, known))) for was, now in rows
        )
        for label, rows in differing(before, after).items()
    }  # fmt: skip


def _again(row: Any, known: set[Any]) -> Any:
    if not isinstance(row, dict):
        return row
    return {
        name: "new" if isinstance(value, uuid.UUID) and value not in known
        else "then" if isinstance(value, datetime.datetime)
        else value
        for name, value in row.items()
        if not (name == "id" and isinstance(value, int))
    }  # fmt: skip


def untold() -> list[str]:
    """Rows that are not what their history says last, or of which it says nothing."""
    found = []
    with connection.cursor() as cursor:
        for model in MODELS:
            event: Any = event_model(model)
            own = {f.attname for f in model._meta.concrete_fields if not f.generated}
            columns = [f.attname for f in event._meta.concrete_fields if f.attname in own]
            latest = event.objects.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
            told = {
                row.pop("pgh_obj_id"): {k: _plain(v) for k, v in row.items() if k != "pgh_label"}
                for row in latest.values("pgh_obj_id", "pgh_label", *columns)
                if row["pgh_label"] != "delete"
            }
            stands = {
                key: {name: row[name] for name in columns} for key, row in _rows(model).items()
            }
            found += [
                f"{model._meta.label} {key}: {told.get(key)} told, {stands.get(key)} stands"
                for key in {*told, *stands}
                if told.get(key) != stands.get(key)
            ]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return found
