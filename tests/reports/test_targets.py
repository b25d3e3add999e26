"""Plans and targets are data; who may set them, for whom, and what they come to."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from core.rules import RuleError
from core.scoping import OutOfScope
from reports import actions, words
from reports.indicators import BY_CODE, FIXED_CODES, T1
from reports.models import Plan, Target
from reports.plans import Goals, baselines, expected_by, plan_on
from tests.reports import build
from tests.reports.build import DAY, on

pytestmark = pytest.mark.django_db
Login = Callable[[Any], Client]


@pytest.fixture
def plan() -> Plan:
    return Plan.objects.get(code="14_5")


def give(by: Any, plan: Plan, values: dict[str, int | None], **fields: Any) -> int:
    defaults = {"indicator": "T1", "year": 2025, "document": "文〔2023〕1号"}
    return actions.set_targets(by=by, plan=plan, values=values, **defaults | fields)


def test_the_plan_of_the_policy_is_loaded_once_and_again(plan: Plan) -> None:
    before = list(Target.objects.values_list("indicator", "year", "value", "is_rate"))
    call_command("load_plan", stdout=io.StringIO())
    assert list(Target.objects.values_list("indicator", "year", "value", "is_rate")) == before
    goals = Goals(plan, ["52"])
    wanted = {"T1": 100_000, "T2": 5000, "T3": 400, "T4": 7500, "T5": 100, "T8": 150}
    found = {code: goals.final(code, "52", None) for code in wanted}
    assert {code: goal.value for code, goal in found.items() if goal} == wanted
    assert plan.document == "黔民发〔2022〕21号"
    assert (plan.baseline_on, plan.document_on) == (on("2020-12-31"), on("2023-01-31"))


def test_rates_hold_below_and_round_up(plan: Plan) -> None:
    goals = Goals(plan, ["52", "520102"])
    assert [g.value for g in goals.all("T6_BUILT", "52", 1510)] == [1435, 1510]
    county = goals.final("T6_BUILT", "520102", 23)
    assert county is not None
    assert (county.value, county.rate, county.year) == (22, 95, 2025)
    assert goals.final("T7_CENTRE", "520102", 0) is None
    assert goals.final("T1", "520102", None) is None
    assert Goals(None, ["52"]).final("T1", "52", None) is None


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
    goals = Goals(plan, ["52"])
    halfway = expected_by(plan, goals.all("T1", "52", None), on("2023-07-02"))
    assert halfway == pytest.approx(50_000, abs=100)
    give(cast.province, plan, {"52": 30_000}, year=2022)
    goals = Goals(plan, ["52"])
    yearly = goals.all("T1", "52", None)
    assert expected_by(plan, yearly, on("2022-12-31")) == 30_000
    assert expected_by(plan, yearly, on("2019-01-01")) == 0
    assert expected_by(plan, yearly, on("2027-01-01")) == 100_000
    assert expected_by(plan, [], DAY) is None
    assert goals.final("T1", "52", None).value == 100_000  # type: ignore[union-attr]


def test_words_of_gap_pace_and_settlement(plan: Plan) -> None:
    goals = Goals(plan, ["52"]).all("T1", "52", None)
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
    assert words.finding(T1, []).endswith("没有下级地区")
    assert words.finding(T1, [("甲", 0)]).endswith("都还没有")
    points = [(on("2024-12-31"), 5), (DAY, 3)]
    assert words.trend_finding(T1, points).endswith("减少 2 人")
    assert words.trend_finding(T1, [points[0], (DAY, 5)]).endswith("没有变化")
    assert words.trend_finding(T1, points[:1]).endswith("还没有可比的往年数")


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
        actions.create_plan(by=cast.prefecture, code="x")
    with pytest.raises(ValidationError):
        actions.create_plan(
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


def test_a_reviewer_saves_targets_and_the_rest_is_404(
    plan: Plan, cast: Any, client_of: Login
) -> None:
    client = client_of(cast.prefecture)
    address = "/targets/14_5/T1/5201/"
    data = {"year": "2025", "document": "筑民发1号", "520102": "800", "520111": ""}
    assert "南明区" in client.get(address).content.decode()
    assert client.post(address, data).status_code == 302
    assert Target.objects.get(indicator="T1", region="520102").value == 800
    assert client.post(address, {**data, "document": ""}).status_code == 422
    assert client.post(address, {**data, "520102": "9", "year": "2050"}).status_code == 422
    for wrong in ("/targets/14_5/T1/52/", "/targets/14_5/T9/5201/", "/targets/none/T1/5201/",
                  "/targets/14_5/T1/522301/", "/targets/14_5/T1_L0/5201/"):  # fmt: skip
        assert client.get(wrong).status_code == 404
    assert client_of(cast.clerk_a).get("/targets/14_5/T1/520102/").status_code == 403


def test_the_province_adds_a_plan(cast: Any, client_of: Login) -> None:
    data = {
        "code": "15_5", "name": "“十五五”规划", "starts_on": "2026-01-01",
        "ends_on": "2030-12-31", "baseline_on": "2025-12-31", "document": "",
    }  # fmt: skip
    client = client_of(cast.province)
    assert client.get("/targets/plans/new/").status_code == 200
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
