"""What the styles of a workbook say of a cell: a day, a text, locked, ruled."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.papers import markup
from core.papers.markup import Tag, attribute, is_true

_TEXT = 49
_PERCENTS = frozenset({9, 10})
# Of Excel's own formats, those of Chinese Excel included.
_DAYS = frozenset({14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58})
# Words, colours and fillers in a format, and the E of 0.00E+00.
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|G/通用格式|E[+-]', re.I)
_DAY = re.compile(r"[ydeg]|a{3}", re.I)
_HOUR = re.compile(r"[hs]", re.I)
_SIDES = frozenset({b"left", b"right", b"top", b"bottom", b"start", b"end"})


class Style(NamedTuple):
    is_day: bool = False
    is_text: bool = False
    is_locked: bool = True
    is_ruled: bool = False
    is_percent: bool = False
    # By how many steps its text stands further to the right.
    indent: int = 0


class Styles:
    """By the number that a cell carries; one that is not there is plain."""

    def __init__(self, xml: bytes) -> None:
        self._formats: dict[int, str] = {}
        self._ruled: list[bool] = []
        self._styles: list[Style] = []
        within = b""
        for tag in markup.tags(xml):
            if tag.name in {b"numFmts", b"borders", b"cellXfs", b"cellStyleXfs", b"dxfs"}:
                within = b"" if tag.is_end or tag.is_empty else tag.name
            elif not tag.is_end:
                self._take(within, tag)

    def _take(self, within: bytes, tag: Tag) -> None:
        if within == b"numFmts" and tag.name == b"numFmt":
            code = attribute(tag.attributes, b"formatCode") or ""
            self._formats[_number(tag, b"numFmtId")] = code
        elif within == b"borders" and tag.name == b"border":
            self._ruled.append(False)
        elif within == b"borders" and tag.name in _SIDES:
            self._ruled[-1] |= (attribute(tag.attributes, b"style") or "none") != "none"
        elif within == b"cellXfs" and tag.name == b"xf":
            border = _number(tag, b"borderId")
            number = _number(tag, b"numFmtId")
            self._styles.append(
                Style(
                    is_day=is_day(self._formats[number])
                    if number in self._formats
                    else number in _DAYS,
                    is_text=number == _TEXT or self._formats.get(number) == "@",
                    is_percent="%" in self._formats.get(number, "") or number in _PERCENTS,
                    is_ruled=border < len(self._ruled) and self._ruled[border],
                )
            )
        elif within == b"cellXfs" and tag.name == b"alignment":
            self._styles[-1] = self._styles[-1]._replace(indent=_number(tag, b"indent"))
        elif within == b"cellXfs" and tag.name == b"protection":
            locked = attribute(tag.attributes, b"locked")
            self._styles[-1] = self._styles[-1]._replace(
                is_locked=locked is None or is_true(locked)
            )

    def __getitem__(self, number: int) -> Style:
        return self._styles[number] if 0 <= number < len(self._styles) else Style()


def _number(tag: Tag, name: bytes) -> int:
    text = attribute(tag.attributes, name) or ""
    return int(text) if text.isdigit() else 0


def is_day(code: str) -> bool:
    """Whether a number format shows a number as a day."""
    plain = _LITERAL.sub("", code)
    return bool(_DAY.search(plain) or ("m" in plain.lower() and not _HOUR.search(plain)))
