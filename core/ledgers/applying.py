"""Staged rows into the registry, each exactly once, and out of it again.

The staged JSON of a row names the records of each model by their columns, so one INSERT … SELECT a
model writes all rows at once; history triggers and constraints see ordinary statements.
Applies run one after the other (an advisory lock), so that two ledgers with the same
people cannot deadlock or both create them.
"""

from __future__ import annotations

import json
from typing import Any

from django.apps import apps
from django.db import OperationalError, connection, models, transaction
from psycopg2.errors import LockNotAvailable

from core.jobs.running import Lease
from core.ledgers.comparing import compare
from core.ledgers.dating import forget_former, keep_former
from core.ledgers.ledger import ImportContext, Ledger
from core.ledgers.models import ImportBatch, ImportRow
from core.secrecy.fields import EncryptedTextField

_APPLY_LOCK = 5201315
# A wait for another ledger is this long at a time: well within a lease.
_TURN_SECONDS = 10
_MANY = 1_000
# Rows of an applied batch whose records stand in the registry because of it.
_APPLIED = "r.outcome IN ('new', 'changed') AND NOT r.is_undone"
# Columns the database fills by itself.
_OWN = frozenset({"version", "created_at", "updated_at"})
Outcome = ImportRow.Outcome


def apply(
    batch: ImportBatch, ledger: Ledger, context: ImportContext, lease: Lease
) -> dict[str, int]:
    """Write everything that is new or changed; returns the final counts.

    One transaction under the fencing token: a kill rolls it back, and the next runner
    repeats it from the same staged rows. They are compared once more first, because the
    registry may have moved since the preview; what it would change stands still from then on.
    """
    while True:
        with transaction.atomic():
            if _is_our_turn():
                return _apply(batch, ledger, context, lease)
        # The lease goes on meanwhile, and so may a cancel.
        lease.progress(done=0, total=0, phase="排在另一份台账之后写入")


def _is_our_turn() -> bool:
    """Whether this transaction is the one that writes ledgers, after a wait of some seconds."""
    with connection.cursor() as cursor:
        # Also carries the acting user to the triggers of what follows.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL lock_timeout = %s", [f"{_TURN_SECONDS}s"])
        try:
            with transaction.atomic():
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_APPLY_LOCK])
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            return False
        cursor.execute("SET LOCAL lock_timeout = 0")
        # What the history triggers are handed stays in memory.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        return True


def _apply(
    batch: ImportBatch, ledger: Ledger, context: ImportContext, lease: Lease
) -> dict[str, int]:
    lease.guard()
    found = ImportBatch.objects.get(pk=batch.pk)
    if found.applied_at is not None:
        # A runner was killed between the writing and the word that it is done.
        return dict(found.counts)
    for label in ledger.models:
        _lock(apps.get_model(label), batch)
    counts = compare(batch, ledger, context, is_final=True)
    ledger.before_apply(batch, context)
    # Updates first: a post ends before the next one may be open.
    for label in ledger.models:
        _update(apps.get_model(label), batch)
        if counts.get(Outcome.CHANGED):
            keep_former(apps.get_model(label), batch)
    for label in ledger.models:
        _insert(apps.get_model(label), batch)
    ledger.after_apply(batch, context)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_importbatch SET applied_at = now(), counts = %s WHERE id = %s",
            [json.dumps(counts), batch.pk],
        )
    return counts


def _lock(model: type[models.Model], batch: ImportBatch) -> None:
    """Let nobody edit what the preview says will change until it is written."""
    label = model._meta.label_lower
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT FROM {model._meta.db_table} WHERE id IN ("
            "  SELECT (j->>'id')::uuid"
            "  FROM core_importrow, jsonb_array_elements(writes->'update'->%s) j"
            "  WHERE batch_id = %s AND outcome = 'changed')"
            " ORDER BY id FOR UPDATE) locked",
            [label, batch.pk],
        )


