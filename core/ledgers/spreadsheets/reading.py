"""Running the capped child and turning what it says into rows."""

import datetime
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from core.dates import Number1904
from core.ledgers.spreadsheets.child import squeeze
from core.ledgers.spreadsheets.limits import (
    BROKEN,
    CHILD_BYTES,
    CHILD_SECONDS,
    COLUMNS,
    ROWS,
    TOO_LARGE,
)
from core.ledgers.spreadsheets.prescan import Kind, SheetScan, scan
from core.secrecy.files import Refused

BLOCK = 500
_CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True)
class Marks:
    """What a person sees of a row beside its cells; columns count from 0.

    A row that is struck out as a whole keeps its cells; of another one `struck` has what was
    struck out of its cells, by column. `merged` has (number of the first row, how many rows)
    of each cell that is merged downwards, in all of its rows, filled down or not.
    """

    is_struck: bool = False
    is_hidden: bool = False
    merged: dict[int, tuple[int, int]] = field(default_factory=dict)
    struck: dict[int, Any] = field(default_factory=dict)


_ORDINARY = Marks()


class Row(NamedTuple):
    """A row: Excel's number of it, its cells, and what else is to be seen."""

    number: int
    cells: list[Any]
    marks: Marks = _ORDINARY


@dataclass(frozen=True)
class Sheet:
    """The sheet that was chosen, where its header is, and its rows as they come.

    `others` are sheets with a header like this one's, as (name, rows below the header);
    `sheets` are all that can be seen and have content. `header` is the last row of the header
    and counts from 0; `top` has its titles, of each column the lowest text, and the three rows
    below; `groups` is what stands over each title, from the outer to the inner. `above` are the
    rows before the header, `below` the last ones under it that are not empty. `merged` is what is
    merged in the rows down to the header, as (top, left, bottom, right) from 0. `blocks` are some
    hundred rows each, to be opened by `rows_of`, perhaps in another process. Numbers that mean
    days count from 1904 where `is_1904`. `kind` is the format of the file.
    """

    name: str
    others: tuple[tuple[str, int], ...]
    sheets: tuple[str, ...]
    header: int
    total: int
    above: list[list[Any]]
    top: list[list[Any]]
    groups: list[str]
    below: list[list[Any]]
    hidden_columns: frozenset[int]
    merged: list[tuple[int, int, int, int]]
    blocks: Iterator[bytes]
    is_1904: bool
    kind: Kind

    @property
    def shows_looks(self) -> bool:
        """Whether it can be seen what is struck out or hidden, and how numbers are formatted."""
        return self.kind not in ("xls", "ods")

    @property
    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """(Excel's row number, cells) of all rows, once."""
        return (row[:2] for block in self.blocks for row in rows_of(block))


def rows_of(block: bytes) -> list[Row]:
    """The rows of a block. Cells are None, str, int, float, bool or datetime."""
    return [
        Row(row[0], _cells(row[1]), _marks(*row[2]) if len(row) > 2 else _ORDINARY)
        for row in json.loads(block)
    ]


def _marks(
    is_struck: bool, is_hidden: bool, merged: dict[str, list[int]], struck: dict[str, Any]
) -> Marks:
    return Marks(
        is_struck,
        is_hidden,
        {int(column): (first, count) for column, (first, count) in merged.items()},
        dict(zip(map(int, struck), _cells(list(struck.values())), strict=True)),
    )


def _cells(cells: list[Any]) -> list[Any]:
    return [_cell(c) if isinstance(c, dict) else c for c in cells]


def _cell(cell: dict[str, Any]) -> datetime.datetime | Number1904:
    if "n" in cell:
        return Number1904(cell["n"])
    return datetime.datetime.fromisoformat(cell["d"])


@contextmanager
def read_sheet(
    path: Path, *, labels: Iterable[str], wanted: str = "", header: int = 0
) -> Iterator[Sheet]:
    """Read the sheet `wanted`, else the one whose header holds most of the known `labels`; the
    row `header` (Excel's number) heads it, 0 leaves it to the reader.

    Raises Refused with a sentence for the clerk. The child is ended with the context.
    """
    scanned = scan(path)
    request = {
        "path": str(path),
        "kind": scanned.kind,
        "labels": sorted({squeeze(label) for label in labels}),
        "memory": CHILD_BYTES,
        "seconds": CHILD_SECONDS,
        "rows": ROWS,
        "columns": COLUMNS,
        "too_large": TOO_LARGE,
        "block": BLOCK,
        "sheet": wanted,
        "header": header,
        "is_1904": scanned.is_1904,
        "looks": {
            "is_struck": scanned.is_struck,
            "sheets": {name: sheet.looks for name, sheet in scanned.sheets.items()},
        },
        "errors": {
            name: [[row, column, text] for (row, column), text in sheet.errors.items()]
            for name, sheet in scanned.sheets.items()
        },
    }
    child = subprocess.Popen(
        [sys.executable, "-I", str(_CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(json.dumps(request).encode())
        child.stdin.close()
        first = _message(child.stdout.readline(), "sheet")
        found = scanned.sheets.get(first["sheet"], SheetScan())
        _compare_counts(found, first["total"])
        yield Sheet(
            name=first["sheet"],
            others=tuple((name, rows) for name, rows in first["others"]),
            sheets=tuple(first["sheets"]),
            header=first["header"],
            total=first["total"],
            above=[_cells(cells) for cells in first["above"]],
            top=[_cells(cells) for cells in first["top"]],
            groups=first["groups"],
            below=[_cells(cells) for cells in first["below"]],
            hidden_columns=frozenset(first["hidden_columns"]),
            merged=[(top, left, bottom, right) for top, left, bottom, right in first["merged"]],
            blocks=_blocks(child.stdout),
            is_1904=scanned.is_1904,
            kind=scanned.kind,
        )
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def _message(line: bytes, expected: str) -> dict[str, Any]:
    """What the child says where a message with a certain word is due. Raises Refused."""
    try:
        message = json.loads(line)
    except ValueError:
        raise Refused(BROKEN) from None
    if isinstance(message, dict) and "refused" in message:
        raise Refused(message["refused"])
    if not isinstance(message, dict) or expected not in message:
        raise Refused(BROKEN)
    return message


def _compare_counts(found: SheetScan, seen: int) -> None:
    """Refuse when the parser saw fewer rows than the sheet's XML holds with content.

    Guards against parsers that believe a lying <dimension>: losing rows in silence would
    be the worst failure of all. Rows may be sparse, so only fewer than present is wrong.
    """
    if seen < found.filled:
        raise Refused(BROKEN)


def _blocks(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        if not (line.startswith(b"[") and line.endswith(b"]\n")):
            _message(line, "end")
            return
        yield line
    raise Refused(BROKEN)
