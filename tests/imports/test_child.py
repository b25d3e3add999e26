"""The process that parses a file, run in the test's own: texts, sizes, sheets and cells."""

from __future__ import annotations

import datetime
import io
import resource
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.dates import Number1904
from core.ledgers.spreadsheets import Refused, Sheet, child, read_sheet, reading
from core.ledgers.spreadsheets.limits import CHILD_BYTES, CHILD_SECONDS, COLUMNS
from tests.imports.conftest import Limits
from tests.imports.ledgers import workbook
from tests.imports.malformed import CSV, HEADER, OLD, TWO, open_document

pytestmark = pytest.mark.usefixtures("parser_here")
PEOPLE = [(name, number) for name, number, _ in TWO]
# A file may have so many rows that say nothing, or stand above the header.
SPARE = 1000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "台账"


def read(path: Path, data: bytes, *, wanted: str = "") -> tuple[Sheet, list[list[Any]]]:
    path.write_bytes(data)
    with read_sheet(path, labels=HEADER, wanted=wanted) as sheet:
        numbered = list(sheet.rows)
    assert [number for number, _ in numbered] == list(range(1, len(numbered) + 1))
    return sheet, [cells for _, cells in numbered]


def saved(book: openpyxl.Workbook) -> bytes:
    book.save(file := io.BytesIO())
    return file.getvalue()


def test_the_process_binds_itself(path: Path, parser_here: Limits) -> None:
    """Before it opens anything: memory and time, and no core with people's numbers."""
    read(path, CSV.encode())
    assert parser_here == {
        resource.RLIMIT_AS: (CHILD_BYTES, CHILD_BYTES),
        resource.RLIMIT_CPU: (CHILD_SECONDS, CHILD_SECONDS),
        resource.RLIMIT_CORE: (0, 0),
    }


