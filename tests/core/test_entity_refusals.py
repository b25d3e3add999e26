"""What is refused when all looked well: by the database, by a right, by what happened since."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from core.dates import today
from core.entities.declarations import Action
from core.entities.entity import ENTITIES
from core.entities.forms import ActionForm
from core.entities.pages.act import perform
from core.entities.reach import Reach
from core.guards import ELSEWHERE
from core.models import ReadEvent
from stations.models import Organization
from talent.codes import PersonStatus
from talent.models import Person, Post
from talent.people.actions import reveal_person
from tests.conftest import COUNTY_A, COUNTY_B, Cast
from tests.core.test_entity_editing import form_data, new_person
from tests.rows import id_number, make_organization, make_person, make_row, make_station

TOWN, NEXT_TOWN = "520102016", "520102017"
CODE = "91520000000000000D"


@pytest.fixture
def rival(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let somebody else save an organisation after a form was checked, before it is saved."""

    def let(region: str, name: str, **fields: Any) -> None:
        check = Organization.validate_constraints

        def and_then(self: Organization, exclude: Any = None) -> None:
            check(self, exclude=exclude)
            make_organization(region, name, **fields)

        monkeypatch.setattr(Organization, "validate_constraints", and_then)

    return let


# --- By the database ----------------------------------------------------------------------
def test_what_another_saved_meanwhile_is_told_by_the_rule_it_breaks(
    rival: Any, cast: Cast, client_of: Any
) -> None:
    """With the sentence of the constraint, and with all that was typed still there."""
    client = client_of(cast.clerk_a)
    data = form_data(client, "/organizations/new/")
    data |= {"name": "同心中心", "kind": "4", "region": TOWN, "credit_code": CODE}
    rival(NEXT_TOWN, "另一家", credit_code=CODE)
    page = client.post("/organizations/new/", data)
    assert page.status_code == 422
    assert "该统一社会信用代码已登记。" in page.text
    assert 'value="同心中心"' in page.text
    assert [one.name for one in Organization.objects.all()] == ["另一家"]


def test_an_edit_that_collides_is_not_saved_and_may_be_sent_again(
    rival: Any, cast: Cast, client_of: Any
) -> None:
    own, client = make_organization(TOWN, "同心中心"), client_of(cast.clerk_a)
    url = f"/organizations/{own.pk}/edit/"
    data = form_data(client, url) | {"name": "连心中心"}
    rival(TOWN, "连心中心")
    page = client.post(url, data)
    assert page.status_code == 422
    assert "本地区已有同名机构。" in page.text
    assert 'name="version" value="1"' in page.text
    own.refresh_from_db()
    assert (own.name, own.version) == ("同心中心", 1)


def test_a_form_sent_again_after_its_record_moved_away_makes_no_second_one(
    cast: Cast, client_of: Any
) -> None:
    client = client_of(cast.clerk_a)
    data = form_data(client, "/organizations/new/")
    data |= {"name": "同心中心", "kind": "4", "region": TOWN}
    assert client.post("/organizations/new/", data).status_code == 302
    Organization.objects.update(region_id=COUNTY_B)
    page = client.post("/organizations/new/", data)
    assert page.status_code == 422
    assert "与已有记录冲突，没有保存。请核对后重试。" in page.text
    assert Organization.objects.get().region_id == COUNTY_B


def test_an_action_that_collides_undoes_what_it_wrote(cast: Cast) -> None:
    own = make_organization(TOWN, "同心中心")

    def rename(*, organization: Organization, by: Any) -> None:
        Organization.objects.filter(pk=organization.pk).update(address="新华路 1 号")
        make_organization(TOWN, organization.name)

    reach = Reach(ENTITIES["organization"], cast.clerk_a)
    form = ActionForm({}, user=cast.clerk_a, record=own)
    assert form.is_valid()
    action = Action("rename", "更名", None, rename, "stations.change_organization")
    assert perform(reach, own, action, form) is None
    assert form.non_field_errors() == ["与已有记录冲突，没有办理。请刷新后核对。"]
    own.refresh_from_db()
    assert (own.address, own.version) == ("", 1)
    assert Organization.objects.count() == 1


