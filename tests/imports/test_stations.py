"""The ledger of stations: what it asks, what it holds, and that its order does not matter."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from core.dates import today
from core.ledgers import actions
from core.rules import RuleError
from stations.models import Station
from stations.places.actions import change_station_state
from talent.models import Post
from tests.conftest import Cast
from tests.figures import figure
from tests.imports.ledgers import (
    STATION,
    apply,
    check,
    outcomes,
    people,
    person,
    row_of,
    take,
    words,
    workbook,
)

pytestmark = pytest.mark.django_db
D = datetime.date
HEAD = ["站点名称", "站点类型", "乡镇（街道）", "建成日期", "批复文号", "运行状态"]
BUILT, STATUS = 3, 5


def row(name: str = STATION, **cells: Any) -> list[Any]:
    given = {
        "站点名称": name,
        "站点类型": "乡镇（街道）社工站",
        "乡镇（街道）": "新华路街道",
        "建成日期": "2021-03-01",
        "批复文号": "民发1号",
        "运行状态": "正常运行",
    }
    return [(given | cells)[label] for label in HEAD]


def stations(*rows: list[Any]) -> bytes:
    return workbook([HEAD, *rows])


def dated(station: Station) -> list[Any]:
    return list(station.states.order_by("valid_from").values_list("status", "valid_from"))


def built() -> int:
    return figure("T6_BUILT", day=D(2025, 12, 31)) or 0


def test_stations_without_an_approval_are_taken_for_a_reason(cast: Cast) -> None:
    """R17: kept and listed as to do; the file asks once why."""
    batch = check(cast.clerk_a, "stations", stations(row(批复文号="")))
    assert outcomes(batch) == {"new": 1}
    assert batch.counts["flagged"] == 1
    assert "缺批复" in words(batch, 2)
    with pytest.raises(RuleError, match="说明"):
        actions.confirm(batch=batch, by=cast.clerk_a)
    apply(batch)
    assert Station.objects.get().name == STATION


@pytest.mark.parametrize("is_people_first", [True, False])
def test_the_order_of_ledgers_does_not_matter(cast: Cast, is_people_first: bool) -> None:
    """T6: a station planned from a bare name began when the ledger says it was built."""
    ledgers = [("people", people(person())), ("stations", stations(row()))]
    for kind, data in ledgers if is_people_first else reversed(ledgers):
        take(cast.clerk_a, kind, data)
    station = Station.objects.get()
    assert (station.status, station.built_on) == ("3", D(2021, 3, 1))
    assert dated(station) == [("3", D(2021, 3, 1))]
    assert station.coverages.get().valid_from == D(2021, 3, 1)
    assert built() == 1


def test_an_undone_ledger_leaves_the_planned_station(cast: Cast) -> None:
    take(cast.clerk_a, "people", people(person()))
    planned = dated(Station.objects.get())
    batch = take(cast.clerk_a, "stations", stations(row()))
    actions.undo(batch=batch, by=cast.clerk_a)
    station = Station.objects.get()
    assert station.is_incomplete
    assert dated(station) == planned
    assert station.coverages.get().valid_from == planned[0][1]


def test_a_day_filled_in_later_counts_from_that_day(cast: Cast) -> None:
    take(cast.clerk_a, "stations", stations(row(建成日期="")))
    assert built() == 0
    assert outcomes(take(cast.clerk_a, "stations", stations(row()))) == {"changed": 1}
    assert dated(Station.objects.get()) == [("3", D(2021, 3, 1))]
    assert built() == 1


@pytest.mark.parametrize("is_people_first", [True, False])
def test_what_has_a_day_of_building_is_built(cast: Cast, is_people_first: bool) -> None:
    """T6 of a ledger without 运行状态: at the least 已建成未运行; without a day 筹建."""
    if is_people_first:
        take(cast.clerk_a, "people", people(person()))
    take(cast.clerk_a, "stations", stations(row(运行状态="")))
    assert dated(Station.objects.get()) == [("2", D(2021, 3, 1))]
    assert built() == 1
    take(cast.clerk_a, "stations", stations(row("另一站", 运行状态="", 建成日期="")))
    assert Station.objects.get(name="另一站").status == "1"


def test_day_and_state_of_a_station_with_a_past_change_together(cast: Cast) -> None:
    take(cast.clerk_a, "stations", stations(row()))
    station = Station.objects.get()
    change_station_state(
        station=station, by=cast.clerk_a, status="4", changed_on=D(2024, 1, 1), reason="无人"
    )
    batch = take(cast.clerk_a, "stations", stations(row(建成日期="2020-05-01")))
    assert outcomes(batch) == {"changed": 1}
    states = [("3", D(2020, 5, 1)), ("4", D(2024, 1, 1)), ("3", today())]
    assert dated(station) == states
    batch = take(cast.clerk_a, "stations", stations(row(建成日期="2020-06-01", 运行状态="")))
    assert outcomes(batch) == {"changed": 1}
    assert dated(station) == [("3", D(2020, 6, 1)), *states[1:]]


def test_a_changed_state_begins_today(cast: Cast) -> None:
    take(cast.clerk_a, "stations", stations(row()))
    batch = take(cast.clerk_a, "stations", stations(row(建成日期="2020-05-01", 运行状态="停运")))
    assert outcomes(batch) == {"changed": 1}
    (first, second) = dated(Station.objects.get())
    assert first == ("3", D(2020, 5, 1))
    assert second[0] == "4"
    assert built() == 1


@pytest.mark.parametrize("is_known", [True, False])
def test_nobody_closes_a_station_by_a_ledger(cast: Cast, is_known: bool) -> None:
    """R15: its posts would stay open."""
    if is_known:
        take(cast.clerk_a, "people", people(person()))
        take(cast.clerk_a, "stations", stations(row()))
    batch = take(
        cast.clerk_a, "stations", stations(row(运行状态="撤并"), row("总站", 站点类型="总站"))
    )
    assert outcomes(batch) == {"held": 1, "new": 1}
    assert "请在站点页办理撤并" in words(batch, 2)
    assert row_of(batch, 2).messages[-1]["rule"] == "R15"
    assert not Station.objects.filter(status="5").exists()
    assert Post.objects.filter(ended_on=None).count() == int(is_known)


def test_a_second_station_of_a_township_is_remarked_on(cast: Cast) -> None:
    """R16, in the file and beside the registry; a branch and an unchanged row are not."""
    data = stations(row(), row("新华路第二社工站"))
    batch = take(cast.clerk_a, "stations", data)
    assert outcomes(batch) == {"new": 2}
    assert words(batch, 2) == ""
    assert f"已有社工站「{STATION}」" in words(batch, 3)
    batch = take(cast.clerk_a, "stations", stations(row("新华路第三社工站")))
    assert "新华路第二社工站" in words(batch, 2)
    assert words(take(cast.clerk_a, "stations", data), 3) == ""
    Station.objects.filter(name="新华路第二社工站").update(is_branch=True)
    batch = take(cast.clerk_a, "stations", stations(row("新华路第二社工站", 批复文号="民发2号")))
    assert outcomes(batch) == {"changed": 1}
    assert words(batch, 2) == ""
