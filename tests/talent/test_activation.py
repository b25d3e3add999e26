"""The one-time code: shown once, five tries, seven days, and no hint to strangers (T24)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import segno
import time_machine
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import check_password, identify_hasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from core.accounts.privacy import NOTICE_VERSION
from core.accounts.roles import role_cards
from core.desk.logs import security_words
from core.models import SecurityEvent, User
from talent import actions
from talent.models import ActivationAttempt, ActivationCode, Person
from talent.own import accounts
from talent.tasks import forget_attempts
from tests.conftest import TOWNSHIP_A, Cast
from tests.rows import id_number, make_person

pytestmark = pytest.mark.django_db
MANUAL = settings.BASE_DIR / "docs" / "操作手册"
ClientOf = Callable[[Any], Client]
PASSWORD = "Qian-2026-sheng"


@pytest.fixture
def person(cast: Cast) -> Person:
    return make_person(TOWNSHIP_A, "王小明")


def issue(person: Person, cast: Cast) -> str:
    return actions.issue_activation_code(person=person, by=cast.clerk_a)


def submit(number: str, code: str, client: Client | None = None) -> Any:
    return (client or Client()).post(
        "/activate/",
        {"id_number": number, "code": code, "password": PASSWORD, "again": PASSWORD},
    )


def body(response: Any) -> str:
    """The answer without what differs on every page or repeats what was typed."""
    text = response.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    return re.sub(r'(name="(id_number|code)" )value="[^"]*"', r"\1", text)


def test_a_worker_opens_her_account_and_logs_in(cast: Cast, person: Person) -> None:
    code = issue(person, cast)
    response = submit(f" {person.id_number.lower()} ", code.lower())
    assert response.status_code == 200
    person.refresh_from_db()
    user = person.user
    assert user is not None
    assert (user.role, user.username, user.region) == ("worker", person.number.lower(), None)
    for name in (person.id_number, person.number, person.id_number.lower()):
        client = Client()
        answer = client.post("/login/", {"username": name, "password": PASSWORD})
        assert answer.status_code == 302
        assert client.get("/me/").status_code == 200


def test_a_new_code_opens_what_wrong_passwords_had_locked(cast: Cast, person: Person) -> None:
    submit(str(person.id_number), issue(person, cast))
    names = (str(person.id_number), person.number)
    for name in names * 5:
        Client().post("/login/", {"username": name, "password": "Wrong-2026-pass"})
    submit(str(person.id_number), issue(person, cast))
    for name in names:
        answer = Client().post("/login/", {"username": name, "password": PASSWORD})
        assert answer.status_code == 302, name


def test_the_notice_is_open_to_all_and_kept_with_the_activation(cast: Cast, person: Person) -> None:
    """T53: what she could read before, by version and time."""
    assert "/notice/" in Client().get("/activate/").content.decode()
    page = Client().get("/notice/").content.decode()
    for said in (NOTICE_VERSION, "为什么处理", "保存多久", "您的权利", "向谁提出"):
        assert said in page
    submit(str(person.id_number), issue(person, cast))
    event = SecurityEvent.objects.get(kind="激活账号")
    assert event.detail["notice"] == NOTICE_VERSION
    assert NOTICE_VERSION in security_words(event)
    assert event.at <= timezone.now()


def test_whoever_forgot_a_password_is_told_the_same_everywhere() -> None:
    """Log-in page and manual, and they name the roles that may do it."""
    page = strip_tags(Client().get("/login/").text)
    said = next(line.strip() for line in page.splitlines() if "忘记密码" in line)
    assert said in (MANUAL / "README.md").read_text()
    of_workers, of_staff = said.split("；")
    for words, permission in (
        (of_workers, "talent.activate_person"),
        (of_staff, "core.manage_accounts"),
    ):
        cards = role_cards().values()
        named = {str(card) for card in cards if str(card) in words} - {"社会工作者"}
        assert named == {str(card) for card in cards if permission in card.permissions}
    by = "请所在县（市、区）的录入员或审核员重新给一张激活码"
    assert by in of_workers
    assert by in (MANUAL / "社会工作者.md").read_text()
    assert by in str(submit(id_number(), "AAAAA-AAAAA").context["form"].errors)


def test_the_slip_says_where_to_go_and_no_more(
    cast: Cast, person: Person, client_of: ClientOf
) -> None:
    """The QR code is the address itself: who finds the slip's picture has no code from it."""
    client = client_of(cast.clerk_a)
    page = client.post(f"/people/{person.pk}/activation/", secure=True)
    address = "https://testserver/activate/"
    assert f'<span class="mono">{address}</span>' in page.text
    shown = re.search(r'<img class="activation-qr" src="([^"]+)"', page.text)
    assert shown is not None
    assert html.unescape(shown[1]) == segno.make_qr(address).svg_data_uri(light="#fff")
    assert Client().get(address).status_code == 200


def test_the_code_is_kept_only_as_a_hash(cast: Cast, person: Person) -> None:
    code = issue(person, cast)
    assert re.fullmatch(r"[2-9A-Z]{5}-[2-9A-Z]{5}", code)
    row = ActivationCode.objects.get()
    assert row.code_hash.startswith("argon2")
    assert code.replace("-", "") not in row.code_hash


