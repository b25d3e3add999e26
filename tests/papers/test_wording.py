"""What a heading of a statistical form says together with those around it: parts of a whole, years,
units, shares, several words in one; and what is no figure at all."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Alignment

from core.papers.making import fill_form
from tests.conftest import Cast
from tests.papers.proposals import proposed
from tests.papers.test_grids import ON as TODAY
from tests.papers.test_grids import form, staff

__all__ = ["staff"]
pytestmark = pytest.mark.django_db


def means(cast: Cast, *rows: list[Any]) -> dict[str, str]:
    return proposed(form(*rows), cast)


def below(cast: Cast, *labels: str) -> list[str]:
    """What is proposed for lines with these labels, beside 从业人数."""
    rows = [["指标", "数值"], ["从业人数"], *([label] for label in labels)]
    found = means(cast, *rows)
    return [found.get(f"B{n}", "") for n in range(3, 3 + len(labels))]


# --- Parts of a whole -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("labels", "found"),
    [
        # Right above it, or at its left.
        (["驻站社工", "其中：女", "社工站数"], ["at_station", "at_station woman", "stations"]),
        (["机构专职人员", "  党员", "    其中：女"],
         ["at_kind_4", "at_kind_4 party", "at_kind_4 party woman"]),
        # Without 其中 it goes on with what the line before began.
        (["机构专职人员", "其中：党员", "女", "社工人数"],
         ["at_kind_4", "at_kind_4 party", "at_kind_4 woman", ""]),
        (["机构专职人员", "　其中：党员", "　　　　女"],
         ["at_kind_4", "at_kind_4 party", "at_kind_4 woman"]),
        # Of what nobody knows no part is known.
        (["服务对象", "其中：女"], [None, None]),
        (["服务对象", "  女", "  社工站数"], [None, None, "stations"]),
        # What is another one of a kind is no part.
        (["一、培训基地", "  重点实训基地"], ["stations kind_5", "stations kind_6"]),
    ],
)  # fmt: skip
def test_a_line_is_a_part_of_another(
    labels: list[str], found: list[str | None], cast: Cast
) -> None:
    expected = [
        "" if one is None else one if one.startswith("stations") else f"staff {one}".strip()
        for one in found
    ]
    assert below(cast, *labels) == expected


def test_a_line_is_a_part_by_its_format(cast: Cast) -> None:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for label in ("指标", "机构专职人员", "女", "社工人数"):
        book.active.append([label, "数值" if label == "指标" else None])
    book.active["A3"].alignment = Alignment(indent=1)
    book.save(file)
    assert proposed(file.getvalue(), cast) == {
        "B2": "staff at_kind_4", "B3": "staff at_kind_4 woman", "B4": "staff",
    }  # fmt: skip


def test_a_column_is_a_part_of_one_before_it(cast: Cast) -> None:
    head = ["地区", "机构专职人员", "其中：女", "服务对象数", "其中：女", "社工人数", "其中：女"]
    assert means(cast, head, ["南明区"]) == {
        "B2": "staff at_kind_4", "C2": "staff at_kind_4 woman", "F2": "staff", "G2": "staff woman",
    }  # fmt: skip


def test_the_title_says_of_what(cast: Cast) -> None:
    assert means(
        cast, ["2025年全市民办社工机构基本情况统计表"], ["地区", "个数", "从业人员"], ["南明区"]
    ) == {"B3": "agencies", "C3": "staff at_kind_4"}
    # A title alone is no heading.
    assert means(cast, ["社工站统计表"], ["地区", "联系人", "电话"], ["南明区"]) == {}


# --- What is no figure --------------------------------------------------------------------------
def test_numbers_of_lines_and_columns_stay(cast: Cast) -> None:
    """甲 乙 1 2 below the headings, numbers below 代码, and cells that are blank in a heading."""
    assert means(
        cast, ["地区", "代码", "从业人数", "女"], ["甲", "乙", 1, 2], ["南明区", 1], ["花溪区", 2]
    ).keys() == {"C3", "D3", "C4", "D4"}
    assert means(cast, ["从业人数", "女", "男"], [1, 2, 3]) == {}
    assert means(cast, ["从业人员", None, "社工站", None], [None, "女", None, "运行"], ["南明区"]) \
        .keys().isdisjoint({"B1", "D1"})  # fmt: skip


def test_what_lies_below_the_last_line_is_none(cast: Cast) -> None:
    rows = [["社工机构情况表"], ["指标", "代码", "合计"], ["机构数", "01"], ["社工人数", "02"], []]
    assert means(cast, *rows).keys() == {"C3", "C4"}


# --- One heading ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("heading", "found"),
    [
        ("社工机构专职人员中的党员数", "staff at_kind_4 party"),
        ("取得助理社会工作师证书人数", "staff -certified_middle certified"),
        ("一、大学本科及以上学历的女社工（人）", "staff graduate woman"),
        ("3.本年新建社工站", "stations built_in_year"),
        ("高级职称、中级职称", ""),
        ("中共党员、共青团员", "staff party|league"),
        ("社工站（个）", "stations"),
        ("社工站（人）", "staff at_station"),
        ("小组活动（场次）", "services:groups"),
        ("小组活动（人次）", "services:group_attendance"),
        ("2024年末从业人数", "staff <"),
        ("截至2025年底持证人数", "staff certified"),
        ("2023年末从业人数", ""),
        ("省级福彩公益金", "money_by_source:amount from_B"),
        # Each sign has to be known.
        ("非持证社工", ""),
        ("未登记人数", ""),
        ("男女比例", ""),
        ("拟建社工站占比", "stations state_1 /"),
        ("社工满意率", ""),
    ],
)
def test_what_one_heading_says(heading: str, found: str, cast: Cast) -> None:
    assert means(cast, ["地区", "从业人数", heading], ["南明区"]).get("C2", "") == found


def test_where_things_are_counted_people_are_not_meant(cast: Cast) -> None:
    """Stations are of no field."""
    found = means(cast, ["服务领域", "社工人数", "社工站数"], ["社区矫正"], ["戒毒康复"])
    assert found == {"B2": "staff serves_12", "B3": "staff serves_13"}


# --- Shares -------------------------------------------------------------------------------------
def test_a_share_is_of_what_the_other_headings_say(cast: Cast, staff: None) -> None:
    """Of 南明区's three two have a certificate, one of them the only woman; of 花溪区's none."""
    rows = [
        ["地区", "从业人数", "持证率", "女性占比（%）", "持证人数", "占比", "完成率"],
        ["南明区"], ["花溪区"], ["云岩区"],
    ]  # fmt: skip
    made = fill_form(
        user=cast.prefecture, name="表.xlsx", data=form(*rows), region="5201", on=TODAY
    )
    sheet = openpyxl.load_workbook(io.BytesIO(made.data)).active
    assert [row[1:] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        (3, "66.7%", 33.3, 2, "66.7%", None),
        (1, "0.0%", 100, 0, "0.0%", None),
        # Nobody: no share.
        (0, None, None, 0, None, None),
    ]
    assert made.report["baseless"] == []


def test_a_share_under_a_heading_is_of_its_own_line(cast: Cast) -> None:
    found = means(cast, ["项目", "合计", "持证率"], ["女"], ["男"])
    assert found == {
        "B2": "staff woman", "C2": "staff certified woman /",
        "B3": "staff man", "C3": "staff certified man /",
    }  # fmt: skip


def test_a_cell_that_is_not_understood_is_named_and_a_formula_is_none(cast: Cast) -> None:
    """Each of its headings is known; what a share was a year ago is not said here."""
    rows = [
        ["指标", "本年", "上年", "增减"],
        ["从业人数", None, None, "=B2-C2"],
        ["本科及以上占比", None, None, "=B3-C3"],
    ]
    assert means(cast, *rows) == {"B2": "staff", "C2": "staff <", "B3": "staff graduate /"}
    made = fill_form(
        user=cast.prefecture, name="表.xlsx", data=form(*rows), region="5201", on=TODAY
    )
    told = [(one["cell"], one["heading"]) for one in made.report["unknown"]]
    assert told == [("C3", "本科及以上占比 上年")]
