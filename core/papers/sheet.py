"""The rows and cells in the XML of a sheet, and where each stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property
from html import unescape
from typing import NamedTuple

from core.ledgers.spreadsheets.limits import BROKEN
from core.papers import markup
from core.papers.addresses import Cell, column_of
from core.papers.formulas import moved
from core.papers.markup import attribute
from core.secrecy.files import Refused

_ADDRESS = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*)(\d+)")
_PHONETIC = re.compile(rb"<(?:\w+:)?rPh[\s>].*?</(?:\w+:)?rPh>", re.S)
_TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)<")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Element(NamedTuple):
    """A row or a cell by its number, its content from `tag_end` to `content_end`."""

    number: int
    attributes: bytes
    start: int
    tag_end: int
    content_end: int
    end: int

    @property
    def is_empty(self) -> bool:
        """Whether it is written as <row/>."""
        return self.content_end == self.tag_end == self.end


class Column(NamedTuple):
    first: int
    last: int
    style: int


class SheetXml:
    """What is to be known of a sheet's XML before it is searched for cells."""

    def __init__(self, xml: bytes) -> None:
        self.xml = xml
        self._plain = markup.masked(xml)
        self.prefix = markup.root(xml).prefix
        self.columns: list[Column] = []
        self.is_protected = False
        self.dimension: tuple[int, int] | None = None
        start = None
        for tag in markup.tags(xml):
            if tag.name == b"col":
                self.columns.append(_column(tag.attributes))
            elif tag.name == b"dimension" and (span := markup.value_span(tag.attributes, b"ref")):
                at = tag.attributes_start
                self.dimension = (at + span[0], at + span[1])
            elif tag.name == b"sheetData":
                start, self.end = tag.start, tag.end
                self.data_start, self.data_end = tag.end, tag.end
                self.has_no_rows = tag.is_empty
                break
        if start is None:
            raise Refused(BROKEN)
        self.start = start
        if not self.has_no_rows:
            self.data_end = self._plain.rindex(b"</" + self.prefix + b"sheetData")
            self.end = xml.index(b">", self.data_end) + 1
        for tag in markup.tags(xml, self.end):
            if tag.name == b"sheetProtection":
                self.is_protected = markup.is_true(attribute(tag.attributes, b"sheet"))

    def rows(self) -> Iterator[Element]:
        return _elements(self._plain, self.prefix, b"row", self.data_start, self.data_end)

    def cells(self, row: Element) -> Iterator[Element]:
        return _elements(self._plain, self.prefix, b"c", row.tag_end, row.content_end)

    def starts(self, name: bytes) -> Iterator[int]:
        """Where in the rows the elements of a name begin."""
        found = _opening(self.prefix, name).finditer(self._plain, self.data_start, self.data_end)
        return (match.start() for match in found)

    def cell_around(self, place: int) -> tuple[Cell, Element]:
        """The cell that a place in the XML belongs to."""
        start = self._plain.rindex(b"<" + self.prefix + b"c", 0, place)
        cell = next(_elements(self._plain, self.prefix, b"c", start, self.data_end))
        found = _ADDRESS.search(cell.attributes)
        if found is not None:
            return (int(found[2]), cell.number), cell
        at = self._unnumbered[start]
        return at, cell._replace(number=at[1])

    @cached_property
    def _unnumbered(self) -> dict[int, Cell]:
        """The cells that do not say where they are, by their place in the XML."""
        return {
            cell.start: (row.number, cell.number)
            for row in self.rows()
            for cell in self.cells(row)
            if not _ADDRESS.search(cell.attributes)
        }

    def content(self, element: Element) -> bytes:
        return self.xml[element.tag_end : element.content_end]

    def style_of(self, cell: bytes, row: bytes, column: int) -> int:
        """The style of a cell with these attributes, of its row or its column."""
        if style := _style(cell):
            return style
        if cell:
            return 0
        if markup.is_true(attribute(row, b"customFormat")):
            return _style(row)
        return next((c.style for c in self.columns if c.first <= column <= c.last), 0)