def test_a_code_works_once(cast: Cast, person: Person) -> None:
    code = issue(person, cast)
    assert "账号已激活" in submit(person.id_number, code).content.decode()
    assert submit(person.id_number, code).status_code == 422


def test_a_new_code_ends_the_old_and_sets_a_new_password(cast: Cast, person: Person) -> None:
    old, new = issue(person, cast), issue(person, cast)
    assert submit(person.id_number, old).status_code == 422
    assert submit(person.id_number, new).status_code == 200
    again = issue(person, cast)
    assert submit(person.id_number, again).status_code == 200
    assert User.objects.filter(role="worker", person=person).count() == 1


def test_a_code_expires_after_seven_days(cast: Cast, person: Person) -> None:
    code = issue(person, cast)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert submit(person.id_number, code).status_code == 422
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert submit(person.id_number, code).status_code == 200


def test_a_code_has_five_tries(cast: Cast, person: Person) -> None:
    code = issue(person, cast)
    for _ in range(5):
        assert submit(person.id_number, "AAAAA-AAAAA").status_code == 422
    assert submit(person.id_number, code).status_code == 422


def test_an_address_has_its_limit(cast: Cast, person: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(accounts, "PER_ADDRESS", 3)
    code = issue(person, cast)
    for _ in range(3):
        submit(id_number(), "AAAAA-AAAAA")
    assert submit(person.id_number, code).status_code == 422
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert submit(person.id_number, code).status_code == 200


def test_a_number_has_its_limit_whatever_the_code(
    cast: Cast, person: Person, monkeypatch: Any
) -> None:
    monkeypatch.setattr(accounts, "PER_PERSON", 2)
    for _ in range(2):
        submit(person.id_number, "AAAAA-AAAAA")
    code = issue(person, cast)
    assert submit(person.id_number, code).status_code == 422


def test_every_failure_has_the_same_answer(cast: Cast, person: Person) -> None:
    used, dead = make_person(TOWNSHIP_A), make_person(TOWNSHIP_A)
    used_code, dead_code = issue(used, cast), issue(dead, cast)
    submit(used.id_number, used_code)
    actions.deactivate_person(person=dead, by=cast.clerk_a, reason="误录")
    issue(person, cast)
    answers = {
        "unknown": submit(id_number(), "AAAAA-AAAAA"),
        "not a number": submit("abc", "AAAAA-AAAAA"),
        "no code": submit(make_person(TOWNSHIP_A).id_number, "AAAAA-AAAAA"),
        "wrong code": submit(person.id_number, "AAAAA-AAAAA"),
        "used": submit(used.id_number, used_code),
        "deactivated": submit(dead.id_number, dead_code),
    }
    assert {a.status_code for a in answers.values()} == {422}
    assert len({body(a) for a in answers.values()}) == 1
    assert len({tuple(sorted(a.headers)) for a in answers.values()}) == 1


def test_known_and_unknown_cost_the_same(
    cast: Cast, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One slow hash each, of a kind: nothing to be told from how long it takes."""
    issue(person, cast)
    hashes: list[str] = []

    def counted(typed: str, encoded: str) -> bool:
        hashes.append(encoded)
        return bool(check_password(typed, encoded))

    monkeypatch.setattr(accounts, "check_password", counted)
    submit(id_number(), "AAAAA-AAAAA")
    costs = []
    for number in (person.id_number, id_number()):
        hashes.clear()
        with CaptureQueriesContext(connection) as asked:
            submit(number, "AAAAA-AAAAA")
        slow = [identify_hasher(encoded).algorithm for encoded in hashes]
        costs.append((slow, len(asked)))
    (known, queries), (stranger, queries_of_stranger) = costs
    assert known == stranger
    assert len(known) == 1
    # The code that was tried is read and counted: nothing beside a hash.
    assert 0 <= queries - queries_of_stranger <= 2


def test_no_number_stands_in_clear_in_what_is_counted(cast: Cast, person: Person) -> None:
    submit(person.id_number, "AAAAA-AAAAA")
    Client().post("/login/", {"username": person.id_number, "password": "wrong"})
    counted = str(list(ActivationAttempt.objects.values())) + str(
        list(AccessAttempt.objects.values())
    )
    assert AccessAttempt.objects.exists()
    assert person.id_number not in counted


def test_weak_and_differing_passwords_are_refused_before_the_code(
    cast: Cast, person: Person
) -> None:
    issue(person, cast)
    given = {"id_number": person.id_number, "code": "AAAAA-AAAAA"}
    for password, again in (("short", "short"), (PASSWORD, PASSWORD + "x")):
        response = Client().post("/activate/", given | {"password": password, "again": again})
        assert response.status_code == 422
    assert not ActivationAttempt.objects.exists()


def test_a_staff_account_is_never_reached_by_an_id_number(cast: Cast, person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(user=cast.clerk_a)
    from tests.conftest import PASSWORD as CAST_PASSWORD

    answer = Client().post("/login/", {"username": person.id_number, "password": CAST_PASSWORD})
    assert answer.status_code == 200


@pytest.mark.django_db
def test_tries_are_forgotten_after_a_month() -> None:
    now = timezone.now()
    for days in (1, 30, 32, 400):
        ActivationAttempt.objects.create(
            at=now - timedelta(days=days), address="10.1.2.3", id_index=b"x" * 32
        )
    assert forget_attempts() == 2
    assert ActivationAttempt.objects.count() == 2
