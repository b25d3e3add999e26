"""Creating and editing: one effect a submit, no lost update, no field that no form offers."""

from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest
from django.db import connection

from core.entities.changes import changes_of
from core.entities.entity import ENTITIES
from core.models import ReadEvent
from core.secrecy.identity import mask_id_number
from talent.actions import deactivate_person, start_post
from talent.models import Person, Post, TransferRequest
from tests.conftest import COUNTY_A, COUNTY_B
from tests.rows import id_number, make_person, make_row, make_station

TOWN = "520102016"
MARCH = datetime.date(2023, 3, 1)


def form_data(client: Any, url: str) -> dict[str, Any]:
    """What a browser would post back from a form page untouched."""
    context = client.get(url).context
    form, data = context["form"], {}
    for name, field in form.fields.items():
        value = form[name].value()
        if value is None or value is False:
            continue
        data[name] = [str(v) for v in value] if isinstance(value, list) else str(value)
        if field.widget.__class__.__name__ == "LookupWidget":
            data[name] = str(getattr(value, "pk", value))
    data["token"] = context.get("token", "")
    if context.get("record"):
        data["version"] = str(context["record"].version)
    return data


def new_person(client: Any, **changes: Any) -> dict[str, Any]:
    data = form_data(client, "/people/new/")
    return data | {"name": "王小丫", "id_number": id_number(), "residence": TOWN} | changes


