"""Every address × every role: policy, scope, headers, safe GETs, no numbers, no English."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from core.entities.entity import ENTITIES
from core.models import ReadEvent
from stations.models import Station
from talent.models import Person, Post
from tests.conftest import COUNTY_A, COUNTY_B
from tests.contracts.policy import ANYONE, SIGNED_IN, Policy, addresses, allows, policy_of
from tests.leaks import numbers_in
from tests.rows import DAY, make_person

ALL = sorted({name for name, _ in addresses()})
SWEPT = [name for name in ALL if policy_of(name) is not None]
ID_NUMBER, PHONE = "520102199003077731", "13885012345"
_NUMBERS = re.compile(r"(?<![\dA-Za-z])(?:5201021990\d{7}[\dX]|1388501\d{4})(?![\dA-Za-z])")
_ENGLISH = re.compile(r"Traceback|Exception|DoesNotExist|IntegrityError|not found|Not Found|denied")


def test_every_address_has_a_policy() -> None:
    """T01: a new address without a line in policy.py fails here."""
    missing = sorted({f"{name} {path}" for name, path in addresses() if policy_of(name) is None})
    assert not missing


def test_no_admin_site(client: Any) -> None:
    assert client.get("/admin/").status_code == 404
    assert not any("admin" in path for _, path in addresses())


def url_for(name: str, policy: Policy, record: Any = None) -> str:
    kwargs = dict(policy.kwargs)
    if policy.make is not None:
        kwargs[policy.key] = getattr(record, "pk", record)
    try:
        return reverse(name, kwargs=kwargs or None)
    except NoReverseMatch:
        return reverse(name)


def send(client: Client, policy: Policy, url: str) -> Any:
    client.raise_request_exception = False
    method = policy.methods[0]
    return closed(client.get(url) if method == "GET" else client.post(url))


def closed(response: Any) -> Any:
    """The answer read to its end, so that the file behind a download is closed."""
    if response.streaming:
        b"".join(response.streaming_content)
    # Not response.close(): it would close the test's database connection too.
    for close in response._resource_closers:
        close()
    return response


def headers_are_safe(response: Any, url: str, *, is_kept: bool = False) -> None:
    """T31, T32: on every answer whatever its status."""
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy, url
    assert "unsafe-eval" not in policy, url
    for word in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert word in policy, url
    assert response.headers["X-Content-Type-Options"] == "nosniff", url
    assert response.headers["Referrer-Policy"] == "same-origin", url
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin", url
    if not is_kept or response.status_code != 200:
        assert "no-store" in response.headers["Cache-Control"], url


def says_it_in_chinese(response: Any, url: str) -> None:
    if response.status_code >= 400 and response.status_code != 405 and "readyz" not in url:
        text = response.text
        assert re.search(r"[\u4e00-\u9fff]", text), url
        assert not _ENGLISH.search(text), url


def text_of(response: Any) -> str:
    """What a reader may find in an answer; workbooks are looked into by the export's tests."""
    if response.streaming or "spreadsheet" in response.headers.get("Content-Type", ""):
        return ""
    return str(response.content.decode("utf-8", "replace"))


@pytest.fixture
def stage(cast: Any) -> Any:
    """A person with real numbers in each county, the worker linked to the one in A."""
    person = make_person(COUNTY_A, "张三", id_number=ID_NUMBER, phone=PHONE)
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    make_person(COUNTY_B, "李四", phone="13885019999")
    return cast


@pytest.mark.parametrize("name", SWEPT)
def test_who_may_open_it(name: str, stage: Any, client_of: Any) -> None:
    """T01, T05, T12, T31, T34: each role is let in or refused, and no answer holds a number."""
    policy = policy_of(name)
    assert policy is not None
    record = policy.make(COUNTY_A) if policy.make else None
    url = url_for(name, policy, record)
    is_api = name.startswith("api-") and name != "api-docs"
    anonymous = send(client_of(stage.anonymous), policy, url)
    headers_are_safe(anonymous, url)
    if policy.needs == ANYONE:
        assert anonymous.status_code in {200, 503}
    elif is_api:
        assert anonymous.status_code == 401
    else:
        assert anonymous.status_code == 302
        assert anonymous.headers["Location"].startswith("/login/")
    for part, user in stage.users().items():
        response = send(client_of(user), policy, url)
        where = f"{part} {policy.methods[0]} {url} -> {response.status_code}"
        headers_are_safe(response, where, is_kept=policy.is_kept)
        says_it_in_chinese(response, where)
        if not policy.shows_own_numbers:
            assert not _NUMBERS.search(text_of(response)), where
        assert response.status_code < 500 or response.status_code == 503, where
        if not allows(policy, user):
            assert response.status_code in {403, 404}, where
        elif policy.needs not in {ANYONE, SIGNED_IN} and policy.make is None:
            assert response.status_code != 403 or "region" in policy.kwargs, where


