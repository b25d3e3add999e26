"""What is typed into the search of a list, and conditions as they are said in words."""

from __future__ import annotations

from typing import Any

import pytest

from talent.models import Certificate
from tests.conftest import COUNTY_A, Cast
from tests.rows import make_organization, make_person, make_project


def test_the_number_of_a_certificate_in_an_address_is_taken_out(cast: Cast, client_of: Any) -> None:
    """It names somebody: it is looked up by the field, which leaves no address behind."""
    person, number = make_person(COUNTY_A), "20200652010200001"
    Certificate.objects.create(person=person, level="2", approved_on="2020-06-01", number=number)
    client = client_of(cast.clerk_a)
    answer = client.get("/people/", {"q": number}, follow=True)
    assert answer.redirect_chain == [("/people/", 302)]
    assert "证件号、电话、证书号请在查找框中输入。" in answer.text
    assert number not in answer.text


def test_a_code_that_names_nobody_is_an_ordinary_word(cast: Cast, client_of: Any) -> None:
    """As long as the number of a certificate, in a list that knows no such numbers."""
    found = make_project(COUNTY_A, number="GZ2023SG00012")
    other = make_project(COUNTY_A, number="GZ2023SG00013")
    client = client_of(cast.clerk_a)
    answer = client.post("/projects/", {"q": "GZ2023SG00012"})
    assert answer.headers["Location"] == "/projects/?q=GZ2023SG00012"
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    assert str(found.pk) in page.text
    assert str(other.pk) not in page.text


@pytest.mark.parametrize("written", ["52O102199003077734", "1380〇138000"])
def test_a_letter_in_a_number_is_named_when_nothing_is_found(
    written: str, cast: Cast, client_of: Any
) -> None:
    """Most of somebody's number: no address holds it either."""
    page = client_of(cast.clerk_a).post("/search/", {"q": written})
    assert page.status_code == 200
    assert "（像数字 0）不是数字" in page.text
    assert written not in page.text


def test_an_empty_search_takes_the_words_away_and_keeps_the_rest(
    cast: Cast, client_of: Any
) -> None:
    client = client_of(cast.clerk_a)
    answer = client.post("/people/", {"q": " ", "keep": "?q=张&status=10&page=3"})
    assert answer.headers["Location"] == "/people/?status=10"
    assert client.post("/people/", {"q": ""}).headers["Location"] == "/people/"


@pytest.mark.parametrize(("asked", "word"), [("true", "是"), ("false", "否")])
def test_a_condition_of_yes_or_no_says_which(
    asked: str, word: str, cast: Cast, client_of: Any
) -> None:
    make_organization(COUNTY_A, "区委社会工作部", is_lead=True)
    make_organization(COUNTY_A, "同心中心", is_lead=False)
    page = client_of(cast.clerk_a).get("/organizations/", {"is_lead": asked})
    assert [chip["label"] for chip in page.context["chips"]] == [f"牵头部门：{word}"]
    assert page.context["count"] == 1
    assert page.context["words"] == f"贵阳市 南明区 牵头部门：{word}"
