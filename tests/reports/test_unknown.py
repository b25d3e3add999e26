"""无资料 is not 0: no trend point, no headline, no rank, on pages, in files and by the API."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from python_calamine import CalamineWorkbook

from reports.board import words
from reports.board.board import Board
from reports.definitions.registry import BY_CODE
from reports.models import SnapshotValue
from reports.snapshots import actions
from reports.targets.goals import Goal
from tests.conftest import Cast
from tests.reports import build
from tests.reports.build import DAY, on

ClientOf = Callable[[Any], Client]
pytestmark = pytest.mark.django_db
ACTIVE = BY_CODE["T6_ACTIVE"]


@pytest.fixture
def world(cast: Cast) -> Cast:
    """Stations since 2022, monthly numbers of one county since 2025, graduates of the province."""
    for place in ("520102016", "520111004"):
        station = build.station(place)
        build.give_post(build.person(place, post=False), place, station=station)
        if place == "520102016":
            build.served(station, "2025-11-01")
    build.graduates(2023, 40)
    build.employer("520102")
    for day in ("2023-12-31", "2024-12-31", "2025-12-31"):
        actions.take_snapshot(on=on(day))
    return cast


def board(
    cast: Cast, region: str = "52", code: str = "T6_ACTIVE", day: str = "2025-12-31"
) -> Board:
    return Board(user=cast.province, region=region, day=on(day), indicator=BY_CODE[code])


def test_what_was_not_recorded_is_no_point_of_the_trend(world: Cast) -> None:
    shown = board(world)
    assert [(point.on, point.value) for point in shown.trend()] == [(DAY, 1)]
    title = words.trend_finding(ACTIVE, [(p.on, p.value) for p in shown.trend()])
    assert title == "社工站有效运行率：还没有可比的往年数"
    assert board(world, day="2024-12-31").trend() == []
    assert words.trend_finding(ACTIVE, []) == "社工站有效运行率：无资料（前 6 个月没有月度产出）"


def test_what_is_unknown_has_no_rank_and_no_part_in_the_title(world: Cast) -> None:
    areas = board(world, region="5201").areas()
    ranks = {area.code: (area.rank, area.value) for area in areas}
    assert ranks["520102"] == (1, 1)
    assert ranks["520111"] == (0, None)
    assert areas[-1].code == "520111"
    found = words.finding(ACTIVE, [(a.name, a.measure) for a in areas])
    assert "花溪区" not in found
    graduates = board(world, code="T4")
    assert {area.value for area in graduates.areas()} == {None}
    missing = BY_CODE["T4"].missing
    title = words.finding(BY_CODE["T4"], [(a.name, a.measure) for a in graduates.areas()])
    assert title == f"社会工作专业毕业生：无资料（{missing}）"
    check = graduates.reconciliation(graduates.areas())
    assert check is not None
    assert (check["total"], check["below"], check["own"]) == (40, 0, 40)


def test_the_page_says_so(world: Cast, client_of: ClientOf) -> None:
    client = client_of(world.province)
    page = client.get("/dashboard/520111/?on=2025-12-31&i=T6_ACTIVE").text
    assert "无资料<small>前 6 个月没有月度产出</small>" in page
    active = page[page.index("tile-T6_ACTIVE") : page.index("tile-T7_CENTRE")]
    assert "0.0%" not in active
    tile = page[page.index("tile-T4") : page.index("tile-T5")]
    assert "无资料" in tile
    past = client.get("/dashboard/?on=2024-12-31").text
    assert "12 个月内确认 <b>" not in past
    listed = client.get("/dashboard/52/list/T6_ACTIVE/?on=2024-12-31").text
    assert "名单空着不等于 0" in listed
    assert "名单空着不等于 0" not in client.get("/dashboard/52/list/T6_ACTIVE/?on=2025-12-31").text
    card = client.get("/dashboard/definitions/T8/").text
    assert "写「无资料」，不作 0" in card


def test_the_file_and_the_api_say_so(world: Cast, client_of: ClientOf) -> None:
    client = client_of(world.province)
    answer = client.post("/dashboard/520111/export/", {"on": "2025-12-31"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    rows: list[Any] = book.get_sheet_by_index(0).to_python()
    head = next(row for row in rows if "指标代码" in row)
    found = {row[head.index("指标代码")]: row[head.index("数值")] for row in rows if len(row) > 6}
    assert (found["T6_ACTIVE"], found["T6_BUILT"], found["T4"]) == ("无资料", 1, "无资料")
    body = client.get("/api/v1/indicators/figures/?region=520111&on=2025-12-31").json()
    figures = {f["code"]: f["value"] for f in body["figures"]}
    assert (figures["T6_ACTIVE"], figures["T6_BUILT"], figures["T1"]) == (None, 1, 1)


def test_scripts_are_told_so(world: Cast) -> None:
    def printed(*options: str) -> str:
        out = io.StringIO()
        call_command("indicators", "--on", "2024-12-31", *options, stdout=out)
        return out.getvalue()

    rows = {row["code"]: row for row in json.loads(printed("--json"))["indicators"]}
    assert (rows["T6_ACTIVE"]["value"], rows["T6_ACTIVE"]["denominator"]) == (None, 1510)
    assert "社工站有效运行率：无资料" in printed()


def test_agencies_are_not_known_before_they_were_entered(world: Cast) -> None:
    """Not the same number on every date back to 2020."""
    assert board(world, code="T8").trend() == []
    stored = SnapshotValue.objects.filter(indicator="T8", region="520102")
    assert set(stored.values_list("value", flat=True)) == {None}


# --- One day, one verdict ----------------------------------------------------------------------
def test_on_its_last_day_a_plan_was_reached_or_not(world: Cast, client_of: ClientOf) -> None:
    """On the tile, on the page, in the file and by the API, signed or not."""
    for region, day in (("52", "2025-12-31"), ("520102", "2025-12-31")):
        (tile,) = [t for t in board(world, region, day=day).tiles() if t.indicator.code == "T1"]
        assert "落后进度" not in tile.verdict.text
    client = client_of(world.province)
    page = client.get("/dashboard/52/?on=2025-12-31").text
    assert "落后进度" not in page
    assert "未达标" in page
    answer = client.post("/dashboard/52/export/", {"on": "2025-12-31", "part": "tiles"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    text = str(book.get_sheet_by_index(0).to_python())
    assert ("落后进度" in text, "未达标" in text) == (False, True)
    body = client.get("/api/v1/indicators/figures/?region=52&on=2025-12-31").json()
    verdicts = {f["code"]: f["verdict"] for f in body["figures"]}
    assert (verdicts["T1"], verdicts["T1_L0"]) == ("未达标", "")
    before = client.get("/api/v1/indicators/figures/?region=52&on=2024-12-31").json()
    assert {f["verdict"] for f in before["figures"]} == {""}


def test_the_word_is_the_same_without_a_stored_figure(cast: Cast) -> None:
    plan = board(cast, code="T1").plan
    assert plan is not None
    goal = Goal(3, 2025, "文", "（三）", "1")
    t1 = BY_CODE["T1"]
    for value, word in ((3, "达标"), (2, "未达标"), (None, "")):
        assert words.pace(t1, value, plan, [goal], plan.ends_on).text == word
    assert words.settled(None, goal).text == "无资料"
    day_before = on("2025-12-30")
    assert words.pace(t1, 3, plan, [goal], day_before).text == "已达目标"
