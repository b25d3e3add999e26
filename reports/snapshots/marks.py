"""Whether anything that decides figures changed since they were computed."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Model

from core.regions.tree import divisions_on
from reports.definitions.registry import INDICATORS, definitions_version
from reports.snapshots.models import Snapshot


def watched() -> list[type[Model]]:
    """Models whose rows decide figures; their event tables number every change."""
    found = {model for i in INDICATORS for model in i.population.reads}
    return sorted(found, key=lambda model: model._meta.label)


# Transactions that write in this database (a server's others are none of our business, and
# autovacuum, which takes a number too when it analyses a table, changes no row).
_WRITERS = (
    "SELECT array_agg(backend_xid::text::bigint) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL"
    " AND backend_type = 'client backend'"
)


def look() -> dict[str, Any]:
    """The latest change of every watched model, and the writers still under way.

    A writer that was under way may already have taken numbers below the latest one seen,
    so its end is a change too, whatever its numbers.
    """
    tables = [f"{model._meta.db_table}event" for model in watched()]
    latest = ", ".join(f"(SELECT max(pgh_id) FROM {table})" for table in tables)
    sql = f"SELECT pg_snapshot_xmax(pg_current_snapshot())::text, {latest}"
    with connection.cursor() as cursor:
        writers = _writers(cursor)
        cursor.execute(sql)
        next_one, *numbers = cursor.fetchone()
        writers |= _writers(cursor)
    return {
        "changes": [number or 0 for number in numbers],
        "writers": sorted(_in_full(xid, int(next_one)) for xid in writers),
    }


def _writers(cursor: Any) -> set[int]:
    cursor.execute("SELECT pg_stat_clear_snapshot()")
    cursor.execute(_WRITERS)
    return set(cursor.fetchone()[0] or [])


def _in_full(xid: int, near: int) -> int:
    """The 64-bit number of a 32-bit transaction id, the one nearest to another."""
    full = (near >> 32 << 32) + xid
    if full > near + 2**31:
        return full - 2**32
    return full + 2**32 if full < near - 2**31 else full


def is_stale(snapshot: Snapshot) -> bool:
    """Whether anything that decides figures changed since the snapshot was computed."""
    if snapshot.definitions_version != definitions_version():
        return True
    if snapshot.divisions_version != divisions_on(snapshot.as_of).version:
        return True
    if look()["changes"] != snapshot.marks.get("changes"):
        return True
    return _any_finished(snapshot.marks.get("writers", []))


def _any_finished(writers: list[int]) -> bool:
    if not writers:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(pg_visible_in_snapshot(x::xid8, pg_current_snapshot()))"
            " FROM unnest(%s::text[]) AS x",
            [[str(xid) for xid in writers]],
        )
        return bool(cursor.fetchone()[0])
