"""What cannot be taken, what formats and formulas say, what a form looks like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.papers import Refused, SheetLayout, layout
from core.papers.addresses import Area, Gap, Shift, area_of, column_of, letters
from core.papers.formulas import moved, shifted
from core.papers.styles import Styles, is_day
from tests.imports import malformed
from tests.papers import books
from tests.papers.books import plain_book

FILES = Path(__file__).parent.parent / "imports" / "files"
SAVE_AS = "请先在 Excel 或 WPS 中另存为 .xlsx，再上传。"
MACROS = "带宏的文件不能填写，请另存为不带宏的 .xlsx。"


def with_part(name: str) -> bytes:
    return books.edited(books.blank(), {name: lambda _: "x"})


def macro_type() -> bytes:
    types = "[Content_Types].xml"
    return books.edited(
        books.blank(),
        {types: lambda x: x.replace("spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled")},
    )


def broken_sheet() -> bytes:
    return books.edited(books.blank(), {books.SHEET: lambda x: x.replace("</worksheet>", "")})


def in_gbk() -> bytes:
    return books.edited(books.blank(), {books.SHEET: lambda x: x.replace("UTF-8", "GBK")})


def sheet_of(text: str) -> bytes:
    return books.edited(books.blank(), {books.SHEET: lambda _: text})


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (lambda: (FILES / "sample.xls").read_bytes(), SAVE_AS),
        (lambda: (FILES / "sample.ods").read_bytes(), SAVE_AS),
        (lambda: "姓名,单位\n".encode(), SAVE_AS),
        (lambda: books.packed({"xl/workbook.bin": b"", "[Content_Types].xml": b""}), SAVE_AS),
        (lambda: with_part("xl/vbaProject.bin"), MACROS),
        (lambda: with_part("xl/macrosheets/sheet1.xml"), MACROS),
        (macro_type, MACROS),
        (lambda: b"", "空的"),
        (lambda: b"PK\x03\x04 no zip", "已损坏"),
        (malformed.encrypted, "打开密码"),
        (malformed.locked_member, "打开密码"),
        (malformed.bomb, "过大"),
        (malformed.external_entity, "外部引用"),
        (malformed.corrupt_checksum, "已损坏"),
        (malformed.no_relations, "已损坏"),
        (broken_sheet, "已损坏"),
        (lambda: sheet_of("<worksheet/>"), "已损坏"),
        (in_gbk, "已损坏"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken(data: Callable[[], bytes], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        layout(data())


def test_a_sheet_without_its_part() -> None:
    with pytest.raises(Refused, match="已损坏"):
        layout(malformed.no_workbook())


def test_a_text_that_is_not_there() -> None:
    cell = '<worksheet><sheetData><row r="1"><c r="A1" t="{}"><v>a</v></c></row></sheetData>'
    for kind in ("s", "n"):
        with pytest.raises(Refused, match="已损坏"):
            layout(sheet_of(f"{cell.format(kind)}</worksheet>"))


def test_two_parts_of_one_name() -> None:
    """Of which readers take the one or the other."""
    data = with_part("xl/Styles.xml").replace(b"xl/Styles.xml", b"xl/styles.xml")
    with pytest.raises(Refused, match="已损坏"):
        layout(data)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("yyyy-mm-dd", True),
        ('yyyy"年"m"月"', True),
        ("m/d", True),
        ("[$-804]aaaa", True),
        ("[DBNum1]e", True),
        ("mm", True),
        ("h:mm", False),
        ("0.00E+00", False),
        ("General", False),
        ("G/通用格式", False),
        ('0"days"', False),
        ("#,##0_d;[Red]0", False),
        ("@", False),
        ("0\\y", False),
    ],
)
def test_formats_of_days(code: str, *, expected: bool) -> None:
    assert is_day(code) is expected


def test_styles() -> None:
    styles = Styles(books.STYLES.encode())
    assert [n for n in range(9) if styles[n].is_day] == [2, 6]
    assert [n for n in range(9) if styles[n].is_text] == [1]
    assert [n for n in range(9) if not styles[n].is_locked] == [3]
    assert [n for n in range(9) if styles[n].is_ruled] == [4]


def test_letters_of_columns() -> None:
    assert [letters(n) for n in (1, 26, 27, 702, 703, 16384)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]
    assert all(column_of(letters(n)) == n for n in range(1, 16385))


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("B3", Area(3, 2, 3, 2)),
        ("$B$3:$A1", Area(1, 1, 3, 2)),
        ("B:C", Area(1, 2, 1_048_576, 3)),
        ("3:4", Area(3, 1, 4, 16_384)),
        ("3", None),
        ("B", None),
        ("XFE1", None),
        ("A1048577", None),
        ("人数", None),
    ],
)
def test_areas(text: str, area: Area | None) -> None:
    assert area_of(text) == area


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("SUM(A1:A9)", "SUM(A1:A14)"),
        ("$A$5+A$6+$A4", "$A$10+A$11+$A4"),
        ("A:A+5:6+$2:$9", "A:A+10:11+$2:$14"),
        ("'表 1'!A9+表!A9+汇总!A9", "'表 1'!A9+表!A14+汇总!A9"),
        ("'表'!A9:A10", "'表'!A14:A15"),
        ("[1]表!A9+'[b.xlsx]表'!A9", "[1]表!A9+'[b.xlsx]表'!A9"),
        ('"A9"&A9&"""A9"', '"A9"&A14&"""A9"'),
        ("LOG10(A9)+A9B+A9.x+#REF!+XFE9", "LOG10(A14)+A9B+A9.x+#REF!+XFE9"),
        ("附[[#This Row],[A9]]*A9", "附[[#This Row],[A9]]*A14"),
        ("1E9+1.5+A9%", "1E9+1.5+A14%"),
        ("A1048576", "A1048576"),
        ("表:汇总!A9", "表:汇总!A9"),
        ("A9:INDEX(A:A,9)", "A14:INDEX(A:A,9)"),
    ],
)
def test_formulas_after_rows_came_in(formula: str, expected: str) -> None:
    shift = Shift("表", [Gap(4, 5)])
    assert shifted(formula, shift, is_home=True) == expected


