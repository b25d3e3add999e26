"""Whatever is done to a person, the days she served stay counted, once, where she was."""

from __future__ import annotations

import datetime
import random
from typing import Any

import pytest
import time_machine

from core.dates import today
from core.decisions.actions import settle_due
from core.models import Region, User
from stations.models import Station
from stations.organizations.actions import end_organization
from stations.places.actions import close_station, open_station, update_station
from talent import actions
from talent.codes import PersonStatus, RequestState
from talent.models import Certificate, Person, Post, RegistrationPeriod, TransferRequest
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.figures import figure
from tests.histories import seeds
from tests.rows import DAY, make_organization, make_person, make_station

pytestmark = pytest.mark.django_db
D = datetime.date
COUNTY_C = "520103"
VOLUNTEER = "8"
WHY = "本人证件核对"


def serve(person: Person, station: Station, since: datetime.date = DAY, **fields: Any) -> Post:
    """A post as it would stand in the registry, whoever may have entered it."""
    post = Post.objects.create(
        person=person, station=station, region_id=station.region_id, started_on=since, **fields
    )
    first = person.states.order_by("valid_from")[0]
    if first.valid_from > since:
        person.states.filter(pk=first.pk).update(valid_from=since)
    return post


def other_township() -> Region:
    return Region.objects.current().filter(parent_id=COUNTY_A).exclude(pk=TOWNSHIP_A)[0]


def merge(person: Person, kept: Person, cast: Cast) -> None:
    actions.merge_person(person=person, kept=kept, by=cast.reviewer_a, reason=WHY)


@pytest.mark.parametrize("seed", seeds(12, 200))
def test_a_merge_loses_no_day(seed: int, cast: Cast) -> None:
    """On each day on which one of the two served in full time she is one person who serves."""
    chance = random.Random(seed)
    people = [make_person(TOWNSHIP_A), make_person(TOWNSHIP_A)]
    stations = [make_station(TOWNSHIP_A), make_station(TOWNSHIP_A)]
    for one in people:
        begins = D(2019, 1, 1)
        for _ in range(chance.randint(1, 3)):
            begins += datetime.timedelta(days=chance.randint(30, 500))
            ends = begins + datetime.timedelta(days=chance.randint(10, 700))
            is_last = ends > D(2026, 1, 1) or chance.random() < 0.3
            serve(one, chance.choice(stations), begins, ended_on=None if is_last else ends)
            if is_last:
                break
            begins = ends
    days = [D(2019, 1, 1) + datetime.timedelta(days=n * 61) for n in range(48)]
    served = {day for day in days if Post.objects.open_on(day).exists()}
    merge(*people, cast)
    for day in days:
        assert figure("T1", day=day) == (day in served), day


@pytest.mark.parametrize("kept_has", [{"is_primary": False}, {"employment": VOLUNTEER}])
def test_of_one_post_of_both_the_one_that_counts_stays(cast: Cast, kept_has: Any) -> None:
    person, kept, station = (
        make_person(TOWNSHIP_A),
        make_person(TOWNSHIP_A),
        make_station(TOWNSHIP_A),
    )
    serve(person, station, D(2022, 1, 1))
    serve(kept, station, D(2021, 1, 1), **kept_has)
    merge(person, kept, cast)
    assert [figure("T1", day=day) for day in (D(2021, 6, 1), D(2022, 6, 1), today())] == [0, 1, 1]


def test_a_volunteer_of_the_kept_record_yields_to_a_full_time_post(cast: Cast) -> None:
    person, kept = make_person(TOWNSHIP_A), make_person(TOWNSHIP_A)
    serve(person, make_station(TOWNSHIP_A), D(2023, 1, 1))
    serve(kept, make_station(TOWNSHIP_A), D(2022, 1, 1), employment=VOLUNTEER)
    merge(person, kept, cast)
    assert figure("T1") == 1
    assert kept.posts.unended().get(is_primary=True).employment != VOLUNTEER


