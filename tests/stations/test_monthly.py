"""The form of monthly and quarterly figures: what it refuses, what it takes with a reason (R19,
R20), and that empty is not zero."""

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
D = datetime.date
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
    said = {"month": "2025-01", "span": "M", "workers": 1, "visits": 10}
    data = dict.fromkeys(NAMES, 0) | said | values
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


def new_form(station: Station, cast: Cast) -> Any:
    return StationMonthlyForm(instance=StationMonthly(station=station), user=cast.clerk_a)


def test_the_form_is_of_this_month_and_says_nothing_itself(cast: Cast, station: Station) -> None:
    form = new_form(station, cast)
    assert (form["month"].value(), form["span"].value()) == (f"{today():%Y-%m}", "M")
    # Who is there is known from posts; a number that nobody said is none.
    assert {form[name].value() for name in StationMonthly.NUMBERS} == {None}


def test_a_station_goes_on_as_it_began(cast: Cast, station: Station) -> None:
    """By quarter as the county chose."""
    StationMonthly.objects.create(station=station, month=D(2025, 7, 1), span="Q", visits=30)
    form = new_form(station, cast)
    first = today().replace(month=(today().month - 1) // 3 * 3 + 1)
    assert (form["month"].value(), form["span"].value()) == (f"{first:%Y-%m}", "Q")


def test_what_is_asked_comes_first(cast: Cast, station: Station) -> None:
    titles = {title: list(names) for title, names in StationMonthlyForm.layout}
    assert list(titles) == ["时段", "服务数据", "其他（可不填）"]
    assert titles["服务数据"] == list(StationMonthly.ASKED)


# --- Empty is not zero -----------------------------------------------------------------------
def saved(form: Any) -> StationMonthly:
    assert form.is_valid(), form.errors
    record = form.save(commit=False)
    record.save()
    return StationMonthly.objects.get(pk=record.pk)


def test_empty_is_not_zero(cast: Cast, station: Station, client_of: Any) -> None:
    nothing = dict.fromkeys(NAMES, "")
    form = form_of(station, cast, **nothing | {"span": "M", "visits": 0, "resources": "1.5万"})
    record = saved(form)
    assert (record.visits, record.cases_new, record.resources) == (0, None, 15000)
    page = client_of(cast.clerk_a).get(f"/station-months/{record.pk}/").text
    assert "15,000.00" in page
    assert "None" not in page


def test_nothing_said_is_no_report(cast: Cast, station: Station) -> None:
    form = form_of(station, cast, **dict.fromkeys(NAMES, "") | {"span": "M"})
    assert not form.is_valid()
    assert "请至少填写一项" in str(form.errors)


def test_what_is_not_said_breaks_no_rule(cast: Cast, station: Station) -> None:
    """Of a station that says the asked numbers alone: no stock, no sessions, no workers."""
    StationMonthly.objects.filter(month=D(2024, 12, 1)).update(cases_open=None)
    rest = dict.fromkeys(NAMES, "") | {"span": "M"}
    form = form_of(station, cast, **rest | {"cases_new": 5, "cases_closed": 9, "groups": 3})
    assert form.is_valid(), form.errors
    assert not form.warnings


def test_a_median_is_of_what_was_said(cast: Cast, station: Station) -> None:
    """Twelve months that say nothing of visits are no twelve zeros."""
    StationMonthly.objects.filter(month__lt=D(2024, 12, 1)).update(visits=None)
    assert not form_of(station, cast, visits=51).is_valid()
    StationMonthly.objects.update(visits=None)
    assert form_of(station, cast, visits=51).is_valid()


def test_value_and_hours_are_held_against_the_usual_too(cast: Cast, station: Station) -> None:
    StationMonthly.objects.update(resources=1000, volunteer_hours=10)
    form = form_of(station, cast, resources="5001", volunteer_hours=51)
    assert not form.is_valid()
    assert [f.field for f in form.warnings] == ["resources", "volunteer_hours"]


# --- Quarters --------------------------------------------------------------------------------
@pytest.mark.parametrize("month", ["2025-04", "2025-05", "2025-06"])
def test_a_quarter_stands_under_its_first_month(month: str, cast: Cast, station: Station) -> None:
    record = saved(form_of(station, cast, span="Q", month=month))
    assert (record.month, record.period) == (D(2025, 4, 1), "2025年第二季度")
    assert str(record) == f"{station} 2025年第二季度"


@pytest.mark.parametrize(
    ("first", "span", "month", "other", "said"),
    [
        (D(2025, 4, 1), "Q", "2025-05", "M", "2025年第二季度"),
        (D(2025, 5, 1), "M", "2025-04", "Q", "2025-05"),
    ],
)
def test_a_month_is_reported_by_itself_or_in_its_quarter(
    first: datetime.date, span: str, month: str, other: str, said: str,
    cast: Cast, station: Station,
) -> None:  # fmt: skip
    StationMonthly.objects.create(station=station, month=first, span=span, visits=10)
    form = form_of(station, cast, month=month, span=other)
    assert not form.is_valid()
    assert said in str(form.errors["month"])
    assert form_of(station, cast, month="2025-07", span=other, workers=1).is_valid()


def test_quarters_are_held_against_quarters(cast: Cast, station: Station) -> None:
    """Thrice a month's visits are no outlier of a quarter, nor five months' those of one."""
    StationMonthly.objects.create(station=station, month=D(2025, 1, 1), span="Q", visits=60)
    assert form_of(station, cast, month="2025-04", span="Q", visits=300).is_valid()
    form = form_of(station, cast, month="2025-04", span="Q", visits=301)
    assert not form.is_valid()
    assert [f.field for f in form.warnings] == ["visits"]


def test_the_stock_of_the_quarter_before_counts(cast: Cast, station: Station) -> None:
    StationMonthly.objects.create(station=station, month=D(2025, 1, 1), span="Q", cases_open=2)
    form = form_of(station, cast, month="2025-04", span="Q", cases_new=1, cases_closed=4)
    assert not form.is_valid()
    assert "上季度在办 2" in str(form.errors["cases_closed"])
    # Of the month behind the quarter too, and of none that is not next to it.
    assert not form_of(station, cast, month="2025-04", cases_closed=4).is_valid()
    assert form_of(station, cast, month="2025-05", cases_closed=4).is_valid()


def test_workers_of_a_quarter_are_those_at_its_end(cast: Cast, station: Station) -> None:
    Post.objects.update(ended_on=D(2025, 5, 31))
    assert form_of(station, cast, month="2025-04", span="M").is_valid()
    assert not form_of(station, cast, month="2025-04", span="Q").is_valid()
