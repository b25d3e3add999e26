"""The database as the product meets it: it may be lost, and it may have a replica.

Read-only pages of reports may be answered by a streaming replica (DATABASE_REPLICA_URL).
Everything else, and every write of these pages too, goes to the primary server, so
nobody misses what was just saved.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse

from core.text import tidy_name

REPLICA = "replica"
_is_reading: ContextVar[bool] = ContextVar("is_reading", default=False)

View = Callable[..., HttpResponse]


# Two who write the same rows wait for each other, or one waited too long for the other.
_CONFLICTS = ("40P01", "40001", "55P03")


def is_conflict(error: BaseException | None) -> bool:
    """Whether two acts of the same moment got into each other's way; one of them was done."""
    return getattr(getattr(error, "__cause__", None), "pgcode", None) in _CONFLICTS


def database_is_lost(error: BaseException | None) -> bool:
    """Whether an error says that the database went away.

    Where it leaves without a last word psycopg2 raises the bare DatabaseError.
    """
    if is_conflict(error):
        return False
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


def from_replica(view: View) -> View:
    """Decorator of a view: what a GET of it reads comes from the replica, where there is one."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_reading = request.method == "GET" and REPLICA in connections.databases
        token = _is_reading.set(is_reading)
        try:
            return view(request, *args, **kwargs)
        finally:
            _is_reading.reset(token)

    return wrapped


class ReplicaRouter:
    """Django's question which database to ask."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return REPLICA if _is_reading.get() else None

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "default"


def rewrite_names(apps: Any, schema_editor: Any, *, model: str, columns: tuple[str, ...]) -> None:
    """Of a migration: bring the names in these columns into the writing of `tidy_name`."""
    rows = apps.get_model(model)._base_manager
    for name in columns:
        stored = rows.filter(**{f"{name}__regex": r"[(),:;!?~]|[.]{3}"}).values_list("pk", name)
        for pk, text in stored.iterator():
            if (written := tidy_name(text)) != text:
                rows.filter(pk=pk).update(**{name: written})
