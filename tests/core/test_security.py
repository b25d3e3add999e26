"""The security log, the read log, logs of the process, settings (TRUST T14-T20, T38, T60)."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, InternalError, OperationalError, connection, transaction
from django.test import Client

from core.accounts.passwords import ThreeClassesValidator, one_time_password
from core.audit.chain import verify_chain
from core.models import ReadEvent, SecurityEvent, User
from core.secrecy.logs import OneLineFormatter
from core.web.errors import server_error
from core.web.middleware import ServiceUnavailableMiddleware
from talent.models import Person
from tests.conftest import COUNTY_A
from tests.rows import make_person

ROOT = Path(__file__).resolve().parents[2]


def some_events(number: int = 5) -> list[SecurityEvent]:
    with transaction.atomic():
        return [SecurityEvent.record(kind="登录", target=f"user{i}", n=i) for i in range(number)]


def tamper(sql: str, *values: Any) -> None:
    """As a superuser of the database, past the triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.django_db
@pytest.mark.parametrize("model", [SecurityEvent, ReadEvent])
def test_log_rows_cannot_be_changed(model: Any, cast: Any) -> None:
    """T14"""
    some_events()
    ReadEvent.record(user=cast.clerk_a, kind="list", people=[])
    for change in (lambda: model.objects.update(kind="x"), lambda: model.objects.all().delete()):
        with pytest.raises(InternalError), transaction.atomic():
            change()


@pytest.mark.django_db
@pytest.mark.parametrize("model", [SecurityEvent, ReadEvent, Person.pgh_event_model, User])
def test_logs_and_history_cannot_be_emptied(model: Any, cast: Any) -> None:
    """T14: TRUNCATE is refused, of the table itself and on the way down from another."""
    some_events()
    ReadEvent.record(user=cast.clerk_a, kind="list", people=[])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(InternalError), transaction.atomic():
            cursor.execute(f'TRUNCATE "{model._meta.db_table}" CASCADE')


@pytest.mark.django_db
def test_every_history_refuses_to_be_emptied() -> None:
    events = [m for m in apps.get_models() if hasattr(m, "pgh_tracked_model")]
    assert len(events) > 10
    for model in events:
        assert "never_emptied" in {trigger.name for trigger in model._meta.triggers}, model


@pytest.mark.django_db
def test_an_emptied_log_is_not_intact(cast: Any, client_of: Any) -> None:
    """T15: whoever logged in left a row."""
    assert verify_chain().is_intact
    client_of(cast.clerk_a)
    some_events()
    assert verify_chain().is_intact
    tamper("DELETE FROM core_securityevent")
    report = verify_chain(limit=10)
    assert not report.is_intact
    assert "清空" in report.words
    with pytest.raises(CommandError, match="清空"):
        call_command("verify_audit", stdout=StringIO())


@pytest.mark.django_db
def test_an_altered_row_is_named(cast: Any) -> None:
    """T15"""
    events = some_events()
    assert verify_chain().is_intact
    tamper("UPDATE core_securityevent SET target = 'x' WHERE id = %s", events[2].pk)
    assert verify_chain().broken == events[2].pk
    assert verify_chain(limit=1).is_intact
    with pytest.raises(CommandError, match=str(events[2].pk)):
        call_command("verify_audit", stdout=StringIO())


@pytest.mark.django_db
def test_a_removed_row_is_named_by_the_next(cast: Any) -> None:
    events = some_events()
    tamper("DELETE FROM core_securityevent WHERE id = %s", events[1].pk)
    assert verify_chain().broken == events[2].pk


@pytest.mark.django_db
def test_a_removed_end_is_found_by_what_was_noted(cast: Any) -> None:
    events = some_events()
    out = StringIO()
    call_command("verify_audit", "--json", stdout=out)
    noted = json.loads(out.getvalue())
    tamper("DELETE FROM core_securityevent WHERE id = %s", events[-1].pk)
    assert verify_chain().is_intact
    with pytest.raises(CommandError):
        call_command(
            "verify_audit", "--expect", f"{noted['last_id']}:{noted['last_seal']}", stdout=out
        )


