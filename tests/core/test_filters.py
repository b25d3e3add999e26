"""A condition of a list is applied as it was meant, or nothing is listed, exported or done."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from talent.models import Certificate
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.rows import make_person, make_row

pytestmark = pytest.mark.django_db
D = datetime.date


@pytest.fixture
def certificates(cast: Cast) -> list[Certificate]:
    person = make_person(TOWNSHIP_A)
    days = (D(2009, 6, 1), D(2021, 6, 15), D(2021, 12, 31))
    return [
        Certificate.objects.create(person=person, level=str(n % 2 + 1), approved_on=day)
        for n, day in enumerate(days)
    ]


@pytest.mark.parametrize("query", ["approved_from=6/1/20", "region=无此处", "level=zz"])
def test_what_is_not_understood_lists_nothing_and_says_so(
    query: str, certificates: list[Certificate], cast: Cast, client_of: Any
) -> None:
    client = client_of(cast.reviewer_a)
    page = client.get(f"/certificates/?{query}")
    assert page.context["count"] == 0
    assert "筛选条件有误" in page.text
    export = client.post("/certificates/export/", {"filter": query}, follow=True)
    assert "没有办理" in export.text
    everything = {"all_matching": "1", "filter": query}
    bulk = client.post("/certificates/bulk/verify/", everything, follow=True)
    assert "没有办理" in bulk.text


def test_what_is_understood_beside_it_is_still_said(
    certificates: list[Certificate], cast: Cast, client_of: Any
) -> None:
    page = client_of(cast.reviewer_a).get("/certificates/?approved_from=6/1/20&level=1")
    assert [words for words, *_ in page.context["chips"]] or page.context["chips"]
    assert "助理社会工作师" in page.text


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        ("2021-06", "2021-06", 1),
        ("2021", "2021", 2),
        ("2009", "2021-06", 2),
        ("2021-06-15", "2021-06-15", 1),
        ("2021-06-16", "2021-06", 0),
    ],
)
def test_up_to_a_month_is_up_to_its_last_day(
    since: str, until: str, count: int, certificates: list[Certificate], cast: Cast, client_of: Any
) -> None:
    asked = {"approved_from": since, "approved_to": until}
    client = client_of(cast.reviewer_a)
    assert client.get("/certificates/", asked).context["count"] == count
    assert client.get("/api/v1/certificates/", asked).json()["count"] == count


def test_the_workbench_leads_to_what_it_counted(cast: Cast, client_of: Any) -> None:
    """Whatever county one works in just now."""
    for region in (COUNTY_A, "520111"):
        make_row("keytalentclaim", region)
    client = client_of(cast.prefecture)
    client.post("/region/", {"region": "520111"})
    home = client.get("/")
    _, count, address = next(item for item in home.context["decisions"] if item[0].code == "claims")
    assert count == 2
    assert client.get(address).context["count"] == count
