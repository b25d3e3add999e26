"""Errors in workbooks of Excel 97 to 2003, however their container is laid out.

The containers here are written as [MS-CFB] says, in the ways that Excel and other programs use:
a short workbook in pieces of 64 bytes, a long one in sectors, a very long one whose table of
sectors goes on beyond the header.
"""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from core.ledgers.spreadsheets import Refused, biff, read_sheet
from tests.imports.malformed import HEADER, OLD

SECTOR, PIECE = 512, 64
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
# Sectors that the header has room to name; a file with a longer table says where it goes on.
IN_HEADER = 109
SHORT, LONG = 0, 5_000
FOUND = {"人员": {(2, 1): "#N/A", (3, 0): "#DIV/0!"}}


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def workbook(padding: int) -> bytes:
    """A sheet with an error that stands in a cell and one that a formula came to."""
    begin, end = record(0x809, bytes(16)), record(0x0A, b"")
    name = "人员".encode("utf-16-le")
    length = len(begin) + len(record(0x85, bytes(8) + name)) + len(end)
    sheet = record(0x85, struct.pack("<IHBB", length, 0, 2, 1) + name)
    cell = record(0x205, struct.pack("<HHHBB", 1, 1, 0, 0x2A, 1))
    result = b"\x02\x00\x07\x00\x00\x00\xff\xff"
    formula = record(0x06, struct.pack("<HHH", 2, 0, 0) + result)
    return begin + sheet + end + begin + cell + formula + record(0x201, bytes(padding)) + end


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[n : n + size].ljust(size, b"\0") for n in range(0, len(data), size)]


def backwards(count: int, *, first: int = 0) -> tuple[int, list[int]]:
    """A chain whose last place comes first in the file: where it begins, and its table."""
    return first + count - 1, [END, *range(first, first + count - 1)]


def entry(name: str, first: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<H", len(text))
    return head.ljust(116, b"\0") + struct.pack("<II", first, size) + bytes(4)


def container(book: bytes, *, name: str = "Workbook", is_far: bool = False) -> bytes:
    """A compound file: its table, the directory, the table of pieces, what continues the
    table, then the stream, of which no part stands where the next one would be looked for."""
    is_short = len(book) < 4096
    if is_short:
        begin, small = backwards(len(pieces(book, PIECE)))
        root = b"".join(reversed(pieces(book, PIECE)))
    else:
        begin, small, root = 0, [], book
    first, chain = backwards(len(pieces(root, SECTOR)), first=4)
    sectors = list(reversed(pieces(root, SECTOR)))
    if is_far:
        sectors += [bytes(SECTOR)] * IN_HEADER
    if not is_short:
        begin = first
    entries = [
        entry("Root Entry", first if is_short else END, len(root) if is_short else 0),
        entry(name, begin, len(book)),
    ]
    table = [TABLE, END, END, END, *chain]
    numbers = [0] if is_far else []
    head = struct.pack(
        "<8s16s6H8x8I",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0),
        *(1, 1, 0, 4096, 2, 1, 3 if is_far else END, int(is_far)),
    )
    places = [] if is_far else [0]
    head += struct.pack("<109I", *places, *[FREE] * (IN_HEADER - len(places)))
    last = struct.pack("<128I", *numbers, *[FREE] * (127 - len(numbers)), 3 if is_far else END)
    parts = [
        struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff"),
        b"".join(entries).ljust(SECTOR, b"\0"),
        struct.pack(f"<{len(small)}I", *small).ljust(SECTOR, b"\xff"),
        last,
        *sectors,
    ]
    return head + b"".join(parts)


@pytest.mark.parametrize("padding", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("is_far", [False, True], ids=["table in the header", "and beyond it"])
def test_errors_are_found_where_they_stand(padding: int, is_far: bool) -> None:
    """What continues the table names itself as what comes next: that ends, too."""
    data = container(workbook(padding), is_far=is_far)
    assert biff.errors_by_sheet(data) == FOUND


def test_a_container_without_a_workbook_has_none() -> None:
    """As that of Excel 5, whose stream is called otherwise."""
    assert biff.errors_by_sheet(container(workbook(SHORT), name="Book")) == {}


@pytest.mark.parametrize(
    ("at", "odd"),
    [
        pytest.param(30, b"\x07\x00", id="sectors of no known size"),
        pytest.param(48, b"\x02\x00\x00\x00", id="a directory that is none"),
        pytest.param(60, b"\x00\x10\x00\x00", id="pieces beyond the file"),
    ],
)
def test_what_is_not_laid_out_so_has_none(at: int, odd: bytes) -> None:
    data = bytearray(container(workbook(SHORT)))
    data[at : at + len(odd)] = odd
    assert biff.errors_by_sheet(bytes(data)) == {}


@pytest.mark.parametrize("length", [20, 60, 300])
def test_half_a_header_has_none(length: int) -> None:
    assert biff.errors_by_sheet(container(workbook(SHORT))[:length]) == {}


def test_the_parser_tells_what_is_broken(tmp_path: Path) -> None:
    data = bytearray(OLD.read_bytes())
    data[30:32] = b"\x07\x00"
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    assert biff.errors_by_sheet(bytes(data)) == {}
    with pytest.raises(Refused, match="损坏"), read_sheet(path, labels=HEADER):
        pass
