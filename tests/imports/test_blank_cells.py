"""What a ledger leaves empty, or has no column for, stays as the registry knows it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from projects.models import Project
from stations.models import Station
from talent.models import GraduateStat
from tests.conftest import Cast
from tests.imports.ledgers import outcomes, take, workbook

pytestmark = pytest.mark.django_db
STATION = ["站点名称", "站点类型", "乡镇（街道）", "建成日期", "批复文号", "运行状态", "地址"]
STATION_ROW = [
    "新华路街道社工站", "乡镇（街道）社工站", "新华路街道", "2021-03-01", "民发1号", "正常运行",
    "甲路1号",
]  # fmt: skip
PROJECT = [
    "项目名称", "购买方", "承接方", "预算金额", "合同金额", "开始日期", "结束日期", "当前阶段",
    "资金来源", "服务领域",
]  # fmt: skip
PROJECT_ROW: list[Any] = [
    "某项目", "南明区民政局", "某中心", 120000, 90000, "2024-01-01", "2024-12-31", "实施",
    "县级财政", "老年人权益维护",
]  # fmt: skip


def test_a_station_without_status_keeps_running(cast: Cast) -> None:
    take(cast.clerk_a, "stations", workbook([STATION, STATION_ROW]))
    batch = take(cast.clerk_a, "stations", workbook([STATION, [*STATION_ROW[:5], "", "甲路2号"]]))
    station = Station.objects.get()
    assert outcomes(batch) == {"changed": 1}
    assert (station.status, station.address) == ("3", "甲路2号")
    state = station.states.get()
    assert (state.status, state.valid_from) == ("3", datetime.date(2021, 3, 1))


@pytest.mark.parametrize("is_blank", [True, False])
def test_a_project_keeps_what_is_not_given(cast: Cast, is_blank: bool) -> None:
    """The contract stands for a missing budget only in a project that is new."""
    take(cast.clerk_a, "projects", workbook([PROJECT, PROJECT_ROW]))
    shown = [0, 1, 2, 4, 5, 6]
    if is_blank:
        ledger = [PROJECT, [c if n in shown else "" for n, c in enumerate(PROJECT_ROW)]]
    else:
        ledger = [[PROJECT[n] for n in shown], [PROJECT_ROW[n] for n in shown]]
    batch = take(cast.clerk_a, "projects", workbook(ledger))
    project = Project.objects.get()
    assert outcomes(batch) == {"unchanged": 1}
    assert (project.stage, project.fund, project.service_field) == ("50", "4", "02")
    assert project.budget == 120_000


def test_nought_is_given_and_empty_is_not(cast: Cast) -> None:
    head = ["学校", "专业名称", "层次", "年度", "毕业人数", "其中留黔人数"]
    row = ["贵州大学", "社会工作", "本科", 2023, 40, 30]
    take(cast.province, "graduates", workbook([head, row]))
    assert outcomes(take(cast.province, "graduates", workbook([head, [*row[:5], ""]]))) == {
        "unchanged": 1
    }
    assert outcomes(take(cast.province, "graduates", workbook([head, [*row[:5], 0]]))) == {
        "changed": 1
    }
    assert GraduateStat.objects.get().stayed == 0
