"""Whether the database still writes down what it should: declared triggers, against installed."""

from __future__ import annotations

import pgtrigger
from django.db import connection

_INSTALLED = """
    SELECT c.relname, t.tgname, obj_description(t.oid, 'pg_trigger'), t.tgenabled <> 'D'
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE t.tgname LIKE 'pgtrigger_%' AND c.relnamespace = current_schema()::regnamespace
"""


def tables_without() -> list[str]:
    """Tables that lack one of their triggers, or have one that is another or switched off.

    They go on working and remember nothing, which no page would show.
    """
    with connection.cursor() as cursor:
        cursor.execute(_INSTALLED)
        installed = {(table, name): (text, on) for table, name, text, on in cursor.fetchall()}
    return sorted(
        {
            model._meta.db_table
            for model, trigger in pgtrigger.registered()
            if installed.get((model._meta.db_table, trigger.get_pgid(model)))
            != (trigger.compile(model).hash, True)
        }
    )
