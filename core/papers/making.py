"""A form filled as somebody asks: within her scope, masked unless she says why, read on record."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.exceptions import PermissionDenied

from core.audit.models import ReadEvent
from core.dates import today
from core.entities.entity import Entity
from core.entities.workbooks import check_unmasked
from core.papers.addresses import address
from core.papers.cells import Rate, Value
from core.papers.filling import Filled, Table, fill
from core.papers.groups import Group
from core.papers.layouts import layout
from core.papers.lists import ListForm, lines_of, listed
from core.papers.stamping import stamp
from core.papers.typed import Typed, fills_of, instead, placed
from core.papers.understanding import Bindings, Understood, understand
from core.regions.names import place_name
from core.rules import RuleError
from core.scoping import in_scope

# What a form that is held in memory as a whole may take.
MOST_ROWS = 100_000
# Lines after which who waits is told how far it is.
_REPORTED = 1_000
# What the tables of a report call those of figures.
FIGURES = "统计数"


@dataclass
class Made:
    """A filled form: its bytes, what was done as `report`, who is in it."""

    data: bytes
    report: dict[str, Any]
    people: set[Any] = field(default_factory=set)
    serial: str = ""
    figures: list[dict[str, Any]] = field(default_factory=list)
    typed: Sequence[Typed] = ()
    # The entities whose records the form lists.
    kinds: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(table["rows"] for table in self.report["tables"])

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class TooLong(Exception):
    """More lines than somebody waits for: a worker makes it. Who fetches it `needs` these."""

    def __init__(self, rows: int, needs: list[str]) -> None:
        super().__init__(rows)
        self.rows, self.needs = rows, needs


@dataclass(frozen=True)
class Chosen:
    """Rows of a list in its order, which a form takes instead of those that it asks for; which
    they are in words."""

    entity: Entity
    rows: Any
    words: str


@dataclass(frozen=True, kw_only=True)
class Asking:
    """For whom a form is filled: within which region of the user's scope, as of when, with a
    `reason` in full numbers. Past `most` lines TooLong is raised; `report` hears of each
    thousand, and may end it by an exception."""

    user: Any
    region: str
    on: datetime.date
    reason: str = ""
    chosen: Chosen | None = None
    # What it lists, where it is the template of an import.
    kind: Entity | None = None
    # Cells that are filled by hand.
    typed: Sequence[Typed] = ()
    most: int = MOST_ROWS
    report: Callable[[int], None] = lambda done: None

    @property
    def is_clear(self) -> bool:
        return bool(self.reason)

    @property
    def words(self) -> str:
        """Which rows there are, as logs say it."""
        if self.chosen is not None:
            return self.chosen.words
        return place_name(self.region) if self.region else ""

    def rows(self, form: ListForm) -> Any:
        """The records of a list, in their order."""
        if self.chosen is not None:
            return self.chosen.rows
        return listed(form, user=self.user, region=self.region)


@dataclass
class _Counted:
    """What passes by while the lines of a list are written."""

    width: int
    report: Callable[[int], None]
    rows: int = 0
    empty: int = 0

    def over(self, lines: Iterator[dict[int, Value]]) -> Iterator[Mapping[int, Value]]:
        for line in lines:
            self.rows += 1
            self.empty += self.width - sum(value is not None for value in line.values())
            if self.rows % _REPORTED == 0:
                self.report(self.rows)
            yield line


def fill_form(*, name: str, data: bytes, bindings: Bindings | None = None, **given: Any) -> Made:
    """Fill a form as `given` (Asking) says, and leave a ReadEvent. Raises Refused, RuleError,
    TooLong or PermissionDenied."""
    asking = Asking(**given)
    made = make(asking, data, bindings)
    note_read(made, asking, name)
    return made


def make(asking: Asking, data: bytes, bindings: Bindings | None) -> Made:
    user, region = asking.user, asking.region
    if not user.has_perm("core.export"):
        raise PermissionDenied
    if region and not in_scope(region, user):
        raise RuleError("SCOPE", "这个地区不在您的辖区内，请重新选择。", field="region")
    asked = understand(
        data,
        user=user,
        region=region or user.region_id,
        on=asking.on,
        bindings=bindings,
        kind=asking.kind,
    )
    kinds = asked.kinds
    if asking.chosen is not None:
        asked = asked.only(asking.chosen.entity)
        if not asked.lists:
            raise RuleError("PAPER", "这张表不再填这份名单，请到「填表」核对各列的来源。")
    if asking.typed:
        looks = {look.name: look for look in layout(data)}
        asking = replace(asking, typed=placed(asking.typed, asked, looks))
    needs = _rights(asked, asking)
    _check_size(asked, asking, needs)
    made = _fill(data, asked, asking)
    made.kinds, made.serial = kinds, uuid.uuid4().hex[:12].upper()
    if asking.is_clear:
        said = f"{place_name(user.region_id)} {user} {today():%Y-%m-%d} {made.serial}"
        made.data = stamp(made.data, text=said, properties={"serial": made.serial})
    return made


def _rights(asked: Understood, asking: Asking) -> list[str]:
    """The permissions that the lists of a form need. Raises PermissionDenied or RuleError."""
    needs = {form.entity.permission("export") for form in asked.lists}
    if not all(asking.user.has_perm(permission) for permission in needs):
        raise PermissionDenied
    if asking.is_clear:
        reveals = {form.entity.permission("reveal") for form in asked.lists}
        for permission in reveals:
            check_unmasked(asking.user, reveal=permission, purpose=asking.reason)
        needs |= reveals
    return sorted(needs)


def _check_size(asked: Understood, asking: Asking, needs: list[str]) -> None:
    rows = sum(asking.rows(form).count() for form in asked.lists)
    if rows > MOST_ROWS:
        raise RuleError("PAPER", "超过 10 万行，请切换到下级地区分别填写。")
    if rows > asking.most:
        raise TooLong(rows, needs)
    if asking.chosen is not None and (left := sum(_left_out(one, asking) for one in asked.lists)):
        said = f"这张表按地区分组，名单里有 {left} 行不在其中任何一组，请先按地区筛选。"
        raise RuleError("PAPER", said)


def _left_out(form: ListForm, asking: Asking) -> int:
    """How many records are in none of the places by which a form groups its lines."""
    if not form.groups:
        return 0
    rows = asking.rows(form)
    return int(rows.count()) - sum(rows.in_region(one.region).count() for one in form.groups)


def note_read(made: Made, asking: Asking, name: str) -> None:
    ReadEvent.record(
        user=asking.user,
        kind=ReadEvent.Kind.EXPORT,
        people=sorted(made.people - {None}),
        reason=asking.reason.strip()[:200],
        title=f"填表：{name}"[:120],
        filter=asking.words,
        rows=made.rows,
        format="xlsx",
        unmasked=asking.is_clear,
        serial=made.serial,
        sha256=made.sha256,
    )


def _fill(data: bytes, asked: Understood, asking: Asking) -> Made:
    people: set[Any] = set()
    counted = [_Counted(width=form.width, report=asking.report) for form in asked.lists]
    lists = [
        Table(form.sheet, part.first_row, part.ruled_rows, lines)
        for form, counting in zip(asked.lists, counted, strict=True)
        for part, lines in _parts(form, asking, counting, people)
    ]
    figures = [grid.fill(asking.on) for grid in asked.grids]
    filled: Filled = fill(data, fills=[*figures, *fills_of(asking.typed)], tables=lists)
    for one in asking.typed:
        if (one.sheet, one.at) in filled.missed:
            said = f"{address(*one.at)} 有公式或者锁定了，不能手工填。"
            raise RuleError("PAPER", said, field="typed")
    tables = [
        {"sheet": form.sheet, "rows": one.rows, "list": form.entity.list_label}
        | ({"left_out": left} if (left := _left_out(form, asking)) else {})
        for form, one in zip(asked.lists, counted, strict=True)
    ]
    tables += [{"sheet": grid.sheet, "rows": grid.rows, "list": FIGURES} for grid in asked.grids]
    unfilled = sum(
        len(grid.cells) - len(one.cells) for grid, one in zip(asked.grids, figures, strict=True)
    )
    numbers = [
        {"sheet": grid.sheet, "cell": address(*at), "says": grid.says[at],
         "value": _kept(one.cells.get(at))}
        for grid, one in zip(asked.grids, figures, strict=True)
        for at in grid.cells
        if at in one.cells or grid.cells[at].then(asking.on) is not None
    ]  # fmt: skip
    report = {
        "cells_filled": filled.filled,
        "cells_empty": sum(one.empty for one in counted) + unfilled,
        "unknown": [
            {"sheet": sheet, "cell": cell, "heading": heading}
            for sheet, cell, heading in asked.unknown
        ],
        "tables": tables,
        "locked": [list(place) for place in filled.locked],
        "baseless": [one for one in numbers if one["value"] is None],
    }
    return Made(
        filled.data, report, people, figures=instead(numbers, asking.typed), typed=asking.typed
    )


def _parts(
    form: ListForm, asking: Asking, counting: _Counted, people: set[Any]
) -> Iterator[tuple[Group, Iterator[Mapping[int, Value]]]]:
    """The parts of a list, each with its lines, which are read one part after the other."""
    rows, numbers = asking.rows(form), count(1)
    for part in form.parts:
        lines = lines_of(
            form,
            part,
            rows.in_region(part.region) if part.region else rows,
            on=asking.on,
            is_clear=asking.is_clear,
            seen=people,
            numbers=numbers,
        )
        yield part, counting.over(lines)


def _kept(value: Value) -> Any:
    """A number as it is kept with the record of a filling: a rate as the form says it."""
    if isinstance(value, Rate):
        return value.shown(is_percent=False)
    return float(value) if isinstance(value, Decimal) else value
