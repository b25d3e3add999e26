"""Formulas that look at filled cells: a new value where it is known, else none."""

from __future__ import annotations

from functools import cache

import pytest

from core.papers import Fill, fill
from tests.papers import books
from tests.papers.books import cells, parts, plain_book, sheet_xml

STALE = "99"


def value_of(
    formula: str, *, more: str = "", put: dict[tuple[int, int], object] | None = None
) -> str | None:
    """What stands for a formula in D1 once A1 = 2, A2 = 3 and a text in A3 are filled in."""
    rows = (
        f'<sheetData><row r="1"><c r="A1"/><c r="B1"><v>10</v></c><c r="C1" t="str"><v>x</v></c>'
        f'<c r="D1" t="e"><f>{formula}</f><v>{STALE}</v></c>{more}</row></sheetData>'
    )
    filled = fill(plain_book(rows), fills=[Fill("表", {(1, 1): 2, (2, 1): 3, (3, 1): "文字"})])
    found = cells(filled.data)["D1"]
    assert found[2] is not None
    assert (found[1] == "e") == (found[3] == STALE)
    return found[3]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("A1+B1", "12"),
        ("A1-B1*2", "-18"),
        ("(A1-B1)*2", "-16"),
        ("-A1+3", "1"),
        ("B1/A1/2", "2.5"),
        ("A1*0.1", "0.2"),
        ("$A$1 + A2", "5"),
        ("SUM(A1:A3)", "5"),
        ("sum(A1:B3,1)", "16"),
        ("SUM(A1,A2*2)", "8"),
        ("SUM(A:A)", "5"),
        ("SUM(1:2)", None),  # a circle
        ("SUBTOTAL(9,A1:A3)", "5"),
        ("SUBTOTAL(109,A1:A3,B1)", "15"),
        ("表!A1+1", "3"),
        ("A1+Z99", "2"),
        # What Excel would call an error, or what is not calculated here.
        ("A1+A3", None),
        ("A1+C1", None),
        ("A1/Z99", None),
        ("SUBTOTAL(1,A1:A3)", None),
        ("SUBTOTAL(9,A1+1)", None),
        ("ROUND(A1,2)", None),
        ("A1^2", None),
        ("A1%", None),
        ("A1&amp;B1", None),
        ("SUM(A1:A3 A1:B1)", None),
        ("SUM(A1", None),
        ("A1+", None),
        ("A1:A2*2", None),
        ("SUM([1]b!A1:A2,A1)", None),
        ("a:b!A1", None),
        ('INDIRECT("A1")', None),
        ("附[数量]", None),
        (f"{'(' * 60}A1{')' * 60}", None),
        # Not dependent.
        ("B1*2", STALE),
        ("A9+1", STALE),
        ("[1]表!A1", STALE),
        ('IF(TRUE,"A1",B1)', STALE),
    ],
)
def test_what_a_formula_comes_to(formula: str, value: str | None) -> None:
    assert value_of(formula) == value


def test_an_error_among_the_cells() -> None:
    error = '<c r="E1" t="e"><v>#DIV/0!</v></c>'
    assert value_of("SUM(A1:A2,E1:E1)", more=error) is None


def test_formulas_in_a_row() -> None:
    chain = "".join(
        f'<c r="{c}1"><f>{p}1+1</f><v>0</v></c>' for p, c in zip("DEFG", "EFGH", strict=True)
    )
    rows = f'<sheetData><row r="1"><c r="A1"/><c r="D1"><f>A1</f></c>{chain}</row></sheetData>'
    filled = fill(plain_book(rows), fills=[Fill("表", {(1, 1): 5})])
    assert cells(filled.data)["H1"][3] == "9"


def test_formulas_that_look_at_each_other() -> None:
    rows = (
        '<sheetData><row r="1"><c r="A1"/><c r="B1"><f>C1+A1</f><v>1</v></c>'
        '<c r="C1"><f>B1</f><v>1</v></c><c r="D1"><f>A1</f></c></row></sheetData>'
    )
    found = cells(fill(plain_book(rows), fills=[Fill("表", {(1, 1): 5})]).data)
    assert [found[at][3] for at in ("B1", "C1", "D1")] == [None, None, "5"]


def test_a_balance_as_deep_as_the_list_is_long() -> None:
    lines = "".join(
        f'<row r="{r}"><c r="A{r}"><v>1</v></c><c r="B{r}"><f>B{r - 1}+A{r}</f></c></row>'
        for r in range(2, 3000)
    )
    data = plain_book(f'<sheetData><row r="1"><c r="B1"/></row>{lines}</sheetData>')
    assert cells(fill(data, fills=[Fill("表", {(1, 2): 10})]).data)["B2999"][3] == "3008"


def test_a_chain_upwards_is_followed_as_far_as_it_goes() -> None:
    """Each round finds one more; what is left then counts as dependent."""
    lines = "".join(
        f'<row r="{r}"><c r="A{r}"><f>A{r + 1}</f><v>9</v></c></row>' for r in range(1, 200)
    )
    data = plain_book(f"<sheetData>{lines}</sheetData>")
    found = cells(fill(data, fills=[Fill("表", {(200, 1): 4})]).data)
    assert {found[f"A{r}"][3] for r in range(1, 200)} == {"4"}


