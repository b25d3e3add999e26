"""Where pictures, text boxes, controls and comments lie over the cells of a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.papers.addresses import Shift
from core.papers.markup import Edit, attribute, is_true

_NAME = rb"(?:[\w.-]+:)?"
_ANCHOR = re.compile(rb"<" + _NAME + rb"(twoCellAnchor|oneCellAnchor|anchor)(\s[^>]*)?>")
_END = re.compile(rb"<" + _NAME + rb"(from|to)(?:\s[^>]*)?>(.*?)</" + _NAME + rb"\1\s*>", re.S)
_ROW = re.compile(rb"<" + _NAME + rb"row\s*>\s*(\d+)\s*<")
_OFFSET = re.compile(rb"<" + _NAME + rb"rowOff\s*>\s*(-?\d+)\s*<")
_NOTE = re.compile(rb"<x:ClientData(\s[^>]*)>(.*?)</x:ClientData>", re.S)
_NOTE_ANCHOR = re.compile(rb"<x:Anchor>([^<]*)<")
_NOTE_ROW = re.compile(rb"<x:Row>\s*(\d+)\s*<")


def anchors(xml: bytes, shift: Shift, start: int = 0, end: int | None = None) -> Iterator[Edit]:
    """Anchors of drawings, controls and embedded objects; rows count from 0."""
    stop = len(xml) if end is None else end
    for match in _ANCHOR.finditer(xml, start, stop):
        following = _ANCHOR.search(xml, match.end(), stop)
        limit = following.start() if following else stop
        ends = {m[1]: m for m in _END.finditer(xml, match.end(), limit)}
        if b"from" not in ends:
            continue
        top = _ROW.search(xml, *ends[b"from"].span())
        bottom = _ROW.search(xml, *ends[b"to"].span()) if b"to" in ends else None
        if top is None:
            continue
        first = int(top[1])
        moved = shift.row(first + 1) - 1
        yield from _number(top, moved)
        if bottom is None:
            continue
        last = int(bottom[1])
        if not _stretches(match[1], match[2] or b""):
            yield from _number(bottom, last + moved - first)
            continue
        offset = _OFFSET.search(xml, *ends[b"to"].span())
        is_edge = last > first and (offset is None or int(offset[1]) == 0)
        # What ends where a row begins ends with the row before.
        yield from _number(bottom, shift.row(last) if is_edge else shift.row(last + 1) - 1)


def _stretches(name: bytes, attributes: bytes) -> bool:
    """Whether what lies there grows with its rows; whatever is below them moves."""
    if name == b"anchor":
        return is_true(attribute(attributes, b"sizeWithCells"))
    return attribute(attributes, b"editAs") in {None, "twoCell"}


def notes(xml: bytes, shift: Shift, start: int = 0, end: int | None = None) -> Iterator[Edit]:
    """Comments and old controls in a .vml: columns, rows and offsets in one list."""
    for match in _NOTE.finditer(xml, start, len(xml) if end is None else end):
        anchor = _NOTE_ANCHOR.search(xml, *match.span(2))
        cell = _NOTE_ROW.search(xml, *match.span(2))
        down = 0
        if cell is not None:
            down = shift.row(int(cell[1]) + 1) - 1 - int(cell[1])
            yield from _number(cell, int(cell[1]) + down)
        numbers = [int(n) for n in anchor[1].split(b",")] if anchor else []
        if anchor is None or len(numbers) != 8:
            continue
        if cell is None:
            down = shift.row(numbers[2] + 1) - 1 - numbers[2]
        if down:
            numbers[2] += down
            numbers[6] += down
            yield *anchor.span(1), ", ".join(map(str, numbers)).encode()


def _number(match: re.Match[bytes], new: int) -> Iterator[Edit]:
    if new != int(match[1]):
        yield *match.span(1), str(new).encode()
