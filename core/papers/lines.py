"""Lines of a form that are parts of others: 其中：女, further to the right than the line above."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.papers.addresses import Cell

_PART = re.compile(r"其\s*中\s*[:：]?\s*")
_BY = re.compile(r"按[^:：]{2,10}分[组类]?\s*[:：]\s*")
# How many signs wide one step of a format is.
_STEP = 3


@dataclass(frozen=True)
class Line:
    """A heading of a line and those that it is a part of, the nearest first; `may_be` where only
    the 其中 of a line before it says so."""

    text: str
    within: tuple[str, ...] = ()
    may_be: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Open:
    """A line that others may be parts of: where it starts, where its own words do."""

    start: int
    words_at: int
    is_part: bool
    line: Line


def lines_of(cells: Iterable[tuple[Cell, int, str]], ends: Sequence[int]) -> Mapping[Cell, Line]:
    """(cell, steps of its format, text) of a column from above -> what each is a part of; at the
    rows `ends` all begins anew."""
    found: dict[Cell, Line] = {}
    opened: list[_Open] = []
    section = 0
    for cell, steps, text in cells:
        if section != (section := bisect_right(ends, cell[0])):
            opened = []
        opened = _after(opened, text, steps)
        found[cell] = opened[-1].line
    return found


def _after(opened: list[_Open], text: str, steps: int) -> list[_Open]:
    """The lines that are open after one more, which is the last of them."""
    plain = text.strip()
    start = steps * _STEP + _width(text[: len(text) - len(text.lstrip())])
    is_part = _PART.match(plain) is not None
    before = _PART.match(plain) or _BY.match(plain)
    words_at = start + _width(before[0] if before else "")
    may_be = _after_part(opened, start) if not is_part else ()
    kept = list(opened)
    while kept and not _holds(kept[-1], start, is_part=is_part):
        kept.pop()
    within = (kept[-1].line.text, *kept[-1].line.within) if kept else ()
    line = Line(plain, within, () if within else may_be)
    return [*kept, _Open(start, words_at, is_part, line)]


def _holds(line: _Open, start: int, *, is_part: bool) -> bool:
    """Whether one that starts there is a part of a line: 其中 is of what stands at its left or
    right above it, what stands below the words of a 其中 is beside it."""
    if is_part:
        return line.words_at <= start if not line.is_part else line.start < start
    return line.words_at < start and not line.is_part


def _after_part(opened: Sequence[_Open], start: int) -> tuple[str, ...]:
    """What a line without 其中, as far to the left as the one before, is perhaps a part of."""
    last = opened[-1] if opened else None
    if last is None or last.start != start:
        return ()
    return last.line.within if last.is_part else last.line.may_be


def _width(text: str) -> int:
    """Signs of Chinese are as wide as two."""
    return sum(2 if ord(sign) > 0x2E80 else 1 for sign in text)
