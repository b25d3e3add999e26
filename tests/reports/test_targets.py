"""Plans and targets are data; who may set them, for whom, and what they come to."""

from __future__ import annotations

import datetime
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from core.audit.history import acting
from core.figures.verdict import percent
from core.rules import RuleError
from core.scoping import OutOfScope
from reports.board import words
from reports.definitions.registry import BY_CODE, FIXED_CODES
from reports.definitions.talents import T1
from reports.models import Plan, Settlement, Target
from reports.periods.actions import freeze_plan
from reports.plans.actions import create_plan
from reports.plans.calendar import baselines, plan_on
from reports.snapshots import actions
from reports.targets.actions import Amount, set_targets
from reports.targets.goals import Goals, expected_by
from reports.targets.table import TargetTable, parse_amount
from tests.reports import build
from tests.reports.build import DAY, on

pytestmark = pytest.mark.django_db
Login = Callable[[Any], Client]


@pytest.fixture
def plan() -> Plan:
    return Plan.objects.get(code="14_5")


def give(
    by: Any, plan: Plan, values: dict[str, int | None], indicator: str = "T1", **fields: Any
) -> int:
    targets = {(indicator, r): None if v is None else Amount(v) for r, v in values.items()}
    defaults = {"year": 2025, "document": "文〔2023〕1号"}
    return set_targets(by=by, plan=plan, targets=targets, **defaults | fields)


def test_the_plan_of_the_policy_is_loaded_once_and_again(plan: Plan) -> None:
    before = list(Target.objects.values_list("indicator", "year", "value", "is_rate"))
    call_command("load_plan", stdout=io.StringIO())
    assert list(Target.objects.values_list("indicator", "year", "value", "is_rate")) == before
    goals = Goals(plan, ["52"], day=DAY)
    wanted = {"T1": 100_000, "T2": 5000, "T3": 400, "T4": 7500, "T5": 100, "T8": 150}
    found = {code: goals.final(code, "52", None) for code in wanted}
    assert {code: goal.value for code, goal in found.items() if goal} == wanted
    assert plan.document == "黔民发〔2022〕21号"
    assert (plan.baseline_on, plan.document_on) == (on("2020-12-31"), on("2023-01-31"))


def test_rates_hold_below_and_round_up(plan: Plan) -> None:
    goals = Goals(plan, ["52", "520102"], day=DAY)
    assert [g.value for g in goals.all("T6_BUILT", "52", 1510)] == [1435, 1510]
    county = goals.final("T6_BUILT", "520102", 23)
    assert county is not None
    assert (county.value, county.rate, county.year) == (22, 95, 2025)
    assert goals.final("T7_CENTRE", "520102", 0) is None
    assert goals.final("T1", "520102", None) is None
    assert Goals(None, ["52"], day=DAY).final("T1", "52", None) is None


def test_a_plan_speaks_until_the_next_begins(plan: Plan) -> None:
    assert plan_on(on("2020-12-31")) is None
    assert baselines(on("2020-12-31")) == (on("2020-12-31"),) * 2
    assert plan_on(on("2026-06-01")) == plan
    following = Plan.objects.create(
        code="15_5", name="十五五", starts_on=on("2026-01-01"), ends_on=on("2030-12-31"),
        baseline_on=on("2025-12-31"),
    )  # fmt: skip
    assert plan_on(on("2026-06-01")) == following
    assert baselines(on("2026-06-01")) == (on("2025-12-31"),) * 2


def test_the_pace_line_runs_through_the_yearly_targets(plan: Plan, cast: Any) -> None:
    goals = Goals(plan, ["52"], day=DAY)
    halfway = expected_by(plan, goals.all("T1", "52", None), on("2023-07-02"))
    assert halfway == pytest.approx(50_000, abs=100)
    give(cast.province, plan, {"52": 30_000}, year=2022)
    goals = Goals(plan, ["52"], day=DAY)
    yearly = goals.all("T1", "52", None)
    assert expected_by(plan, yearly, on("2022-12-31")) == 30_000
    assert expected_by(plan, yearly, on("2019-01-01")) == 0
    assert expected_by(plan, yearly, on("2027-01-01")) == 100_000
    assert expected_by(plan, [], DAY) is None
    assert expected_by(plan, yearly, plan.starts_on, start=20_000) == 20_000
    assert expected_by(plan, yearly, on("2022-12-31"), start=20_000) == 30_000
    # Who begins past the target keeps it.
    assert expected_by(plan, yearly, plan.starts_on, start=40_000) == 30_000
    assert goals.final("T1", "52", None).value == 100_000  # type: ignore[union-attr]


