"""The serial number of a file: in the footers and in its properties, nothing else."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest

from core.papers import Refused, stamp
from tests.papers import books
from tests.papers.books import SHEET, parts, plain_book, sheet_xml

TEXT = "编号 A&B-1"
CODED = "编号 A&amp;&amp;B-1"


def stamped(tail: str, text: str = TEXT) -> str:
    data = plain_book("<sheetData/>", tail=tail)
    return sheet_xml(stamp(data, text=text, properties={})).partition("<sheetData/>")[2]


def test_nothing_else_changes() -> None:
    data = books.form()
    result = stamp(data, text=TEXT, properties={"编号": "1"})
    before, after = parts(data), parts(result)
    assert [*before, "docProps/custom.xml"] == list(after)
    changed = {name for name in before if before[name] != after[name]}
    sheets = {f"xl/worksheets/sheet{n}.xml" for n in (1, 2, 3)}
    assert changed == {"[Content_Types].xml", "_rels/.rels", *sheets}
    assert sheet_xml(result).replace(f"&amp;L{CODED}", "") == sheet_xml(data)
    for name in sheets - {SHEET}:
        footer = f"<headerFooter><oddFooter>&amp;L{CODED}</oddFooter></headerFooter>"
        assert after[name].decode().replace(footer, "") == before[name].decode()


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("", "<headerFooter><oddFooter>{}</oddFooter></headerFooter>"),
        (
            "<pageSetup/><drawing/>",
            "<pageSetup/><headerFooter><oddFooter>{}</oddFooter></headerFooter><drawing/>",
        ),
        (
            (
                "<pageSetup/><mc:AlternateContent xmlns:mc='m'><mc:Choice><controls><control/>"
                "</controls></mc:Choice></mc:AlternateContent>"
            ),
            (
                "<pageSetup/><headerFooter><oddFooter>{}</oddFooter></headerFooter>"
                "<mc:AlternateContent xmlns:mc='m'><mc:Choice><controls><control/>"
                "</controls></mc:Choice></mc:AlternateContent>"
            ),
        ),
        (
            (
                "<customSheetViews><customSheetView><headerFooter/></customSheetView>"
                "</customSheetViews>"
            ),
            (
                "<customSheetViews><customSheetView><headerFooter/></customSheetView>"
                "</customSheetViews><headerFooter><oddFooter>{}</oddFooter></headerFooter>"
            ),
        ),
        ("<headerFooter/>", "<headerFooter><oddFooter>{}</oddFooter></headerFooter>"),
        (
            "<headerFooter><oddHeader>a</oddHeader></headerFooter>",
            "<headerFooter><oddHeader>a</oddHeader><oddFooter>{}</oddFooter></headerFooter>",
        ),
        (
            "<headerFooter><oddFooter/></headerFooter>",
            "<headerFooter><oddFooter>{}</oddFooter></headerFooter>",
        ),
        (
            "<headerFooter><oddFooter>第&amp;P页</oddFooter></headerFooter>",
            "<headerFooter><oddFooter>{}&amp;C第&amp;P页</oddFooter></headerFooter>",
        ),
        (
            "<headerFooter><oddFooter>&amp;C&amp;&amp;L&amp;Rb</oddFooter></headerFooter>",
            "<headerFooter><oddFooter>{}&amp;C&amp;&amp;L&amp;Rb</oddFooter></headerFooter>",
        ),
        (
            (
                "<headerFooter differentOddEven='1' differentFirst='1'><evenHeader>e</evenHeader>"
                "<firstHeader>f</firstHeader></headerFooter>"
            ),
            (
                "<headerFooter differentOddEven='1' differentFirst='1'><oddFooter>{0}</oddFooter>"
                "<evenHeader>e</evenHeader><evenFooter>{0}</evenFooter><firstHeader>f</firstHeader>"
                "<firstFooter>{0}</firstFooter></headerFooter>"
            ),
        ),
    ],
)
def test_footers(tail: str, expected: str) -> None:
    assert stamped(tail) == expected.format(f"&amp;L{CODED}") + "</worksheet>"


def test_what_stands_at_the_left_already() -> None:
    old = "<headerFooter><oddFooter>&amp;L科室&amp;C1</oddFooter></headerFooter>"
    assert f"&amp;L科室  {CODED}&amp;C1" in stamped(old)
    empty = "<headerFooter><oddFooter>&amp;L&amp;C1</oddFooter></headerFooter>"
    assert f"&amp;L{CODED}&amp;C1" in stamped(empty)


def test_a_footer_that_would_be_too_long() -> None:
    old = f"<headerFooter><oddFooter>{'长' * 250}</oddFooter></headerFooter>"
    assert stamped(old) == f"{old}</worksheet>"
    assert "长" in stamped(old, text="短")
    assert "&amp;L短&amp;C" in stamped(old, text="短")


def properties_of(data: bytes) -> list[tuple[str, str, str]]:
    root = ElementTree.fromstring(parts(data)["docProps/custom.xml"])
    return [(e.get("name", ""), e.get("pid", ""), "".join(e.itertext())) for e in root]


def test_properties() -> None:
    once = stamp(books.blank(), text=TEXT, properties={"编号": "<1>", "用途": "报送"})
    assert properties_of(once) == [("编号", "2", "<1>"), ("用途", "3", "报送")]
    again = stamp(once, text=TEXT, properties={"编号": "2"})
    assert properties_of(again) == [("用途", "3", "报送"), ("编号", "4", "2")]
    for part in ("[Content_Types].xml", "_rels/.rels"):
        assert parts(again)[part] == parts(once)[part]


def test_properties_that_the_file_has() -> None:
    def write(workbook: Any) -> None:
        workbook.add_worksheet()
        workbook.set_custom_property("来源", "某局")

    found = stamp(books.book(write), text=TEXT, properties={"编号": "1"})
    assert properties_of(found) == [("来源", "2", "某局"), ("编号", "3", "1")]
    emptied = books.edited(
        found,
        {"docProps/custom.xml": lambda x: re.sub(r"<Properties([^>]*)>.*", r"<Properties\1/>", x)},
    )
    assert properties_of(stamp(emptied, text=TEXT, properties={"a": "b"})) == [("a", "2", "b")]


def test_no_properties_no_part() -> None:
    assert "docProps/custom.xml" not in parts(stamp(books.blank(), text=TEXT, properties={}))


def test_an_other_reader_finds_them() -> None:

    data = stamp(books.blank(), text=TEXT, properties={"编号": "A-1"})
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    assert workbook.custom_doc_props["编号"].value == "A-1"
    assert workbook["表"].oddFooter.left.text == "编号 A&&B-1"


def test_hidden_sheets_stay() -> None:
    def write(workbook: Any) -> None:
        workbook.add_worksheet()
        workbook.add_worksheet().hide()

    data = books.book(write)
    second = "xl/worksheets/sheet2.xml"
    assert parts(stamp(data, text=TEXT, properties={}))[second] == parts(data)[second]


def test_what_is_no_workbook() -> None:
    with pytest.raises(Refused, match="已损坏"):
        stamp(b"PK", text=TEXT, properties={})
