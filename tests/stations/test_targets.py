"""What stations are to do in a year, and how far they are (指标, 任务, 已完成, 进度)."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from core.dates import today
from core.entities.made import form_of
from stations.entities import TARGETS
from stations.models import Station, StationMonthly, StationTarget
from stations.targets.models import COUNTED
from stations.targets.progress import done_of, progress_of
from tests.conftest import COUNTY_B, TOWNSHIP_A, Cast
from tests.rows import make_station

pytestmark = pytest.mark.django_db
D = datetime.date


@pytest.fixture
def station() -> Station:
    return make_station(TOWNSHIP_A)


def set_target(
    station: Station, number: str = "visits", target: int = 100, year: int = 2025
) -> Any:
    return StationTarget.objects.create(station=station, number=number, target=target, year=year)


def report(station: Station, first: datetime.date, span: str = "M", **numbers: Any) -> None:
    StationMonthly.objects.create(station=station, month=first, span=span, **numbers)


def lines(station: Station, year: int = 2025) -> list[tuple[Any, ...]]:
    found = progress_of(station, year)["lines"]
    return [(line.label, line.target, line.done, line.share) for line in found]


def test_done_is_the_sum_of_months_and_quarters_of_the_year(station: Station) -> None:
    set_target(station)
    report(station, D(2024, 12, 1), visits=1000)
    report(station, D(2025, 1, 1), visits=10)
    report(station, D(2025, 2, 1), visits=None)
    report(station, D(2025, 4, 1), "Q", visits=72)
    report(station, D(2026, 1, 1), "Q", visits=1000)
    report(make_station(TOWNSHIP_A), D(2025, 1, 1), visits=1000)
    assert lines(station) == [("探访户次", 100, 82, "82%")]


def test_what_was_never_reported_is_not_zero(station: Station) -> None:
    set_target(station, "visits")
    set_target(station, "cases_new", 5)
    assert lines(station) == [("新开个案", 5, None, ""), ("探访户次", 100, None, "")]
    report(station, D(2025, 3, 1), visits=0)
    assert lines(station) == [("新开个案", 5, None, ""), ("探访户次", 100, 0, "0%")]


def test_money_and_hours_add_up_too(station: Station) -> None:
    set_target(station, "resources", 10_000)
    set_target(station, "volunteer_hours", 50)
    for month in (1, 2):
        report(station, D(2025, month, 1), resources="2500.50", volunteer_hours=10)
    assert [line[2:] for line in lines(station)] == [(5001, "50%"), (20, "40%")]


def test_who_is_there_and_what_is_open_has_no_target() -> None:
    assert not {"workers", "certified_workers", "cases_open"} & set(COUNTED)


def test_targets_of_several_stations_are_answered_at_once(
    station: Station, django_assert_num_queries: Any
) -> None:
    other = make_station(TOWNSHIP_A)
    targets = [set_target(s, year=y) for s in (station, other) for y in (2024, 2025)]
    report(station, D(2024, 5, 1), visits=1)
    report(other, D(2025, 5, 1), visits=2)
    with django_assert_num_queries(2):
        found = done_of(target.pk for target in targets)
    assert [found[target.pk] for target in targets] == [1, None, None, 2]


def test_the_page_of_a_station_shows_how_far_it_is(
    cast: Cast, client_of: Any, station: Station
) -> None:
    year = today().year
    page = client_of(cast.viewer_a).get(f"/stations/{station.pk}/").text
    assert "任务进度" not in page
    set_target(station, year=year)
    set_target(station, "cases_new", 7, year=year)
    set_target(station, "resources", 20_000, year=year)
    set_target(station, "activities", 9, year=year - 1)
    report(station, D(year, 1, 1), visits=25, resources=4500)
    page = client_of(cast.clerk_a).get(f"/stations/{station.pk}/").text
    assert f"{year} 年任务进度" in page
    table = page.partition('id="progress"')[2].partition("</section>")[0]
    for cell in ("探访户次", "100", "25", "25%", "新开个案", "7", "—", "20,000", "4,500"):
        assert f">{cell}<" in table, cell
    assert "社区活动场次" not in table
    # And is where the next one is added.
    assert f"/station-targets/new/?station={station.pk}" in page


def test_the_list_shows_it_too(cast: Cast, client_of: Any, station: Station) -> None:
    set_target(station)
    report(station, D(2025, 6, 1), visits=30)
    page = client_of(cast.clerk_a).get("/station-targets/").text
    assert "30%" in page
    assert station.name in page
    answer = client_of(cast.clerk_a).post("/station-targets/export/", {"format": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "已完成" in text
    assert "30%" in text


def filled(station: Station, cast: Cast, **cells: Any) -> Any:
    form = form_of(TARGETS, is_new=True)
    data = {"year": str(today().year), "number": "visits", "target": "600"} | cells
    return form(data, instance=StationTarget(station=station), user=cast.clerk_a)


def test_the_form(cast: Cast, station: Station) -> None:
    assert filled(station, cast).is_valid()
    assert "大于 0" in str(filled(station, cast, target="0").errors["target"])
    assert "年度应在" in str(filled(station, cast, year="205").errors["year"])
    assert "number" in filled(station, cast, number="workers").errors
    set_target(station, year=today().year)
    assert "已有任务" in str(filled(station, cast).errors)
    blank = form_of(TARGETS, is_new=True)(
        instance=StationTarget(station=station), user=cast.clerk_a
    )
    assert blank["year"].value() == today().year


def test_one_that_is_out_of_use_makes_room(cast: Cast, station: Station) -> None:
    old = set_target(station, year=today().year)
    old.ended_on, old.end_reason = today(), "录错"
    old.save()
    assert filled(station, cast).is_valid()
    assert progress_of(station, today().year)["lines"] == []


def test_targets_lie_where_their_station_lies(cast: Cast) -> None:
    theirs = set_target(make_station(COUNTY_B))
    assert not StationTarget.objects.for_user(cast.clerk_a).exists()
    assert StationTarget.objects.for_user(cast.clerk_b).get() == theirs
