"""Four forms of some forty figures as offices send them: what the registry proposes for each cell.

The bar: of 40 proposals at most 8 need correcting. A cell that stays empty counts as one, unless
the registry truly has no source for it; so does a cell that must stay empty and is filled.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, NamedTuple

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from tests.conftest import Cast
from tests.papers.proposals import proposed

pytestmark = pytest.mark.django_db


class Form(NamedTuple):
    """Rows of a sheet, what is merged, cell -> what it must mean ("" where there is no source), and
    the cells that are still wrong."""

    rows: list[list[Any]]
    merges: list[str]
    means: dict[str, str]
    wrong: frozenset[str] = frozenset()


def lines(text: str) -> Iterator[list[str]]:
    """Fields that are set apart by 「|」; they keep the spaces before them."""
    for line in text.strip("\n").splitlines():
        yield [field.rstrip() for field in line.split("|")]


# --- Counties as rows, headings of two levels -------------------------------------------------
_STAFF = """
从业人员总数||staff
性别|男|staff man
性别|女|staff woman
民族|汉族|staff han
民族|少数民族|staff minority
年龄结构|35岁及以下|staff -aged_36 aged_16
年龄结构|36-45岁|staff -aged_46 aged_36
年龄结构|46-55岁|staff -aged_56 aged_46
年龄结构|56岁及以上|staff aged_56
学历结构|高中及以下|staff -college schooled
学历结构|大专|staff -graduate college
学历结构|本科|staff -postgraduate graduate
学历结构|硕士研究生|staff -doctor postgraduate
学历结构|博士研究生|staff doctor
学历结构|其中：社会工作专业|staff majored
政治面貌|中共党员（含预备党员）|staff party
政治面貌|共青团员|staff league
政治面貌|民主党派|staff democratic
政治面貌|群众|staff masses
持证情况|持证人数|staff certified
持证情况|助理社会工作师|staff -certified_middle certified
持证情况|社会工作师|staff -certified_senior certified_middle
持证情况|高级社会工作师|staff certified_senior
持证情况|持证率（%）|staff certified /
持证情况|当年新取得证书|staff newly_certified
持证情况|登记有效人数|staff registration_valid
人才类别|实务人才|staff practice
人才类别|研究人才|staff research
人才类别|管理人才|staff management
所在单位|社工机构|staff at_kind_4
所在单位|社工站|staff at_station
所在单位|城乡社区|staff at_kind_6
所在单位|事业单位|staff at_kind_7
所在单位|党政机关|staff at_kind_1|at_kind_2|at_kind_3
专业技术职称|高级|staff titled_senior
专业技术职称|中级|staff -titled_senior titled_middle
专业技术职称|初级|staff -titled_middle titled_any
从业年限|3年以下|years 3
从业年限|3-5年|years 3-5
从业年限|5-10年|years 5-10
从业年限|10年以上|years 10
"""


def staff_form(total: int) -> Form:
    """合计 in that row, above the counties or below them."""
    columns = [(upper, lower, "|".join(means)) for upper, lower, *means in lines(_STAFF)]
    width = get_column_letter(len(columns) + 3)
    uppers = [upper for upper, _, _ in columns]
    rows: list[list[Any]] = [
        ["附件1"],
        ["全市社会工作专业人才队伍建设情况统计表"],
        ["填报单位（盖章）：            统计截止时间：2025年12月31日            单位：人"],
        ["序号", "县（市、区）"],
        [None, None, *[lower or None for _, lower, _ in columns]],
        [1, "南明区"], [2, "云岩区"],
    ]  # fmt: skip
    rows[3] += [u if u not in uppers[:n] else None for n, u in enumerate(uppers)] + ["备注"]
    rows.insert(total - 1, ["合计"])
    rows.append(["填表人：            审核人：            填报日期：    年  月  日"])
    merges = [f"A2:{width}2", f"A3:{width}3", "A4:A5", "B4:B5", f"A{total}:B{total}"]
    merges += [f"{width}4:{width}5", "C4:C5", f"A9:{width}9"]
    for upper in dict.fromkeys(uppers[1:]):
        last = len(uppers) - uppers[::-1].index(upper)
        first, end = get_column_letter(uppers.index(upper) + 3), get_column_letter(last + 2)
        merges.append(f"{first}4:{end}4")
    cells = {f"{get_column_letter(n)}{total}": one[2] for n, one in enumerate(columns, start=3)}
    # How long somebody has worked is not counted yet.
    wrong = frozenset(at for at, means in cells.items() if means.startswith("years"))
    return Form(rows, merges, cells, wrong)


# --- Indicators as rows, one a part of the other ----------------------------------------------
_PLATFORMS = """
一、社会工作服务站（室、中心）|个|stations
    其中：市级社会工作指导中心|个|stations kind_1
          县级社会工作总站|个|stations kind_2
          乡镇（街道）社会工作和志愿服务站|个|stations kind_3
          村（社区）社会工作室|个|stations room
    按运行状态分：筹建|个|stations state_1
          已建成未运行|个|stations state_2
          正常运行|个|stations state_3
          停止运行|个|stations state_4
    本年新建站点|个|stations built_in_year
    委托社会工作机构运营的站点|个|stations by_agency
    易地扶贫搬迁安置点社工站|个|stations relocated
    站点使用面积|平方米|stations:area
    驻站社会工作者|人|staff at_station
      其中：女性|人|staff at_station woman
            中共党员|人|staff at_station party
            持证社会工作者|人|staff at_station certified
            大学本科及以上学历|人|staff at_station graduate
    已建站乡镇（街道）|个|townships built
    乡镇（街道）社工站覆盖率|%|townships built /
