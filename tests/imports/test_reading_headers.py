"""Where the header of a sheet is, what stands over and below it, and which sheets there are."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.ledgers.spreadsheets import Refused, Sheet, read_sheet
from tests.imports.ledgers import workbook
from tests.imports.malformed import open_document, packed, parts

pytestmark = pytest.mark.usefixtures("parser_here")
LABELS = [
    "序号",
    "姓名",
    "身份证号",
    "单位",
    "学历",
    "毕业院校",
    "级别",
    "取得时间",
    "联系电话",
    "备注",
]
ROWS = [["张三", "1"], ["李四", "2"], ["王五", "3"], ["赵六", "4"]]


def merged(rows: Sequence[Sequence[Any]], *places: str) -> bytes:
    """A workbook in which these cells are merged; the others keep what they say."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([cell or None for cell in row])
    for place in places:
        book.active.merge_cells(place)
    book.save(file := io.BytesIO())
    return file.getvalue()


def read(path: Path, data: bytes) -> Sheet:
    path = path / "台账"
    path.write_bytes(data)
    with read_sheet(path, labels=LABELS) as sheet:
        return sheet


def texts(rows: list[list[Any]]) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in rows]


class TestSeveralRows:
    TITLE = ["南明区花名册"]
    HEAD = (
        ["序号", "姓 名", "学历学位", "", "", "", "职业水平证书", "", "备注"],
        ["", "", "全日制教育", "", "在职教育", "", "级别", "取得时间", ""],
        ["", "", "学历", "毕业院校", "学历", "毕业院校", "", "", ""],
    )
    PLACES = ("A2:A4", "B2:B4", "C2:F2", "G2:H2", "I2:I4", "C3:D3", "E3:F3", "G3:G4", "H3:H4")
    LEAVES = ["序号", "姓 名", "学历", "毕业院校", "学历", "毕业院校", "级别", "取得时间", "备注"]
    ALL_DAY, BESIDE = "学历学位全日制教育", "学历学位在职教育"
    GROUPS = ["", "", ALL_DAY, ALL_DAY, BESIDE, BESIDE, "职业水平证书", "职业水平证书", ""]

    def test_are_one_header_as_far_as_its_cells_reach(self, tmp_path: Path) -> None:
        rows = [self.TITLE, *self.HEAD, *[["1", name] for name, _ in ROWS]]
        sheet = read(tmp_path, merged(rows, "A1:I1", *self.PLACES))
        assert (sheet.header, sheet.top[0], sheet.groups) == (3, self.LEAVES, self.GROUPS)
        assert texts(sheet.above) == [["南明区花名册", *[""] * 8]]
        assert [row[1] for row in sheet.top[1:]] == ["张三", "李四", "王五"]

    def test_the_first_of_which_may_hold_most_names(self, tmp_path: Path) -> None:
        rows = [["序号", "姓名", "身份证号", "补贴", ""], ["", "", "", "标准", "月数"], *ROWS]
        sheet = read(tmp_path, merged(rows, "A1:A2", "B1:B2", "C1:C2", "D1:E1"))
        assert (sheet.header, sheet.above) == (1, [])
        assert sheet.top[0] == ["序号", "姓名", "身份证号", "标准", "月数"]
        assert sheet.groups == ["", "", "", "补贴", "补贴"]

    def test_a_group_that_is_not_merged_stands_over_what_is_right_of_it(
        self, tmp_path: Path
    ) -> None:
        rows = [["姓名", "补贴", "", "身份证号"], ["", "标准", "月数", ""], *ROWS]
        sheet = read(tmp_path, merged(rows, "A1:A2", "D1:D2"))
        assert sheet.top[0] == ["姓名", "标准", "月数", "身份证号"]
        assert sheet.groups == ["", "补贴", "补贴", ""]

    def test_what_is_wide_and_high_is_one_title(self, tmp_path: Path) -> None:
        rows = [
            ["姓名", "", "", "", "身份证号", "证书", ""],
            ["", "", "", "", "", "级别", "备注"],
            *ROWS,
        ]
        sheet = read(tmp_path, merged(rows, "A1:D2", "E1:E2", "F1:G1"))
        assert texts([sheet.top[0]]) == [["姓名", "", "", "", "身份证号", "级别", "备注"]]
        assert sheet.groups[4:] == ["", "证书", "证书"]

    def test_data_that_is_merged_is_no_header(self, tmp_path: Path) -> None:
        rows = [["姓名", "身份证号", "单位"], ["张三", "1", "甲"], ["李四", "2", ""]]
        sheet = read(tmp_path, merged(rows, "C2:C3"))
        assert (sheet.header, sheet.groups) == (0, ["", "", ""])

    def test_what_is_merged_over_many_rows_is_no_header(self, tmp_path: Path) -> None:
        """A word beside the table, over all of it."""
        rows = [["花名册", "姓名", "身份证号"], *[["", *row] for row in (["", ""], *ROWS)]]
        sheet = read(tmp_path, merged(rows, "A1:A6", "B1:B2", "C1:C2"))
        assert (sheet.header, sheet.top[0]) == (1, ["花名册", "姓名", "身份证号"])

    def test_a_title_that_is_merged_into_the_data_makes_no_header_of_it(
        self, tmp_path: Path
    ) -> None:
        rows = [["姓名", "身份证号", "备注"], ["张三", "1", ""], ["李四", "2", ""]]
        sheet = read(tmp_path, merged(rows, "C1:C3"))
        assert (sheet.header, len(sheet.below)) == (0, 2)

    def test_empty_cells_that_are_merged_make_no_header(self, tmp_path: Path) -> None:
        rows = [["姓名", "身份证号", ""], ["张三", "1", "甲"], ["李四", "2", "乙"]]
        sheet = read(tmp_path, merged(rows, "D1:D2", "E1:E2"))
        assert (sheet.header, len(sheet.below)) == (0, 2)

    def test_merged_beyond_the_last_row(self, tmp_path: Path) -> None:
        sheet = read(tmp_path, merged([["姓名", "身份证号"]], "A1:A3"))
        assert (sheet.header, sheet.top, sheet.below) == (0, [["姓名", "身份证号"]], [])

    def test_in_an_open_document(self, tmp_path: Path) -> None:
        members = parts(open_document([["联系", "", ""], ["姓名", "身份证号", "单位"], *ROWS]))
        cell = b'<table:table-cell office:value-type="string"><text:p>'
        wide = cell.replace(b" ", b' table:number-columns-spanned="2" ', 1)
        members["content.xml"] = members["content.xml"].replace(cell, wide, 1)
        assert read(tmp_path, packed(members)).groups == ["联系", "联系", ""]


