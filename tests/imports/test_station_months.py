"""The ledger of what stations put out, by month and by quarter."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from core.ledgers import actions
from stations.models import Station, StationMonthly
from talent.models import Post
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.imports.ledgers import check, outcomes, row_of, take, words, workbook
from tests.rows import make_person, make_station

pytestmark = pytest.mark.django_db
D = datetime.date
NAME = "新华路街道社会工作和志愿服务站"


@pytest.fixture
def station(db: None) -> Station:
    return make_station(TOWNSHIP_A, NAME)


def sheet(*rows: dict[str, Any], title: str = "") -> bytes:
    head = list(dict.fromkeys((*(label for row in rows for label in row),)))
    lines = [[row.get(label, "") for label in head] for row in rows]
    return workbook([*([[title]] if title else []), head, *lines])


def row(**cells: Any) -> dict[str, Any]:
    return {"站点名称": NAME, "月份": "2025-11", "走访户次": 30, **cells}


def only() -> StationMonthly:
    return StationMonthly.objects.get()


# --- New, changed, unchanged, undone ---------------------------------------------------------
def test_a_month_goes_in_and_is_known_again(cast: Cast, station: Station) -> None:
    full = row(
        新增个案=3, 结案=2, 小组场次=1, 小组人次=12, 活动场次=4, 活动人次=160,
        链接资源折价="0.35万元", 志愿服务时长="36小时",
    )  # fmt: skip
    batch = take(cast.clerk_a, "station_months", sheet(full))
    assert outcomes(batch) == {"new": 1}
    made = only()
    assert (made.station, made.month, made.span) == (station, D(2025, 11, 1), "M")
    assert [getattr(made, name) for name in StationMonthly.ASKED] == [
        3, 2, 1, 12, 4, 160, 30, Decimal(3500), 36,
    ]  # fmt: skip
    # Empty is not zero.
    rest = set(StationMonthly.NUMBERS) - set(StationMonthly.ASKED)
    assert {getattr(made, name) for name in rest} == {None}
    assert outcomes(take(cast.clerk_a, "station_months", sheet(full))) == {"unchanged": 1}
    changed = take(cast.clerk_a, "station_months", sheet(row(走访户次=31)))
    assert outcomes(changed) == {"changed": 1}
    assert row_of(changed, 2).diff == [["探访户次", "30", "31"]]
    # What it does not say stays.
    assert (only().visits, only().cases_new) == (31, 3)
    actions.undo(batch=changed, by=cast.clerk_a)
    assert only().visits == 30
    actions.undo(batch=batch, by=cast.clerk_a)
    assert not StationMonthly.objects.exists()


def test_zero_is_said_and_an_empty_cell_is_not(cast: Cast, station: Station) -> None:
    take(cast.clerk_a, "station_months", sheet(row(新增个案=0, 结案="", 小组场次="/")))
    made = only()
    assert (made.cases_new, made.cases_closed, made.groups) == (0, None, None)
    # An empty cell takes nothing back.
    batch = take(cast.clerk_a, "station_months", sheet(row(新增个案="", 结案=2)))
    assert row_of(batch, 2).diff == [["结案个案", "", "2"]]
    assert only().cases_new == 0


def test_a_row_that_says_nothing_is_refused_in_words(cast: Cast, station: Station) -> None:
    batch = check(cast.clerk_a, "station_months", sheet(row(走访户次="")))
    assert outcomes(batch) == {"refused": 1}
    assert "请至少填写一项" in words(batch, 2)


@pytest.mark.parametrize(
    ("label", "cell", "field", "stored"),
    [
        ("新增个案", "3个", "cases_new", 3),
        ("个案跟进", 5, "cases_open", 5),
        ("结案", "2件", "cases_closed", 2),
        ("小组活动", 1, "groups", 1),
        ("小组节数", "6节", "group_sessions", 6),
        ("小组活动人次", "80人次", "group_attendance", 80),
        ("场次", "4场次", "activities", 4),
        ("小组和社区活动场次", 4, "activities", 4),
        ("人次", 160, "activity_attendance", 160),
        ("入户探访", "30户", "visits", 30),
        ("探访（走访）户次", "30户次", "visits", 30),
        ("户次", 30, "visits", 30),
        ("链接资源", "1,200元", "resources", Decimal(1200)),
        ("折价", "约2000", "resources", Decimal(2000)),
        ("链接资源折价（万元）", 0.12, "resources", Decimal(1200)),
        ("志愿服务时长（小时）", "12", "volunteer_hours", 12),
        ("志愿时长", "12.5小时", "volunteer_hours", 13),
        ("政策咨询", 7, "consultations", 7),
        ("志愿者", "9名", "volunteers", 9),
        ("持证社工数", 2, "certified_workers", 2),
    ],
)
def test_headings_and_numbers(
    label: str, cell: Any, field: str, stored: Any, cast: Cast, station: Station
) -> None:
    cells = {"社工站": NAME, "时间": "2025-11", label: cell}
    assert outcomes(take(cast.clerk_a, "station_months", sheet(cells))) == {"new": 1}
    assert getattr(only(), field) == stored


def test_headings_in_a_group(cast: Cast, station: Station) -> None:
    """新增 and 结案 under 个案, 节 under 小组: the heading above says what of."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.merge_range(0, 0, 1, 0, "社工站")
        page.merge_range(0, 1, 1, 1, "月份")
        page.merge_range(0, 2, 0, 3, "个案")
        page.merge_range(0, 4, 0, 5, "小组")
        page.write_row(1, 2, ["新增", "结案", "场", "节"])
        page.write_row(2, 0, [NAME, "2025-11", 3, 1, 2, 6])
    data = buffer.getvalue()
    take(cast.clerk_a, "station_months", data)
    made = only()
    assert (made.cases_new, made.cases_closed, made.groups, made.group_sessions) == (3, 1, 2, 6)


