"""Cells that are more than their value: errors of Excel, formulas, merged cells."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.ledgers.spreadsheets import Refused, biff, prescan, read_sheet
from tests.imports.ledgers import workbook
from tests.imports.malformed import _SHEET, HEADER, TWO, packed, parts

pytestmark = pytest.mark.usefixtures("parser_here")
FILES = Path(__file__).parent / "files"
OLD = FILES / "errors.xls"


def read(path: Path) -> dict[int, list[Any]]:
    with read_sheet(path, labels=[*HEADER, "乡镇（街道）"]) as sheet:
        return dict(sheet.rows)


def saved(tmp_path: Path, book: openpyxl.Workbook) -> Path:
    path = tmp_path / "a.xlsx"
    book.save(path)
    return path


def ods(tmp_path: Path, cell: str) -> Path:
    """The sample with another last cell of its first person."""
    members = parts((FILES / "sample.ods").read_bytes())
    empty = '<table:table-cell office:value-type="string"><text:p/></table:table-cell>'
    content = members["content.xml"].decode().replace(empty, cell, 1)
    content = content.replace("xmlns:table=", 'xmlns:calcext="urn:calcext" xmlns:table=', 1)
    path = tmp_path / "a.ods"
    path.write_bytes(packed(members | {"content.xml": content.encode()}))
    return path


class TestErrors:
    def test_of_an_old_workbook(self) -> None:
        rows = read(OLD)
        assert [rows[n][3] for n in (2, 3, 4)] == ["#N/A", "#REF!", "好"]

    def test_a_formula_of_an_old_workbook(self) -> None:
        """A FORMULA record whose stored result is an error, as [MS-XLS] 2.4.127 lays it."""
        result = b"\x02\x00\x2a\x00\x00\x00\xff\xff"
        assert biff._error_code(0x06, b"\x01\x00\x03\x00\x00\x00" + result) == 0x2A
        assert biff._error_code(0x06, b"\x01\x00\x03\x00\x00\x00" + b"\x00" * 8) is None

    @pytest.mark.parametrize(
        "stored",
        [
            'office:value-type="string" office:string-value="" calcext:value-type="error"',
            'office:value-type="float" office:value="0"',
        ],
    )
    def test_of_an_open_document(self, tmp_path: Path, stored: str) -> None:
        cell = f'<table:table-cell table:formula="of:=NA()" {stored}><text:p>#N/A</text:p></table:table-cell>'  # noqa: E501
        rows = read(ods(tmp_path, cell))
        assert rows[2][2] == "#N/A"
        assert rows[3][0] == "李四"

    def test_a_text_with_a_hash_in_an_open_document_stays(self, tmp_path: Path) -> None:
        cell = (
            '<table:table-cell office:value-type="string"><text:p>#1楼</text:p></table:table-cell>'
        )
        assert read(ods(tmp_path, cell))[2][2] == "#1楼"

    def test_a_formula_that_was_never_calculated_is_not_empty(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        for row in (HEADER, ['="张"&"三"', "1", "甲"], ["李四", "2", "乙"]):
            book.active.append(row)
        assert [cells[0] for cells in read(saved(tmp_path, book)).values()][1:] == [
            "#CALC!",
            "李四",
        ]

    def test_a_last_row_of_such_formulas_is_not_lost(self, tmp_path: Path) -> None:
        """The parser takes it for no row at all, and a column of them for none."""
        book = openpyxl.Workbook()
        for row in (HEADER, ["张三", "1", "甲"], ['="李"&"四"', "=A1", None, "=A1"]):
            book.active.append(row)
        rows = read(saved(tmp_path, book))
        assert rows[2] == ["张三", "1", "甲"]
        assert rows[3] == ["#CALC!", "#CALC!", None, "#CALC!"]

    def test_of_a_cell_that_is_not_said_is_a_refusal(self, tmp_path: Path) -> None:
        """Some programs leave the references out; nobody could tell which cell it is."""
        book = openpyxl.Workbook()
        for row in (HEADER, ["张三", "1", "=A1"]):
            book.active.append(row)
        members = parts(io_bytes(book))
        members[_SHEET] = re.sub(rb' r="[A-Z]+\d+"', b"", members[_SHEET])
        path = tmp_path / "a.xlsx"
        path.write_bytes(packed(members))
        with pytest.raises(Refused, match="没有写明在哪一格"):
            read(path)

    def test_a_formula_that_came_to_nothing_is_empty(self, tmp_path: Path) -> None:
        """Excel stores it as an empty text."""
        members = parts(workbook(TWO))
        cell = b'<c r="C2" t="str"><f>IF(1,"","")</f><v></v></c></row>'
        sheet = members[_SHEET]
        members[_SHEET] = sheet.replace(b"</row>", cell, 2).replace(cell, b"</row>", 1)
        path = tmp_path / "a.xlsx"
        path.write_bytes(packed(members))
        assert b'r="C2" t="str"' in members[_SHEET]
        assert read(path)[2] == [*TWO[1][:2], None]

    def test_more_than_can_be_told_are_a_refusal(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Beyond the limit they would pass for empty cells."""
        monkeypatch.setattr(prescan, "_MOST_ERRORS", 3)
        book = openpyxl.Workbook()
        book.active.append(HEADER)
        for _ in range(4):
            book.active.append(["=A1", "1", "2"])
        with pytest.raises(Refused, match="公式错误"):
            read(saved(tmp_path, book))

    @pytest.mark.parametrize("at", range(24, 640, 16))
    def test_a_broken_container_costs_nothing(self, at: int) -> None:
        data = bytearray(OLD.read_bytes())
        data[at : at + 4] = b"\x01\x00\x00\x00"
        assert isinstance(biff.errors_by_sheet(bytes(data)), dict)

    def test_a_locked_old_workbook_is_told(self, tmp_path: Path) -> None:
        data = OLD.read_bytes()
        # The record after the first BOF becomes the one that says how it is encrypted.
        at = data.index(b"\x09\x08\x10\x00") + 20
        path = tmp_path / "a.xls"
        path.write_bytes(data[:at] + b"\x2f\x00" + data[at + 2 :])
        with pytest.raises(Refused, match="密码"):
            read(path)