def test_a_formula_of_another_sheet() -> None:
    shift = Shift("表", [Gap(4, 5)])
    assert shifted("A9+表!A9", shift) == "A9+表!A14"


def test_a_quoted_name() -> None:
    assert shifted("'甲''s'!A9", Shift("甲's", [Gap(4, 5)])) == "'甲''s'!A14"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("A1+$A1+A$1+$A$1", "C4+$A4+C$1+$A$1"),
        ("A1:B2+1:2+$1:2+A:B", "C4:D5+4:5+$1:5+C:D"),
        ('"A1"&表!A1', '"A1"&表!C4'),
        ("SUM(人数)", "SUM(人数)"),
    ],
)
def test_a_copied_formula(formula: str, expected: str) -> None:
    assert moved(formula, 3, 2) == expected


def test_the_layout_of_a_form() -> None:
    found = layout(books.form())
    assert [sheet.name for sheet in found] == [books.LIST, books.SUMMARY, books.TABLE]
    sheet = found[0]
    assert not sheet.is_protected
    assert sheet.texts[1, 1] == "社会工作人才名册"
    assert sheet.texts[4, 2] == "身份证号"
    assert (5, 1) not in sheet.texts  # a number
    assert (11, 5) not in sheet.texts  # a formula
    assert Area(1, 1, 1, 7) in sheet.merges
    assert len(sheet.merges) == 4
    assert sheet.rows == 15
    assert [sheet.ruled_after(row) for row in range(1, 12)] == [0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]


def rows_layout(rows: str, tail: str = "") -> SheetLayout:
    return layout(plain_book(f"<sheetData>{rows}</sheetData>", tail=tail))[0]


def line(row: int, *cells: str) -> str:
    """Cells as "style" or "style=text"."""
    made = []
    for letter, cell in zip("ABCDEF", cells, strict=False):
        style, _, text = cell.partition("=")
        kind = "" if text.isdigit() or not text else ' t="str"'
        value = f"<v>{text}</v>" if text else ""
        made.append(f'<c r="{letter}{row}" s="{style}"{kind}>{value}</c>')
    return f'<row r="{row}">{"".join(made)}</row>'


HEAD = line(1, "0=序号", "0=姓名", "0=单位")


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ([("4", "4", "4"), ("4", "4", "4")], 2),
        ([("4=1", "4", "4"), ("4=2", "4", "4")], 2),
        ([("4=甲", "4", "4")], 0),
        ([("4", "4=5", "4")], 0),
        ([("4", "4", "4", "0=注")], 1),
        ([("4", "4", "4"), ("4", "4=合计", "4")], 1),
        # One column without borders, but like the line above.
        ([("4", "4", "4"), ("4", "4", "0"), ("4", "4", "0")], 1),
        ([("0", "0", "0"), ("0", "0", "0")], 0),
        ([("5", "5", "5"), ("5", "5", "5")], 0),
        ([], 0),
    ],
)
def test_ruled_lines(lines: list[tuple[str, ...]], count: int) -> None:
    rows = "".join(line(n, *cells) for n, cells in enumerate(lines, start=2))
    assert rows_layout(HEAD + rows).ruled_after(1) == count


def test_lines_like_the_headings_without_borders() -> None:
    head = line(1, "5=序号", "5=姓名")
    assert rows_layout(head + line(2, "5", "5") + line(3, "5", "5")).ruled_after(1) == 2


def test_headings_that_are_merged_over_two_rows() -> None:
    rows = line(1, "0=序号", "0=联系方式", "0") + line(2, "0", "0=电话", "0=地址")
    merges = '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells>'
    found = rows_layout(rows + line(3, "4", "4", "4") + line(4, "0", "4", "4"), merges)
    assert found.ruled_after(2) == 1


def test_what_a_reader_of_layouts_does_not_see() -> None:
    def write(workbook: Any) -> None:
        first, second, hidden = (workbook.add_worksheet(name) for name in ("甲", "乙", "丙"))
        first.write("A1", "可见")
        second.write_rich_string("A1", "粗", workbook.add_format({"bold": True}), "体")
        second.protect()
        hidden.hide()
        chart = workbook.add_chart({"type": "pie"})
        chart.add_series({"values": "=甲!$A$1"})
        workbook.add_chartsheet("图").set_chart(chart)

    found = layout(books.book(write))
    assert [(s.name, s.is_protected, dict(s.texts)) for s in found] == [
        ("甲", False, {(1, 1): "可见"}),
        ("乙", True, {(1, 1): "粗体"}),
    ]


def test_the_reading_of_characters_is_no_text() -> None:
    item = "<is><r><t>贵</t></r><rPh sb='0' eb='1'><t>gui</t></rPh><t>阳_x0041_&amp;</t></is>"
    rows = f'<row r="1"><c r="A1" t="inlineStr">{item}</c></row>'
    assert rows_layout(rows).texts == {(1, 1): "贵阳A&"}
