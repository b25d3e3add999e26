"""Reminders: said at each stage once, settled when the cause is gone, whatever is run twice."""

from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.models import Notice
from core.notices import reminders
from core.notices.reminders import REMINDERS, remind
from core.tasks import nightly
from talent.codes import PersonStatus
from talent.credentials.actions import add_registration, cancel_registration
from talent.models import Person, RegistrationPeriod
from tests.conftest import COUNTY_A, COUNTY_B
from tests.rows import make_person

ENDS = datetime.date(2026, 5, 31)


def before(days: int) -> datetime.date:
    return ENDS - datetime.timedelta(days=days)


def period_of(person: Person, ends_on: datetime.date = ENDS, **fields: Any) -> RegistrationPeriod:
    starts_on = ends_on.replace(year=ends_on.year - 3) + datetime.timedelta(days=1)
    return RegistrationPeriod.objects.create(
        person=person, starts_on=starts_on, ends_on=ends_on, **fields
    )


@pytest.fixture
def period(cast: Any) -> RegistrationPeriod:
    person = make_person(COUNTY_A, "罗晓敏")
    Person.objects.filter(pk=person.pk).update(user=cast.worker_a)
    return period_of(person)


def open_texts(**of: Any) -> list[str]:
    rows = Notice.objects.open().filter(**of).order_by("key")
    return [notice.text for notice in rows]


def test_it_is_said_at_each_stage_once(period: RegistrationPeriod, cast: Any) -> None:
    """180, 90, 30 and 7 days before, and after; to the office and to the worker."""
    assert REMINDERS["registration"].days == (180, 90, 30, 7)
    said = {}
    for days in range(185, -184, -1):
        if new := remind(day=before(days)):
            said[days] = new
    assert said == {180: 2, 90: 2, 30: 2, 7: 2, -1: 2}
    keys = Notice.objects.values_list("key", flat=True)
    assert {key.split(":")[3] for key in keys} == {"180", "90", "30", "7", "-1"}


def test_what_is_said(period: RegistrationPeriod, cast: Any) -> None:
    remind(day=before(170))
    office = Notice.objects.get(to=None)
    assert str(office) == "罗晓敏 登记半年内到期，到期前 3 个月起可以办理再登记"
    assert (office.region_id, office.permission) == (COUNTY_A, "talent.change_registrationperiod")
    assert (office.due_on, office.person) == (ENDS, period.person_id)
    assert office.address == f"/registrations/{period.pk}/"
    own = Notice.objects.get(to=cast.worker_a)
    assert own.text.startswith("您的登记半年内到期")
    assert (str(own), own.person) == (own.text, None)
    assert own.address == "/me/"
    remind(day=before(30))
    assert open_texts(to=None) == ["登记快到期，现在可以办理再登记"]
    remind(day=before(0))
    assert open_texts(to=None) == ["登记快到期，现在可以办理再登记"]
    remind(day=before(-1))
    assert open_texts(to=None) == ["登记已过期，没有再登记"]


def test_twice_a_night_is_once(period: RegistrationPeriod) -> None:
    assert [remind(day=before(90)) for _ in range(3)] == [2, 0, 0]
    assert Notice.objects.count() == 2


def test_who_knows_is_not_told_again_before_the_next_stage(
    period: RegistrationPeriod, cast: Any
) -> None:
    remind(day=before(90))
    Notice.objects.update(done_at="2026-03-02T00:00Z", done_by=cast.clerk_a)
    remind(day=before(60))
    assert not open_texts()
    remind(day=before(30))
    assert len(open_texts()) == 2


def test_a_night_that_was_missed_is_caught_up_with(period: RegistrationPeriod) -> None:
    remind(day=before(100))
    remind(day=before(5))
    assert Notice.objects.filter(key__contains=":7:").count() == 2
    assert not Notice.objects.filter(key__contains=":30:").exists()


def test_nobody_waits_for_the_night(period: RegistrationPeriod, cast: Any) -> None:
    """Who has just renewed or cancelled it is no longer reminded, and after the night neither."""
    remind(day=before(30))
    starts_on = ENDS + datetime.timedelta(days=1)
    renewal = RegistrationPeriod(
        person=period.person, kind="2", starts_on=starts_on, state="1",
        ends_on=ENDS.replace(year=2029),
    )  # fmt: skip
    add_registration(period=renewal, by=cast.clerk_a)
    assert not open_texts()
    remind(day=before(29))
    assert not open_texts()
    other = period_of(make_person(COUNTY_A))
    remind(day=before(29))
    assert len(open_texts()) == 1
    day = datetime.date(2026, 3, 1)
    cancel_registration(period=other, by=cast.reviewer_a, cancelled_on=day, reason="重复")
    assert not open_texts()


