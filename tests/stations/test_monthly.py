"""The form of monthly figures: what it refuses, and what it takes with a reason (R19, R20)."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from core.dates import today
from core.entities import made
from stations.entities import MONTHS
from stations.models import Station, StationMonthly
from talent.models import Post
from tests.conftest import TOWNSHIP_A, Cast
from tests.rows import DAY, make_person, make_station

pytestmark = pytest.mark.django_db
StationMonthlyForm = made.form_of(MONTHS)
NAMES = [n for _, names in StationMonthlyForm.layout for n in names if n != "month"]


@pytest.fixture
def station() -> Station:
    """One worker since 2023-03, twelve months of ten visits each in 2024."""
    station = make_station(TOWNSHIP_A)
    Post.objects.create(
        person=make_person(TOWNSHIP_A), station=station, region_id=TOWNSHIP_A, started_on=DAY
    )
    for month in range(1, 13):
        day = datetime.date(2024, month, 1)
        StationMonthly.objects.create(station=station, month=day, workers=1, visits=10)
    return station


def form_of(station: Station, cast: Cast, **values: Any) -> Any:
    data = dict.fromkeys(NAMES, 0) | {"month": "2025-01", "workers": 1, "visits": 10} | values
    record = StationMonthly(station=station)
    return StationMonthlyForm(data, instance=record, user=cast.clerk_a)


def test_ordinary_figures_need_no_reason(cast: Cast, station: Station) -> None:
    form = form_of(station, cast)
    assert form.is_valid(), form.errors
    assert not form.warnings


def test_an_outlier_is_taken_with_a_reason(cast: Cast, station: Station) -> None:
    form = form_of(station, cast, visits=51)
    assert not form.is_valid()
    assert [(f.rule, f.field) for f in form.warnings] == [("R19", "visits")]
    assert "探访户次 51" in form.warnings[0].message
    assert form_of(station, cast, visits=51, reason="集中走访").is_valid()


def test_only_the_months_before_are_usual(cast: Cast, station: Station) -> None:
    """The year of an earlier month is what came before it, not what came after."""
    assert form_of(station, cast, month="2023-12", visits=51).is_valid()


def test_workers_that_differ_from_the_posts_are_shown_beside_them(
    cast: Cast, station: Station
) -> None:
    form = form_of(station, cast, workers=3)
    assert not form.is_valid()
    assert [(f.rule, f.field) for f in form.warnings] == [("R20", "workers")]
    assert "3 人" in form.warnings[0].message
    assert "1 人" in form.warnings[0].message
    assert form_of(station, cast, workers=3, reason="两人待录").is_valid()


def test_posts_count_at_the_end_of_the_month(cast: Cast, station: Station) -> None:
    Post.objects.update(ended_on=datetime.date(2025, 1, 31))
    form = form_of(station, cast)
    assert not form.is_valid()
    assert form.warnings[0].rule == "R20"
    assert form_of(station, cast, workers=0).is_valid()


def test_nobody_closes_more_cases_than_there_were(cast: Cast, station: Station) -> None:
    """R19: those open at the end of the month before, and the new ones."""
    StationMonthly.objects.filter(month=datetime.date(2024, 12, 1)).update(cases_open=2)
    form = form_of(station, cast, cases_new=1, cases_closed=4)
    assert not form.is_valid()
    assert "上月在办 2" in str(form.errors["cases_closed"])
    assert form_of(station, cast, cases_new=1, cases_closed=3).is_valid()
    assert form_of(station, cast, month="2023-12", cases_closed=4).is_valid()


def test_the_form_of_this_month_knows_what_is_known(cast: Cast, station: Station) -> None:
    form = StationMonthlyForm(instance=StationMonthly(station=station), user=cast.clerk_a)
    assert (form["month"].value(), form["workers"].value()) == (f"{today():%Y-%m}", 1)
