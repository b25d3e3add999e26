"""Accounts inside one's own reach (TRUST T06, T07, T08, T11, T12, T26, T63)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.accounts import actions as accounts
from core.accounts.roles import Role
from core.desk.logs import security_words
from core.models import ApiToken, Region, SecurityEvent, User
from tests.conftest import COUNTY_A, COUNTY_B, PASSWORD

FORM = {"username": "newclerk", "display_name": "王五", "role": "clerk", "region": COUNTY_A}


def open_one(client: Client, **changes: str) -> Any:
    return client.post("/accounts/new/", FORM | changes)


def one_time(response: Any) -> str:
    return re.search(r'one-time">([^<]+)<', response.text).group(1)


def test_reviewer_opens_an_account_that_must_change_its_password(cast: Any, client_of: Any) -> None:
    answer = open_one(client_of(cast.reviewer_a))
    assert answer.status_code == 200
    password = one_time(answer)
    user = User.objects.get(username="newclerk")
    assert user.check_password(password)
    assert password not in user.password
    assert user.must_change_password
    assert timedelta(hours=23) < user.one_time_expires_at - timezone.now() <= timedelta(hours=24)
    event = SecurityEvent.objects.get(kind="开设账号", target="newclerk")
    assert event.actor == cast.reviewer_a
    assert password not in str(event.detail)
    # Shown once: no page shows it again.
    detail = client_of(cast.reviewer_a).get(reverse("account_detail", args=[user.pk]))
    assert password not in detail.text
    client = Client()
    client.post("/login/", {"username": "newclerk", "password": password})
    assert client.get("/").headers["Location"] == "/account/password/"


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("reviewer_a", {"region": COUNTY_B}),
        ("reviewer_a", {"region": "5201"}),
        ("reviewer_a", {"role": "security_admin"}),
        ("reviewer_a", {"role": "auditor"}),
        ("reviewer_a", {"role": "system_admin"}),
        ("reviewer_a", {"role": "worker"}),
        ("security", {"role": "worker"}),
        ("prefecture", {"region": "5203"}),
    ],
)
def test_grants_outside_the_reach_are_refused_and_logged(
    cast: Any, client_of: Any, part: str, changes: dict[str, str]
) -> None:
    """T07: the form offers none of these; whoever sends one is refused and named."""
    actor = getattr(cast, part)
    assert open_one(client_of(actor), **changes).status_code == 403
    assert not User.objects.filter(username="newclerk").exists()
    event = SecurityEvent.objects.get(kind="越权拒绝")
    assert event.actor == actor
    assert event.detail["attempt"] == "开设账号"


def test_county_security_admin_stays_in_the_county(cast: Any, client_of: Any) -> None:
    admin = User.objects.create_user(
        "anquan_a", PASSWORD, role=Role.SECURITY_ADMIN, region_id=COUNTY_A, display_name="南明安全"
    )
    client = client_of(admin)
    assert open_one(client, region=COUNTY_B).status_code == 403
    assert client.get(reverse("account_detail", args=[cast.clerk_b.pk])).status_code == 404
    edit = reverse("account_edit", args=[cast.clerk_a.pk])
    moved = {"display_name": "南明录入员", "role": "clerk", "region": COUNTY_B}
    assert client.post(edit, moved).status_code == 403
    assert User.objects.get(pk=cast.clerk_a.pk).region_id == COUNTY_A
    assert SecurityEvent.objects.filter(kind="越权拒绝", actor=admin).count() == 2


def test_accounts_out_of_reach_are_not_there(cast: Any, client_of: Any) -> None:
    client = client_of(cast.reviewer_a)
    listed = client.get("/accounts/").text
    assert "clerk_a" in listed
    for hidden in ("clerk_b", "auditor", "security", "worker_a"):
        assert hidden not in listed
    # A reviewer has no hand in administrators, even of the own region; nobody in the own account.
    local = User.objects.create_user(
        "shenji_a", PASSWORD, role=Role.AUDITOR, region_id=COUNTY_A, display_name="南明审计"
    )
    for account in (local, cast.reviewer_a, cast.clerk_b, cast.worker_a, cast.province):
        for verb in ("reset", "disable", "enable"):
            url = reverse("account_act", args=[account.pk, verb])
            assert client.post(url, {"reason": "试"}).status_code == 404
        assert client.get(reverse("account_edit", args=[account.pk])).status_code == 404
    own = reverse("account_act", args=[cast.security.pk, "reset"])
    assert client_of(cast.security).post(own, {"reason": "试"}).status_code == 404


def test_administrators_and_business_roles_never_mix(cast: Any, client_of: Any) -> None:
    """T12: one role an account, and no way from one kind to the other."""
    client = client_of(cast.security)
    to_admin = {"display_name": "南明录入员", "role": "auditor", "region": COUNTY_A}
    edit = reverse("account_edit", args=[cast.clerk_a.pk])
    assert client.post(edit, to_admin).status_code == 403
    to_clerk = {"display_name": "审计员", "role": "clerk", "region": "52"}
    edit = reverse("account_edit", args=[cast.auditor.pk])
    assert client.post(edit, to_clerk).status_code == 403
    assert User.objects.get(pk=cast.auditor.pk).role == Role.AUDITOR
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE core_user SET role = 'auditor,clerk' WHERE username = 'clerk_a'")
    assert not hasattr(User, "is_superuser")
    assert not [f.name for f in User._meta.get_fields() if f.name in {"groups", "user_permissions"}]


def test_actions_check_the_reach_by_themselves(cast: Any) -> None:
    region = Region.objects.get(pk=COUNTY_B)
    for call in (
        lambda: accounts.reset_password(user=cast.clerk_b, reason="试", by=cast.reviewer_a),
        lambda: accounts.disable_account(user=cast.reviewer_a, reason="试", by=cast.reviewer_a),
        lambda: accounts.create_account(
            username="x1234", display_name="某", role="clerk", region=region, by=cast.reviewer_a
        ),
        lambda: accounts.create_account(
            username="x1234", display_name="某", role="clerk", region=region, by=cast.clerk_b
        ),
    ):
        with pytest.raises(accounts.NotAllowed):
            call()
    assert SecurityEvent.objects.filter(kind="越权拒绝").count() == 4


@pytest.mark.parametrize("verb", ["reset", "disable", "move"])
def test_sessions_and_tokens_end_at_once(cast: Any, client_of: Any, verb: str) -> None:
    """T08, T11: an older session of the same account does not come back either."""
    older, newer = Client(), Client()
    for client in (older, newer):
        client.post("/login/", {"username": "clerk_a", "password": PASSWORD})
    token = accounts.create_token(user=cast.clerk_a, purpose="试", days=7)
    api = {"HTTP_AUTHORIZATION": f"Token {token}"}
    assert Client().get("/api/v1/people/", **api).status_code == 200
    assert newer.get("/people/").status_code == 200
    manager = client_of(cast.reviewer_a)
    if verb == "move":
        data = {"display_name": "南明录入员", "role": "viewer", "region": COUNTY_A}
        assert (
            manager.post(reverse("account_edit", args=[cast.clerk_a.pk]), data).status_code == 302
        )
    else:
        url = reverse("account_act", args=[cast.clerk_a.pk, verb])
        assert manager.post(url, {"reason": "调离岗位"}).status_code in {200, 302}
    assert newer.get("/people/").status_code == 302
    assert older.get("/people/").status_code == 302
    assert Client().get("/api/v1/people/", **api).status_code == 401


def test_the_record_of_an_account_says_what_was_changed(cast: Any, client_of: Any) -> None:
    client = client_of(cast.security)
    form = {"display_name": "王五", "role": "reviewer", "region": COUNTY_B}
    client.post(f"/accounts/{cast.clerk_a.pk}/edit/", form)
    page = client.get(f"/accounts/{cast.clerk_a.pk}/").text
    assert "角色：审核员；原为：录入员 贵阳市 南明区" in page
    shown = client.post(f"/accounts/{cast.clerk_a.pk}/reset/", {"reason": "忘记了"}).text
    until = timezone.localtime(User.objects.get(pk=cast.clerk_a.pk).one_time_expires_at)
    assert f"<dd>{until:%Y-%m-%d %H:%M}</dd>" in shown


def test_disabled_account_comes_back(cast: Any, client_of: Any) -> None:
    manager = client_of(cast.reviewer_a)
    for verb in ("disable", "enable"):
        url = reverse("account_act", args=[cast.clerk_a.pk, verb])
        assert manager.post(url, {"reason": "休假"}).status_code == 302
    assert (
        Client().post("/login/", {"username": "clerk_a", "password": PASSWORD}).status_code == 302
    )
    kinds = SecurityEvent.objects.filter(target="clerk_a").values_list("kind", flat=True)
    assert {"停用账号", "启用账号"} <= set(kinds)


def test_fields_that_no_form_has_are_ignored(cast: Any, client_of: Any) -> None:
    """T06: mass assignment."""
    extra = {"is_superuser": "1", "is_staff": "1", "is_active": "", "password": "Hacked-2026-pass",
             "must_change_password": "", "session_key": "x", "id": "1"}  # fmt: skip
    assert open_one(client_of(cast.reviewer_a), **extra).status_code == 200
    user = User.objects.get(username="newclerk")
    assert user.is_active
    assert user.must_change_password
    assert not user.check_password("Hacked-2026-pass")


def test_names_taken_and_malformed_are_said(cast: Any, client_of: Any) -> None:
    client = client_of(cast.reviewer_a)
    assert "已有人用" in open_one(client, username="clerk_a").text
    assert "小写字母" in open_one(client, username="张三").text
    assert open_one(client, region="").status_code == 422


@pytest.mark.parametrize("path", ["/accounts/new/", "/login/", "/account/password/"])
def test_an_empty_form_names_what_is_missing(path: str, cast: Any, client_of: Any) -> None:
    client = Client() if path == "/login/" else client_of(cast.reviewer_a)
    answer = client.post(path, {"token": ""})
    assert "该字段是必填项" not in answer.text
    assert "请填写" in answer.text


def test_nobody_gets_the_province_by_leaving_a_field_as_it_came(cast: Any, client_of: Any) -> None:
    assert client_of(cast.province).get("/accounts/new/").context["form"]["region"].value() is None
    form = client_of(cast.reviewer_a).get("/accounts/new/").context["form"]
    assert form["region"].value() == COUNTY_A


def test_the_workbench_of_an_administrator_leads_on(cast: Any, client_of: Any) -> None:
    """Who has no lists of people finds the pages of the role there, not an empty page."""
    page = client_of(cast.security).get("/")
    main = page.text.split('id="main"')[1]
    assert 'href="/accounts/"' in main
    assert 'href="/security/log/"' in main


def test_search(cast: Any, client_of: Any) -> None:
    client = client_of(cast.province)
    page = client.get("/accounts/", {"q": "clerk_b"}).text
    assert "clerk_b" in page
    assert "clerk_a" not in page
    assert "clerk_a" not in client.get("/accounts/", {"role": "viewer"}).text
    assert "没有符合条件的账号" in client.get("/accounts/", {"state": "disabled"}).text


# --- Tokens -----------------------------------------------------------------------------------
def test_token_is_hashed_expires_and_is_revoked(cast: Any, client_of: Any) -> None:
    """T63"""
    client = client_of(cast.clerk_a)
    answer = client.post("/account/tokens/", {"purpose": "县局取数", "days": "7"})
    token = one_time(answer)
    stored = ApiToken.objects.get()
    assert token not in "".join(str(v) for v in stored.__dict__.values())
    assert token not in client.get("/account/").text
    headers = {"HTTP_AUTHORIZATION": f"Token {token}"}
    stranger = Client()
    answer = stranger.get("/api/v1/people/", **headers)
    assert answer.status_code == 200
    assert not stranger.cookies  # no session from a token
    assert stranger.get("/people/", **headers).status_code == 302
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert stranger.get("/api/v1/people/", **headers).status_code == 401


def test_tokens_of_others_cannot_be_revoked(cast: Any, client_of: Any) -> None:
    accounts.create_token(user=cast.clerk_a, purpose="试", days=7)
    url = reverse("token_revoke", args=[ApiToken.objects.get().public_id])
    assert client_of(cast.reviewer_a).post(url).status_code == 404
    assert client_of(cast.clerk_a).post(url).status_code == 302
    assert not ApiToken.objects.exists()


def test_token_follows_the_account(cast: Any) -> None:
    token = accounts.create_token(user=cast.clerk_a, purpose="试", days=7)
    headers = {"HTTP_AUTHORIZATION": f"Token {token}"}
    User.objects.filter(pk=cast.clerk_a.pk).update(must_change_password=True)
    assert Client().get("/api/v1/people/", **headers).status_code == 401
    User.objects.filter(pk=cast.clerk_a.pk).update(must_change_password=False, is_active=False)
    assert Client().get("/api/v1/people/", **headers).status_code == 401


def test_tokens_are_few_and_for_staff(cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    for _ in range(accounts.TOKENS_MAX):
        client.post("/account/tokens/", {"purpose": "试", "days": "7"})
    assert "最多同时有" in client.post("/account/tokens/", {"purpose": "试", "days": "7"}).text
    for part in (cast.worker_a, cast.security, cast.auditor):
        answer = client_of(part).post("/account/tokens/", {"purpose": "试", "days": "7"})
        assert answer.status_code == 403


# --- Disuse ------------------------------------------------------------------------------------
def test_an_account_nobody_uses_is_closed_and_listed(cast: Any, client_of: Any) -> None:
    """T64: 90 days after the last log-in, or the opening; workers keep theirs."""
    now = timezone.now()
    User.objects.update(created_at=now - timedelta(days=200), last_login=now - timedelta(days=91))
    User.objects.filter(username="clerk_b").update(last_login=now - timedelta(days=89))
    User.objects.filter(username="viewer_a").update(last_login=None)
    User.objects.filter(username="auditor").update(last_login=None, created_at=now)
    User.objects.filter(username="security").update(last_login=now, password_changed_at=now)
    ApiToken.objects.create(user=cast.clerk_a, purpose="x", expiry=timedelta(days=7))
    accounts.disable_dormant()
    active = set(User.objects.filter(is_active=True).values_list("username", flat=True))
    assert active == {"clerk_b", "auditor", "security", "worker_a"}
    assert not ApiToken.objects.filter(user=cast.clerk_a).exists()
    client = client_of(cast.security)
    listed = client.get("/accounts/", {"state": "dormant"}).text
    assert "南明录入员" in listed
    assert "花溪录入员" not in listed
    event = SecurityEvent.objects.get(target="clerk_a")
    assert (event.kind, event.actor) == (accounts.DORMANT, None)
    assert "90 天没有登录" in security_words(event)


def test_an_account_opened_again_is_left_alone(cast: Any, settings: Any) -> None:
    User.objects.update(created_at=timezone.now() - timedelta(days=200))
    User.objects.exclude(username="clerk_a").update(last_login=timezone.now())
    assert accounts.disable_dormant() == 1
    cast.clerk_a.refresh_from_db()
    accounts.enable_account(user=cast.clerk_a, reason="休假回来", by=cast.reviewer_a)
    assert accounts.disable_dormant() == 0
    settings.DORMANT_DAYS = 0
    User.objects.update(last_login=None)
    assert accounts.disable_dormant() == 0


def test_an_account_closed_by_hand_after_disuse_is_not_listed_as_unused(
    cast: Any, client_of: Any
) -> None:
    """Opening those again that nobody used must not open one that somebody closed."""
    User.objects.update(created_at=timezone.now() - timedelta(days=200))
    User.objects.exclude(username="clerk_a").update(
        last_login=timezone.now(), password_changed_at=timezone.now()
    )
    accounts.disable_dormant()
    client = client_of(cast.reviewer_a)
    assert "南明录入员" in client.get("/accounts/", {"state": "dormant"}).text
    accounts.enable_account(user=cast.clerk_a, reason="休假回来", by=cast.reviewer_a)
    accounts.disable_account(user=cast.clerk_a, reason="调离", by=cast.reviewer_a)
    assert "南明录入员" not in client.get("/accounts/", {"state": "dormant"}).text
    assert "南明录入员" in client.get("/accounts/", {"state": "disabled"}).text


# --- What a list and a button say of an account --------------------------------------------------
def test_the_list_says_who_has_yet_to_come(cast: Any, client_of: Any) -> None:
    client = client_of(cast.reviewer_a)
    open_one(client)
    assert "待首次登录" in client.get("/accounts/").text
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert "一次性密码已过期" in client_of(cast.reviewer_a).get("/accounts/").text


@pytest.mark.parametrize("verb", ["enable", "promote"])
def test_what_does_not_fit_an_account_is_not_there(verb: str, cast: Any, client_of: Any) -> None:
    url = reverse("account_act", args=[cast.clerk_a.pk, verb])
    assert client_of(cast.reviewer_a).post(url, {"reason": "试"}).status_code == 404
    assert User.objects.get(pk=cast.clerk_a.pk).is_active


def test_another_name_ends_nobodys_session(cast: Any, client_of: Any) -> None:
    at_work = client_of(cast.clerk_a)
    same = {"role": Role.CLERK, "region": Region.objects.get(pk=COUNTY_A)}
    accounts.change_account(user=cast.clerk_a, display_name="赵六", **same, by=cast.reviewer_a)
    assert "赵六" in at_work.get("/people/").text


def test_tokens_last_as_long_as_is_offered(cast: Any) -> None:
    with pytest.raises(ValidationError, match="有效期"):
        accounts.create_token(user=cast.clerk_a, purpose="试", days=3650)
    assert not ApiToken.objects.exists()


def test_a_worker_is_managed_on_her_own_page(cast: Any) -> None:
    with pytest.raises(accounts.NotAllowed, match="人员页面"):
        accounts.reset_password(user=cast.worker_a, reason="忘记", by=cast.security)
