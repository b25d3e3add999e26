"""What a person sees of the rows of a sheet: struck out, hidden, merged, shown with a unit."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from core.ledgers.spreadsheets import Marks, Refused, Row, Sheet, read_sheet, rows_of
from tests.imports.ledgers import workbook
from tests.imports.malformed import HEADER, TWO, open_document, packed, parts

pytestmark = pytest.mark.usefixtures("parser_here")
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
PLAIN = Marks()


def book(fill: Callable[[Any, Any, Callable[..., Any]], None], **options: Any) -> bytes:
    """A workbook of HEADER and what `fill` writes: (book, sheet, a format by what it has)."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **options}) as made:
        sheet = made.add_worksheet("台账")
        sheet.write_row(0, 0, HEADER)
        fill(made, sheet, lambda **has: made.add_format(has))
    return buffer.getvalue()


def changed(data: bytes, part: str, *edits: tuple[str, str]) -> bytes:
    """With other XML in a part; each edit changes something."""
    members = parts(data)
    for old, new in edits:
        text = members[part].decode()
        assert re.search(old, text), old
        members[part] = re.sub(old, new, text).encode()
    return packed(members)


def read(path: Path, data: bytes, wanted: str = "") -> tuple[Sheet, dict[int, Row]]:
    path = path / "台账"
    path.write_bytes(data)
    with read_sheet(path, labels=HEADER, wanted=wanted) as sheet:
        return sheet, {row.number: row for block in sheet.blocks for row in rows_of(block)}


def test_ordinary_rows_have_nothing_to_tell(tmp_path: Path) -> None:
    sheet, rows = read(tmp_path, workbook(TWO))
    assert rows[1].marks == PLAIN
    # One for all: there are many rows.
    assert len({id(row.marks) for row in rows.values()}) == 1
    assert (sheet.hidden_columns, sheet.sheets, sheet.groups) == (
        frozenset(),
        ("Sheet1",),
        [""] * 3,
    )


