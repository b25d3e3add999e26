"""Statistical tables in a form: cells that headings at the left and above say together what to
count in, areas among them."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain

from core.papers.addresses import Cell, address, cell_of
from core.papers.areas import Areas
from core.papers.cells import Rate, Value
from core.papers.contexts import Context, context_of
from core.papers.figures import Meant, counted, is_known, is_word, meant, names_things, share_of
from core.papers.filling import Fill
from core.papers.growth import Asked, Versus, distinct, growth_of, is_in_percent
from core.papers.headings import FEWEST, Headings
from core.papers.layouts import SheetLayout
from core.papers.wording import (
    in_this_year,
    is_of_headings,
    is_of_names,
    says_nothing,
    stem_of,
    units_of,
)

# More are a list that somebody has filled in.
_MOST_TEXTS = 5_000
# Nor one of so many cells: a text far below and a wide title make a sheet of millions.
_MOST_CELLS = 200_000

# Yuan in the unit that a form says.
_UNITS = {"亿元": 100_000_000, "万元": 10_000, "千元": 1_000}
_UNIT = re.compile("|".join(_UNITS))
# Between the words of one cell, as somebody types them.
_BETWEEN = re.compile(r"[、，,;；\s]+")
# Of those it takes one decimal.
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Figure:
    """What a cell asks for: things of a region, beside which of a year before; the `whole` that
    they are a share of; `unit` in yuan of amounts of money, `is_percent` where its heading says
    that."""

    meant: Meant
    region: str
    versus: Versus | None = None
    whole: Meant | None = None
    unit: int = 1
    is_percent: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.meant.indicator.code, self.region

    def then(self, on: datetime.date) -> datetime.date | None:
        """The day of the figure beside it, None where there is none."""
        is_yearly = self.meant.what.is_yearly
        return None if self.versus is None else self.versus.day(on, is_yearly=is_yearly)

    def value(self, now: int | None, then: int | None, whole: int | None = None) -> Value:
        """What stands in the cell, None for what cannot be said."""
        asked = self.versus.asked if self.versus else None
        if asked is Asked.RATE:
            return self._rate(None if now is None or then is None else now - then, then)
        if asked is Asked.SHARE:
            return self._rate(now, whole)
        if asked is Asked.ADDED:
            number = None if now is None or then is None else now - then
        else:
            number = then if asked else now
        if number is None or self.unit == 1:
            return number
        return (Decimal(number) / self.unit).quantize(_TENTH, ROUND_HALF_UP)

    def _rate(self, part: int | None, whole: int | None) -> Rate | None:
        return None if part is None or not whole else Rate.of(part / whole, is_bare=self.is_percent)


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
    # The cells of which somebody has said what they ask for.
    own: frozenset[Cell] = frozenset()

    @property
    def columns(self) -> set[int]:
        """Those that are filled, and those that name the areas of the lines."""
        return {column for _, column in self.cells} | self.named

    @property
    def told(self) -> list[tuple[str, str]]:
        """(cell, what its headings say) of each that is filled as they say, in their order."""
        return [(address(*at), self.says[at]) for at in sorted(self.cells) if at not in self.own]

    @property
    def rows(self) -> int:
        return len({row for row, _ in self.cells})

    def fill(self, on: datetime.date) -> Fill:
        """The numbers as of a day; a cell without a record stays empty."""
        asked: dict[datetime.date, set[tuple[Meant, str]]] = defaultdict(set)
        for one in self.cells.values():
            asked[on] |= {(what, one.region) for what in (one.meant, one.whole) if what}
            if then := one.then(on):
                asked[then].add((one.meant, one.region))
        found = {day: counted(pairs, on=day) for day, pairs in asked.items()}
        values = {
            cell: one.value(
                found[on][one.key],
                found[then][one.key] if (then := one.then(on)) else None,
                found[on][one.whole.indicator.code, one.region] if one.whole else None,
            )
            for cell, one in self.cells.items()
        }
        return Fill(self.sheet, {cell: v for cell, v in values.items() if v is not None})


def grid_of(
    look: SheetLayout, areas: Areas, user: object, *, chosen: Mapping[str, str] | None = None
) -> Grid | None:
    """The statistical table of a sheet, None where there is none. `chosen` is what somebody has
    said of its cells: {address: words of what to count, "" to leave it empty}."""
    if len(look.texts) > _MOST_TEXTS or _size(look) > _MOST_CELLS:
        return None
    reader = _Reader(Headings(look), areas, user)
    cells = dict(reader.cells())
    if len(cells) < FEWEST:
        return None
    says = {cell: reader.heads.says(*cell) for cell in cells}
    named, unknown = reader.named(cells), reader.unknown(cells)
    for place, words in (chosen or {}).items():
        at = cell_of(place)
        if at is None:
            continue
        figure = reader.worded(at, words) if words else None
        cells.pop(at, None)
        if figure is None and words:
            unknown.append((place, words))
        if figure is not None:
            cells[at], says[at] = figure, words
            unknown = [(cell, heading) for cell, heading in unknown if cell != place]
    own = frozenset(at for at in map(cell_of, chosen or {}) if at)
    return Grid(look.name, cells, unknown, says, named, own)


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
    """Reads what the headings of cells mean together."""

    def __init__(self, heads: Headings, areas: Areas, user: object) -> None:
        self.heads, self.areas, self.user = heads, areas, user
        self._known: dict[tuple[object, ...], Meant | None] = {}

    def cells(self) -> Iterator[tuple[Cell, Figure]]:
        """Each empty cell whose headings all mean something, in the order of the sheet."""
        # The line of the region itself may have no text of its own.
        for row in range(2, self.heads.last + 2):
            if self.heads.is_numbering(row):
                continue
            for column in range(1, self.heads.columns + 1):
                at = row, column
                if at in self.heads.shown or at in self.heads.hidden:
                    continue
                if at in self.heads.look.computed:
                    continue
                if found := self._meaning(row, column):
                    yield at, found

    def _meaning(self, row: int, column: int) -> Figure | None:
        above, before = self.heads.above(row, column), self.heads.before(row, column)
        if not self._is_headed(row, column, above, before):
            return None
        columns = (self.heads.above(row, number) for number in range(column - 1, 0, -1))
        rows = (self.heads.before(number, column) for number in range(row - 1, 0, -1))
        sides = [
            [in_this_year(text, self.areas.year) for text in side]
            for side in (_grown_from(before, rows), _grown_from(above, columns))
        ]
        texts = [text for side in sides for text in side]
        asked = distinct(versus for text in texts if (versus := growth_of(text)[1]))
        context = context_of((row, column), self.heads, self)
        areas = self._areas(texts) or self._areas(context.within)
        if len(asked) > 1 or len(areas) > 1:
            return None
        versus = next(iter(asked), None)
        found, around = self._found(self._said(texts), context, units_of(texts))
        if found is None:
            return None
        whole = None
        if versus and versus.asked is Asked.SHARE:
            others = [text for side in sides for text in _others(side)]
            whole = share_of(found, [*self._said(others), *around])
            if whole == found:
                return None
        return Figure(
            found,
            next(iter(areas), self.areas.region),
            versus,
            whole,
            self._unit(texts) if found.what.is_money else 1,
            any(is_in_percent(text) for text in texts),
        )

    def worded(self, at: Cell, words: str) -> Figure | None:
        """What somebody says a cell asks for, as 持证人员、女; of the area that
        its headings name unless the words do. None where they mean nothing together."""
        taken = (self.heads.shown, self.heads.hidden, self.heads.look.computed)
        if any(at in cells for cells in taken):
            return None
        said = [in_this_year(text, self.areas.year) for text in _BETWEEN.split(words) if text]
        heads = {**self.heads.above(*at), **self.heads.before(*at)}
        areas = self._areas(said) or self._areas(heads.values())
        asked = distinct(versus for text in said if (versus := growth_of(text)[1]))
        found = self._meant(tuple(self._said(said)), (), units_of(said))
        if found is None or len(asked) > 1 or len(areas) > 1:
            return None
        versus, whole = next(iter(asked), None), None
        if versus and versus.asked is Asked.SHARE:
            whole = share_of(found, self._said(_others(said)))
            if whole == found:
                return None
        unit = self._unit([*said, *heads.values()]) if found.what.is_money else 1
        region = next(iter(areas), self.areas.region)
        return Figure(found, region, versus, whole, unit, any(map(is_in_percent, said)))

    def _is_headed(
        self, row: int, column: int, above: Mapping[Cell, str], before: Mapping[Cell, str]
    ) -> bool:
        """Whether the headings of a cell may ask for a figure."""
        if any(map(is_of_names, above.values())):
            return False
        if above:
            # A line right under the headings, without one of its own, is the region's.
            is_below = (row - 1, column) in self.heads.shown and self.heads.is_of_headings(row - 1)
            return bool(before) or is_below
        told = [text for text in before.values() if not says_nothing(text)]
        return len(told) == 1 and self.heads.is_paired(row, column)

    def _areas(self, texts: Iterable[str]) -> set[str]:
        return {code for text in texts if (code := self.areas.named(text))}

    def _said(self, texts: Iterable[str]) -> list[str]:
        """What headings say of things, beside the area, the unit and the year."""
        said = list(texts)
        stems = [stem_of(text) for text in said if is_of_headings(text)]
        found = []
        for text in said:
            plain, versus = growth_of(text)
            if self.areas.named(text) or says_nothing(text) or is_of_headings(text):
                continue
            # 高级 under 职称 is another one than under 职业资格.
            words = (f"{stem}{plain}" for stem in stems)
            found.append(next(filter(is_word, words), plain if versus else text))
        return [text for text in found if text]

    def _found(
        self, said: list[str], context: Context, units: frozenset[str]
    ) -> tuple[Meant | None, list[str]]:
        """What they mean, and what around them it took to tell."""
        for around, is_named in context.tries() if said else ():
            more = self._said(around)
            found = self._meant(tuple(said), tuple(more), units)
            if found and (found.is_named or not is_named):
                return found, more
        return None, []

    def _meant(
        self, said: tuple[str, ...], around: tuple[str, ...], units: frozenset[str]
    ) -> Meant | None:
        asked = said, around, units
        if asked not in self._known:
            self._known[asked] = meant(said, self.user, within=around, units=units)
        return self._known[asked]

    def _unit(self, texts: Iterable[str]) -> int:
        """The unit of amounts, as a heading, the name of the sheet or a line around says it."""
        around = (said for said in self.heads.look.texts.values() if "单位" in said)
        for text in (*texts, self.heads.look.name, *around):
            if found := _UNIT.search(text):
                return _UNITS[found[0]]
        return 1

    def unknown(self, cells: Mapping[Cell, Figure]) -> list[tuple[str, str]]:
        """The headings over or beside cells of the table that stay empty, which say nothing; where
        each says something and together they do not, the cell itself with all of them."""
        first = min(row for row, _ in cells), min(column for _, column in cells)
        rows, columns = ({at[n] for at in cells} for n in (0, 1))
        found: dict[str, str] = {}
        for row in range(first[0], self.heads.last + 1):
            for column in range(first[1], self.heads.columns + 1):
                at = row, column
                if at in cells or at in self.heads.shown or at in self.heads.look.computed:
                    continue
                above, before = self.heads.above(row, column), self.heads.before(row, column)
                if not (above and before):
                    continue
                strange = {o: t for o, t in {**above, **before}.items() if not self.is_known(t)}
                found |= {address(*origin): text for origin, text in strange.items()}
                is_asking = not all(map(self.is_beside, above.values()))
                if is_asking and not strange and column in columns and row in rows:
                    found[address(*at)] = self.heads.says(*at)
        return sorted(found.items())

    def named(self, cells: Iterable[Cell]) -> frozenset[int]:
        """The columns with headings at the left of cells that name areas."""
        heads = chain.from_iterable(self.heads.before(*cell).items() for cell in cells)
        return frozenset(column for (_, column), text in heads if self.areas.named(text))

    def is_known(self, text: str) -> bool:
        """Whether a heading is understood, by itself."""
        text = in_this_year(text, self.areas.year)
        plain, versus = growth_of(text)
        return bool(
            self.areas.named(text)
            or says_nothing(text)
            or is_of_headings(text)
            or (versus and (not plain or is_known(plain, self.user)))
            or is_known(text, self.user)
        )

    def names(self, text: str) -> bool:
        """Whether a heading names what is counted, not only which of it."""
        return names_things(text, self.user)

    def is_beside(self, text: str) -> bool:
        """Whether a heading says nothing of what is counted."""
        return bool(self.areas.named(text) or says_nothing(text) or is_of_headings(text))


def _others(texts: Iterable[str]) -> list[str]:
    """The headings of a side that say of what a share is: all but that which is the share, none
    where it only says 占比."""
    said = list(texts)
    shares = [text for text in said if (v := growth_of(text)[1]) and v.asked is Asked.SHARE]
    if any(not growth_of(text)[0] for text in shares):
        return []
    return [text for text in said if text not in shares]


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