class TestOneRow:
    def test_of_two_that_follow_one_another_the_lower_heads(self, tmp_path: Path) -> None:
        names, other = ["姓名", "身份证号", "单位"], ["姓名", "身份证号", "学历"]
        assert read(tmp_path, workbook([names, other, *ROWS])).header == 1
        # Of two tables the first one.
        assert read(tmp_path, workbook([names, *ROWS, other, *ROWS])).header == 0
        # One word may be anything.
        assert read(tmp_path, workbook([["姓名"], ["单位"], *ROWS])).header == 0

    @pytest.mark.parametrize(
        ("places", "groups"),
        [
            ((), ["", "基本情况", "基本情况", "联系人", "联系人"]),
            (("B1:C1", "D1:E1"), ["", "基本情况", "基本情况", "联系人", "联系人"]),
            (("B1:C1",), ["", "基本情况", "基本情况", "联系人", "联系人"]),
            (("D1:E1",), ["", "基本情况", "基本情况", "联系人", "联系人"]),
        ],
    )
    def test_what_stands_over_it(
        self, places: Sequence[str], groups: list[str], tmp_path: Path
    ) -> None:
        rows = [["", "基本情况", "", "联系人", ""], ["序号", "姓名", "单位", "姓名", "联系电话"]]
        sheet = read(tmp_path, merged([*rows, *ROWS], *places))
        assert (sheet.header, sheet.groups) == (1, groups)
        assert [row[1] for row in sheet.above] == ["基本情况"]

    def test_a_merged_cell_stands_over_its_own_columns(self, tmp_path: Path) -> None:
        rows = [
            ["基本情况", "", "", "", "2024"],
            ["姓名", "单位", "学历", "备注", "级别", "身份证号"],
            *ROWS,
        ]
        data = merged(rows, "A1:B1")
        assert read(tmp_path, data).groups == ["基本情况", "基本情况", "", "", "2024", "2024"]

    def test_a_number_over_it_is_said_as_it_is_seen(self, tmp_path: Path) -> None:
        sheet = read(tmp_path, merged([[2024.0, 0.5], ["姓名", "身份证号"], *ROWS]))
        assert sheet.groups == ["2024", "0.5"]

    def test_in_a_text_too(self, tmp_path: Path) -> None:
        sheet = read(tmp_path, "基本情况,,联系人\n姓名,身份证号,姓名,联系电话\n张三,1\n".encode())
        assert sheet.groups == ["基本情况", "基本情况", "联系人", "联系人"]
        assert (sheet.sheets, sheet.below) == (("",), [["张三", "1"]])


