"""A correction is decided item by item: what was done, what was not and why, until when."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from core.dates import today
from core.decisions.actions import settle_due
from core.entities.changes import changes_of
from core.rules import RuleError
from talent import actions
from talent.codes import CorrectionState
from talent.corrections.actions import approve_unopened
from talent.corrections.items import items
from talent.models import ChangeRequest, Person
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.rows import make_change, make_person, make_row

pytestmark = pytest.mark.django_db
OTHER = "漏登的学历：本科，社会工作"


@pytest.fixture
def own(cast: Cast) -> Person:
    person = make_person(TOWNSHIP_A, "王小明")
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    person.refresh_from_db()
    return person


@pytest.fixture
def asked(cast: Cast, own: Person) -> ChangeRequest:
    """Two fields, and something about another record in words."""
    changes = {"former_name": "王小", "ethnicity": "06"}
    return actions.request_change(by=cast.worker_a, changes=changes, reason="户口簿", other=OTHER)


def decide(request: ChangeRequest, by: Any, **answers: tuple[bool, str]) -> None:
    actions.decide_change(
        request=request,
        by=by,
        answers={name: done for name, (done, _) in answers.items()},
        notes={name: note for name, (_, note) in answers.items()},
    )
    request.refresh_from_db()


def test_each_item_has_its_own_answer(cast: Cast, own: Person, asked: ChangeRequest) -> None:
    decide(
        asked, cast.reviewer_a,
        former_name=(True, ""), ethnicity=(False, "与户口簿不符"), other=(True, "学历已补登"),
    )  # fmt: skip
    own.refresh_from_db()
    assert (own.former_name, own.ethnicity) == ("王小", "")
    assert asked.state == CorrectionState.PARTLY
    assert asked.outcome == (
        "曾用名：已改；民族：不予采纳（与户口簿不符）；其他更正：已改（学历已补登）"
    )
    assert [(i.name, i.is_done, i.note) for i in items(asked, own)] == [
        ("former_name", True, ""),
        ("ethnicity", False, "与户口簿不符"),
        ("other", True, "学历已补登"),
    ]


@pytest.mark.parametrize(
    ("done", "state"),
    [((True, True, True), "全部已改"), ((True, False, False), "部分采纳"),
     ((False, False, True), "部分采纳"), ((False, False, False), "未采纳")],
)  # fmt: skip
def test_the_state_follows_from_the_items(
    cast: Cast, own: Person, asked: ChangeRequest, done: tuple[bool, ...], state: str
) -> None:
    names = ("former_name", "ethnicity", "other")
    answers = {name: (is_done, "说明") for name, is_done in zip(names, done, strict=True)}
    decide(asked, cast.reviewer_a, **answers)
    assert asked.get_state_display() == state
    own.refresh_from_db()
    assert bool(own.former_name) is done[0]
    assert bool(own.ethnicity) is done[1]


def test_nothing_is_called_done_that_was_not(cast: Cast, own: Person, asked: ChangeRequest) -> None:
    """What stands in words needs a note of what was done; the reviewer cannot forget an item."""
    with pytest.raises(RuleError, match="改在哪条记录") as refused:
        decide(
            asked, cast.reviewer_a,
            former_name=(True, ""), ethnicity=(True, ""), other=(True, " "),
        )  # fmt: skip
    assert refused.value.field == "note_other"
    with pytest.raises(RuleError, match="还没有结论") as forgotten:
        decide(asked, cast.reviewer_a, former_name=(True, ""), other=(True, "已补登"))
    assert forgotten.value.field == "answer_ethnicity"
    with pytest.raises(RuleError, match="理由") as unexplained:
        decide(
            asked, cast.reviewer_a,
            former_name=(True, ""), ethnicity=(False, ""), other=(True, "已补登"),
        )  # fmt: skip
    assert unexplained.value.field == "note_ethnicity"
    asked.refresh_from_db()
    own.refresh_from_db()
    assert (asked.state, asked.results, own.former_name) == (CorrectionState.PENDING, {}, "")


def test_one_note_serves_what_has_none(cast: Cast, own: Person, asked: ChangeRequest) -> None:
    actions.refuse_change(request=asked, by=cast.reviewer_a, reason="请补户口簿")
    asked.refresh_from_db()
    assert {result["note"] for result in asked.results.values()} == {"请补户口簿"}
    assert asked.decision_reason == "请补户口簿"


def test_notes_hold_no_id_number(cast: Cast, own: Person, asked: ChangeRequest) -> None:
    actions.refuse_change(
        request=asked, by=cast.reviewer_a, reason="与 11010519491231002X 的档案重复"
    )
    asked.refresh_from_db()
    assert "11010519491231002X" not in f"{asked.outcome}{asked.results}"


# --- Until when -----------------------------------------------------------------------------
def test_it_is_to_be_answered_in_fifteen_days_and_never_by_silence(
    cast: Cast, own: Person, asked: ChangeRequest, client_of: Any
) -> None:
    assert asked.due_on == today() + datetime.timedelta(days=15)
    with time_machine.travel(asked.due_on + datetime.timedelta(days=3)):
        assert settle_due() == 0
        asked.refresh_from_db()
        assert (asked.state, asked.days_over) == (CorrectionState.PENDING, 3)
        newer = make_change(COUNTY_A)
        client = client_of(cast.reviewer_a)
        page = client.get("/changes/")
        # The overdue one stands first, and says so; the newest would come first otherwise.
        assert [row.pk for row in page.context["page"].object_list] == [asked.pk, newer.pk]
        assert "已逾期 3 天" in page.text
        late = client.get("/changes/?state=overdue").context["page"].object_list
        assert [row.pk for row in late] == [asked.pk]
        assert "逾期 3 天" in client.get(f"/changes/{asked.pk}/").text
        assert "已过，仍在等待审核" in client_of(cast.worker_a).get("/me/requests/").text


def test_the_worker_knows_until_when(
    cast: Cast, own: Person, asked: ChangeRequest, client_of: Any
) -> None:
    client: Client = client_of(cast.worker_a)
    day = f"{asked.due_on:%Y-%m-%d}"
    assert f"最迟 {day} 答复" in client.get("/me/requests/").text
    assert f"{day} 前答复" in client.get("/me/").text


# --- What became of it ----------------------------------------------------------------------
def test_the_worker_reads_the_result_of_each_item(
    cast: Cast, own: Person, asked: ChangeRequest, client_of: Any
) -> None:
    decide(
        asked, cast.reviewer_a,
        former_name=(True, ""), ethnicity=(False, "与户口簿不符"), other=(True, "学历已补登"),
    )  # fmt: skip
    client: Client = client_of(cast.worker_a)
    page = client.get("/me/requests/").text
    for word in ("部分采纳", "已改", "不予采纳", "与户口簿不符", "学历已补登"):
        assert word in page
    assert "变更申请部分采纳" in client.get("/me/").text


def test_the_records_history_says_what_was_not_adopted_too(
    cast: Cast, own: Person, asked: ChangeRequest, client_of: Any
) -> None:
    decide(
        asked, cast.reviewer_a,
        former_name=(True, ""), ethnicity=(False, "与户口簿不符"), other=(True, "学历已补登"),
    )  # fmt: skip
    client: Client = client_of(cast.viewer_a)
    for path in (f"/people/{own.pk}/history/", f"/changes/{asked.pk}/history/"):
        page = client.get(path).text
        assert "民族：不予采纳（与户口簿不符）" in page
        assert "&quot;done&quot;" not in page
    assert changes_of(own)[0].reason == "户口簿"


# --- The page -------------------------------------------------------------------------------
def test_the_page_asks_for_a_conclusion_on_each(
    cast: Cast, own: Person, asked: ChangeRequest, client_of: Any
) -> None:
    client, path = client_of(cast.reviewer_a), f"/changes/{asked.pk}/"
    page = client.get(path)
    for name in ("former_name", "ethnicity", "other"):
        assert f'name="answer_{name}"' in page.text
        assert f'name="note_{name}"' in page.text
    assert "不会自动改动" in page.text
    sent = {
        "seen": page.context["seen"], "verb": "decide", "answer_former_name": "done",
        "answer_ethnicity": "refused", "note_ethnicity": "与户口簿不符",
        "answer_other": "done",
    }  # fmt: skip
    answer = client.post(path, sent)
    assert answer.status_code == 422
    assert "改在哪条记录" in answer.text
    # What was chosen and typed is still there.
    assert answer.context["form"]["note_ethnicity"].value() == "与户口簿不符"
    assert client.post(path, sent | {"note_other": "学历已补登"}).status_code == 302
    asked.refresh_from_db()
    assert asked.state == CorrectionState.PARTLY
    done = client.get(path).text
    assert 'name="verb"' not in done
    assert "学历已补登" in done


@pytest.mark.parametrize(("verb", "other"), [("accept", "refused"), ("refuse", "done")])
def test_a_button_for_all_does_not_override_a_conclusion(
    cast: Cast, own: Person, asked: ChangeRequest, client_of: Any, verb: str, other: str
) -> None:
    client, path = client_of(cast.reviewer_a), f"/changes/{asked.pk}/"
    sent = {"seen": client.get(path).context["seen"], "verb": verb, "reason": "看过"}
    answer = client.post(path, sent | {"answer_ethnicity": other})
    assert answer.status_code == 422
    assert "结论不一样" in answer.text
    assert client.post(path, sent).status_code == 302


def test_the_rest_of_the_record_stands_beside_it(
    cast: Cast, own: Person, asked: ChangeRequest, client_of: Any
) -> None:
    """Posts, certificates and the like: who decides need not open a second page."""
    certificate = make_row("certificate", COUNTY_A)
    type(certificate).objects.filter(pk=certificate.pk).update(person=own)
    page = client_of(cast.reviewer_a).get(f"/changes/{asked.pk}/")
    beside = page.text.split("<aside>")[1]
    assert f'href="/certificates/{certificate.pk}/"' in beside
    assert own.masked_id_number in beside
    assert own.id_number not in page.text


# --- Several at once ------------------------------------------------------------------------
def test_several_are_granted_at_once_but_only_as_they_were_asked(
    cast: Cast, client_of: Any
) -> None:
    plain, changed, in_words = (make_change(COUNTY_A) for _ in range(3))
    Person.objects.filter(pk=changed.person_id).update(former_name="钱九")
    ChangeRequest.objects.filter(pk=in_words.pk).update(other=OTHER)
    sent = {"ids": [str(r.pk) for r in (plain, changed, in_words)], "confirmed": "3"}
    client = client_of(cast.reviewer_a)
    page = client.post("/changes/bulk/accept/", sent, follow=True).text
    assert "已为 1 件办理「采纳」" in page
    assert "申请后档案有变动" in page
    states = [ChangeRequest.objects.get(pk=r.pk).state for r in (plain, changed, in_words)]
    assert states == [CorrectionState.DONE, CorrectionState.PENDING, CorrectionState.PENDING]
    assert Person.objects.get(pk=plain.person_id).former_name == "钱八"
    assert Person.objects.get(pk=changed.person_id).former_name == "钱九"
    rest = {"ids": [str(changed.pk), str(in_words.pk)], "confirmed": "2"}
    asked_again = client.post("/changes/bulk/refuse/", rest)
    assert asked_again.status_code == 200
    assert "请填写意见" in asked_again.text
    done = client.post("/changes/bulk/refuse/", rest | {"reason": "请重新提交"}, follow=True).text
    assert "已为 2 件办理「不予采纳」" in done
    assert client_of(cast.clerk_a).post("/changes/bulk/accept/", sent).status_code == 403


def test_what_is_granted_in_bulk_says_so_and_not_what_another_worker_wrote(
    cast: Cast, client_of: Any
) -> None:
    """All of one page share its context: the reason of the last would stand on all."""
    rows = [make_change(COUNTY_A) for _ in range(2)]
    for number, row in enumerate(rows):
        ChangeRequest.objects.filter(pk=row.pk).update(reason=f"依据 {number}")
    sent = {"ids": [str(r.pk) for r in rows], "confirmed": "2", "reason": "批量核对"}
    client_of(cast.reviewer_a).post("/changes/bulk/accept/", sent)
    reasons = {changes_of(row.person)[0].reason for row in rows}
    assert reasons == {"批量核对"}


def test_unopened_means_unchanged_until_the_write(cast: Cast) -> None:
    """Also when somebody was the first after the list had been read."""
    row = make_change(COUNTY_A)
    assert row.person.former_name == ""
    Person.objects.filter(pk=row.person_id).update(former_name="钱九")
    with pytest.raises(RuleError) as refused:
        approve_unopened(request=row, by=cast.reviewer_a)
    assert refused.value.rule == "STALE"


def test_requests_are_found_by_what_they_ask_for(
    cast: Cast, own: Person, asked: ChangeRequest, client_of: Any
) -> None:
    other = make_change(COUNTY_A)
    client = client_of(cast.reviewer_a)

    def found(query: str) -> set[Any]:
        page = client.get(f"/changes/?{query}")
        assert page.context["not_understood"] == [], query
        return {row.pk for row in page.context["page"].object_list}

    assert found("item=ethnicity") == {asked.pk}
    assert found("item=other&item=former_name") == {asked.pk, other.pk}
    assert found("item=sex") == set()
    assert found("q=王小明") == {asked.pk}
    assert found("state=todo") == found("state=1") == {asked.pk, other.pk}
    assert found("state=settled") == set()
    day = today()
    assert found(f"asked_from={day}&asked_to={day}") == {asked.pk, other.pk}
    assert found(f"asked_from={day + datetime.timedelta(days=1)}") == set()
