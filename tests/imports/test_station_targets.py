"""指标, 任务, 已完成, 进度: the yearly targets of one station, or of several side by side."""

from __future__ import annotations

import datetime
import io
import time
from typing import Any

import pytest
import xlsxwriter

from core.jobs import running as jobs
from core.ledgers import actions, starting
from core.models import ImportBatch
from core.papers.comparing import compare_list
from stations.models import Station, StationMonthly, StationTarget
from stations.targets.ledger import _station_told
from tests.conftest import TOWNSHIP_A, Cast
from tests.imports.ledgers import apply, check, fresh, outcomes, row_of, take, words, workbook
from tests.rows import make_station

pytestmark = pytest.mark.django_db
NAME, OTHER = "新华路街道社会工作和志愿服务站", "西湖路街道社会工作和志愿服务站"
HEAD = ["序号", "指标", "任务", "已完成", "进度"]
LINES = [
    [1, "个案（个）", 30, 12, "40%"],
    [2, "小组活动（节）", "24节", "24节", 1],
    [3, "社区活动人次", 500, 100, "20%"],
    [4, "资源链接（万元）", 2, 0.5, "25%"],
    [5, "宣传", 12, 3, "25%"],
    ["合计", "", 568, 139, ""],
]
KEPT = {"cases_new": 30, "group_sessions": 24, "activity_attendance": 500, "resources": 20_000}


@pytest.fixture
def station(db: None) -> Station:
    return make_station(TOWNSHIP_A, NAME)


def sheet(*lines: list[Any], title: str = f"{NAME}2025年度指标完成情况表") -> bytes:
    return workbook([[title], HEAD, *lines])


def targets(station: Station) -> dict[str, int]:
    kept = StationTarget.objects.filter(station=station, year=2025, ended_on=None)
    return dict(kept.values_list("number", "target"))


def test_of_one_station_that_the_title_names(cast: Cast, station: Station) -> None:
    batch = take(cast.clerk_a, "station_targets", sheet(*LINES))
    assert outcomes(batch) == {"new": 4, "refused": 1}
    assert targets(station) == KEPT
    assert "「宣传」不是站点填报的指标" in words(batch, 7)
    assert outcomes(check(cast.clerk_a, "station_targets", sheet(*LINES[:4]))) == {"unchanged": 4}
    changed = take(cast.clerk_a, "station_targets", sheet([1, "个案", 36, "", ""]))
    assert row_of(changed, 3).diff == [["新开个案任务", "30", "36"]]
    actions.undo(batch=changed, by=cast.clerk_a)
    actions.undo(batch=batch, by=cast.clerk_a)
    assert not StationTarget.objects.exists()


def test_what_was_done_is_held_against_the_months(cast: Cast, station: Station) -> None:
    for month, cases in ((1, 5), (2, 7)):
        StationMonthly.objects.create(
            station=station, month=datetime.date(2025, month, 1), cases_new=cases, group_sessions=20
        )
    batch = take(cast.clerk_a, "station_targets", sheet(*LINES[:3]))
    assert words(batch, 3) == ""
    assert "已完成 24，各月产出合计 40" in words(batch, 4)
    assert "已完成 100，各月产出还没有数" in words(batch, 5)
    # The months are as they were: a sum of a year is none of theirs.
    assert StationMonthly.objects.count() == 2


def test_it_is_guessed(cast: Cast, station: Station) -> None:
    batch = starting.start_import(
        user=cast.clerk_a, kind="", name="表.xlsx", data=sheet(*LINES), inline=True
    )
    jobs.run(batch.job_id)
    assert fresh(batch).kind == "station_targets"


def side_by_side(groups: list[str], first: list[str], *lines: list[Any]) -> bytes:
    """Two columns in front, then 任务, 已完成 and 进度 under each group."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.merge_range(0, 0, 0, 7, "南明区2025年社工站指标任务完成情况")
        for column, label in enumerate(first):
            page.merge_range(1, column, 2, column, label)
        for number, group in enumerate(groups):
            left = len(first) + 3 * number
            page.merge_range(1, left, 1, left + 2, group)
            page.write_row(2, left, ["任务", "已完成", "进度"])
        for number, line in enumerate(lines, start=3):
            page.write_row(number, 0, line)
    return file.getvalue()


def read(cast: Cast, data: bytes) -> ImportBatch:
    return check(cast.clerk_a, "station_targets", data)


def test_stations_side_by_side(cast: Cast, station: Station) -> None:
    other = make_station("520102018", OTHER)
    data = side_by_side(
        [NAME, OTHER],
        ["序号", "指标"],
        [1, "新增个案", 30, 1, "", 20, 2, ""],
        [2, "社区活动", "", "", "", 12, "", ""],
    )
    batch = apply(read(cast, data))
    assert outcomes(batch) == {"new": 2}
    assert targets(station) == {"cases_new": 30}
    assert targets(other) == {"cases_new": 20, "activities": 12}
    assert outcomes(read(cast, data)) == {"unchanged": 2}
    found = compare_list(user=cast.clerk_a, kind="station_targets", name="任务.xlsx", data=data)
    assert (found["matched"], found["only_here"], found["only_there"]) == (2, 0, 0)


def test_numbers_side_by_side(cast: Cast, station: Station) -> None:
    data = side_by_side(["个案", "社区活动"], ["序号", "社工站"], [1, NAME, 30, 1, "", 12, 2, ""])
    assert outcomes(apply(read(cast, data))) == {"new": 1}
    assert targets(station) == {"cases_new": 30, "activities": 12}


def test_a_target_that_is_said_twice_is_entered_once(cast: Cast, station: Station) -> None:
    lines = [1, "个案", 30, "", ""], [2, "新增个案", 36, "", ""]
    batch = take(cast.clerk_a, "station_targets", sheet(*lines))
    assert targets(station) == {"cases_new": 30}
    assert outcomes(batch) == {"new": 1, "held": 1}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ([1, "个案", "", 3, ""], "没有写任务"),
        ([1, "个案", 0, "", ""], "大于 0"),
        ([1, "个案", 1.5, "", ""], "应为整数"),
        # A phone number in the wrong column, which the table of the database would not take.
        ([1, "个案", 13885012345, "", ""], "超过 10,000,000"),
        ([1, "个案", "若干", "", ""], "不是金额"),
    ],
)
def test_what_is_no_target_is_refused_in_words(
    line: list[Any], said: str, cast: Cast, station: Station
) -> None:
    batch = read(cast, sheet(line))
    assert outcomes(batch) == {"refused": 1}
    assert said in words(batch, 3)


def test_a_long_text_above_is_looked_through_at_once() -> None:
    """By a reader whose effort grows with the text, not with its square."""
    began = time.process_time()
    assert _station_told("站" * 30_000 + "社工") == ""
    assert time.process_time() - began < 2


def test_an_unknown_station_is_refused(cast: Cast) -> None:
    batch = read(cast, sheet(LINES[0]))
    assert outcomes(batch) == {"refused": 1}
    assert "没有找到站点" in words(batch, 3)