def test_create_derives_from_the_id_number(cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    number = id_number(birth="19881224", woman=True)
    spaced = f" {number[:6]} {number[6:14]} {number[14:].lower()} "
    answer = client.post("/people/new/", new_person(client, id_number=spaced))
    person = Person.objects.get(name="王小丫")
    assert answer["Location"] == f"/people/{person.pk}/"
    assert person.id_number == number
    assert f"{person.birth_date:%Y%m%d}" == "19881224"
    assert person.sex == "2"
    assert person.region_id == person.residence_id == TOWN
    assert person.pinyin == "wangxiaoya"
    state = person.states.get()
    assert (state.status, state.residence_id, state.valid_to) == ("20", TOWN, None)


def test_double_submit_is_one_record(cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    data = new_person(client)
    first, second = client.post("/people/new/", data), client.post("/people/new/", data)
    assert first["Location"] == second["Location"]
    assert Person.objects.filter(name="王小丫").count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_submits_are_one_record(cast: Any, client_of: Any) -> None:
    client, other = client_of(cast.clerk_a), client_of(cast.clerk_a)
    data = new_person(client)
    together, codes = threading.Barrier(2), []

    def submit(one: Any) -> None:
        together.wait()
        codes.append(one.post("/people/new/", data).status_code)
        connection.close()

    threads = [threading.Thread(target=submit, args=(one,)) for one in (client, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Person.objects.filter(name="王小丫").count() == 1
    assert codes == [302, 302]


def test_nobody_is_born_tomorrow(cast: Any, client_of: Any) -> None:
    """A passport does not tell the birth date: what is typed is all there is."""
    client = client_of(cast.clerk_a)
    data = new_person(client, id_type="4", id_number="E12345678", birth_date="9999-12-31")
    page = client.post("/people/new/", data)
    assert page.status_code == 422
    assert "出生日期不合理" in page.text
    assert not Person.objects.exists()


def test_id_number_registered_elsewhere_tells_only_the_county(cast: Any, client_of: Any) -> None:
    other = make_person(COUNTY_B, "杨某某", phone="13885100001")
    client = client_of(cast.clerk_a)
    page = client.post("/people/new/", new_person(client, id_number=other.id_number))
    assert page.status_code == 422
    hint = client.post("/people/id-number/", {"id_type": "1", "id_number": other.id_number})
    for answer in (page, hint):
        assert "已在册，归属贵阳市 花溪区" in answer.text
        assert "杨某某" not in answer.text
        assert str(other.pk) not in answer.text
        assert "13885100001" not in answer.text
    assert Person.objects.count() == 1
    # The top bar's search leads on, as that of the list does.
    searched = client.post("/search/", {"q": other.id_number})
    for answer in (searched, client.post("/people/", {"q": other.id_number})):
        assert "归属贵阳市 花溪区" in answer.text
        assert "/transfers/new/" in answer.text
        assert "杨某某" not in answer.text
    # The number typed once goes along to the request; nothing is asked for yet.
    assert 'formaction="/transfers/new/"' in hint.text
    typed = new_person(client, id_number=other.id_number, asked="1")
    asked = client.post("/transfers/new/", typed)
    assert asked.status_code == 200
    assert f'value="{other.id_number}"' in asked.text
    assert "请填写" not in asked.text
    assert not TransferRequest.objects.exists()


def test_who_has_no_post_waits_for_one(cast: Any, client_of: Any) -> None:
    """As in a ledger: 在岗 is who serves somewhere."""
    client = client_of(cast.clerk_a)
    page = client.post("/people/new/", new_person(client, name="杨小丫"), follow=True).text
    someone = Person.objects.get()
    assert someone.status == "20"
    assert "不计入「社工人才」" in page
    post = Post(person=someone, station=make_station(TOWN), region_id=TOWN, started_on=MARCH)
    start_post(post=post, by=cast.clerk_a)
    someone.refresh_from_db()
    assert someone.status == "10"
    assert [(s.status, s.valid_from) for s in someone.states.all()] == [("10", MARCH)]
    assert "不计入" not in client.get(f"/people/{someone.pk}/").text


def test_a_number_of_the_own_area_leads_to_its_record(cast: Any, client_of: Any) -> None:
    person, client = make_person(TOWN, "杨小丫"), client_of(cast.clerk_a)
    typed = {"id_type": "1", "id_number": person.id_number}
    hint = client.post("/people/id-number/", typed).text
    assert "本辖区已有这个证件号码的档案" in hint
    assert f'href="/people/{person.pk}/"' in hint
    assert ReadEvent.objects.filter(kind=ReadEvent.Kind.SEARCH, people=[person.pk]).exists()
    deactivate_person(person=person, by=cast.clerk_a, reason="误录")
    assert "保存后恢复原档案" in client.post("/people/id-number/", typed).text
    data = new_person(client, name="杨小丫", id_number=person.id_number)
    saved = client.post("/people/new/", data, follow=True)
    assert "「杨小丫」原有停用的档案，已恢复并按填写的更新" in saved.text
    assert Person.objects.count() == 1


def test_out_of_scope_residence_is_refused(cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    for place in (COUNTY_B, "花溪区", "52"):
        answer = client.post("/people/new/", new_person(client, residence=place))
        assert answer.status_code == 422
        assert "residence" in answer.context["form"].errors
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "typed", ["520102016", "新华路街道", "新华路", "xinhualu", "贵阳市 南明区 新华路街道"]
)
def test_a_region_can_be_typed(typed: str, cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    data = new_person(client, residence="", residence_text=typed)
    answer = client.post("/people/new/", data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Person.objects.get().residence_id == TOWN


def test_an_ambiguous_region_lists_the_candidates(cast: Any, client_of: Any) -> None:
    answer = client_of(cast.province).post(
        "/organizations/new/", {"name": "某", "kind": "4", "region_text": "龙场镇"}
    )
    error = str(answer.context["form"].errors["region"])
    assert "不止一个" in error
    assert error.count("龙场镇（52") == 5


def test_mass_assignment_changes_nothing(cast: Any, client_of: Any) -> None:
    """Fields that no form offers stay as they are, whatever is posted (T06)."""
    person = make_person(TOWN)
    client = client_of(cast.clerk_a)
    url = f"/people/{person.pk}/edit/"
    hostile = {
        "region": COUNTY_B, "status": "50", "verification": "5", "number": "AAAAAAAAAAAA",
        "data_source": "伪造", "user": str(cast.clerk_a.pk), "confirmed_on": "2026-01-01",
        "id": str(cast.clerk_a.pk), "pinyin": "aaa", "role": "reviewer", "is_superuser": "1",
    }  # fmt: skip
    before = Person.objects.values().get(pk=person.pk)
    answer = client.post(url, form_data(client, url) | hostile | {"remark": "改"})
    assert answer.status_code == 302
    after = Person.objects.values().get(pk=person.pk)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"remark", "version", "updated_at", "id_number", "phone"}
    person.refresh_from_db()
    assert person.remark == "改"


def test_lost_update_is_shown_not_overwritten(cast: Any, client_of: Any) -> None:
    person = make_person(TOWN, remark="原备注")
    first, second = client_of(cast.clerk_a), client_of(cast.reviewer_a)
    url = f"/people/{person.pk}/edit/"
    mine, theirs = form_data(first, url), form_data(second, url)
    assert second.post(url, theirs | {"remark": "审核员写的", "category": "2"}).status_code == 302
    page = first.post(url, mine | {"remark": "录入员写的", "ethnicity": "06"})
    assert page.status_code == 409
    assert "录入员写的" in page.text
    assert "审核员写的" in page.text
    assert "南明审核员" in page.text
    person.refresh_from_db()
    assert person.remark == "审核员写的"
    # Both wrote a remark; each changed one thing that the other left alone.
    only = {row["name"]: row["only"] for row in page.context["rows"]}
    assert only == {"remark": "", "category": "theirs", "ethnicity": "mine"}
    assert page.text.count(" checked") == 2
    # Decided field by field: my remark, their category.
    decided = mine | {"remark": "录入员写的", "ethnicity": "06", "version": str(person.version)}
    decided |= {"resolve_remark": "mine", "resolve_category": "theirs", "resolve_ethnicity": "mine"}
    assert first.post(url, decided).status_code == 302
    person.refresh_from_db()
    assert (person.remark, person.category, person.ethnicity) == ("录入员写的", "2", "06")
    assert person.version == 3


def test_two_who_changed_different_things_only_confirm(cast: Any, client_of: Any) -> None:
    person = make_person(TOWN, remark="原备注")
    first, second = client_of(cast.clerk_a), client_of(cast.reviewer_a)
    url = f"/people/{person.pk}/edit/"
    mine = form_data(first, url)
    other = form_data(second, url) | {"residence": "520102017"}
    assert second.post(url, other).status_code == 302
    page = first.post(url, mine | {"service_fields": ["01"]})
    only = {row["name"]: row["only"] for row in page.context["rows"]}
    assert only == {"residence": "theirs", "service_fields": "mine"}
    assert "两边改的不是同一项" in page.text
    # A version that no history knows chooses nothing for anybody.
    page = first.post(url, mine | {"remark": "新", "version": "77777777777777"})
    assert {row["only"] for row in page.context["rows"]} == {""}


def test_repeated_edit_is_one_version(cast: Any, client_of: Any) -> None:
    station = make_station(TOWN)
    client = client_of(cast.clerk_a)
    url = f"/stations/{station.pk}/edit/"
    data = form_data(client, url) | {"address": "新华路 1 号"}
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 302
    station.refresh_from_db()
    assert station.version == 2


def test_encrypted_values_are_kept_when_left_empty(cast: Any, client_of: Any) -> None:
    person = make_person(TOWN, phone="13885100001")
    number = person.id_number
    client = client_of(cast.clerk_a)
    url = f"/people/{person.pk}/edit/"
    page = client.get(url)
    assert number not in page.text
    assert "13885100001" not in page.text
    client.post(url, form_data(client, url) | {"remark": "改"})
    person.refresh_from_db()
    assert (person.id_number, person.phone, person.remark) == (number, "13885100001", "改")


def test_a_warning_asks_for_a_reason_that_the_history_keeps(cast: Any, client_of: Any) -> None:
    person = make_person(TOWN)
    client = client_of(cast.clerk_a)
    url = "/certificates/new/"
    data = {"person": str(person.pk), "level": "1", "number": "", "approved_on": "2005.6"}
    page = client.post(url, data)
    assert page.status_code == 422
    assert "首次全国考试" in page.text
    assert client.post(url, data | {"reason": "原件如此"}).status_code == 302
    certificate = person.certificates.get()
    assert certificate.approved_precision == "M"
    entry = changes_of(certificate)[0]
    assert (entry.who, entry.reason) == ("南明录入员", "原件如此")


def test_saving_out_of_scope_is_undone(cast: Any, client_of: Any) -> None:
    """Whoever saves must still see it: a post at a station elsewhere would move the person."""
    person, foreign = make_person(TOWN), make_station(COUNTY_B)
    client = client_of(cast.clerk_a)
    data = {"person": str(person.pk), "station": str(foreign.pk), "station_text": foreign.name,
            "kind": "3", "employment": "1", "started_on": "2024-01-01"}  # fmt: skip
    assert client.post("/posts/new/", data).status_code == 422
    assert not person.posts.exists()


def test_a_post_moves_the_person_to_its_place(cast: Any, client_of: Any) -> None:
    person, station = make_person(TOWN), make_station("520102017")
    client = client_of(cast.clerk_a)
    data = {"person": str(person.pk), "station": str(station.pk), "kind": "3", "employment": "1",
            "started_on": "2024年1月", "is_primary": "on"}  # fmt: skip
    assert client.post("/posts/new/", data).status_code == 302
    person.refresh_from_db()
    assert person.region_id == station.region_id
    post = person.posts.get()
    assert (post.region_id, post.started_precision) == (station.region_id, "M")
    again = client.post("/posts/new/", data)
    assert "已有一个未结束的主岗" in again.text


def test_deactivate_and_back(cast: Any, client_of: Any) -> None:
    figures = make_row("graduatestat", COUNTY_A)
    client = client_of(cast.clerk_a)
    url = f"/graduates/{figures.pk}/deactivate/"
    dialog = client.get(url, headers={"HX-Request": "true"})
    assert "<dialog" in dialog.text
    assert "<html" not in dialog.text
    assert client.post(url, {"version": "1", "reason": ""}).status_code == 422
    assert client.post(url, {"version": "1", "reason": "重复登记"}).status_code == 302
    figures.refresh_from_db()
    assert figures.ended_on is not None
    assert figures.end_reason == "重复登记"
    assert str(figures.pk) not in client.get("/graduates/").text
    assert str(figures.pk) in client.get("/graduates/?state=ended").text
    answer = client.get(f"/graduates/{figures.pk}/edit/", follow=True)
    assert answer.redirect_chain == [(f"/graduates/{figures.pk}/", 302)]
    assert "不能再修改，没有保存任何内容" in answer.text
    # What was typed before somebody else ended the record stays on the page.
    answer = client.post(f"/graduates/{figures.pk}/edit/", {"version": "1", "school": "某大学"})
    assert answer.status_code == 409
    assert "不能再修改，没有保存" in answer.text
    assert "某大学" in answer.text
    # The same dialog sent again, or opened from an old page, does nothing and says why.
    again = client.post(url, {"version": "1", "reason": "重复登记"})
    old = client.get(url, headers={"HX-Request": "true"})
    assert again.status_code == old.status_code == 409
    for answer in (again, old):
        assert "现在不能办理「停用」" in answer.text
        assert "查看现在的内容" in answer.text
    back = f"/graduates/{figures.pk}/reactivate/"
    assert client.post(back, {"version": "1", "reason": "弄错了"}).status_code == 422
    version = str(figures.version)
    assert client.post(back, {"version": version, "reason": "弄错了"}).status_code == 302


def test_history_names_fields_and_hides_numbers(cast: Any, client_of: Any) -> None:
    person = make_person(TOWN, remark="旧")
    client = client_of(cast.clerk_a)
    url = f"/people/{person.pk}/edit/"
    number = id_number(birth="19900307")
    client.post(url, form_data(client, url) | {"remark": "新", "id_number": number})
    page = client.get(f"/people/{person.pk}/history/")
    assert "备注" in page.text
    assert "旧" in page.text
    for one in (person.id_number, number):
        assert mask_id_number(one) in page.text
        assert one not in page.text


@pytest.mark.parametrize("entity", ["person", "station", "project"])
def test_enter_pages_say_what_is_wrong(entity: str, cast: Any, client_of: Any) -> None:
    url = ENTITIES[entity].url("create")
    client = client_of(cast.clerk_a)
    page = client.post(url, {"token": form_data(client, url)["token"]})
    assert page.status_code == 422
    assert "还没有保存，请先改正以下内容" in page.text


def test_a_section_has_a_short_form_that_changes_nothing_else(cast: Any, client_of: Any) -> None:
    client, person = client_of(cast.clerk_a), make_person(TOWN, "王小丫", phone="13885100001")
    detail = client.get(f"/people/{person.pk}/").content.decode()
    assert f'href="/people/{person.pk}/edit/?section=2"' in detail
    url = f"/people/{person.pk}/edit/?section=2"
    form = client.get(url).context["form"]
    shown = [field.name for section in form.sections() for field in section["fields"]]
    assert shown == ["category", "sources", "service_fields", "political_status", "remark"]
    assert "name" in [field.name for field in form.unseen()]
    before = Person.objects.values().get(pk=person.pk)
    answer = client.post(f"/people/{person.pk}/edit/", form_data(client, url) | {"remark": "新的"})
    assert answer.status_code == 302
    after = Person.objects.values().get(pk=person.pk)
    assert {k for k in after if after[k] != before[k]} == {"remark", "version", "updated_at"}


def test_an_error_outside_the_section_is_shown_with_its_field(cast: Any, client_of: Any) -> None:
    client, person = client_of(cast.clerk_a), make_person(TOWN, "王小丫")
    url = f"/people/{person.pk}/edit/?section=1"
    answer = client.post(f"/people/{person.pk}/edit/", form_data(client, url) | {"name": ""})
    assert answer.status_code == 422
    shown = [f.name for s in answer.context["form"].sections() for f in s["fields"]]
    assert "name" in shown


def test_sections_without_a_field_of_the_form_have_no_short_form(cast: Any, client_of: Any) -> None:
    claim = make_row("keytalentclaim", COUNTY_A)
    page = client_of(cast.clerk_a).get(f"/key-talents/{claim.pk}/").content.decode()
    assert "section=0" in page
    assert "section=1" not in page
