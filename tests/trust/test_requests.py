"""What a request may claim and what it may ask for (TRUST T28, T29, T36, T37, T38)."""

from __future__ import annotations

import re
from typing import Any

import django
import pytest
from django.http import HttpResponse
from django.test import Client

from core.entities.entity import ENTITIES
from core.web.middleware import SecurityHeadersMiddleware
from tests.conftest import COUNTY_A, COUNTY_B, PASSWORD
from tests.contracts.policy import addresses
from tests.rows import make_person, make_row
from tests.servers import ROOT

LISTS = sorted(
    entity
    for name, _ in addresses()
    if (entity := name.removesuffix("_list")) in ENTITIES and ENTITIES[entity].is_record
)


def log_in(client: Client) -> None:
    assert client.post("/login/", {"username": "clerk_a", "password": PASSWORD}).status_code == 302


def test_who_is_logged_out_from_elsewhere_is_told_why(cast: Any) -> None:
    """T29: on the page one is led to, once."""
    first, second = Client(), Client()
    log_in(first)
    log_in(second)
    assert "您的账号已在别处登录" in first.get("/people/", follow=True).text
    assert second.get("/people/").status_code == 200


def test_whatever_asks_by_itself_says_so() -> None:
    """T28: a page that polls must not keep its session alive."""
    for path in (ROOT / "templates").rglob("*.html"):
        for tag in re.findall(r"<[^>]*hx-trigger=\"[^\"]*(?:every|delay)[^\"]*\"[^>]*>",
                              path.read_text()):  # fmt: skip
            assert "X-Polling" in tag or "input changed" in tag, f"{path}: {tag}"


@pytest.mark.parametrize(
    "forged",
    [
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_SERVER": "evil.example"},
        {"HTTP_FORWARDED": "host=evil.example;proto=https"},
        {"HTTP_X_ORIGINAL_URL": "/accounts/", "HTTP_X_REWRITE_URL": "/accounts/"},
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
        {"HTTP_REMOTE_USER": "security"},
    ],
)
def test_forged_headers_change_nothing(cast: Any, client_of: Any, forged: dict[str, str]) -> None:
    """T37: neither links, nor the address, nor who asks."""
    client = client_of(cast.clerk_a)
    for path, status in (("/", 200), ("/people/", 200), ("/accounts/", 403)):
        answer = client.get(path, **forged)
        assert answer.status_code == status
        assert "evil.example" not in answer.text
    led = Client().get("/people/", **forged)
    assert led.headers["Location"].startswith("/login/")


@pytest.mark.parametrize(
    "target", ["//evil.example", "https:evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_region_switch_leads_nowhere_else(target: str, cast: Any, client_of: Any) -> None:
    """T36"""
    data = {"region": COUNTY_A, "next": target}
    answer = client_of(cast.prefecture).post("/region/", data)
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("name", LISTS)
def test_look_ups_in_an_address_are_ignored(name: str, cast: Any, client_of: Any) -> None:
    """T04, T38: no parameter reaches the query by its name (CVE-2025-64459 among them)."""
    assert django.VERSION >= (5, 2, 19)
    own, foreign = make_row(name, COUNTY_A), make_row(name, COUNTY_B)
    view, client = ENTITIES[name], client_of(cast.clerk_a)
    plain = rows_of(client.get(view.url("list")).text)
    for query in (
        {"_connector": "OR", "_negated": "1"},
        {"region__code__startswith": "5", "pk__isnull": "0"},
        {"person__id_index__gt": "a", "created_by__password__startswith": "argon2"},
        {"pk": str(foreign.pk), "id": str(foreign.pk)},
        {"sort": "person__user__password"},
        {"order_by": "-password"},
    ):
        answer = client.get(view.url("list"), query)
        assert answer.status_code == 200
        assert rows_of(answer.text) == plain, query
        assert str(foreign.pk) not in answer.text.replace(str(query.get("pk")), "")
    assert len(plain) <= 1 or own


def rows_of(text: str) -> list[str]:
    table = re.search(r"<tbody.*?</tbody>", text, re.DOTALL)
    return re.findall(r'href="(/[a-z-]+/[0-9a-f-]{36}/)"', table[0]) if table else []


def test_counts_say_nothing_of_others(cast: Any, client_of: Any) -> None:
    """T04: the number beside a list is that of the scope, whatever is asked."""
    make_person(COUNTY_A, "张三")
    for _ in range(3):
        make_person(COUNTY_B, "张三")
    client = client_of(cast.clerk_a)
    for query in ({}, {"q": "张三"}, {"region": COUNTY_B}, {"region": "52"}):
        page = client.get("/people/", query)
        assert page.context["count"] <= 1
        assert "共 <b>3</b>" not in page.text


def test_only_what_is_the_same_for_everybody_may_be_kept(rf: Any) -> None:
    """Pages never, files of the portal itself by their own rule, a missing one never."""
    for path, status, is_kept in (
        ("/people/", 200, False), ("/static/app.css", 200, True), ("/static/none.css", 404, False),
    ):  # fmt: skip
        answer = SecurityHeadersMiddleware(lambda _, s=status: HttpResponse(status=s))(rf.get(path))
        assert ("no-store" in answer.headers.get("Cache-Control", "")) is not is_kept
        assert "camera=()" in answer.headers["Permissions-Policy"]