def test_what_is_missing_is_not_rounded_away() -> None:
    shares = [percent(*of) for of in ((99_960, 100_000), (5, 5), (6, 5), (1, 3), (1, 0))]
    assert shares == ["99.9%", "100.0%", "120.0%", "33.3%", ""]


def test_words_of_gap_pace_and_settlement(plan: Plan) -> None:
    goals = Goals(plan, ["52"], day=DAY).all("T1", "52", None)
    goal = goals[0]
    assert words.gap(T1, 99_000, goal) == "还差 1,000 人"
    assert words.gap(T1, 100_500, goal) == "超出目标 500 人"
    assert words.gap(T1, 100_000, goal) == "刚好达到目标"
    assert words.gap(T1, 1, None) == ""
    assert words.settled(100_000, goal).text == "达标"
    assert words.settled(99_999, goal) == ("未达标", "wrong")
    assert words.settled(1, None).text == "未设目标"
    assert words.pace(T1, 10, plan, goals, on("2026-01-01")).text == "规划期已结束，还差 99,990 人"
    assert words.pace(T1, 100_000, plan, goals, on("2023-01-01")).text == "已达目标"
    assert words.pace(T1, 60_000, plan, goals, on("2023-07-02")).kind == "good"
    assert words.pace(T1, 40_000, plan, goals, on("2023-07-02")).text.startswith("落后进度")
    assert words.pace(T1, 1, None, [], DAY).text == ""


def test_findings_say_what_the_picture_shows() -> None:
    built = BY_CODE["T6_BUILT"]
    assert words.finding(T1, [("甲", 3), ("乙", 1)]).endswith("甲最多，3 人；乙最少，1 人")
    assert words.finding(T1, [("甲", 3), ("乙", 0)]).endswith("甲最多，3 人；1 个地区还没有")
    assert words.finding(T1, [("甲", 3), ("乙", 3)]).endswith("各地区都是 3 人")
    assert words.finding(built, [("甲", 90.5), ("乙", 50)]).endswith("乙最低，50%")
    tied = words.finding(T1, [("甲", 3), ("乙", 3), ("丙", 2), ("丁", 1), ("戊", 1)])
    assert tied.endswith("甲等 2 个地区并列最多，3 人；丁等 2 个地区并列最少，1 人")
    assert words.finding(T1, []).endswith("没有下级地区")
    assert words.finding(T1, [("甲", 0)]).endswith("都还没有")
    points = [(on("2024-12-31"), 5), (DAY, 3)]
    assert words.trend_finding(T1, points).endswith("减少 2 人")
    assert words.trend_finding(T1, [points[0], (DAY, 5)]).endswith("没有变化")
    assert words.trend_finding(T1, points[:1]).endswith("：还没有可比的往年数")
    risen = words.trend_finding(built, points, rates=["14.3%", "86.0%"])
    assert risen.endswith("由 14.3% 到 86.0%")
    again = words.trend_finding(T1, points[:1], restarted=True)
    assert again.endswith("新规划重新计算，还没有可比的往年数")


def test_the_province_breaks_a_target_down(plan: Plan, cast: Any) -> None:
    assert give(cast.province, plan, {"5201": 30_000, "5202": 9_000}) == 2
    assert give(cast.province, plan, {"5201": 30_000, "5202": None, "5203": None}) == 1
    assert give(cast.province, plan, {"5201": 31_000}) == 1
    row = Target.objects.get(indicator="T1", region="5201")
    assert (row.value, row.document) == (31_000, "文〔2023〕1号")


def test_a_prefecture_sets_targets_below_itself_only(plan: Plan, cast: Any) -> None:
    assert give(cast.prefecture, plan, {"520102": 500}) == 1
    for region in ("5201", "52", "5202", "522301"):
        with pytest.raises(OutOfScope):
            give(cast.prefecture, plan, {region: 500})


@pytest.mark.parametrize(
    "fields",
    [{"indicator": "T9"}, {"indicator": "T1_L0"}, {"document": " "}, {"year": 2019},
     {"values": {"5201": -1}}],
)  # fmt: skip
def test_what_cannot_be_a_target_is_refused(plan: Plan, cast: Any, fields: dict[str, Any]) -> None:
    values = fields.pop("values", {"5201": 1})
    with pytest.raises(RuleError):
        give(cast.province, plan, values, **fields)


