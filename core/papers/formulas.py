"""Formulas as far as filling a form needs it: which cells they name, and the same formula
after rows were put in or in another cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from core.papers.addresses import COLUMNS, ROWS, Area, Shift, area_of, column_of, letters

# Single quotes in a name of a sheet stand doubled; "[1]" before it is another workbook.
_TOKEN = re.compile(
    r"""
    (?P<text>"(?:[^"]|"")*")
    |(?P<sheet>(?:\[[^\[\]]*\])?(?:'(?:[^']|'')+'|[\w.]+(?::[\w.]+)?)!)?
     (?P<area>\$?[A-Za-z]{1,3}\$?\d{1,7}(?::\$?[A-Za-z]{1,3}\$?\d{1,7})?
       |\$?\d{1,7}:\$?\d{1,7}
       |\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3})(?![\w.(!\[])
    |(?P<error>\#[A-Z]+(?:/[A-Z0]+)?[!?]?)
    |(?P<bracket>\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\])
    |(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?(?![\w.])|\.\d+(?![\w.]))
    |(?P<word>(?:'(?:[^']|'')*'!)?[\w.\\?]+)
    |(?P<space>\s+)
    |(?P<sign>.)
    """,
    re.X | re.S,
)
_END = re.compile(r"(\$?)([A-Za-z]*)(\$?)(\d*)")
# What these look at is not named in the formula.
_OPEN = frozenset({"INDIRECT", "OFFSET", "CELL", "GETPIVOTDATA"})
_DEPTH = 5


class Token(NamedTuple):
    kind: str
    text: str
    sheet: str | None = None
    area: Area | None = None


class Reading(NamedTuple):
    """What a formula looks at: areas with the sheet that is named before them ("" is its own);
    `is_open` where it says so only when calculated."""

    areas: list[tuple[str, Area]]
    is_open: bool
    words: frozenset[str]


def tokens(formula: str) -> Iterator[Token]:
    """The parts of a formula; the sheet of an area without its quotes, in small letters."""
    for match in _TOKEN.finditer(formula):
        kind = match.lastgroup or "sign"
        area = area_of(match["area"]) if kind == "area" else None
        if area is not None:
            yield Token(kind, match["area"], _sheet_name(match["sheet"]), area)
        else:
            yield Token("word" if kind == "area" else kind, match[0])


def _sheet_name(text: str | None) -> str | None:
    if text is None:
        return None
    name = text[:-1]
    if name.startswith("'"):
        name = name[1:-1].replace("''", "'")
    return name.casefold()


def shifted(formula: str, shift: Shift, *, is_home: bool = False, row: int | None = None) -> str:
    """A formula after rows were put into the sheet of `shift`.

    `is_home` where addresses without a sheet lie in that sheet; `row` is where the formula
    stands there. A range of a ruled line's own formula does not grow over the others.
    """

    def replace(match: re.Match[str]) -> str:
        if match.lastgroup != "area" or area_of(match["area"]) is None:
            return match[0]
        sheet = _sheet_name(match["sheet"])
        if sheet != shift.sheet and not (sheet is None and is_home):
            return match[0]
        is_own_row = row is not None and any(gap.after == row for gap in shift.gaps)
        grows = ":" in match["area"] and not is_own_row
        return (match["sheet"] or "") + shift.reference(match["area"], grows=grows)

    return _TOKEN.sub(replace, formula)


def moved(formula: str, rows: int, columns: int = 0) -> str:
    """The formula in a cell that lies so many rows and columns further on, as when copied."""
    if not rows and not columns:
        return formula

    def end(match: re.Match[str]) -> str:
        column, row = match[2], match[4]
        if column and not match[1]:
            column = letters((column_of(column) + columns - 1) % COLUMNS + 1)
        if row and not match[3] and not (match[1] and not column):
            row = str((int(row) + rows - 1) % ROWS + 1)
        return f"{match[1]}{column}{match[3]}{row}"

    def replace(match: re.Match[str]) -> str:
        if match.lastgroup != "area" or area_of(match["area"]) is None:
            return match[0]
        return (match["sheet"] or "") + ":".join(
            _END.sub(end, part, count=1) for part in match["area"].split(":")
        )

    return _TOKEN.sub(replace, formula)


def read(formula: str, names: Mapping[str, list[str]], depth: int = 0) -> Reading:
    """What a formula looks at, also by the workbook's names (in small letters)."""
    areas: list[tuple[str, Area]] = []
    words = set()
    is_open = depth > _DEPTH
    for token in tokens(formula) if not is_open else ():
        if token.area is not None:
            areas.append((token.sheet or "", token.area))
            # Through several sheets.
            is_open = is_open or ":" in (token.sheet or "")
        elif token.kind == "bracket":
            is_open = True
        elif token.kind == "word":
            words.add(token.text.upper())
            for text in names.get(token.text.casefold(), ()):
                named = read(text, names, depth + 1)
                areas += named.areas
                is_open = is_open or named.is_open
    return Reading(areas, is_open or not _OPEN.isdisjoint(words), frozenset(words))