class TestBelow:
    def test_are_the_last_rows_that_say_something(self, tmp_path: Path) -> None:
        rows = [
            ["姓名", "备注"],
            *[[f"人{n}", "x"] for n in range(9)],
            [],
            ["注：本表金额单位为万元。"],
            [],
        ]
        sheet = read(tmp_path, workbook(rows))
        assert [row[0] for row in sheet.below] == [
            *[f"人{n}" for n in range(2, 9)],
            "注：本表金额单位为万元。",
        ]

    def test_are_not_the_header(self, tmp_path: Path) -> None:
        sheet = read(tmp_path, workbook([["姓名", "金额（万元）"], ["甲", "1"]]))
        assert sheet.below == [["甲", "1"]]


class TestTwoBlocks:
    NAMES = ["序号", "姓名", "身份证号", "单位"]

    @pytest.mark.parametrize(
        "head",
        [
            NAMES * 2,
            [*NAMES, "", *NAMES],
            NAMES[1:] * 2,
            [*NAMES, *NAMES[1:]],
            [" 姓 名", "身份证号", "其他", "姓名", "身份证号（18位）", "其他"],
        ],
        ids=["all", "a column between", "without numbers", "numbered once", "written otherwise"],
    )
    def test_are_refused(self, head: list[str], tmp_path: Path) -> None:
        with pytest.raises(Refused) as refusal:
            read(tmp_path, workbook([["名册"], head, *ROWS]))
        assert str(refusal.value).replace(" 姓 名", "姓名") == (
            "这张表左右两栏并排（「姓名」「身份证号」等各出现两次），"
            "请把右边一栏剪切到左边一栏下面再上传。"
        )

    def test_four_are_counted(self, tmp_path: Path) -> None:
        with pytest.raises(Refused, match=r"左右 4 栏并排.*各出现 4 次.*右边各栏"):
            read(tmp_path, workbook([self.NAMES * 4, *ROWS]))

    @pytest.mark.parametrize(
        "head",
        [
            ["姓名", "身份证号", "姓名", "身份证号"],
            ["姓名", "身份证号", "单位", "姓名", "身份证号", "学历"],
            ["姓名", "身份证号", "单位", "姓名", "身份证号", "单位", "备注"],
            ["甲", "乙", "丙", "甲", "乙", "丙"],
            ["姓名", "乙", "丙", "姓名", "乙", "丙"],
            ["", "", ""] * 2,
        ],
        ids=["two titles", "another", "one more", "unknown", "one known", "nothing"],
    )
    def test_are_no_two_blocks(self, head: list[str], tmp_path: Path) -> None:
        assert texts([read(tmp_path, workbook([head, ["张三", "1"] * 4])).top[0]])[0][: len(head)]


class TestSheets:
    def test_are_those_that_are_seen_and_say_something(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        for name, rows in (
            ("人员", [["姓名", "身份证号"], *ROWS]),
            ("说明", [["请填写"]]),
            ("空", []),
        ):
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.remove(book.worksheets[0])
        book.create_sheet("旧表").append(["姓名", "身份证号"])
        book["旧表"].sheet_state = "hidden"
        book.save(file := io.BytesIO())
        sheet = read(tmp_path, file.getvalue())
        assert (sheet.name, sheet.sheets, sheet.others) == ("人员", ("人员", "说明"), ())