def test_clerks_and_viewers_set_nothing(plan: Plan, cast: Any) -> None:
    for user in (cast.clerk_a, cast.viewer_a):
        with pytest.raises(PermissionDenied):
            give(user, plan, {"520102016": 1})
    with pytest.raises(PermissionDenied):
        create_plan(by=cast.prefecture, code="x")
    with pytest.raises(ValidationError):
        create_plan(
            by=cast.province, code="x", name="倒置", starts_on=DAY, ends_on=on("2020-01-01"),
            baseline_on=DAY,
        )  # fmt: skip


# --- Pages ------------------------------------------------------------------------------------
def test_the_target_page_shows_sums_beside_the_parent(
    plan: Plan, cast: Any, client_of: Login
) -> None:
    give(cast.province, plan, {"5201": 60_000, "5202": 39_000})
    page = client_of(cast.province).get("/targets/").content.decode()
    assert "2 / 9 个地区，合计 99,000" in page
    assert "比本级目标少 1,000" in page
    assert "分解" in page
    assert "添加规划" not in client_of(cast.viewer_a).get("/targets/").content.decode()


def form_of(user: Any, plan: Plan, place: str, **cells: str) -> dict[str, str]:
    """What the browser sends: every cell as it stands, and those that were typed over."""
    table = TargetTable(user=user, plan=plan, place=place, year=plan.ends_on.year)
    rows = [*([table.own] if table.own else []), *table.rows]
    shown = {cell.name: cell.text for row in rows for cell in row.cells}
    typed = {name.replace("_", "-", 1).removeprefix("r"): text for name, text in cells.items()}
    return {
        **shown, **typed, "year": str(plan.ends_on.year), "seen": table.seen,
        "document": "筑民发1号",
    }  # fmt: skip


def test_a_table_of_targets_is_saved_at_once(plan: Plan, cast: Any, client_of: Login) -> None:
    client, address = client_of(cast.prefecture), "/targets/14_5/5201/"
    assert "南明区" in client.get(address).content.decode()
    data = form_of(cast.prefecture, plan, "5201", r520102_T1="1,200 人", r520111_T2="３０")
    page = client.post(address, data, follow=True).content.decode()
    assert "已保存 2 个目标" in page
    assert Target.objects.get(indicator="T1", region="520102").value == 1200
    assert Target.objects.get(indicator="T2", region="520111").document == "筑民发1号"
    again = client.post(address, form_of(cast.prefecture, plan, "5201"), follow=True)
    assert "没有改动" in again.content.decode()
    for wrong in ("/targets/14_5/52/", "/targets/none/5201/", "/targets/14_5/522301/"):
        assert client.get(wrong).status_code == 404
    assert client_of(cast.clerk_a).get("/targets/14_5/520102/").status_code == 403


