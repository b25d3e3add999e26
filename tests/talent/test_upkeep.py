"""What is to be done about people's records: the figures, the lists and the tasks agree."""

from __future__ import annotations

import datetime

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict

from core.dates import today
from core.entities.made import filters_of
from core.models import User
from core.notices.waiting import WAITING
from reports.definitions.populations.people import PEOPLE
from talent.actions import leave_province, record_death
from talent.entities import CERTIFICATES, REGISTRATIONS
from talent.entities import PEOPLE as PEOPLE_LIST
from talent.models import Certificate, Person, RegistrationPeriod
from tests.conftest import TOWNSHIP_A, Cast
from tests.rows import make_person

pytestmark = pytest.mark.django_db
SOON = datetime.timedelta(days=40)


def registered(state: str, *, renewed: str | None = None) -> Person:
    """Somebody whose registration ends in 40 days, and in what state."""
    one = make_person(TOWNSHIP_A)
    end = today() + SOON
    begin = end - datetime.timedelta(days=1094)
    RegistrationPeriod.objects.create(person=one, starts_on=begin, ends_on=end, state=state)
    if renewed is not None:
        RegistrationPeriod.objects.create(
            person=one, kind="2", state=renewed, starts_on=end + datetime.timedelta(days=1),
            ends_on=end + datetime.timedelta(days=1095),
        )  # fmt: skip
    return one


def asked_by(user: User) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user
    return request


def people(user: User, **asked: str) -> set[Person]:
    query = MultiValueDict({name: [value] for name, value in asked.items()})
    return set(
        filters_of(PEOPLE_LIST)(query, Person.objects.for_user(user), request=asked_by(user)).qs
    )


def periods(user: User, due: str) -> set[Person]:
    rows, query = RegistrationPeriod.objects.for_user(user), MultiValueDict({"due": [due]})
    found = filters_of(REGISTRATIONS)(query, rows, request=asked_by(user)).qs
    return {period.person for period in found}


def test_a_registration_under_review_is_not_valid(cast: Cast) -> None:
    issued, _reviewed, _refused = (registered(state) for state in ("7", "1", "5"))
    figure = set(PEOPLE.rows(today()).filter(registration_valid=True))
    assert figure == people(cast.clerk_a, holding="registered") == periods(cast.clerk_a, "valid")
    assert figure == {issued}


def test_what_is_renewed_or_cancelled_is_not_due(cast: Cast) -> None:
    waiting, refused = registered("7"), registered("8", renewed="5")
    registered("7", renewed="7")
    registered("11")
    due = periods(cast.clerk_a, "90")
    assert due == {waiting, refused} == people(cast.clerk_a, holding="expiring")
    assert WAITING["registrations"].count(cast.clerk_a) == 2
    assert periods(cast.clerk_a, "60") == due


def test_nothing_is_asked_of_who_died_or_left(cast: Cast) -> None:
    idle, gone, dead = (make_person(TOWNSHIP_A, status="20") for _ in range(3))
    leave_province(person=gone, by=cast.clerk_a, left_on=today(), reason="外出务工")
    record_death(person=dead, by=cast.clerk_a, died_on=today(), proof="死亡证明", reason="")
    for task, missing in (("no-phone", "phone"), ("no-post", "post")):
        assert people(cast.clerk_a, missing=missing) == {idle}
        assert WAITING[task].count(cast.clerk_a) == 1


def test_only_what_counts_is_to_be_verified(cast: Cast) -> None:
    serving, gone = make_person(TOWNSHIP_A), make_person(TOWNSHIP_A)
    for one, level, verification in (
        (serving, "1", "2"), (serving, "2", "3"), (serving, "9", "2"), (gone, "1", "2"),
    ):  # fmt: skip
        Certificate.objects.create(
            person=one, level=level, verification=verification, approved_on=today()
        )
    leave_province(person=gone, by=cast.clerk_a, left_on=today(), reason="外出务工")
    rows = Certificate.objects.for_user(cast.reviewer_a)
    query = MultiValueDict({"todo": ["verify"]})
    found = filters_of(CERTIFICATES)(query, rows, request=asked_by(cast.reviewer_a)).qs
    assert [(c.person, c.level) for c in found] == [(serving, "1")]
    assert WAITING["certificates"].count(cast.reviewer_a) == 1
