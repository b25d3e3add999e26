"""T14: what the application's own database role may do to the logs, and that it suffices."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import Client

from core.audit.history import acting
from core.entities.entity import ENTITIES
from core.ledgers import actions
from core.management.commands.grant_app_role import VARIABLE, kept_tables
from core.models import ReadEvent, SecurityEvent
from core.tasks import housekeeping, sweep_jobs
from reports.snapshots.actions import take_all
from talent.models import Person
from tests.conftest import COUNTY_A, PASSWORD
from tests.contracts.test_addresses import closed
from tests.imports.ledgers import fresh, outcomes, people, person, take
from tests.rows import make_person, make_row

LOGS = {"core_readevent", "core_securityevent"}
DENIED = r"permission denied|must be owner"
KEPT = (*kept_tables(), "pghistory_context")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def app_role(cast: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """This test's connection has the rights of the role; the server forgets it afterwards."""
    monkeypatch.setenv(VARIABLE, "not-used")
    name = f"app_of_{connection.settings_dict['NAME']}"
    with acting(cast.clerk_a, reason="登记"):
        make_person(COUNTY_A, "张三")
    ReadEvent.record(user=cast.clerk_a, kind="list", people=[])
    SecurityEvent.record(kind="登录", target="clerk_a")
    call_command("grant_app_role", name, stdout=StringIO())
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f'SET ROLE "{name}"')
    yield name
    run("RESET ROLE")


def refuses(statement: str, *, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words), transaction.atomic():
        run(statement)


def test_the_role_changes_nothing_that_is_kept(app_role: str) -> None:
    assert len(KEPT) > 20
    for table in KEPT:
        for statement in (
            f'DELETE FROM "{table}"',
            f'TRUNCATE "{table}" CASCADE',
            f'ALTER TABLE "{table}" DISABLE TRIGGER ALL',
            f'DROP TABLE "{table}" CASCADE',
        ):
            refuses(statement, error=ProgrammingError, words=DENIED)
        if table != "pghistory_context":
            key = next(m._meta.pk.column for m in apps.get_models() if m._meta.db_table == table)
            change = f'UPDATE "{table}" SET "{key}" = "{key}"'
            refuses(change, error=ProgrammingError, words=DENIED)


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "CREATE TABLE elsewhere (id int)",
        "ALTER TABLE core_user ADD COLUMN is_superuser boolean",
        "DELETE FROM django_migrations",
        "CREATE ROLE another SUPERUSER",
        "COPY core_user TO PROGRAM 'cat'",
    ],
)
def test_the_role_is_no_owner(statement: str, app_role: str) -> None:
    refuses(statement, error=ProgrammingError, words=DENIED)


def test_triggers_refuse_the_owner_too(cast: Any) -> None:
    """Both logs, every history table, and who wrote it."""
    with acting(cast.clerk_a):
        for entity in sorted(n for n, e in ENTITIES.items() if e.is_record):
            make_row(entity, COUNTY_A)
    ReadEvent.record(user=cast.clerk_a, kind="list", people=[])
    SecurityEvent.record(kind="登录", target="clerk_a")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    filled = set()
    for table in KEPT:
        refuses(f'TRUNCATE "{table}" CASCADE', error=InternalError, words="Cannot")
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
            if cursor.fetchone()[0]:
                filled.add(table)
                refuses(f'DELETE FROM "{table}"', error=InternalError, words="Cannot")
    assert {*LOGS, "pghistory_context", "talent_personevent", "talent_postevent"} <= filled
    assert len(filled) > 12


def test_who_wrote_it_is_closed_after_a_day(cast: Any) -> None:
    with acting(cast.clerk_a):
        make_person(COUNTY_A)
    change = "UPDATE pghistory_context SET metadata = '{}'"
    with transaction.atomic():
        run(change)
        transaction.set_rollback(True)
    back = "UPDATE pghistory_context SET created_at = created_at - interval '1 hour'"
    refuses(back, error=InternalError, words="Cannot change")
    run("ALTER TABLE pghistory_context DISABLE TRIGGER context_is_kept")
    run("UPDATE pghistory_context SET created_at = now() - interval '25 hours'")
    run("ALTER TABLE pghistory_context ENABLE TRIGGER context_is_kept")
    refuses(change, error=InternalError, words="Cannot change")


def test_the_role_is_enough_for_the_work(cast: Any, app_role: str, client_of: Any) -> None:
    """Pages, an import with its undo, figures, exports and the housekeeping."""
    client = Client()
    answer = client.post("/login/", {"username": "clerk_a", "password": PASSWORD})
    assert answer.status_code == 302
    known = Person.objects.get(name="张三")
    for path in ("/", "/people/", f"/people/{known.pk}/", f"/people/{known.pk}/history/"):
        assert client.get(path).status_code == 200
    assert client.post("/people/", {"q": known.id_number}).status_code == 200
    assert closed(client.post("/people/export/", {})).status_code == 200
    batch = take(cast.clerk_a, "people", people(person(), person("李四")))
    assert outcomes(batch) == {"new": 2}
    actions.undo(batch=batch, by=cast.clerk_a)
    assert fresh(batch).undone_at
    take_all()
    housekeeping()
    sweep_jobs()
    assert client_of(cast.reviewer_a).get("/dashboard/", follow=True).status_code == 200


def test_a_role_without_a_password_is_not_made(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(CommandError, match=VARIABLE):
        call_command("grant_app_role", "registry_app")
