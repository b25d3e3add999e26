"""F19: malformed files are refused quickly and in plain words; odd but readable ones are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from core.ledgers.spreadsheets import Refused, read_sheet, reading
from tests.cost import at_most
from tests.imports.ledgers import workbook
from tests.imports.malformed import CORPUS, HEADER, TOLERATED, TWO

SECONDS = 5
_ENGLISH = re.compile(r"[A-Za-z]{4,}")
_KNOWN = {"Excel", "Word", "xlsx", "xlsb"}


def read(path: Path, labels: Any = HEADER) -> tuple[Any, list[tuple[int, list[Any]]]]:
    with read_sheet(path, labels=labels) as sheet:
        return sheet, list(sheet.rows)


@pytest.mark.parametrize("name", CORPUS)
def test_malformed_files_are_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    make, word = CORPUS[name]
    # Without an ending, as uploads are kept: the parser would go by it.
    path = tmp_path / "台账"
    path.write_bytes(make())
    with at_most(SECONDS), pytest.raises(Refused) as refusal:
        read(path)
    sentence = str(refusal.value)
    assert word in sentence
    assert sentence.endswith("。")
    assert set(_ENGLISH.findall(sentence)) <= _KNOWN


@pytest.mark.parametrize("name", TOLERATED)
def test_odd_files_are_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / "台账"
    path.write_bytes(TOLERATED[name]())
    with at_most(SECONDS):
        sheet, rows = read(path)
    below = {n: cells for n, cells in rows if n - 1 > sheet.header}
    found = [(c[0], c[1]) for c in below.values() if c and c[0] in ("张三", "李四")]
    assert found == [("张三", TWO[1][1]), ("李四", TWO[2][1])]


def test_rows_keep_the_numbers_of_excel(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook([["标题"], [], TWO[0], [], TWO[1]]))
    sheet, rows = read(path)
    assert sheet.header == 2
    assert dict(rows)[5][0] == "张三"


def test_types_are_kept(tmp_path: Path) -> None:
    import datetime

    path = tmp_path / "a.xlsx"
    day = datetime.date(2021, 3, 1)
    path.write_bytes(workbook([HEADER, ["张三", 520102199003071236, day], ["李四", "1", True]]))
    _, rows = read(path)
    number, date = dict(rows)[2][1:3]
    assert isinstance(number, float)
    assert isinstance(date, datetime.date)
    assert dict(rows)[3][1] == "1"


def test_formulas_give_their_cached_value_and_errors_stay_errors(tmp_path: Path) -> None:
    import io

    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_formula(1, 0, '="张"&"三"', value="张三")
        sheet.write_formula(1, 1, "=1/0", value="#DIV/0!")
    path = tmp_path / "a.xlsx"
    path.write_bytes(buffer.getvalue())
    _, rows = read(path)
    assert dict(rows)[2][0] == "张三"
    assert dict(rows)[2][1] == "#DIV/0!"


def test_hidden_sheets_are_not_chosen(tmp_path: Path) -> None:
    import io

    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        shown, hidden = book.add_worksheet("本年"), book.add_worksheet("旧表")
        for sheet, name in ((shown, "张三"), (hidden, "李四")):
            sheet.write_row(0, 0, HEADER)
            sheet.write_row(1, 0, [name, "x", "y"])
        hidden.write_row(2, 0, ["王五", "x", "y"])
        hidden.hide()
    path = tmp_path / "a.xlsx"
    path.write_bytes(buffer.getvalue())
    sheet, _ = read(path)
    assert sheet.name == "本年"


def test_empty_cells_that_are_merged_beside_the_table_are_nothing(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (HEADER[:2], ["张三", "1"], ["李四", "2"]):
        book.active.append(row)
    book.active.merge_cells("D2:D3")
    book.save(path := tmp_path / "a.xlsx")
    assert dict(read(path)[1])[3] == ["李四", "2"]


def test_rare_characters_survive(tmp_path: Path) -> None:
    """F21: 桴㯊镇, 㵲水街道 and names that GBK cannot write."""
    names = ["䶮㛃", "𬭎", "㵲水街道", "桴㯊镇"]
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join(["姓名,备注", *[f"{n},x" for n in names]]).encode("gb18030"))
    _, rows = read(path)
    assert [cells[0] for _, cells in rows[1:]] == names


@pytest.mark.parametrize("name", ["sample.xls", "sample.ods"])
def test_old_and_open_formats_are_read(name: str, tmp_path: Path) -> None:
    path = Path(__file__).parent / "files" / name
    sheet, rows = read(path)
    assert [cells[0] for n, cells in rows if n - 1 > sheet.header] == ["张三", "李四"]
    assert dict(rows)[2][1] == TWO[1][1]


def test_a_killed_parser_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F03: the parser may abort; the worker goes on."""
    bad = tmp_path / "child.py"
    bad.write_text("import os; os.abort()")
    monkeypatch.setattr(reading, "_CHILD", bad)
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(TWO))
    with pytest.raises(Refused, match="损坏"):
        read(path)


FIRST = (
    '{"sheet": "Sheet1", "others": [], "sheets": ["Sheet1"], "header": 0, "total": 3, "above": [],'
    ' "top": [["x"]], "groups": [""], "below": [], "hidden_columns": [], "merged": []}'
)
ROWS = '[[1, ["x"]]]'


def says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: str) -> Path:
    """A workbook of three rows, and a parser that says these words about it."""
    bad = tmp_path / "child.py"
    bad.write_text(f"import sys; sys.stdin.read(); sys.stdout.write({words!r})")
    monkeypatch.setattr(reading, "_CHILD", bad)
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(TWO))
    return path


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        (f"{ROWS}\n", "损坏"),
        (ROWS, "损坏"),
        (f"{ROWS}\n[[2, [", "损坏"),
        (f'{ROWS}\n{{"e', "损坏"),
        (f'{ROWS}\n{{"refused": "文件展开后过大。"}}\n', "展开后过大"),
    ],
    ids=["between blocks", "before a line ends", "in a block", "in the end", "without memory"],
)
def test_a_parser_that_breaks_off_half_way_is_a_refusal(
    rest: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows must never be lost in silence: without the end mark nothing counts."""
    path = says(monkeypatch, tmp_path, f"{FIRST}\n{rest}")
    with pytest.raises(Refused, match=words):
        read(path)


@pytest.mark.parametrize("seen", [2, 3])
def test_a_parser_that_sees_fewer_rows_than_there_are_is_a_refusal(
    seen: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may believe a dimension that lies."""
    first = FIRST.replace('"total": 3', f'"total": {seen}')
    path = says(monkeypatch, tmp_path, f'{first}\n{ROWS}\n{{"end": {seen}}}\n')
    if seen == 3:
        assert read(path)[1] == [(1, ["x"])]
        return
    with pytest.raises(Refused, match="损坏"):
        read(path)


def test_a_parser_without_bounds_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHILD_SECONDS", 1)
    endless = tmp_path / "child.py"
    endless.write_text(
        "import json, sys, resource\n"
        "seconds = json.load(sys.stdin)['seconds']\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))\n"
        "while True: pass\n"
    )
    monkeypatch.setattr(reading, "_CHILD", endless)
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(TWO))
    with at_most(SECONDS), pytest.raises(Refused):
        read(path)
