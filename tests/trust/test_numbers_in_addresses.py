"""T34: no ID number or phone in any address: asked for, linked to, or led to."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.entities.entity import ENTITIES
from core.secrecy.numbers import secret_in, without_numbers
from stations.models import Organization
from tests.conftest import COUNTY_A
from tests.contracts.policy import addresses
from tests.rows import make_person, make_row

NUMBER, PHONE = "520102199003077731", "13885012345"
_WRITTEN = re.compile(r"5201021990|138850|138%20|138\+885|%E5%8D%81")
LISTS = sorted(
    entity
    for name, _ in addresses()
    if (entity := name.removesuffix("_list")) in ENTITIES and ENTITIES[entity].is_record
)
PERSONAL = ("certificate", "registrationperiod", "education", "title", "keytalentclaim", "post")


def addresses_in(answer: Any) -> list[str]:
    links = re.findall(r'(?:href|src|action|hx-[a-z-]+)="([^"]*)"', answer.text)
    sent = [answer.headers.get(name, "") for name in ("Location", "HX-Redirect", "HX-Push-Url")]
    return [*links, *sent]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("pasted", [NUMBER, PHONE, f"张三 {NUMBER}", f"张三\t{PHONE}"])
def test_no_list_puts_a_pasted_number_into_an_address(
    name: str, pasted: str, cast: Any, client_of: Any
) -> None:
    make_person(COUNTY_A, "张三", id_number=NUMBER, phone=PHONE)
    client, page = client_of(cast.reviewer_a), ENTITIES[name].url("list")
    for answer in (
        client.post(page, {"q": pasted}),
        client.post(page, {"q": "张", "keep": f"remark={quote(pasted)}"}),
        client.get(page, {"q": pasted, "state": "all"}),
        client.get(page, {"region_text": pasted}),
    ):
        assert answer.status_code in {200, 302}
        assert not [a for a in addresses_in(answer) if _WRITTEN.search(a)]
    kept = client.get(page, {"q": pasted, "state": "all"})
    assert kept.status_code == 302
    assert "网址里不留证件号码和电话" in client.get(page).text


@pytest.mark.parametrize("name", PERSONAL)
def test_records_of_a_person_are_found_by_a_number(name: str, cast: Any, client_of: Any) -> None:
    own, other = make_row(name, COUNTY_A), make_row(name, COUNTY_A)
    person = own.person
    person.id_number, person.phone = NUMBER, PHONE
    person.save()
    view = ENTITIES[name]
    client = client_of(cast.clerk_a)
    for pasted in (NUMBER, f"张三 {NUMBER}", PHONE):
        page = client.post(view.url("list"), {"q": pasted}).text
        assert view.url("detail", own) in page
        assert view.url("detail", other) not in page
    assert (
        view.url("detail", own)
        not in client_of(cast.clerk_b).post(view.url("list"), {"q": NUMBER}).text
    )


def test_a_credit_code_that_looks_like_an_id_number_is_found(cast: Any, client_of: Any) -> None:
    code = "520102199003077731"
    own = make_row("organization", COUNTY_A)
    Organization.objects.filter(pk=own.pk).update(credit_code=code)
    page = client_of(cast.clerk_a).post("/organizations/", {"q": code})
    assert str(own.pk) in page.text


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/accounts/", "security"),
        ("/security/log/", "auditor"),
        ("/security/reads/", "auditor"),
        ("/dashboard/", "reviewer_a"),
        ("/dashboard/520102/list/T1/", "reviewer_a"),
        ("/transfers/", "reviewer_a"),
        ("/imports/", "reviewer_a"),
        ("/me/", "worker_a"),
        ("/login/", "anonymous"),
        ("/people/", "anonymous"),
    ],
)
def test_every_other_page_takes_it_out(path: str, part: str, cast: Any, client_of: Any) -> None:
    client = client_of(getattr(cast, part))
    asked = {"who": f"查{NUMBER}", "page": "2", "next": f"/people/?q={PHONE}"}
    answer = client.get(path, asked)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{path}?page=2"


def test_a_program_is_told(cast: Any, client_of: Any) -> None:
    """Left out silently, the condition would give it everybody."""
    answer = client_of(cast.clerk_a).get("/api/v1/people/", {"q": NUMBER})
    assert answer.status_code == 400
    assert "网址里不能有证件号码" in answer.json()["detail"]


def test_a_form_leads_to_no_address_with_a_number(cast: Any, client_of: Any) -> None:
    data = {"region": COUNTY_A, "next": f"/people/?q={NUMBER}&sort=name"}
    answer = client_of(cast.reviewer_a).post("/region/", data)
    assert answer.status_code in {302, 404}
    assert NUMBER not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "url",
    [
        "/people/?q=张三&page=2",
        "/stations/?region=520102016&state=all&sort=-name",
        "/posts/?station=3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "/posts/?station=35250440-4789-1123-9a0c-138850123456",
        "/certificates/?approved_from=2021-03-05&approved_to=2025-12-31",
        "/projects/?q=GZ-2024-001",
        # Ids of records hold such numbers by chance.
        "/login/?next=/people/47380066-7704-4f89-8b0c-16480315516a/",
        "/posts/?person=3f2504e0-4f89-41d3-9a0c-a13885012345",
        "/me/?next=/stations/3f2504e0-4f89-41d3-9a0c-16480315516b/%3Ftab%3Dposts",
    ],
)
def test_what_is_no_number_stays(url: str) -> None:
    assert without_numbers(url) == url


def test_a_search_typed_into_the_address_does_not_stay_there(cast: Any, client_of: Any) -> None:
    """A certificate number, too, leads to one person."""
    answer = client_of(cast.clerk_a).get("/search/", {"q": "20221234567890"})
    assert (answer.status_code, answer["Location"]) == (302, "/search/")


def test_a_piece_of_a_page_is_sent_on_without_a_word(cast: Any, client_of: Any) -> None:
    """The word would wait for the next whole page, about which it says nothing."""
    client = client_of(cast.clerk_a)
    for headers, is_told in (({"HX-Request": "true"}, False), ({}, True)):
        answer = client.get("/people/", {"name": NUMBER}, headers=headers)
        assert (answer.status_code, NUMBER in answer["Location"]) == (302, False)
        assert ("网址里不留" in client.get("/people/").text) is is_told


@given(st.from_regex(r"\A[ +(]{0,2}(86)?[01]?[0-9 -]{6,14}\Z"))
def test_whatever_looks_like_a_phone_is_asked_about(text: str) -> None:
    """It is one, or another number, or nothing; never an error."""
    secret = secret_in(text)
    assert secret is None or secret.kind in ("phone", "id_number", "certificate")