二、民办社会工作服务机构|个|agencies
    其中：省级登记|个|agencies level_1
          市（州）级登记|个|agencies level_2
          县级登记|个|agencies level_3
    本年新成立|个|agencies founded
    已建立党组织的机构|个|agencies with_branch
      其中：单独建立党组织|个|agencies own_branch with_branch
            联合建立党组织|个|agencies joint_branch with_branch
    评估等级3A及以上的机构|个|agencies rated_3/rated_4/rated_5
    具有公益性捐赠税前扣除资格的机构|个|agencies deductible_then
    机构专职人员|人|staff at_kind_4
      其中：中共党员|人|staff at_kind_4 party
            助理社会工作师|人|staff -certified_middle at_kind_4 certified
            社会工作师|人|staff -certified_senior at_kind_4 certified_middle
            35岁及以下|人|staff -aged_36 aged_16 at_kind_4
三、社会工作行业协会|个|
四、社会工作人才培训基地|个|stations kind_5
    重点实训基地|个|stations kind_6
五、社会工作观察室（实践站）|个|stations kind_7
六、社会工作项目服务点|个|stations kind_9
七、行业部门自建社工站|个|stations kind_8
八、社会工作专业实习实践基地|个|
"""


def platform_form() -> Form:
    found = list(lines(_PLATFORMS))
    rows: list[list[Any]] = [
        ["社会工作服务平台情况表"],
        ["综合机关名称：            2025年度            表    号：民社工2表"],
        ["指标名称", "计量单位", "代码", "数值"],
        ["甲", "乙", "丙", 1],
        *[[label, unit, f"{n:02}"] for n, (label, unit, _) in enumerate(found, start=1)],
        ["单位负责人：      统计负责人：      填表人：      报出日期：20  年  月  日"],
    ]
    means = {f"D{n}": one[2].replace("/r", "|r") for n, one in enumerate(found, start=5)}
    return Form(rows, ["A1:D1", "A2:D2"], means)


# --- Projects and money: two tables on a sheet ------------------------------------------------
_MONEY = """
项目数（个）|money
资金总额|money:amount
其中：财政性资金|money_by_source:amount fiscal
      福利彩票公益金|money_by_source:amount lottery
      社会捐赠|money_by_source:amount donated
      其他资金|money_by_source:amount -fiscal -lottery
