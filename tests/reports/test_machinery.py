"""The contract of the machinery: figure == list == export, and total == children + own + none."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.figures.counting import figures_on
from core.figures.indicator import condition
from core.figures.lists import amount, explain, is_known, members
from core.figures.population import Population
from core.regions.tree import Divisions, divisions_on, forget_divisions
from reports.definitions.registry import (
    BY_CODE,
    FIXED_CODES,
    HEADLINES,
    INDICATORS,
    all_figures,
    definitions_version,
    parts_of,
)
from reports.definitions.talents import T1
from tests.reports import build
from tests.reports.build import DAY, on

pytestmark = pytest.mark.django_db

EARLIER = (on("2021-06-01"), on("2023-06-30"))
_PLACES = ("520102016", "520102018", "520111004", "522301001", "520102", "5201", "520221001", None)


@pytest.fixture
def world() -> None:
    """Sixty people and their surroundings, by chance but always the same."""
    rng = random.Random(5)
    for _ in range(60):
        place = rng.choice(_PLACES)
        someone = build.person(
            place, post=rng.random() < 0.8, status=rng.choice(["10"] * 6 + ["20", "40", "50"]),
            category=rng.choice(["12", "2", "3"]), verification=rng.choice("1223"),
        )  # fmt: skip
        if rng.random() < 0.5:
            build.certificate(someone, rng.choice("1239"), verification=rng.choice("234"))
        if rng.random() < 0.5:
            build.study(someone, rng.choice(["21", "61"]), rng.choice(["社会工作", "会计"]))
        if rng.random() < 0.2:
            build.claim(someone, rng.choice("ABC"))
        if place and rng.random() < 0.3:
            build.give_post(someone, "522301001", primary=False)
    for region in ("5201", "520102", "520111", "520102016", "522301001"):
        kinds = {4: "1", 6: "25", 9: "34"}[len(region)]
        for kind in kinds:
            build.station(region, kind, approval=rng.choice(["", "民发1号"]))
    build.graduates(2022, 40, stayed=9)
    build.graduates(2023, 7, region_id="5201")


REGIONS = ("52", "5201", "5202", "520102", "520111", "520102016", "522301", "522301001")


@pytest.mark.parametrize(
    "day", [*(pytest.param(day, marks=pytest.mark.drill) for day in EARLIER), DAY]
)
def test_figure_list_and_export_agree(world: None, day: datetime.date) -> None:
    figures = all_figures(day)
    for indicator in INDICATORS:
        for region in REGIONS:
            rows = members(indicator, day, region)
            value = figures.value(indicator.code, region)
            length = amount(indicator, rows)
            assert length == (value or 0), (indicator.code, region)
            assert is_known(indicator, day, region) == (value is not None)
            if not length:
                continue
            exported = build.exported(indicator, region, day)
            count = rows.count() if indicator.weight else length
            assert len(exported) == count == len({row.pk for row in exported})


@pytest.mark.parametrize("day", [on("2021-06-01"), DAY])
def test_totals_reconcile_at_every_level(world: None, day: datetime.date) -> None:
    figures, tree = all_figures(day), divisions_on(day)
    for indicator in INDICATORS:
        code = indicator.code
        for region in [c for level in (1, 2, 3, 4) for c in tree.at_level(level)]:
            below = sum(figures.value(code, child) or 0 for child in tree.children(region))
            none = figures.unlocated(code) if region == "52" else 0
            own = figures.own_value(code, region)
            assert (figures.value(code, region) or 0) == below + own + none, (code, region)


def test_own_and_unlocated_lists_are_as_long_as_their_figures(world: None) -> None:
    figures = all_figures(DAY)
    assert figures.own_value("T1_L0", "5201") > 0
    assert figures.unlocated("T1_L0") > 0
    for indicator in INDICATORS:
        for region in ("52", "5201", "520102"):
            own = members(indicator, DAY, region, part="own")
            assert amount(indicator, own) == figures.own_value(indicator.code, region)
        none = members(indicator, DAY, "52", part="unlocated")
        assert amount(indicator, none) == figures.unlocated(indicator.code)


def test_denominators_are_lists_too(world: None) -> None:
    figures = all_figures(DAY)
    for indicator in INDICATORS:
        if indicator.out_of is None:
            assert figures.denominator(indicator.code, "52") is None
            continue
        for region in REGIONS:
            rows = members(indicator, DAY, region, denominator=True)
            assert rows.count() == figures.denominator(indicator.code, region)


def test_figures_nest(world: None) -> None:
    value = all_figures(DAY).value
    for region in REGIONS:
        assert value("T1", region) == value("T1_L1", region)
        steps = [value(f"T1_L{n}", region) for n in (1, 2, 3, 4)]
        assert steps == sorted(steps, reverse=True)
        assert value("T2", region) == value("T1_L4", region) <= value("T1", region)
        assert value("T1", region) == sum(
            value(f"T1_{c}", region) for c in ("PRACTICE", "RESEARCH", "MANAGEMENT")
        )
        assert value("T2", region) == sum(
            value(f"T2_{c}", region) for c in ("ASSISTANT", "MIDDLE", "SENIOR")
        )
        assert value("T5", region) >= value("T5_BASE", region)


def test_a_list_holds_only_what_the_user_may_see(world: None) -> None:
    clerk = build.reviewer("520102")
    rows = members(T1, DAY, "5201", user=clerk)
    assert rows
    assert {row.region_id[:6] for row in rows} == {"520102"}
    assert rows.count() < members(T1, DAY, "5201").count()


def test_one_query_counts_a_population(
    world: None, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    people = [i for i in INDICATORS if i.population is T1.population]
    divisions_on(DAY)
    # A savepoint in, the settings of the transaction, one query, a savepoint out.
    with django_assert_num_queries(4):  # type: ignore[operator]
        figures_on(DAY, people)


def test_people_are_not_compared_one_by_one_whatever_the_planner_believes(world: None) -> None:
    """Behind a large import its statistics may be of tables that were all but empty: to loop
    over what it takes for one row took minutes for 100,000 people, of whom 30,000 had moved."""
    with CaptureQueriesContext(connection) as counted:
        all_figures(DAY)
    people = next(q["sql"] for q in counted if 'FROM "talent_person"' in q["sql"])
    settings = [q["sql"] for q in counted if q["sql"].startswith("SET LOCAL")]
    with connection.cursor() as cursor:
        for one in settings:
            cursor.execute(one)
        cursor.execute(f"EXPLAIN {people}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Hash" in plan
    assert "Nested Loop" not in plan


def test_facts_must_be_declared() -> None:
    with pytest.raises(ValueError, match="T1"):
        replace(T1, where=(("nonsense",),))


def test_definitions_are_complete() -> None:
    assert set(FIXED_CODES) <= set(BY_CODE)
    assert len(BY_CODE) == len(INDICATORS)
    for indicator in INDICATORS:
        assert indicator.rule.endswith(("。", "；"))
        assert indicator.part_of == "" or BY_CODE[indicator.part_of] in HEADLINES
        assert indicator.clause
    assert [p.code for p in parts_of(BY_CODE["T5"])] == ["T5_BASE", "T5_UNVERIFIED"]
    assert definitions_version() == definitions_version()


def test_a_population_must_say_its_rows() -> None:
    with pytest.raises(NotImplementedError):
        Population().rows(DAY)
    assert Population().reasons([], DAY) == {}
    assert not condition(())


def test_reasons_fall_back_to_the_words_of_the_fact() -> None:
    build.station("520102016", "4")
    rows = list(members(BY_CODE["T7_ROOM"], DAY, "52"))
    said = ["村（社区）社工室", "当日运行"]
    assert explain(BY_CODE["T7_ROOM"], rows, DAY)[rows[0].pk] == said


# --- Divisions ---------------------------------------------------------------------------------
def _tree(day: str, *rows: tuple[str, str | None, str | None, str | None]) -> Divisions:
    level = {2: 1, 4: 2, 6: 3, 9: 4}
    made = tuple(
        (
            code, code, level[len(code)],
            {2: None, 9: code[:6]}.get(len(code), code[:-2]),
            on(start) if start else None, on(end) if end else None, successor,
        )
        for code, start, end, successor in rows
    )  # fmt: skip
    return Divisions(on(day), made)


BASE = (("52", None, None, None), ("5201", None, None, None), ("520101", None, None, None))


def test_old_codes_stand_for_their_successor_and_new_ones_for_their_origin() -> None:
    rows = (*BASE, ("520101001", None, "2022-01-01", "520101002"),
            ("520101002", "2022-01-01", None, None))  # fmt: skip
    old, new = _tree("2021-12-31", *rows), _tree("2022-01-01", *rows)
    assert (old.effective("520101001"), old.effective("520101002")) == ("520101001",) * 2
    assert (new.effective("520101001"), new.effective("520101002")) == ("520101002",) * 2
    assert new.sources("520101002") == ["520101001", "520101002"]
    assert new.parent("520101002") == "520101"
    assert (old.version, new.version) == ("规划前", "2022-01-01")


def test_without_successor_a_code_belongs_to_the_region_above() -> None:
    tree = _tree("2023-01-01", *BASE, ("520101001", None, "2022-01-01", None))
    assert tree.effective("520101001") == "520101"
    assert tree.effective("529999999") == "52"
    assert tree.effective(None) is None
    assert not tree.is_valid("529999999")
    assert tree.at_level(3, under="52") == ["520101"]
    assert tree.path(None) == ["52"]


def test_a_new_region_made_of_several_lies_in_what_they_share() -> None:
    rows = (*BASE, ("520101001", None, "2022-01-01", "520101003"),
            ("520101002", None, "2022-01-01", "520101003"),
            ("520101003", "2022-01-01", None, None))  # fmt: skip
    assert _tree("2021-01-01", *rows).effective("520101003") == "520101"


def test_an_abolished_county_takes_its_townships_along() -> None:
    rows = (*BASE, ("520102", None, "2022-01-01", "520101"),
            ("520102017", None, "2022-01-01", None))  # fmt: skip
    assert _tree("2023-01-01", *rows).effective("520102017") == "520101"


def test_origins_that_share_nothing_leave_the_nearest_region_above() -> None:
    rows = (*BASE, ("5202", None, None, None), ("520201", None, None, None),
            ("520101001", None, "2022-01-01", "520101009"),
            ("520201001", None, "2022-01-01", "520101009"),
            ("520101009", "2022-01-01", None, None))  # fmt: skip
    assert _tree("2021-01-01", *rows).effective("520101009") == "520101"
    apart = (
        *BASE,
        ("520101008", None, "2022-01-01", "520101009"),
        ("5299", None, "2022-01-01", "5201"),
        ("520101009", "2022-01-01", "2021-01-01", None),
    )
    assert _tree("2021-06-01", *apart).effective("520101009") == "520101"


def test_a_circle_of_successors_ends() -> None:
    rows = (*BASE, ("520101001", None, "2022-01-01", "520101002"),
            ("520101002", None, "2022-01-01", "520101001"))  # fmt: skip
    assert _tree("2023-01-01", *rows).effective("520101001") == "520101"


def test_the_list_of_codes_is_read_once(django_assert_num_queries: pytest.FixtureRequest) -> None:
    forget_divisions()
    with django_assert_num_queries(1):  # type: ignore[operator]
        tree = divisions_on(DAY)
        assert divisions_on(DAY) is tree
    assert (tree.name("520102"), tree.name(None), tree.level("5201")) == ("南明区", "未定位", 2)


def test_a_circle_of_what_came_later_ends() -> None:
    rows = (*BASE, ("520101008", "2021-06-01", "2021-12-01", "520101009"),
            ("520101009", "2022-01-01", "2022-02-01", "520101008"))  # fmt: skip
    assert _tree("2021-01-01", *rows).effective("520101009") == "520101"
