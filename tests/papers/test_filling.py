"""A form filled without new rows: all else is byte for byte as it came."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.papers import Fill, Refused, Table, fill
from core.papers.cells import Value
from tests.histories import examples
from tests.papers import books
from tests.papers.books import LIST, SHEET, cells, parts, plain_book, rows_of, sheet_xml

SAMPLES = sorted((Path(__file__).parent.parent / "samples").glob("*.xlsx"))


def fill_one(data: bytes, values: dict[tuple[int, int], Value], sheet: str = "表") -> Any:
    return fill(data, fills=[Fill(sheet, values)])


def written(style: int, value: Value, **options: Any) -> str:
    """The cell B2 of a style once a value is in it."""
    data = plain_book(f'<sheetData><row r="2"><c r="B2" s="{style}"/></row></sheetData>', **options)
    filled = fill_one(data, {(2, 2): value})
    return rows_of(filled.data).removeprefix('<row r="2">').removesuffix("</row>")


def test_only_the_filled_sheet_changes() -> None:
    data = books.form()
    rows = [{2: "520102199003071234", 3: f"张{n}", 5: 2, 6: n} for n in (1, 2, 3)]
    filled = fill(
        data, fills=[Fill(LIST, {(2, 1): "填报单位：甲"})], tables=[Table(LIST, 5, 6, rows)]
    )
    before, after = parts(data), parts(filled.data)
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == [SHEET]
    assert filled.filled == 13
    for mark, side in ((b"<sheetData>", 0), (b"</sheetData>", 2)):
        assert before[SHEET].partition(mark)[side] == after[SHEET].partition(mark)[side]


def test_only_filled_cells_and_values_of_formulas_change() -> None:
    data = books.form()
    filled = fill(data, fills=[], tables=[Table(LIST, 5, 6, [{5: 2, 6: 7}, {6: 3}])])
    old, new = cells(data), cells(filled.data)
    assert list(old) == list(new)
    changed = {at: new[at][1:] for at in old if old[at] != new[at]}
    assert changed == {
        "E5": (None, None, "2"),
        "F5": (None, None, "7"),
        "F6": (None, None, "3"),
        "G5": (None, "E5*F5", "14"),
        "E11": (None, "SUM(E5:E10)", "2"),
        "F11": (None, "SUM(F5:F10)", "10"),
        "G11": (None, "SUM(G5:G10)", "14"),
        "H11": (None, "IF(F11>0,G11/F11,0)", None),
        "I2": (None, "SUBTOTAL(9,F5:F10)", "10"),
    }
    assert all(old[at][0] == new[at][0] for at in old)


def test_an_other_reader_finds_the_values() -> None:
    rows = [{2: "=1+1", 3: "甲 & <乙>", 4: datetime.date(1990, 3, 7), 5: 1.5, 6: 4}]
    filled = fill(books.form(), fills=[], tables=[Table(LIST, 5, 6, rows)])
    found = books.values(filled.data, LIST)
    assert found[4][:7] == [1, "=1+1", "甲 & <乙>", datetime.date(1990, 3, 7), 1.5, 4, 6]
    assert found[5][:6] == [2, "", "", "", "", ""]
    assert found[10][4:7] == [1.5, 4, 6]


@pytest.mark.parametrize(
    ("style", "value", "cell"),
    [
        (0, "文字", '<c r="B2" s="0" t="inlineStr"><is><t>文字</t></is></c>'),
        (0, 3, '<c r="B2" s="0"><v>3</v></c>'),
        (0, 3.0, '<c r="B2" s="0"><v>3</v></c>'),
        (5, Decimal("0.250"), '<c r="B2" s="5"><v>0.250</v></c>'),
        (0, Decimal("1E+3"), '<c r="B2" s="0"><v>1000</v></c>'),
        (0, 10**17, '<c r="B2" s="0" t="inlineStr"><is><t>100000000000000000</t></is></c>'),
        (1, 3.0, '<c r="B2" s="1" t="inlineStr"><is><t>3</t></is></c>'),
        (0, "=1+1", '<c r="B2" s="0" t="inlineStr"><is><t>=1+1</t></is></c>'),
        (0, "<&\"'>", '<c r="B2" s="0" t="inlineStr"><is><t>&lt;&amp;&quot;\'&gt;</t></is></c>'),
        (0, " a\n", '<c r="B2" s="0" t="inlineStr"><is><t xml:space="preserve"> a\n</t></is></c>'),
        (0, "_x0041_", '<c r="B2" s="0" t="inlineStr"><is><t>_x005F_x0041_</t></is></c>'),
        (0, "a\x00b", '<c r="B2" s="0" t="inlineStr"><is><t>ab</t></is></c>'),
        (0, "", '<c r="B2" s="0"/>'),
        (0, None, '<c r="B2" s="0"/>'),
        (2, datetime.date(2025, 6, 30), '<c r="B2" s="2"><v>45838</v></c>'),
        (6, datetime.date(1900, 2, 28), '<c r="B2" s="6"><v>59</v></c>'),
        (6, datetime.date(1900, 3, 1), '<c r="B2" s="6"><v>61</v></c>'),
        (
            6,
            datetime.date(1899, 1, 1),
            '<c r="B2" s="6" t="inlineStr"><is><t>1899-01-01</t></is></c>',
        ),
        (
            0,
            datetime.date(2025, 6, 30),
            '<c r="B2" s="0" t="inlineStr"><is><t>2025-06-30</t></is></c>',
        ),
        (
            1,
            datetime.date(2025, 6, 30),
            '<c r="B2" s="1" t="inlineStr"><is><t>2025-06-30</t></is></c>',
        ),
    ],
)
def test_what_is_written(style: int, value: Value, cell: str) -> None:
    assert written(style, value) == cell


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_is_not_written(value: float) -> None:
    with pytest.raises(ValueError, match=r"nan|inf|NaN"):
        written(0, value)


def test_days_of_a_workbook_that_counts_from_1904() -> None:
    data = plain_book('<sheetData><row r="1"><c r="A1" s="2"/><c r="B1" s="2"/></row></sheetData>')
    data = books.edited(
        data,
        {"xl/workbook.xml": lambda x: x.replace("<workbookPr ", '<workbookPr date1904="1" ')},
    )
    days = {(1, 1): datetime.date(1904, 1, 2), (1, 2): datetime.date(1903, 1, 1)}
    filled = fill_one(data, days)
    assert [cell[3] for cell in cells(filled.data).values()] == ["1", "1903-01-01"]


@pytest.mark.parametrize(
    ("before", "at", "after"),
    [
        ("<sheetData/>", (2, 2), '<sheetData><row r="2"><c r="B2"><v>7</v></c></row></sheetData>'),
        (
            '<sheetData><row r="1"/>\n<row r="4"/></sheetData>',
            (2, 2),
            (
                '<sheetData><row r="1"/>\n<row r="2"><c r="B2"><v>7</v></c></row>'
                '<row r="4"/></sheetData>'
            ),
        ),
        (
            '<sheetData><row r="2" ht="30" /></sheetData>',
            (2, 2),
            '<sheetData><row r="2" ht="30" ><c r="B2"><v>7</v></c></row></sheetData>',
        ),
        (
            (
                '<sheetData><row r="2" s="5" customFormat="1" spans="1:3">'
                '<c r="A2"/> <c r="F2"/></row></sheetData>'
            ),
            (2, 5),
            (
                '<sheetData><row r="2" s="5" customFormat="1" spans="1:5">'
                '<c r="A2"/> <c r="E2" s="5"><v>7</v></c><c r="F2"/></row></sheetData>'
            ),
        ),
        (
            "<sheetData><row><c><v>1</v></c><c><v>2</v></c></row></sheetData>",
            (1, 2),
            "<sheetData><row><c><v>1</v></c><c><v>7</v></c></row></sheetData>",
        ),
        (
            (
                "<sheetData><row r='2'><c r='B2' t='s' s='4'><v>0</v></c></row><!--<row r=\"2\">-->"
                "</sheetData>"
            ),
            (2, 2),
            (
                "<sheetData><row r='2'><c r='B2' s='4'><v>7</v></c></row><!--<row r=\"2\">-->"
                "</sheetData>"
            ),
        ),
    ],
)
def test_cells_where_there_are_none(before: str, at: tuple[int, int], after: str) -> None:
    filled = fill_one(plain_book(before), {at: 7})
    assert after in sheet_xml(filled.data)


def test_a_new_cell_has_the_style_of_its_column() -> None:
    cols = '<cols><col min="1" max="1" width="9"/><col min="2" max="3" style="2"/></cols>'
    data = plain_book('<sheetData><row r="1"/></sheetData>', head=cols)
    filled = fill_one(data, {(1, 3): datetime.date(2025, 1, 1), (2, 4): 1})
    assert cells(filled.data) == {
        "C1": ("2", None, None, "45658"),
        "D2": (None, None, None, "1"),
    }


def test_the_extent_of_the_sheet_follows() -> None:
    rows = '<sheetData><row r="2"><c r="B2"/></row></sheetData>'
    data = plain_book(rows, head='<dimension ref="B2"/>')
    assert '<dimension ref="B2:D9"/>' in sheet_xml(fill_one(data, {(9, 4): 1}).data)
    assert '<dimension ref="B2"/>' in sheet_xml(fill_one(data, {(2, 2): 1}).data)


def test_an_extent_that_is_none_stays() -> None:
    data = plain_book("<sheetData/>", head='<dimension ref=""/>')
    assert '<dimension ref=""/>' in sheet_xml(fill_one(data, {(9, 4): 1}).data)


def test_a_workbook_without_styles() -> None:
    part = "xl/_rels/workbook.xml.rels"
    data = books.edited(
        plain_book("<sheetData/>"),
        {part: lambda x: re.sub(r'<Relationship [^>]*styles.xml"/>', "", x)},
    )
    found = cells(fill_one(data, {(1, 1): datetime.date(2025, 1, 2)}).data)
    assert found["A1"][3] == "2025-01-02"


def test_prefixes_stay() -> None:
    rows = '<x:sheetData><x:row r="1"><x:c r="A1"/></x:row></x:sheetData>'
    data = plain_book(rows, head='<x:dimension ref="A1"/>', prefix="x")
    xml = sheet_xml(fill_one(data, {(1, 1): "甲", (1, 2): 2}).data)
    assert '<x:c r="A1" t="inlineStr"><x:is><x:t>甲</x:t></x:is></x:c>' in xml
    assert '<x:c r="B1"><x:v>2</x:v></x:c></x:row>' in xml


def test_only_unlocked_cells_of_a_protected_sheet() -> None:
    rows = '<sheetData><row r="5"><c r="D5"/><c r="E5" s="3"/></row></sheetData>'
    protected = plain_book(rows, tail='<sheetProtection sheet="1" objects="1"/>')
    filled = fill_one(protected, {(5, 4): 1, (5, 5): 2, (6, 1): 3})
    assert (filled.filled, filled.locked) == (1, [("表", "D5"), ("表", "A6")])
    assert [cell[3] for cell in cells(filled.data).values()] == [None, "2"]
    open_again = plain_book(rows, tail='<sheetProtection sheet="0"/>')
    assert fill_one(open_again, {(5, 4): 1}).locked == []


def test_a_formula_of_the_form_stays() -> None:
    rows = '<sheetData><row r="1"><c r="A1"><f>B1+1</f><v>1</v></c></row></sheetData>'
    filled = fill_one(plain_book(rows), {(1, 1): 99, (1, 2): 4})
    assert (filled.filled, filled.computed) == (1, [("表", "A1")])
    assert cells(filled.data)["A1"] == (None, None, "B1+1", "5")


def test_nothing_to_write_changes_nothing() -> None:
    data = books.form()
    filled = fill(data, fills=[Fill(LIST, {(5, 2): None})], tables=[Table(LIST, 5, 6, [])])
    assert parts(filled.data) == parts(data)


def test_what_cannot_be_filled() -> None:
    with pytest.raises(Refused, match="没有名为「名册」的工作表"):
        fill_one(books.blank(), {(1, 1): 1}, sheet="名册")
    with pytest.raises(Refused, match="空的"):
        fill_one(b"", {(1, 1): 1})
    broken = books.edited(books.blank(), {SHEET: lambda x: x.replace("</worksheet>", "")})
    with pytest.raises(Refused, match="已损坏"):
        fill_one(broken, {(1, 1): 1})


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_real_workbooks(sample: Path) -> None:
    data = sample.read_bytes()
    name = re.search(r'<sheet name="([^"]*)"', parts(data)["xl/workbook.xml"].decode())
    assert name
    filled = fill_one(data, {(3, 2): "新", (300, 30): 5}, sheet=name[1])
    before, after = parts(data), parts(filled.data)
    assert [part for part in before if before[part] != after[part]] == [SHEET]
    old, new = cells(data), cells(filled.data)
    assert {at for at in new if old.get(at) != new[at]} == {"B3", "AD300"}
    assert books.values(filled.data, name[1])[299][29] == 5


ROWS = st.dictionaries(
    st.integers(1, 12),
    st.dictionaries(st.integers(1, 8), st.sampled_from([0, 1, 2, 4, 5]), max_size=5),
    max_size=6,
)
VALUES = st.one_of(
    st.text(max_size=8), st.integers(-(10**14), 10**14), st.dates(), st.none(), st.just("=A1")
)
PUT = st.dictionaries(st.tuples(st.integers(1, 14), st.integers(1, 10)), VALUES, max_size=8)


def random_sheet(rows: dict[int, dict[int, int]]) -> str:
    letters = " ABCDEFGHIJ"
    made = [
        f'<row r="{row}">'
        + "".join(
            f'<c r="{letters[c]}{row}" s="{s}"><v>{c}</v></c>' for c, s in sorted(line.items())
        )
        + "</row>"
        for row, line in sorted(rows.items())
    ]
    return f"<sheetData>{''.join(made)}</sheetData>"


@settings(max_examples=examples(60, 2000), deadline=None)
@given(rows=ROWS, put=PUT)
def test_whatever_is_filled_the_rest_stays(
    rows: dict[int, dict[int, int]], put: dict[tuple[int, int], Value]
) -> None:
    data = plain_book(random_sheet(rows), tail="<!-- a --><pageMargins/>")
    filled = fill_one(data, put)
    old, new = cells(data), cells(filled.data)
    letters = " ABCDEFGHIJ"
    given_values = {f"{letters[c]}{r}": v for (r, c), v in put.items() if v is not None}
    assert {at: cell for at, cell in new.items() if at not in given_values} == {
        at: cell for at, cell in old.items() if at not in given_values
    }
    assert filled.filled == len(given_values)
    assert set(new) == set(old) | set(given_values)
    numbers = [int(row.get("r", 0)) for row in all_rows(filled.data)]
    assert numbers == sorted(set(numbers))
    for row in all_rows(filled.data):
        columns = [letters.index(re.sub(r"\d", "", cell.get("r", ""))) for cell in row]
        assert columns == sorted(set(columns))
    if not given_values:
        assert parts(filled.data) == parts(data)


def all_rows(data: bytes) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(parts(data)[SHEET]).iter(f"{books.MAIN}row"))
