"""Why a record counts is said in words, of the day asked; and what decides about it is found."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

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
    entered = undated.created_at.date()
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


@pytest.mark.parametrize(
    ("day", "before"),
    [("2025-12-31", "2024-12-31"), ("2024-02-29", "2023-02-28"), ("2025-02-28", "2024-02-28")],
)
def test_a_year_before_the_29th_of_february_is_the_28th(day: str, before: str) -> None:
    assert year_before(on(day)) == on(before)