class TestStruckOut:
    def test_a_row_is_when_all_it_says_is(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            struck = form(font_strikeout=True)
            sheet.write_row(1, 0, ["张三", 1, "甲"], struck)
            sheet.write_row(2, 0, ["李四", 2], struck)
            sheet.write_blank(2, 2, None, form(bold=True))
            sheet.write_row(3, 0, ["王五", 3, "丙"])

        _, rows = read(tmp_path, book(fill))
        assert [rows[n].marks.is_struck for n in (1, 2, 3, 4)] == [False, True, True, False]
        # It can still be said whom it was about.
        assert rows[2].cells == ["张三", 1, "甲"]
        assert rows[3] == Row(3, ["李四", 2, None], Marks(is_struck=True))
        assert rows[4] == Row(4, ["王五", 3, "丙"], PLAIN)

    def test_a_cell_of_another_row_is_empty(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            struck = form(font_strikeout=True)
            sheet.write_row(1, 0, ["张三", "1"])
            sheet.write_string(1, 2, "甲", struck)
            sheet.write_row(2, 0, ["李四", 2], struck)
            sheet.write_string(2, 2, "已调离")
            sheet.write_datetime(
                3,
                0,
                datetime.datetime(2024, 5, 1),
                form(font_strikeout=True, num_format="yyyy-mm-dd"),
            )
            sheet.write_row(3, 1, ["3", "丙"])

        _, rows = read(tmp_path, book(fill))
        assert rows[2] == Row(2, ["张三", "1", None], Marks(struck={2: "甲"}))
        assert rows[3] == Row(3, [None, None, "已调离"], Marks(struck={0: "李四", 1: 2}))
        assert rows[4].cells == [None, "3", "丙"]
        assert rows[4].marks.struck == {0: datetime.datetime(2024, 5, 1)}

    def test_a_number_that_counts_the_rows_keeps_none(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            struck = form(font_strikeout=True)
            for number, serial in enumerate((1, "2", "第三", 520102199003), start=1):
                sheet.write(number, 0, serial)
                sheet.write_row(number, 1, ["张三", "1"], struck)
            sheet.write(5, 0, 5)

        _, rows = read(tmp_path, book(fill))
        assert [rows[n].marks.is_struck for n in (2, 3, 4, 5, 6)] == [
            True,
            True,
            False,
            False,
            False,
        ]

    def test_what_rows_share_keeps_none_and_is_empty_where_it_is_struck(
        self, tmp_path: Path
    ) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            struck = form(font_strikeout=True)
            sheet.merge_range("A2:A4", "新华路街道")
            sheet.merge_range("C2:C4", "骨干", struck)
            for number, paint in ((1, struck), (2, None), (3, struck)):
                sheet.write_string(number, 1, f"人{number}", paint)

        # Some programs write the first cell of those that are merged, and no other.
        data = changed(book(fill), SHEET, (r'<c r="C[34]" s="\d+"/>', ""))
        _, rows = read(tmp_path, data)
        assert [rows[n].marks.is_struck for n in (2, 3, 4)] == [True, False, True]
        assert [rows[n].cells for n in (2, 3, 4)] == [
            ["新华路街道", "人1", "骨干"],
            ["新华路街道", "人2", None],
            ["新华路街道", "人3", "骨干"],
        ]
        assert rows[3].marks.struck == {2: "骨干"}

    def test_a_row_that_only_shares_is_what_its_cells_are(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            for column in range(3):
                sheet.merge_range(1, column, 2, column, f"甲{column}", form(font_strikeout=True))
            sheet.write_row(3, 0, ["张三", "1"])

        _, rows = read(tmp_path, book(fill))
        assert [rows[n].marks.is_struck for n in (2, 3, 4)] == [True, True, False]

    def test_a_part_of_a_text_drops(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            struck, bold = form(font_strikeout=True), form(bold=True)
            sheet.write_string(1, 0, "张三")
            sheet.write_rich_string(1, 1, struck, "旧单位", "、", bold, "新单位")
            sheet.write_rich_string(1, 2, bold, "只是", "粗体")
            sheet.write_rich_string(2, 0, struck, "李", struck, "四")
            sheet.write_rich_string(2, 1, struck, "甲", "、", struck, "乙")
            sheet.write_rich_string(3, 0, "王", struck, "六", "五")
            # The cell is struck out, a part in its own font is not.
            sheet.write_rich_string(3, 1, "旧", bold, "新", struck)
            sheet.write_rich_string(3, 2, bold, "都", bold, "在", struck)

        _, rows = read(tmp_path, book(fill))
        assert rows[2] == Row(2, ["张三", "新单位", "只是粗体"], Marks(struck={1: "旧单位"}))
        assert rows[3] == Row(3, ["李四", "甲、乙", None], Marks(is_struck=True))
        assert rows[4] == Row(4, ["王五", "新", "都在"], Marks(struck={0: "六", 1: "旧"}))

    def test_a_number_is_not_the_text_of_that_number(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            sheet.write_row(1, 0, range(6))
            sheet.write_rich_string(2, 0, form(font_strikeout=True), "旧", "新")

        _, rows = read(tmp_path, book(fill))
        assert rows[2] == Row(2, [*range(6)], PLAIN)
        assert rows[3].cells[0] == "新"

    def test_a_text_in_the_sheet_itself_drops_too(self, tmp_path: Path) -> None:
        run = "<r><rPr><strike{}/></rPr><t>旧_x000D_</t></r><r><t>新_x005F_x0041_</t></r>"
        spoken = '<rPh sb="0" eb="1"><t>x</t></rPh>'
        cells = "".join(
            f'<c r="{place}" t="inlineStr"><is>{run.format(on)}{spoken}</is></c>'
            for place, on in (("A4", ""), ("B4", ' val="0"'), ("C4", ' val="true"'))
        )
        data = changed(
            workbook(TWO), SHEET, ("</sheetData>", f'<row r="4">{cells}</row></sheetData>')
        )
        _, rows = read(tmp_path, data)
        assert rows[4].cells == ["新_x0041_", "旧\r新_x0041_", "新_x0041_"]
        assert rows[4].marks == Marks(struck={0: "旧\r", 2: "旧\r"})

    def test_cells_that_name_no_format_have_the_first_one(self, tmp_path: Path) -> None:
        data = changed(workbook(TWO, TWO), "xl/styles.xml", ("<font>", "<font><strike/>"))
        _, rows = read(tmp_path, data)
        assert [rows[n].marks.is_struck for n in (1, 2, 3)] == [True] * 3

    def test_elements_may_have_a_prefix_and_cells_no_reference(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            sheet.write_row(1, 0, ["张三", "1"])
            sheet.write_string(1, 2, "甲", form(font_strikeout=True))
            sheet.write_row(2, 0, ["李四", "2", "乙"])
            sheet.set_row(2, None, None, {"hidden": True})

        data = changed(
            book(fill),
            SHEET,
            (r' r="[A-Z]*\d+"', ""),
            (" xmlns=", " xmlns:x="),
            (r"<(/?)(?=\w)", r"<\1x:"),
        )
        _, rows = read(tmp_path, data)
        assert rows[2] == Row(2, ["张三", "1", None], Marks(struck={2: "甲"}))
        assert rows[3] == Row(3, ["李四", "2", "乙"], Marks(is_hidden=True))


class TestHidden:
    def test_rows_and_columns(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            for number in range(1, 5):
                sheet.write_row(number, 0, [f"人{number}", number, "甲"])
            sheet.set_row(2, None, None, {"hidden": True})
            sheet.set_column(1, 1, None, None, {"hidden": True})
            sheet.set_column(3, 16383, None, None, {"hidden": True})

        sheet, rows = read(tmp_path, book(fill))
        assert [n for n, row in rows.items() if row.marks.is_hidden] == [3]
        assert rows[3].cells == ["人2", 2, "甲"]
        assert sheet.hidden_columns == {1, *range(3, 100)}

    def test_columns_alone_cost_no_look_at_the_rows(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            sheet.write_row(1, 0, ["张三", 1, "甲"])
            sheet.set_column(2, 2, None, None, {"hidden": True})

        data = book(fill)
        assert read(tmp_path, data)[0].hidden_columns == {2}
        # The parser goes over what a reader of XML must stop at.
        broken = changed(data, SHEET, ("<v>1</v>", "<v>1&nothing;</v>"))
        assert read(tmp_path, broken)[0].hidden_columns == {2}

    def test_a_row_that_says_it_is_not(self, tmp_path: Path) -> None:
        data = changed(
            workbook(TWO),
            SHEET,
            ('<row r="2"', '<row hidden="0" r="2"'),
            ('<row r="3"', '<row hidden="true" r="3"'),
        )
        _, rows = read(tmp_path, data)
        assert [rows[n].marks.is_hidden for n in (2, 3)] == [False, True]

    def test_far_down_in_a_large_sheet(self, tmp_path: Path) -> None:
        """Where the scan looks at it piece by piece."""

        def fill(_: Any, sheet: Any, form: Any) -> None:
            for number in range(1, 20_001):
                sheet.write_row(number, 0, [f"人{number}", number, "甲"])
            sheet.set_row(19_998, None, None, {"hidden": True})

        _, rows = read(tmp_path, book(fill))
        assert [n for n, row in rows.items() if row.marks.is_hidden] == [19_999]


class TestMerged:
    def test_cells_say_with_which_rows_they_are_shared(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            for number in range(1, 5):
                sheet.write_row(number, 0, [f"人{number}", number])
            sheet.merge_range("C2:C4", 90)
            # Too wide to be a value of the rows.
            sheet.merge_range("D2:G3", "说明")
            sheet.merge_range("D4:G4", "这一行")

        _, rows = read(tmp_path, book(fill))
        wide = dict.fromkeys(range(3, 7), (2, 2))
        assert rows[2].marks == Marks(merged={2: (2, 3), **wide})
        assert rows[3].marks == Marks(merged={2: (2, 3), **wide})
        assert rows[4].marks == Marks(merged={2: (2, 3)})
        assert rows[5].marks == PLAIN
        assert [rows[n].cells[2:4] for n in (2, 3, 4)] == [[90, "说明"], [90, None], [90, "这一行"]]

    def test_beyond_the_last_row_nothing_is_shared(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            sheet.write_row(1, 0, ["张三", 1, 90])
            sheet.write_row(2, 0, ["李四", 2])
            sheet.merge_range("C2:C900", 90)

        _, rows = read(tmp_path, book(fill))
        assert {n: row.marks.merged for n, row in rows.items()} == {
            1: {},
            2: {2: (2, 2)},
            3: {2: (2, 2)},
        }

    def test_in_an_open_document(self, tmp_path: Path) -> None:
        data = open_document([HEADER, ["张三", "1", "甲"], ["李四", "2", ""]])
        cell = '<table:table-cell office:value-type="string"><text:p>甲'
        data = changed(
            data, "content.xml", (cell, cell.replace(" ", ' table:number-rows-spanned="2" ', 1))
        )
        _, rows = read(tmp_path, data)
        assert [rows[n].marks.merged for n in (1, 2, 3)] == [{}, {2: (2, 2)}, {2: (2, 2)}]

    @pytest.mark.parametrize("reference", ["A1:CV10300", "B1:XFD20000"])
    def test_more_than_can_be_told_are_a_refusal(self, reference: str, tmp_path: Path) -> None:
        merged = f'</sheetData><mergeCells><mergeCell ref="{reference}"/></mergeCells>'
        with pytest.raises(Refused, match="合并"):
            read(tmp_path, changed(workbook(TWO), SHEET, ("</sheetData>", merged)))


class TestNumberFormats:
    def test_a_number_is_what_is_seen(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            sheet.write_row(1, 0, ["甲", 45.6], form(num_format='0.0"万元"'))
            sheet.write(1, 2, 0.855, form(num_format=10))
            sheet.write(2, 1, 456000, form(num_format="0!.0,"))
            sheet.write(2, 2, True, form(num_format='0"人"'))
            sheet.write(3, 1, 45.6, form(num_format="#,##0.00"))
            day = form(num_format='yyyy"年"m"月"d"日"')
            sheet.write_datetime(3, 2, datetime.datetime(2024, 5, 1), day)

        _, rows = read(tmp_path, book(fill))
        assert rows[2].cells == ["甲", "45.6万元", "85.5%"]
        assert rows[3].cells == [None, 45.6, True]
        assert rows[4].cells == [None, 45.6, datetime.datetime(2024, 5, 1)]
        assert all(row.marks is rows[1].marks for row in rows.values())

    def test_also_in_all_rows_of_a_merged_cell_and_from_1904(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            sheet.write_row(1, 0, ["甲", 3])
            sheet.write_row(2, 0, ["乙", 4])
            sheet.merge_range("C2:C3", 45.6, form(num_format='0.0"万元"'))

        _, rows = read(tmp_path, book(fill, date_1904=True))
        assert [rows[n].cells for n in (2, 3)] == [["甲", 3, "45.6万元"], ["乙", 4, "45.6万元"]]

    def test_a_struck_number_keeps_its_unit(self, tmp_path: Path) -> None:
        def fill(_: Any, sheet: Any, form: Any) -> None:
            sheet.write_row(1, 0, ["甲", "1"])
            sheet.write(1, 2, 45.6, form(num_format='0.0"万元"', font_strikeout=True))

        _, rows = read(tmp_path, book(fill))
        assert rows[2] == Row(2, ["甲", "1", None], Marks(struck={2: "45.6万元"}))
