"""A transfer: who asks learns the county, the other side decides, 15 days decide by default."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from core.dates import today
from core.decisions import actions as deciding
from core.decisions.actions import settle_due
from core.models import Notice, Region
from core.rules import RuleError
from core.scoping import OutOfScope
from talent import actions
from talent.codes import PersonStatus, RequestState
from talent.models import Person, Post, TransferRequest
from tests.conftest import COUNTY_B, TOWNSHIP_A, Cast
from tests.rows import DAY, make_person, make_station
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def serving(cast: Cast) -> Person:
    person = make_person(TOWNSHIP_A, "王小明")
    post = Post(person=person, station=make_station(TOWNSHIP_A), started_on=DAY)
    actions.start_post(post=post, by=cast.clerk_a)
    return person


def ask_in(person: Person, cast: Cast, **fields: Any) -> TransferRequest:
    return actions.request_transfer_in(
        id_number=person.id_number,
        to_region=Region.objects.get(pk=COUNTY_B),
        by=cast.clerk_b,
        reason="到本县任职",
        **fields,
    )


def ask_out(person: Person, cast: Cast) -> TransferRequest:
    return actions.request_transfer_out(
        person=person, to_region=Region.objects.get(pk=COUNTY_B), by=cast.clerk_a, reason="调动"
    )


def test_a_transfer_in_is_decided_by_the_origin(cast: Cast, serving: Person) -> None:
    station = make_station(COUNTY_B)
    request = ask_in(serving, cast, post={"station": str(station.pk), "kind": "2"})
    assert request.due_on == today() + datetime.timedelta(days=15)
    with pytest.raises(OutOfScope):
        actions.accept_transfer(request=request, by=cast.reviewer_b)
    with pytest.raises(PermissionDenied):
        actions.accept_transfer(request=request, by=cast.clerk_a)
    actions.accept_transfer(request=request, by=cast.reviewer_a)
    serving.refresh_from_db()
    assert (serving.region_id, serving.residence_id) == (COUNTY_B, COUNTY_B)
    assert serving.status == PersonStatus.SERVING
    old, new = serving.posts.order_by("started_on")
    assert (old.ended_on, old.end_reason) == (today(), "转出")
    assert (new.station, new.kind, new.is_primary) == (station, "2", True)
    request.refresh_from_db()
    assert (request.state, request.decided_by) == (RequestState.ACCEPTED, cast.reviewer_a)
    for user in (cast.clerk_a, cast.clerk_b):
        assert TransferRequest.objects.for_user(user).filter(pk=request.pk).exists()
    assert not Person.objects.for_user(cast.clerk_a).filter(pk=serving.pk).exists()


def test_a_transfer_out_is_decided_by_the_destination(cast: Cast, serving: Person) -> None:
    request = ask_out(serving, cast)
    with pytest.raises(OutOfScope):
        actions.accept_transfer(request=request, by=cast.reviewer_a)
    actions.accept_transfer(request=request, by=cast.reviewer_b)
    serving.refresh_from_db()
    assert (serving.region_id, serving.status) == (COUNTY_B, PersonStatus.IDLE)


def test_a_refusal_says_why_and_moves_nothing(cast: Cast, serving: Person) -> None:
    request = ask_in(serving, cast)
    with pytest.raises(RuleError, match="理由"):
        actions.refuse_transfer(request=request, by=cast.reviewer_a, reason=" ")
    actions.refuse_transfer(request=request, by=cast.reviewer_a, reason="仍在本县任职")
    serving.refresh_from_db()
    assert serving.region_id == TOWNSHIP_A
    assert serving.posts.unended().exists()
    with pytest.raises(RuleError, match="不能重复"):
        actions.accept_transfer(request=request, by=cast.reviewer_a)


def test_only_the_asking_side_withdraws(cast: Cast, serving: Person) -> None:
    request = ask_in(serving, cast)
    with pytest.raises(OutOfScope):
        actions.withdraw_transfer(request=request, by=cast.clerk_a)
    actions.withdraw_transfer(request=request, by=cast.clerk_b)
    ask_in(serving, cast)


def test_who_asked_does_not_decide(cast: Cast, serving: Person) -> None:
    request = actions.request_transfer_out(
        person=serving,
        to_region=Region.objects.get(pk="522301"),
        by=cast.prefecture,
        reason="调动",
    )
    with pytest.raises(RuleError, match="自己提交"):
        actions.accept_transfer(request=request, by=cast.prefecture)


def test_one_request_at_a_time(cast: Cast, serving: Person) -> None:
    ask_in(serving, cast)
    with pytest.raises(RuleError, match="已有待处理"):
        ask_out(serving, cast)


def test_asking_for_the_own_or_the_unknown(cast: Cast, serving: Person) -> None:
    own = make_person(COUNTY_B)
    with pytest.raises(RuleError, match="已在您的辖区"):
        ask_in(own, cast)
    serving.id_number = "520102199003079999"
    with pytest.raises(RuleError):
        ask_in(serving, cast)


def test_silence_is_consent_after_fifteen_days(cast: Cast, serving: Person) -> None:
    request = ask_in(serving, cast)
    with time_machine.travel(request.due_on - datetime.timedelta(days=1)):
        assert settle_due() == 0
    with time_machine.travel(request.due_on):
        assert settle_due() == 1
        assert settle_due() == 0
    request.refresh_from_db()
    serving.refresh_from_db()
    assert (request.state, request.decided_by) == (RequestState.DEFAULTED, None)
    assert serving.region_id == COUNTY_B


def test_the_dead_do_not_move(cast: Cast, serving: Person) -> None:
    request = ask_in(serving, cast)
    actions.record_death(person=serving, by=cast.clerk_a, died_on=today(), proof="证明 1 号")
    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN
    assert TransferRequest.objects.settled_for(cast.clerk_b).get() == request
    assert settle_due() == 0


def test_a_request_holds_no_personal_number(cast: Cast, serving: Person) -> None:
    request = ask_in(serving, cast, post={"station": "某社工站"})
    row = str(TransferRequest.objects.filter(pk=request.pk).values().get())
    assert serving.id_number not in row


@pytest.mark.parametrize("how", ["accepted", "refused", "by default"])
def test_the_side_that_did_not_decide_is_told(
    how: str, cast: Cast, serving: Person, client_of: Callable[[Any], Client]
) -> None:
    request = ask_in(serving, cast)
    told = "有结果的转入转出"
    assert told not in client_of(cast.clerk_b).get("/").text
    if how == "accepted":
        actions.accept_transfer(request=request, by=cast.reviewer_a)
    elif how == "refused":
        actions.refuse_transfer(request=request, by=cast.reviewer_a, reason="仍在本县任职")
    else:
        settle_due(on=request.due_on)
    for user in (cast.clerk_b, cast.clerk_a, cast.reviewer_a):
        client = client_of(user)
        # The own office knows what it decided; what nobody decided is told to both.
        is_told = user == cast.clerk_b or how == "by default"
        assert (told in client.get("/").text) == is_told
        listed = client.get("/transfers/?state=settled").text
        assert (str(request.pk) in listed) == is_told
    later = timezone.now() - datetime.timedelta(days=16)
    TransferRequest.objects.update(decided_at=later)
    assert told not in client_of(cast.clerk_b).get("/").text


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_the_end_of_the_person_wait_for_each_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both take the person first and then her requests: no deadlock is told as a lost database."""
    person = make_person(TOWNSHIP_A, "王小明")
    asked = actions.request_transfer_in(
        id_number=person.id_number, to_region=Region.objects.get(pk=COUNTY_B), by=cast.clerk_b,
        reason="到本县任职",
    )  # fmt: skip
    real = deciding.claim

    def slow(record: Any, by: Any, permission: str) -> Any:
        claimed = real(record, by, permission)
        time.sleep(1)
        return claimed

    monkeypatch.setattr(deciding, "claim", slow)

    def stop() -> None:
        time.sleep(0.4)
        someone = Person.objects.get(pk=person.pk)
        actions.deactivate_person(person=someone, by=cast.clerk_a, reason="误录")

    found = together(lambda: actions.accept_transfer(request=asked, by=cast.reviewer_a), stop)
    assert [one for one in found if isinstance(one, DatabaseError)] == []


