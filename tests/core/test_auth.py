"""Log-in, sessions and what ends them (TRUST T08, T11, T21-T29, T36, T37, T62)."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.utils import timezone

from core.accounts.actions import reset_password
from core.accounts.backend import WRONG, address_is_exhausted, counted_name
from core.accounts.clients import client_address
from core.models import SecurityEvent, User
from talent.models import Person
from tests.conftest import COUNTY_A, PASSWORD
from tests.rows import make_person

ID_NUMBER = "520102199003077731"


def log_in(client: Client, username: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post("/login/", {"username": username, "password": password}, **extra)


def words(response: Any) -> str:
    """The page without its CSRF token."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.text)


def test_five_wrong_lock_the_pair_with_the_same_words(cast: Any, client: Client) -> None:
    answers = [log_in(client, "clerk_a", "Wrong-2026-pass") for _ in range(5)]
    answers.append(log_in(client, "clerk_a"))  # right, but locked
    assert {a.status_code for a in answers} == {200}
    assert len({words(a) for a in answers}) == 1
    assert WRONG in answers[-1].text
    assert log_in(client, "clerk_a", REMOTE_ADDR="10.0.0.9").status_code == 302
    assert log_in(Client(), "reviewer_a").status_code == 302


def test_a_reset_opens_what_wrong_passwords_had_locked(cast: Any, client: Client) -> None:
    """A forgotten password is typed five times, then somebody is asked for a new one."""
    for _ in range(5):
        log_in(client, "clerk_a", "Wrong-2026-pass")
    password = reset_password(user=cast.clerk_a, reason="忘记密码", by=cast.reviewer_a)
    assert log_in(client, "clerk_a", password).status_code == 302


def test_variants_of_a_name_are_counted_together(cast: Any, client: Client) -> None:
    for name in ("clerk_a", "CLERK_A", " clerk_a ", "Ｃlerk_a", "clerk_A"):
        log_in(client, name, "Wrong-2026-pass")
    assert log_in(client, "clerk_a").status_code == 200


def test_spellings_of_an_id_number_are_counted_together(cast: Any, client: Client) -> None:
    person = make_person(COUNTY_A, "张三", id_number=ID_NUMBER)
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    assert log_in(Client(), "520102 19900307 7731").status_code == 302
    spellings = (" ", "-", "'", "`", "\u200b")
    for sign in spellings:
        log_in(client, sign.join((ID_NUMBER[:6], ID_NUMBER[6:])), "Wrong-2026-pass")
    assert log_in(client, ID_NUMBER).status_code == 200
    assert AccessAttempt.objects.count() == 1


def test_a_long_user_name_with_a_phone_number_logs_in(cast: Any, client: Client) -> None:
    """It looks like an ID number and is none."""
    User.objects.filter(pk=cast.clerk_a.pk).update(username="nanming.13985012345")
    assert log_in(client, "nanming.13985012345").status_code == 302


def test_lock_ends_after_half_an_hour(cast: Any, client: Client) -> None:
    with time_machine.travel(timezone.now()) as clock:
        for _ in range(5):
            log_in(client, "clerk_a", "Wrong-2026-pass")
        clock.shift(timedelta(minutes=31))
        assert log_in(client, "clerk_a").status_code == 302


def test_hundreds_of_wrong_tries_shut_nobody_out(cast: Any, client: Client, settings: Any) -> None:
    """T22: whoever tries from elsewhere locks himself out, not the director."""
    assert log_in(client, "viewer_a").status_code == 302
    right = settings.PASSWORD_HASHERS
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for number in range(400):
        attacker = Client(REMOTE_ADDR=f"10.7.{number // 250}.{number % 40}")
        assert log_in(attacker, "viewer_a", "Wrong-2026-pass").status_code == 200
    assert client.get("/people/").status_code == 200
    settings.PASSWORD_HASHERS = right
    assert log_in(Client(), "viewer_a").status_code == 302


def test_wrong_tries_stand_in_the_log(cast: Any, client_of: Any) -> None:
    """等保 8.1.4.3: of every log-in who, when, from where and whether it succeeded."""
    attacker = Client(REMOTE_ADDR="10.4.4.4")
    for _ in range(6):
        log_in(attacker, "clerk_a", "Wrong-2026-pass")
    log_in(attacker, "Secret-typed-as-name", "Wrong-2026-pass")
    log = client_of(cast.auditor).get("/security/log/", {"kind": "登录失败"}).text
    assert log.count("来自 10.4.4.4") == 7
    assert log.count("暂停登录") == 2
    assert "Secret-typed-as-name" not in log
    assert "没有这个账号" in log
    assert ">系统</td>" not in log
    assert log.count(">未知</td>") == 7
    own = client_of(cast.security).get("/security/log/", {"kind": "登录失败"}).text
    assert own.count(">clerk_a</td>") == 6
    assert SecurityEvent.objects.filter(kind="登录失败").last().actor is None


def test_blank_posts_lock_nobody(cast: Any, client: Client) -> None:
    for _ in range(10):
        log_in(client, "", "")
        log_in(client, "clerk_a", "")
    assert not AccessAttempt.objects.exists()
    assert not SecurityEvent.objects.filter(kind="登录失败").exists()
    assert log_in(client, "clerk_a").status_code == 302


