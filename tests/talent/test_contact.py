"""The own contact: the address alone, and another phone that is read back before it is saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.entities.changes import changes_of
from talent.models import Person
from tests.conftest import TOWNSHIP_A, Cast
from tests.rows import make_person

pytestmark = pytest.mark.django_db
OLD, NEW = "13885012345", "13985054321"


@pytest.fixture
def own(cast: Cast) -> Person:
    return make_person(TOWNSHIP_A, phone=OLD, address="中华路", user=cast.worker_a)


@pytest.fixture
def worker(cast: Cast, client_of: Callable[[Any], Any]) -> Any:
    return client_of(cast.worker_a)


def stored(own: Person) -> tuple[str, str]:
    own.refresh_from_db()
    return str(own.phone), own.address


def test_the_address_does_not_ask_for_the_phone(own: Person, worker: Any) -> None:
    page = worker.get("/me/contact/").text
    assert "138****2345" in page
    assert OLD not in page
    assert worker.post("/me/contact/", {"phone": "", "address": "遵义路"}).status_code == 302
    assert stored(own) == (OLD, "遵义路")


@pytest.mark.parametrize("typed", [OLD, "138 8501 2345"])
def test_the_same_phone_is_no_other_one(typed: str, own: Person, worker: Any) -> None:
    assert worker.post("/me/contact/", {"phone": typed, "address": "中华路"}).status_code == 302
    assert stored(own) == (OLD, "中华路")


def test_another_phone_is_read_back_first(own: Person, worker: Any) -> None:
    sent = {"phone": "139 8505 4321", "address": "遵义路"}
    asked = worker.post("/me/contact/", sent)
    assert asked.status_code == 200
    assert "139 8505 4321" in asked.text
    assert "138****2345 随之换下" in asked.text
    assert stored(own) == (OLD, "中华路")
    form = asked.context["form"]
    again = {bound.html_name: bound.value() for bound in form}
    assert again == {"phone": NEW, "address": "遵义路", "seen": NEW}
    assert worker.post("/me/contact/", again).status_code == 302
    assert stored(own) == (NEW, "遵义路")


def test_what_was_read_back_is_what_is_saved(own: Person, worker: Any) -> None:
    """Changed once more after it was shown, it is shown once more."""
    sent = {"phone": NEW, "address": "", "seen": "13985054322"}
    assert worker.post("/me/contact/", sent).status_code == 200
    assert stored(own) == (OLD, "中华路")


def test_a_first_phone_is_saved_at_once(own: Person, worker: Any) -> None:
    own.phone = ""
    own.save()
    assert worker.post("/me/contact/", {"phone": "", "address": ""}).status_code == 422
    assert worker.post("/me/contact/", {"phone": NEW, "address": ""}).status_code == 302
    assert stored(own)[0] == NEW


def test_the_old_phone_is_told_in_the_history(own: Person, worker: Any) -> None:
    for phone in (NEW, "13985154321"):
        worker.post("/me/contact/", {"phone": phone, "address": "", "seen": phone})
    rows = [change.rows[0] for change in changes_of(own) if change.rows]
    assert [(row["label"], row["old"], row["new"]) for row in rows[:2]] == [
        ("联系电话", "139****4321", "139****4321（隐去的几位不同）"),
        ("联系电话", "138****2345", "139****4321"),
    ]
    page = worker.get("/me/history/").text
    assert "138****2345" in page
    assert NEW not in page
