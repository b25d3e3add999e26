"""A form of another office filled in, everything else in it left as it came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.papers.addresses import ROWS, Cell, Gap, Shift, address
from core.papers.calculating import Changed, recalculate
from core.papers.cells import Put, Value, put
from core.papers.package import Package, Sheet, open_form
from core.papers.sheet import SheetXml, constant
from core.papers.shifting import shift_package
from core.secrecy.files import Refused

_TOO_LONG = "名单超过 Excel 的行数上限，请先按地区或条件筛选后分别填写。"


@dataclass(frozen=True)
class Fill:
    """Values for single cells, by row and column as they lie in the form that was sent."""

    sheet: str
    cells: Mapping[tuple[int, int], Value]


@dataclass(frozen=True)
class Table:
    """A list: its rows by column go into the ruled lines from `first_row` on.

    Where there are more, lines are put in before the last ruled one: it may close the frame,
    and whatever spans the lines (sums, filters, the area to print) then spans the new ones.
    Without a ruled line plain ones are put in before `first_row`.
    """

    sheet: str
    first_row: int
    ruled_rows: int
    rows: Iterable[Mapping[int, Value]]


@dataclass(frozen=True)
class Filled:
    """The filled file, how many cells were written, and which were not: `locked` ones of a
    protected sheet, and those with a formula of the form's own (`computed`), as (sheet, "D5")
    in the filled file. `stale` sheets have formulas that look at filled cells elsewhere and
    show what they came to before, perhaps also in Excel: a sheet that may be touched for that
    is named in `fills`, with or without cells. `missed` are the single cells that were not written,
    as they lie in the form that was sent."""

    data: bytes
    filled: int
    locked: list[tuple[str, str]]
    computed: list[tuple[str, str]]
    stale: list[str]
    missed: frozenset[tuple[str, Cell]] = frozenset()


def fill(data: bytes, *, fills: Sequence[Fill], tables: Sequence[Table] = ()) -> Filled:
    """Fill a form. Raises Refused where the file cannot be taken or lacks a sheet."""
    package = open_form(data)
    lists: dict[Sheet, list[_List]] = {}
    for table in tables:
        lists.setdefault(package.sheet(table.sheet), []).append(_List(table))
    singles: dict[Sheet, dict[Cell, Value]] = {}
    for one in fills:
        singles.setdefault(package.sheet(one.sheet), {}).update(one.cells)

    changed: dict[str, Changed] = {}
    results: dict[str, Put] = {}
    is_touched = False
    missed: set[tuple[str, Cell]] = set()
    for sheet in sorted({*lists, *singles}, key=package.sheets.index):
        result, gaps, left = _fill_sheet(
            package, sheet, singles.get(sheet, {}), lists.get(sheet, [])
        )
        missed |= {(sheet.name, at) for at in left}
        results[sheet.name] = result
        changed[sheet.name] = Changed(result.written, result.copied, gaps)
        if result.written or gaps:
            package.write(sheet.part, result.xml)
            is_touched = True
    stale = recalculate(package, changed) if is_touched else []
    return Filled(
        data=package.to_bytes(),
        filled=sum(len(result.written) for result in results.values()),
        locked=[(name, address(*at)) for name, r in results.items() for at in sorted(r.locked)],
        computed=[(name, address(*at)) for name, r in results.items() for at in sorted(r.computed)],
        stale=stale,
        missed=frozenset(missed),
    )


class _List:
    """The rows of a table, and the gap that they need."""

    def __init__(self, table: Table) -> None:
        if table.first_row < 1 or table.ruled_rows < 0:
            raise ValueError("a list begins in a row")
        self.first, self.ruled = table.first_row, table.ruled_rows
        self.last = self.first + self.ruled - 1
        self.rows = [dict(row) for row in table.rows]
        if self.first + len(self.rows) > ROWS:
            raise Refused(_TOO_LONG)

    def gap(self) -> Gap | None:
        count = len(self.rows) - self.ruled
        if count <= 0:
            return None
        if self.ruled == 0:
            return Gap(self.last, count, is_plain=True)
        if self.ruled == 1:
            return Gap(self.last, count, grows=True)
        return Gap(self.last - 1, count)


def _fill_sheet(
    package: Package, sheet: Sheet, single: Mapping[Cell, Value], lists: Sequence[_List]
) -> tuple[Put, list[Gap], set[Cell]]:
    """The sheet filled, the rows that were put in, and which single cells were not written."""
    lists = sorted(lists, key=lambda one: one.first)
    if any(after.first <= before.last for before, after in pairwise(lists)):
        raise ValueError("lists lie over each other")
    xml = package.read_xml(sheet.part)
    gaps = [gap for one in lists if (gap := one.gap()) is not None]
    if gaps:
        _number_on(package, SheetXml(xml), lists)
    shift = Shift(sheet.name, gaps)
    if gaps:
        shift_package(package, sheet, shift)
        xml = package.read_xml(sheet.part)
    values: dict[int, dict[int, Value]] = {}
    for one in lists:
        # A gap lies below the first line, so that the lines lie one below the other from there.
        start = shift.row(one.first) if one.ruled else shift.row(one.last) + 1
        values.update(enumerate(one.rows, start=start))
    for (row, column), value in single.items():
        if value is not None:
            values.setdefault(shift.row(row), {})[column] = value
    opened = shift.opened()
    result = put(xml, values, styles=package.styles, is_1904=package.is_1904, gaps=opened)
    written = set(result.written)
    left = {
        (row, column)
        for (row, column), value in single.items()
        if value is not None and (shift.row(row), column) not in written
    }
    return result, opened, left


def _number_on(package: Package, sheet: SheetXml, lists: Sequence[_List]) -> None:
    """Numbers that are printed before the ruled lines go on over the new ones."""
    wanted = {row for one in lists if one.gap() for row in range(one.first, one.last + 1)}
    printed: dict[int, dict[int, str | float | None]] = {}
    for row in sheet.rows():
        if row.number in wanted:
            cells = {c.number: c for c in sheet.cells(row) if not c.is_empty}
            printed[row.number] = {n: constant(sheet, c, package.strings) for n, c in cells.items()}
    for one in lists:
        if one.gap() is None:
            continue
        for column, first in printed.get(one.first, {}).items():
            number = _serial(first)
            if number is None or any(column in row for row in one.rows):
                continue
            lines = range(one.ruled)
            found = [_serial(printed.get(one.first + i, {}).get(column)) for i in lines]
            if found != [number + i for i in lines]:
                continue
            # The last ruled line lies at the end now.
            for i in range(one.ruled - 1, len(one.rows)):
                value = number + i
                is_text = isinstance(first, str)
                one.rows[i][column] = str(value).zfill(len(str(first))) if is_text else value


def _serial(value: str | float | None) -> int | None:
    """A printed serial number, None for anything else."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() else None
    return int(value) if value is not None and value.is_integer() else None
