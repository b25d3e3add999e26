"""Graduates, stations, agencies and townships: each definition against a small world."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from core.regions.tree import forget_divisions
from reports.definitions.registry import all_figures
from reports.recount.counting import differences
from stations.places.actions import approve_station
from tests.conftest import Cast
from tests.reports import build
from tests.reports.build import DAY, count, on

pytestmark = pytest.mark.django_db


# --- T4 --------------------------------------------------------------------------------------
def test_graduates_are_summed_from_the_first_year_of_the_plan() -> None:
    build.graduates(2020, 100)
    build.graduates(2021, 30, stayed=20)
    build.graduates(2026, 7)
    build.graduates(2022, 9, ended_on=on("2023-01-01"))
    assert (count("T4"), count("T4_ALL"), count("T4_STAYED")) == (30, 130, 20)
    # Natives who graduated in another province stand on a line of their own.
    build.graduates(2022, 11, stayed=3, school="外省大学", school_place="2")
    assert (count("T4"), count("T4_ALL"), count("T4_STAYED")) == (30, 130, 20)
    assert count("T4_OUTSIDE") == 11
    before = all_figures(on("2020-12-31"))
    assert (before.value("T4", "52"), before.value("T4_ALL", "52")) == (0, 100)


# --- T5 and T7 -------------------------------------------------------------------------------
def test_platforms_are_four_kinds_running_and_approved() -> None:
    for kind in "1256":
        build.station("520102", kind)
    for kind in "34789":
        build.station("520102016", kind)
    build.station("520111", "2", approval="")
    build.station("520111", "5", status="2")
    assert (count("T5"), count("T5_BASE"), count("T5_UNVERIFIED")) == (4, 2, 1)
    assert count("T7_ROOM") == 1


@pytest.mark.parametrize("since", [None, "2025-05-01"])
def test_a_reviewers_confirmation_stands_for_the_paper_since_its_day(
    cast: Cast, since: str | None
) -> None:
    """What is confirmed today counts from today; in the settlement as at 2025-12-31 only where
    the papers say that it was approved by then."""
    for region, kind in (("520102", "2"), ("520102016", "3")):
        made = build.station(region, kind, approval="")
        approve_station(
            station=made, by=cast.reviewer_a, reason="批复原件", since=on(since) if since else None
        )
    codes, today = ("T5", "T7_HUB", "T6_BUILT"), timezone.localdate()
    assert [count(code, day=today) for code in codes] == [1, 1, 1]
    assert [count(code) for code in codes] == [1 if since else 0] * 3
    assert [count(code, day=on("2025-04-30")) for code in codes] == [0, 0, 0]


def test_a_closed_station_is_out_from_its_day() -> None:
    made = build.station("520102", "2")
    build.close(made, on("2024-05-01"))
    assert (count("T5", day=on("2024-04-30")), count("T5", day=on("2024-05-01"))) == (1, 0)
    assert count("T7_HUB", day=on("2024-04-30")) == 1
    assert count("T7_HUB") == 0


def test_one_site_with_two_plaques_is_one_platform() -> None:
    who = build.employer(credit_code="91520000000000000X")
    for kind in "25":
        build.station("520102", kind, operator=who, address="新华路1号")
    build.station("520102", "6", operator=who, address="别处")
    assert count("T5") == 2
    for number in range(2, 8):
        for kind in "52":
            build.station("520102", kind, operator=who, address=f"新华路{number}号")
    # Whatever their keys: the hub counts, and of the bases the one elsewhere.
    assert (count("T5"), count("T5_BASE")) == (8, 1)


def test_two_centres_of_one_prefecture_are_one() -> None:
    build.station("5201", "1")
    build.station("520102", "1")
    figures = all_figures(DAY)
    assert (figures.value("T7_CENTRE", "52"), figures.denominator("T7_CENTRE", "52")) == (1, 9)
    assert figures.denominator("T7_HUB", "52") == 88
    assert count("T7_CENTRE") == 1


def test_agencies_count_while_they_operate() -> None:
    build.employer(registered_on=on("2021-03-01"))
    build.employer(registered_on=on("2020-01-01"), deregistered_on=on("2024-05-01"))
    ends = {"ended_on": on("2024-05-01"), "true_until": on("2024-05-01")}
    build.employer(registered_on=on("2020-01-01"), **ends)
    build.employer(kind="1", registered_on=on("2020-01-01"))
    days = ("2019-12-31", "2020-01-01", "2021-03-01", "2024-04-30", "2024-05-01")
    assert [count("T8", day=on(day)) for day in days] == [0, 2, 3, 3, 1]


def test_an_agency_without_a_day_is_known_since_it_was_entered() -> None:
    """Not on every date back to 2020; and where none has a day, nothing is known of then."""
    today = timezone.localdate()
    build.employer("520111", registered_on=on("2021-03-01"))
    build.employer("520102")
    build.employer("520102", ended_on=today)
    assert [count("T8", day=day) for day in (DAY, today)] == [1, 2]
    assert [count("T8", "520102", day) for day in (DAY, today)] == [None, 1]
    assert count("T8", "520103", DAY) == 0


# --- T6 --------------------------------------------------------------------------------------
def test_coverage_counts_townships_not_stations() -> None:
    build.station("520102016", covers=("520102016", "520102018"))
    build.station("520102016", covers=("520102016",), is_branch=True)
    build.station("520102017", approval="", covers=("520102017",))
    build.station("520102019", status="1")
    figures = all_figures(DAY)
    assert figures.denominator("T6_BUILT", "520102") == count_townships("520102")
    assert (count("T6_BUILT"), count("T6_UNVERIFIED")) == (2, 1)
    assert count("T6_MISSING", "520102") == count_townships("520102") - 3


def count_townships(county: str) -> int:
    from core.regions.tree import divisions_on

    return len(divisions_on(DAY).children(county))


def test_a_station_that_lists_no_township_covers_its_own() -> None:
    build.station("520102016")
    assert count("T6_BUILT", "520102016") == 1


def test_coverage_is_out_from_the_day_it_ended() -> None:
    made = build.station("520102016", covers=("520102016", "520102018"))
    made.coverages.filter(region="520102018").update(valid_to=on("2024-05-01"))
    days = (on("2024-04-30"), on("2024-05-01"))
    assert [count("T6_BUILT", day=day) for day in days] == [2, 1]


def test_active_needs_running_people_and_service() -> None:
    whole, empty, silent, volunteer = (
        build.station(f"5201020{n}") for n in ("16", "18", "17", "19")
    )
    for made, employment in ((whole, "1"), (silent, "1"), (volunteer, "8")):
        someone = build.person(made.region_id, post=False)
        build.give_post(someone, made.region_id, station=made, employment=employment)
    for made in (whole, empty, volunteer):
        build.served(made, "2025-07-01")
    build.served(silent, "2025-06-01")
    build.served(silent, "2025-12-01", workers=2)
    assert count("T6_ACTIVE") == 1
    assert count("T6_ACTIVE", day=on("2026-01-31")) == 0


@pytest.mark.parametrize("span", ["M", "Q"])
def test_a_quarter_counts_by_the_last_of_its_months(span: str) -> None:
    """As three months would, each reported by itself; the second count says so too."""
    made = build.station("520102016")
    build.give_post(build.person("520102016", post=False), "520102016", station=made)
    if span == "Q":
        build.served(made, "2025-04-01", span="Q", groups=1)
    else:
        for month in ("2025-04-01", "2025-05-01", "2025-06-01"):
            build.served(made, month, groups=1)
    days = ("2025-04-30", "2025-11-30", "2025-12-31")
    assert [count("T6_ACTIVE", day=on(day)) for day in days] == [1, 1, None]
    for day in days:
        assert differences(on(day))[1] == []


def test_the_denominator_is_the_divisions_of_the_day() -> None:
    sizes = {d: all_figures(on(d)).denominator("T6_BUILT", "52") for d in
             ("2021-06-01", "2021-12-31", "2022-12-31")}  # fmt: skip
    assert sizes["2022-12-31"] == 1510
    assert sizes["2021-06-01"] == 1506


def test_a_successor_inherits_the_coverage_of_an_abolished_township(settings: Any) -> None:
    build.divide("520102901", valid_to=on("2024-01-01"), successor_id="520102016")
    forget_divisions()
    try:
        build.station("520102901", covers=("520102901",))
        assert count("T6_BUILT", "520102901", on("2023-12-31")) == 1
        assert count("T6_BUILT", "520102016", on("2023-12-31")) == 0
        assert count("T6_BUILT", "520102016", on("2024-01-01")) == 1
    finally:
        forget_divisions()


def test_people_of_an_abolished_township_follow_to_its_successor() -> None:
    old, new = "520221", "520204"
    someone = build.person(f"{old}001", since=on("2021-01-01"), post=False)
    before, after = on("2021-06-01"), on("2021-12-31")
    assert (count("T1_L0", old, before), count("T1_L0", new, before)) == (1, 0)
    assert (count("T1_L0", old, after), count("T1_L0", new, after)) == (0, 1)
    assert count("T1_L0", "5202", before) == count("T1_L0", "5202", after) == 1
    assert someone.region_id == "520221001"