def test_a_secondary_post_is_the_primary_one_when_the_volunteering_yields(cast: Cast) -> None:
    person, kept, station = (
        make_person(TOWNSHIP_A),
        make_person(TOWNSHIP_A),
        make_station(TOWNSHIP_A),
    )
    serve(kept, station, D(2022, 1, 1), employment=VOLUNTEER)
    serve(person, station, D(2023, 1, 1), is_primary=False)
    merge(person, kept, cast)
    assert kept.posts.unended().get().is_primary
    assert figure("T1") == 1


@pytest.mark.parametrize("ends", [None, D(2025, 1, 1)])
@pytest.mark.parametrize("is_kept_volunteer", [False, True])
def test_volunteering_beside_a_full_time_post_takes_no_day(
    is_kept_volunteer: bool, ends: datetime.date | None, cast: Cast
) -> None:
    person, kept = make_person(TOWNSHIP_A), make_person(TOWNSHIP_A)
    volunteer, worker = (kept, person) if is_kept_volunteer else (person, kept)
    serve(worker, make_station(TOWNSHIP_A), D(2021, 1, 1), ended_on=D(2024, 1, 1))
    serve(volunteer, make_station(TOWNSHIP_A), D(2022, 1, 1), ended_on=ends, employment=VOLUNTEER)
    merge(person, kept, cast)
    days = (D(2021, 6, 1), D(2022, 6, 1), D(2023, 12, 31), D(2024, 6, 1))
    assert [figure("T1", day=day) for day in days] == [1, 1, 1, 0]
    later = kept.posts.get(started_on=D(2024, 1, 1))
    assert (later.is_primary, later.ended_on) == (True, ends)


def test_an_issued_registration_takes_the_place_of_all_under_review(cast: Cast) -> None:
    person, kept = make_person(TOWNSHIP_A), make_person(TOWNSHIP_A)
    for one, starts, ends, state in (
        (kept, D(2022, 3, 1), D(2025, 2, 28), "1"),
        (kept, D(2025, 3, 1), D(2028, 2, 29), "1"),
        (person, D(2023, 3, 1), D(2026, 2, 28), "7"),
    ):
        RegistrationPeriod.objects.create(person=one, starts_on=starts, ends_on=ends, state=state)
    merge(person, kept, cast)
    assert kept.registrationperiods.get(ended_on=None).state == "7"


def test_an_issued_registration_stays_beside_one_under_review(cast: Cast) -> None:
    """The duplicate's overlaps both: the issued one of the kept record is as good."""
    person, kept = make_person(TOWNSHIP_A), make_person(TOWNSHIP_A)
    for one, starts, ends, state in (
        (kept, D(2022, 3, 1), D(2025, 2, 28), "7"),
        (kept, D(2025, 3, 1), D(2028, 2, 29), "1"),
        (person, D(2023, 3, 1), D(2026, 2, 28), "7"),
    ):
        RegistrationPeriod.objects.create(person=one, starts_on=starts, ends_on=ends, state=state)
    merge(person, kept, cast)
    held = kept.registrationperiods.filter(ended_on=None)
    assert sorted(held.values_list("state", flat=True)) == ["1", "7"]


def test_an_issued_registration_stays_and_not_one_under_review(cast: Cast) -> None:
    person, kept = make_person(TOWNSHIP_A), make_person(TOWNSHIP_A)
    serve(kept, make_station(TOWNSHIP_A))
    Certificate.objects.create(person=kept, level="2", number="202300012345", approved_on=DAY)
    for one, state in ((person, "7"), (kept, "1")):
        RegistrationPeriod.objects.create(
            person=one, starts_on=D(2025, 3, 1), ends_on=D(2028, 2, 29), state=state
        )
    merge(person, kept, cast)
    assert figure("T2_VALID") == 1


