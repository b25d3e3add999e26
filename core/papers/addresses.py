"""Addresses of cells, and where they lie once rows have been put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

ROWS = 1_048_576
COLUMNS = 16_384

Cell = tuple[int, int]

_PART = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)(\d{0,7})")


@cache
def letters(column: int) -> str:
    """3 -> C"""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@cache
def column_of(text: str) -> int:
    """C -> 3"""
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


def address(row: int, column: int) -> str:
    return f"{letters(column)}{row}"


def cell_of(reference: str) -> Cell | None:
    """D5 -> (5, 4), None where it is no address of a cell."""
    found = re.fullmatch(r"([A-Za-z]{1,3})([1-9]\d{0,6})", reference)
    if found is None or column_of(found[1]) > COLUMNS or int(found[2]) > ROWS:
        return None
    return int(found[2]), column_of(found[1])


class Area(NamedTuple):
    """A rectangle of cells; whole rows and columns reach to the ends of the sheet."""

    top: int
    left: int
    bottom: int
    right: int


def area_of(reference: str) -> Area | None:
    """$A$1:B2, A:C or 3:4 as an area, None where it is no address."""
    first, _, last = reference.partition(":")
    ends = [_PART.fullmatch(first), _PART.fullmatch(last or first)]
    if None in ends:
        return None
    rows = [int(end[4]) if end[4] else None for end in ends if end]
    columns = [column_of(end[2]) if end[2] else None for end in ends if end]
    if not last and (None in rows or None in columns):
        return None
    top, bottom = sorted((rows[0] or 1, rows[1] or ROWS))
    left, right = sorted((columns[0] or 1, columns[1] or COLUMNS))
    area = Area(top, left, bottom, right)
    return area if bottom <= ROWS and right <= COLUMNS else None


class Gap(NamedTuple):
    """Rows put in below a row. Where there is but one ruled line (`grows`), what ended at it
    ends at the last of the new rows; where there is none, they are plain (`is_plain`) and not
    made like the row of headings above."""

    after: int
    size: int
    grows: bool = False
    is_plain: bool = False


class Shift:
    """How the rows of a sheet move when gaps open."""

    def __init__(self, sheet: str, gaps: Sequence[Gap]) -> None:
        self.sheet = sheet.casefold()
        self.gaps = sorted(gaps)

    def row(self, number: int) -> int:
        return min(number + sum(gap.size for gap in self.gaps if number > gap.after), ROWS)

    def bottom(self, number: int) -> int:
        """The last row of an area."""
        grown = sum(gap.size for gap in self.gaps if gap.grows and number == gap.after)
        return min(self.row(number) + grown, ROWS)

    def opened(self) -> list[Gap]:
        """The gaps as they lie in the new sheet."""
        return [gap._replace(after=self.row(gap.after)) for gap in self.gaps]

    def reference(self, text: str, *, grows: bool = True) -> str:
        """A1, $A$1:B2, A:C or 3:4 where it lies now."""
        first, colon, last = text.partition(":")
        if not colon and not grows:
            return _with_row(first, self.row)
        if not colon:
            top, bottom = _with_row(first, self.row), _with_row(first, self.bottom)
            return top if top == bottom else f"{top}:{bottom}"
        move_bottom = self.bottom if grows else self.row
        return f"{_with_row(first, self.row)}:{_with_row(last, move_bottom)}"

    def list_of(self, text: str) -> str:
        """The areas of a sqref."""
        return " ".join(self.reference(part) for part in text.split())


def _with_row(part: str, move: Callable[[int], int]) -> str:
    match = _PART.fullmatch(part)
    if match is None or not match[4]:
        return part
    return f"{match[1]}{match[2]}{match[3]}{move(int(match[4]))}"
