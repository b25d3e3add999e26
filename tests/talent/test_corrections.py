"""A worker corrects her record: contact at once, the rest through a reviewer."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from core.entities.changes import changes_of
from core.models import Region
from core.rules import RuleError
from core.scoping import OutOfScope
from talent import actions
from talent.codes import RequestState
from talent.corrections.forms import CorrectionForm
from talent.corrections.items import differences
from talent.models import Certificate, ChangeRequest, Person
from talent.own import views
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.rows import make_person, make_row

pytestmark = pytest.mark.django_db
WHY = "身份证"


@pytest.fixture
def own(cast: Cast) -> Person:
    person = make_person(TOWNSHIP_A, "王小明", phone="13800001111")
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    person.refresh_from_db()
    return person


def ask(cast: Cast, **changes: Any) -> Any:
    return actions.request_change(by=cast.worker_a, changes=changes, reason=WHY)


def test_contact_changes_at_once(cast: Cast, own: Person) -> None:
    actions.update_contact(by=cast.worker_a, phone=" 139 0000 2222", address="中华路 1 号")
    own.refresh_from_db()
    assert (own.phone, own.address) == ("13900002222", "中华路 1 号")
    found = Person.objects.filter(phone_index=own.phone_index)
    assert found.get() == own
    with pytest.raises(RuleError):
        actions.update_contact(by=cast.worker_a, phone="12345", address="")


def test_staff_have_no_own_record(cast: Cast, own: Person) -> None:
    for part in ("clerk_a", "reviewer_a", "auditor"):
        with pytest.raises(PermissionDenied):
            actions.update_contact(by=getattr(cast, part), phone="13900002222")


def test_everything_else_waits_for_the_reviewer(cast: Cast, own: Person) -> None:
    request = ask(
        cast, name="王晓明", birth_date=datetime.date(1990, 3, 8), service_fields=["02", "01"]
    )
    own.refresh_from_db()
    assert own.name == "王小明"
    rows = {d.label: (d.old, d.new) for d in differences(request, own)}
    assert rows["姓名"] == ("王小明", "王晓明")
    assert rows["出生日期"] == ("1990-03-07", "1990-03-08")
    with pytest.raises(PermissionDenied):
        actions.approve_change(request=request, by=cast.clerk_a)
    with pytest.raises(OutOfScope):
        actions.approve_change(request=request, by=cast.reviewer_b)
    with pytest.raises(PermissionDenied):
        actions.approve_change(request=request, by=cast.worker_a)
    actions.approve_change(request=request, by=cast.reviewer_a)
    own.refresh_from_db()
    assert (own.name, own.pinyin, own.service_fields) == ("王晓明", "wangxiaoming", ["01", "02"])
    assert own.birth_date == datetime.date(1990, 3, 8)
    request.refresh_from_db()
    assert (request.state, request.decided_by) == (RequestState.ACCEPTED, cast.reviewer_a)


def test_a_residence_moves_the_person(cast: Cast, own: Person) -> None:
    other = Region.objects.current().filter(parent_id=COUNTY_A).exclude(pk=TOWNSHIP_A)[0]
    actions.approve_change(request=ask(cast, residence=other), by=cast.reviewer_a)
    own.refresh_from_db()
    assert (own.residence_id, own.region_id) == (other.pk, other.pk)
    elsewhere = ask(cast, residence=Region.objects.get(pk=COUNTY_B))
    with pytest.raises(RuleError, match="转出"):
        actions.approve_change(request=elsewhere, by=cast.reviewer_a)


def test_what_changed_meanwhile_is_shown(cast: Cast, own: Person) -> None:
    request = ask(cast, name="王晓明", ethnicity="06")
    own.name = "王小敏"
    actions.update_person(person=own, by=cast.clerk_a)
    own.refresh_from_db()
    shown = {d.label: (d.now, d.is_overtaken) for d in differences(request, own)}
    assert shown == {"姓名": ("王小敏", True), "民族": ("", False)}


def test_what_changed_under_the_reviewers_eyes_is_shown_first(
    cast: Cast, own: Person, client_of: Any
) -> None:
    """F12: what a clerk saved after the page was opened is not overwritten unseen."""
    made = ask(cast, former_name="王晓明")
    client, path = client_of(cast.reviewer_a), f"/changes/{made.pk}/"
    seen = client.get(path).context["seen"]
    own.former_name = "王小敏"
    actions.update_person(person=own, by=cast.clerk_a)
    answer = client.post(path, {"verb": "accept", "seen": seen})
    assert answer.status_code == 422
    assert "档案刚被修改过" in answer.text
    assert "王小敏" in answer.text
    assert "申请后已变动" in answer.text
    assert 'name="seen"' in answer.text
    own.refresh_from_db()
    assert own.former_name == "王小敏"
    # Other fields are no matter of this request.
    own.remark = "核对过"
    actions.update_person(person=own, by=cast.clerk_a)
    assert client.post(path, {"verb": "accept", "seen": answer.context["seen"]}).status_code == 302
    own.refresh_from_db()
    assert own.former_name == "王晓明"


def test_the_history_says_why_the_worker_asked(cast: Cast, own: Person) -> None:
    actions.approve_change(request=ask(cast, former_name="王晓明"), by=cast.reviewer_a)
    assert changes_of(own)[0].reason == WHY


def test_a_refusal_says_why(cast: Cast, own: Person) -> None:
    request = ask(cast, name="王晓明")
    with pytest.raises(RuleError, match="理由"):
        actions.refuse_change(request=request, by=cast.reviewer_a, reason="")
    actions.refuse_change(request=request, by=cast.reviewer_a, reason="与身份证不符")
    own.refresh_from_db()
    assert own.name == "王小明"


def test_one_request_at_a_time_unless_withdrawn(cast: Cast, own: Person) -> None:
    request = ask(cast, name="王晓明")
    with pytest.raises(RuleError, match="待审核"):
        ask(cast, name="王大明")
    actions.withdraw_change(request=request, by=cast.worker_a)
    ask(cast, name="王大明")


@pytest.mark.parametrize(
    "field", ["id_number", "status", "verification", "user", "region", "number", "phone"]
)
def test_no_other_field_can_be_asked_for(cast: Cast, own: Person, field: str) -> None:
    with pytest.raises(RuleError):
        ask(cast, **{field: "1"})


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "王 1"), ("ethnicity", "77"), ("category", "x"), ("name", "王小明")],
)
def test_values_are_checked_when_asked(cast: Cast, own: Person, field: str, value: str) -> None:
    with pytest.raises(RuleError):
        ask(cast, **{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [("birth_date", datetime.date(9999, 12, 31)), ("birth_date", datetime.date(1, 1, 1)),
     ("birth_date", datetime.date(2015, 1, 1)),
     ("native_place", "529999"), ("household_place", "999999")],
)  # fmt: skip
def test_no_day_ahead_and_no_place_that_never_was(
    cast: Cast, own: Person, field: str, value: Any
) -> None:
    with pytest.raises(RuleError) as refused:
        ask(cast, **{field: value})
    assert refused.value.field == field


def test_a_code_named_twice_is_asked_for_once(cast: Cast, own: Person) -> None:
    assert ask(cast, sources=["02", "02"]).changes["sources"]["new"] == ["02"]


def test_nobody_withdraws_for_another(cast: Cast, own: Person) -> None:
    request = ask(cast, name="王晓明")
    Person.objects.filter(pk=own.pk).update(user=None)
    other = make_person(TOWNSHIP_A)
    Person.objects.filter(pk=other.pk).update(user=cast.worker_a)
    with pytest.raises(PermissionDenied):
        actions.withdraw_change(request=request, by=cast.worker_a)


# --- Other records, in words ----------------------------------------------------------------
def test_other_records_are_asked_in_words_and_settled_by_hand(cast: Cast, own: Person) -> None:
    made = actions.request_change(
        by=cast.worker_a, changes={}, reason="劳动合同",
        other="漏登的证书：初级，2019 年取得，证件号 11010519491231002X",
    )  # fmt: skip
    assert made.other == "漏登的证书：初级，2019 年取得，证件号 11****************"
    assert differences(made, own) == []
    with pytest.raises(PermissionDenied):
        actions.approve_change(request=made, by=cast.worker_a)
    before = Person.objects.values().get(pk=own.pk)
    actions.approve_change(request=made, by=cast.reviewer_a, reason="已补登")
    made.refresh_from_db()
    assert (made.state, made.decision_reason) == (RequestState.ACCEPTED, "已补登")
    assert Person.objects.values().get(pk=own.pk) == before


def test_words_and_fields_travel_as_one_request(cast: Cast, own: Person) -> None:
    made = actions.request_change(
        by=cast.worker_a, changes={"name": "王晓明"}, reason=WHY, other="任职：岗位不对"
    )
    with pytest.raises(RuleError, match="改在哪条记录"):
        actions.approve_change(request=made, by=cast.reviewer_a)
    own.refresh_from_db()
    assert own.name == "王小明"
    actions.approve_change(request=made, by=cast.reviewer_a, reason="岗位已改为督导")
    own.refresh_from_db()
    assert own.name == "王晓明"


def test_nothing_asked_is_refused(cast: Cast, own: Person) -> None:
    with pytest.raises(RuleError, match="其他更正"):
        actions.request_change(by=cast.worker_a, changes={}, reason=WHY, other="  ")


def correction(own: Person, **changes: str) -> dict[str, Any]:
    """What the page sends when nothing but `changes` was touched."""
    form = CorrectionForm(instance=own, user=own.user, records=[])
    sent = {name: form[name].value() for name in form.fields}
    return {k: v for k, v in sent.items() if v not in (None, "")} | {"reason": WHY} | changes


def test_the_page_offers_her_own_records_alone(cast: Cast, own: Person, client_of: Any) -> None:
    mine = make_row("certificate", COUNTY_A)
    Certificate.objects.filter(pk=mine.pk).update(person=own)
    other = make_row("certificate", COUNTY_A)
    client = client_of(cast.worker_a)
    page = client.get("/me/").content.decode()
    assert f"?about={mine.pk}#field-about" in page
    page = client.get(f"/me/requests/new/?about={mine.pk}").content.decode()
    assert f'<option value="{mine.pk}" selected>' in page
    assert str(other.pk) not in page
    sent = correction(own, about=str(other.pk), wrong="级别不对")
    assert client.post("/me/requests/new/", sent).status_code == 422
    sent = correction(own, about=str(mine.pk))
    assert "请写明这条记录哪里不对" in client.post("/me/requests/new/", sent).content.decode()
    sent = correction(own, wrong="级别不对")
    assert "请选择是哪一条记录" in client.post("/me/requests/new/", sent).content.decode()
    assert not own.changerequests.exists()
    sent = correction(own, about=str(mine.pk), wrong="级别应为中级")
    assert client.post("/me/requests/new/", sent).status_code == 302
    made = own.changerequests.get()
    assert (made.changes, made.other) == ({}, f"证书「{mine}」：级别应为中级")
    for path, user in (
        ("/me/requests/", cast.worker_a), (f"/changes/{made.pk}/", cast.reviewer_a)
    ):  # fmt: skip
        assert "级别应为中级" in client_of(user).get(path).content.decode()


def test_the_reviewer_is_told_to_mend_the_record_first(
    cast: Cast, own: Person, client_of: Any
) -> None:
    made = actions.request_change(
        by=cast.worker_a, changes={}, reason=WHY, other="漏登的学历：本科"
    )
    client = client_of(cast.reviewer_a)
    page = client.get(f"/changes/{made.pk}/").content.decode()
    assert "不会自动改动" in page
    assert "已改好，办结" in page
    client.post(f"/changes/{made.pk}/", {"verb": "refuse", "reason": "请补学历证书"})
    made.refresh_from_db()
    assert (made.state, made.decision_reason) == (RequestState.REFUSED, "请补学历证书")


def test_a_withdrawal_that_comes_too_late_says_so(
    cast: Cast, own: Person, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answered between the look at it and its lock."""
    made, withdraw = ask(cast, former_name="王小"), views.withdraw_change

    def answered(**given: Any) -> None:
        ChangeRequest.objects.filter(pk=made.pk).update(state=RequestState.ACCEPTED)
        withdraw(**given)

    monkeypatch.setattr(views, "withdraw_change", answered)
    answer = client_of(cast.worker_a).post("/me/requests/withdraw/", follow=True)
    assert answer.status_code == 200
    assert "申请已撤回" not in answer.text
    assert ChangeRequest.objects.get(person=own).state == RequestState.ACCEPTED