def test_who_left_by_one_record_and_serves_by_the_other_serves(cast: Cast) -> None:
    with time_machine.travel(D(2023, 1, 1)):
        kept = make_person(TOWNSHIP_A)
    with time_machine.travel(D(2024, 1, 1)):
        actions.leave_province(person=kept, by=cast.clerk_a, left_on=today(), reason="去外省")
    person = make_person(TOWNSHIP_A)
    serve(person, make_station(TOWNSHIP_A), D(2025, 1, 1))
    merge(person, kept, cast)
    kept.refresh_from_db()
    assert kept.status == PersonStatus.SERVING
    days = (D(2023, 6, 1), D(2024, 6, 1), D(2025, 6, 1), today())
    assert [figure("T1_L0", day=day) for day in days] == [1, 0, 1, 1]
    assert [figure("T1", day=day) for day in days] == [0, 0, 1, 1]


# --- What a station or an organisation does to its posts ---------------------------------------
@pytest.mark.parametrize("closes", ["station", "organization"])
def test_who_loses_her_primary_post_by_a_closing_serves_in_the_other(
    closes: str, cast: Cast
) -> None:
    person, alone = make_person(TOWNSHIP_A), make_person(TOWNSHIP_A)
    station, organization = make_station(TOWNSHIP_A), make_organization(COUNTY_A)
    place: dict[str, Any] = (
        {"station": station} if closes == "station" else {"organization": organization}
    )
    for one in (person, alone):
        actions.start_post(post=Post(person=one, started_on=DAY, **place), by=cast.clerk_a)
    serve(person, make_station(TOWNSHIP_A), is_primary=False)
    if closes == "station":
        close_station(station=station, by=cast.clerk_a, closed_on=today(), reason="合并设置")
    else:
        end_organization(organization=organization, by=cast.clerk_a, since=today(), reason="注销")
    assert figure("T1") == 1
    alone.refresh_from_db()
    assert alone.status == PersonStatus.IDLE
    assert alone.states.get(valid_to=None).status == PersonStatus.IDLE


@pytest.mark.parametrize("has_successor", [False, True])
def test_nobody_served_where_nothing_was_any_more(has_successor: bool, cast: Cast) -> None:
    station, successor = make_station(TOWNSHIP_A), make_station(TOWNSHIP_A)
    person = make_person(TOWNSHIP_A)
    post = serve(person, station, D(2024, 1, 1))
    actions.end_post(post=post, by=cast.clerk_a, ended_on=D(2026, 6, 1), reason="离职")
    close_station(
        station=station, by=cast.clerk_a, closed_on=D(2026, 1, 1), reason="撤并",
        successor=successor if has_successor else None,
    )  # fmt: skip
    post.refresh_from_db()
    assert post.ended_on == D(2026, 1, 1)
    assert figure("T1", day=D(2025, 6, 1)) == 1
    assert figure("T1", day=D(2026, 3, 1)) == has_successor
    assert figure("T1", day=D(2026, 7, 1)) == 0


def test_who_came_after_the_closing_has_one_post_where_it_went(cast: Cast) -> None:
    station, successor = make_station(TOWNSHIP_A), make_station(TOWNSHIP_A)
    person = make_person(TOWNSHIP_A)
    serve(person, station, D(2026, 3, 1))
    close_station(
        station=station,
        by=cast.clerk_a,
        closed_on=D(2026, 1, 1),
        reason="并入",
        successor=successor,
    )
    moved = person.posts.get(station=successor)
    assert (moved.started_on, moved.ended_on, moved.is_primary) == (D(2026, 3, 1), None, True)


def test_the_posts_follow_a_corrected_township(cast: Cast) -> None:
    station = Station(
        name="某站", kind="3", region_id=TOWNSHIP_A, status="3", built_on=D(2022, 1, 1)
    )
    open_station(station=station, by=cast.clerk_a)
    person = make_person(COUNTY_A)
    actions.start_post(post=Post(person=person, station=station, started_on=DAY), by=cast.clerk_a)
    station = Station.objects.get()
    station.region = right = other_township()
    update_station(station=station, by=cast.clerk_a)
    for day in (D(2024, 1, 1), today()):
        assert figure("T1", TOWNSHIP_A, day=day) == 0
        assert figure("T1", right.pk, day=day) == 1
    person.refresh_from_db()
    assert person.region_id == right.pk


