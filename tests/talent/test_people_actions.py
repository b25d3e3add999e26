"""People enter, leave, die, are deactivated and come back; the dated rows stay whole."""

from __future__ import annotations

import datetime
import functools
import itertools
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from core.dates import today
from core.models import ReadEvent, Region, SecurityEvent
from core.rules import RuleError
from core.scoping import OutOfScope
from core.timeline import dated_on
from talent import actions
from talent.codes import PersonStatus, RequestState
from talent.models import Person, PersonState, Post, RegistrationPeriod
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.rows import DAY, id_number, make_person, make_row, make_station

pytestmark = pytest.mark.django_db
D = datetime.date
REASON = "测试"


def assert_whole(person: Person) -> None:
    """Half-open rows without gap or overlap, one of them open."""
    rows = list(person.states.order_by("valid_from"))
    assert rows[-1].valid_to is None
    for earlier, later in itertools.pairwise(rows):
        assert earlier.valid_to == later.valid_from
        assert earlier.valid_from < later.valid_from


def status_on(person: Person, day: datetime.date) -> str:
    state = PersonState.objects.filter(dated_on(day), person=person).first()
    return state.status if state else ""


@pytest.fixture
def serving(cast: Cast) -> Person:
    """In post at a station in A since 2023-03-01, and known since then."""
    with time_machine.travel(D(2023, 3, 1)):
        person = make_person(TOWNSHIP_A)
    station = make_station(TOWNSHIP_A)
    post = Post(person=person, station=station, started_on=DAY)
    actions.start_post(post=post, by=cast.clerk_a)
    person.refresh_from_db()
    return person


