"""Why a record counts is said in words, of the day asked; and what decides about it is found."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from core.figures.lists import explain, members
from reports.definitions.populations.people import year_before
from reports.definitions.populations.stations import AGENCIES, STATIONS
from reports.definitions.registry import BY_CODE
from stations.places.models import Station
from tests.reports import build
from tests.reports.build import DAY, on

pytestmark = pytest.mark.django_db


def reasons(code: str, record: Any, day: datetime.date = DAY) -> dict[str, str]:
    return BY_CODE[code].population.reasons([record], day).get(record.pk, {})


def test_a_station_counts_by_its_kind_and_its_paper() -> None:
    dated = build.station("520102", "2", approval="民发〔2022〕1号", approval_date=on("2022-03-01"))
    undated = build.station("520102", "2")
    seen = build.station("520102", "2", approval="", approved_on=on("2022-04-01"))
    said = [reasons("T5", station)["approved"] for station in (dated, undated, seen)]
    assert said == [
        "批复：民发〔2022〕1号（2022-03-01）",
        "批复：民发〔2022〕1号",
        "批复：审核确认（2022-04-01）",
    ]
    assert reasons("T5", dated)["platform"] == reasons("T5", dated)["base"] == "类型：县级总站"


def test_an_agency_counts_since_it_registered_or_was_entered() -> None:
    dated = build.employer(kind="3", registered_on=on("2019-05-06"))
    undated = build.employer(kind="3")
    assert reasons("T8", dated) == {"operating": "2019-05-06 登记"}
    entered = timezone.localdate(undated.created_at)
    assert reasons("T8", undated)["operating"].startswith("登记日期没有填，自 ")
    assert f"{entered:%Y-%m}" in reasons("T8", undated)["operating"]
    assert AGENCIES.reasons([], DAY) == {}


def test_of_two_plaques_each_decides_about_the_other() -> None:
    """Also where it once was: its leaving is why the other counts now."""
    runs = build.employer()
    lay = {"operator": runs, "address": "中山东路1号"}
    centre = build.station("520102", "2", **lay)
    base = build.station("520102", "5", **lay)
    alone = build.station("520102", "4", address="别处2号")
    nowhere = build.station("520102", "4")
    moved = Station.objects.get(pk=base.pk)
    moved.address = "别处3号"
    moved.save()
    keys = [centre.pk, base.pk, alone.pk, nowhere.pk]
    assert STATIONS.owners(keys) == {
        centre.pk: {centre.pk, base.pk, runs.pk},
        base.pk: {centre.pk, base.pk, runs.pk},
        alone.pk: {alone.pk},
        nowhere.pk: {nowhere.pk},
    }


def test_a_title_and_a_study_are_named() -> None:
    someone = build.person()
    build.study(someone, major="社会工作", is_related=True)
    build.study(someone, "11", major="会计", graduated_on=on("2026-06-01"))
    build.study(someone, "61", major="电子")
    someone.titles.create(series="经济", level="3")
    someone.titles.create(series="卫生", level="4")
    said = reasons("T1", someone)
    assert said["educated"] == "学历：本科社会工作"
    assert said["related"] == "相关专业：社会工作"
    assert said["titled"] == "职称：经济中级"


def why(code: str, key: Any, day: datetime.date = DAY) -> str:
    """As the list of a figure says it."""
    rows = [row for row in members(BY_CODE[code], day, "52") if row.pk == key]
    return "；".join(explain(BY_CODE[code], rows, day)[key])


def test_a_township_without_a_station_says_why_and_who_sees_to_it() -> None:
    bare, planned, former, elsewhere = "520102018", "520102019", "520102020", "520102021"
    nobody = "没有登记牵头部门；就近：南明区没有运行的站点"
    assert why("T6_MISSING", bare) == f"未建：没有登记社工站；负责：南明区{nobody}"
    build.employer("520102", is_lead=True, kind="1", ended_on=on("2024-01-01"))
    lead = build.employer("520102", is_lead=True, kind="1")
    build.employer("520111", is_lead=True, kind="1")
    begun = build.station(planned, status="1", since=on("2024-03-15"))
    closed = build.station(former)
    build.close(closed, on("2023-05-01"))
    away = build.station(elsewhere, covers=("520102016",))
    near = "就近：南明区有 1 个运行的乡镇（街道）社工站"
    for place, said in (
        (bare, "未建：没有登记社工站"),
        (planned, f"筹建：{begun.name}（2024-03-15 起）"),
        (former, f"撤并：{closed.name}（2023-05-01 起）"),
    ):
        assert why("T6_MISSING", place) == f"{said}；负责：{lead.name}；{near}"
    said = f"未覆盖：{away.name}在此，覆盖范围没有列入本地"
    assert why("T6_MISSING", elsewhere) == f"{said}；负责：{lead.name}；就近：{away.name}"
    # As of a day before it was prepared there was nothing.
    assert why("T6_MISSING", planned, on("2024-01-05")).startswith("未建")
    hub = build.station("520102", "2")
    room = build.station(bare, "4")
    assert why("T6_MISSING", former).endswith(f"就近：{hub.name}")
    assert why("T6_MISSING", bare).endswith(f"就近：{room.name}")


@pytest.mark.parametrize(
    ("planned_on", "precision", "said"),
    [
        ("2099-06-01", "M", "，计划 2099-06 建成；"),
        ("2024-06-30", "D", "，计划 2024-06-30 建成，已逾期；"),
        (None, "D", "（2024-03-15 起）；"),
    ],
)
def test_what_is_being_prepared_says_by_when(planned_on: str, precision: str, said: str) -> None:
    begun = build.station("520102019", status="1", since=on("2024-03-15"))
    Station.objects.filter(pk=begun.pk).update(planned_on=planned_on, planned_precision=precision)
    assert said in why("T6_MISSING", "520102019")
    Station.objects.filter(pk=begun.pk).update(status="3")
    begun.states.update(status="3")
    assert "计划" not in str(why("T6_BUILT", "520102019"))


def test_a_station_without_a_paper_says_that_it_lacks_one() -> None:
    site, hub = build.station("520102018", approval=""), build.station("520102", "2", approval="")
    lead = build.employer("520102", is_lead=True)
    lacking = "缺批复：没有批复文号，也没有审核确认"
    assert why("T6_UNVERIFIED", "520102018") == f"已建成：{site.name}；{lacking}；负责：{lead.name}"
    assert why("T5_UNVERIFIED", hub.pk).endswith(f"当日运行；{lacking}")


def test_many_without_a_station_ask_as_much_as_one(
    django_assert_max_num_queries: Any,
) -> None:
    rows = list(members(BY_CODE["T6_MISSING"], DAY, "52"))
    assert len(rows) > 1000
    with django_assert_max_num_queries(10):
        said = explain(BY_CODE["T6_MISSING"], rows, DAY)
    assert all(said[row.pk] for row in rows)


@pytest.mark.parametrize(
    ("day", "before"),
    [("2025-12-31", "2024-12-31"), ("2024-02-29", "2023-02-28"), ("2025-02-28", "2024-02-28")],
)
def test_a_year_before_the_29th_of_february_is_the_28th(day: str, before: str) -> None:
    assert year_before(on(day)) == on(before)