def _columns(model: type[models.Model]) -> list[str]:
    """Columns that the staged JSON must give: all but generated and defaulted ones."""
    return [
        f.column for f in model._meta.concrete_fields if not f.generated and f.column not in _OWN
    ]


def _insert(model: type[models.Model], batch: ImportBatch) -> None:
    table, label = model._meta.db_table, model._meta.label_lower
    columns = _columns(model)
    names = ", ".join(f'"{c}"' for c in columns)
    defaults = _defaults(model)
    values = ", ".join(f'coalesce(x."{c}", %s)' if c in defaults else f'x."{c}"' for c in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values}"
            " FROM core_importrow r,"
            f" jsonb_populate_recordset(NULL::{table}, r.writes->'insert'->%s) x"
            " WHERE r.batch_id = %s AND r.outcome IN ('new', 'changed')"
            " AND r.writes->'insert' ? %s",
            [*defaults.values(), label, batch.pk, label],
        )
        inserted = cursor.rowcount
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        if inserted >= max(_MANY, cursor.fetchone()[0]):
            # Foreign-key checks of the next tables would else scan a table that their
            # cached plan still believes to be all but empty.
            cursor.execute(f"ANALYZE {table} (id)")


def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """Plain defaults of columns that may not be NULL, for what a ledger does not say."""
    return {
        f.column: f.get_db_prep_save(f.get_default(), connection)
        for f in model._meta.concrete_fields
        if (
            f.column not in _OWN
            and not (f.null or f.generated or f.primary_key)
            and (
                not callable(f.default) if f.has_default() else f.blank and f.empty_strings_allowed
            )
        )
        or isinstance(f, EncryptedTextField)
    }


def _update(model: type[models.Model], batch: ImportBatch) -> None:
    """Set the columns that a row names, keeping what they were for an undo."""
    table, label = model._meta.db_table, model._meta.label_lower
    columns = [c for c in _columns(model) if c != "id"]
    sets = [f'"{c}" = CASE WHEN r.j ? \'{c}\' THEN x."{c}" ELSE t."{c}" END' for c in columns]
    if any(f.column == "version" for f in model._meta.concrete_fields):
        sets += ["version = t.version + 1", "updated_at = now()"]
    rows = (
        "SELECT r.id AS row_id, j FROM core_importrow r,"
        " jsonb_array_elements(r.writes->'update'->%s) j"
        " WHERE r.batch_id = %s AND r.outcome = 'changed'"
    )
    params: list[Any] = [label, batch.pk]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_importrow r SET before = r.before || jsonb_build_object(%s::text, w.were)"
            " FROM (SELECT s.row_id, jsonb_agg(("
            "   SELECT jsonb_object_agg(k, to_jsonb(t)->k) FROM jsonb_object_keys(s.j) k)) AS were"
            f"  FROM ({rows}) s JOIN {table} t ON t.id = (s.j->>'id')::uuid"
            "  GROUP BY s.row_id) w"
            " WHERE r.id = w.row_id",
            [label, *params],
        )
        cursor.execute(
            f"UPDATE {table} t SET {', '.join(sets)}"
            f" FROM ({rows}) r, jsonb_populate_record(NULL::{table}, r.j) x WHERE t.id = x.id",
            params,
        )


