"""Posts: one open primary even in a race, inside the life of the station, the place follows."""

from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest
from django.db import connection

from core.dates import today
from core.models import User
from core.rules import RuleError
from core.scoping import OutOfScope
from stations.places.actions import close_station
from talent import actions
from talent.codes import PersonStatus
from talent.models import Person, Post
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.rows import make_organization, make_person, make_station

D = datetime.date


def start(person: Person, by: User, **fields: Any) -> Post:
    station = fields.pop("station", None) or make_station(TOWNSHIP_A)
    fields.setdefault("started_on", D(2024, 3, 1))
    return actions.start_post(post=Post(person=person, station=station, **fields), by=by)


@pytest.mark.django_db
def test_the_person_is_where_the_primary_post_is(cast: Cast) -> None:
    person = make_person(COUNTY_A)
    post = start(person, cast.clerk_a)
    person.refresh_from_db()
    assert person.region_id == TOWNSHIP_A
    actions.end_post(post=post, by=cast.clerk_a, ended_on=D(2025, 1, 1), reason="合同到期")
    person.refresh_from_db()
    assert (person.region_id, person.status) == (COUNTY_A, PersonStatus.IDLE)
    assert Post.objects.open_on(D(2024, 12, 31)).exists()
    assert not Post.objects.open_on(D(2025, 1, 1)).exists()


@pytest.mark.django_db
def test_a_second_primary_post_is_refused_and_a_secondary_taken(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A)
    start(person, cast.clerk_a)
    with pytest.raises(RuleError) as error:
        start(person, cast.clerk_a)
    assert error.value.rule == "R14"
    start(person, cast.clerk_a, is_primary=False)
    assert person.posts.unended().count() == 2


@pytest.mark.django_db
def test_a_child_cannot_serve(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A)
    with pytest.raises(RuleError) as error:
        start(person, cast.clerk_a, started_on=D(2006, 3, 6))
    assert error.value.rule == "R6"
    start(person, cast.clerk_a, started_on=D(2006, 3, 7))


@pytest.mark.django_db
def test_nobody_begins_at_a_closed_station(cast: Cast) -> None:
    station = make_station(TOWNSHIP_A)
    close_station(station=station, by=cast.clerk_a, closed_on=D(2024, 1, 1), reason="合并")
    station.refresh_from_db()
    with pytest.raises(RuleError) as error:
        start(make_person(TOWNSHIP_A), cast.clerk_a, station=station)
    assert error.value.rule == "R15"


@pytest.mark.django_db
def test_nobody_begins_in_the_future(cast: Cast) -> None:
    tomorrow = today() + datetime.timedelta(days=1)
    with pytest.raises(RuleError, match="不能晚于今天"):
        start(make_person(TOWNSHIP_A), cast.clerk_a, started_on=tomorrow)


@pytest.mark.django_db
def test_a_place_of_work_elsewhere_is_a_transfer(cast: Cast) -> None:
    with pytest.raises(OutOfScope):
        start(make_person(TOWNSHIP_A), cast.clerk_a, station=make_station(COUNTY_B))


@pytest.mark.django_db
def test_an_agency_elsewhere_may_employ_at_a_station_here(cast: Cast) -> None:
    agency = make_organization(COUNTY_B)
    post = start(make_person(TOWNSHIP_A), cast.clerk_a, organization=agency)
    assert post.region_id == TOWNSHIP_A


@pytest.mark.django_db
def test_a_post_ends_after_it_began_and_once(cast: Cast) -> None:
    post = start(make_person(TOWNSHIP_A), cast.clerk_a)
    with pytest.raises(RuleError):
        actions.end_post(post=post, by=cast.clerk_a, ended_on=D(2024, 2, 1), reason="离职")
    actions.end_post(post=post, by=cast.clerk_a, ended_on=D(2024, 3, 1), reason="离职")
    with pytest.raises(RuleError, match="已离岗"):
        actions.end_post(post=post, by=cast.clerk_a, ended_on=D(2024, 4, 1), reason="离职")


@pytest.mark.django_db
def test_an_idle_person_serves_again(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A)
    post = start(person, cast.clerk_a)
    actions.end_post(post=post, by=cast.clerk_a, ended_on=D(2025, 1, 1), reason="离职")
    start(person, cast.clerk_a, started_on=D(2025, 6, 1))
    person.refresh_from_db()
    assert person.status == PersonStatus.SERVING
    assert person.states.filter(valid_to=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_end_with_one_open_primary(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A)
    stations = [make_station(TOWNSHIP_A) for _ in range(4)]
    barrier, refused = threading.Barrier(4), []

    def run(station: Any) -> None:
        try:
            barrier.wait(10)
            start(Person.objects.get(pk=person.pk), cast.clerk_a, station=station)
        except RuleError as error:
            refused.append(error.rule)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(s,)) for s in stations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert refused == ["R14"] * 3
    assert person.posts.unended().filter(is_primary=True).count() == 1
