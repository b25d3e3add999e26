"""Lists of the registry in a form that another office sent: its headings are understood as those
of a ledger are, and its lines are filled from the list of that kind.

What the registry holds no source for stays empty and is named.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from core.entities.entity import Entity
from core.entities.listing import gather
from core.entities.made import export_of
from core.entities.navigation import in_order
from core.entities.paths import reader
from core.entities.workbooks import ExportColumn
from core.ledgers import mapping
from core.ledgers.beside import listed_records
from core.ledgers.headings import (
    SERIAL,
    are_known,
    columns_of,
    headings_of,
    texts_around,
    with_units,
)
from core.ledgers.ledger import AGAIN, Ledger
from core.ledgers.spreadsheets import Sheet, read_sheet
from core.ledgers.spreadsheets.child import squeeze
from core.papers.addresses import address
from core.papers.areas import Areas
from core.papers.cells import Value
from core.papers.groups import Group, groups_of
from core.papers.layouts import SheetLayout
from core.shares import Share

_CHUNK = 2_000
_FACTORS = {"万元": 10_000, "千元": 1_000}
Getter = Callable[[Any, datetime.date], Any]


@dataclass(frozen=True)
class Bound:
    """A column of a form and what fills it; `factor` is the unit of its amounts in yuan."""

    column: int
    heading: str
    get: Getter | None
    clear: Getter | None = None
    is_serial: bool = False
    factor: int = 1
    # The ledger's column that it is, "" for one that only its heading explains.
    name: str = ""


@dataclass(frozen=True)
class ListForm:
    """A table of a form that lists records of one kind: which, where it begins, its columns."""

    sheet: str
    entity: Entity
    header_row: int
    ruled_rows: int
    columns: tuple[Bound, ...]
    # What holds for all of it, by column.
    told: Mapping[str, str] = field(default_factory=dict)
    # The ledger's columns that it has.
    names: frozenset[str] = frozenset()
    # (attribute, label) of what a column may be filled with.
    choices: tuple[tuple[str, str], ...] = ()
    # Its lines by place, where the form has them so.
    groups: tuple[Group, ...] = ()

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell lies in one of its lines."""
        within = (range(p.first_row, p.first_row + max(1, p.ruled_rows)) for p in self.parts)
        return any(row in lines for lines in within) and column in {c.column for c in self.columns}

    @property
    def first_row(self) -> int:
        return self.header_row + 1

    @property
    def width(self) -> int:
        """How many columns have a heading."""
        return sum(bool(bound.heading) for bound in self.columns)

    @property
    def parts(self) -> tuple[Group, ...]:
        """Where its lines are, of which place: one part of all, where they are not grouped."""
        return self.groups or (Group("", self.first_row, self.ruled_rows),)

    @property
    def unknown(self) -> list[tuple[str, str]]:
        """(cell, heading) of the columns that the registry has no source for."""
        return [
            (address(self.header_row, bound.column), bound.heading)
            for bound in self.columns
            if bound.get is None and not bound.is_serial and bound.heading
        ]


def bind(
    path: Path,
    look: SheetLayout,
    user: Any,
    *,
    areas: Areas,
    chosen: Mapping[str, str] | None = None,
    kind: Entity | None = None,
) -> ListForm | None:
    """A sheet as a list of the kind whose columns it has most of (of `kind`, where that is known),
    None where it is none; `areas` may group its lines. `chosen` is what somebody has said of its
    columns: {number: attribute}, "" to leave one empty."""
    lists = [one for one in in_order() if one.ledger is not None and one.ledger.is_register]
    entities = [kind] if kind else lists
    labels = {name for entity in entities if entity.ledger for name in entity.ledger.column_names()}
    with read_sheet(path, labels=labels, wanted=look.name) as sheet:
        if sheet.name != look.name:
            return None
        found = [
            (columns_of(entity.ledger, sheet, region=user.region_id or ""), entity)
            for entity in entities
            if entity.ledger is not None and user.has_perm(entity.permission("view"))
        ]
        columns, entity = max(found, key=lambda one: len(one[0]), default=({}, None))
        if entity is None or entity.ledger is None or not are_known(sheet, columns, entity.ledger):
            return None
        header_row = sheet.header + 1
        ruled = look.ruled_after(header_row)
        if not ruled and _is_free(look, header_row + 1):
            ruled = 1
        columns = _corrected(columns, chosen or {})
        left_empty = {int(number) - 1 for number, name in (chosen or {}).items() if not name}
        bound = tuple(
            replace(column, get=None, clear=None) if column.column - 1 in left_empty else column
            for column in _columns(entity, entity.ledger, sheet, columns)
        )
        told = mapping.told(entity.ledger, columns, texts_around(sheet))
    has_place = "region" in entity.field_names or bool(entity.person)
    return ListForm(
        look.name,
        entity,
        header_row,
        ruled,
        bound,
        told,
        frozenset(columns),
        _choices(entity),
        groups_of(look, header_row, areas) if has_place else (),
    )


