"""Excel's errors in an old .xls, which the parser gives as empty cells.

[MS-CFB] says how a file lies in the container's sectors, [MS-XLS] how cells lie in records.
Whatever is not as these say ends the search: the parser then tells what is broken.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import islice

Errors = dict[tuple[int, int], str]

_SMALL = 4096  # streams below this have a table of their own
_NO_SECTOR = 0xFFFFFFFA  # this and above are marks, not sectors
_FORMULA, _FILEPASS, _BOUNDSHEET, _BOOLERR, _BOF = 0x06, 0x2F, 0x85, 0x205, 0x809
_TEXTS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!",
    0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


class Locked(Exception):
    """The workbook is encrypted."""


def errors_by_sheet(data: bytes) -> dict[str, Errors]:
    """Error cells by the name of their sheet, by (row, column) counted from 1 and 0.

    Raises Locked. Empty for what is no workbook of Excel 97 to 2003.
    """
    names: dict[int, str] = {}
    found: dict[str, Errors] = {}
    errors: Errors = {}
    try:
        for at, kind, body in _records(_Container(data).stream("Workbook")):
            if kind == _FILEPASS:
                raise Locked
            if kind == _BOUNDSHEET:
                offset, name = _sheet(body)
                names[offset] = name
            elif kind == _BOF and at in names:
                errors = found.setdefault(names[at], {})
            elif (code := _error_code(kind, body)) is not None:
                row, column = struct.unpack_from("<HH", body)
                errors[row + 1, column] = _TEXTS.get(code, "#VALUE!")
    except (struct.error, LookupError, ValueError):
        return {}
    return found


class _Container:
    """A compound file: a directory of streams in chains of sectors."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = {9: 512, 12: 4096}[struct.unpack_from("<H", data, 30)[0]]
        first, *_, mini, _, more, _ = struct.unpack_from("<7I", data, 48)
        tables = list(struct.unpack_from("<109I", data, 76))
        while more < _NO_SECTOR and len(tables) * self.size < len(data):
            *found, more = self._numbers(more)
            tables += found
        self.fat = [n for t in tables if t < _NO_SECTOR for n in self._numbers(t)]
        self.mini_fat = _unpacked(self._chain(mini))
        self.directory = self._chain(first)

    def stream(self, wanted: str) -> bytes:
        """The content of a stream, b"" when there is none of the name."""
        for start in range(0, len(self.directory), 128):
            entry = self.directory[start : start + 128]
            length = struct.unpack_from("<H", entry, 64)[0]
            name = entry[: max(0, length - 2)].decode("utf-16-le", "replace")
            first, size = struct.unpack_from("<II", entry, 116)
            if name == wanted:
                return self._small(first, size) if size < _SMALL else self._chain(first)[:size]
        return b""

    def _small(self, first: int, size: int) -> bytes:
        """Small streams lie in pieces of 64 bytes within the stream of the root."""
        root = self._chain(struct.unpack_from("<I", self.directory, 116)[0])
        pieces = islice(_follow(first, self.mini_fat), size // 64 + 1)
        return b"".join(root[n * 64 : n * 64 + 64] for n in pieces)[:size]

    def _chain(self, first: int) -> bytes:
        # A chain that is a ring would never end.
        longest = len(self.data) // self.size
        return b"".join(self._sector(n) for n in islice(_follow(first, self.fat), longest))

    def _sector(self, number: int) -> bytes:
        return self.data[(number + 1) * self.size : (number + 2) * self.size]

    def _numbers(self, sector: int) -> tuple[int, ...]:
        return _unpacked(self._sector(sector))


def _unpacked(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _follow(number: int, table: Sequence[int]) -> Iterator[int]:
    """The sectors of a chain."""
    while number < len(table):
        yield number
        number = table[number]


def _records(book: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, at)
        yield at, kind, book[at + 4 : at + 4 + size]
        at += 4 + size


def _sheet(body: bytes) -> tuple[int, str]:
    """Where a sheet begins, and its name."""
    offset, _, length, is_wide = struct.unpack_from("<IHBB", body)
    name = body[8 : 8 + length * (2 if is_wide else 1)]
    return offset, name.decode("utf-16-le" if is_wide else "latin-1")


def _error_code(kind: int, body: bytes) -> int | None:
    """The error that a cell holds or that its formula came to."""
    if kind == _BOOLERR and body[7]:
        return body[6]
    if kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
        return body[8]
    return None