def test_a_half_hour_is_said(cast: Cast, station: Station) -> None:
    batch = take(cast.clerk_a, "station_months", sheet(row(志愿服务时长="12.5")))
    assert "按 13 小时登记" in words(batch, 2)


def test_what_cannot_be_read_costs_no_row(cast: Cast, station: Station) -> None:
    batch = take(cast.clerk_a, "station_months", sheet(row(新增个案="3个12节")))
    assert outcomes(batch) == {"new": 1}
    assert (only().visits, only().cases_new) == (30, None)
    assert "这一格没有录入" in words(batch, 2)


# --- Which month -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "first", "span"),
    [
        ("2025年11月", D(2025, 11, 1), "M"),
        ("2025-11", D(2025, 11, 1), "M"),
        ("2025.11", D(2025, 11, 1), "M"),
        (202511, D(2025, 11, 1), "M"),
        (D(2025, 11, 30), D(2025, 11, 1), "M"),
        ("2025-10-12", D(2025, 10, 1), "M"),
        ("2025年11月份", D(2025, 11, 1), "M"),
        ("2025年第四季度", D(2025, 10, 1), "Q"),
        ("2025年四季度", D(2025, 10, 1), "Q"),
        ("2025年度第3季度", D(2025, 7, 1), "Q"),
        ("2025Q2", D(2025, 4, 1), "Q"),
        ("2025年1-3月", D(2025, 1, 1), "Q"),
        ("2025年7月至9月", D(2025, 7, 1), "Q"),
    ],
)
def test_months_and_quarters(
    cell: Any, first: datetime.date, span: str, cast: Cast, station: Station
) -> None:
    batch = take(cast.clerk_a, "station_months", sheet(row(月份=cell)))
    assert outcomes(batch) == {"new": 1}, words(batch, 2)
    assert (only().month, only().span) == (first, span)


@pytest.mark.parametrize(
    ("title", "cell", "first", "span"),
    [
        ("南明区2025年社工站服务数据统计表", "四季度", D(2025, 10, 1), "Q"),
        ("南明区2025年社工站服务数据统计表", "第二季度", D(2025, 4, 1), "Q"),
        ("南明区2025年社工站服务数据统计表", "11月", D(2025, 11, 1), "M"),
        ("南明区2025年社工站服务数据统计表", 3, D(2025, 3, 1), "M"),
    ],
)
def test_the_year_stands_in_the_title(
    title: str, cell: Any, first: datetime.date, span: str, cast: Cast, station: Station
) -> None:
    batch = take(cast.clerk_a, "station_months", sheet(row(月份=cell, 结案=0), title=title))
    assert outcomes(batch) == {"new": 1}, words(batch, 3)
    assert (only().month, only().span) == (first, span)


