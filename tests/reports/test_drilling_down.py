"""The region one works in follows the drill-down of board and forms, in sight of who drills."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.reports import build

pytestmark = pytest.mark.django_db
Login = Callable[[Any], Client]
TOWN, NEXT, FOREIGN = "520102016", "520102018", "520111004"


def area(page: Any) -> str:
    """What the bar says one works in, of the last level."""
    assert page.status_code == 200
    said = page.text.partition("当前地区：")[2].partition("</summary>")[0]
    return re.findall(r">([^<>/]+)</span>", said)[-1]


@pytest.mark.parametrize("page", ["/dashboard/{}/", "/dashboard/{}/?by=county&i=T2",
                                  "/reports/progress/{}/"])  # fmt: skip
def test_lists_are_of_the_area_that_was_drilled_to(cast: Any, client_of: Login, page: str) -> None:
    here, there = build.person(TOWN), build.person(FOREIGN)
    client = client_of(cast.prefecture)
    assert "回到" not in client.get("/dashboard/").text.partition("</header>")[0]
    shown = client.get(page.format(TOWN))
    assert area(shown) == "新华路街道"
    people = client.get("/people/")
    assert here.name in people.text
    assert there.name not in people.text
    assert area(people) == "新华路街道"
    # Up again by the path of the board, or at once by the bar: about the same page.
    assert area(client.get(page.format("520102"))) == "南明区"
    way_back = {"region": "5201", "next": page.format("520102")}
    assert 'name="region" value="5201"' in people.text
    answer = client.post("/region/", way_back)
    assert answer["Location"] == page.format("5201")
    assert area(client.get("/people/")) == "贵阳市"
    assert there.name in client.get("/people/").text


@pytest.mark.parametrize("place", ["520111", "5201", "52"])
def test_what_is_only_looked_at_is_no_place_of_work(
    cast: Any, client_of: Login, place: str
) -> None:
    mine, foreign = build.person(TOWN), build.person(FOREIGN)
    client = client_of(cast.viewer_a)
    assert area(client.get(f"/dashboard/{place}/")) == "南明区"
    people = client.get("/people/")
    assert mine.name in people.text
    assert foreign.name not in people.text
    assert "回到" not in people.text.partition("</header>")[0]


def test_nobody_works_where_there_is_nothing_any_more(cast: Any, client_of: Login) -> None:
    """A code of a past day is looked at and not come to."""
    client = client_of(cast.province)
    assert client.get("/dashboard/520221/?on=2018-01-05").status_code == 200
    assert area(client.get("/people/")) == "贵州省"


def test_what_a_board_loads_by_itself_moves_nobody(cast: Any, client_of: Login) -> None:
    client = client_of(cast.prefecture)
    client.get(f"/dashboard/{TOWN}/next/")
    client.get("/dashboard/520102/map/county.json")
    client.get("/dashboard/520102/list/T1/")
    assert area(client.get("/people/")) == "贵阳市"