# --- Transfers ---------------------------------------------------------------------------------
@pytest.fixture
def asked(cast: Cast) -> TransferRequest:
    """County C asks for somebody of A who also works in B."""
    person = make_person(TOWNSHIP_A)
    serve(person, make_station(TOWNSHIP_A))
    serve(person, make_station(COUNTY_B), is_primary=False)
    clerk_c = User.objects.create(
        username="clerk_c", role=cast.clerk_a.role, region_id=COUNTY_C, display_name="丙",
        notice_version=cast.clerk_a.notice_version,
    )  # fmt: skip
    return actions.request_transfer_in(
        id_number=person.id_number, to_region=Region.objects.get(pk=COUNTY_C), by=clerk_c,
        reason="到本县任职",
    )  # fmt: skip


def test_a_county_does_not_decide_on_who_is_anothers_by_now(
    cast: Cast, asked: TransferRequest
) -> None:
    person = asked.person
    post = person.posts.get(is_primary=True)
    actions.end_post(post=post, by=cast.clerk_a, ended_on=today(), reason="离职")
    asked.refresh_from_db()
    assert asked.state == RequestState.WITHDRAWN
    assert "另一个县" in asked.decision_reason
    assert asked in TransferRequest.objects.settled_for(cast.reviewer_a)
    assert not TransferRequest.objects.known_to(cast.reviewer_a).get(pk=asked.pk).is_known
    assert Person.objects.for_user(cast.reviewer_b).filter(pk=person.pk).exists()


def test_what_is_overtaken_all_the_same_is_not_carried_out(
    cast: Cast, asked: TransferRequest
) -> None:
    """As when a ledger of the prefecture moved her."""
    Person.objects.filter(pk=asked.person_id).update(region_id=COUNTY_B)
    asked.refresh_from_db()
    assert not TransferRequest.objects.known_to(cast.reviewer_a).get(pk=asked.pk).is_known
    with pytest.raises(Exception, match="归属另一个县"):
        actions.accept_transfer(request=asked, by=cast.reviewer_a)
    with time_machine.travel(today() + datetime.timedelta(days=20)):
        assert settle_due() == 0
    asked.refresh_from_db()
    assert asked.state == RequestState.WITHDRAWN


def test_between_two_townships_she_moves_as_well(cast: Cast) -> None:
    there = other_township()
    person = make_person(there.pk)
    serve(person, make_station(there.pk))
    station = make_station(TOWNSHIP_A)
    request = actions.request_transfer_in(
        id_number=person.id_number, to_region=Region.objects.get(pk=TOWNSHIP_A),
        by=cast.township_a, reason="到本街道任职", post={"station": str(station.pk)},
    )  # fmt: skip
    actions.accept_transfer(request=request, by=cast.reviewer_a)
    assert Person.objects.for_user(cast.township_a).filter(pk=person.pk).exists()
    assert (figure("T1", TOWNSHIP_A), figure("T1", there.pk)) == (1, 0)


def test_the_retired_stay_retired(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A)
    serve(person, make_station(TOWNSHIP_A))
    actions.retire_person(person=person, by=cast.clerk_a, retired_on=D(2026, 1, 1), reason="退休")
    request = actions.request_transfer_out(
        person=person, to_region=Region.objects.get(pk=COUNTY_B), by=cast.clerk_a, reason="迁居"
    )
    actions.accept_transfer(request=request, by=cast.reviewer_b)
    person.refresh_from_db()
    assert person.status == PersonStatus.RETIRED
    assert person.residence_id == COUNTY_B
    assert figure("T1_L0") == 0


def test_who_is_brought_back_is_where_she_was_entered(cast: Cast) -> None:
    with time_machine.travel(D(2026, 5, 1)):
        person = make_person(TOWNSHIP_A, "李四", status="20")
    with time_machine.travel(D(2026, 6, 1)):
        actions.deactivate_person(person=person, by=cast.clerk_a, reason="录错")
    there = other_township()
    entered = Person(name="李四", id_number=person.id_number, residence_id=there.pk)
    back = actions.create_person(person=entered, by=cast.clerk_a)
    assert back.pk == person.pk
    assert (figure("T1_L0", TOWNSHIP_A), figure("T1_L0", there.pk)) == (0, 1)
