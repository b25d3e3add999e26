"""Rows of a test database that are made once and then copied: COPY takes milliseconds.

Reference rows (divisions, plan) come back after the flush that ends a test with real
transactions. Rows that many tests begin with (`made_once`) are made by the first of a process.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.backends.postgresql.creation import DatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations

COMMANDS = ("load_regions", "load_plan")
_NOT_OURS = ("django_", "auth_", "pghistory_")
_kept: dict[str, bytes] = {}
_made: dict[Callable[[], None], dict[str, bytes]] = {}

_sql_flush = DatabaseOperations.sql_flush


def flush_past_triggers() -> None:
    """Let Django empty a test database: the logs refuse TRUNCATE, but not to a superuser
    who turns triggers off."""

    def sql_flush(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
        return [
            "SET LOCAL session_replication_role = replica",
            *_sql_flush(self, style, tables, **options),
            "SET LOCAL session_replication_role = origin",
        ]

    DatabaseOperations.sql_flush = sql_flush


def copy_from(template: str) -> None:
    """Let Django make its test database by copying alone: there is nothing to migrate."""

    def create_test_db(self: Any, verbosity: int, autoclobber: bool, **options: Any) -> str:
        name = str(self._get_test_db_name())
        self._create_test_db(verbosity, autoclobber, options.get("keepdb", False))
        self.connection.close()
        settings.DATABASES[self.connection.alias]["NAME"] = name
        self.connection.settings_dict["NAME"] = name
        self.connection.ensure_connection()
        return name

    connection.settings_dict["TEST"]["TEMPLATE"] = template
    DatabaseCreation.create_test_db = create_test_db


def load() -> None:
    known = get_commands()
    for name in COMMANDS:
        if name in known:
            call_command(name, verbosity=0, stdout=io.StringIO())


def _columns(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name), ',' ORDER BY ordinal_position)"
            " FROM information_schema.columns WHERE table_schema = 'public'"
            " AND table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        return str(cursor.fetchone()[0])


def remember() -> None:
    """Keep what `restore` puts back."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    _kept.clear()
    _kept.update(_read({table for table in tables if not table.startswith(_NOT_OURS)}))


def _read(tables: set[str]) -> dict[str, bytes]:
    """The rows of the tables that hold any, as lines of COPY."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            buffer = io.BytesIO()
            copy = f'COPY (SELECT {_columns(table)} FROM "{table}") TO STDOUT'
            cursor.cursor.copy_expert(copy, buffer)
            if buffer.tell():
                found[table] = buffer.getvalue()
    return found


def _write(rows: dict[str, bytes]) -> None:
    """Triggers and foreign keys wait outside."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, lines in rows.items():
            copy = f'COPY "{table}" ({_columns(table)}) FROM STDIN'
            cursor.cursor.copy_expert(copy, io.BytesIO(lines))
        cursor.execute("SET session_replication_role = origin")


def restore() -> None:
    """Put the rows back where the flush took them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM core_region)")
        if cursor.fetchone()[0]:
            return
    _write(_kept)


def made_once(make: Callable[[], None]) -> None:
    """The rows that `make` adds, with their history. It may change none that are there, nor
    refer to the cast, which is another in every test."""
    if make in _made:
        _write(_made[make])
        return
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    before = _read(tables)
    make()
    added = {}
    for table, lines in _read(tables).items():
        new = Counter(lines.splitlines(keepends=True))
        old = Counter(before.get(table, b"").splitlines(keepends=True))
        assert not old - new, f"{table} was changed"
        added[table] = b"".join((new - old).elements())
    _made[make] = {table: lines for table, lines in added.items() if lines}


def send_everybody_home() -> None:
    """End connections that a live server's threads left, so that the database can go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