def reread(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def new_person(**fields: Any) -> Person:
    fields.setdefault("id_number", id_number())
    return Person(name="李四", residence_id=TOWNSHIP_A, **fields)


# --- Enter ----------------------------------------------------------------------------------
def test_a_person_is_entered_with_state_and_place(cast: Cast) -> None:
    person = actions.create_person(person=new_person(), by=cast.clerk_a)
    person.refresh_from_db()
    assert (person.verification, person.region_id, person.county) == ("2", TOWNSHIP_A, COUNTY_A)
    assert person.states.get().valid_from == today()


def test_a_person_is_known_since_the_first_post(cast: Cast) -> None:
    post = Post(station=make_station(TOWNSHIP_A), started_on=DAY)
    person = actions.create_person(person=new_person(), post=post, by=cast.clerk_a)
    assert person.states.get().valid_from == DAY
    assert person.posts.get().is_primary


@pytest.mark.parametrize("has_another", [False, True])
def test_known_by_a_wrong_day_she_is_so_no_longer(has_another: bool, cast: Cast) -> None:
    station = make_station(TOWNSHIP_A)
    post = Post(station=station, started_on=D(2012, 3, 1))
    person = actions.create_person(person=new_person(), post=post, by=cast.clerk_a)
    if has_another:
        Post.objects.create(
            person=person, station=station, region_id=TOWNSHIP_A, is_primary=False,
            started_on=D(2019, 5, 1), ended_on=D(2020, 5, 1),
        )  # fmt: skip
    post.started_on = DAY
    actions.update_post(post=post, by=cast.clerk_a)
    assert person.states.get().valid_from == (D(2019, 5, 1) if has_another else DAY)


def test_a_post_that_was_never_held_tells_nothing_of_earlier_days(cast: Cast) -> None:
    post = Post(station=make_station(TOWNSHIP_A), started_on=D(2012, 3, 1))
    person = actions.create_person(person=new_person(), post=post, by=cast.clerk_a)
    actions.end_post(post=post, by=cast.clerk_a, ended_on=post.started_on, reason="录错")
    assert person.states.get(valid_to=None).valid_from == today()
    person.refresh_from_db()
    assert person.status == PersonStatus.IDLE


def test_known_since_the_entry_she_stays_so(cast: Cast) -> None:
    with time_machine.travel(D(2022, 1, 1)):
        person = actions.create_person(person=new_person(), by=cast.clerk_a)
        Person.objects.update(created_at=timezone.now())
    post = Post(person=person, station=make_station(TOWNSHIP_A), started_on=D(2021, 5, 1))
    actions.start_post(post=post, by=cast.clerk_a)
    post.started_on = DAY
    actions.update_post(post=post, by=cast.clerk_a)
    assert person.states.earliest("valid_from").valid_from == D(2022, 1, 1)


def test_a_known_number_tells_the_county_and_nothing_else(cast: Cast) -> None:
    known = make_person(COUNTY_B, "王小明", phone="13800001111")
    with pytest.raises(RuleError) as error:
        actions.create_person(person=new_person(id_number=known.id_number), by=cast.clerk_a)
    assert error.value.rule == "R4"
    assert "花溪区" in str(error.value)
    for secret in (known.name, known.id_number, known.phone, known.number):
        assert secret not in str(error.value)


def test_a_deactivated_record_comes_back_instead_of_a_double(cast: Cast) -> None:
    old = make_person(TOWNSHIP_A, "李四")
    actions.deactivate_person(person=old, by=cast.clerk_a, reason=REASON)
    again = new_person(id_number=old.id_number, remark="再次录入")
    person = actions.create_person(person=again, by=cast.clerk_a)
    assert person.pk == old.pk
    person.refresh_from_db()
    assert (person.status, person.remark) == (PersonStatus.IDLE, "再次录入")


def test_a_deactivated_record_elsewhere_is_only_named(cast: Cast) -> None:
    old = make_person(COUNTY_B)
    actions.deactivate_person(person=old, by=cast.clerk_b, reason=REASON)
    with pytest.raises(RuleError, match="花溪区"):
        actions.create_person(person=new_person(id_number=old.id_number), by=cast.clerk_a)


def test_nobody_enters_a_person_elsewhere(cast: Cast) -> None:
    person = Person(name="李四", id_number=id_number(), residence_id=COUNTY_B)
    with pytest.raises(OutOfScope):
        actions.create_person(person=person, by=cast.clerk_a)
    assert not Person.objects.filter(name="李四").exists()


def test_an_edit_cannot_take_another_number(cast: Cast) -> None:
    one, other = make_person(TOWNSHIP_A), make_person(COUNTY_B)
    one.id_number = other.id_number
    with pytest.raises(RuleError, match="花溪区"):
        actions.update_person(person=one, by=cast.clerk_a)


# --- Leave ----------------------------------------------------------------------------------
def test_the_dead_are_counted_on_the_day_and_not_the_next(cast: Cast, serving: Person) -> None:
    period = RegistrationPeriod.objects.create(
        person=serving, starts_on=DAY, ends_on=D(2030, 2, 28)
    )
    actions.record_death(person=serving, by=cast.clerk_a, died_on=D(2025, 5, 1), proof="证明 1 号")
    serving.refresh_from_db()
    assert serving.status == PersonStatus.DECEASED
    assert status_on(serving, D(2025, 5, 1)) == PersonStatus.SERVING
    assert status_on(serving, D(2025, 5, 2)) == PersonStatus.DECEASED
    assert Post.objects.open_on(D(2025, 5, 1)).filter(person=serving).exists()
    assert not Post.objects.open_on(D(2025, 5, 2)).filter(person=serving).exists()
    period.refresh_from_db()
    assert (period.state, period.ends_on) == ("11", D(2025, 5, 1))
    assert_whole(serving)


def test_a_death_replaces_what_was_recorded_later(cast: Cast, serving: Person) -> None:
    actions.leave_province(person=serving, by=cast.clerk_a, left_on=D(2025, 8, 1), reason=REASON)
    actions.record_death(person=serving, by=cast.clerk_a, died_on=D(2024, 5, 1), proof="证明 1 号")
    assert status_on(serving, D(2025, 9, 1)) == PersonStatus.DECEASED
    assert Post.objects.get(person=serving).ended_on == D(2024, 5, 2)
    assert_whole(serving)


def test_a_death_today_counts_today(cast: Cast, serving: Person) -> None:
    actions.record_death(person=serving, by=cast.clerk_a, died_on=today(), proof="证明 1 号")
    assert status_on(serving, today()) == PersonStatus.SERVING
    assert status_on(serving, today() + datetime.timedelta(days=1)) == PersonStatus.DECEASED


def test_the_dead_are_left_alone(cast: Cast, serving: Person) -> None:
    actions.record_death(person=serving, by=cast.clerk_a, died_on=D(2025, 5, 1), proof="证明 1 号")
    with pytest.raises(RuleError):
        actions.retire_person(
            person=serving, by=cast.clerk_a, retired_on=D(2025, 6, 1), reason=REASON
        )
    with pytest.raises(RuleError):
        actions.start_post(
            post=Post(person=serving, station=make_station(TOWNSHIP_A), started_on=D(2025, 6, 1)),
            by=cast.clerk_a,
        )


@pytest.mark.parametrize("verb", ["death", "deactivation"])
def test_a_closed_account_is_in_the_security_log(cast: Cast, serving: Person, verb: str) -> None:
    Person.objects.filter(pk=serving.pk).update(user=cast.worker_a)
    if verb == "death":
        actions.record_death(person=serving, by=cast.clerk_a, died_on=today(), proof="证明")
    else:
        actions.deactivate_person(person=serving, by=cast.clerk_a, reason="误录")
    cast.worker_a.refresh_from_db()
    assert not cast.worker_a.is_active
    event = SecurityEvent.objects.get()
    assert (event.kind, event.actor, event.target) == ("停用账号", cast.clerk_a, "worker_a")
    assert event.region_code == TOWNSHIP_A


@pytest.mark.parametrize(("native", "status"), [("522301", "30"), ("440100", "31")])
def test_leaving_the_province(cast: Cast, serving: Person, native: str, status: str) -> None:
    Person.objects.filter(pk=serving.pk).update(native_place=native)
    actions.leave_province(person=serving, by=cast.clerk_a, left_on=D(2025, 8, 1), reason=REASON)
    serving.refresh_from_db()
    assert serving.status == status
    assert status_on(serving, D(2025, 8, 1)) == PersonStatus.SERVING
    assert status_on(serving, D(2025, 8, 2)) == status
    assert serving.region_id == TOWNSHIP_A, "the county keeps its 流出 list"
    assert_whole(serving)


def test_the_retired_may_go_on_serving(cast: Cast, serving: Person) -> None:
    actions.retire_person(
        person=serving, by=cast.clerk_a, retired_on=D(2025, 8, 1), reason=REASON, keeps_posts=True
    )
    assert serving.posts.unended().exists()
    assert status_on(serving, D(2025, 8, 2)) == PersonStatus.RETIRED


def test_coming_back(cast: Cast, serving: Person) -> None:
    actions.leave_province(person=serving, by=cast.clerk_a, left_on=D(2025, 8, 1), reason=REASON)
    actions.return_person(person=serving, by=cast.clerk_a, returned_on=D(2025, 9, 1), reason=REASON)
    assert status_on(serving, D(2025, 8, 15)) in ("30", "31")
    assert status_on(serving, D(2025, 9, 1)) == PersonStatus.IDLE
    assert_whole(serving)


def test_leaving_before_a_later_change_is_refused(cast: Cast, serving: Person) -> None:
    actions.leave_province(person=serving, by=cast.clerk_a, left_on=D(2025, 8, 1), reason=REASON)
    actions.return_person(person=serving, by=cast.clerk_a, returned_on=D(2025, 9, 1), reason=REASON)
    with pytest.raises(RuleError, match="更晚的变更"):
        actions.retire_person(
            person=serving, by=cast.clerk_a, retired_on=D(2024, 1, 1), reason=REASON
        )
    assert_whole(serving)


def test_leaving_before_the_day_of_entry_is_carried_through(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A)
    actions.leave_province(person=person, by=cast.clerk_a, left_on=D(2025, 8, 1), reason=REASON)
    assert status_on(person, D(2025, 8, 2)) == "31"
    assert_whole(person)


def test_a_back_dated_move_keeps_later_changes(cast: Cast, serving: Person) -> None:
    other = Region.objects.current().filter(parent_id=COUNTY_A).exclude(pk=TOWNSHIP_A).first()
    actions.leave_province(person=serving, by=cast.clerk_a, left_on=D(2025, 8, 1), reason=REASON)
    actions.move_residence(
        person=serving, by=cast.clerk_a, residence=other, moved_on=D(2024, 1, 1), reason=REASON
    )
    assert_whole(serving)
    assert status_on(serving, D(2024, 6, 1)) == PersonStatus.SERVING
    assert status_on(serving, D(2025, 9, 1)) == "31"
    assert set(serving.states.filter(valid_from__gte=D(2024, 1, 1)).values_list(
        "residence_id", flat=True)) == {other.pk}  # fmt: skip


def test_a_move_elsewhere_is_a_transfer(cast: Cast, serving: Person) -> None:
    with pytest.raises(RuleError, match="转出"):
        actions.move_residence(
            person=serving,
            by=cast.clerk_a,
            residence=Region.objects.get(pk=COUNTY_B),
            moved_on=today(),
        )


@pytest.mark.parametrize("verb", ["leave_province", "retire_person", "record_death"])
def test_nothing_happens_in_the_future(cast: Cast, serving: Person, verb: str) -> None:
    tomorrow = today() + datetime.timedelta(days=1)
    given: dict[str, Any] = {
        "leave_province": {"left_on": tomorrow, "reason": REASON},
        "retire_person": {"retired_on": tomorrow, "reason": REASON},
        "record_death": {"died_on": tomorrow, "proof": REASON},
    }[verb]
    with pytest.raises(RuleError, match="不能晚于今天"):
        getattr(actions, verb)(person=serving, by=cast.clerk_a, **given)


def test_deactivation_ends_posts_requests_and_the_account(cast: Cast, serving: Person) -> None:
    Person.objects.filter(pk=serving.pk).update(user=cast.worker_a)
    actions.request_change(by=cast.worker_a, changes={"name": "李四"}, reason=REASON)
    actions.deactivate_person(person=serving, by=cast.clerk_a, reason="误录")
    serving.refresh_from_db()
    cast.worker_a.refresh_from_db()
    assert serving.status == PersonStatus.DEACTIVATED
    assert not serving.posts.unended().exists()
    assert serving.changerequests.get().state == RequestState.WITHDRAWN
    assert not cast.worker_a.is_active
    actions.reactivate_person(person=serving, by=cast.clerk_a, reason=REASON)
    serving.refresh_from_db()
    assert serving.status == PersonStatus.IDLE
    assert_whole(serving)


def test_a_reveal_needs_a_reason_and_leaves_an_event(cast: Cast, serving: Person) -> None:
    with pytest.raises(RuleError):
        actions.reveal_person(person=serving, by=cast.clerk_a, reason=" ")
    assert not ReadEvent.objects.exists()
    actions.reveal_person(person=serving, by=cast.clerk_a, reason="核对证件")
    event = ReadEvent.objects.get()
    assert (event.kind, event.people, event.reason) == ("reveal", [serving.pk], "核对证件")


def test_history_names_who_and_why(cast: Cast, serving: Person) -> None:
    from core.audit.history import acting, last_writer

    with acting(cast.clerk_a, reason="误录"):
        actions.deactivate_person(person=serving, by=cast.clerk_a, reason="误录")
    assert last_writer(serving) == str(cast.clerk_a.pk)


def test_a_cancelled_registration_ended_when_it_did(cast: Cast, serving: Person) -> None:
    """R11 measures the length of those in force only."""
    period = RegistrationPeriod(person=serving, starts_on=DAY, ends_on=D(2024, 2, 28))
    with pytest.raises(RuleError, match="3 年"):
        actions.add_registration(period=period, by=cast.clerk_a)
    period.state = "11"
    actions.add_registration(period=period, by=cast.clerk_a)


@pytest.mark.parametrize("days", [1, 2])
def test_a_registration_is_cancelled_from_its_second_day_on(days: int, cast: Cast) -> None:
    """It was valid through the day before; one entered by mistake is taken out of use."""
    period = make_row("registrationperiod", TOWNSHIP_A)
    on = period.starts_on + datetime.timedelta(days=days)
    cancel = functools.partial(
        actions.cancel_registration, period=period, by=cast.clerk_a, reason="本人申请"
    )
    with pytest.raises(RuleError, match=f"登记自 {period.starts_on} 起有效.*办理「停用」"):
        cancel(cancelled_on=period.starts_on)
    cancel(cancelled_on=on)
    period.refresh_from_db()
    assert period.ends_on == on - datetime.timedelta(days=1)


def test_who_leaves_by_mistake_is_back_the_same_day(cast: Cast) -> None:
    """The leaving holds from the next day, which has not come yet."""
    person = make_person(TOWNSHIP_A, "王小明")
    actions.leave_province(person=person, by=cast.clerk_a, left_on=today(), reason="点错")
    earlier = today() - datetime.timedelta(days=1)
    with pytest.raises(RuleError, match="返回日期不能早于这一天"):
        actions.return_person(person=person, by=cast.clerk_a, returned_on=earlier, reason=REASON)
    actions.return_person(person=person, by=cast.clerk_a, returned_on=today(), reason=REASON)
    person.refresh_from_db()
    tomorrow = today() + datetime.timedelta(days=1)
    assert person.status == status_on(person, tomorrow) == PersonStatus.IDLE
    assert_whole(person)


def test_a_move_of_long_ago_goes_through_what_followed(cast: Cast, serving: Person) -> None:
    """She moved before she left and came back: the later rows keep their status and their days."""
    by, until = {"by": cast.reviewer_a, "reason": REASON}, D(2026, 1, 1)
    actions.leave_province(person=serving, left_on=D(2025, 3, 1), **by)
    actions.return_person(person=reread(serving), returned_on=until, **by)
    home = Region.objects.current().filter(parent_id=COUNTY_A).exclude(pk=TOWNSHIP_A)[0]
    actions.move_residence(person=reread(serving), residence=home, moved_on=D(2024, 6, 1), **by)
    assert_whole(serving)
    rows = serving.states.order_by("valid_from").values_list("residence", "status", "valid_from")
    assert [(place == home.pk, status, day) for place, status, day in rows] == [
        (False, PersonStatus.SERVING, DAY),
        (True, PersonStatus.SERVING, D(2024, 6, 1)),
        (True, PersonStatus.LEFT, D(2025, 3, 2)),
        (True, PersonStatus.IDLE, until),
    ]
