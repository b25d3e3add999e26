"""Which registrations are valid and which are due: the figure, the lists and the task agree."""

from __future__ import annotations

import datetime

import pytest
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict

from core.dates import today
from core.models import User
from core.waiting import WAITING
from reports.populations.people import PEOPLE
from talent.filters import PersonFilter, RegistrationPeriodFilter
from talent.models import Person, RegistrationPeriod
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


def people(user: User, holding: str) -> set[Person]:
    request = RequestFactory().get("/people/")
    request.user = user
    found = PersonFilter(
        MultiValueDict({"holding": [holding]}), Person.objects.for_user(user), request=request
    )
    return set(found.qs)


def periods(user: User, due: str) -> set[Person]:
    request = RequestFactory().get("/registrations/")
    request.user = user
    rows = RegistrationPeriod.objects.for_user(user)
    found = RegistrationPeriodFilter(MultiValueDict({"due": [due]}), rows, request=request)
    return {period.person for period in found.qs}


def test_a_registration_under_review_is_not_valid(cast: Cast) -> None:
    issued, _reviewed, _refused = (registered(state) for state in ("7", "1", "5"))
    figure = set(PEOPLE.rows(today()).filter(registration_valid=True))
    assert figure == people(cast.clerk_a, "registered") == periods(cast.clerk_a, "valid")
    assert figure == {issued}


def test_what_is_renewed_or_cancelled_is_not_due(cast: Cast) -> None:
    waiting, refused = registered("7"), registered("8", renewed="5")
    registered("7", renewed="7")
    registered("11")
    due = periods(cast.clerk_a, "90")
    assert due == {waiting, refused} == people(cast.clerk_a, "expiring")
    assert WAITING["registrations"].count(cast.clerk_a) == 2
    assert periods(cast.clerk_a, "60") == due