@pytest.mark.parametrize("name", [n for n in SWEPT if getattr(policy_of(n), "make", None)])
def test_another_countys_record_is_not_there(name: str, stage: Any, client_of: Any) -> None:
    """T02, T03: own found, another county's the same as one that does not exist."""
    policy = policy_of(name)
    assert policy is not None
    assert policy.make is not None
    own, foreign = policy.make(COUNTY_A), policy.make(COUNTY_B)
    missing = "52010999" if isinstance(foreign, str) else uuid.uuid4()
    urls = [url_for(name, policy, record) for record in (own, foreign, missing)]
    for method in policy.methods:
        for user in (stage.reviewer_a, stage.clerk_a, stage.viewer_a, stage.township_a):
            if not allows(policy, user):
                continue
            client = client_of(user)
            client.raise_request_exception = False
            call = client.get if method == "GET" else client.post
            answers = [closed(call(url)) for url in urls]
            where = f"{user.username} {method} {urls[1]}"
            assert answers[1].status_code == answers[2].status_code == 404, where
            assert answers[1].text.replace(urls[1], "") == answers[2].text.replace(urls[2], "")
            if user.username == "reviewer_a" and method == "GET":
                fine = {200, 403, 404, 409} if name.endswith("_act") else {200, 302}
                assert answers[0].status_code in fine, where


# Tables that a GET may write, or nobody.
_WRITTEN = {"core_readevent", "django_session", "core_region", "django_migrations"}


def database() -> dict[str, str]:
    """A digest of every table's rows but those a GET may write."""
    with connection.cursor() as cursor:
        names = sorted({*connection.introspection.table_names(cursor)} - _WRITTEN)
        cursor.execute(" UNION ALL ".join(
            f"SELECT '{name}', md5(string_agg(t::text, chr(10) ORDER BY t::text))"
            f' FROM "{name}" t'
            for name in names
        ))  # fmt: skip
        return dict(cursor.fetchall())


@pytest.mark.parametrize(
    "name", [n for n in SWEPT if "GET" in getattr(policy_of(n), "methods", ())]
)
def test_get_changes_nothing(name: str, stage: Any, client_of: Any) -> None:
    """T35: reading leaves nothing behind but read events and the session."""
    policy = policy_of(name)
    assert policy is not None
    url = url_for(name, policy, policy.make(COUNTY_A) if policy.make else None)
    users = (stage.reviewer_a, stage.security, stage.worker_a, stage.province)
    clients = [client_of(user) for user in users if allows(policy, user)]
    before = database()
    for client in clients:
        client.raise_request_exception = False
        closed(client.get(url))
    assert database() == before


# What no form sends, and people and programs type into addresses all the same.
ODD = (
    {"q": "\0"},
    {"region": "52\0"},
    {"q": "%'\"\\_"},
    {"page": "²", "per": "x", "sort": "id__x", "tab": "x'", "plan": "x", "level": "x"},
    {"page": "9" * 30, "year": "99999999999", "region": "99", "on": "0001-01-01"},
    {"on": "9999-99-99", "since": "2026-13-01", "until": "x", "state": "x", "kind": "x"},
)


def test_odd_queries_are_no_failure(stage: Any, client_of: Any) -> None:
    """F22: whatever stands in an address, no page falls over it."""
    users = (stage.reviewer_a, stage.security, stage.auditor, stage.worker_a, stage.province)
    clients = {user: client_of(user) for user in users}
    failed = []
    for name in SWEPT:
        policy = policy_of(name)
        reader = next((user for user in users if policy and allows(policy, user)), None)
        if policy is None or reader is None or "GET" not in policy.methods:
            continue
        url = url_for(name, policy, policy.make(COUNTY_A) if policy.make else None)
        clients[reader].raise_request_exception = False
        for query in ODD:
            with transaction.atomic():
                status = closed(clients[reader].get(url, query)).status_code
                transaction.set_rollback(True)
            if status >= 500 and name != "readyz":
                failed.append((url, query, status))
    assert not failed