def _corrected(columns: Mapping[str, int], chosen: Mapping[str, str]) -> dict[str, int]:
    """The matching of a sheet with what somebody has said of it."""
    said = {int(number) - 1: name for number, name in chosen.items()}
    kept = {
        name: index
        for name, index in columns.items()
        if index not in said and name not in said.values()
    }
    return kept | {name: index for index, name in said.items() if name}


def _choices(entity: Entity) -> tuple[tuple[str, str], ...]:
    """What the registry has a source for, of the columns of a kind."""
    exported = {squeeze(column.label): column for column in export_of(entity)}
    ledger: Ledger = entity.ledger
    return tuple(
        (column.attribute, column.label)
        for column in ledger.columns
        if any(_source(ledger, exported, column.attribute))
    )


def _is_free(look: SheetLayout, row: int) -> bool:
    """Whether a row holds nothing, so that it may be filled without putting one in."""
    return not any(at == row for at, _ in look.texts)


def _columns(
    entity: Entity, ledger: Ledger, sheet: Sheet, columns: Mapping[str, int]
) -> Iterator[Bound]:
    """Each column of the sheet with its source: the ledger's own, else the export's of the same
    name, else what the heading alone means (年龄)."""
    exported = {squeeze(column.label): column for column in export_of(entity)}
    attributes = {index: name for name, index in columns.items()}
    headings = with_units(ledger, sheet, columns)
    for index, heading in enumerate(headings_of(sheet)):
        squeezed = squeeze(heading)
        if squeezed in SERIAL:
            yield Bound(index + 1, heading, None, is_serial=True)
            continue
        own, column = ledger.fills.get(squeezed), exported.get(squeezed)
        name = attributes.get(index, "")
        if name:
            is_first_of_two = f"{name}{AGAIN}2" in columns
            own, column = _source(ledger, exported, f"{name}{AGAIN}1" if is_first_of_two else name)
        unit = next((unit for unit in _FACTORS if unit in headings[index]), "")
        get = own or (_of(column.get) if column else None)
        clear = _of(column.clear) if column and column.clear else None
        yield Bound(index + 1, heading, get, clear, factor=_FACTORS.get(unit, 1), name=name)


def _source(
    ledger: Ledger, exported: Mapping[str, ExportColumn], name: str
) -> tuple[Getter | None, ExportColumn | None]:
    """What fills a column of the ledger; of one that stands twice, the first or the second of what
    somebody has, where the ledger says which that is."""
    found, plain = ledger.column(name), name.removesuffix(f"{AGAIN}1")
    if found is None:
        return None, None
    if own := ledger.fills.get(name) or ledger.fills.get(plain):
        return own, None
    if AGAIN in plain:
        return None, None
    return None, next((exported[n] for n in sorted(found.names) if n in exported), None)


def _of(get: Callable[[Any], Any]) -> Getter:
    return lambda record, day: get(record)


def listed(form: ListForm, *, user: Any, region: str) -> Any:
    """The records that a form lists of a region in the user's reach, in the order of a paper."""
    rows = listed_records(form.entity, user=user, region=region, names=form.names, told=form.told)
    return rows.order_by(*_order(form.entity))


def lines_of(
    form: ListForm,
    part: Group,
    rows: Any,
    *,
    on: datetime.date,
    is_clear: bool,
    seen: set[Any],
    numbers: Iterator[int],
) -> Iterator[dict[int, Value]]:
    """Records as lines of a part of a list, values by column; `numbers` go on from part to part,
    and `seen` takes the people that they are about."""
    entity = form.entity
    records = entity.joined(rows).iterator(chunk_size=_CHUNK)
    person_of = reader(entity.person)
    columns = [
        bound
        for bound in form.columns
        if bound.column != part.column and (bound.is_serial or bound.get is not None)
    ]
    while chunk := list(islice(records, _CHUNK)):
        for record in gather(entity, chunk, entity.gathered):
            number = next(numbers)
            if entity.person:
                seen.add(person_of(record))
            yield {
                bound.column: number if bound.is_serial else _value(bound, record, on, is_clear)
                for bound in columns
            }


def _order(entity: Entity) -> list[str]:
    """By place first, as a list on paper is read."""
    own = entity.order.split() or list(entity.model._meta.ordering)
    place = ["region_id"] if "region" in entity.field_names else []
    return [*place, *(name for name in own if name != "region_id"), "pk"]


def _value(bound: Bound, record: Any, on: datetime.date, is_clear: bool) -> Value:
    get = bound.clear if is_clear and bound.clear else bound.get
    value = get(record, on) if get else None
    if value is None or value == "":
        return None
    if isinstance(value, list | tuple | set):
        return "、".join(str(item) for item in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal) and not isinstance(value, Share):
        amount = value / bound.factor
        return amount.to_integral_value() if amount == amount.to_integral_value() else amount
    if isinstance(value, str | int | float | datetime.date):
        return value
    return str(value)
