"""Messages: who reads which, what reading leaves behind, and how they are done with."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.dates import today
from core.decisions.actions import settle_due
from core.models import Notice, ReadEvent
from core.notices.actions import acknowledge, close_notices, notify, put_back
from core.notices.causes import CAUSES
from core.notices.reading import notices_for
from stations.models import Station
from talent.corrections.actions import approve_change, refuse_change, request_change
from talent.models import Person, TransferRequest
from talent.moves.actions import (
    accept_transfer,
    refuse_transfer,
    request_transfer_in,
    request_transfer_out,
    withdraw_transfer,
)
from tests.conftest import COUNTY_A, COUNTY_B, PREFECTURE, TOWNSHIP_A
from tests.rows import make_person, make_station

DESK = {"region": COUNTY_A, "permission": "talent.change_person"}


@pytest.fixture(autouse=True)
def causes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here messages are about people and stations, too."""
    for model in (Person, Station):
        monkeypatch.setitem(CAUSES, model._meta.label_lower, model)


def tell(record: Any, **given: Any) -> Notice:
    given = {"key": f"test:{uuid.uuid4()}", "text": "有一件事", "record": record, **given}
    notify(**given)
    return Notice.objects.get(key=given["key"])


def seen(user: Any) -> list[Notice]:
    return list(Notice.objects.for_user(user).open())


# --- Who reads it ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("region", "readers"),
    [
        (COUNTY_A, {"clerk_a", "reviewer_a"}),
        (TOWNSHIP_A, {"clerk_a", "reviewer_a", "township_a"}),
        (PREFECTURE, {"prefecture"}),
        ("52", {"province"}),
        (COUNTY_B, set()),
    ],
)
def test_an_office_reads_what_is_worked_on_there(region: str, readers: set[str], cast: Any) -> None:
    """From the county down also above; a prefecture has no use for its counties' tasks. The
    record lies in a township of A: whoever has not got it in scope is told nothing."""
    person = make_person(TOWNSHIP_A)
    tell(person, region=region, permission="talent.change_person")
    found = {part for part, user in cast.users().items() if seen(user)}
    assert found == readers


def test_only_who_may_do_it_is_told(cast: Any) -> None:
    tell(make_person(COUNTY_A), region=COUNTY_A, permission="talent.review_changerequest")
    assert seen(cast.reviewer_a)
    assert not seen(cast.clerk_a)
    assert not seen(cast.viewer_a)


def test_what_is_addressed_to_one_is_read_by_one(cast: Any) -> None:
    notice = tell(make_person(COUNTY_A), to=cast.clerk_a)
    assert seen(cast.clerk_a) == [notice]
    assert not seen(cast.reviewer_a)
    own = tell(make_person(COUNTY_A), to=cast.worker_a)
    assert seen(cast.worker_a) == [own]
    cast.clerk_a.is_active = False
    assert not seen(cast.clerk_a)
    assert not seen(cast.anonymous)


def test_a_message_goes_where_its_record_goes(cast: Any) -> None:
    """T08: neither an office nor an account keeps the name of somebody who has moved away."""
    person = make_person(COUNTY_A)
    tell(person, **DESK, subject=person.name, person=person.pk)
    mine = tell(person, to=cast.clerk_a, subject=person.name, person=person.pk)
    assert len(seen(cast.clerk_a)) == 2
    Person.objects.filter(pk=person.pk).update(region_id=COUNTY_B, residence_id=COUNTY_B)
    assert not seen(cast.clerk_a)
    assert not acknowledge(ids=[mine.pk], by=cast.clerk_a)
    cast.clerk_a.region_id = COUNTY_B
    assert seen(cast.clerk_a) == [mine]


def test_a_cause_that_is_not_declared_is_refused_and_not_shown(cast: Any) -> None:
    notice = tell(make_person(COUNTY_A), to=cast.clerk_a)
    with pytest.raises(ImproperlyConfigured):
        tell(cast.clerk_a, to=cast.clerk_a)
    for label in ("talent.abolished", "nonsense", "talent.activationcode"):
        Notice.objects.filter(pk=notice.pk).update(record_label=label)
        assert not seen(cast.clerk_a)
        assert Notice.objects.get().address == ""


# --- Writing --------------------------------------------------------------------------------
def test_a_key_is_written_once(cast: Any) -> None:
    person = make_person(COUNTY_A)
    for text in ("第一次", "第二次"):
        notify(key="test:1", text=text, record=person, to=cast.clerk_a)
    assert [n.text for n in Notice.objects.all()] == ["第一次"]
    acknowledge(ids=[Notice.objects.get().pk], by=cast.clerk_a)
    notify(key="test:1", text="第三次", record=person, to=cast.clerk_a)
    assert not seen(cast.clerk_a)


def test_it_is_there_only_if_the_act_was_done(cast: Any) -> None:
    person = make_person(COUNTY_A)

    def told_and_failed() -> None:
        with transaction.atomic():
            tell(person, to=cast.clerk_a)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        told_and_failed()
    assert not Notice.objects.exists()