def test_the_year_stands_in_a_column(cast: Cast, station: Station) -> None:
    cells = {"年度": 2025, "季度": "三季度", "社工站": NAME, "走访": 3}
    take(cast.clerk_a, "station_months", sheet(cells))
    assert (only().month, only().span) == (D(2025, 7, 1), "Q")


@pytest.mark.parametrize(
    ("title", "first", "span"),
    [
        ("新华路街道2025年第四季度社工站服务数据", D(2025, 10, 1), "Q"),
        ("南明区社工站月报表（2025年11月）", D(2025, 11, 1), "M"),
    ],
)
def test_the_title_tells_the_month_of_all(
    title: str, first: datetime.date, span: str, cast: Cast, station: Station
) -> None:
    """Also a row that says two things only."""
    cells = {"站点名称": NAME, "走访户次": 3, "结案": ""}
    batch = take(cast.clerk_a, "station_months", sheet(cells, title=title))
    assert outcomes(batch) == {"new": 1}
    assert batch.whole["month"].startswith("2025年")
    assert (only().month, only().span) == (first, span)


@pytest.mark.parametrize(
    "title", ["填报日期：2025年12月", "2025年1-11月社工站数据", "填表时间：2025年12月5日"]
)
def test_what_is_no_month_of_the_sheet_is_not_taken_for_one(
    title: str, cast: Cast, station: Station
) -> None:
    cells = {"站点名称": NAME, "走访户次": 3, "结案": 1}
    batch = check(cast.clerk_a, "station_months", sheet(cells, title=title))
    assert "month" not in batch.reading["told"]


@pytest.mark.parametrize("cell", ["第四季度", "11月", "上半年", "2025年", "2025年1-11月"])
def test_a_month_that_is_not_told_is_refused(cell: str, cast: Cast, station: Station) -> None:
    batch = check(cast.clerk_a, "station_months", sheet(row(月份=cell)))
    assert outcomes(batch) == {"refused": 1}
    assert "年" in words(batch, 2)


# --- Which station -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "cells",
    [
        {"站点名称": NAME},
        {"站点名称": "新华路街道社工站"},
        {"站点名称": "新华路社工站"},
        {"站点名称": "贵阳市南明区新华路街道社会工作站"},
        {"站点名称": "新华路街道"},
        {"站点名称": "社工站", "乡镇（街道）": "新华路街道"},
        {"站点名称": NAME, "乡镇（街道）": "新华路街道", "县（市、区）": "南明区"},
    ],
)
def test_a_station_is_found_by_name_or_township(
    cells: dict[str, Any], cast: Cast, station: Station
) -> None:
    batch = take(cast.clerk_a, "station_months", sheet(cells | {"月份": "2025-11", "走访": 3}))
    assert outcomes(batch) == {"new": 1}, words(batch, 2)
    assert only().station == station


@pytest.mark.parametrize(
    "cells",
    [
        {"站点名称": "新华路第二社工站"},
        {"站点名称": "某某街道社工站"},
        {"站点名称": "新华路街道社工站", "乡镇（街道）": "西湖路街道"},
        {"站点名称": "新华路街道老年中心"},
    ],
)
def test_an_unknown_station_is_refused_in_words(
    cells: dict[str, Any], cast: Cast, station: Station
) -> None:
    batch = check(cast.clerk_a, "station_months", sheet(cells | {"月份": "2025-11", "走访": 3}))
    assert outcomes(batch) == {"refused": 1}
    assert "没有找到站点" in words(batch, 2) or "不存在" in words(batch, 2)
    assert Station.objects.count() == 1
    assert batch.places == []


def test_a_name_of_two_stations_is_refused_with_both(cast: Cast) -> None:
    for region in (COUNTY_A, COUNTY_B):
        make_station(region, "阳光社工站", kind="9")
    cells = {"站点名称": "阳光社工站", "月份": "2025-11", "走访": 3}
    batch = check(cast.prefecture, "station_months", sheet(cells))
    assert outcomes(batch) == {"refused": 1}
    assert "南明区" in words(batch, 2)
    assert "花溪区" in words(batch, 2)
    there = cells | {"县（市、区）": "花溪区"}
    take(cast.prefecture, "station_months", sheet(there))
    assert only().station.region_id == COUNTY_B


def test_a_closed_station_reports_nothing(cast: Cast, station: Station) -> None:
    Station.objects.update(status="5")
    batch = check(cast.clerk_a, "station_months", sheet(row()))
    assert outcomes(batch) == {"refused": 1}