def test_a_table_with_a_wrong_cell_saves_nothing_and_names_it(
    plan: Plan, cast: Any, client_of: Login
) -> None:
    client, address = client_of(cast.prefecture), "/targets/14_5/5201/"
    data = form_of(cast.prefecture, plan, "5201", r520102_T1="约一千", r520111_T1="50")
    answer = client.post(address, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "南明区 社工人才：“约一千”不是数" in page
    assert 'value="约一千"' in page
    assert 'href="#520102-T1"' in page
    assert not Target.objects.filter(region__code__startswith="5201").exists()
    assert client.post(address, {**data, "520102-T1": "9", "document": ""}).status_code == 422
    assert client.post(address, {**data, "520102-T1": "9", "year": "2050"}).status_code == 422


def test_nobody_overwrites_unseen_what_another_set(plan: Plan, cast: Any, client_of: Login) -> None:
    data = form_of(cast.prefecture, plan, "5201", r520102_T1="100")
    give(cast.province, plan, {"520111": 70})
    answer = client_of(cast.prefecture).post("/targets/14_5/5201/", data)
    assert "有人改过这些目标" in answer.content.decode()
    assert Target.objects.get(indicator="T1", region="520111").value == 70
    assert not Target.objects.filter(indicator="T1", region="520102").exists()


def test_the_province_fills_88_counties_and_its_own_shares(
    plan: Plan, cast: Any, client_of: Login
) -> None:
    client = client_of(cast.province)
    give(cast.province, plan, {"5201": 900, "520102": 400, "520111": 450})
    page = client.get("/targets/14_5/52/?by=county").content.decode()
    assert page.count('name="52') == 88 * 8
    assert len(page.encode()) < 100_000
    assert "贵阳市各县之和" in page
    assert "市目标 900" in page
    data = form_of(cast.province, plan, "52", r52_T6_ACTIVE="", r52_T6_BUILT="96%", r52_T1="")
    client.post("/targets/14_5/52/", data)
    rate = Target.objects.get(indicator="T6_BUILT", region="52", year=2025)
    assert (rate.value, rate.is_rate) == (96, True)
    assert not Target.objects.filter(indicator="T1", region="52").exists()


def test_sums_stand_beside_the_target_above(plan: Plan, cast: Any) -> None:
    give(cast.province, plan, {"5201": 60_000, "5202": 41_000})
    table = TargetTable(user=cast.province, plan=plan, place="52", year=2025)
    sums = {s.indicator.code: s for s in table.sums}
    assert (sums["T1"].total, sums["T1"].difference) == (101_000, 1_000)
    assert (sums["T2"].total, sums["T2"].difference) == (0, -5_000)
    assert sums["T6_BUILT"].difference is None
    assert table.document == "文〔2023〕1号"


def test_cells_are_read_as_people_write_them() -> None:
    built = BY_CODE["T6_BUILT"]
    assert parse_amount(" 1，200 ", T1) == Amount(1200)
    assert parse_amount("９５％", built) == Amount(95, is_rate=True)
    assert parse_amount("/", T1) is None
    for text, indicator in (("95%", T1), ("120%", built), ("-5", T1), ("1.5", T1)):
        with pytest.raises(RuleError):
            parse_amount(text, indicator)


def test_the_province_adds_a_plan(cast: Any, client_of: Login) -> None:
    data = {
        "code": "15_5", "name": "“十五五”规划", "starts_on": "2026-01-01",
        "ends_on": "2030-12-31", "baseline_on": "2025-12-31", "document": "",
    }  # fmt: skip
    client = client_of(cast.province)
    page = client.get("/targets/plans/new/").content.decode()
    for filled in ("15_5", "2026-01-01", "2030-12-31", "2025-12-31"):
        assert f'value="{filled}"' in page
    assert client.post("/targets/plans/new/", {**data, "code": "14_5"}).status_code == 422
    assert client.post("/targets/plans/new/", data).status_code == 302
    assert Plan.objects.get(code="15_5").ends_on == datetime.date(2030, 12, 31)
    assert "未设" in client.get("/targets/?plan=15_5").content.decode()
    assert client_of(cast.prefecture).get("/targets/plans/new/").status_code == 403


# --- The command ------------------------------------------------------------------------------
def run(*args: str) -> str:
    out = io.StringIO()
    call_command("indicators", *args, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_fixed_codes() -> None:
    build.certificate(build.person())
    build.station("520102016")
    report = json.loads(run("--on", "2025-12-31", "--region", "52", "--json"))
    assert (report["on"], report["region"]) == ("2025-12-31", "52")
    rows = {row["code"]: row for row in report["indicators"]}
    assert tuple(rows) == FIXED_CODES
    assert set(rows["T1"]) == {"code", "name", "unit", "value", "denominator", "target"}
    assert (rows["T1"]["value"], rows["T1"]["denominator"], rows["T1"]["target"]) == (
        1,
        None,
        100000,
    )
    assert (rows["T6_BUILT"]["value"], rows["T6_BUILT"]["denominator"]) == (1, 1510)
    assert rows["T7_HUB"]["target"] == 88
    assert rows["T7_ROOM"]["target"] is None
    assert "社工人才：1人（目标 100000）" in run("--on", "2025-12-31")
    assert "1 / 1510" in run("--on", "2025-12-31")


@pytest.mark.parametrize("args", [("--on", "2025-13-01"), ("--region", "99")])
def test_the_command_says_what_is_wrong(args: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"[一-龥]"):
        run(*args)


def test_the_kind_of_a_column_is_saved_and_others_keep_theirs(
    plan: Plan, cast: Any, client_of: Login
) -> None:
    give(cast.province, plan, {"5201": 40_000, "5203": 20_000})
    address = "/targets/14_5/52/?year=2025"
    client = client_of(cast.province)
    page = client.get(address).content.decode()
    assert "约束性" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    cells = dict(re.findall(r'<input name="(\d+-\w+)" value="([^"]*)"', page))
    form = {**cells, "year": "2025", "document": "文〔2024〕2号", "seen": seen[1]}
    answer = client.post(address, form | {"kind-T1": "1", "5201-T1": "90000"})
    assert answer.status_code == 302
    kinds = dict(Target.objects.filter(indicator="T1").values_list("region", "kind"))
    assert kinds == {"52": "1", "5201": "1", "5203": "1"}
    assert Target.objects.get(indicator="T2", region="52").kind == "2"
    said = client.get(address).content.decode()
    assert "贵州省社工人才多 10,000 人" in said
    give(cast.province, plan, {"520302": 20_001})
    said = client.get(f"{address}&by=county").content.decode()
    assert "遵义市社工人才多 1 人" in said
    assert "约束性" in client.get("/targets/?plan=14_5").content.decode()
    assert client.post(address, form | {"kind-T1": "9"}).status_code == 422


def test_loading_the_file_again_keeps_what_the_province_set(plan: Plan, cast: Any) -> None:
    with acting(cast.province):
        give(cast.province, plan, {"52": 110_000})
        give(cast.province, plan, {"52": None}, "T8")
    call_command("load_plan", stdout=io.StringIO())
    assert Target.objects.get(indicator="T1", region="52").value == 110_000
    assert not Target.objects.filter(indicator="T8", region="52").exists()
    assert set(Target.objects.values_list("kind", flat=True)) == {"2"}


@pytest.mark.parametrize(("code", "restarts"), [("T1", [False] * 3), ("T3", [False, False, True])])
def test_the_trend_of_what_starts_over_begins_anew_with_a_plan(
    code: str, restarts: list[bool], plan: Plan, cast: Any, client_of: Any
) -> None:
    Plan.objects.create(
        code="15_5", name="“十五五”", starts_on=on("2026-01-01"), ends_on=on("2030-12-31"),
        baseline_on=on("2025-12-31"),
    )  # fmt: skip
    for day in ("2024-12-31", "2025-12-31", "2026-06-30"):
        actions.take_snapshot(on=on(day))
    page = client_of(cast.province).get("/dashboard/52/", {"i": code, "on": "2026-06-30"})
    assert [point.restarts for point in page.context["trend"]] == restarts
    assert ("新规划重新计算" in page.context["trend_finding"]) is restarts[-1]
    assert (">新规划<" in page.text) is restarts[-1]


def test_a_deadline_beyond_the_plan_stays_in_sight(plan: Plan, cast: Any, client_of: Any) -> None:
    """T6: 95 % by 2025, all of them by 2027."""
    for day in ("2024-06-30", "2026-06-30"):
        actions.take_snapshot(on=on(day))
        page = client_of(cast.province).get("/dashboard/52/", {"on": day})
        later = {t.indicator.code: t.later for t in page.context["tiles"] if t.later}
        assert {code: goal.year for code, goal in later.items()} == {"T6_BUILT": 2027}
        assert "2027 年目标" in page.text


def test_a_rate_has_its_share_in_trend_and_total(plan: Plan, cast: Any, client_of: Any) -> None:
    for day in ("2024-12-31", "2025-12-31"):
        actions.take_snapshot(on=on(day))
    page = client_of(cast.province).get("/dashboard/52/", {"i": "T6_BUILT", "on": "2025-12-31"})
    assert page.context["check"]["denominator"] > 1000
    assert page.context["check"]["rate"] == "0.0%"
    assert {point.rate for point in page.context["trend"]} == {"0.0%"}


def test_an_interim_number_does_not_replace_the_rate_of_the_end(plan: Plan, cast: Any) -> None:
    """南明区 set 5 townships for 2023: by 2025 it is still 95 % of 23."""
    give(cast.prefecture, plan, {"520102": 5}, "T6_BUILT", year=2023)
    goals = Goals(plan, ["520102"], day=DAY)
    final = goals.final("T6_BUILT", "520102", 23)
    assert final is not None
    assert (final.year, final.value) == (2025, 22)
    assert next(goal.year for goal in goals.all("T6_BUILT", "520102", 23)) == 2023
    give(cast.prefecture, plan, {"520102": 10}, "T1", year=2023)
    assert Goals(plan, ["520102"], day=DAY).final("T1", "520102", None) is None


def test_targets_of_what_was_signed_stay(plan: Plan, cast: Any) -> None:
    build.person()
    assert freeze_plan(by=cast.province, plan=plan, document="文〔2026〕1号")
    actions.refresh_if_stale()
    Settlement.objects.filter(frozen_at=None).update(frozen_at=timezone.now())
    with pytest.raises(RuleError, match="已冻结"):
        give(cast.prefecture, plan, {"520102": 1})
    assert give(cast.province, plan, {"52": 99}, "T6_BUILT", year=2027) >= 0


def test_a_part_that_is_none_has_no_share(plan: Plan, cast: Any, client_of: Any) -> None:
    build.person()
    build.person(post=False)
    actions.take_snapshot(on=DAY)
    page = client_of(cast.province).get("/dashboard/52/", {"on": DAY.isoformat()})
    lines = {
        line.indicator.code: line.share for tile in page.context["tiles"] for line in tile.lines
    }
    assert lines["T1_L0"] == ""
    assert lines["T6_MISSING"] == "100.0%"
    assert max(float(share.rstrip("%") or 0) for share in lines.values()) <= 100