@pytest.mark.parametrize("given", [{}, {"region": COUNTY_A}, {"permission": "x"}])
def test_it_is_addressed_to_one_or_to_an_office(given: dict[str, str], cast: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        tell(make_person(COUNTY_A), **given)
    with pytest.raises(IntegrityError), transaction.atomic():
        tell(make_person(COUNTY_A), to=cast.clerk_a, **DESK)


def test_no_number_stands_in_it(cast: Any) -> None:
    notice = tell(make_person(COUNTY_A), to=cast.clerk_a, text="不同意：520102199003077734 有误")
    assert "520102199003077734" not in notice.text


# --- Done with ------------------------------------------------------------------------------
def test_one_of_an_office_is_enough(cast: Any, client_of: Any) -> None:
    person = make_person(COUNTY_A)
    notice = tell(person, **DESK, subject="张三", person=person.pk)
    client = client_of(cast.clerk_a)
    answer = client.post(f"/notices/{notice.pk}/done/", {"next": "/"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/"
    assert "已收起「张三 有一件事」" in answer.text
    assert not seen(cast.reviewer_a)
    past = client_of(cast.reviewer_a).get("/notices/?state=past").text
    assert "南明录入员 已知道" in past
    back = client_of(cast.reviewer_a).post(f"/notices/{notice.pk}/back/", {"filter": "state=past"})
    assert back.headers["Location"] == "/notices/?state=past"
    assert seen(cast.clerk_a) == [notice]


def test_several_at_once_and_nobody_elses(cast: Any, client_of: Any) -> None:
    person = make_person(COUNTY_A)
    mine = [tell(person, to=cast.clerk_a) for _ in range(3)]
    other = tell(person, to=cast.reviewer_a)
    foreign = tell(make_person(COUNTY_B), to=cast.clerk_b)
    ids = [n.pk for n in (mine[0], mine[1], other, foreign)]
    client = client_of(cast.clerk_a)
    for notice in (other, foreign):
        for verb in ("done", "back"):
            assert client.post(f"/notices/{notice.pk}/{verb}/").status_code == 404
    asked = client.post("/notices/bulk/done/", {"ids": ids})
    assert "将对以下 2 条逐一办理「知道了」" in asked.text
    answer = client.post("/notices/bulk/done/", {"ids": ids, "confirmed": "2"}, follow=True)
    assert "已为 2 条办理「知道了」" in answer.text
    assert seen(cast.clerk_a) == [mine[2]]
    assert seen(cast.reviewer_a) == [other]
    assert seen(cast.clerk_b) == [foreign]
    assert acknowledge(ids=[*ids, uuid.uuid4()], by=cast.clerk_a) == 0
    assert put_back(ids=[mine[0].pk], by=cast.clerk_b) == 0


@pytest.mark.parametrize("target", ["//evil.example", "https:evil.example", "javascript:alert(1)"])
def test_it_leads_to_no_other_place(target: str, cast: Any, client_of: Any) -> None:
    """T36."""
    notice, client = tell(make_person(COUNTY_A), to=cast.clerk_a), client_of(cast.clerk_a)
    answer = client.post(f"/notices/{notice.pk}/done/", {"next": target})
    assert answer.headers["Location"] == "/notices/"
    assert client.post(f"/notices/{notice.pk}/burn/").status_code == 404


def test_the_list_filters_sorts_and_exports(cast: Any, client_of: Any) -> None:
    person = make_person(COUNTY_A, "欧阳甲")
    named = {"subject": person.name, "person": person.pk}
    tell(person, to=cast.clerk_a, due_on=today(), **named)
    done = tell(person, to=cast.clerk_a, text="另一件")
    acknowledge(ids=[done.pk], by=cast.clerk_a)
    client = client_of(cast.clerk_a)
    assert "另一件" not in client.get("/notices/").text
    assert "欧阳甲" in client.get("/notices/?q=欧阳").text
    page = client.get("/notices/?state=past").text
    assert "另一件" in page
    assert "欧阳甲 有一件事" not in page
    answer = client.post("/notices/export/", {"filter": "state=all", "format": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "欧阳甲 有一件事" in text
    assert ",今天到期,待看," in text
    assert "知道了" not in text
    assert ReadEvent.objects.latest("id").people == [person.pk]


def test_what_settled_itself_is_not_put_back(cast: Any) -> None:
    person = make_person(COUNTY_A)
    notice, other = (tell(person, to=cast.clerk_a, key=f"{c}:1") for c in ("a", "b"))
    assert close_notices([person], code="a") == 1
    assert seen(cast.clerk_a) == [other]
    acknowledge(ids=[notice.pk, other.pk], by=cast.clerk_a)
    assert put_back(ids=[notice.pk, other.pk], by=cast.clerk_a) == 1
    assert close_notices([person]) == 1
    assert close_notices([]) == 0
    assert not seen(cast.clerk_a)


# --- On the pages ---------------------------------------------------------------------------
def test_the_workbench_shows_the_nearest_and_counts_all(cast: Any, client_of: Any) -> None:
    person = make_person(COUNTY_A)
    for days in range(12):
        due = today() + datetime.timedelta(days=days)
        tell(person, **DESK, due_on=due, text=f"第 {days} 天")
    undated = tell(person, **DESK, text="没有期限")
    page = client_of(cast.clerk_a).get("/").text
    assert "全部 13 条" in page
    assert "今天到期" in page
    assert "第 7 天" in page
    assert "第 8 天" not in page
    shown, count = notices_for(cast.clerk_a, limit=20)
    assert (shown[-1], count) == (undated, 13)
    everything = client_of(cast.clerk_a).get("/notices/").text
    assert "第 11 天" in everything
    assert f"/people/{person.pk}/" in everything


def test_without_messages_both_pages_say_so(cast: Any, client_of: Any) -> None:
    for user in (cast.clerk_a, cast.security):
        assert "没有新的提醒" in client_of(user).get("/").text
        assert "没有提醒" in client_of(user).get("/notices/").text
        assert client_of(user).get("/notices/?state=past").status_code == 200


def test_reading_a_name_is_on_record(cast: Any, client_of: Any) -> None:
    """T16: the workbench and the list; on her own page a worker reads of herself."""
    person = make_person(COUNTY_A, "欧阳甲")
    tell(person, **DESK, subject=person.name, person=person.pk)
    for path in ("/", "/notices/"):
        before = ReadEvent.objects.count()
        assert "欧阳甲" in client_of(cast.clerk_a).get(path).text
        assert ReadEvent.objects.count() == before + 1
        event = ReadEvent.objects.latest("id")
        assert (event.kind, event.people, event.user) == ("list", [person.pk], cast.clerk_a)
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    tell(person, to=cast.worker_a, subject=person.name, person=person.pk)
    before = ReadEvent.objects.count()
    assert "有一件事" in client_of(cast.worker_a).get("/me/").text
    assert ReadEvent.objects.count() == before


def test_the_workbench_costs_the_same_with_more(cast: Any) -> None:
    counts = []
    for _ in range(2):
        for record in (make_person(COUNTY_A), make_station(COUNTY_A)):
            tell(record, **DESK)
        with CaptureQueriesContext(connection) as queries:
            assert notices_for(cast.clerk_a, limit=8)[0]
        counts.append(len(queries))
    assert counts == [1, 1]


# --- Told by actions ------------------------------------------------------------------------
def test_a_worker_is_told_what_became_of_her_request(cast: Any, client_of: Any) -> None:
    person = make_person(COUNTY_A, "罗晓敏")
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    asked = {"changes": {"former_name": "罗敏"}, "reason": "更正"}
    request = request_change(by=cast.worker_a, **asked)
    refuse_change(request=request, by=cast.reviewer_a, reason="请附户口簿")
    page = client_of(cast.worker_a).get("/me/").text
    assert f"您的变更申请未采纳（{today()}）：曾用名" in page
    assert "请附户口簿" in page
    assert "/me/requests/" in Notice.objects.get().address
    approve_change(request=request_change(by=cast.worker_a, **asked), by=cast.reviewer_a)
    assert "您的变更申请全部已改" in client_of(cast.worker_a).get("/me/").text
    assert not seen(cast.clerk_a)


def asked_in(person: Person, by: Any) -> TransferRequest:
    region = type(by.region).objects.get(pk=by.region_id)
    return request_transfer_in(id_number=person.id_number, to_region=region, by=by, reason="调动")


def test_who_asked_for_a_person_is_told(cast: Any) -> None:
    """A refusal tells no name: the asker knows but the county (R4)."""
    person = make_person(COUNTY_B, "欧阳甲")
    refuse_transfer(request=asked_in(person, cast.clerk_a), by=cast.reviewer_b, reason="在用")
    notice = Notice.objects.get()
    assert seen(cast.clerk_a) == [notice]
    assert (notice.subject, notice.person) == ("", None)
    assert str(notice) == "申请转入已拒绝：在用"
    accept_transfer(request=asked_in(person, cast.clerk_a), by=cast.reviewer_b)
    newest = Notice.objects.latest("created_at")
    assert str(newest) == "欧阳甲 申请转入已同意"
    assert not seen(cast.reviewer_b)


def test_the_sender_is_told_whom_she_sent(cast: Any, client_of: Any) -> None:
    person = make_person(COUNTY_A, "欧阳甲")
    region = type(cast.clerk_b.region).objects.get(pk=COUNTY_B)
    asked = {"person": person, "to_region": region, "by": cast.clerk_a, "reason": "调动"}
    request = request_transfer_out(**asked)
    withdraw_transfer(request=request, by=cast.clerk_a)
    assert not Notice.objects.open().exists()
    request = request_transfer_out(**asked)
    assert settle_due(on=request.due_on) == 1
    page = client_of(cast.clerk_a).get("/").text
    assert "欧阳甲 申请转出到期自动同意" in page
    assert ReadEvent.objects.latest("id").people == [person.pk]


def test_what_is_over_says_since_when(cast: Any, client_of: Any) -> None:
    person = make_person(COUNTY_A)
    notice = tell(person, **DESK)
    close_notices([person])
    notice.refresh_from_db()
    assert notice.closed_at is not None
    assert f"{today()} 已了结" in client_of(cast.clerk_a).get("/notices/?state=past").text
