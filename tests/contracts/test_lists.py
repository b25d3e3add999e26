"""Every list and its API: the same number of queries for one row and for three, small pages,
masked numbers. What is registered is walked; a list without a number here fails."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.entities.entity import ENTITIES, Entity
from core.entities.navigation import in_order
from core.regions.names import place_names
from tests.conftest import COUNTY_A
from tests.rows import make_row

FULL_NUMBER = re.compile(r"(?<!\d)\d{17}[\dX](?!\d)")
FULL_PHONE = re.compile(r"(?<![\d-])1[3-9]\d{9}(?!\d)")

# A list page reads: session, user, own views, count, ids, rows, and what these show; it
# writes one read event where it is about people.
QUERIES = {
    "certificate": 7,
    "education": 7,
    "graduatestat": 6,
    "keytalentclaim": 7,
    "milestone": 6,
    "organization": 6,
    "payment": 6,
    "person": 8,
    "post": 7,
    "project": 6,
    "registrationperiod": 7,
    "station": 6,
    "stationmonthly": 6,
    "title": 7,
}
LISTED = sorted(QUERIES)


@pytest.fixture(autouse=True)
def _warm(db: None) -> None:
    cache.clear()
    place_names()


def queries_of(client: Any, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def grows(client: Any, url: str, entity: str) -> tuple[int, int]:
    """Queries with one row and with three."""
    client.get(url)
    make_row(entity, COUNTY_A)
    one = queries_of(client, url)
    make_row(entity, COUNTY_A)
    make_row(entity, COUNTY_A)
    return one, queries_of(client, url)


def test_every_list_is_counted() -> None:
    assert {name for name, entity in ENTITIES.items() if entity.has("list")} == set(QUERIES)


@pytest.mark.parametrize("entity", LISTED)
def test_query_count(entity: str, cast: Any, client_of: Any) -> None:
    client = client_of(cast.viewer_a)
    found = grows(client, ENTITIES[entity].url("list"), entity)
    assert found == (QUERIES[entity], QUERIES[entity])


@pytest.mark.parametrize("entity", [e for e in LISTED if ENTITIES[e].api])
def test_query_count_of_the_api(entity: str, cast: Any, client_of: Any) -> None:
    one, three = grows(client_of(cast.viewer_a), reverse(f"api-{entity}-list"), entity)
    assert one == three


@pytest.mark.parametrize("entity", LISTED)
def test_page_is_small_and_masked(entity: str, cast: Any, client_of: Any) -> None:
    for _ in range(30):
        make_row(entity, COUNTY_A)
    page = client_of(cast.province).get(ENTITIES[entity].url("list") + "?per=50")
    assert len(page.content) < 100_000
    assert not FULL_NUMBER.search(page.text)
    assert not FULL_PHONE.search(page.text)


@pytest.mark.parametrize("entity", LISTED)
def test_every_column_can_be_shown_sorted_and_exported(
    entity: str, cast: Any, client_of: Any
) -> None:
    make_row(entity, COUNTY_A)
    client, url = client_of(cast.clerk_a), ENTITIES[entity].url("list")
    table = client.get(url).context["table"]
    columns = type(table).base_columns
    shown = client.get(url, {"cols": list(columns)}).context["table"]
    assert set(shown.columns.names()) == set(columns)
    for name, column in columns.items():
        if column.orderable is not False:
            assert client.get(url, {"sort": f"-{name}"}).status_code == 200, name
    answer = client.post(ENTITIES[entity].url("export"), {"format": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    for column in columns.values():
        assert str(column.verbose_name) in text


@pytest.mark.parametrize("entity", sorted(ENTITIES))
def test_a_record_is_named_in_words(entity: str, cast: Any) -> None:
    row = make_row(entity, COUNTY_A)
    assert not re.search(r"object|None|[0-9a-f]{8}-", str(row)), str(row)


def test_every_entity_has_its_place(cast: Any) -> None:
    """Reached by an entry of the navigation or a tab beside one; a record has its page."""
    assert {entity.name for entity in in_order()} == set(ENTITIES)
    tabs = {name for entity in ENTITIES.values() for name in entity.beside}
    reached = {entity.name for entity in _entered()} | tabs
    assert reached == set(ENTITIES)


def _entered() -> list[Entity]:
    """Entities that the navigation names."""
    from config.navigation import NAVIGATION

    names = [e for group in NAVIGATION for e in group.entries if isinstance(e, str)]
    return [ENTITIES[name] for name in names]