def test_one_that_cannot_be_settled_holds_up_nobody(
    cast: Cast, serving: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = ask_in(serving, cast)
    second = ask_out(make_person(TOWNSHIP_A), cast)
    settle = deciding._settle_by_default

    def fails(kind: Any, pk: Any) -> bool:
        if pk == first.pk:
            raise DatabaseError
        return settle(kind, pk)

    monkeypatch.setattr(deciding, "_settle_by_default", fails)
    assert settle_due(on=second.due_on) == 1
    assert str(first.pk) in caplog.text
    monkeypatch.undo()
    assert settle_due(on=second.due_on) == 1


def test_who_answers_in_the_night_is_not_overruled(
    cast: Cast, serving: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at what is due and its lock."""
    request = ask_in(serving, cast)
    lock = deciding.lock_subject

    def answered(kind: Any, row: Any) -> None:
        monkeypatch.setattr(deciding, "lock_subject", lock)
        actions.refuse_transfer(request=request, by=cast.reviewer_a, reason="仍在本县任职")

    monkeypatch.setattr(deciding, "lock_subject", answered)
    assert settle_due(on=request.due_on) == 0
    request.refresh_from_db()
    assert (request.state, request.decided_by) == (RequestState.REFUSED, cast.reviewer_a)


# --- Who hears of it, and where she serves then -------------------------------------------------
def told(user: Any) -> list[str]:
    return [str(notice) for notice in Notice.objects.for_user(user).open()]


def test_the_clerk_of_the_receiving_county_is_told(cast: Cast, serving: Person) -> None:
    request = ask_out(serving, cast)
    assert told(cast.clerk_b) == ["王小明 贵阳市 南明区申请转来，由审核员处理"]
    actions.accept_transfer(request=request, by=cast.reviewer_b)
    assert told(cast.clerk_b) == ["王小明 已转入，没有任职，请添加"]
    link = Notice.objects.for_user(cast.clerk_b).open().get().address
    assert link == f"/people/{serving.pk}/"


def test_who_asked_hears_the_answer_and_no_more(cast: Cast, serving: Person) -> None:
    request = ask_in(serving, cast)
    assert told(cast.clerk_a) == told(cast.clerk_b) == []
    actions.accept_transfer(request=request, by=cast.reviewer_a)
    assert told(cast.clerk_b) == ["王小明 申请转入已同意"]
    assert told(cast.clerk_a) == []


@pytest.mark.parametrize("end", ["refuse", "withdraw", "default"])
def test_what_was_said_of_a_request_ends_with_it(end: str, cast: Cast, serving: Person) -> None:
    request = ask_out(serving, cast)
    if end == "refuse":
        actions.refuse_transfer(request=request, by=cast.reviewer_b, reason="不缺人")
    elif end == "withdraw":
        actions.withdraw_transfer(request=request, by=cast.clerk_a)
    else:
        settle_due(on=request.due_on)
    assert not any("申请转来" in words for words in told(cast.clerk_b))


def test_acceptance_takes_the_new_post(cast: Cast, serving: Person) -> None:
    request, station = ask_out(serving, cast), make_station(COUNTY_B, "溪北社工站")
    actions.accept_transfer(
        request=request, by=cast.reviewer_b, station=station, organization=None, kind="2",
        employment="2",
    )  # fmt: skip
    serving.refresh_from_db()
    assert (serving.region_id, serving.status) == (COUNTY_B, PersonStatus.SERVING)
    post = serving.posts.unended().get()
    assert (post.station, post.kind, post.employment) == (station, "2", "2")
    assert post.started_on == today()
    assert told(cast.clerk_b) == ["王小明 已转入，请核对任职"]


def test_the_new_post_lies_in_the_county_that_takes_her(cast: Cast, serving: Person) -> None:
    """A prefecture that accepts for a county can choose among more."""
    request = ask_out(serving, cast)
    elsewhere = make_station(TOWNSHIP_A, "新华社工站")
    with pytest.raises(RuleError, match="「新华社工站」不在贵阳市 花溪区"):
        actions.accept_transfer(request=request, by=cast.prefecture, station=elsewhere)
    serving.refresh_from_db()
    assert serving.region_id == TOWNSHIP_A


def test_the_page_asks_for_the_post_where_it_is_to_be(
    cast: Cast, serving: Person, client_of: Any
) -> None:
    station = make_station(COUNTY_B, "溪北社工站")
    path = f"/transfers/{ask_out(serving, cast).pk}/"
    client = client_of(cast.reviewer_b)
    assert "新站点" in client.get(path).text
    sent = {"verb": "accept", "kind": "3", "employment": "1", "station": str(station.pk)}
    assert client.post(path, sent).status_code == 302
    serving.refresh_from_db()
    assert serving.status == PersonStatus.SERVING
    page = client_of(cast.clerk_b).get(path).text
    assert "拟任职单位" in page
    assert "溪北社工站" in page
    back = actions.request_transfer_in(
        id_number=serving.id_number, to_region=Region.objects.get(pk=TOWNSHIP_A), by=cast.clerk_a,
        reason="回来",
    )  # fmt: skip
    assert "新站点" not in client.get(f"/transfers/{back.pk}/").text