# --- By a right ---------------------------------------------------------------------------
def test_an_edit_that_would_take_somebody_from_elsewhere_is_refused(
    cast: Cast, client_of: Any
) -> None:
    """A second post made the primary one would move its holder here."""
    person = make_person(COUNTY_A)
    post = Post.objects.create(
        person=person, station=make_station(COUNTY_B), region_id=COUNTY_B, is_primary=False,
        started_on=datetime.date(2024, 3, 1),
    )  # fmt: skip
    client, url = client_of(cast.clerk_b), f"/posts/{post.pk}/edit/"
    page = client.post(url, form_data(client, url) | {"is_primary": "on"})
    assert page.status_code == 422
    assert "请办理「申请转入」" in page.text
    post.refresh_from_db()
    person.refresh_from_db()
    assert (post.is_primary, post.version, person.region_id) == (False, 1, COUNTY_A)


def test_who_was_moved_away_meanwhile_is_not_revealed(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_person(COUNTY_A)

    def too_late(**asked: Any) -> Any:
        Person.objects.filter(pk=person.pk).update(region_id=COUNTY_B)
        return reveal_person(**asked)

    monkeypatch.setattr("talent.people.views.reveal_person", too_late)
    page = client_of(cast.clerk_a).post(f"/people/{person.pk}/reveal/", {"reason": "核对社保"})
    assert page.status_code == 422
    assert ELSEWHERE in page.text
    assert person.id_number not in page.text
    assert not ReadEvent.objects.filter(kind="reveal").exists()


# --- By what a record is by now -----------------------------------------------------------
def test_the_form_of_a_part_is_not_opened_where_nothing_is_added(
    cast: Cast, client_of: Any
) -> None:
    person = make_person(COUNTY_A)
    Person.objects.filter(pk=person.pk).update(status=PersonStatus.MERGED)
    answer = client_of(cast.clerk_a).get(f"/certificates/new/?person={person.pk}", follow=True)
    assert answer.redirect_chain == [(f"/people/{person.pk}/", 302)]
    assert "的状态为「合并」，不能再添加证书。" in answer.text


def test_nothing_is_out_of_use_from_tomorrow_on(cast: Cast, client_of: Any) -> None:
    row = make_row("certificate", COUNTY_A)
    tomorrow = today() + datetime.timedelta(days=1)
    asked = {"version": "1", "why": "since", "since": f"{tomorrow}", "reason": "证书作废"}
    page = client_of(cast.clerk_a).post(f"/certificates/{row.pk}/deactivate/", asked)
    assert page.status_code == 422
    assert page.context["form"].errors == {"since": ["自何时起不能晚于今天，请核对。"]}
    row.refresh_from_db()
    assert (row.ended_on, row.true_until, row.version) == (None, None, 1)


def test_a_dialog_that_acted_leads_back_to_the_record(cast: Cast, client_of: Any) -> None:
    """An answer of htmx stays in its dialog: the page is told to go on by a header."""
    row, client = make_row("graduatestat", COUNTY_A), client_of(cast.clerk_a)
    answer = client.post(
        f"/graduates/{row.pk}/deactivate/", {"version": "1", "reason": "重复登记"},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/graduates/{row.pk}/")
    assert "已停用" in client.get(f"/graduates/{row.pk}/").text


def test_where_nothing_was_done_in_bulk_nothing_is_said_to_be(cast: Cast, client_of: Any) -> None:
    person = make_person(COUNTY_A, "张四")
    Person.objects.filter(pk=person.pk).update(status=PersonStatus.DECEASED)
    data = {"ids": [str(person.pk)], "confirmed": "1"}
    page = client_of(cast.clerk_a).post("/people/bulk/confirm/", data, follow=True).text
    assert "1 人没有办理（张四）：现在的状态不能办理。" in page
    assert "已为" not in page


def test_a_child_is_refused_while_the_number_is_typed_and_when_it_is_saved(
    cast: Any, client_of: Any
) -> None:
    client, number = client_of(cast.clerk_a), id_number(birth="20150307")
    hint = client.post("/people/id-number/", {"id_type": "1", "id_number": number})
    refused = client.post("/people/new/", new_person(client, id_number=number))
    for answer in (hint, refused):
        assert "未满 16 周岁，不能登记" in answer.text
    assert not Person.objects.exists()


def test_two_sentences_about_one_number_do_not_contradict_each_other(
    cast: Any, client_of: Any
) -> None:
    """While it is typed and when it is saved: it is in the own area, nobody is to ask for it."""
    person, client = make_person(TOWN, "杨小丫"), client_of(cast.clerk_a)
    typed = {"id_type": "1", "id_number": person.id_number}
    hint = client.post("/people/id-number/", typed)
    refused = client.post("/people/new/", new_person(client, id_number=person.id_number))
    assert refused.status_code == 422
    for answer in (hint, refused):
        assert "本辖区已有这个证件号码的档案" in answer.text
        assert "请申请转入" not in answer.text