@pytest.mark.django_db
def test_bulk_writes_are_in_the_history_with_their_user(cast: Any) -> None:
    """T17: bulk_create and update, each row, one context."""
    from core.audit.history import acting

    people = [make_person(COUNTY_A) for _ in range(20)]
    events = Person.pgh_event_model.objects.filter(pgh_obj_id__in=[p.pk for p in people])
    before = events.count()
    with acting(cast.clerk_a, reason="批量核对"):
        Person.objects.filter(pk__in=[p.pk for p in people]).update(remark="已核对")
    written = events.order_by("-pgh_id")[:20]
    assert events.count() == before + 20
    assert {e.pgh_context.metadata["user"] for e in written} == {str(cast.clerk_a.pk)}
    assert {e.pgh_context.metadata["reason"] for e in written} == {"批量核对"}
    assert len({e.pgh_context_id for e in written}) == 1


@pytest.mark.django_db
def test_when_the_log_cannot_be_written_nothing_is_shown(cast: Any, client_of: Any) -> None:
    """T18: no fail-open, for a list, a record, a reveal and the API."""
    person = make_person(COUNTY_A, "张三", id_number="520102199003077731")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_readevent ADD CONSTRAINT broken CHECK (false) NOT VALID")
    client = client_of(cast.clerk_a)
    client.raise_request_exception = False
    for url in (f"/people/{person.pk}/", "/people/", "/api/v1/people/"):
        with transaction.atomic():
            answer = client.get(url)
            transaction.set_rollback(True)
        assert answer.status_code >= 500, url
        assert "张三" not in answer.text
    with transaction.atomic():
        answer = client.post(f"/people/{person.pk}/reveal/", {"reason": "核对原件"})
        transaction.set_rollback(True)
    assert "520102199003077731" not in answer.text


@pytest.mark.django_db
def test_each_administrator_has_the_own_pages_only(cast: Any, client_of: Any) -> None:
    make_person(COUNTY_A, "张三")
    ReadEvent.record(user=cast.clerk_a, kind="reveal", people=[], reason="核对")
    some_events()
    pages = {"/security/log/": {"security", "auditor"}, "/security/reads/": {"auditor"},
             "/security/status/": {"system"}, "/accounts/": {"security"}}  # fmt: skip
    for part in ("security", "auditor", "system"):
        client = client_of(getattr(cast, part))
        for url, allowed in pages.items():
            assert client.get(url).status_code == (200 if part in allowed else 403), (part, url)
        assert client.get("/people/").status_code == 403
    log = client_of(cast.auditor).get("/security/log/", {"kind": "登录", "since": "2020-01-01"})
    assert "user4" in log.text
    assert "不是有效日期" in client_of(cast.auditor).get("/security/log/", {"since": "某日"}).text
    assert "核对" in client_of(cast.auditor).get("/security/reads/", {"who": "clerk_a"}).text


# --- Logs of the process -----------------------------------------------------------------------
def test_one_event_is_one_line_without_numbers() -> None:
    """T19, T20"""
    record = logging.LogRecord(
        "x",
        logging.INFO,
        "f",
        1,
        "%s",
        ("张三\n2026-01-01 INFO login ok 520102199003077731\r",),
        None,
    )
    line = OneLineFormatter().format(record)
    assert "\n" not in line
    assert "\r" not in line
    assert "\\n2026-01-01" in line
    assert "520102199003077731" not in line
    record = logging.LogRecord("x", logging.INFO, "f", 1, "tel 13885012345.", (), None)
    assert "13885012345" not in OneLineFormatter().format(record)


