"""What a ledger does to the past: former values of dated columns, noted and forgotten in sets,
and records that signed figures counted."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection, models

from core.entities import former, signed
from core.entities.former import Held
from core.ledgers.models import ImportBatch


def keep_former(model: type[models.Model], batch: ImportBatch) -> None:
    """Note it of every record whose dated columns an applied batch has just changed."""
    if _dated(model):
        _note_held(model, batch)
    for column, since_column in _dated(model).items():
        changes = []
        for key, was, now, is_first in _changes(model, batch, column, since_column or column):
            if change := former.changed(was, now, is_first=is_first):
                changes.append((key, *change))
        former.hold(model, column, changes)


_HELD = "core.formervalue"


def _note_held(model: type[models.Model], batch: ImportBatch) -> None:
    """What was noted of changed records until now, for an undo."""
    label = model._meta.label_lower
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_importrow r SET before = r.before || jsonb_build_object("
            "  %s::text, coalesce(r.before->%s, '[]') || f.held)"
            " FROM (SELECT w.id, jsonb_agg(to_jsonb(v) - 'id') AS held"
            "  FROM core_importrow w, jsonb_array_elements(w.writes->'update'->%s) j"
            "  JOIN core_formervalue v ON v.model = %s AND v.object_id = (j->>'id')::uuid"
            "  WHERE w.batch_id = %s AND w.outcome = 'changed' GROUP BY w.id) f"
            " WHERE r.id = f.id",
            [_HELD, _HELD, label, label, batch.pk],
        )


def _dated(model: Any) -> dict[str, str]:
    return dict(getattr(model, "dated_columns", {}))


def _changes(
    model: type[models.Model], batch: ImportBatch, column: str, since: str
) -> list[tuple[Any, Held, Held, bool]]:
    """(key, what it was, what it is, whether it was incomplete until then) of the records of
    which a batch changed either column."""
    table, label = model._meta.db_table, model._meta.label_lower
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.id, CASE WHEN b.j ? %s THEN b.j->>%s ELSE t.{column}::text END,"
            f" CASE WHEN b.j ? %s THEN b.j->>%s ELSE t.{since}::text END,"
            f" t.{column}::text, t.{since}::text, coalesce(b.j->>'is_incomplete' = 'true', false)"
            f" FROM core_importrow r, jsonb_array_elements(r.before->%s) AS b(j), {table} t"
            " WHERE r.batch_id = %s AND r.outcome = 'changed' AND b.j ?| %s"
            " AND t.id = (b.j->>'id')::uuid",
            [column, column, since, since, label, batch.pk, [column, since]],
        )
        return [
            (key, Held(was or "", _day(was_since)), Held(now or "", _day(now_since)), is_first)
            for key, was, was_since, now, now_since, is_first in cursor.fetchall()
        ]


def _day(text: str | None) -> datetime.date | None:
    """The text of a column of dates; of any other column none."""
    try:
        return datetime.date.fromisoformat(text or "")
    except ValueError:
        return None


def forget_former(model: type[models.Model], batch: ImportBatch, touched: list[int]) -> None:
    """Take back what the batch noted of records that nobody touched since; what it replaced
    stands again."""
    if not _dated(model):
        return
    label = model._meta.label_lower
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM core_formervalue f USING core_importrow r,"
            " jsonb_path_query(r.writes, '$.*.*[*]') j"
            " WHERE f.model = %s AND f.created_at >= %s AND r.batch_id = %s"
            " AND NOT r.number = ANY(%s) AND f.object_id = (j->>'id')::uuid",
            [label, batch.applied_at, batch.pk, touched],
        )
        held = (
            "core_importrow r, jsonb_populate_recordset(NULL::core_formervalue, r.before->%s) x"
            " WHERE r.batch_id = %s AND NOT r.number = ANY(%s) AND r.before ? %s AND x.model = %s"
        )
        params: list[Any] = [_HELD, batch.pk, touched, _HELD, label]
        cursor.execute(
            f"DELETE FROM core_formervalue f USING {held}"
            " AND f.model = x.model AND f.object_id = x.object_id",
            params,
        )
        names = ("model", "object_id", "column", "value", "since", "until", "created_at")
        given = ", ".join(f'"{name}"' for name in names)
        read = ", ".join(f'x."{name}"' for name in names)
        cursor.execute(f"INSERT INTO core_formervalue ({given}) SELECT {read} FROM {held}", params)


def corrects_signed(batch: ImportBatch, model: type[models.Model]) -> int:
    """How many records that signed figures counted a batch would change in what decides them."""
    columns = signed.deciding() if batch.counts.get("changed") else {}
    if not columns:
        return 0
    touches = " OR ".join(
        "EXISTS (SELECT FROM jsonb_array_elements(writes->'update'->%s) j WHERE j ?| %s)"
        for _ in columns
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT target FROM core_importrow WHERE batch_id = %s AND outcome = 'changed'"
            f" AND target IS NOT NULL AND ({touches})",
            [batch.pk, *(value for item in columns.items() for value in item)],
        )
        keys = [key for (key,) in cursor.fetchall()]
    return signed.counted(model, keys) if keys else 0