def _style(attributes: bytes) -> int:
    text = attribute(attributes, b"s") or ""
    return int(text) if text.isdigit() else 0


def _column(attributes: bytes) -> Column:
    first, last, style = (attribute(attributes, n) or "0" for n in (b"min", b"max", b"style"))
    return Column(int(first), int(last), int(style))


@cache
def _opening(prefix: bytes, name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<" + prefix + name + rb"(?=[\s/>])([^>]*)>")


def _elements(xml: bytes, prefix: bytes, name: bytes, start: int, end: int) -> Iterator[Element]:
    """Rows or cells; one that does not say its number follows the one before it."""
    number = 0
    search, closing = _opening(prefix, name).search, b"</" + prefix + name
    at = start
    while match := search(xml, at, end):
        attributes = match[1]
        found = _ADDRESS.search(attributes)
        if found is None:
            number += 1
        elif name == b"row":
            number = int(found[2])
        else:
            number = column_of(found[1].decode())
        first, at = match.span()
        if attributes[-1:] == b"/":
            yield Element(number, attributes[:-1], first, at, at, at)
        else:
            content, last = at, xml.index(closing, at)
            at = xml.index(b">", last) + 1
            yield Element(number, attributes, first, content, last, at)


class Formula(NamedTuple):
    """A formula and the element of its cell; `text` as if it were not shared with others.

    `kind` is the formula's type, "" for one of its own; `tag` and `text_span` say where it
    stands, `shared` the cell that has the text that this one shares.
    """

    cell: Element
    text: str
    kind: str
    tag: markup.Tag
    text_span: tuple[int, int]
    shared: Cell | None


def formulas(sheet: SheetXml) -> Iterator[tuple[Cell, Formula]]:
    """All formulas of a sheet in their order."""
    masters: dict[str, tuple[Cell, str]] = {}
    for start in sheet.starts(b"f"):
        tag = next(markup.tags(sheet.xml, start))
        at, cell = sheet.cell_around(start)
        span, text = (tag.end, tag.end), ""
        if not tag.is_empty:
            end, text = markup.text_at(sheet.xml, tag.end)
            span = (tag.end, end)
        kind = attribute(tag.attributes, b"t") or ""
        shared = None
        if kind == "shared":
            group = attribute(tag.attributes, b"si") or ""
            if text:
                masters[group] = (at, text)
            shared, first = masters.get(group, (at, text))
            text = moved(first, at[0] - shared[0], at[1] - shared[1])
        yield at, Formula(cell, text, kind, tag, span, shared)


def shared_strings(xml: bytes) -> list[str]:
    """The texts that cells of the type "s" name by their number."""
    items = re.findall(rb"<(?:\w+:)?si(?:\s[^>]*)?(?:/>|>(.*?)</(?:\w+:)?si>)", xml, re.S)
    return [text_of(item) for item in items]


def text_of(item: bytes) -> str:
    """The text of <is> or <si>, its pieces joined, without the reading of Chinese characters."""
    pieces = _TEXT.findall(_PHONETIC.sub(b"", item))
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), unescape(b"".join(pieces).decode()))


_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)<")


def constant(sheet: SheetXml, cell: Element, strings: list[str]) -> str | float | None:
    """The text or number that stands in a cell, None in an empty one."""
    kind = attribute(cell.attributes, b"t")
    content = sheet.content(cell)
    if kind == "inlineStr":
        return text_of(content) or None
    found = _VALUE.search(content)
    if found is None or not found[1]:
        return None
    text = unescape(found[1].decode())
    try:
        if kind == "s":
            return strings[int(text)] or None
        return float(text) if kind in {None, "n"} else text
    except (ValueError, IndexError):
        raise Refused(BROKEN) from None
