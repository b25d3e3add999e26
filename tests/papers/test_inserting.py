"""More rows than ruled lines: new lines come in, and everything else lies where it belongs.

What is compared is the form with its new lines taken out again.
"""

from __future__ import annotations

import datetime
import re
import time
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.papers import Fill, Refused, Table, fill
from tests.histories import examples
from tests.papers import books
from tests.papers.books import (
    FIRST,
    LAST,
    LIST,
    MAIN,
    SHEET,
    cells,
    parts,
    plain_book,
    rows_of,
    sheet_xml,
    shifted_back,
    values,
)

MORE = 20
# Lines come in before the last ruled one.
AFTER = LAST - 1
TOTAL = LAST + 1 + MORE


def people(count: int) -> list[dict[int, Any]]:
    return [
        {2: f"5201{n:014d}", 3: f"张{n}", 4: datetime.date(1990, 1, 1), 5: 2, 6: n}
        for n in range(1, count + 1)
    ]


@pytest.fixture(scope="module")
def before() -> dict[str, bytes]:
    return parts(books.form())


@pytest.fixture(scope="module")
def filled() -> Any:
    rows = people(books.RULED + MORE)
    fills = [Fill(LIST, {(2, 1): "填报单位：甲", (13, 1): "填表人：乙"})]
    return fill(books.form(), fills=fills, tables=[Table(LIST, FIRST, books.RULED, rows)])


@pytest.fixture(scope="module")
def after(filled: Any) -> dict[str, bytes]:
    return parts(filled.data)


def back(text: str) -> str:
    return shifted_back(text, AFTER, MORE)


def texts(xml: bytes) -> list[tuple[str, dict[str, str], str]]:
    return [
        (e.tag, dict(e.attrib), (e.text or "").strip()) for e in ElementTree.fromstring(xml).iter()
    ]


def restored(xml: bytes, *, is_own: bool) -> list[tuple[str, dict[str, str], str]]:
    """The addresses in a part as they were before the lines came in; in parts that are not the
    sheet's own those that name it."""

    def old(text: str) -> str:
        return back(text) if is_own or f"{LIST}!" in text else text

    return [
        (tag, {name: old(value) for name, value in attributes.items()}, old(text))
        for tag, attributes, text in texts(xml)
    ]