def undo(batch: ImportBatch, ledger: Ledger) -> list[int]:
    """Take back what nobody touched since; returns the row numbers that were touched.

    Call inside a transaction. Rows that were touched stay as they are.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_APPLY_LOCK])
        touched = _touched(batch, ledger)
        for label in reversed(ledger.models):
            model = apps.get_model(label)
            cursor.execute(
                f"DELETE FROM {model._meta.db_table} t USING core_importrow r,"
                " jsonb_array_elements(r.writes->'insert'->%s) j"
                f" WHERE r.batch_id = %s AND {_APPLIED} AND NOT r.number = ANY(%s)"
                " AND t.id = (j->>'id')::uuid",
                [model._meta.label_lower, batch.pk, touched],
            )
        for label in reversed(ledger.models):
            _restore(apps.get_model(label), batch, touched)
            forget_former(apps.get_model(label), batch, touched)
        ledger.after_undo(batch)
        cursor.execute(
            "UPDATE core_importrow r SET is_undone = true"
            f" WHERE r.batch_id = %s AND {_APPLIED} AND NOT r.number = ANY(%s)",
            [batch.pk, touched],
        )
    return touched


def _touched(batch: ImportBatch, ledger: Ledger) -> list[int]:
    """Numbers of rows whose records, or records hanging on them, were written since."""
    numbers: set[int] = set()
    for label in ledger.models:
        model = apps.get_model(label)
        meta = model._meta
        event = _events_of(model)
        numbers |= _met(batch, meta.label_lower, ("insert", "update"), event, "pgh_obj_id")
        for relation in meta.related_objects:
            child, column = relation.related_model, relation.field.column
            event = None if getattr(child, "only_names", False) else _events_of(child)
            if event is not None:
                numbers |= _met(batch, meta.label_lower, ("insert", "update"), event, column)
            elif not hasattr(child, "pgh_tracked_model"):
                # Without history, or of no matter: that it hangs on what the batch made is enough.
                numbers |= _met(batch, meta.label_lower, ("insert",), child, column)
    return sorted(numbers | _written_since(batch, apps.get_model(ledger.models[0])))


def _written_since(batch: ImportBatch, model: type[models.Model]) -> set[int]:
    """Rows about a record that was written since, whatever of it they changed: somebody else
    may have it by now (a transfer, a merge)."""
    event = _events_of(model)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT r.number FROM core_importrow r JOIN {event._meta.db_table} x"
            f" ON x.pgh_obj_id = r.target WHERE r.batch_id = %s AND {_APPLIED}"
            " AND x.pgh_created_at > %s",
            [batch.pk, batch.applied_at],
        )
        return {number for (number,) in cursor.fetchall()}


def _events_of(model: Any) -> Any:
    return getattr(model, "pgh_event_model", None)


def _met(
    batch: ImportBatch, label: str, written: tuple[str, ...], model: Any, column: str
) -> set[int]:
    """Rows whose inserted or updated record of a model is named in another table's column;
    in a table of history, since the batch was applied."""
    since = "AND x.pgh_created_at > %s" if hasattr(model, "pgh_tracked_model") else ""
    ids = " UNION ALL ".join(
        "SELECT r.number, (j->>'id')::uuid AS id FROM core_importrow r,"
        f" jsonb_array_elements(r.writes->'{how}'->%s) j WHERE r.batch_id = %s AND {_APPLIED}"
        for how in written
    )
    params: list[Any] = [label, batch.pk] * len(written)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT w.number FROM ({ids}) w JOIN {model._meta.db_table} x"
            f' ON x."{column}" = w.id {since}',
            params + ([batch.applied_at] if since else []),
        )
        return {number for (number,) in cursor.fetchall()}


def _restore(model: type[models.Model], batch: ImportBatch, touched: list[int]) -> None:
    table, label = model._meta.db_table, model._meta.label_lower
    columns = [c for c in _columns(model) if c != "id"]
    sets = [f'"{c}" = CASE WHEN r.j ? \'{c}\' THEN x."{c}" ELSE t."{c}" END' for c in columns]
    if any(f.column == "version" for f in model._meta.concrete_fields):
        sets += ["version = t.version + 1", "updated_at = now()"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} t SET {', '.join(sets)} FROM (SELECT j"
            "  FROM core_importrow r, jsonb_array_elements(r.before->%s) j"
            f"  WHERE r.batch_id = %s AND {_APPLIED} AND NOT r.number = ANY(%s)) r,"
            f" jsonb_populate_record(NULL::{table}, r.j) x WHERE t.id = x.id",
            [label, batch.pk, touched],
        )