def test_one_address_with_many_names_has_to_wait(cast: Any, client: Client, settings: Any) -> None:
    settings.LOGIN_ADDRESS_LIMIT = 8
    for number in range(8):
        log_in(client, f"nobody{number}", "Wrong-2026-pass")
    answer = log_in(client, "clerk_a")
    assert answer.status_code == 200
    assert WRONG in answer.text
    assert log_in(client, "clerk_a", REMOTE_ADDR="10.0.0.9").status_code == 302


def test_forged_addresses_are_ignored(cast: Any, client: Client, rf: Any) -> None:
    for number in range(5):
        log_in(client, "clerk_a", "Wrong-2026-pass", HTTP_X_FORWARDED_FOR=f"10.1.1.{number}")
    assert log_in(client, "clerk_a", HTTP_X_FORWARDED_FOR="10.9.9.9").status_code == 200
    request = rf.get("/", HTTP_X_FORWARDED_FOR="6.6.6.6, 10.0.0.7", REMOTE_ADDR="172.18.0.2")
    assert client_address(request) == "172.18.0.2"
    with override_settings(BEHIND_PROXY=True):
        assert client_address(request) == "10.0.0.7"
        strange = rf.get("/", HTTP_X_FORWARDED_FOR="nonsense", REMOTE_ADDR="172.18.0.2")
        assert client_address(strange) == "172.18.0.2"
        assert client_address(rf.get("/", REMOTE_ADDR="")) is None


def test_an_id_number_is_never_kept_with_an_attempt(cast: Any, client: Client) -> None:
    log_in(client, ID_NUMBER, "Wrong-2026-pass")
    attempt = AccessAttempt.objects.get()
    assert ID_NUMBER not in "".join(str(v) for v in attempt.__dict__.values())
    assert counted_name(None, {"username": ID_NUMBER}).startswith("#")
    assert counted_name(None, {"username": "Sheng"}) == "sheng"


def test_unknown_disabled_and_expired_look_alike(cast: Any, client: Client) -> None:
    User.objects.filter(username="clerk_b").update(is_active=False)
    past = timezone.now() - timedelta(minutes=1)
    User.objects.filter(username="viewer_a").update(one_time_expires_at=past)
    # The same length, so that the name typed back is no difference.
    answers = [
        words(log_in(Client(REMOTE_ADDR=f"10.0.0.{i}"), name)).replace(name, "NAME")
        for i, name in enumerate(("nobody_x", "clerk_b", "viewer_a"))
    ]
    assert len(set(answers)) == 1


def test_unknown_names_take_as_long(cast: Any) -> None:
    """T24: the best of twelve, since a shared machine makes single tries slow."""
    seconds: dict[str, list[float]] = {"clerk_a": [], "nobody": []}
    for turn in range(12):
        for name, found in seconds.items():
            client = Client(REMOTE_ADDR=f"10.2.{turn}.{len(name)}")
            start = time.perf_counter()
            log_in(client, name, "Wrong-2026-pass")
            found.append(time.perf_counter() - start)
    known, unknown = (min(found) for found in seconds.values())
    assert 0.6 < known / unknown < 1.6


def test_session_is_new_after_login(cast: Any, client: Client) -> None:
    session = client.session
    session["planted"] = "x"
    session.save()
    before, token = session.session_key, client.get("/login/").cookies.get("csrf")
    log_in(client, "clerk_a")
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert token is None or client.cookies["csrf"].value != token.value
    assert SecurityEvent.objects.filter(kind="登录", actor=cast.clerk_a).count() == 1


def test_second_login_ends_the_first_with_a_notice(cast: Any) -> None:
    first, second = Client(), Client()
    log_in(first, "clerk_a")
    log_in(second, "clerk_a")
    assert first.get("/people/").status_code == 302
    assert second.get("/people/").status_code == 200


@pytest.mark.parametrize("polling", [True, False])
def test_idle_exit_and_polling(cast: Any, client: Client, polling: bool) -> None:
    headers = {"HTTP_X_POLLING": "1"} if polling else {}
    with time_machine.travel(timezone.now()) as clock:
        log_in(client, "clerk_a")
        client.get("/people/")
        for _ in range(4):
            clock.shift(timedelta(minutes=10))
            answer = client.get("/people/", **headers)
        assert answer.status_code == (302 if polling else 200)


def test_expired_session_sends_a_piece_of_a_page_to_the_login(cast: Any, client: Client) -> None:
    with time_machine.travel(timezone.now()) as clock:
        log_in(client, "clerk_a")
        clock.shift(timedelta(minutes=31))
        answer = client.get("/people/", HTTP_HX_REQUEST="true")
        assert answer.headers["HX-Redirect"].startswith("/login/")


