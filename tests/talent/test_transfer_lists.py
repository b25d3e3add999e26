"""The list of transfers: what each side may know of them, in every door, and many at once."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine

from core.dates import today
from core.entities.changes import changes_of
from core.models import ReadEvent, Region
from talent import actions
from talent.codes import RequestState
from talent.models import Certificate, Person, TransferRequest
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.rows import DAY, make_person, make_user

pytestmark = pytest.mark.django_db
NAME = "欧阳明月"


@pytest.fixture
def person() -> Person:
    return make_person(TOWNSHIP_A, NAME)


@pytest.fixture
def asked_in(cast: Cast, person: Person) -> TransferRequest:
    """B asks for somebody of a township of A."""
    return actions.request_transfer_in(
        id_number=person.id_number, to_region=Region.objects.get(pk=COUNTY_B), by=cast.clerk_b,
        reason="到本县任职",
    )  # fmt: skip


def asked_out(cast: Cast, person: Person) -> TransferRequest:
    return actions.request_transfer_out(
        person=person, to_region=Region.objects.get(pk=COUNTY_B), by=cast.clerk_a, reason="调动"
    )


def exported(client: Any, query: str = "") -> str:
    answer = client.post("/transfers/export/", {"format": "csv", "filter": query})
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def found(client: Any, query: str) -> set[Any]:
    page = client.get(f"/transfers/?{query}")
    assert page.context["not_understood"] == [], query
    return {row.pk for row in page.context["page"].object_list}


# --- R4 ---------------------------------------------------------------------------------------
def test_no_door_tells_who_only_asks_more_than_the_county(
    cast: Cast, person: Person, asked_in: TransferRequest, client_of: Any
) -> None:
    """Pages, every column, history, export; and nobody is said to have read about her."""
    town = Region.objects.get(pk=TOWNSHIP_A)
    every = "&".join(
        f"cols={name}"
        for name in ("known_name", "known_origin", "to_region", "reason", "state", "requested_by")
    )
    secrets = (NAME, "欧阳", town.name, TOWNSHIP_A, str(person.pk), person.id_number[-4:])
    for user in (cast.clerk_b, cast.reviewer_b):
        client = client_of(user)
        before = ReadEvent.objects.count()
        told = [
            client.get(path).text.split("<main")[1]
            for path in (
                "/transfers/", f"/transfers/?{every}", f"/transfers/{asked_in.pk}/",
                f"/transfers/{asked_in.pk}/history/",
            )
        ]  # fmt: skip
        told.append(exported(client))
        assert "（接收后可见）" in told[0]
        assert "（接收后可见）" in told[-1]
        assert "南明区" in told[-1]
        for text in told:
            assert not [word for word in secrets if word in text]
        events = ReadEvent.objects.order_by("id")[before:]
        assert all(not event.people for event in events)
    own = exported(client_of(cast.clerk_a))
    assert NAME in own
    assert town.name in own
    assert person.pk in ReadEvent.objects.filter(kind="export").latest("id").people


def test_a_search_does_not_tell_whom_an_unknown_request_is_about(
    cast: Cast, person: Person, asked_in: TransferRequest, client_of: Any
) -> None:
    asking, deciding = client_of(cast.clerk_b), client_of(cast.clerk_a)
    for text in ("欧阳", NAME, "oy"):
        assert found(asking, f"q={text}") == set()
        assert found(deciding, f"q={text}") == {asked_in.pk}
    # Nor does the number by which she was asked for.
    assert str(asked_in.pk) not in asking.post("/transfers/", {"q": person.id_number}).text
    assert str(asked_in.pk) in deciding.post("/transfers/", {"q": person.id_number}).text


def test_who_decides_knows_her_only_while_she_decides(
    cast: Cast, person: Person, client_of: Any
) -> None:
    row, client = asked_out(cast, person), client_of(cast.reviewer_b)
    assert NAME in exported(client)
    assert NAME in client.get(f"/transfers/{row.pk}/").text
    actions.refuse_transfer(request=row, by=cast.reviewer_b, reason="查无此人")
    assert NAME not in exported(client)
    assert NAME not in client.get(f"/transfers/{row.pk}/").text


def test_the_record_stands_beside_it_for_who_has_it_in_scope(
    cast: Cast, person: Person, asked_in: TransferRequest, client_of: Any
) -> None:
    held = Certificate.objects.create(person=person, level="2", approved_on=DAY)
    path = f"/transfers/{asked_in.pk}/"
    own = client_of(cast.reviewer_a).get(path)
    assert f'href="/certificates/{held.pk}/"' in own.text.split("<aside>")[1]
    out = make_person(TOWNSHIP_A, "张三")
    Certificate.objects.create(person=out, level="2", approved_on=DAY)
    # The other county decides and knows the name; the record is not hers yet.
    page = client_of(cast.reviewer_b).get(f"/transfers/{asked_out(cast, out).pk}/")
    assert "张三" in page.text
    assert page.context["beside"] is None


def test_a_persons_history_tells_of_her_transfers(
    cast: Cast, person: Person, asked_in: TransferRequest, client_of: Any
) -> None:
    actions.refuse_transfer(request=asked_in, by=cast.reviewer_a, reason="仍在本县任职")
    page = client_of(cast.clerk_a).get(f"/people/{person.pk}/history/").text
    assert "仍在本县任职" in page
    # What stands in the request's own history names neither her nor her place.
    assert {row["label"] for change in changes_of(asked_in) for row in change.rows} == {
        "状态", "处理人", "处理时间", "处理意见",
    }  # fmt: skip


# --- Narrowed, sorted -------------------------------------------------------------------------
def test_filters(cast: Cast, asked_in: TransferRequest, client_of: Any) -> None:
    out = asked_out(cast, make_person(TOWNSHIP_A))
    done = asked_out(cast, make_person(TOWNSHIP_A))
    actions.accept_transfer(request=done, by=cast.reviewer_b)
    a, b = client_of(cast.reviewer_a), client_of(cast.reviewer_b)
    assert found(a, "state=todo") == {asked_in.pk}
    assert found(b, "state=todo") == {out.pk}
    assert found(a, "state=settled") == {done.pk}
    assert found(b, "state=settled") == set()
    assert found(a, "state=1") == {asked_in.pk, out.pk}
    assert found(a, "state=1&state=2") == {asked_in.pk, out.pk, done.pk}
    assert found(a, "direction=in") == {asked_in.pk}
    assert found(a, f"region={TOWNSHIP_A}") == {asked_in.pk, out.pk, done.pk}
    assert found(a, f"asked_from={today() + datetime.timedelta(days=1)}") == set()
    province = client_of(cast.province)
    assert found(province, f"region={COUNTY_A}") == {asked_in.pk, out.pk, done.pk}
    assert found(province, "region=522301") == set()


def test_presets_lead_to_what_is_asked_every_day(
    cast: Cast, asked_in: TransferRequest, client_of: Any
) -> None:
    client = client_of(cast.reviewer_a)
    for query, current in (("", "全部"), ("?state=todo", "待我处理"), ("?state=2", "已同意")):
        tabs = client.get(f"/transfers/{query}").context["presets"]
        assert [tab["label"] for tab in tabs if tab["current"]] == [current]
    # Two conditions at once are none of them.
    tabs = client.get("/transfers/?state=1&state=2").context["presets"]
    assert not any(tab["current"] for tab in tabs)


def test_it_is_sorted_by_what_everybody_may_know(
    cast: Cast, asked_in: TransferRequest, client_of: Any
) -> None:
    """The order of names or places would tell what is masked."""
    page = client_of(cast.clerk_b).get("/transfers/")
    table = page.context["table"]
    sortable = {column.name for column in table.columns if column.orderable}
    assert "created_at" in sortable
    assert sortable.isdisjoint({"known_name", "known_origin"})


# --- Many at once, and by the due date --------------------------------------------------------
def test_several_are_decided_at_once(cast: Cast, client_of: Any) -> None:
    rows = [asked_out(cast, make_person(TOWNSHIP_A)) for _ in range(2)]
    theirs = actions.request_transfer_in(
        id_number=make_person(TOWNSHIP_A, NAME).id_number, by=cast.clerk_b, reason="到本县任职",
        to_region=Region.objects.get(pk=COUNTY_B),
    )  # fmt: skip
    sent = {"ids": [str(r.pk) for r in (*rows, theirs)], "confirmed": "3"}
    client = client_of(cast.reviewer_b)
    page = client.post("/transfers/bulk/accept/", sent, follow=True).text
    assert "已为 2 件办理「同意」" in page
    assert "这件申请由对方处理" in page
    # The name of the one that only asks is not told by what was refused.
    assert NAME not in page
    assert {TransferRequest.objects.get(pk=r.pk).state for r in rows} == {RequestState.ACCEPTED}
    assert TransferRequest.objects.get(pk=theirs.pk).state == RequestState.PENDING
    assert {Person.objects.get(pk=r.person_id).county for r in rows} == {COUNTY_B}


def test_a_bulk_page_names_nobody_unknown(
    cast: Cast, person: Person, asked_in: TransferRequest, client_of: Any
) -> None:
    sent = {"ids": [str(asked_in.pk)]}
    page = client_of(cast.reviewer_b).post("/transfers/bulk/accept/", sent)
    assert page.status_code == 200
    assert NAME not in page.text
    assert "（接收后可见）" in page.text


def test_what_granting_does_is_said_before_and_kept_after(
    cast: Cast, person: Person, asked_in: TransferRequest, client_of: Any
) -> None:
    client, path = client_of(cast.reviewer_a), f"/transfers/{asked_in.pk}/"
    promised = f"档案归{'贵阳市 花溪区'}"
    assert promised in client.get(path).text
    assert client.post(path, {"verb": "accept"}).status_code == 302
    asked_in.refresh_from_db()
    assert promised in asked_in.outcome
    assert promised in client.get(path).text


def test_the_page_says_what_silence_does(
    cast: Cast, asked_in: TransferRequest, client_of: Any
) -> None:
    page = client_of(cast.reviewer_a).get(f"/transfers/{asked_in.pk}/").text
    assert f"{asked_in.due_on:%Y-%m-%d} 前未处理将自动同意（还有 15 天）" in page
    with time_machine.travel(asked_in.due_on):
        page = client_of(cast.reviewer_a).get(f"/transfers/{asked_in.pk}/").text
        assert "今天到期" in page


def test_who_sent_her_sees_whom_she_sent(
    cast: Cast, person: Person, asked_in: TransferRequest, client_of: Any
) -> None:
    """She is another county's by now; her name with the result is told, her record is not."""
    sent = make_person(TOWNSHIP_A, "测试乙")
    out = asked_out(cast, sent)
    actions.accept_transfer(request=out, by=cast.reviewer_b)
    actions.accept_transfer(request=asked_in, by=cast.reviewer_a)
    client = client_of(cast.clerk_a)
    listed = client.get("/transfers/?state=2").text
    assert NAME in listed
    assert "测试乙" in listed
    assert f"/people/{sent.pk}/" not in client.get(f"/transfers/{out.pk}/").text
    assert client.get(f"/people/{sent.pk}/").status_code == 404
    # A third county has no part in it.
    third = client_of(make_user("522301")).get("/transfers/").text
    assert "测试乙" not in third