@pytest.mark.parametrize("how", ["renewed", "cancelled", "mistaken", "left", "corrected"])
def test_it_settles_itself(how: str, period: RegistrationPeriod, cast: Any) -> None:
    remind(day=before(90))
    rows = RegistrationPeriod.objects.filter(pk=period.pk)
    if how == "renewed":
        period_of(period.person, ENDS.replace(year=2029), kind="2", state="1")
    elif how == "cancelled":
        # As 注销 leaves it, months before.
        day = datetime.date(2026, 2, 1)
        cancel_registration(period=period, by=cast.reviewer_a, cancelled_on=day, reason="重复")
    elif how == "mistaken":
        rows.update(ended_on=before(89), end_reason="录错")
    elif how == "left":
        Person.objects.filter(pk=period.person_id).update(status=PersonStatus.LEFT)
    else:
        rows.update(ends_on=ENDS.replace(year=2027))
    remind(day=before(89))
    assert not open_texts()
    assert Notice.objects.exclude(closed_at=None).count() == 2


def test_a_renewal_that_failed_is_none(period: RegistrationPeriod) -> None:
    failed = period_of(period.person, ENDS.replace(year=2029), kind="2", state="1")
    remind(day=before(20))
    assert not Notice.objects.exists()
    RegistrationPeriod.objects.filter(pk=failed.pk).update(state="5")
    remind(day=before(20))
    assert len(open_texts()) == 2
    RegistrationPeriod.objects.filter(pk=failed.pk).update(state="1")
    remind(day=before(20))
    assert not open_texts()
    RegistrationPeriod.objects.filter(pk=failed.pk).update(state="5")
    remind(day=before(19))
    assert len(open_texts()) == 2
    assert Notice.objects.count() == 2


def test_another_last_day_is_another_message(period: RegistrationPeriod) -> None:
    remind(day=before(90))
    other = ENDS + datetime.timedelta(days=10)
    RegistrationPeriod.objects.filter(pk=period.pk).update(ends_on=other)
    remind(day=before(80))
    assert {n.due_on for n in Notice.objects.open()} == {other}


def test_it_follows_the_person(period: RegistrationPeriod, cast: Any) -> None:
    """To another county, a married name, and to an account that was opened later."""
    other = period_of(make_person(COUNTY_A, "没有账号"))
    remind(day=before(90))
    assert Notice.objects.filter(record_id=other.pk).count() == 1
    Person.objects.filter(pk=period.person_id).update(region_id=COUNTY_B, name="罗晓")
    remind(day=before(89))
    office = Notice.objects.get(to=None, record_id=period.pk)
    assert (office.region_id, office.subject) == (COUNTY_B, "罗晓")
    Person.objects.filter(pk=period.person_id).update(user=None)
    Person.objects.filter(pk=other.person_id).update(user=cast.worker_a)
    remind(day=before(88))
    assert [n.record_id for n in Notice.objects.open().filter(to=cast.worker_a)] == [other.pk]


def test_people_without_a_place_are_told_themselves(period: RegistrationPeriod, cast: Any) -> None:
    Person.objects.filter(pk=period.person_id).update(region=None)
    assert remind(day=before(90)) == 1
    assert Notice.objects.get().to == cast.worker_a


def test_the_night_runs_it(period: RegistrationPeriod, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "today", lambda: before(90))
    nightly()
    assert Notice.objects.count() == 2


def test_it_works_in_sets(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many statements for thirty people as for three; in pieces where they are many."""
    counts = []
    for size in (3, 30):
        for _ in range(size):
            period_of(make_person(COUNTY_A))
        Notice.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            assert remind(day=before(90)) >= size
        counts.append(len(queries))
    assert counts[0] == counts[1]
    Notice.objects.all().delete()
    monkeypatch.setattr(reminders, "_AT_ONCE", 7)
    assert remind(day=before(90)) == 33
    assert remind(day=before(90)) == 0
    RegistrationPeriod.objects.update(ended_on=before(90), end_reason="录错")
    remind(day=before(90))
    assert not open_texts()


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_time_are_one() -> None:
    """F36: a second beat finds the lock and leaves."""
    period_of(make_person(COUNTY_A))
    found: list[int] = []

    def second() -> None:
        try:
            found.append(remind(day=before(90)))
        finally:
            connection.close()

    with transaction.atomic():
        found.append(remind(day=before(90)))
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert found == [1, 0]
    assert Notice.objects.count() == 1