def test_sums_without_end_are_left_to_excel(monkeypatch: pytest.MonkeyPatch) -> None:
    assert value_of("SUM(A1:A3)") == "5"
    monkeypatch.setattr("core.papers.calculating._MOST_LOOKS", 2)
    assert value_of("SUM(A1:A3)") is None


def test_hidden_rows() -> None:
    rows = (
        '<sheetData><row r="1"><c r="A1"/><c r="B1"><f>SUBTOTAL(9,A1:A2)</f></c>'
        '<c r="C1"><f>SUBTOTAL(109,A1:A2)</f></c><c r="D1"><f>SUM(A1:A2)</f></c></row>'
        '<row r="2" hidden="1"><c r="A2"><v>7</v></c></row></sheetData>'
    )
    found = cells(fill(plain_book(rows), fills=[Fill("表", {(1, 1): 5})]).data)
    assert [found[at][3] for at in ("B1", "C1", "D1")] == [None, "5", "12"]


def test_subtotals_are_not_counted_twice() -> None:
    rows = (
        '<sheetData><row r="1"><c r="A1"/></row>'
        '<row r="2"><c r="A2"><f>SUBTOTAL(9,A1)</f></c></row>'
        '<row r="3"><c r="A3"><f>SUBTOTAL(9,A1:A2)</f></c></row></sheetData>'
    )
    assert cells(fill(plain_book(rows), fills=[Fill("表", {(1, 1): 5})]).data)["A3"][3] == "5"


def test_white_space_around_the_value_stays() -> None:
    rows = (
        '<sheetData><row r="1"><c r="A1"/>\n <c r="B1">\n  <f>A1</f>\n  <v>1</v>\n </c>'
        "</row></sheetData>"
    )
    xml = sheet_xml(fill(plain_book(rows), fills=[Fill("表", {(1, 1): 5})]).data)
    assert '<c r="B1">\n  <f>A1</f>\n  <v>5</v>\n </c>' in xml


def test_names_of_the_workbook() -> None:
    names = '<definedNames><definedName name="人数">表!$A$1:$A$2</definedName></definedNames>'
    rows = (
        '<sheetData><row r="1"><c r="A1"/><c r="B1"><f>SUM(人数)</f><v>1</v></c></row></sheetData>'
    )
    data = books.edited(
        plain_book(rows), {"xl/workbook.xml": lambda x: x.replace("<calcPr", f"{names}<calcPr")}
    )
    assert cells(fill(data, fills=[Fill("表", {(1, 1): 5})]).data)["B1"][3] is None
    assert cells(fill(data, fills=[Fill("表", {(3, 1): 5})]).data)["B1"][3] == "1"


@cache
def two_sheets() -> bytes:
    def write(workbook: books.Any) -> None:
        first, second, third = (workbook.add_worksheet(name) for name in ("甲", "乙", "丙"))
        first.write_formula("B1", "=乙!B1+1", None, 0)
        second.write_formula("B1", "=SUM(甲!A1:A3)", None, 0)
        third.write_formula("B1", "=A1", None, 0)

    return books.book(write)


def test_formulas_of_other_sheets() -> None:
    """They stay as they are and are named; what looks at them here is up to date."""
    data = two_sheets()
    filled = fill(data, fills=[Fill("甲", {(1, 1): 5})])
    assert filled.stale == ["乙"]
    assert cells(filled.data)["B1"][3] == "6"
    changed = [name for name, part in parts(data).items() if parts(filled.data)[name] != part]
    assert changed == [books.SHEET]


def test_formulas_of_other_filled_sheets() -> None:
    filled = fill(two_sheets(), fills=[Fill("甲", {(1, 1): 5}), Fill("乙", {(9, 9): 1})])
    assert filled.stale == []
    assert cells(filled.data, "xl/worksheets/sheet2.xml")["B1"][3] == "5"
    assert cells(filled.data)["B1"][3] == "6"


def test_a_sheet_that_is_only_named_is_brought_up_to_date() -> None:
    filled = fill(two_sheets(), fills=[Fill("甲", {(1, 1): 5}), Fill("乙", {})])
    assert filled.stale == []
    assert cells(filled.data, "xl/worksheets/sheet2.xml")["B1"][3] == "5"
    nothing = fill(two_sheets(), fills=[Fill("乙", {})])
    assert parts(nothing.data) == parts(two_sheets())


def test_cells_that_do_not_say_where_they_are() -> None:
    rows = "<sheetData><row><c/><c><f>A1*2</f><v>1</v></c></row></sheetData>"
    filled = fill(plain_book(rows), fills=[Fill("表", {(1, 1): 5})])
    assert "<c><f>A1*2</f><v>10</v></c>" in sheet_xml(filled.data)
