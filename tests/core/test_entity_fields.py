"""Fields that find something for what is typed: chosen without a script, cleared, meant twice."""

from __future__ import annotations

import re
from typing import Any

from core.entities.changes import changes_of
from core.regions.names import place_name
from stations.models import Station
from talent.models import Person
from tests.conftest import COUNTY_A, COUNTY_B, Cast
from tests.core.test_entity_editing import form_data, new_person
from tests.rows import make_organization, make_person, make_project, make_row, make_station

TOWN, NEXT_TOWN = "520102016", "520102017"


def edited(client: Any, record: Any, prefix: str, **typed: Any) -> Any:
    """The answer to the form of a record with something else in it."""
    url = f"/{prefix}/{record.pk}/edit/"
    return client.post(url, form_data(client, url) | typed)


# --- Regions ------------------------------------------------------------------------------
def test_without_a_script_the_selects_choose_a_region(cast: Cast, client_of: Any) -> None:
    """They do not write the hidden key, nor the text beside them."""
    client = client_of(cast.clerk_a)
    data = new_person(client, residence="", residence_text="", residence_pick=["", TOWN])
    assert client.post("/people/new/", data).status_code == 302
    person = Person.objects.get()
    assert person.residence_id == TOWN
    typed = {"residence": TOWN, "residence_text": place_name(TOWN)}
    moved = edited(client, person, "people", **typed, residence_pick=[NEXT_TOWN])
    assert moved.status_code == 302
    person.refresh_from_db()
    assert person.residence_id == NEXT_TOWN


def test_the_selects_above_a_place_do_not_take_it_away(cast: Cast, client_of: Any) -> None:
    person = make_person(TOWN)
    typed = {"residence": TOWN, "residence_text": place_name(TOWN), "residence_pick": [COUNTY_A]}
    answer = edited(client_of(cast.prefecture), person, "people", **typed, remark="改")
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.residence_id, person.remark) == (TOWN, "改")


def test_a_text_that_was_cleared_is_nothing_whatever_the_key_says(
    cast: Cast, client_of: Any
) -> None:
    operator = make_organization(COUNTY_A)
    station, client = make_station(TOWN, operator=operator), client_of(cast.clerk_a)
    refused = edited(client, station, "stations", region=TOWN, region_text="")
    assert refused.status_code == 422
    assert refused.context["form"].errors == {"region": ["请填写所在地区。"]}
    typed = {"operator": str(operator.pk), "operator_text": ""}
    assert edited(client, station, "stations", **typed).status_code == 302
    station.refresh_from_db()
    assert (station.region_id, station.operator) == (TOWN, None)


def test_a_region_above_what_a_record_may_lie_in_is_refused(cast: Cast, client_of: Any) -> None:
    data = {"name": "某社工站", "kind": "1", "region": "52", "status": "3"}
    answer = client_of(cast.province).post("/stations/new/", data)
    assert answer.status_code == 422
    assert answer.context["form"].errors["region"] == ["请选到市（州）一级。"]
    assert not Station.objects.exists()


# --- Other records ------------------------------------------------------------------------
def test_a_name_that_several_have_is_asked_for_again(cast: Cast, client_of: Any) -> None:
    for town in (TOWN, NEXT_TOWN):
        make_organization(town, "同心社会工作服务中心")
    station = make_station(TOWN)
    typed = {"operator": "", "operator_text": "同心社会工作服务中心"}
    answer = edited(client_of(cast.clerk_a), station, "stations", **typed)
    assert answer.status_code == 422
    said = ["「同心社会工作服务中心」不止一个，请从列表中选择。"]
    assert answer.context["form"].errors == {"operator": said}
    assert 'value="同心社会工作服务中心"' in answer.text


def test_a_record_elsewhere_stays_where_it_was_chosen(cast: Cast, client_of: Any) -> None:
    """Nor is another one of that place to be had."""
    purchaser, foreign = make_organization(COUNTY_B, "花溪区民政局"), make_organization(COUNTY_B)
    project = make_project(COUNTY_A, purchaser=purchaser)
    client = client_of(cast.clerk_a)
    refused = edited(client, project, "projects", purchaser=str(foreign.pk))
    assert refused.status_code == 422
    said = ["在您的辖区内没有找到这一项，请从列表中选择。"]
    assert refused.context["form"].errors == {"purchaser": said}
    typed = {"purchaser": str(purchaser.pk), "purchaser_text": "花溪区民政局"}
    answer = edited(client, project, "projects", **typed, staffing="两名社工")
    assert answer.status_code == 302
    project.refresh_from_db()
    assert (project.purchaser, project.staffing) == (purchaser, "两名社工")


# --- Places of the country ----------------------------------------------------------------
def shown_place(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" id="[^"]+" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_a_place_is_shown_by_its_name_and_sent_back_unchanged(cast: Cast, client_of: Any) -> None:
    person = make_person(TOWN, native_place="522301")
    client, url = client_of(cast.clerk_a), f"/people/{person.pk}/edit/"
    place = shown_place(client.get(url).text, "native_place")
    assert place == "贵州省 黔西南布依族苗族自治州 兴义市 522301"
    untouched = form_data(client, url) | {"native_place": place}
    assert "没有修改。" in client.post(url, untouched, follow=True).text
    person.refresh_from_db()
    assert person.version == 1
    assert client.post(url, untouched | {"native_place": "贵州大方"}).status_code == 302
    person.refresh_from_db()
    assert (person.native_place, person.version) == ("520521", 2)
    (row,) = changes_of(person)[0].rows
    assert row["label"] == "籍贯"


def test_a_place_that_nobody_changed_is_no_conflict(cast: Cast, client_of: Any) -> None:
    person = make_person(TOWN, native_place="522301")
    first, second = client_of(cast.clerk_a), client_of(cast.reviewer_a)
    url = f"/people/{person.pk}/edit/"
    place = {"native_place": shown_place(first.get(url).text, "native_place")}
    mine, theirs = form_data(first, url) | place, form_data(second, url) | place
    assert second.post(url, theirs | {"category": "2"}).status_code == 302
    page = first.post(url, mine | {"remark": "我写的"})
    assert page.status_code == 409
    assert {row["name"] for row in page.context["rows"]} == {"category", "remark"}
    wrong = first.post(url, mine | {"native_place": "火星"})
    told = {row["name"]: row["mine"] for row in wrong.context["rows"]}
    assert told["native_place"] == "火星"


# --- Dates --------------------------------------------------------------------------------
def test_what_is_no_date_is_not_lost_where_two_edit_at_once(cast: Cast, client_of: Any) -> None:
    row = make_row("certificate", COUNTY_A)
    first, second = client_of(cast.clerk_a), client_of(cast.reviewer_a)
    url = f"/certificates/{row.pk}/edit/"
    mine, theirs = form_data(first, url), form_data(second, url)
    assert second.post(url, theirs | {"issuer": "人社厅"}).status_code == 302
    mine |= {"approved_on": "去年夏天"}
    page = first.post(url, mine)
    assert page.status_code == 409
    told = {row["name"]: (row["mine"], row["only"]) for row in page.context["rows"]}
    assert told == {"approved_on": ("去年夏天", "mine"), "issuer": ("空", "theirs")}
    row.refresh_from_db()
    decided = {"version": str(row.version), "resolve_approved_on": "mine"}
    again = first.post(url, mine | decided | {"resolve_issuer": "theirs"})
    assert again.status_code == 422
    assert 'value="去年夏天"' in again.text
    assert "approved_on" in again.context["form"].errors
