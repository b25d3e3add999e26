"""Figures and targets of regions that were renamed, merged or joined to another."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from core.figures.lists import members
from core.models import Region
from core.regions.tree import divisions_on, forget_divisions
from reports.board.board import Board
from reports.definitions.registry import BY_CODE
from reports.models import Plan, Target
from reports.snapshots import actions
from reports.targets.actions import Amount, set_targets
from reports.targets.goals import Goals
from tests.conftest import Cast
from tests.reports import build
from tests.reports.build import DAY, on

pytestmark = pytest.mark.django_db
A, B, C = "520198", "520199", "520197"
OLD, NEW = "520522", "520581"


@pytest.fixture(autouse=True)
def tree() -> Iterator[None]:
    yield
    forget_divisions()


@pytest.fixture
def plan() -> Plan:
    return Plan.objects.get(code="14_5")


def county(code: str, **fields: Any) -> Region:
    made: Region = Region.objects.create(
        code=code, name=f"县{code}", level=3, parent_id=code[:4], **fields
    )
    Region.objects.create(code=f"{code}001", name="镇", level=4, parent_id=code, **fields)
    forget_divisions()
    return made


def ended(codes: str | list[str], day: datetime.date, successor: str) -> None:
    for code in [codes] if isinstance(codes, str) else codes:
        for below in ("", "001"):
            later = Region.objects.filter(pk=f"{successor}{below}").first()
            Region.objects.filter(pk=f"{code}{below}").update(valid_to=day, successor=later)
    forget_divisions()


@pytest.fixture
def merged(plan: Plan) -> datetime.date:
    """A with one person and B with two became C in the middle of 2024."""
    day = on("2024-07-01")
    for code in (A, B):
        county(code)
    county(C, valid_from=day)
    ended([A, B], day, C)
    for code in (A, B, B):
        build.person(f"{code}001", since=datetime.date(2019, 1, 1))
    return day


def give(plan: Plan, region: str, value: int, *, written: str = "2023-01-01", **more: Any) -> None:
    fields = {"indicator": "T1", "year": 2025, "document": f"{region}文", **more}
    made = Target.objects.create(plan=plan, region_id=region, value=value, **fields)
    at = timezone.make_aware(datetime.datetime.fromisoformat(written))
    Target.objects.filter(pk=made.pk).update(updated_at=at)


def goal(plan: Plan, region: str, day: datetime.date = DAY, indicator: str = "T1") -> int | None:
    found = Goals(plan, [region], day=day).final(indicator, region, 10)
    return found and found.value


# --- Targets ----------------------------------------------------------------------------------
def test_what_was_merged_is_to_reach_the_sum(plan: Plan, merged: datetime.date) -> None:
    give(plan, A, 120)
    assert goal(plan, C) is None, "of B nothing is known"
    give(plan, B, 80)
    assert goal(plan, C) == 200
    found = Goals(plan, [C], day=DAY).final("T1", C, None)
    assert found is not None
    assert found.document == f"{A}文、{B}文"
    assert (goal(plan, A, on("2024-06-30")), goal(plan, B, on("2024-06-30"))) == (120, 80)
    give(plan, C, 150, written="2024-08-01")
    assert goal(plan, C) == 150


def test_shares_stand_where_they_are_the_same(plan: Plan, merged: datetime.date) -> None:
    rate = {"indicator": "T6_BUILT", "is_rate": True}
    give(plan, A, 80, **rate)
    give(plan, B, 80, **rate)
    assert goal(plan, C, indicator="T6_BUILT") == 8
    Target.objects.filter(region=B).update(value=60)
    # Else the province's share holds, 95 % of 10.
    assert goal(plan, C, indicator="T6_BUILT") == 10


def test_what_was_joined_adds_until_a_target_is_set_anew(plan: Plan, cast: Cast) -> None:
    county(A)
    give(plan, "520102", 50)
    give(plan, A, 40)
    ended(A, on("2024-07-01"), "520102")
    assert goal(plan, "520102") == 90
    assert goal(plan, "520102", on("2024-06-30")) == 50
    give(plan, A, 7, indicator="T2")
    assert goal(plan, "520102", indicator="T2") is None, "of the region itself nothing is known"
    set_targets(
        by=cast.province, plan=plan, year=2025, targets={("T1", "520102"): Amount(50)},
        document="520102文",
    )  # fmt: skip
    assert goal(plan, "520102") == 50


def test_a_renamed_region_keeps_its_target_both_ways(plan: Plan) -> None:
    give(plan, OLD, 30)
    assert [goal(plan, code) for code in (OLD, NEW)] == [30, 30]
    give(plan, "520204", 20)
    assert goal(plan, "520221", on("2021-06-30")) == 20
    # What was set under the old name for another year does not hide it.
    give(plan, "520221", 10, year=2021)
    assert goal(plan, "520221", on("2021-06-30")) == 20


def test_a_share_from_above_follows_the_succession_of_its_region(plan: Plan) -> None:
    rate = {"indicator": "T6_BUILT", "is_rate": True}
    Region.objects.create(code="5298", name="地区", level=2, parent_id="52")
    Region.objects.create(
        code="5299", name="市", level=2, parent_id="52", valid_from=on("2024-07-01")
    )
    Region.objects.filter(pk="5298").update(valid_to=on("2024-07-01"), successor="5299")
    county("529901", valid_from=on("2024-07-01"))
    give(plan, "5298", 60, **rate)
    assert [goal(plan, code, indicator="T6_BUILT") for code in ("5299", "529901")] == [6, 6]


def test_the_pages_show_and_keep_what_is_inherited(plan: Plan, cast: Cast, client_of: Any) -> None:
    give(plan, OLD, 30)
    client = client_of(cast.province)
    page = client.get("/targets/", {"region": "5205"})
    row = next(r for r in page.context["rows"] if r["indicator"].code == "T1")
    assert row["sums"] == [{"year": 2025, "sum": 30, "set": 1, "of": 8, "difference": None}]
    address = "/targets/14_5/5205/"
    page = client.get(address)
    table = page.context["table"]
    assert table.sums[0].total == 30
    name = f"{NEW}-T1"
    assert f'name="{name}" value="30"' in page.text
    form = {"seen": table.seen, "year": 2025, "document": "新文"}
    refused = client.post(address, {**form, name: ""})
    assert refused.status_code == 422
    assert "不能留空" in refused.text
    assert client.post(address, {**form, name: "30"}).status_code == 302
    assert not Target.objects.filter(region=NEW).exists()
    assert client.post(address, {**form, name: "35"}).status_code == 302
    assert goal(plan, NEW) == 35


# --- Figures ----------------------------------------------------------------------------------
def test_the_past_of_what_was_merged_is_all_of_it(
    plan: Plan, cast: Cast, merged: datetime.date, client_of: Any
) -> None:
    for day in ("2023-12-31", "2025-12-31"):
        actions.take_snapshot(on=on(day))
    for user in (cast.province, build.reviewer(C)):
        board = Board(user=user, region=C, day=DAY, indicator=BY_CODE["T1_L0"])
        assert [(p.on.year, p.value) for p in board.trend()] == [(2023, 3), (2025, 3)]
    listed = members(BY_CODE["T1_L0"], on("2023-12-31"), C, user=cast.province)
    assert listed.count() == 3
    page = client_of(cast.province).get(f"/dashboard/{C}/", {"on": "2023-12-31"})
    assert page.context["board"].reading.value("T1_L0", C) == 3
    asked = {"region": C, "on": "2022-06-30"}
    answer = client_of(cast.province).get("/api/v1/indicators/figures/", asked).json()
    assert [f["value"] for f in answer["figures"] if f["code"] == "T1_L0"] == [3]


def test_a_settlement_before_the_merger_is_all_of_it(plan: Plan, cast: Cast) -> None:
    for code in (A, B):
        county(code)
        build.person(f"{code}001", since=datetime.date(2019, 1, 1))
    actions.take_snapshot(on=DAY, is_settlement=True)
    day = on("2026-03-01")
    county(C, valid_from=day)
    ended([A, B], day, C)
    give(plan, A, 1)
    give(plan, B, 4)
    actions.take_snapshot(on=on("2026-06-30"))
    board = Board(user=cast.province, region=C, day=on("2026-06-30"))
    tile = next(t for t in board.tiles() if t.indicator.code == "T1")
    assert (tile.settlement, tile.value) == (2, 2)
    assert tile.settlement_verdict is not None
    assert tile.settlement_verdict.text == "未达标", "five were wanted"


def test_a_code_through_two_successions(plan: Plan) -> None:
    county(A, valid_to=on("2022-01-01"))
    county(B, valid_from=on("2022-01-01"), valid_to=on("2023-01-01"))
    county(C, valid_from=on("2023-01-01"))
    ended(A, on("2022-01-01"), B)
    ended(B, on("2023-01-01"), C)
    assert divisions_on(on("2021-06-30")).counterpart(C) == A
    give(plan, A, 9)
    assert goal(plan, C) == 9


def test_on_the_morning_of_a_succession_the_night_s_figures_do_not_stand(
    plan: Plan, cast: Cast
) -> None:
    """The new code has no figures yesterday: it is computed until there are stored ones."""
    today = timezone.localdate()
    county(A)
    build.person(f"{A}001", since=datetime.date(2019, 1, 1))
    actions.take_snapshot(on=today - datetime.timedelta(days=1))
    assert Board(user=cast.province, region=A).reading.value("T1_L0", A) == 1
    county(C, valid_from=today)
    ended(A, today, C)
    board = Board(user=cast.province, region=C)
    assert (board.day, board.reading.is_live) == (today, True)
    assert board.reading.value("T1_L0", C) == 1
