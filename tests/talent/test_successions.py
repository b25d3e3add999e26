"""An abolished division: current rows follow the successor, every earlier day stays as it was."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command

from core.figures.lists import amount, members
from core.models import Region, RegionMove, User
from core.regions.successions import apply_successions, move_stranded
from core.regions.tree import forget_divisions
from core.rules import RuleError
from core.scoping import OutOfScope
from core.timeline import dated_on
from reports.definitions.registry import BY_CODE, all_figures
from stations.models import Organization, Station
from talent.models import GraduateStat, Person, Post
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.rows import DAY, make_organization, make_person, make_project, make_station

pytestmark = pytest.mark.django_db
ABOLISHED = datetime.date(2025, 7, 1)


@pytest.fixture
def abolished(cast: Cast) -> Iterator[tuple[Person, Station, str]]:
    """Somebody at a station in a township that is then merged into its neighbour."""
    other = Region.objects.current().filter(parent_id=COUNTY_A).exclude(pk=TOWNSHIP_A)[0]
    person, station = make_person(TOWNSHIP_A), make_station(TOWNSHIP_A)
    person.states.update(valid_from=DAY)
    station.coverages.create(region_id=TOWNSHIP_A, valid_from=DAY)
    Post.objects.create(person=person, station=station, region_id=TOWNSHIP_A, started_on=DAY)
    ended = datetime.date(2024, 1, 1)
    Post.objects.create(
        person=person, station=station, region_id=TOWNSHIP_A, started_on=DAY, ended_on=ended,
        is_primary=False,
    )  # fmt: skip
    make_project(TOWNSHIP_A)
    Region.objects.filter(pk=TOWNSHIP_A).update(valid_to=ABOLISHED, successor=other)
    forget_divisions()
    yield person, station, other.pk
    # The tree is kept by the process; the next test has its own.
    forget_divisions()


def test_current_rows_follow(cast: Cast, abolished: tuple[Person, Station, str]) -> None:
    person, station, successor = abolished
    apply_successions()
    person.refresh_from_db()
    station.refresh_from_db()
    assert person.region_id == person.residence_id == station.region_id == successor
    now, then = person.posts.get(ended_on=None), person.posts.get(ended_on=ABOLISHED)
    assert (now.region_id, now.started_on, now.is_primary) == (successor, ABOLISHED, True)
    assert (then.region_id, then.started_on, then.is_primary) == (TOWNSHIP_A, DAY, True)
    assert then.end_reason == "区划撤销：新华路街道"
    assert person.posts.get(is_primary=False).region_id == TOWNSHIP_A
    before, after = datetime.date(2025, 6, 30), ABOLISHED
    assert person.states.get(dated_on(before)).residence_id == TOWNSHIP_A
    assert person.states.get(dated_on(after)).residence_id == successor
    assert station.coverages.get(dated_on(before)).region_id == TOWNSHIP_A
    assert station.coverages.get(dated_on(after)).region_id == successor
    assert User.objects.get(pk=cast.township_a.pk).region_id == successor
    history = Person.pgh_event_model.objects.filter(pgh_obj_id=person.pk)
    assert history.order_by("pgh_id").first().region_id == TOWNSHIP_A


def test_earlier_days_are_counted_where_they_were(
    abolished: tuple[Person, Station, str],
) -> None:
    """A primary post in the township that goes, a second one in that which remains."""
    person, _, successor = abolished
    Post.objects.create(
        person=person, station=make_station(successor), region_id=successor, started_on=DAY,
        is_primary=False,
    )  # fmt: skip
    days = (ABOLISHED - datetime.timedelta(days=1), ABOLISHED)
    forget_divisions()
    before = [all_figures(day).totals["T1"] for day in days]
    apply_successions()
    assert [all_figures(day).totals["T1"] for day in days] == before
    assert before[0][TOWNSHIP_A] == 1
    assert TOWNSHIP_A not in before[1]
    assert before[1][successor] == 1
    assert person.posts.filter(ended_on=None).count() == 2
    forget_divisions()


def test_twice_is_once(abolished: tuple[Person, Station, str]) -> None:
    apply_successions()
    assert [row for row in apply_successions() if row.region == TOWNSHIP_A] == []


def test_two_townships_become_one(abolished: tuple[Person, Station, str]) -> None:
    _, station, successor = abolished
    station.coverages.create(region_id=successor, valid_from=DAY)
    apply_successions()
    assert station.coverages.get(valid_to=None).region_id == successor


def test_rooms_agencies_and_graduates_stay_where_they_were(
    abolished: tuple[Person, Station, str],
) -> None:
    """T4, T7 and T8 of a day before are counted by the code of then."""
    _, _, successor = abolished
    make_station(TOWNSHIP_A, "某社工室", kind="4")
    make_organization(TOWNSHIP_A, "某机构")
    GraduateStat.objects.create(
        school="某大学", region_id=TOWNSHIP_A, level="21", year=2022, graduates=30
    )
    apply_successions()
    # Without the day of its registration nothing is known of an agency before it was entered.
    Organization.objects.update(registered_on=datetime.date(2020, 1, 1))
    before, after = datetime.date(2025, 6, 30), datetime.date(2025, 7, 1)
    for code, count in (("T7_ROOM", 1), ("T8", 2), ("T4", 30)):
        then, now = all_figures(before), all_figures(after)
        assert (then.value(code, TOWNSHIP_A), now.value(code, TOWNSHIP_A)) == (count, 0), code
        assert (then.value(code, successor) or 0, now.value(code, successor)) == (0, count), code
        rows = members(BY_CODE[code], before, TOWNSHIP_A)
        assert amount(BY_CODE[code], rows) == count


def test_places_of_one_name_are_told_apart(abolished: tuple[Person, Station, str]) -> None:
    """Both went by the name of what they do; now they are in one township."""
    _, station, successor = abolished
    make_station(successor, station.name)
    for region in (TOWNSHIP_A, successor):
        make_organization(region, "同心服务中心")
    apply_successions()
    old = Region.objects.get(pk=TOWNSHIP_A).name
    for model, name in ((Station, station.name), (Organization, "同心服务中心")):
        here = model.objects.filter(region=successor, name__startswith=name)
        assert {*here.values_list("name", flat=True)} == {name, f"{name}(原{old})"}
        # None was planned from a bare name: a first number holds from when it is said.
        assert not here.filter(is_incomplete=True).exists()


def test_without_a_successor_rows_wait(abolished: tuple[Person, Station, str]) -> None:
    person, _, _ = abolished
    Region.objects.filter(pk=TOWNSHIP_A).update(successor=None)
    out = io.StringIO()
    call_command("apply_successions", stdout=out)
    person.refresh_from_db()
    assert person.region_id == TOWNSHIP_A
    assert "待划转" in out.getvalue()


def test_a_dry_run_moves_nothing(abolished: tuple[Person, Station, str]) -> None:
    person, _, _ = abolished
    out = io.StringIO()
    call_command("apply_successions", "--dry-run", stdout=out)
    person.refresh_from_db()
    assert person.region_id == TOWNSHIP_A
    assert "新华路街道" in out.getvalue()


def test_a_chain_is_followed_and_a_circle_is_none() -> None:
    a, b, c = Region.objects.current().filter(parent_id=COUNTY_A)[:3]
    for old, new in ((a, b), (b, c)):
        Region.objects.filter(pk=old.pk).update(valid_to=ABOLISHED, successor=new)
    assert Region.objects.get(pk=a.pk).final_successor() == c
    Region.objects.filter(pk=c.pk).update(valid_to=ABOLISHED, successor=a)
    assert Region.objects.get(pk=a.pk).final_successor() is None


def test_what_has_no_successor_waits_and_is_moved(
    cast: Cast, abolished: tuple[Person, Station, str], client_of: Any
) -> None:
    person, station, other = abolished
    Region.objects.filter(pk=TOWNSHIP_A).update(successor=None)
    client = client_of(cast.reviewer_a)
    assert "待划转的记录" in client.get("/").text
    assert person.name in client.get("/people/?missing=place").text
    assert station.name in client.get("/stations/?incomplete=place").text
    page = client.get("/regions/abolished/").text
    assert "新华路街道" in page
    form = {"region": TOWNSHIP_A, "to": other, "reason": "撤并批复"}
    assert client.post("/regions/abolished/", form | {"reason": ""}).status_code == 422
    elsewhere = client.post("/regions/abolished/", form | {"to": "520111004"})
    assert elsewhere.status_code == 422
    county = client.post("/regions/abolished/", form | {"to": COUNTY_A})
    assert county.status_code == 422
    assert "同级的地区" in county.text
    assert client.post("/regions/abolished/", form).status_code == 302
    person.refresh_from_db()
    station.refresh_from_db()
    assert person.region_id == station.region_id == other
    assert person.states.get(dated_on(ABOLISHED)).residence_id == other
    assert "没有待划转的记录" in client.get("/regions/abolished/").text
    assert "待划转的记录" not in client.get("/").text
    assert client_of(cast.clerk_a).get("/regions/abolished/").status_code == 403
    assert "新华路街道" not in client_of(cast.reviewer_b).get("/regions/abolished/").text


def test_only_what_has_no_successor_is_moved_by_hand(
    cast: Cast, abolished: tuple[Person, Station, str]
) -> None:
    _, _, other = abolished
    old, to = Region.objects.get(pk=TOWNSHIP_A), Region.objects.get(pk=other)
    move = {"by": cast.reviewer_a, "reason": "撤并批复"}
    with pytest.raises(RuleError, match="已有承接"):
        move_stranded(region=old, to=to, **move)
    Region.objects.filter(pk=TOWNSHIP_A).update(successor=None)
    old.refresh_from_db()
    with pytest.raises(RuleError, match="同级"):
        move_stranded(region=old, to=Region.objects.get(pk=COUNTY_A), **move)
    with pytest.raises(OutOfScope):
        move_stranded(region=old, to=Region.objects.get(pk="520111004"), **move)
    assert move_stranded(region=old, to=to, **move) > 3


def test_what_moved_says_from_where_and_when(abolished: tuple[Person, Station, str]) -> None:
    apply_successions()
    assert {str(move) for move in RegionMove.objects.all()} == {f"{TOWNSHIP_A} {ABOLISHED}"}