def test_no_memory_is_a_sentence(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(child.headers, "find_header", out_of_memory)
    with pytest.raises(Refused, match="展开后过大"):
        read(path, CSV.encode())


@pytest.mark.parametrize("block", [1, 2, 3, 500])
def test_rows_come_in_blocks_and_none_is_empty(
    block: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BLOCK", block)
    path.write_bytes(CSV.encode())
    with read_sheet(path, labels=HEADER) as sheet:
        sizes = [len(reading.rows_of(found)) for found in sheet.blocks]
    assert sum(sizes) == sheet.total == 3
    assert set(sizes[:-1]) <= {block}
    assert sizes[-1] > 0


# --- Texts ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "data",
    [
        *(CSV.encode(name) for name in ("utf-8", "utf-8-sig", "gb18030", "utf-16")),
        b"\xfe\xff" + CSV.encode("utf-16-be"),
        *(CSV.replace(",", sign).encode() for sign in "\t;"),
        CSV.replace("36,", "36\t,").encode(),
        CSV.replace(",", "\t,").replace("\n", "\t\n").encode(),
    ],
    ids=[
        *("UTF-8", "UTF-8 with mark", "GB18030", "UTF-16", "UTF-16 the other way"),
        *("tabs", "semicolons", "tab behind a number", "tab behind every cell"),
    ],
)
def test_a_text_says_the_same_in_any_form(data: bytes, path: Path) -> None:
    _, rows = read(path, data)
    assert [tuple(cells[:2]) for cells in rows] == PEOPLE


def test_a_text_of_no_known_encoding_is_a_refusal(path: Path) -> None:
    with pytest.raises(Refused, match="编码无法识别"):
        read(path, b"\xff\x81\xff," * 50)


@pytest.mark.parametrize(
    ("written", "meant"),
    [('="001"', "001"), ("'=1+1", "=1+1"), ("'-3", "-3"), ("'甲", "'甲"), ('="', '="'), ("", None)],
)
def test_what_keeps_excel_from_changing_a_cell_is_no_part_of_it(
    written: str, meant: str | None, path: Path
) -> None:
    quoted = written.replace('"', '""')
    _, rows = read(path, f'姓名,备注,身份证号\n张三,"{quoted}",1\n'.encode())
    assert rows[1] == ["张三", meant, "1"]


# --- Sizes ----------------------------------------------------------------------------------
Rows = Sequence[Sequence[str]]


def comma_separated(rows: Rows) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode()


@pytest.mark.parametrize("write", [comma_separated, open_document, workbook])
@pytest.mark.parametrize(
    ("blank", "people", "is_fine"),
    [(0, 2, True), (SPARE - 1, 2, True), (0, 3, False), (SPARE, 2, False)],
)
def test_more_rows_than_may_be_are_a_refusal(
    write: Any, blank: int, people: int, is_fine: bool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty ones between them count only when they are very many."""
    monkeypatch.setattr(reading, "ROWS", 2)
    data = write([HEADER, *[["", "", ""]] * blank, *[TWO[1]] * people])
    if is_fine:
        _, rows = read(path, data)
        assert sum(cells[:1] == ["张三"] for cells in rows) == people
        return
    with pytest.raises(Refused, match="20 万行"):
        read(path, data)


@pytest.mark.parametrize("write", [comma_separated, open_document])
def test_more_columns_than_may_be_are_a_refusal(write: Any, path: Path) -> None:
    wide = [[*HEADER, *[f"列{n}" for n in range(COLUMNS - 3)]], TWO[1]]
    sheet, _ = read(path, write(wide))
    assert len(sheet.top[0]) == COLUMNS
    with pytest.raises(Refused, match="100 列"):
        read(path, write([[*wide[0], "多"], TWO[1]]))


@pytest.mark.parametrize("write", [comma_separated, open_document, workbook])
def test_a_file_with_nothing_in_it_is_told_so(write: Any, path: Path) -> None:
    with pytest.raises(Refused, match="没有内容"):
        read(path, write([["", ""], [""]]))


# --- Sheets ---------------------------------------------------------------------------------
def test_of_several_sheets_the_one_that_fits_best_is_read(path: Path) -> None:
    """The others with such a header are named, and may be asked for."""
    guide = [["说明"], *[["请勿修改"]] * 5]
    less = [HEADER[:2], ["王五", "1"], ["赵六", "2"]]
    poor = [HEADER[:1], ["不是"]]
    data = workbook(guide, less, TWO, poor, [], names=["说明", "旧表", "本年", "名单", "空"])
    sheet, rows = read(path, data)
    assert (sheet.name, sheet.others, sheet.header) == ("本年", (("旧表", 2),), 0)
    assert [tuple(cells[:2]) for cells in rows] == PEOPLE
    sheet, rows = read(path, data, wanted="旧表")
    assert (sheet.name, sheet.others) == ("旧表", (("本年", 2),))
    assert rows[1] == ["王五", "1"]
    # What is empty is not read, whoever asks for it.
    assert read(path, data, wanted="空")[0].name == "本年"


def test_a_hidden_sheet_is_read_only_where_there_is_no_other(path: Path) -> None:
    book = openpyxl.Workbook()
    shown, hidden = book.active, book.create_sheet("旧表")
    for sheet, name in ((shown, "张三"), (hidden, "李四")):
        sheet.append(HEADER)
        sheet.append([name, "1", "x"])
    hidden.append(["王五", "2", "y"])
    hidden.sheet_state = "hidden"
    assert read(path, saved(book))[1][1][0] == "张三"


def test_the_header_is_the_row_with_most_known_names(path: Path) -> None:
    above = [["姓名"], ["填报单位：某某"], [], ["甲"], ["乙"], ["丙"], ["丁"], ["戊"]]
    sheet, _ = read(path, workbook([*above, *TWO, ["王五"], ["赵六"]]))
    assert sheet.header == len(above)
    assert [cells[0] for cells in sheet.above] == [None, "甲", "乙", "丙", "丁", "戊"]
    assert [cells[0] for cells in sheet.top] == ["姓名", "张三", "李四", "王五"]


# --- Cells ----------------------------------------------------------------------------------
def test_days_and_times_are_told_from_texts(path: Path) -> None:
    moment, day = datetime.datetime(2021, 3, 1, 14, 5), datetime.date(2021, 3, 1)
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(["张三", moment, datetime.time(8, 30)])
    book.active.append(["李四", day, datetime.timedelta(hours=30)])
    book.active.append(["王五", 12, True])
    _, rows = read(path, saved(book))
    assert rows[1] == ["张三", moment, "08:30:00"]
    assert rows[2] == ["李四", datetime.datetime(2021, 3, 1), "1 day, 6:00:00"]
    assert rows[3] == ["王五", 12, True]


def test_numbers_of_a_workbook_that_counts_from_1904_say_so(path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(HEADER)
    book.active.append(["张三", 42794, True])
    sheet, rows = read(path, saved(book))
    assert sheet.is_1904
    assert (type(rows[1][1]), rows[1][1], rows[1][2]) == (Number1904, 42794, True)
    # What says yes or no is no number.
    assert not isinstance(rows[1][2], Number1904)


def test_an_old_workbook_is_read_here_as_in_its_process(path: Path) -> None:
    _, rows = read(path, OLD.read_bytes())
    assert [tuple(cells[:2]) for cells in rows][:2] == PEOPLE[:2]