@pytest.mark.parametrize(
    "name", [n for n in SWEPT if "POST" in getattr(policy_of(n), "methods", ())]
)
def test_post_needs_the_token(name: str, stage: Any) -> None:
    """T35: a POST without the CSRF token is refused, with a session of any role."""
    policy = policy_of(name)
    assert policy is not None
    url = url_for(name, policy, policy.make(COUNTY_A) if policy.make else None)
    for user in (stage.reviewer_a, stage.security, stage.worker_a):
        client = Client(enforce_csrf_checks=True)
        client.force_login(user, backend="core.accounts.backend.RegistryBackend")
        response = client.post(url, {"reason": "试"})
        assert response.status_code == 403, url
        says_it_in_chinese(response, url)


def test_no_address_in_a_page_holds_a_number(stage: Any, client_of: Any) -> None:
    """T34: ids in addresses are random; a crawl of what each role sees finds no number."""
    for user in (stage.reviewer_a, stage.province, stage.worker_a, stage.security):
        client = client_of(user)
        seen, todo = set(), ["/"]
        while todo and len(seen) < 60:
            url = todo.pop(0)
            if url in seen:
                continue
            seen.add(url)
            client.raise_request_exception = False
            response = client.get(url, follow=False)
            assert not numbers_in(response.headers.get("Location", ""))
            if "text/html" not in response.headers.get("Content-Type", ""):
                continue
            for address in re.findall(
                r'(?:href|src|action|hx-get|hx-post)="([^"]*)"', response.text
            ):
                assert not numbers_in(address), f"{url}: {address}"
                if address.startswith("/") and not address.startswith(("/static", "//")):
                    todo.append(address.replace("&amp;", "&"))


def test_entity_lists_leave_read_events(stage: Any, client_of: Any) -> None:
    """T16: each list, record and API answer about people says who read whom."""
    client = client_of(stage.clerk_a)
    person = Person.objects.get(name="张三")
    for url in (
        "/people/",
        f"/people/{person.pk}/",
        "/api/v1/people/",
        f"/api/v1/people/{person.pk}/",
    ):
        before = ReadEvent.objects.count()
        assert client.get(url).status_code == 200
        event = ReadEvent.objects.order_by("-id").first()
        assert ReadEvent.objects.count() == before + 1
        assert person.pk in event.people
        assert event.user_id == stage.clerk_a.pk


_SIGNS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


def rename_everybody() -> dict[str, Any]:
    """Names that stand nowhere else in a page -> whose they are."""
    named = {}
    for number, person in enumerate(Person.objects.all()):
        named[f"欧阳{_SIGNS[number]}"] = person.pk
        Person.objects.filter(pk=person.pk).update(name=f"欧阳{_SIGNS[number]}", pinyin="ouyang")
    return named


@pytest.mark.parametrize("name", SWEPT)
def test_whoever_reads_a_name_is_on_record(name: str, stage: Any, client_of: Any) -> None:
    """T16: an answer of whatever address that names people leaves a ReadEvent about them."""
    policy = policy_of(name)
    assert policy is not None
    record = policy.make(COUNTY_A) if policy.make else None
    if isinstance(record, Station):
        person = Person.objects.get(name="张三", region_id=COUNTY_A)
        Post.objects.create(person=person, station=record, region_id=COUNTY_A, started_on=DAY)
    named = rename_everybody()
    given = {"q": "欧阳", "ids": [str(pk) for pk in named.values()]}
    for user in (stage.reviewer_a, stage.clerk_a, stage.viewer_a):
        if not allows(policy, user):
            continue
        for method in policy.methods:
            last = getattr(ReadEvent.objects.order_by("-id").first(), "id", 0)
            client = client_of(user)
            client.raise_request_exception = False
            call = client.get if method == "GET" else client.post
            response = closed(call(url_for(name, policy, record), given, follow=method == "POST"))
            shown = {pk for sign, pk in named.items() if sign in text_of(response)}
            events = ReadEvent.objects.filter(id__gt=last, user=user)
            read = {pk for event in events for pk in event.people}
            assert shown <= read, f"{user.username} {method} {name}"


def test_static_files_carry_the_headers(client: Any, settings: Any) -> None:
    response = client.get("/nowhere/such/page")
    headers_are_safe(response, "404")
    order = list(settings.MIDDLEWARE)
    white = order.index("whitenoise.middleware.WhiteNoiseMiddleware")
    assert order.index("csp.middleware.CSPMiddleware") < white
    assert order.index("django.middleware.security.SecurityMiddleware") < white


def test_all_entities_are_walked() -> None:
    for entity in (name for name, e in ENTITIES.items() if e.is_record):
        assert policy_of(f"{entity}_detail") is not None


def test_a_missing_file_is_asked_for_again(client: Any) -> None:
    """A 404 without a word on caching may be kept by a browser beyond the next release."""
    response = client.get("/static/none.css")
    assert response.status_code == 404
    headers_are_safe(response, "/static/none.css", is_kept=True)