def test_what_is_left_alone(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    assert list(before) == list(after)
    touched = {name for name in before if before[name] != after[name]}
    assert touched == {
        "xl/workbook.xml",
        SHEET,
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/sheet3.xml",
        "xl/drawings/drawing1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/comments1.xml",
        "xl/charts/chart1.xml",
        "xl/tables/table1.xml",
        "xl/ctrlProps/ctrlProp1.xml",
    }


@pytest.mark.parametrize(
    "part",
    [
        "xl/workbook.xml",
        "xl/comments1.xml",
        "xl/charts/chart1.xml",
        "xl/tables/table1.xml",
        "xl/ctrlProps/ctrlProp1.xml",
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/sheet3.xml",
    ],
)
def test_other_parts_shifted_back(
    part: str, before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    is_own = "comments" in part or "ctrlProp" in part
    assert restored(after[part], is_own=is_own) == texts(before[part])


def test_the_sheet_shifted_back(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    """All around the rows; anchors and page breaks, which are no addresses, apart."""
    for mark, side in (("<sheetData>", 0), ("</sheetData>", 2)):
        old = before[SHEET].decode().partition(mark)[side]
        new = after[SHEET].decode().partition(mark)[side]
        new = re.sub(r'(<brk id="|:row>)(\d+)', lambda m: f"{m[1]}{int(m[2]) - MORE}", new)
        # Colours and numbers of extensions may look like addresses.
        others = re.compile(r'(?:(?<= rgb=")|(?<= uri="{)|(?<= id="{)|(?<=<x14:id>))[\w-]+')
        assert others.findall(new) == others.findall(old)
        assert back(others.sub("", new)) == others.sub("", old)


def test_cells_shifted_back(filled: Any) -> None:
    old, new = cells(books.form()), cells(filled.data)
    inserted = range(AFTER + 1, AFTER + 1 + MORE)
    kept = {at: cell for at, cell in new.items() if int(re.sub(r"\D", "", at)) not in inserted}
    assert [back(at) for at in kept] == list(old)
    for at, (style, _, formula, _) in kept.items():
        assert (style, formula and back(formula)) == (old[back(at)][0], old[back(at)][2]), at


def test_new_lines_look_like_the_ruled_ones(filled: Any) -> None:
    new = cells(filled.data)
    for row in range(AFTER + 1, AFTER + 1 + MORE):
        for letter in "ABCDEFG":
            assert new[f"{letter}{row}"][0] == new[f"{letter}{AFTER}"][0]
        assert new[f"G{row}"][2] == f"E{row}*F{row}"
    # The one that closes the frame is still the last.
    assert new[f"B{TOTAL - 1}"][0] != new[f"B{AFTER}"][0]
    heights = re.findall(r'<row r="(\d+)"[^>]* ht="24" customHeight="1"', sheet_xml(filled.data))
    assert [int(row) for row in heights] == list(range(FIRST, TOTAL))


def test_values_and_sums(filled: Any) -> None:
    found = values(filled.data, LIST)
    count = books.RULED + MORE
    lines = found[FIRST - 1 : TOTAL - 1]
    # Numbers that are printed before the lines go on.
    assert [line[0] for line in lines] == list(range(1, count + 1))
    assert [line[1:3] for line in lines] == [[p[2], p[3]] for p in people(count)]
    assert [line[6] for line in lines] == [2 * n for n in range(1, count + 1)]
    total = count * (count + 1) // 2
    assert found[TOTAL - 1][4:7] == [2 * count, total, 2 * total]
    assert found[1][8] == total
    assert found[1][0] == "填报单位：甲"
    assert found[TOTAL + 1][0] == "填表人：乙"


def test_formulas_and_names_span_the_new_lines(after: dict[str, bytes], filled: Any) -> None:
    last = TOTAL - 1
    new = cells(filled.data)
    assert new[f"F{TOTAL}"][2] == f"SUM(F{FIRST}:F{last})"
    assert new["I2"][2] == f"SUBTOTAL(9,F{FIRST}:F{last})"
    other = cells(filled.data, "xl/worksheets/sheet2.xml")
    assert other["B1"][2] == f"SUM({LIST}!F{FIRST}:F{last})"
    assert other["B2"][2] == f"{LIST}!F{TOTAL}*2"
    assert other["B3"][2] == '"名单!F5"'
    assert filled.stale == [books.SUMMARY, books.TABLE]
    names = after["xl/workbook.xml"].decode()
    assert f">{LIST}!$A$1:$J${TOTAL + 4}</definedName>" in names
    assert f">{LIST}!$3:${FIRST - 1}</definedName>" in names
    assert f">{LIST}!$F${FIRST}:$F${last}</definedName>" in names
    assert f"{LIST}!$F${FIRST}:$F${last}" in after["xl/charts/chart1.xml"].decode()
    sheet = after[SHEET].decode()
    for piece in (
        f'<autoFilter ref="A{FIRST - 1}:G{last}"/>',
        f'<mergeCell ref="A{TOTAL + 2}:G{TOTAL + 3}"/>',
        f'sqref="E{FIRST}:E{last}"',
        f'<brk id="{TOTAL}" ',
        f"<formula>COUNTIF($B${FIRST}:$B${last},B{FIRST})&gt;1</formula>",
        f"<xm:sqref>F{FIRST}:F{last}</xm:sqref>",
        f"<xm:f>名单!F{FIRST}:F{last}</xm:f>",
        f'<ignoredError sqref="B{FIRST}:B{last}"',
        f'location="名单!G{TOTAL}"',
    ):
        assert piece in sheet, piece


def rows_in_drawing(xml: bytes) -> list[list[int]]:
    anchors = re.findall(rb"<xdr:twoCellAnchor.*?</xdr:twoCellAnchor>", xml, re.S)
    return [[int(n) for n in re.findall(rb"<xdr:row>(\d+)<", anchor)] for anchor in anchors]


def test_pictures_and_boxes_lie_where_they_lay(
    before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    part = "xl/drawings/drawing1.xml"
    old, new = rows_in_drawing(before[part]), rows_in_drawing(after[part])
    assert len(old) == 4
    for (top, bottom), moved in zip(old, new, strict=True):
        first = top + MORE if top >= AFTER else top
        # The box beside the lines grows with them.
        assert moved == [first, bottom + MORE]
    assert any(top < AFTER for top, _ in old)
    rest = re.compile(rb"<xdr:row>\d+</xdr:row>")
    assert rest.sub(b"", before[part]) == rest.sub(b"", after[part])


def test_a_picture_that_keeps_its_size_keeps_it() -> None:
    drawing = "xl/drawings/drawing1.xml"
    data = books.edited(
        books.form(),
        {
            drawing: lambda x: x.replace(
                "<xdr:twoCellAnchor>", '<xdr:twoCellAnchor editAs="oneCell">'
            )
        },
    )
    filled = fill(data, fills=[], tables=[Table(LIST, FIRST, books.RULED, people(9))])
    for (top, bottom), moved in zip(
        rows_in_drawing(parts(data)[drawing]),
        rows_in_drawing(parts(filled.data)[drawing]),
        strict=True,
    ):
        down = 3 if top >= AFTER else 0
        assert moved == [top + down, bottom + down]


def test_comments_and_buttons_move_with_their_cells(
    before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    part = "xl/drawings/vmlDrawing1.vml"
    pattern = re.compile(rb"<x:Anchor>([^<]*)<.*?</x:ClientData>", re.S)
    places = [
        [
            ([int(n) for n in m[1].split(b",")], re.findall(rb"<x:Row>(\d+)<", m[0]))
            for m in pattern.finditer(xml)
        ]
        for xml in (before[part], after[part])
    ]
    downs = []
    for (old, row), (new, new_row) in zip(*places, strict=True):
        down = new[2] - old[2]
        downs.append(down)
        assert new == [*old[:2], old[2] + down, *old[3:6], old[6] + down, old[7]]
        assert [int(n) - down for n in new_row] == [int(n) for n in row]
    assert sorted(downs) == [0, MORE, MORE]
    assert b'ref="F31"' in after["xl/comments1.xml"]


def test_a_control_moves_with_its_cell(after: dict[str, bytes]) -> None:
    assert f'fmlaLink="$J${LAST + 2 + MORE}"' in after["xl/ctrlProps/ctrlProp1.xml"].decode()
    rows = re.findall(r"<xdr:row>(\d+)<", after[SHEET].decode())
    assert rows == [str(LAST + 1 + MORE), str(LAST + 2 + MORE)]


def one_line(formulas: str = "") -> bytes:
    rows = (
        '<sheetData><row r="1"><c r="A1"><v>0</v></c></row>'
        '<row r="2" ht="20"><c r="A2" s="4"/><c r="B2" s="4"/>'
        '<c r="C2" s="4"><f>SUM(A2:B2)</f><v>0</v></c></row>'
        '<row r="3"><c r="A3"><f>SUM(A2:A2)</f><v>0</v></c><c r="B3"><f>SUM(B1:B2)</f></c>'
        f'<c r="C3"><f>C2</f></c>{formulas}</row></sheetData>'
    )
    tail = (
        '<mergeCells count="1"><mergeCell ref="D2:E2"/></mergeCells>'
        '<conditionalFormatting sqref="A2"><cfRule type="expression" priority="1">'
        "<formula>A2&gt;1</formula></cfRule></conditionalFormatting>"
        '<hyperlinks><hyperlink ref="A2" location="A3"/></hyperlinks>'
        '<rowBreaks/><colBreaks count="1"><brk id="5"/></colBreaks>'
    )
    return plain_book(rows, head='<dimension ref="A1:C3"/>', tail=tail)


def test_a_form_with_one_ruled_line() -> None:
    rows = [{1: n, 2: 10 * n} for n in (1, 2, 3)]
    filled = fill(one_line(), fills=[], tables=[Table("表", 2, 1, rows)])
    found = {at: cell[2:] for at, cell in cells(filled.data).items()}
    assert found["C2"] == ("SUM(A2:B2)", "11")
    assert found["C4"] == ("SUM(A4:B4)", "33")
    assert found["A5"] == ("SUM(A2:A4)", "6")
    assert found["B5"] == ("SUM(B1:B4)", "60")
    assert found["C5"] == ("C2", "11")
    xml = sheet_xml(filled.data)
    for piece in (
        'sqref="A2:A4"',
        "<formula>A2&gt;1</formula>",
        '<mergeCell ref="D2:E2"/>',
        '<hyperlink ref="A2" location="A5"/>',
        '<dimension ref="A1:C5"/>',
        '<brk id="5"/>',
    ):
        assert piece in xml


def test_two_lists_on_a_sheet() -> None:
    lines = "".join(f'<row r="{r}"><c r="A{r}" s="4"/></row>' for r in (2, 3, 6, 7))
    end = '<row r="8"><c r="A8"><f>SUM(A2:A3)+SUM(A6:A7)</f></c></row>'
    data = plain_book(f"<sheetData>{lines}{end}</sheetData>")
    tables = [
        Table("表", 6, 2, [{1: n} for n in (10, 20, 30, 40)]),
        Table("表", 2, 2, [{1: n} for n in (1, 2, 3)]),
    ]
    filled = fill(data, fills=[Fill("表", {(5, 1): "中间"})], tables=tables)
    assert {at: (f, v) for at, (_, _, f, v) in cells(filled.data).items()} == {
        "A2": (None, "1"),
        "A3": (None, "2"),
        "A4": (None, "3"),
        "A6": (None, "中间"),
        "A7": (None, "10"),
        "A8": (None, "20"),
        "A9": (None, "30"),
        "A10": (None, "40"),
        "A11": ("SUM(A2:A4)+SUM(A7:A10)", "106"),
    }


@pytest.mark.parametrize("first", [2, 3])
def test_lists_that_lie_over_each_other(first: int) -> None:
    with pytest.raises(ValueError, match="over each other"):
        fill(one_line(), fills=[], tables=[Table("表", 2, 2, []), Table("表", first, 2, [])])


def test_a_list_without_a_ruled_line() -> None:
    """Plain lines come in where the list begins; what stood there moves down whole."""
    filled = fill(one_line(), fills=[], tables=[Table("表", 2, 0, [{1: 7}, {1: 8}])])
    found = {at: cell[2:] for at, cell in cells(filled.data).items()}
    assert (found["A2"], found["A3"]) == ((None, "7"), (None, "8"))
    assert found["C4"] == ("SUM(A4:B4)", "0")
    assert found["A5"] == ("SUM(A4:A4)", "0")


def test_more_rows_than_excel_has() -> None:
    with pytest.raises(Refused, match="行数上限"):
        fill(one_line(), fills=[], tables=[Table("表", 2, 1, [{}] * 1_048_575)])


SHARED = (
    '<row r="{r}"><c r="A{r}" s="4"/><c r="B{r}" s="4"/><c r="C{r}" s="4">{f}<v>0</v></c></row>'
)


def shared_form(text: str) -> bytes:
    """Lines 2 to 4, and line 5 below them, whose formulas share a text."""
    first = f'<f t="shared" ref="C2:C5" si="0">{text}</f>'
    other = '<f t="shared" si="0"/>'
    rows = [SHARED.format(r=r, f=first if r == 2 else other) for r in (2, 3, 4, 5)]
    return plain_book(f"<sheetData>{''.join(rows)}</sheetData>")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A2*B2", ["A2*B2", "A3*B3", "A4*B4", "A5*B5", "A6*B6", "A7*B7"]),
        ("A1+B2", ["A1+B2", "A2+B3", "A3+B4", "A4+B5", "A3+B6", "A6+B7"]),
        ("A2/A$5", ["A2/A$7", "A3/A$7", "A4/A$7", "A5/A$7", "A6/A$7", "A7/A$7"]),
    ],
)
def test_formulas_that_share_a_text(text: str, expected: list[str]) -> None:
    rows = [{1: n, 2: n} for n in range(1, 6)]
    filled = fill(shared_form(text), fills=[], tables=[Table("表", 2, 3, rows)])
    assert [expanded(filled.data)[f"C{r}"] for r in range(2, 8)] == expected


def expanded(data: bytes) -> dict[str, str]:
    """Every formula with a text of its own, as a reader would understand it."""
    masters: dict[str, tuple[int, str]] = {}
    found = {}
    for cell in ElementTree.fromstring(parts(data)[SHEET]).iter(f"{MAIN}c"):
        formula = cell.find(f"{MAIN}f")
        if formula is None:
            continue
        at, text = cell.get("r", ""), formula.text or ""
        row = int(re.sub(r"\D", "", at))
        if (group := formula.get("si")) is not None:
            if text:
                masters[group] = row, text
            first, text = masters[group]
            down = row - first
            text = re.sub(r"([A-Z])(\d+)", lambda m, down=down: f"{m[1]}{int(m[2]) + down}", text)
        found[at] = text
    return found


def test_a_shared_text_stays_shared_where_it_says_the_same() -> None:
    rows = [{1: n, 2: n} for n in range(1, 6)]
    filled = fill(shared_form("A2*B2"), fills=[], tables=[Table("表", 2, 3, rows)])
    assert rows_of(filled.data).count('t="shared"') == 4
    assert 'ref="C2:C7"' in rows_of(filled.data)


def test_a_running_total_goes_on() -> None:
    lines = "".join(
        f'<row r="{r}"><c r="A{r}" s="4"/><c r="B{r}" s="4"><f>SUM(A$2:A{r})</f></c></row>'
        for r in (2, 3, 4)
    )
    end = '<row r="5"><c r="B5"><f>B4</f></c><c r="C5"><f>ROW()-1</f><v>4</v></c></row>'
    data = plain_book(f"<sheetData>{lines}{end}</sheetData>")
    filled = fill(data, fills=[], tables=[Table("表", 2, 3, [{1: n} for n in range(1, 7)])])
    found = {at: cell[2:] for at, cell in cells(filled.data).items() if cell[2]}
    assert found == {
        "B2": ("SUM(A$2:A2)", "1"),
        "B3": ("SUM(A$2:A3)", "3"),
        "B4": ("SUM(A$2:A4)", "6"),
        "B5": ("SUM(A$2:A5)", "10"),
        "B6": ("SUM(A$2:A6)", "15"),
        "B7": ("SUM(A$2:A7)", "21"),
        "B8": ("B7", "21"),
        "C8": ("ROW()-1", "7"),
    }


def test_the_order_of_calculation_moves() -> None:
    chain = (
        '<calcChain xmlns="x"><c r="C5" i="1"/><c r="C4"/><c r="C5" i="2"/><c r="C4"/></calcChain>'
    )
    data = books.edited(shared_form("A2*B2"), {"xl/calcChain.xml": lambda _: chain})
    filled = fill(data, fills=[], tables=[Table("表", 2, 3, [{1: 1}] * 5)])
    assert parts(filled.data)["xl/calcChain.xml"].decode() == chain.replace(
        '"C5" i="1"/><c r="C4"', '"C7" i="1"/><c r="C6"'
    )


def test_links_and_pivot_tables_elsewhere() -> None:
    relations = '<Relationships><Relationship Id="a" Target="#\'表\'!A5"/></Relationships>'
    pivot = (
        '<p><worksheetSource ref="A1:C5" sheet="表"/><worksheetSource ref="A1:C5" sheet="b"/></p>'
    )
    extra = {
        "xl/drawings/_rels/drawing9.xml.rels": relations,
        "xl/pivotCache/pivotCacheDefinition1.xml": pivot,
    }
    data = books.edited(
        shared_form("A2*B2"), {name: lambda _, x=xml: x for name, xml in extra.items()}
    )
    found = parts(fill(data, fills=[], tables=[Table("表", 2, 3, [{1: 1}] * 5)]).data)
    assert "!A7" in found["xl/drawings/_rels/drawing9.xml.rels"].decode()
    assert found["xl/pivotCache/pivotCacheDefinition1.xml"].decode() == pivot.replace(
        'C5" sheet="表"', 'C7" sheet="表"'
    )


def test_drawings_of_all_kinds() -> None:
    """One with a corner and a size, one that says nothing of its place, and broken ones."""
    corner = "<from><row>{}</row></from>"
    drawing = (
        "<d><oneCellAnchor><ext/></oneCellAnchor>"
        "<twoCellAnchor><from><col>1</col></from></twoCellAnchor>"
        f"<twoCellAnchor>{corner.format(1)}<to><row>{AFTER}</row></to></twoCellAnchor>"
        f"<oneCellAnchor>{corner.format(20)}</oneCellAnchor></d>"
    )
    note = (
        "<x:ClientData ObjectType='Note'><x:Anchor>1,2</x:Anchor><x:Row>{}</x:Row></x:ClientData>"
    )
    data = books.edited(
        books.form(),
        {
            "xl/drawings/drawing1.xml": lambda _: drawing,
            "xl/drawings/vmlDrawing1.vml": lambda _: f"<xml>{note.format(12)}</xml>",
        },
    )
    found = parts(fill(data, fills=[], tables=[Table(LIST, FIRST, books.RULED, people(9))]).data)
    # A box that ends where a row begins ends with the row before.
    assert found["xl/drawings/drawing1.xml"].decode() == drawing.replace(">20<", ">23<")
    assert found["xl/drawings/vmlDrawing1.vml"].decode() == f"<xml>{note.format(15)}</xml>"


def test_rows_and_cells_that_do_not_say_where_they_are() -> None:
    rows = '<row r="2"><c r="A2"/></row><row r="3"><c r="A3"/></row><row><c><v>9</v></c></row>'
    data = plain_book(f"<sheetData>{rows}</sheetData>")
    filled = fill(data, fills=[], tables=[Table("表", 2, 2, [{1: n} for n in range(4)])])
    assert [line[0] for line in values(filled.data, "表")] == ["", 0, 1, 2, 3, 9]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (["<v>4</v>", "<v>5</v>"], ["4", "5", "6", "7"]),
        (["<v>4</v>", "<v>6</v>"], ["4", None, None, "6"]),
        (["<v>4.5</v>", "<v>5.5</v>"], ["4.5", None, None, "5.5"]),
        (["<v>4</v>", ""], ["4", None, None, None]),
        (["", "<v>5</v>"], [None, None, None, "5"]),
    ],
)
def test_printed_numbers(printed: list[str], expected: list[str | None]) -> None:
    lines = "".join(
        f'<row r="{r}"><c r="A{r}">{number}</c></row>' for r, number in enumerate(printed, 2)
    )
    rows = [{2: n} for n in range(4)]
    data = plain_book(f'<sheetData>{lines}<row r="9"/></sheetData>')
    filled = fill(data, fills=[], tables=[Table("表", 2, 2, rows), Table("表", 9, 1, [{2: 1}])])
    found = cells(filled.data)
    assert [found[f"A{r}"][3] for r in range(2, 6)] == expected


def test_printed_numbers_that_are_texts() -> None:
    lines = "".join(f'<row r="{r}"><c r="A{r}" t="str"><v>0{r}</v></c></row>' for r in (2, 3))
    data = plain_book(f"<sheetData>{lines}</sheetData>")
    filled = fill(data, fills=[], tables=[Table("表", 2, 2, [{2: n} for n in range(4)])])
    assert [line[0] for line in values(filled.data, "表")][1:] == ["02", "03", "04", "05"]


def test_locked_lines() -> None:
    lines = "".join(
        f'<row r="{r}"><c r="A{r}"><v>{r - 1}</v></c><c r="B{r}" s="3"/></row>' for r in (2, 3)
    )
    data = plain_book(f"<sheetData>{lines}</sheetData>", tail='<sheetProtection sheet="1"/>')
    filled = fill(data, fills=[], tables=[Table("表", 2, 2, [{1: "x", 2: n} for n in range(3)])])
    assert filled.filled == 3
    assert filled.locked == [("表", "A2"), ("表", "A3"), ("表", "A4")]


@settings(max_examples=examples(60, 2000), deadline=None)
@given(
    ruled=st.integers(1, 4),
    more=st.integers(1, 30),
    below=st.integers(0, 3),
    texts_of_formulas=st.lists(
        st.sampled_from(
            [
                "SUM(A2:A{last})", "A{last}", "$A$2+A{end}", "表!A{end}", "COUNT(1:{end})",
                "SUM(A:A)", "'表'!$B${end}&\"A9\"", "IF(A1>0,表!A2:B{end},[1]表!A{end})",
                "LOG10(A{end})+A1.5", "SUM(B{end}:C{end})",
            ]
        ),
        max_size=6,
    ),
)  # fmt: skip
def test_whatever_lies_around_shifted_back(
    ruled: int, more: int, below: int, texts_of_formulas: list[str]
) -> None:
    last, end = 1 + ruled, 2 + ruled + below
    lines = "".join(f'<row r="{r}"><c r="A{r}" s="4"/></row>' for r in range(2, 2 + ruled))
    made = [text.format(last=last, end=end) for text in texts_of_formulas]
    made = [text.replace("&", "&amp;").replace(">", "&gt;") for text in made]
    footer = "".join(f'<c r="{"CDEFGH"[i]}{end}"><f>{text}</f></c>' for i, text in enumerate(made))
    top = "".join(f'<c r="{"CDEFGH"[i]}1"><f>{text}</f></c>' for i, text in enumerate(made))
    xml = f'<sheetData><row r="1">{top}</row>{lines}<row r="{end}">{footer}</row></sheetData>'
    tail = f'<mergeCells><mergeCell ref="A{end}:B{end}"/></mergeCells>'
    data = plain_book(xml, tail=tail)
    rows = [{1: n} for n in range(ruled + more)]
    filled = fill(data, fills=[], tables=[Table("表", 2, ruled, rows)])
    gap = last - 1 if ruled > 1 else last
    old, new = cells(data), cells(filled.data)
    kept = {
        at: cell for at, cell in new.items() if not gap < int(re.sub(r"\D", "", at)) <= gap + more
    }
    assert [shifted_back(at, gap, more) for at in kept] == list(old)
    for at, (style, _, formula, _) in kept.items():
        was = old[shifted_back(at, gap, more)]
        # What stands in quotes and in other workbooks is no address here.
        masks = [re.sub(r'"[^"]*"|\[1\]表!A\d+', "", f or "") for f in (formula, was[2])]
        assert (style, shifted_back(masks[0], gap, more)) == (was[0], masks[1])
        assert '"A9"' in (formula or '"A9"') or "A9" not in (was[2] or "")
        if formula and "[1]" in formula:
            assert f"[1]表!A{end}" in formula
    assert f'<mergeCell ref="A{end + more}:B{end + more}"/>' in sheet_xml(filled.data)


def test_ten_thousand_people_in_seconds() -> None:
    """Four or five of the processor; twice as many where others work on it too."""
    rows = [dict.fromkeys(range(2, 22), f"文字{n}") for n in range(10_000)]
    data = books.form()
    begin = time.process_time()
    filled = fill(data, fills=[], tables=[Table(LIST, FIRST, books.RULED, rows)])
    assert time.process_time() - begin < 20
    assert len(values(filled.data, LIST)) > 10_000
