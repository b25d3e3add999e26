"""T53: a new notice of data processing is shown before the next save, and kept (PIPL 17, 35)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.utils import timezone

from core.accounts.privacy import NOTICE_VERSION
from core.models import SecurityEvent, User
from talent.models import Person
from tests.conftest import COUNTY_A
from tests.rows import make_person

NEW = "2027-01-01"


@pytest.fixture
def worker(cast: Any, client_of: Any) -> Any:
    person = make_person(COUNTY_A, "张三", phone="13885012345")
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    return client_of(cast.worker_a)


@pytest.fixture
def new_version(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("core.accounts.privacy", "core.accounts.actions", "core.desk.helping"):
        monkeypatch.setattr(import_module(module), "NOTICE_VERSION", NEW)


def test_who_has_read_it_is_not_asked(worker: Any) -> None:
    assert worker.get("/me/").status_code == 200
    page = worker.get("/notice/").text
    assert NOTICE_VERSION in page
    assert "我已阅读" not in page


def test_a_new_version_comes_before_the_next_save(worker: Any, cast: Any, new_version: Any) -> None:
    before = timezone.now()
    phone = {"phone": "13985054321", "address": ""}
    for answer in (
        worker.get("/me/"),
        worker.get("/"),
        worker.post("/me/contact/", phone),
        worker.get("/api/v1/change-requests/"),
    ):
        assert answer.headers["Location"] == "/notice/"
    piece = worker.get("/me/", HTTP_HX_REQUEST="true")
    assert piece.headers["HX-Redirect"] == "/notice/"
    assert Person.objects.get(user=cast.worker_a).phone == "13885012345"

    page = worker.get("/notice/").text
    assert NEW in page
    assert "我已阅读" in page
    assert worker.post("/notice/read/").status_code == 302
    assert worker.get("/me/").status_code == 200

    user = User.objects.get(pk=cast.worker_a.pk)
    assert user.notice_version == NEW
    assert before <= user.notice_at <= timezone.now()
    event = SecurityEvent.objects.get(kind="阅读处理规则")
    assert (event.actor, event.detail["notice"]) == (user, NEW)
    worker.post("/notice/read/")
    assert SecurityEvent.objects.filter(kind="阅读处理规则").count() == 1


def test_officials_and_strangers_only_read_it(cast: Any, client_of: Any, new_version: Any) -> None:
    for part in (cast.clerk_a, cast.security, cast.anonymous):
        page = client_of(part).get("/notice/")
        assert page.status_code == 200
        assert "我已阅读" not in page.text
    assert client_of(cast.clerk_a).get("/people/").status_code == 200


def test_the_password_comes_first(worker: Any, cast: Any, new_version: Any) -> None:
    User.objects.filter(pk=cast.worker_a.pk).update(must_change_password=True)
    assert worker.get("/me/").headers["Location"] == "/account/password/"
    assert worker.get("/account/password/").status_code == 200
