"""Passwords: length and age by role, words that everybody tries (TRUST 1.4, ADR 0016)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from core.accounts.roles import Role
from core.models import User
from demo.accounts import ACCOUNTS
from scripts import localenv
from tests.conftest import PASSWORD

CHANGE = "/account/password/"
NEW = {"new_password1": "Another-2026-word", "new_password2": "Another-2026-word"}


@pytest.fixture
def clock(cast: Any) -> Iterator[Any]:
    """The cast set their passwords now."""
    with time_machine.travel(timezone.now()) as clock:
        User.objects.update(password_changed_at=timezone.now())
        yield clock


def log_in(name: str) -> Client:
    client = Client()
    data = {"username": name, "password": PASSWORD}
    assert client.post("/login/", data).status_code == 302
    return client


@pytest.mark.parametrize(
    ("password", "role", "complaint"),
    [
        ("Blue-2026-sea", Role.CLERK, ""),
        ("Blue-2026-s", Role.CLERK, "密码太短，至少要 12 位。"),
        ("Blue-2026-s", Role.AUDITOR, "密码太短，至少要 12 位。"),
        ("Blue-2026s", Role.WORKER, ""),
        ("Blue-2026", Role.WORKER, "密码太短，至少要 10 位。"),
        ("bluesea-bluesea", Role.CLERK, "至少三类"),
        ("Guizhou@2026!!", Role.CLERK, "太常见"),
        ("Password-1234567", Role.WORKER, "太常见"),
        ("Clerk_x-1234", Role.CLERK, "相似"),
    ],
)
def test_rules_by_role(password: str, role: Role, complaint: str) -> None:
    user = User(username="clerk_x", display_name="王审核员", role=role)
    said = ""
    try:
        validate_password(password, user)
    except ValidationError as error:
        said = "".join(error.messages)
    assert complaint in said
    assert bool(said) == bool(complaint)


def test_a_password_of_ninety_days_has_to_be_changed_first(clock: Any) -> None:
    clock.shift(timedelta(days=90, minutes=1))
    client = log_in("clerk_a")
    for answer in (client.get("/people/"), client.post("/people/new/", {"name": "张三"})):
        assert answer.headers["Location"] == CHANGE
    page = client.get(CHANGE).text
    assert "您的密码已超过 90 天没有更换" in page
    assert "等级保护" in page
    plain = {"old_password": PASSWORD, "new_password1": "abc", "new_password2": "abc"}
    assert set(client.post(CHANGE, plain).context["form"].errors) == {"new_password1"}
    same = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert "新密码不能与现在的密码相同" in client.post(CHANGE, same).text
    assert client.post(CHANGE, NEW | {"old_password": PASSWORD}).status_code == 302
    assert client.get("/people/").status_code == 200


def test_age_counts_at_the_log_in(clock: Any) -> None:
    """Nobody is sent away from a form that is half filled in."""
    clock.shift(timedelta(days=89, hours=23, minutes=50))
    client = log_in("clerk_a")
    clock.shift(timedelta(minutes=20))
    assert client.get("/people/").status_code == 200
    assert log_in("clerk_a").get("/people/").headers["Location"] == CHANGE


def test_who_never_changed_it_counts_from_the_opening(clock: Any) -> None:
    User.objects.update(password_changed_at=None)
    assert log_in("clerk_a").get("/people/").status_code == 200
    User.objects.update(created_at=timezone.now() - timedelta(days=91))
    for name in ("clerk_a", "viewer_a", "province", "security", "auditor", "system"):
        assert log_in(name).get("/").headers["Location"] == CHANGE, name


def test_workers_keep_theirs(clock: Any) -> None:
    clock.shift(timedelta(days=400))
    assert log_in("worker_a").get("/me/").headers.get("Location") != CHANGE


def test_zero_days_asks_nobody(clock: Any, settings: Any) -> None:
    settings.PASSWORD_DAYS = 0
    clock.shift(timedelta(days=400))
    assert log_in("clerk_a").get("/people/").status_code == 200


def test_the_last_week_says_so(clock: Any) -> None:
    clock.shift(timedelta(days=82))
    assert "到期" not in log_in("clerk_a").get("/people/").text
    clock.shift(timedelta(days=2))
    end = timezone.localtime(timezone.now() + timedelta(days=6)).strftime("%Y-%m-%d")
    assert f"您的密码 {end} 到期" in log_in("clerk_a").get("/people/").text


def test_the_page_says_the_rules_of_the_role(clock: Any) -> None:
    assert "至少 12 位" in log_in("clerk_a").get(CHANGE).text
    page = log_in("worker_a").get(CHANGE).text
    assert "至少 10 位" in page
    assert not re.search(r"[A-Za-z]{3,} password", page)


def test_demo_accounts_have_whatever_password_was_asked_for(
    transactional_db: None, tmp_path: Any, settings: Any
) -> None:
    """And each has a first page, however few people were asked for."""
    settings.DEMO_PASSWORD = "short"
    call_command("seed_demo", people=40, stdout=StringIO())
    for account in ACCOUNTS:
        client = Client()
        data = {"username": account.username, "password": "short"}
        assert client.post("/login/", data).status_code == 302
        first = client.get("/", follow=True)
        assert first.redirect_chain in ([], [("/me/", 302)])
        assert first.status_code == 200, account.username
    assert localenv.complete({}, tmp_path)["PASSWORD_DAYS"] == "0"