class TestMergedCells:
    def test_downwards_in_the_rows(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        for row in (HEADER, ["张三", "1", "甲"], ["李四", "2", None], ["王五", "3", None]):
            sheet.append(row)
        sheet.merge_cells("C2:C4")
        assert [cells[2] for cells in read(saved(tmp_path, book)).values()] == ["备注", *"甲甲甲"]

    def test_downwards_in_an_old_workbook(self) -> None:
        rows = read(OLD)
        assert {rows[n][2] for n in (2, 3, 4)} == {"新华路街道"}

    def test_a_header_of_two_rows_is_whole(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["姓名", "证件", None, "备注"])
        sheet.append([None, "证件类型", "身份证号", None])
        sheet.append(["张三", "身份证", "1", "甲"])
        for place in ("A1:A2", "B1:C1", "D1:D2"):
            sheet.merge_cells(place)
        with read_sheet(saved(tmp_path, book), labels=[*HEADER, "证件类型"]) as found:
            rows = dict(found.rows)
            assert found.header == 1
        assert rows[2] == ["姓名", "证件类型", "身份证号", "备注"]

    def test_across_says_nothing_for_the_others(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["2025 年名册", None, None])
        sheet.merge_cells("A1:C1")
        sheet.append(HEADER)
        sheet.append(TWO[1])
        assert read(saved(tmp_path, book))[1] == ["2025 年名册", None, None]

    def test_merges_without_end_are_a_refusal(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        book.active.append(HEADER)
        members = parts(io_bytes(book))
        cells = b"".join(b'<mergeCell ref="A1:A190000"/>' for _ in range(10))
        merged = b"</sheetData><mergeCells>" + cells + b"</mergeCells>"
        members[_SHEET] = members[_SHEET].replace(b"</sheetData>", merged)
        path = tmp_path / "a.xlsx"
        path.write_bytes(packed(members))
        with pytest.raises(Refused, match="合并"):
            read(path)


def io_bytes(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
