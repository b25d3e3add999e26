"""manage.py grant_app_role NAME: the role that web, worker and beat connect as (ADR 0017).

Run by the owner of the tables after every migration. The role works with all rows, yet can
neither change nor remove what stands in the logs and in the history, nor alter a table.
"""

import os
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from psycopg2 import sql

VARIABLE = "POSTGRES_APP_PASSWORD"
LOGIN = "ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {password}"
# The right to ANALYZE, which an import does; until then only a table's owner has it.
MAINTAIN_SINCE = 170000


def kept_tables() -> list[str]:
    """The logs and the history: added to, never changed."""
    kept = [
        model._meta.db_table
        for model in apps.get_models()
        if "never_emptied" in {t.name for t in getattr(model._meta, "triggers", ())}
    ]
    return sorted(kept)


class Command(BaseCommand):
    help = "Create the application's database role and give it what it needs, no more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")

    @transaction.atomic
    def handle(self, *args: Any, name: str, **options: Any) -> None:
        if not (password := os.environ.get(VARIABLE)):
            raise CommandError(f"{VARIABLE} is not set; see .env.example")
        kept = kept_tables()
        names = {
            "role": sql.Identifier(name),
            "password": sql.Literal(password),
            "kept": sql.SQL(", ").join(map(sql.Identifier, kept)),
        }
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [name])
            verb = "ALTER" if cursor.fetchone()[0] else "CREATE"
            for statement in (f"{verb} {LOGIN}", *_grants(cursor.connection.server_version)):
                cursor.execute(sql.SQL(statement).format(**names))
        self.stdout.write(f"Role {name} may add to {len(kept)} kept tables, no more.")


def _grants(version: int) -> list[str]:
    change = "UPDATE, DELETE" + (", MAINTAIN" if version >= MAINTAIN_SINCE else "")
    return [
        # Whose transactions still run decides when a snapshot is up to date.
        "GRANT pg_read_all_stats TO {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT SELECT, INSERT, {change} ON ALL TABLES IN SCHEMA public TO {{role}}",
        f"REVOKE {change} ON {{kept}} FROM {{role}}",
        f"REVOKE INSERT, {change} ON django_migrations FROM {{role}}",
        # A request adds to the context it opened; a trigger closes it after a day.
        "REVOKE DELETE ON pghistory_context FROM {role}",
    ]