已拨付资金|payments:amount
"""
_PARTS = """
按采购方式分|公开招标|by_1
按采购方式分|竞争性磋商|by_4
按采购方式分|单一来源采购|by_5
按采购方式分|询价及其他方式|by_other
按服务领域分|养老服务|in_02
按服务领域分|儿童福利和未成年人保护|in_03
按服务领域分|社会救助|in_05
按服务领域分|社区矫正|in_12
按服务领域分|禁毒戒毒|in_13
按项目阶段分|已签约|at_40
按项目阶段分|正在实施|at_50/at_60
按项目阶段分|已结项|at_80
"""


def money_form() -> Form:
    wholes, parts = list(lines(_MONEY)), list(lines(_PARTS))
    groups = [group for group, _, _ in parts]
    rows: list[list[Any]] = [
        ["政府购买社会工作服务资金情况表"],
        ["填报单位：", None, None, None, None, "金额单位：万元"],
        ["项目", "代码", "上年", "本年", "增长率（%）", "备注"],
        *[[label, n] for n, (label, _) in enumerate(wholes, start=1)],
        [],
        ["类别", None, "项目个数（个）", "合同金额（万元）", "本年拨付（万元）"],
        *[[g if g not in groups[:n] else None, part] for n, (g, part, _) in enumerate(parts)],
        ["说明：本表统计2025年1月1日至12月31日各级签订的项目。"],
    ]
    means = {
        f"{column}{n}": what + sign
        for n, (_, what) in enumerate(wholes, start=4)
        for column, sign in (("C", " <"), ("D", ""), ("E", " %"))
    }
    means |= {
        f"{column}{n}": f"{what} {fact.replace('/', '|')}"
        for n, (_, _, fact) in enumerate(parts, start=13)
        for column, what in (("C", "money"), ("D", "money:amount"), ("E", "payments:amount"))
    }
    # The codes of the lines are no figures.
    means |= {f"B{n}": "" for n in range(4, 11)}
    merges = ["A1:F1", "A12:B12", "A13:A16", "A17:A21", "A22:A24"]
    return Form(rows, merges, means, frozenset({"C16", "D16", "E16"}))


# --- Parts with headings of their own, pairs, units beside the lines ----------------------------
_YEAR = """
一、岗位设置情况
岗位类别|设置岗位数（个）|在岗人数（人）|空缺岗位数（个）
合计|=stations:capacity|=staff|=
站长（主任）|=|=staff post_1|=
督导|=|=staff post_2|=
一线社工|=|=staff post_3|=
二、职业资格证书情况
证书等级|持证人数|||登记有效人数|本年新取得
|小计|男|女
助理社会工作师|=1|=1 man|=1 woman|=1 registration_valid|=1 newly_certified
社会工作师|=2|=2 man|=2 woman|=2 registration_valid|=2 newly_certified
高级社会工作师|=3|=3 man|=3 woman|=3 registration_valid|=3 newly_certified
合计|=staff certified|=staff certified man|=staff certified woman|=staff registration_valid|=staff newly_certified
三、继续教育和督导情况
继续教育培训班次（期）||=|参加继续教育人数（人）||=
参训人次（人次）||=|继续教育学时（学时）||=
督导人员数（人）||=staff post_2|接受督导人数（人）||=
四、社会工作专业毕业生情况
指标|合计|专科|本科|硕士|博士
本年毕业生数（人）|=graduates:graduates|=graduates:graduates level_31|=graduates:graduates level_21|=graduates:graduates level_14|=graduates:graduates level_11
其中：留黔就业（人）|=graduates:stayed|=graduates:stayed level_31|=graduates:stayed level_21|=graduates:stayed level_14|=graduates:stayed level_11
五、服务开展情况
服务内容|计量单位|本年完成量
个案服务|个|=services:cases_new
其中：已结案|个|=services:cases_closed
小组服务|场次|=services:groups
小组服务|人次|=services:group_attendance
社区活动|场次|=services:activities
社区活动|人次|=services:activity_attendance
走访探访|户次|=services:visits
链接资源折价|万元|=services:resources
志愿服务时长|小时|=services:volunteer_hours
"""  # noqa: E501
_LEVELS = {
    "1": ["-certified_middle", "certified"],
    "2": ["-certified_senior", "certified_middle"],
    "3": ["certified_senior"],
}


def year_form() -> Form:
    rows: list[list[Any]] = [
        ["2025年社会工作人才年度统计表"],
        ["填报单位（公章）：", None, None, None, None, "截止日期：2025-12-31"],
    ]
    means = {}
    for number, fields in enumerate(lines(_YEAR), start=3):
        for column, field in zip("ABCDEF", fields, strict=False):
            if field.startswith("="):
                means[f"{column}{number}"] = _of_level(field[1:])
        rows.append([None if not f or f.startswith("=") else f for f in fields])
    sections = [n for n, row in enumerate(rows, start=1) if str(row[0])[1:2] == "、"]
    merges = [f"A{n}:G{n}" for n in (1, *sections)]
    merges += ["A10:A11", "B10:D10", "E10:E11", "F10:F11"]
    merges += [f"{pair.format(n)}" for n in (17, 18, 19) for pair in ("A{0}:B{0}", "D{0}:E{0}")]
    return Form(rows, merges, means)


def _of_level(means: str) -> str:
    """「1 man」: men whose highest certificate is of that level."""
    level, *more = means.split() or [""]
    return " ".join(["staff", *sorted([*_LEVELS[level], *more])]) if level in _LEVELS else means


FORMS = {
    "人才队伍，合计在上": lambda: staff_form(6),
    "人才队伍，合计在下": lambda: staff_form(8),
    "服务平台": platform_form,
    "购买服务资金": money_form,
    "年报": year_form,
}


def _row(at: str) -> str:
    return at.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@pytest.mark.parametrize("name", FORMS)
def test_of_forty_proposals_few_need_correcting(name: str, cast: Cast) -> None:
    form = FORMS[name]()
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in form.rows:
        book.active.append(row)
    for area in form.merges:
        book.active.merge_cells(area)
    book.save(file)
    found = proposed(file.getvalue(), cast)
    rows = set(map(_row, form.means))
    asked = {at: "" for at in found if _row(at) in rows} | form.means
    wrong = {at: found.get(at, "") for at, means in asked.items() if found.get(at, "") != means}
    assert {at: (asked[at], one) for at, one in wrong.items() if at not in form.wrong} == {}
    assert form.wrong <= wrong.keys()
    assert len(wrong) * 40 <= 8 * sum(means != "" for means in form.means.values())
