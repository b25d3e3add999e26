"""Tables of targets, as people fill them in."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from core.regions.tree import forget_divisions
from core.rules import RuleError
from reports.definitions.registry import BY_CODE
from reports.definitions.talents import T1
from reports.models import Plan, Target
from reports.targets.actions import Amount, set_targets
from reports.targets.table import TargetTable, parse_amount
from tests.reports import build

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


def test_the_target_page_shows_sums_beside_the_parent(
    plan: Plan, cast: Any, client_of: Login
) -> None:
    give(cast.province, plan, {"5201": 60_000, "5202": 39_000})
    page = client_of(cast.province).get("/targets/").content.decode()
    assert "2 / 9 个地区，合计 99,000" in page
    assert "比本级目标少 1,000" in page
    assert "分解" in page
    assert "添加规划" not in client_of(cast.viewer_a).get("/targets/").content.decode()


def test_a_share_set_above_is_a_target_here_and_says_from_where(
    plan: Plan, cast: Any, client_of: Login
) -> None:
    """As the board reckons with it, until the region has a target of its own."""
    client = client_of(cast.viewer_a)

    def row(name: str) -> str:
        page = client.get("/targets/").text
        return strip_tags(page.partition(f">{name}</a>")[2].partition("</tr>")[0])

    from_above = "按上级（贵州省）目标比例"
    assert f"2025 年 95% 预期性，{from_above}" in row("乡镇（街道）社工站建成率")
    assert "黔民发〔2022〕21号" in row("乡镇（街道）社工站建成率")
    assert "未设" in row("社工人才")
    # A county has no centres: there is nothing to be reached.
    assert ">一市一中心</a>" not in client.get("/targets/").text
    share = {("T6_BUILT", "5201"): Amount(90, is_rate=True)}
    set_targets(by=cast.province, plan=plan, targets=share, year=2025, document="筑民发1号")
    assert "2025 年 90% 预期性，按上级（贵阳市）目标比例" in row("乡镇（街道）社工站建成率")
    assert f"2027 年 100% 预期性，{from_above}" in row("乡镇（街道）社工站建成率")
    give(cast.prefecture, plan, {"520102": 20}, "T6_BUILT")
    assert "2025 年 20 个 预期性2027" in row("乡镇（街道）社工站建成率")


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


def test_a_cell_that_was_not_sent_was_not_emptied(plan: Plan, cast: Any, client_of: Login) -> None:
    """A form that was cut off on its way withdraws nothing."""
    client, address = client_of(cast.prefecture), "/targets/14_5/5201/"
    client.post(address, form_of(cast.prefecture, plan, "5201", r520102_T1="55", r520111_T1="66"))
    sent = form_of(cast.prefecture, plan, "5201", r520102_T1="57")
    cut_off = {name: text for name, text in sent.items() if not name.startswith("520111-")}
    assert "已保存 1 个目标" in client.post(address, cut_off, follow=True).text
    values = Target.objects.filter(indicator="T1", region__code__startswith="5201")
    assert sorted(values.values_list("region", "value")) == [("520102", 57), ("520111", 66)]
    emptied = form_of(cast.prefecture, plan, "5201", r520111_T1="")
    client.post(address, emptied)
    assert not Target.objects.filter(indicator="T1", region="520111").exists()


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


def test_all_targets_are_a_list(plan: Plan, cast: Any, client_of: Any) -> None:
    """Of the own region and below, whatever is asked."""
    for place, year, value in (
        ("520102", 2025, 1200), ("520102", 2024, 900), ("520111", 2025, 70), ("522301", 2025, 5),
    ):  # fmt: skip
        Target.objects.create(
            plan=plan, indicator="T1", region_id=place, year=year, value=value, document="筑民发1号"
        )
    client = client_of(cast.viewer_a)
    assert f'href="/targets/all/?plan={plan.pk}"' in client.get("/targets/?plan=14_5").text

    def shown(query: str) -> list[tuple[str, int]]:
        rows = client.get(f"/targets/all/?{query}").context["page"].object_list
        return [(t.region_id, t.value) for t in rows if t.document == "筑民发1号"]

    assert shown("region=520102&sort=-value") == [("520102", 1200), ("520102", 900)]
    assert {place for place, _ in shown("")} == {"520102"}
    assert shown("region=520111") == []
    assert shown("year=2024") == [("520102", 900)]
    assert shown("indicator=T2") == []
    assert "1,200 人" in client.get("/targets/all/").text
    answer = client.post("/targets/all/export/", {"format": "csv", "filter": "year=2024"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "社工人才" in text
    assert "900 人" in text
    assert "1,200" not in text
    assert client_of(cast.worker_a).get("/targets/all/").status_code == 403


def test_all_targets_has_those_of_an_earlier_code(cast: Any, client_of: Any) -> None:
    """As the page of the plan: a region that was renamed keeps what it was given."""
    new = build.divide("520199", valid_from=datetime.date(2024, 1, 1))
    build.divide("520198", valid_to=datetime.date(2024, 1, 1), successor=new)
    forget_divisions()
    Target.objects.create(
        plan=Plan.objects.get(code="14_5"), indicator="T1", region_id="520198", year=2025,
        value=777, document="文",
    )  # fmt: skip
    assert "777" in client_of(build.reviewer("520199")).get("/targets/all/").text
    forget_divisions()
