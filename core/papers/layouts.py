"""What a form looks like: its texts and where they stand, merged cells, ruled lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.papers import markup
from core.papers.addresses import Area, Cell, area_of
from core.papers.markup import attribute
from core.papers.package import Package, Sheet, open_form
from core.papers.sheet import SheetXml, constant, formulas
from core.secrecy.files import Refused

MOST_MERGES = 20_000


@dataclass(frozen=True)
class SheetLayout:
    """A sheet that is shown; rows and columns count from 1."""

    name: str
    is_protected: bool
    texts: Mapping[Cell, str]
    numbers: Mapping[Cell, float]
    # Steps by which the format of a cell moves its text to the right.
    indents: Mapping[Cell, int]
    merges: list[Area]
    rows: int
    # Cells with a formula, which stays.
    computed: frozenset[Cell]
    _lines: Mapping[int, _Line] = field(repr=False)
    _headings: dict[int, list[int]] = field(default_factory=dict, repr=False)

    def ruled_after(self, row: int) -> int:
        """How many ruled lines stand below a row of headings, ready to be filled in.

        A line is empty but for its serial number and formulas, and has borders or the styles
        of the line above in every column that has a heading.
        """
        return self.ruled_from(row + 1, row)

    def ruled_from(self, row: int, head: int, *, beside: int = 0) -> int:
        """How many such lines there are from a row on, under the headings of row `head`; what
        stands in the column `beside` them makes no line less empty."""
        columns = [column for column in self._headed(head) if column != beside]
        count = 0
        while columns and self._is_ruled(row + count, columns, beside):
            count += 1
        return count

    def _headed(self, row: int) -> list[int]:
        """The columns with a heading in a row, also one that is merged into it."""
        if row in self._headings:
            return self._headings[row]
        columns = {column for at, column in self.texts if at == row}
        for area in self.merges:
            if area.top <= row <= area.bottom and area[:2] in self.texts:
                columns |= set(range(area.left, area.right + 1))
        return self._headings.setdefault(row, sorted(columns))

    def _is_ruled(self, row: int, columns: list[int], beside: int) -> bool:
        line, above = self._lines.get(row), self._lines.get(row - 1)
        if line is None:
            return False
        first, last = columns[0], columns[-1]
        filled = {column for column in line.constants if first <= column <= last} - {beside}
        if filled - ({first} if first in line.serials else set()):
            return False
        if all(column in line.ruled for column in columns):
            return True
        styles = [line.styles.get(column) for column in columns]
        # Without borders an empty sheet would be nothing but ruled lines.
        is_styled = any(styles)
        return (
            is_styled
            and above is not None
            and styles == [above.styles.get(column) for column in columns]
        )


@dataclass
class _Line:
    """A row by its columns: what stands there, which are ruled, their styles."""

    constants: set[int] = field(default_factory=set)
    serials: set[int] = field(default_factory=set)
    ruled: set[int] = field(default_factory=set)
    styles: dict[int, int] = field(default_factory=dict)


def layout(data: bytes) -> list[SheetLayout]:
    """The visible sheets of a form. Raises Refused where the file cannot be taken."""
    package = open_form(data)
    return [_layout(package, sheet) for sheet in package.sheets if sheet.is_visible]


def _layout(package: Package, sheet: Sheet) -> SheetLayout:
    xml = SheetXml(package.read_xml(sheet.part))
    computed = {at for at, _ in formulas(xml)}
    texts: dict[Cell, str] = {}
    numbers: dict[Cell, float] = {}
    indents: dict[Cell, int] = {}
    lines: dict[int, _Line] = {}
    for row in xml.rows():
        line = lines[row.number] = _Line()
        for cell in xml.cells(row):
            at = row.number, cell.number
            style = xml.style_of(cell.attributes, row.attributes, cell.number)
            line.styles[cell.number] = style
            if package.styles[style].is_ruled:
                line.ruled.add(cell.number)
            value = (
                None if cell.is_empty or at in computed else constant(xml, cell, package.strings)
            )
            if isinstance(value, str) and value.strip():
                texts[at] = value
                if step := package.styles[style].indent:
                    indents[at] = step
            if value is None or (isinstance(value, str) and not value.strip()):
                continue
            line.constants.add(cell.number)
            if isinstance(value, float):
                numbers[at] = value
            if isinstance(value, float) or value.strip().isdigit():
                line.serials.add(cell.number)
    return SheetLayout(
        name=sheet.name,
        is_protected=xml.is_protected,
        texts=texts,
        numbers=numbers,
        indents=indents,
        merges=_merges(xml),
        computed=frozenset(computed),
        rows=max(lines, default=0),
        _lines=lines,
    )


def _merges(sheet: SheetXml) -> list[Area]:
    found = markup.tags(sheet.xml, sheet.end)
    areas = [attribute(tag.attributes, b"ref") for tag in found if tag.name == b"mergeCell"]
    if len(areas) > MOST_MERGES:
        raise Refused(f"表中合并的单元格超过 {MOST_MERGES:,} 处，请取消一些合并后再上传。")
    return [area for text in areas if (area := area_of(text or ""))]
