"""Where the headings of a statistical table stand: above a cell and at its left, through merged
cells, under which part of the form, inside which line."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise

from core.papers.addresses import Area, Cell
from core.papers.layouts import SheetLayout
from core.papers.lines import Line, lines_of
from core.papers.wording import is_numbered, says_nothing

# Cells that make a line of headings.
FEWEST = 2
# Levels of headings that belong together.
_DEEPEST = 5
# What stands in a cell that is to stay empty, or to be filled.
_BLANK = re.compile(r"[\s/／—\-–]*")
# Around a table: who fills it in, as of when, in which unit.
_ASIDE = re.compile(
    r"(填报|填表|统计|制表|编制|报送|报出|综合机关|计量|金额|单位|日期|时间|截至|截止|文号|表号|制定机关|批准机关"
    r"|有效期).{0,8}[:：]"
)
_NOTE = re.compile(
    r"^(注|备注|说明|依据|资料来源|数据来源|填表|填报|制表|审核|单位负责|负责|联系|数据提交|提交)"
)
# Above the numbers of the columns.
_STEM = re.compile("[甲乙丙丁戊己]")


class Headings:
    """The texts of a sheet as headings of its empty cells."""

    def __init__(self, look: SheetLayout) -> None:
        self.look = look
        self.columns = max((column for _, column in look.texts), default=0)
        self.lowest = max((row for row, _ in look.texts), default=0)
        self.shown = {at: (at, said) for at, said in look.texts.items()}
        self.hidden: set[Cell] = set()
        # Texts over the whole table by their rows.
        self._titles: dict[int, str] = {}
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
        self._index()
        self._take_sections()

    def _spread(self, area: Area) -> None:
        """Let a merged text stand in all its cells; over the whole table it is a title."""
        origin = (area.top, area.left)
        said = self.shown.pop(origin, None)
        is_title = area.right - area.left + 1 >= max(2, self.columns - 1)
        if said is not None and is_title and not _ASIDE.match(said[1]):
            self._titles[area.top] = said[1]
        for row in range(area.top, min(area.bottom, self.lowest) + 1):
            for column in range(area.left, min(area.right, self.columns) + 1):
                if said is not None and not is_title:
                    self.shown[row, column] = said
                if (row, column) != origin or is_title:
                    self.hidden.add((row, column))

    def _index(self) -> None:
        self.rows_of: dict[int, list[int]] = defaultdict(list)
        self.columns_of: dict[int, list[int]] = defaultdict(list)
        for row, column in sorted(self.shown):
            self.rows_of[column].append(row)
            self.columns_of[row].append(column)

    def _take_sections(self) -> None:
        """The parts of a form that have headings of their own: a numbered text over the whole
        table, or one alone in its row and over a line of headings."""
        for row in [row for row in self.columns_of if row + 1 in self.columns_of]:
            (at, *others) = ((row, column) for column in self.columns_of[row])
            is_alone = not others and is_numbered(self.shown[at][1])
            if is_alone and self.is_of_headings(row + 1):
                self._titles[row] = self.shown.pop(at)[1]
                self.hidden |= {(row, column) for column in range(1, self.columns + 1)}
        self._index()
        first = min((row for row, at in self.columns_of.items() if len(at) > 1), default=0)
        alone = {row: self.shown[row, at[0]][1] for row, at in self.columns_of.items()
                 if row < first}  # fmt: skip
        titles = alone | {row: said for row, said in self._titles.items() if said.strip()}
        self._titled = sorted(titles)
        self._titles = titles
        self._sections = [row for row in self._titled if row > first or is_numbered(titles[row])]

    @cached_property
    def last(self) -> int:
        """The last row of the table: notes and signatures lie below."""
        notes = [row for (row, _), said in self.look.texts.items() if row > 1 and _NOTE.match(said)]
        rows = [row for row, _ in self.look.texts if row not in notes]
        return max(rows, default=0)

    def above(self, row: int, column: int) -> dict[Cell, str]:
        """The headings over a cell, each level of them once; none of another part of the form."""
        rows = self.rows_of[column]
        place = bisect_left(rows, row)
        at = rows[place - 1] if place else 0
        if self._section(at) not in {0, self._section(row)}:
            return {}
        levels = range(at, max(self._section(at), at - _DEEPEST), -1)
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

    def _section(self, row: int) -> int:
        """The row that heads the part of the form, 0 before the first."""
        place = bisect_right(self._sections, row)
        return self._sections[place - 1] if place else 0

    def title(self, row: int) -> str:
        """What heads the part of the form, else the whole of it; "" where nothing does."""
        place = bisect_right(self._titled, row)
        return self._titles[self._titled[place - 1]] if place else ""

    def line(self, cell: Cell) -> Line | None:
        """A heading at the left as a line among those above it in its column."""
        return self._lines(cell[1]).get(cell)

    def _lines(self, column: int) -> Mapping[Cell, Line]:
        if column not in self._known_lines:
            at = dict.fromkeys(self.shown[row, column] for row in self.rows_of[column])
            own = ((cell, said) for cell, said in at if cell[1] == column)
            lines = ((cell, self.look.indents.get(cell, 0), said) for cell, said in own)
            self._known_lines[column] = lines_of(lines, self._sections)
        return self._known_lines[column]

    @cached_property
    def _known_lines(self) -> dict[int, Mapping[Cell, Line]]:
        return {}

    def is_of_headings(self, row: int) -> bool:
        """Whether a row is full of texts, with no cell between them to be filled."""
        columns = self.columns_of[row]
        return len(columns) >= FEWEST and len(columns) == columns[-1] - columns[0] + 1

    def is_paired(self, row: int, column: int) -> bool:
        """Whether a cell without headings above is what the one at its left asks for: 督导人数 ___
        beside another such pair, or in a part of the form that has no headings."""
        if (row, column - 1) not in self.shown or (row + 1, column) in self.shown:
            return False
        runs = sum(after - before > 1 for before, after in pairwise(self.columns_of[row]))
        return runs > 0 or self._section(row) > 0

    def is_numbering(self, row: int) -> bool:
        """Whether a row numbers the columns: 甲 乙 1 2 3."""
        numbers = [self.look.numbers.get((row, c)) for c in range(1, self.columns + 1)]
        known = [number for number in numbers if number is not None]
        texts = [said for at, said in self.look.texts.items() if at[0] == row]
        is_counted = all(after - before == 1 for before, after in pairwise(known))
        is_told = bool(texts) or len(known) >= FEWEST
        return bool(known) and is_counted and is_told and all(map(_STEM.fullmatch, texts))

    def says(self, row: int, column: int) -> str:
        """「南明区 从业人数」: the headings of a cell, from outside in."""
        texts = [*reversed(self.before(row, column).values()),
                 *reversed(self.above(row, column).values())]  # fmt: skip
        return " ".join(" ".join(text.split()) for text in texts if not says_nothing(text))[:120]
