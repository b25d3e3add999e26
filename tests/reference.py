"""Reference rows (divisions, plan) of a test database: loaded once, put back after a flush.

A test with real transactions ends with a flush of every table; COPY from memory brings
the reference rows back in milliseconds.
"""

from __future__ import annotations

import io
from typing import Any

from django.apps import apps
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

COMMANDS = ("load_regions", "load_plan")
_NOT_OURS = ("django_", "auth_", "pghistory_")
_kept: dict[str, bytes] = {}


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
    with connection.cursor() as cursor:
        for table in sorted(tables):
            if table.startswith(_NOT_OURS):
                continue
            buffer = io.BytesIO()
            copy = f'COPY (SELECT {_columns(table)} FROM "{table}") TO STDOUT'
            cursor.cursor.copy_expert(copy, buffer)
            if buffer.tell():
                _kept[table] = buffer.getvalue()


def restore() -> None:
    """Put the rows back where the flush took them; triggers and foreign keys wait outside."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM core_region)")
        if cursor.fetchone()[0]:
            return
        cursor.execute("SET session_replication_role = replica")
        for table, rows in _kept.items():
            copy = f'COPY "{table}" ({_columns(table)}) FROM STDIN'
            cursor.cursor.copy_expert(copy, io.BytesIO(rows))
        cursor.execute("SET session_replication_role = origin")


def send_everybody_home() -> None:
    """End connections that a live server's threads left, so that the database can go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