# --- Failures ----------------------------------------------------------------------------------
def test_a_lost_database_is_a_503(rf: Any) -> None:
    request = rf.get("/people/")
    answer = ServiceUnavailableMiddleware(lambda r: None).process_exception(
        request, OperationalError("gone")
    )
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert (
        ServiceUnavailableMiddleware(lambda r: None).process_exception(request, ValueError())
        is None
    )
    for gone in (OperationalError, DatabaseError):
        try:
            raise gone("server closed the connection unexpectedly")
        except DatabaseError:
            assert server_error(request).status_code == 503
    assert server_error(request).status_code == 500
    assert server_error(rf.get("/api/v1/people/")).headers["Content-Type"] == "application/json"


def test_error_pages_say_nothing_of_the_inside(client: Client) -> None:
    for url in ("/no/such/page", "/.git/config", "/static/../../etc/passwd"):
        answer = client.get(url)
        assert answer.status_code == 404, url
        assert "Traceback" not in answer.text


# --- Passwords and accounts from the command line ----------------------------------------------
def test_one_time_passwords_pass_every_rule() -> None:
    made = {one_time_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        ThreeClassesValidator().validate(password)
        assert not set("Il1O0o") & set(password)


def test_every_complaint_about_a_password_is_chinese() -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password("abc")
    assert "密码太短，至少要 12 位。" in refused.value.messages
    said = [*refused.value.messages, *password_validators_help_texts()]
    assert not [text for text in said if re.search(r"[A-Za-z]{2,}", text)]


@pytest.mark.django_db
def test_first_security_admin_from_the_command_line() -> None:
    out = StringIO()
    arguments = ["diyige", "--name", "第一人", "--role", "security_admin", "--region", "52"]
    call_command("create_account", *arguments, "--json", stdout=out)
    user = User.objects.get(username="diyige")
    assert user.check_password(json.loads(out.getvalue())["password"])
    assert user.must_change_password
    with pytest.raises(CommandError, match="已有人用"):
        call_command("create_account", *arguments, stdout=out)
    with pytest.raises(CommandError, match="没有区划代码"):
        call_command("create_account", "erhao", *arguments[1:-1], "99", stdout=out)
    with pytest.raises(CommandError, match="小写字母"):
        call_command("create_account", "张", *arguments[1:], stdout=out)


def test_check_refuses_weak_secrets() -> None:
    code = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings';"
        "django.setup(); from core.secrecy.checks import secrets_are_set;"
        "print(sorted(e.id for e in secrets_are_set(None)))"
    )
    env = {
        "PATH": "/usr/bin:/bin",
        "DEBUG": "false",
        "SECRET_KEY": "change-me",
        "FIELD_KEYS": "1:00",
        "BLIND_INDEX_KEY": "",
        "LOCAL_DIR": "/nonexistent",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    for name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY"):
        assert f"core.E_{name}" in done.stdout


def test_two_who_get_into_each_others_way_are_no_lost_database(rf: Any) -> None:
    """One of them was done: the other is told so, and not that the system comes back soon."""
    for code in ("40P01", "55P03"):
        cause = Exception()
        cause.pgcode = code  # type: ignore[attr-defined]
        error = OperationalError("deadlock detected")
        error.__cause__ = cause
        request = rf.post("/changes/")
        middleware = ServiceUnavailableMiddleware(lambda r: None)
        assert middleware.process_exception(request, error) is None
        try:
            raise error
        except OperationalError:
            answer = server_error(request)
        assert answer.status_code == 409
        assert "刚有人同时办理" in answer.content.decode()


@pytest.mark.django_db
def test_a_number_that_was_searched_for_stands_in_no_log_of_exports(
    cast: Any, client_of: Any
) -> None:
    """No page asks so; what is asked so by hand is refused, and leaves nothing."""
    client = client_of(cast.reviewer_a)
    for number in ("520102199003077734", "13885012345"):
        answer = client.post("/people/export/", {"format": "csv", "filter": f"q={number}"})
        assert answer.status_code == 400
    assert not ReadEvent.objects.filter(kind="export").exists()
