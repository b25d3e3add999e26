"""Every list and its API: the same number of queries for one row and for three, small pages,
masked numbers. What is registered is walked; a list without a number here fails."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.entities.entity import ENTITIES, Entity
from core.entities.made import table_of
from core.entities.navigation import in_order
from core.entities.tables import NameColumn
from core.models import ImportBatch, Job, ReadEvent, SecurityEvent, User, WordMemory
from core.notices.actions import notify
from core.regions.names import place_names
from reports.models import Plan, Target
from tests.conftest import COUNTY_A
from tests.contracts.figures import FIGURES, add, address, question
from tests.leaks import numbers_in
from tests.rows import make_row

# A list page reads: session, user, own views, count, ids, rows, and what these show; it
# writes one read event where it is about people. Of what comes in ledgers: the forms that take it.
QUERIES = {
    "certificate": 8,
    "changerequest": 7,
    "education": 7,
    "funding": 6,
    "graduatestat": 7,
    "keytalentclaim": 7,
    "milestone": 6,
    "namelist": 6,
    "organization": 7,
    "payment": 6,
    # Posts and certificates beside the rows, each for all at once.
    "person": 10,
    "post": 7,
    "project": 7,
    "registrationperiod": 8,
    # What was answered on the rows, for all at once.
    "roster": 7,
    "rosterarrival": 6,
    "rosterline": 7,
    "station": 7,
    "stationmonthly": 7,
    # What was done towards the rows, for all at once.
    "stationtarget": 9,
    "title": 7,
    "transferrequest": 7,
    # Kept about the registry itself: who looks, and a row of them.
    "account": 6,
    # And the files that are being made or wait.
    "export": 7,
    "import": 6,
    "notice": 6,
    "read_event": 6,
    "security_event": 7,
    "set_target": 6,
    "word": 6,
    # The offices' answers beside the words, for all at once.
    "common_word": 8,
    # Behind figures: who may see them, the stored figure, why each row counts.
    "counted_graduatestat": 12,
    "counted_organization": 8,
    "counted_person": 15,
    "counted_region": 20,
    "counted_station": 8,
    "settled_graduatestat": 11,
    "settled_organization": 9,
    "settled_person": 17,
    "settled_region": 18,
    "settled_station": 9,
    "corrected_graduatestat": 12,
    "corrected_organization": 10,
    "corrected_person": 26,
    "corrected_region": 26,
    "corrected_station": 14,
}
LISTED = sorted(QUERIES)
OF_ITSELF: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "account": ("security", lambda cast: make_account()),
    "export": (
        "viewer_a",
        lambda cast: ReadEvent.record(user=cast.viewer_a, kind="export", people=[], title="人员"),
    ),
    "import": ("clerk_a", lambda cast: make_batch(cast.clerk_a)),
    "notice": (
        "clerk_a",
        lambda cast: notify(
            key=f"test:{uuid.uuid4()}", text="登记到期", to=cast.clerk_a,
            record=make_row("registrationperiod", COUNTY_A),
        ),
    ),
    "read_event": (
        "auditor", lambda cast: ReadEvent.record(user=cast.clerk_a, kind="list", people=[])
    ),
    "security_event": (
        "auditor",
        lambda cast: SecurityEvent.record(kind="登录", actor=cast.clerk_a, target="clerk_a"),
    ),
    "set_target": ("viewer_a", lambda cast: make_target()),
    "word": ("clerk_a", lambda cast: make_answer()),
    "common_word": ("province", lambda cast: make_answer()),
}  # fmt: skip


def make_account() -> User:
    name = f"u{uuid.uuid4().hex[:10]}"
    return User.objects.create_user(
        name, "Cast-2026-pass", role="clerk", region_id=COUNTY_A, display_name="某录入员"
    )


def make_target() -> Target:
    return Target.objects.create(
        plan=Plan.objects.get(code="14_5"), indicator="T1", region_id=COUNTY_A,
        year=2030 + Target.objects.count(), value=1200, document="黔民发〔2026〕1号",
    )  # fmt: skip


def make_answer() -> WordMemory:
    return WordMemory.objects.create(
        region_id=COUNTY_A, kind="people", attribute="certificate_level",
        word=f"甲{WordMemory.objects.count()}级社工", code="2",
    )  # fmt: skip


def make_batch(user: User) -> ImportBatch:
    job = Job.objects.create(kind="import", by=user, region_id=COUNTY_A, status="waiting")
    return ImportBatch.objects.create(
        job=job, kind="people", region_id=COUNTY_A, by=user, file_name="台账.xlsx",
        sha256=uuid.uuid4().hex * 2,
    )  # fmt: skip


def reader(entity: str, cast: Any) -> User:
    if entity in FIGURES:
        return cast.province
    return getattr(cast, OF_ITSELF[entity][0] if entity in OF_ITSELF else "viewer_a")


def url_of(entity: str, page: str = "list", **asked: Any) -> str:
    """The address of a list; one behind a figure has one a region, an indicator and a day."""
    if entity not in FIGURES:
        return f"{ENTITIES[entity].url(page)}?{urlencode(asked, doseq=True)}"
    return f"{address(entity, page)}?{urlencode(question(entity) | asked, doseq=True)}"


def add_row(entity: str, cast: Any) -> None:
    if entity in FIGURES:
        add(entity, cast.province)
    elif entity in OF_ITSELF:
        OF_ITSELF[entity][1](cast)
    else:
        make_row(entity, COUNTY_A)


@pytest.fixture(autouse=True)
def _warm(db: None) -> None:
    cache.clear()
    place_names()


def queries_of(client: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def grows(client: Any, url: str, entity: str, cast: Any) -> tuple[int, int]:
    """Queries with one row and with three."""
    client.get(url)
    add_row(entity, cast)
    one = queries_of(client, url)
    add_row(entity, cast)
    add_row(entity, cast)
    return one, queries_of(client, url)


def test_every_list_is_counted() -> None:
    assert {name for name, entity in ENTITIES.items() if entity.has("list")} == set(QUERIES)


@pytest.mark.parametrize("entity", LISTED)
def test_query_count(entity: str, cast: Any, client_of: Any) -> None:
    client = client_of(reader(entity, cast))
    found = grows(client, url_of(entity), entity, cast)
    assert found == (QUERIES[entity], QUERIES[entity])


@pytest.mark.parametrize("entity", [e for e in LISTED if ENTITIES[e].api])
def test_query_count_of_the_api(entity: str, cast: Any, client_of: Any) -> None:
    one, three = grows(client_of(cast.viewer_a), reverse(f"api-{entity}-list"), entity, cast)
    assert one == three


@pytest.mark.parametrize("entity", LISTED)
def test_page_is_small_and_masked(entity: str, cast: Any, client_of: Any) -> None:
    for _ in range(30):
        add_row(entity, cast)
    client = client_of(reader(entity, cast) if entity in OF_ITSELF else cast.province)
    page = client.get(url_of(entity, per=50))
    assert len(page.context["page"].object_list) >= 30
    assert len(page.content) < 100_000
    assert not numbers_in(page.text)


@pytest.mark.parametrize("entity", LISTED)
def test_every_column_can_be_shown_sorted_and_exported(
    entity: str, cast: Any, client_of: Any
) -> None:
    add_row(entity, cast)
    user = reader(entity, cast) if entity in {*OF_ITSELF, *FIGURES} else cast.clerk_a
    client = client_of(user)
    table = client.get(url_of(entity)).context["table"]
    columns = type(table).base_columns
    shown = client.get(url_of(entity, cols=list(columns))).context["table"]
    assert set(shown.columns.names()) == set(columns)
    for name, column in columns.items():
        if column.orderable is not False:
            assert client.get(url_of(entity, sort=f"-{name}")).status_code == 200, name
    if not ENTITIES[entity].has("export"):
        return
    export = url_of(entity, "export")
    answer = client.post(export, {"format": "csv", "filter": export.partition("?")[2]})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    for column in columns.values():
        assert str(column.verbose_name) in text


@pytest.mark.parametrize("entity", sorted(set(ENTITIES) - {*OF_ITSELF, *FIGURES}))
def test_a_record_is_named_in_words(entity: str, cast: Any) -> None:
    row = make_row(entity, COUNTY_A)
    assert not re.search(r"object|None|[0-9a-f]{8}-", str(row)), str(row)


def test_every_entity_has_its_place(cast: Any, client_of: Any) -> None:
    """Reached by an entry of the navigation, a tab or a link beside one, or its figure."""
    assert {entity.name for entity in in_order()} == set(ENTITIES)
    tabs = {name for entity in ENTITIES.values() for name in entity.beside}
    reached = {entity.name for entity in _entered()} | tabs
    linked = {"set_target": "/targets/"}
    for name, page in linked.items():
        assert f'href="{ENTITIES[name].url("list")}' in client_of(cast.viewer_a).get(page).text
    assert reached == set(ENTITIES) - set(FIGURES) - set(linked)
    assert {name for name, entity in ENTITIES.items() if not entity.prefix} == set(FIGURES)


def _entered() -> list[Entity]:
    """Entities that the navigation names."""
    from config.navigation import NAVIGATION

    names = [e for group in NAVIGATION for e in group.entries if isinstance(e, str)]
    return [ENTITIES[name] for name in names]


@pytest.mark.parametrize("entity", sorted(ENTITIES))
def test_a_card_names_its_row(entity: str) -> None:
    """On a phone the first column is what the row is, whether or not it leads anywhere."""
    first = next(iter(table_of(ENTITIES[entity]).base_columns.values()))
    assert isinstance(first, NameColumn) or "data-card" in first.attrs["td"]
