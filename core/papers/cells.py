"""Values put into the cells of a sheet's XML.

Text is written into the cell itself: the strings that sheets share are another part of the
package, and what stands in a cell as text is never taken for a formula.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, partial

from core.entities.workbooks import plain_text
from core.papers import markup
from core.papers.addresses import Cell, Gap, address, area_of, letters
from core.papers.formulas import moved
from core.papers.markup import Edit, attribute, escape, without
from core.papers.sheet import Element, SheetXml, formulas
from core.papers.styles import Styles

Value = str | int | float | Decimal | datetime.date | None
Values = Mapping[int, Mapping[int, Value]]

# Excel keeps 15 digits of a number.
_EXACT = 10**15
# Excel reads _x0041_ as an escape.
_ESCAPE = re.compile("(_x[0-9a-fA-F]{4}_)")
# Excel's year 1900 has a 29th of February, so days count from the 30th of December after it.
_EPOCH_1900 = datetime.date(1899, 12, 30).toordinal()
_EPOCH_1904 = datetime.date(1904, 1, 1).toordinal()
_LEAP = 61


class Rate(float):
    """A part of a whole: as such in a cell that shows per cents, else in words; where the heading
    has the sign (`is_bare`) as a number of per cents."""

    is_bare = False

    @classmethod
    def of(cls, value: float, *, is_bare: bool) -> Rate:
        made = cls(value)
        made.is_bare = is_bare
        return made

    def shown(self, *, is_percent: bool) -> float | str:
        if is_percent:
            return round(float(self), 4)
        number = round(float(self) * 100, 1)
        return number if self.is_bare else f"{number:.1f}%"


@dataclass
class Put:
    """A sheet with its values: `written` cells, those that are `locked`, and those that have a
    formula of their own (`computed`), which stays. `copied` are formulas of new rows."""

    xml: bytes
    written: list[Cell] = field(default_factory=list)
    locked: list[Cell] = field(default_factory=list)
    computed: list[Cell] = field(default_factory=list)
    copied: list[Cell] = field(default_factory=list)


def put(
    xml: bytes, values: Values, *, styles: Styles, is_1904: bool, gaps: Sequence[Gap] = ()
) -> Put:
    """Write values by row and column; the rows of the gaps are made like the one before each."""
    writer = _Writer(SheetXml(xml), styles, is_1904, gaps)
    return writer.run({row: dict(cells) for row, cells in values.items()})


class _Writer:
    def __init__(self, sheet: SheetXml, styles: Styles, is_1904: bool, gaps: Sequence[Gap]) -> None:
        self.sheet = sheet
        self.styles = styles
        self.is_1904 = is_1904
        self.gaps = gaps
        self.p = sheet.prefix.decode()
        self.out = Put(sheet.xml)
        self.edits: list[Edit] = []
        self.templates = {gap.after: _Template(sheet) for gap in gaps}
        self.plain = {gap.after for gap in gaps if gap.is_plain}

    def run(self, values: dict[int, dict[int, Value]]) -> Put:
        for gap in self.gaps:
            for number in range(gap.after + 1, gap.after + gap.size + 1):
                values.setdefault(number, {})
        wanted = sorted(number for number in values if values[number] or self._gap(number))
        taken = 0
        for row in self.sheet.rows():
            while taken < len(wanted) and wanted[taken] < row.number:
                self._new_row(row.start, wanted[taken], values[wanted[taken]])
                taken += 1
            if row.number in self.templates and row.number not in self.plain:
                self.templates[row.number].take(row)
            if taken < len(wanted) and wanted[taken] == row.number:
                self._fill_row(row, values[row.number])
                taken += 1
        self._rows_at_the_end([(number, values[number]) for number in wanted[taken:]])
        self._widen_dimension()
        self.out.xml = markup.splice(self.sheet.xml, self.edits)
        return self.out

    def _rows_at_the_end(self, rows: list[tuple[int, dict[int, Value]]]) -> None:
        sheet = self.sheet
        if not rows:
            return
        if sheet.has_no_rows:
            # <sheetData/> opens for them.
            slash = sheet.xml.rindex(b"/", sheet.start, sheet.end)
            self.edits.append((slash, sheet.end, b">"))
        for row, cells in rows:
            self._new_row(sheet.data_end, row, cells)
        if sheet.has_no_rows:
            self._add(sheet.data_end, f"</{self.p}sheetData>")

    def _add(self, at: int, text: str) -> None:
        self.edits.append((at, at, text.encode()))

    def _gap(self, row: int) -> Gap | None:
        return next((g for g in self.gaps if g.after < row <= g.after + g.size), None)

    def _new_row(self, at: int, number: int, cells: dict[int, Value]) -> None:
        gap = self._gap(number)
        if gap is not None:
            self._add(at, self._copied_row(number, self.templates[gap.after], gap, cells))
            return
        made = [
            self._new_cell(number, b"", column, value) for column, value in sorted(cells.items())
        ]
        if any(made):
            self._add(at, f'<{self.p}row r="{number}">{"".join(made)}</{self.p}row>')

    def _copied_row(
        self, number: int, template: _Template, gap: Gap, cells: dict[int, Value]
    ) -> str:
        """A row with the styles and the formulas of the one before the gap."""
        made = []
        columns = template.cells
        for column in sorted({*columns, *cells}):
            if column not in columns:
                made.append(self._new_cell(number, template.row, column, cells[column]))
                continue
            attributes, style = columns[column]
            formula = template.formulas.get(column)
            value = cells.get(column)
            if formula is not None:
                if value is not None:
                    self.out.computed.append((number, column))
                text = escape(moved(formula, number - gap.after))
                self.out.copied.append((number, column))
                inner = f"<{self.p}f>{text}</{self.p}f>"
                made.append(self._cell(number, column, attributes, "", inner))
            elif value is None or self._is_locked(number, column, style):
                made.append(self._cell(number, column, attributes, "", ""))
            else:
                kind, inner = self._content(value, style)
                self.out.written.append((number, column))
                made.append(self._cell(number, column, attributes, kind, inner))
        return f'<{self.p}row r="{number}"{template.attributes}>{"".join(made)}</{self.p}row>'

    def _fill_row(self, row: Element, cells: dict[int, Value]) -> None:
        left = dict(sorted(cells.items()))
        before = len(self.out.written)
        make = partial(self._new_cell, row.number, row.attributes)
        pieces: list[tuple[int, str]] = []
        for cell in self.sheet.cells(row):
            new = [(c, left.pop(c)) for c in list(left) if c < cell.number]
            pieces += [(cell.start, make(c, value)) for c, value in new]
            if left.get(cell.number) is not None:
                self._fill_cell(row.number, cell, left.pop(cell.number))
        at = row.content_end
        pieces += [(at, make(c, value)) for c, value in left.items()]
        pieces = [piece for piece in pieces if piece[1]]
        if row.is_empty and pieces:
            slash = self.sheet.xml.rindex(b"/", row.start, row.end)
            self.edits.append((slash, row.end, b">"))
            pieces.append((at, f"</{self.p}row>"))
        for place, text in pieces:
            self._add(place, text)
        self._widen_spans(row, [column for _, column in self.out.written[before:]])

    def _fill_cell(self, row: int, cell: Element, value: Value) -> None:
        style = self.sheet.style_of(cell.attributes, b"", cell.number)
        if b"f" in self.sheet.content(cell) and self._has_formula(cell):
            self.out.computed.append((row, cell.number))
        elif not self._is_locked(row, cell.number, style):
            kind, inner = self._content(value, style)
            kept = without(cell.attributes, b"t", b"cm", b"vm").rstrip().decode()
            tag = f"{self.p}c"
            body = f">{inner}</{tag}>" if inner else "/>"
            self.edits.append((cell.start, cell.end, f"<{tag}{kept}{kind}{body}".encode()))
            self.out.written.append((row, cell.number))

    def _has_formula(self, cell: Element) -> bool:
        found = markup.tags(self.sheet.xml, cell.tag_end, cell.content_end)
        return any(tag.name == b"f" for tag in found)

    def _new_cell(self, row: int, row_attributes: bytes, column: int, value: Value) -> str:
        """A cell where there was none, "" where it may not be."""
        style = self.sheet.style_of(b"", row_attributes, column)
        if value is None or self._is_locked(row, column, style):
            return ""
        kind, inner = self._content(value, style)
        self.out.written.append((row, column))
        return self._cell(row, column, f' s="{style}"' if style else "", kind, inner)

    def _cell(self, row: int, column: int, attributes: str, kind: str, inner: str) -> str:
        start = f'<{self.p}c r="{letters(column)}{row}"{attributes}{kind}'
        return f"{start}>{inner}</{self.p}c>" if inner else f"{start}/>"

    def _is_locked(self, row: int, column: int, style: int) -> bool:
        is_locked = self.sheet.is_protected and self.styles[style].is_locked
        if is_locked:
            self.out.locked.append((row, column))
        return is_locked

    def _content(self, value: Value, style: int) -> tuple[str, str]:
        """The type and what stands in a cell."""
        kind = self.styles[style]
        if isinstance(value, Rate):
            value = value.shown(is_percent=kind.is_percent)
        if isinstance(value, datetime.date):
            serial = self._serial(value) if kind.is_day else None
            if serial is not None:
                return "", f"<{self.p}v>{serial}</{self.p}v>"
            value = value.isoformat()
        elif isinstance(value, int | float | Decimal):
            number = plain_number(value)
            if not kind.is_text and -_EXACT < value < _EXACT:
                return "", f"<{self.p}v>{number}</{self.p}v>"
            value = number
        if not value:
            return "", ""
        text = plain_text(value)
        if "_x" in text:
            text = _ESCAPE.sub(r"_x005F\1", text)
        text = escape(text)
        keep = ' xml:space="preserve"' if text != text.strip() else ""
        p = self.p
        return ' t="inlineStr"', f"<{p}is><{p}t{keep}>{text}</{p}t></{p}is>"

    def _serial(self, day: datetime.date) -> int | None:
        """A day as Excel counts it, None before its first one."""
        if self.is_1904:
            serial = day.toordinal() - _EPOCH_1904
            return serial if serial >= 0 else None
        serial = day.toordinal() - _EPOCH_1900
        serial -= serial < _LEAP
        return serial if serial >= 1 else None

    def _widen_spans(self, row: Element, columns: list[int]) -> None:
        spans = attribute(row.attributes, b"spans")
        place = markup.value_span(row.attributes, b"spans")
        if not spans or not place or not columns:
            return
        pairs = [part.partition(":")[::2] for part in spans.split()]
        ranges = [(int(first), int(last)) for first, last in pairs]
        if all(any(first <= c <= last for first, last in ranges) for c in columns):
            return
        ends = [*columns, *(end for pair in ranges for end in pair)]
        at = row.start + len(f"<{self.p}row")
        self.edits.append((at + place[0], at + place[1], f"{min(ends)}:{max(ends)}".encode()))

    def _widen_dimension(self) -> None:
        place = self.sheet.dimension
        cells = [*self.out.written, *self.out.copied]
        if place is None or not cells:
            return
        area = area_of(self.sheet.xml[place[0] : place[1]].decode())
        if area is None:
            return
        rows = [area.top, area.bottom, *(row for row, _ in cells)]
        columns = [area.left, area.right, *(column for _, column in cells)]
        new = f"{address(min(rows), min(columns))}:{address(max(rows), max(columns))}"
        if area_of(new) != area:
            self.edits.append((*place, new.encode()))


class _Template:
    """The row that new rows are made like; where the sheet has none, they are plain."""

    def __init__(self, sheet: SheetXml) -> None:
        self.sheet = sheet
        self.row = b""
        self.attributes = ""
        self.cells: dict[int, tuple[str, int]] = {}
        self._number = 0

    def take(self, row: Element) -> None:
        self.row, self._number = row.attributes, row.number
        self.attributes = without(row.attributes, b"r", b"spans").rstrip().decode()
        for cell in self.sheet.cells(row):
            kept = without(cell.attributes, b"r", b"t", b"cm", b"vm").rstrip().decode()
            style = self.sheet.style_of(cell.attributes, b"", cell.number)
            self.cells[cell.number] = kept, style

    @cached_property
    def formulas(self) -> dict[int, str]:
        return {
            column: formula.text
            for (row, column), formula in formulas(self.sheet)
            if row == self._number and formula.kind in {"", "normal", "shared"} and formula.text
        }


def plain_number(value: float | Decimal) -> str:
    """A number as XML and a cell of text have it. Raises ValueError for what is none."""
    if not math.isfinite(value):
        raise ValueError(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return repr(value)
