"""Statistical tables in a form: cells that headings at the left and above say together what to
count in, areas among them."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import chain

from core.ledgers.spreadsheets.child import squeeze
from core.papers.addresses import Area, Cell, address
from core.papers.areas import Areas
from core.papers.cells import Rate, Value
from core.papers.figures import Meant, counted, is_known, meant, says_nothing
from core.papers.filling import Fill
from core.papers.growth import Asked, Versus, distinct, growth_of, is_in_percent
from core.papers.layouts import SheetLayout

# Fewer cells are no table.
_FEWEST = 2
# More are a list that somebody has filled in.
_MOST_TEXTS = 5_000
# Nor one of so many cells: a text far below and a wide title make a sheet of millions.
_MOST_CELLS = 200_000
# Levels of headings that belong together.
_DEEPEST = 5
# What stands in a cell that is to stay empty, or to be filled.
_BLANK = re.compile(r"[\s/／—\-–]*")
# Around a table: who fills it in, as of when, in which unit.
_ASIDE = re.compile(
    r"(填报|填表|统计|制表|编制|报送|报出|计量|金额|单位|日期|时间|截至|截止|文号|表号|制定机关|批准机关"
    r"|有效期).{0,8}[:：]"
)
_NOTE = re.compile(
    r"^(注|备注|说明|依据|资料来源|数据来源|填表|填报|制表|审核|单位负责|负责|联系|数据提交|提交)"
)


# Yuan in the unit that a form says.
_UNITS = {"亿元": 100_000_000, "万元": 10_000, "千元": 1_000}
_UNIT = re.compile("|".join(_UNITS))
# Of those it takes one decimal.
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Figure:
    """What a cell asks for: things of a region, beside which of a year before; `unit` in yuan of
    amounts of money, `is_percent` where its heading says that."""

    meant: Meant
    region: str
    versus: Versus | None = None
    unit: int = 1
    is_percent: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.meant.indicator.code, self.region

    def then(self, on: datetime.date) -> datetime.date | None:
        """The day of the figure beside it, None where there is none."""
        is_yearly = self.meant.what.is_yearly
        return None if self.versus is None else self.versus.day(on, is_yearly=is_yearly)

    def value(self, now: int | None, then: int | None) -> Value:
        """What stands in the cell, None for what cannot be said."""
        asked = self.versus.asked if self.versus else None
        if asked is Asked.RATE:
            is_sayable = now is not None and then
            rate = (now - then) / then if is_sayable else None  # type: ignore[operator]
            return None if rate is None else Rate.of(rate, is_bare=self.is_percent)
        if asked is Asked.ADDED:
            number = None if now is None or then is None else now - then
        else:
            number = then if asked else now
        if number is None or self.unit == 1:
            return number
        return (Decimal(number) / self.unit).quantize(_TENTH, ROUND_HALF_UP)


@dataclass(frozen=True)
class Grid:
    """A statistical table: what each of its cells asks for, and the headings that say nothing the
    registry could count, as (cell, heading)."""

    sheet: str
    cells: Mapping[Cell, Figure]
    unknown: list[tuple[str, str]]
    # What the headings of a cell say, in words.
    says: Mapping[Cell, str]
    # The columns at the left whose headings name areas.
    named: frozenset[int] = frozenset()

    @property
    def columns(self) -> set[int]:
        """Those that are filled, and those that name the areas of the lines."""
        return {column for _, column in self.cells} | self.named

    @property
    def rows(self) -> int:
        return len({row for row, _ in self.cells})

    def fill(self, on: datetime.date) -> Fill:
        """The numbers as of a day; a cell without a record stays empty."""
        asked: dict[datetime.date, set[tuple[Meant, str]]] = defaultdict(set)
        for one in self.cells.values():
            asked[on].add((one.meant, one.region))
            if then := one.then(on):
                asked[then].add((one.meant, one.region))
        found = {day: counted(pairs, on=day) for day, pairs in asked.items()}
        values = {
            cell: one.value(
                found[on][one.key],
                found[then][one.key] if (then := one.then(on)) else None,
            )
            for cell, one in self.cells.items()
        }
        return Fill(self.sheet, {cell: v for cell, v in values.items() if v is not None})


def grid_of(look: SheetLayout, areas: Areas, user: object) -> Grid | None:
    """The statistical table of a sheet, None where there is none."""
    if len(look.texts) > _MOST_TEXTS or _size(look) > _MOST_CELLS:
        return None
    reader = _Reader(look, areas, user)
    cells = dict(reader.cells())
    if len(cells) < _FEWEST:
        return None
    says = {cell: reader.says(*cell) for cell in cells}
    return Grid(look.name, cells, reader.unknown(cells), says, reader.named(cells))


def _size(look: SheetLayout) -> int:
    """The cells down and across to the last texts, each merge of them once more."""
    last = max((row for row, _ in look.texts), default=0)
    columns = max((column for _, column in look.texts), default=0)
    merged = (
        max(0, min(area.bottom, last) - area.top + 1)
        * max(0, min(area.right, columns) - area.left + 1)
        for area in look.merges
    )
    return last * columns + sum(merged)


class _Reader:
    """Reads headings: what stands above a cell and at its left, through merged cells."""

    def __init__(self, look: SheetLayout, areas: Areas, user: object) -> None:
        self.look, self.areas, self.user = look, areas, user
        self.columns = max((column for _, column in look.texts), default=0)
        self.lowest = max((row for row, _ in look.texts), default=0)
        self.shown = {at: (at, said) for at, said in look.texts.items()}
        self.hidden: set[Cell] = set()
        for area in look.merges:
            self._spread(area)
        aside = {at for at, (_, said) in self.shown.items() if _ASIDE.match(said)}
        self.hidden |= aside
        # What says nothing may be written over.
        self.shown = {
            at: one
            for at, one in self.shown.items()
            if at not in aside and not _BLANK.fullmatch(one[1])
        }
        self.rows_of: dict[int, list[int]] = defaultdict(list)
        self.columns_of: dict[int, list[int]] = defaultdict(list)
        for row, column in sorted(self.shown):
            self.rows_of[column].append(row)
            self.columns_of[row].append(column)

    def _spread(self, area: Area) -> None:
        """Let a merged text stand in all its cells; over the whole table it is a title."""
        origin = (area.top, area.left)
        said = self.shown.pop(origin, None)
        is_title = area.right - area.left + 1 >= max(2, self.columns - 1)
        for row in range(area.top, min(area.bottom, self.lowest) + 1):
            for column in range(area.left, min(area.right, self.columns) + 1):
                if said is not None and not is_title:
                    self.shown[row, column] = said
                if (row, column) != origin or is_title:
                    self.hidden.add((row, column))

    @cached_property
    def last(self) -> int:
        """The last row of the table: notes and signatures lie below."""
        notes = [row for (row, _), said in self.look.texts.items() if row > 1 and _NOTE.match(said)]
        rows = [row for row, _ in self.look.texts if row not in notes]
        return max(rows, default=0)

    def above(self, row: int, column: int) -> dict[Cell, str]:
        """The headings over a cell, each level of them once."""
        rows = self.rows_of[column]
        place = bisect_left(rows, row)
        at = rows[place - 1] if place else 0
        levels = range(at, max(0, at - _DEEPEST), -1)
        # A lone text over the headings is a title.
        heads = (n for n in levels if n == at or len(self.columns_of[n]) > 1)
        return self._run((number, column) for number in heads)

    def before(self, row: int, column: int) -> dict[Cell, str]:
        """The headings at the left of a cell."""
        columns = self.columns_of[row]
        place = bisect_left(columns, column)
        at = columns[place - 1] if place else 0
        return self._run((row, number) for number in range(at, max(0, at - _DEEPEST), -1))

    def _run(self, cells: Iterator[Cell]) -> dict[Cell, str]:
        found: dict[Cell, str] = {}
        for cell in cells:
            if cell not in self.shown:
                break
            origin, said = self.shown[cell]
            found[origin] = said
        return found

    def cells(self) -> Iterator[tuple[Cell, Figure]]:
        """Each empty cell whose headings all mean something, in the order of the sheet."""
        # The line of the region itself may have no text of its own.
        for row in range(2, self.last + 2):
            for column in range(1, self.columns + 1):
                if (row, column) in self.shown or (row, column) in self.hidden:
                    continue
                if found := self._meaning(row, column):
                    yield (row, column), found

    def _meaning(self, row: int, column: int) -> Figure | None:
        above, before = self.above(row, column), self.before(row, column)
        # A line right under the headings, without one of its own, is the region's.
        is_own_line = not before and self._is_of_headings(row - 1)
        if not above or not (before or is_own_line):
            return None
        columns = (self.above(row, number) for number in range(column - 1, 0, -1))
        rows = (self.before(number, column) for number in range(row - 1, 0, -1))
        texts = [*_grown_from(before, rows), *_grown_from(above, columns)]
        region, said = "", []
        asked = distinct(versus for text in texts if (versus := growth_of(text)[1]))
        if len(asked) > 1:
            return None
        for text in texts:
            plain, versus = growth_of(text)
            if code := self.areas.named(text):
                if region and code != region:
                    return None
                region = code
            elif not says_nothing(text) and not _is_of_headings(text):
                said.append(plain if versus else text)
        found = meant(said, self.user)
        if found is None:
            return None
        return Figure(
            found,
            region or self.areas.region,
            next(iter(asked), None),
            self._unit(texts) if found.what.weight else 1,
            any(is_in_percent(text) for text in texts),
        )

    def _unit(self, texts: Iterable[str]) -> int:
        """The unit of amounts, as a heading, the name of the sheet or a line around says it."""
        around = (said for said in self.look.texts.values() if "单位" in said)
        for text in (*texts, self.look.name, *around):
            if found := _UNIT.search(text):
                return _UNITS[found[0]]
        return 1

    def says(self, row: int, column: int) -> str:
        """「南明区 从业人数」: the headings of a cell, from outside in."""
        texts = [*reversed(self.before(row, column).values()),
                 *reversed(self.above(row, column).values())]  # fmt: skip
        return " ".join(" ".join(text.split()) for text in texts if not says_nothing(text))[:120]

    def _is_of_headings(self, row: int) -> bool:
        """Whether a row is full of texts, with no cell between them to be filled."""
        columns = self.columns_of[row]
        return len(columns) >= _FEWEST and len(columns) == columns[-1] - columns[0] + 1

    def unknown(self, cells: Mapping[Cell, Figure]) -> list[tuple[str, str]]:
        """The headings over or beside cells of the table that stay empty, which say nothing."""
        first = min(row for row, _ in cells), min(column for _, column in cells)
        found: dict[str, str] = {}
        for row in range(first[0], self.last + 1):
            for column in range(first[1], self.columns + 1):
                if (row, column) in cells or (row, column) in self.shown:
                    continue
                above, before = self.above(row, column), self.before(row, column)
                for origin, text in {**above, **before}.items() if above and before else ():
                    if not self._is_known(text):
                        found[address(*origin)] = text
        return sorted(found.items())

    def named(self, cells: Iterable[Cell]) -> frozenset[int]:
        """The columns with headings at the left of cells that name areas."""
        heads = chain.from_iterable(self.before(*cell).items() for cell in cells)
        return frozenset(column for (_, column), text in heads if self.areas.named(text))

    def _is_known(self, text: str) -> bool:
        return bool(
            self.areas.named(text)
            or says_nothing(text)
            or _is_of_headings(text)
            or self._says_growth(text)
            or is_known(text, self.user)
        )

    def _says_growth(self, text: str) -> bool:
        plain, versus = growth_of(text)
        return versus is not None and (not plain or is_known(plain, self.user))


def _grown_from(heads: Mapping[Cell, str], others: Iterable[dict[Cell, str]]) -> list[str]:
    """The headings at one side of a cell. One that asks for growth and says no more is of what the
    nearest ones before it say, under the same headings: 持证人数, 上年同期, 增长率."""
    bare = {at for at, text in heads.items() if growth_of(text)[0] == "" and growth_of(text)[1]}
    texts = list(heads.values())
    if not bare:
        return texts
    above = heads.keys() - bare
    for other in others:
        if not other or not above <= other.keys():
            break
        if not any(growth_of(text)[1] for text in other.values()):
            return [*texts, *(text for at, text in other.items() if at not in above)]
    return texts


# What heads other headings, or says by what they divide.
_OF_HEADINGS = frozenset(
    "地区 单位 单位名称 地区名称 县市区 区县 项目 指标 指标名称 类别 名称 系统 序号 代码 行次 "
    "计量单位 填报单位 学历 学历结构 文化程度 受教育程度 年龄 年龄结构 性别 性别结构 政治面貌 "
    "职业资格 "
    "职业资格水平 持证情况 人员结构 登记级别 按登记级别".split()
)


def _is_of_headings(text: str) -> bool:
    """Whether a heading heads the other headings: 地区, 指标名称."""
    return squeeze(text) in _OF_HEADINGS
