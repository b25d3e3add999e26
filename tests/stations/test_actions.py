"""Stations change state, close with their posts, are approved by a second person."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.models import Region
from core.rules import RuleError
from core.scoping import OutOfScope
from core.timeline import dated_on
from stations.models import Station, StationState
from stations.organizations.actions import end_organization, update_organization
from stations.places.actions import (
    approve_station,
    change_coverage,
    change_station_state,
    close_station,
    open_station,
    update_station,
)
from talent.actions import start_post
from talent.models import Person, Post
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.rows import DAY, make_organization, make_person, make_station

pytestmark = pytest.mark.django_db
D = datetime.date


def status_on(station: Station, day: datetime.date) -> str:
    return StationState.objects.get(dated_on(day), station=station).status


def serving_at(station: Station, cast: Cast) -> Person:
    person = make_person(COUNTY_A)
    start_post(post=Post(person=person, station=station, started_on=DAY), by=cast.clerk_a)
    return person


def test_a_station_opens_with_state_and_coverage(cast: Cast) -> None:
    station = Station(
        name="新站", kind="3", region_id=TOWNSHIP_A, status="3", built_on=D(2021, 5, 1)
    )
    open_station(station=station, by=cast.clerk_a)
    assert station.states.get().valid_from == D(2021, 5, 1)
    assert station.coverages.get().region_id == TOWNSHIP_A


def test_nobody_opens_one_elsewhere(cast: Cast) -> None:
    station = Station(name="新站", kind="3", region_id=COUNTY_B, status="3")
    with pytest.raises(OutOfScope):
        open_station(station=station, by=cast.clerk_a)
    assert not Station.objects.exists()


def test_states_are_dated(cast: Cast) -> None:
    station = make_station(TOWNSHIP_A)
    change_station_state(
        station=station, by=cast.clerk_a, status="4", changed_on=D(2024, 5, 1), reason="无人"
    )
    change_station_state(
        station=station, by=cast.clerk_a, status="3", changed_on=D(2024, 9, 1), reason="恢复"
    )
    assert [status_on(station, D(2024, m, 1)) for m in (4, 5, 8, 9)] == ["3", "4", "4", "3"]
    with pytest.raises(RuleError, match="更晚的变更"):
        change_station_state(
            station=station, by=cast.clerk_a, status="2", changed_on=D(2024, 3, 1), reason="更正"
        )


def test_a_closed_station_sends_its_people_home(cast: Cast) -> None:
    station = make_station(TOWNSHIP_A)
    person = serving_at(station, cast)
    close_station(station=station, by=cast.clerk_a, closed_on=D(2025, 1, 1), reason="撤并")
    station.refresh_from_db()
    person.refresh_from_db()
    assert (station.status, person.region_id) == ("5", COUNTY_A)
    assert status_on(station, D(2024, 12, 31)) == "3"
    assert status_on(station, D(2025, 1, 1)) == "5"
    post = person.posts.get()
    assert post.ended_on == D(2025, 1, 1)
    assert "撤并" in post.end_reason
    with pytest.raises(RuleError, match="已经撤并"):
        close_station(station=station, by=cast.clerk_a, closed_on=D(2025, 1, 1), reason="再次")


def test_or_to_the_successor(cast: Cast) -> None:
    other = Region.objects.current().filter(parent_id=COUNTY_A).exclude(pk=TOWNSHIP_A)[0]
    station, successor = make_station(TOWNSHIP_A), make_station(other.pk)
    person = serving_at(station, cast)
    message = close_station(
        station=station,
        by=cast.clerk_a,
        closed_on=D(2025, 1, 1),
        reason="更名",
        successor=successor,
        is_renamed=True,
    )
    assert "1 个岗位" in message
    person.refresh_from_db()
    assert person.region_id == other.pk
    old, new = person.posts.order_by("started_on")
    assert (old.ended_on, new.started_on, new.station) == (D(2025, 1, 1),) * 2 + (successor,)
    assert Post.objects.open_on(D(2025, 1, 1)).count() == 1


@pytest.mark.parametrize("which", ["itself", "elsewhere", "closed", "none"])
def test_what_cannot_take_over(cast: Cast, which: str) -> None:
    station, closed = make_station(TOWNSHIP_A), make_station(TOWNSHIP_A)
    close_station(station=closed, by=cast.clerk_a, closed_on=D(2025, 1, 1), reason="撤并")
    successor = {
        "itself": station, "elsewhere": make_station(COUNTY_B), "closed": closed, "none": None,
    }[which]  # fmt: skip
    with pytest.raises((RuleError, OutOfScope)):
        close_station(
            station=station,
            by=cast.clerk_a,
            closed_on=D(2025, 1, 1),
            reason="更名",
            successor=successor,
            is_renamed=True,
        )
    station.refresh_from_db()
    assert station.status == "3"


def test_an_approval_has_a_reason_and_happens_once(cast: Cast) -> None:
    station = make_station(TOWNSHIP_A)
    with pytest.raises(RuleError) as error:
        approve_station(station=station, by=cast.reviewer_a, reason="")
    assert error.value.rule == "R17"
    approve_station(station=station, by=cast.reviewer_a, reason="现场核查")
    station.refresh_from_db()
    assert station.is_approved
    with pytest.raises(RuleError, match="审核确认"):
        approve_station(station=station, by=cast.prefecture, reason="现场核查")


def test_what_has_a_number_is_not_confirmed_besides(cast: Cast) -> None:
    """Its approval would begin anew, and the figures of the days before would be others."""
    station = make_station(TOWNSHIP_A, approval_number="民发1号")
    with pytest.raises(RuleError, match="已有批复文号民发1号"):
        approve_station(station=station, by=cast.reviewer_a, reason="现场核查", since=D(2025, 1, 1))
    station.refresh_from_db()
    assert (station.approved_on, station.approval_date) == (None, None)


def test_coverage_ends_and_begins_on_a_day(cast: Cast) -> None:
    station = Station(
        name="新站", kind="3", region_id=TOWNSHIP_A, status="3", built_on=D(2021, 5, 1)
    )
    open_station(station=station, by=cast.clerk_a)
    own = Region.objects.get(pk=TOWNSHIP_A)
    others = list(Region.objects.current().filter(parent_id=COUNTY_A).exclude(pk=own.pk)[:2])
    change_coverage(
        station=station, by=cast.clerk_a, regions=[own, *others], changed_on=D(2024, 1, 1)
    )
    change_coverage(
        station=station, by=cast.clerk_a, regions=[own, others[0]], changed_on=D(2025, 1, 1)
    )
    covered = {
        day: set(station.coverages.filter(dated_on(day)).values_list("region_id", flat=True))
        for day in (D(2023, 1, 1), D(2024, 6, 1), D(2025, 6, 1))
    }
    assert covered[D(2023, 1, 1)] == {own.pk}
    assert covered[D(2024, 6, 1)] == {own.pk, others[0].pk, others[1].pk}
    assert covered[D(2025, 6, 1)] == {own.pk, others[0].pk}
    elsewhere = Region.objects.current().filter(parent_id=COUNTY_B)[0]
    with pytest.raises(OutOfScope):
        change_coverage(
            station=station, by=cast.clerk_a, regions=[own, elsewhere], changed_on=D(2025, 1, 1)
        )


def test_an_organisation_ends_after_its_stations(cast: Cast) -> None:
    agency = make_organization(COUNTY_A)
    station = make_station(TOWNSHIP_A, operator=agency)
    person = make_person(TOWNSHIP_A)
    start_post(post=Post(person=person, organization=agency, started_on=DAY), by=cast.clerk_a)
    with pytest.raises(RuleError, match="1 个站点"):
        end_organization(organization=agency, by=cast.clerk_a, since=D(2025, 1, 1), reason="注销")
    close_station(station=station, by=cast.clerk_a, closed_on=D(2025, 1, 1), reason="撤并")
    message = end_organization(
        organization=agency, by=cast.clerk_a, since=D(2025, 1, 1), reason="注销"
    )
    assert "1 个岗位" in message
    assert person.posts.get().ended_on == D(2025, 1, 1)


def test_an_organisation_comes_back_unless_another_took_its_name(
    cast: Cast, client_of: Callable[[Any], Client]
) -> None:
    agency = make_organization(COUNTY_A, "同心中心")
    end_organization(organization=agency, by=cast.clerk_a, since=DAY, reason="注销")
    agency.refresh_from_db()
    client = client_of(cast.clerk_a)
    url = f"/organizations/{agency.pk}/reactivate/"
    other = make_organization(COUNTY_A, "同心中心")
    refused = client.post(url, {"version": agency.version, "reason": "恢复营业"})
    assert refused.status_code == 422
    assert "同名机构" in refused.content.decode()
    end_organization(organization=other, by=cast.clerk_a, since=DAY, reason="重复")
    assert client.post(url, {"version": agency.version, "reason": "恢复营业"}).status_code == 302
    agency.refresh_from_db()
    assert agency.ended_on is None


def test_a_corrected_day_and_township_carry_state_and_coverage(cast: Cast) -> None:
    """T6: what is corrected counts from the corrected day and in the corrected township."""
    station = Station(name="站甲", kind="3", region_id=TOWNSHIP_A, approval_number="民1号")
    open_station(station=station, by=cast.clerk_a)
    station = Station.objects.get()
    station.built_on = D(2022, 5, 1)
    update_station(station=station, by=cast.clerk_a)
    assert station.states.get().valid_from == D(2022, 5, 1)
    assert station.coverages.get().valid_from == D(2022, 5, 1)
    other = Region.objects.current().filter(parent_id=COUNTY_A).exclude(pk=TOWNSHIP_A)[0]
    station = Station.objects.get()
    station.region = other
    update_station(station=station, by=cast.clerk_a)
    coverage = station.coverages.get()
    assert (coverage.region_id, coverage.valid_from) == (other.pk, D(2022, 5, 1))


def test_a_later_day_of_building_keeps_what_began_before_it(cast: Cast) -> None:
    station = Station(
        name="站甲", kind="3", region_id=TOWNSHIP_A, status="3", built_on=D(2021, 5, 1)
    )
    open_station(station=station, by=cast.clerk_a)
    change_station_state(
        station=station, by=cast.clerk_a, status="4", changed_on=D(2022, 1, 1), reason="无人"
    )
    station = Station.objects.get()
    station.built_on = D(2023, 1, 1)
    update_station(station=station, by=cast.clerk_a)
    assert status_on(station, D(2022, 1, 1)) == "4"
    assert not station.states.filter(dated_on(D(2021, 12, 31))).exists()


def test_a_corrected_township_that_is_covered_already_stays_once(cast: Cast) -> None:
    own, other, county = (
        Region.objects.get(pk=TOWNSHIP_A),
        Region.objects.current().filter(parent_id=COUNTY_A).exclude(pk=TOWNSHIP_A)[0],
        Region.objects.get(pk=COUNTY_A),
    )
    station = Station(name="站甲", kind="3", region=own, status="3", built_on=D(2021, 5, 1))
    open_station(station=station, by=cast.clerk_a)
    change_coverage(
        station=station, by=cast.clerk_a, regions=[own, other], changed_on=D(2024, 1, 1)
    )
    for region, covered in ((other, [other.pk]), (county, [])):
        station = Station.objects.get()
        station.region = region
        update_station(station=station, by=cast.clerk_a)
        assert list(station.coverages.values_list("region", flat=True)) == covered


def test_coverage_from_an_earlier_day_begins_then(cast: Cast) -> None:
    station = Station(name="站甲", kind="3", region_id=TOWNSHIP_A, status="3")
    open_station(station=station, by=cast.clerk_a)
    change_coverage(
        station=station,
        by=cast.clerk_a,
        regions=[Region.objects.get(pk=TOWNSHIP_A)],
        changed_on=D(2022, 5, 1),
    )
    assert station.coverages.get().valid_from == D(2022, 5, 1)


def test_an_edited_organisation_is_complete(cast: Cast) -> None:
    agency = make_organization(COUNTY_A, is_incomplete=True)
    agency.address = "甲路1号"
    update_organization(organization=agency, by=cast.clerk_a)
    agency.refresh_from_db()
    assert (agency.is_incomplete, agency.address) == (False, "甲路1号")
    with pytest.raises(OutOfScope):
        update_organization(organization=agency, by=cast.clerk_b)
