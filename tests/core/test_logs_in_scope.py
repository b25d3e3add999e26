"""Logs and accounts are those of one's own area, or of the area one works in now."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from core.accounts import actions as accounts
from core.accounts.roles import Role
from core.models import ApiToken, ReadEvent, SecurityEvent, User
from tests.conftest import COUNTY_A, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged(cast: Any) -> None:
    for clerk in (cast.clerk_a, cast.clerk_b):
        ReadEvent.record(user=clerk, kind="reveal", people=[], reason=f"事由{clerk.username}")
        SecurityEvent.record(kind="登录", actor=clerk, target=clerk.username)


def local(role: Role) -> User:
    return User.objects.create_user(
        f"{role}_a", PASSWORD, role=role, region_id=COUNTY_A, display_name="南明管理员"
    )


@pytest.mark.parametrize("page", ["/security/reads/", "/security/log/"])
def test_a_county_reads_the_logs_of_its_own_accounts(
    page: str, logged: None, client_of: Any
) -> None:
    client = client_of(local(Role.AUDITOR))
    listed = client.get(page).text
    assert "clerk_a" in listed
    assert "clerk_b" not in listed
    exported = client.post(f"{page}export/", {"format": "csv"})
    text = b"".join(exported.streaming_content).decode()
    assert "clerk_a" in text
    assert "clerk_b" not in text


@pytest.mark.parametrize(
    ("part", "page"),
    [("auditor", "/security/reads/"), ("auditor", "/security/log/"), ("security", "/accounts/")],
)
def test_the_province_narrows_them_to_where_it_works(
    part: str, page: str, logged: None, cast: Any, client_of: Any
) -> None:
    client = client_of(getattr(cast, part))
    assert "clerk_b" in client.get(page).text
    client.post("/region/", {"region": COUNTY_A, "next": page})
    listed = client.get(page).text
    assert "clerk_a" in listed
    assert "clerk_b" not in listed


def test_who_may_not_read_them_is_given_none(logged: None, cast: Any) -> None:
    """Also where a page forgot to ask."""
    for user in (cast.clerk_a, cast.worker_a):
        assert not ReadEvent.objects.for_auditor(user).exists()
        assert not SecurityEvent.objects.for_user(user).exists()
        assert not User.objects.for_user(user).exists()
    accounts.create_token(user=cast.clerk_a, purpose="取数", days=7)
    assert not ApiToken.objects.for_user(AnonymousUser()).exists()
    assert [str(token) for token in ApiToken.objects.for_user(cast.clerk_a)] == ["取数"]