def test_a_station_of_another_office_is_not_touched(cast: Cast) -> None:
    theirs = make_station(COUNTY_B, NAME)
    StationMonthly.objects.create(station=theirs, month=D(2025, 11, 1), visits=1)
    batch = take(cast.clerk_a, "station_months", sheet(row()))
    assert outcomes(batch) == {"refused": 1}
    assert only().visits == 1


# --- Rules beside other reports ----------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "span", "cell"),
    [
        (D(2025, 10, 1), "Q", "2025-11"),
        (D(2025, 10, 1), "Q", "2025-10"),
        (D(2025, 11, 1), "M", "2025年第四季度"),
        (D(2025, 10, 1), "M", "2025年第四季度"),
    ],
)
def test_a_month_is_reported_by_itself_or_in_its_quarter(
    first: datetime.date, span: str, cell: str, cast: Cast, station: Station
) -> None:
    StationMonthly.objects.create(station=station, month=first, span=span, visits=1)
    batch = take(cast.clerk_a, "station_months", sheet(row(月份=cell)))
    assert outcomes(batch) == {"held": 1}
    assert "同一时段不能再按" in words(batch, 2)
    assert (only().visits, only().span) == (1, span)


def test_both_in_one_file(cast: Cast, station: Station) -> None:
    rows = row(月份="2025-11"), row(月份="2025年第四季度"), row(月份="2025年第三季度")
    batch = take(cast.clerk_a, "station_months", sheet(*rows))
    assert outcomes(batch) == {"new": 2, "held": 1}
    assert "2025-11" in words(batch, 3)


def test_more_cases_closed_than_there_were_are_held(cast: Cast, station: Station) -> None:
    """R19, beside the registry and beside the row before."""
    StationMonthly.objects.create(station=station, month=D(2025, 9, 1), cases_open=2)
    rows = (
        row(月份="2025-10", 新增个案=1, 结案=4, 个案跟进=5),
        row(月份="2025-11", 新增个案=1, 结案=3, 个案跟进=0),
    )
    batch = take(cast.clerk_a, "station_months", sheet(*rows))
    assert outcomes(batch) == {"held": 1, "new": 1}
    assert "上月在办 2" in words(batch, 2)
    StationMonthly.objects.filter(month=D(2025, 11, 1)).delete()
    rows[0]["结案"] = rows[0]["个案跟进"] = 1
    batch = check(cast.clerk_a, "station_months", sheet(*rows))
    assert outcomes(batch) == {"held": 1, "new": 1}
    assert "上月在办 1" in words(batch, 3)


def test_an_outlier_asks_for_a_note(cast: Cast, station: Station) -> None:
    for month in range(1, 7):
        StationMonthly.objects.create(station=station, month=D(2025, month, 1), visits=10)
    batch = take(cast.clerk_a, "station_months", sheet(row(月份="2025-07", 走访户次=51)))
    assert batch.counts["flagged"] == 1
    assert "中位数 10 的 5 倍" in words(batch, 2)
    # Said once: the same row again asks nothing.
    again = check(cast.clerk_a, "station_months", sheet(row(月份="2025-07", 走访户次=51)))
    assert again.counts["flagged"] == 0


def test_workers_are_held_against_the_posts(cast: Cast, station: Station) -> None:
    """R20, of several stations at once."""
    other = make_station(TOWNSHIP_A, "另一站")
    for where in (station, other, other):
        Post.objects.create(
            person=make_person(TOWNSHIP_A), station=where, region_id=TOWNSHIP_A,
            started_on=D(2023, 3, 1),
        )  # fmt: skip
    rows = row(在岗社工数=1), row(站点名称="另一站", 在岗社工数=1)
    batch = take(cast.clerk_a, "station_months", sheet(*rows))
    assert outcomes(batch) == {"new": 2}
    assert words(batch, 2) == ""
    assert "填报在站社工 1 人，岗位记录 2 人" in words(batch, 3)


def test_what_a_row_adds_is_judged_with_what_is_registered(cast: Cast, station: Station) -> None:
    StationMonthly.objects.create(station=station, month=D(2025, 11, 1), activities=9)
    batch = take(cast.clerk_a, "station_months", sheet(row(活动人次=3)))
    assert outcomes(batch) == {"held": 1}
    assert "社区活动人次不能少于场次" in words(batch, 2)
