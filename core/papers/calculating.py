"""Values of formulas that look at filled cells, for readers that do not calculate.

Sums and simple arithmetic are calculated here; of every other formula the old value is
taken away, so that Excel calculates it when it opens the file.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.papers import markup
from core.papers.addresses import Area, Cell, Gap
from core.papers.cells import plain_number
from core.papers.evaluating import Unknown, evaluate
from core.papers.formulas import Reading, read
from core.papers.markup import Edit, attribute
from core.papers.package import Package
from core.papers.sheet import Formula, SheetXml, constant, formulas

Place = tuple[str, int, int]

# After so many rounds everything that is left counts as dependent.
_ROUNDS = 50
# Cells that sums may look at in all: running totals of 10,000 rows look at fifty million.
_MOST_LOOKS = 5_000_000
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^>]*)?(?:/>|>[^<]*</(?:[\w.-]+:)?v\s*>)")
_KIND = re.compile(rb"\st\s*=\s*[\"']([^\"']*)[\"']")
_BY_PLACE = frozenset({"ROW", "ROWS"})


@dataclass
class Changed:
    """Cells of a sheet that were written; formulas without a value; rows put in."""

    cells: Iterable[Cell]
    copied: Iterable[Cell] = ()
    gaps: Sequence[Gap] = ()


def recalculate(package: Package, changed: Mapping[str, Changed]) -> list[str]:
    """Bring the formulas of changed sheets up to date; returns the other sheets whose formulas
    look at them, directly or not. `changed` goes by the names of the sheets."""
    book = _Book(package, changed)
    if not book.formulas:
        return []
    book.find_dependents()
    stale = []
    for sheet in package.sheets:
        key = sheet.name.casefold()
        dependents = sorted(place[1:] for place in book.dirty if place[0] == key)
        if not dependents:
            continue
        if sheet.name not in changed:
            stale.append(sheet.name)
            continue
        edits = [edit for at in dependents for edit in _edits(book, key, at)]
        package.write(sheet.part, markup.splice(book.sheets[key].xml, edits))
    return stale


def _edits(book: _Book, key: str, at: Cell) -> list[Edit]:
    """The cell of a formula with its new value or none."""
    sheet, formula = book.sheets[key], book.formulas[(key, *at)]
    cell, p = formula.cell, sheet.prefix
    number = book.value((key, *at))
    value = b""
    if number is not None:
        value = b"<" + p + b"v>" + plain_number(number).encode() + b"</" + p + b"v>"
    # What the value is: a text, an error.
    edits = []
    if kind := _KIND.search(cell.attributes):
        start = cell.start + len(b"<" + p + b"c")
        edits.append((start + kind.start(), start + kind.end(), b""))
    end = formula.tag.end
    if not formula.tag.is_empty:
        end = sheet.xml.index(b">", formula.text_span[1]) + 1
    old = _VALUE.search(sheet.xml, end, cell.content_end)
    edits.append((*old.span(), value) if old else (end, end, value))
    return edits


class _Marks:
    """Cells of a sheet that changed: a byte a row for each column, so that ranges are quick."""

    def __init__(self) -> None:
        self.columns: dict[int, bytearray] = {}

    def add(self, row: int, column: int, count: int = 1) -> None:
        marks = self.columns.setdefault(column, bytearray())
        if len(marks) < row + count:
            marks.extend(bytes(max(row + count, 2 * len(marks)) - len(marks)))
        marks[row : row + count] = b"\x01" * count

    def meets(self, area: Area) -> bool:
        return any(
            self.columns[column].find(1, area.top, area.bottom + 1) >= 0
            for column in self._within(area)
        )

    def _within(self, area: Area) -> Iterable[int]:
        if area.right - area.left < len(self.columns):
            return [c for c in range(area.left, area.right + 1) if c in self.columns]
        return [c for c in self.columns if area.left <= c <= area.right]


@dataclass
class _Numbers:
    """Constants of a sheet: numbers, None for a text, NaN for an error; rows that are hidden."""

    cells: dict[Cell, float | None] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    width: int = 0
    height: int = 0


class _Book:
    def __init__(self, package: Package, changed: Mapping[str, Changed]) -> None:
        self.changed = {name.casefold(): change for name, change in changed.items()}
        self.sheets: dict[str, SheetXml] = {}
        self.formulas: dict[Place, Formula] = {}
        for sheet in package.sheets:
            key = sheet.name.casefold()
            self.sheets[key] = SheetXml(package.read_xml(sheet.part))
            for at, formula in formulas(self.sheets[key]):
                self.formulas[(key, *at)] = formula
        self.names = package.defined_names
        self.readings: dict[Place, Reading] = {}
        self.dirty: set[Place] = set()
        self.results: dict[Place, float | None] = {}
        self._numbers: dict[str, _Numbers] = {}
        self._looks = 0
        self._dirty_rows: dict[tuple[str, int], list[int]] = {}

    def find_dependents(self) -> None:
        self.readings = {
            place: read(formula.text, self.names) for place, formula in self.formulas.items()
        }
        marks = {key: _Marks() for key in self.sheets}
        for key, change in self.changed.items():
            for gap in change.gaps:
                for column in range(1, self._numbers_of(key).width + 1):
                    marks[key].add(gap.after + 1, column, gap.size)
            for row, column in change.cells:
                marks[key].add(row, column)
            self.dirty |= {(key, *at) for at in change.copied}
        for place, reading in self.readings.items():
            moves = any(change.gaps for change in self.changed.values())
            if reading.is_open or (moves and not _BY_PLACE.isdisjoint(reading.words)):
                self.dirty.add(place)
        for key, row, column in self.dirty:
            marks[key].add(row, column)
        self._spread(marks)
        for key, row, column in sorted(self.dirty):
            self._dirty_rows.setdefault((key, column), []).append(row)

    def _spread(self, marks: dict[str, _Marks]) -> None:
        """Whatever looks at a dirty cell is dirty, until nothing is added."""
        for _ in range(_ROUNDS):
            added = False
            for place, reading in self.readings.items():
                if place in self.dirty:
                    continue
                if any(
                    marks[key].meets(area)
                    for sheet, area in reading.areas
                    if (key := sheet or place[0]) in marks
                ):
                    self.dirty.add(place)
                    marks[place[0]].add(*place[1:])
                    added = True
            if not added:
                return
        self.dirty |= set(self.readings)

    def value(self, wanted: Place) -> float | None:
        """What a dependent formula comes to, None where that is not known here.

        Without recursion: a running balance is as deep as the list is long.
        """
        stack, opened = [wanted], set()
        while stack:
            place = stack[-1]
            if place in self.results:
                stack.pop()
            elif place in opened:
                stack.pop()
                self.results[place] = self._calculated(place)
            else:
                opened.add(place)
                # In a circle the first of them comes again, with nothing to go by.
                stack += self._precedents(place)
        return self.results[wanted]

    def _precedents(self, place: Place) -> Iterator[Place]:
        for sheet, area in self.readings[place].areas:
            key = sheet or place[0]
            width = self._numbers_of(key).width if key in self.sheets else 0
            for column in range(area.left, min(area.right, width) + 1):
                rows = self._dirty_rows.get((key, column), [])
                span = bisect_left(rows, area.top), bisect_right(rows, area.bottom)
                for row in rows[slice(*span)]:
                    if (key, row, column) not in self.results:
                        yield key, row, column

    def _calculated(self, place: Place) -> float | None:
        formula = self.formulas[place]
        if self.readings[place].is_open or formula.kind not in {"", "normal", "shared"}:
            return None
        try:
            value = evaluate(formula.text, _View(self, place))
        except (Unknown, OverflowError):
            return None
        # An error among the cells is one of the sum too.
        return value if math.isfinite(value) else None

    def _numbers_of(self, key: str) -> _Numbers:
        """The constants of a sheet, and what formulas came to that do not depend."""
        if key in self._numbers:
            return self._numbers[key]
        found = self._numbers[key] = _Numbers()
        sheet = self.sheets[key]
        for row in sheet.rows():
            if markup.is_true(attribute(row.attributes, b"hidden")):
                found.hidden.append(row.number)
            found.height = row.number
            for cell in sheet.cells(row):
                found.width = max(found.width, cell.number)
                if cell.is_empty:
                    continue
                kind = _KIND.search(cell.attributes)
                at = row.number, cell.number
                if kind and kind[1] != b"n":
                    found.cells[at] = math.nan if kind[1] == b"e" else None
                elif isinstance(value := constant(sheet, cell, []), float):
                    found.cells[at] = value
        return found


class _View:
    """Cells as the formula in one of them sees them."""

    def __init__(self, book: _Book, place: Place) -> None:
        self.book = book
        self.row = place[1]
        self.home = place[0]

    def number(self, sheet: str | None, area: Area) -> float:
        """A single cell in arithmetic; empty is 0."""
        place = (sheet or self.home, area.top, area.left)
        found = list(self._found(*place[:1], area, skipped=frozenset()))
        if not found:
            return 0.0
        if found[0] is None:
            raise Unknown
        return found[0]

    def numbers(
        self, sheet: str | None, area: Area, *, subtotal: int | None = None
    ) -> Iterator[float]:
        """The numbers of a range; texts are passed over."""
        key = sheet or self.home
        skipped: frozenset[int] = frozenset()
        if subtotal is not None:
            hidden = self.book._numbers_of(key).hidden if key in self.book.sheets else []
            skipped = frozenset(row for row in hidden if area.top <= row <= area.bottom)
            # A row may be hidden by a filter or by hand; 9 counts the latter.
            if skipped and subtotal < 100:
                raise Unknown
        for value in self._found(key, area, skipped=skipped, is_subtotal=subtotal is not None):
            if value is not None:
                yield value

    def _found(
        self, key: str, area: Area, *, skipped: frozenset[int], is_subtotal: bool = False
    ) -> Iterator[float | None]:
        book = self.book
        if key not in book.sheets:
            raise Unknown
        numbers = book._numbers_of(key)
        bottom, right = min(area.bottom, numbers.height), min(area.right, numbers.width)
        book._looks += max(0, bottom - area.top + 1) * max(0, right - area.left + 1)
        if book._looks > _MOST_LOOKS:
            raise Unknown
        for row in range(area.top, bottom + 1):
            if row in skipped:
                continue
            for column in range(area.left, right + 1):
                place = (key, row, column)
                formula = book.formulas.get(place)
                if is_subtotal and formula and "SUBTOTAL" in book.readings[place].words:
                    continue
                if place in book.dirty:
                    value = book.results.get(place)
                    if value is None:
                        raise Unknown
                    yield value
                elif (row, column) in numbers.cells:
                    yield numbers.cells[row, column]