def test_a_log_in_leads_back_to_a_page(cast: Any, client: Client) -> None:
    """Not to the address that a button sent to: that is no page, and showed a blank 405."""
    page, sent_to = "/people/?status=10", "/people/export/"
    came_from = {"HTTP_REFERER": f"http://testserver{page}"}
    back = "/login/?next=/people/%3Fstatus%3D10"
    assert client.post(sent_to, **came_from).headers["Location"] == back
    assert client.get(page).headers["Location"] == back
    elsewhere = client.post(sent_to, HTTP_REFERER="http://example.org/people/")
    assert elsewhere.headers["Location"] == "/login/?next=/"
    for method in (client.get, client.post):
        with time_machine.travel(timezone.now()) as clock:
            log_in(client, "clerk_a")
            clock.shift(timedelta(minutes=31))
            out = method(page, **came_from).headers["Location"]
            assert parse_qs(urlsplit(out).query) == {"next": [page]}


def test_an_address_that_only_takes_forms_says_so(cast: Any, client: Client) -> None:
    log_in(client, "clerk_a")
    answer = client.get("/people/export/")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "这个网址不能直接打开" in answer.content.decode()


def test_a_piece_of_a_page_with_a_broken_address_is_sent_to_the_login_too(client: Client) -> None:
    answer = client.get("/login/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://[")
    assert answer.headers["HX-Redirect"].startswith("/login/")


@pytest.mark.parametrize("target", ["/login/", "/login/?next=/login/"])
def test_the_login_does_not_lead_to_itself(cast: Any, client_of: Any, target: str) -> None:
    assert client_of(cast.clerk_a).get("/login/", {"next": target}).headers["Location"] == "/"


def test_a_busy_session_lives_eight_hours(cast: Any, client: Client) -> None:
    with time_machine.travel(timezone.now()) as clock:
        log_in(client, "clerk_a")
        for _ in range(33):
            clock.shift(timedelta(minutes=15))
            answer = client.get("/people/")
        assert answer.status_code == 302


def test_logout_ends_the_session(cast: Any, client: Client) -> None:
    log_in(client, "clerk_a")
    key = client.session.session_key
    assert client.get("/logout/").status_code == 405
    client.post("/logout/")
    assert not Session.objects.filter(session_key=key).exists()
    assert client.get("/people/").status_code == 302


def test_lost_rights_count_at_once(cast: Any, client: Client) -> None:
    log_in(client, "clerk_a")
    assert client.get("/people/").status_code == 200
    User.objects.filter(pk=cast.clerk_a.pk).update(role="auditor")
    assert client.get("/people/").status_code == 403
    User.objects.filter(pk=cast.clerk_a.pk).update(is_active=False)
    assert client.get("/people/").status_code == 302


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https:evil.example", "/\\evil.example", "javascript:alert(1)",
     "https://evil.example/", "%2f%2fevil.example", "\thttps://evil.example"],
)  # fmt: skip
def test_no_open_redirect(cast: Any, client: Client, target: str) -> None:
    data = {"username": "clerk_a", "password": PASSWORD, "next": target}
    location = client.post("/login/", data).headers["Location"]
    assert location == "/" or (location.startswith("/") and "//" not in location[:2])
    assert "evil" not in location or location.startswith("/%2f")


def test_one_time_password_reaches_only_its_change(cast: Any, client: Client) -> None:
    user = cast.clerk_a
    user.must_change_password = True
    user.one_time_expires_at = timezone.now() + timedelta(hours=24)
    user.save()
    assert log_in(client, "clerk_a").status_code == 302
    assert client.get("/people/").headers["Location"] == "/account/password/"
    # Nothing on the page leads to where it would not let one.
    assert 'href="/people/"' not in client.get("/account/password/").text
    same = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert "新密码不能与现在的密码相同" in client.post("/account/password/", same).text
    short = client.post("/account/password/", {"new_password1": "abc", "new_password2": "abc"})
    assert short.status_code == 200
    new = {"new_password1": "Another-2026-word", "new_password2": "Another-2026-word"}
    assert client.post("/account/password/", new).status_code == 302
    assert "密码已修改" in client.get("/").text
    assert client.get("/people/").status_code == 200
    assert log_in(Client(), "clerk_a", "Another-2026-word").status_code == 302


def test_one_time_password_expires(cast: Any, client: Client) -> None:
    user = cast.clerk_a
    user.must_change_password = True
    user.one_time_expires_at = timezone.now() + timedelta(hours=24)
    user.save()
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        assert log_in(client, "clerk_a").status_code == 200


def test_forged_host_is_refused(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["registry.example"]
    assert client.get("/login/", HTTP_HOST="evil.example").status_code == 400


def test_without_an_address_nobody_has_to_wait(cast: Any, rf: Any, settings: Any) -> None:
    """Over a socket of its own machine no request has one; each account still counts its own."""
    settings.LOGIN_ADDRESS_LIMIT = 0
    assert address_is_exhausted(rf.post("/login/"))
    assert not address_is_exhausted(rf.post("/login/", REMOTE_ADDR=""))


def test_attempts_are_counted_by_what_was_typed_too(rf: Any) -> None:
    typed = rf.post("/login/", {"username": " Clerk_A"})
    assert counted_name(typed) == counted_name(None, {"username": "clerk_a"}) == "clerk_a"
