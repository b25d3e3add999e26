"""Effective-dated rows: half-open [valid_from, valid_to), no gaps made, no overlaps.

A change "from a day on" closes the row in force and opens another; dated before rows that
exist, it is carried through them. History keeps what a correction replaces.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, DateField, Q

from core.dates import PRECISIONS, today
from core.rules import RuleError


class EndField(DateField):
    """The first day on which something is over. What people read and write is the day before,
    the last one on which it still was, as of a death."""

    def said(self, value: datetime.date) -> datetime.date:
        return value - datetime.timedelta(days=1)


class PrecisionField(CharField):
    """How much of a day beside it is known: `built_precision` of `built_on` (D, M or Y)."""

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {
            "max_length": 1, "choices": PRECISIONS, "default": "D", "db_default": "D",
            "editable": False,
        }  # fmt: skip
        super().__init__(**given | kwargs)


def said_day(field: Any, value: Any) -> Any:
    """The day that is said of a field's value: the last one of what is over."""
    is_day = isinstance(value, datetime.date) and isinstance(field, EndField)
    return field.said(value) if is_day else value


@dataclass
class Change:
    """What a change from a day on comes to, in rows that nobody has saved yet.

    `begins` is the row that holds from the day on, new where `is_new`; `closed` the one that
    ends there; `kept` and `removed` are later rows, changed along or superfluous.
    """

    begins: Any
    is_new: bool
    closed: Any = None
    kept: list[Any] = field(default_factory=list)
    removed: list[Any] = field(default_factory=list)

    def write(self) -> Any:
        """Save the rows; returns the one that begins on the day."""
        for row in self.removed:
            row.delete()
        for row in (*([self.closed] if self.closed is not None else ()), self.begins, *self.kept):
            row.save()
        return self.begins


def plan_change(
    rows: list[Any],
    *,
    on: datetime.date,
    new: Callable[[], Any],
    replace_later: bool = False,
    notes: dict[str, str] | None = None,
    **values: Any,
) -> Change:
    """Let `values` hold from a day on, in rows of one record ordered by valid_from.

    `new()` makes an unsaved row of the record; `notes` (reason, proof) stand on the row of the
    change only. Later rows take the values too; where one of them had changed the same value
    already, RuleError is raised unless `replace_later` (a death ends whatever came after).
    Rows that hold on no day say nothing. The rows are changed as objects and not saved: an
    action writes the plan at once, a ledger stages it.
    """
    rows = [row for row in rows if row.valid_to is None or row.valid_to > row.valid_from]
    later = [row for row in rows if row.valid_from > on]
    here = next((row for row in reversed(rows) if row.valid_from <= on), None)
    base = here or (later[0] if later else None)
    if base is not None and not replace_later:
        _refuse_overtaken(base, later, values)
    begins = here if here is not None and here.valid_from == on else new()
    if begins is not here:
        for name in _copied(begins) if base is not None else ():
            setattr(begins, name, getattr(base, name))
        begins.valid_from = on
    _set(begins, values | (notes or {}))
    kept, removed = _carry(begins, later, values, replace_later=replace_later)
    begins.valid_to = kept[0].valid_from if kept else None
    if here is None or here is begins:
        return Change(begins, is_new=here is None, kept=kept, removed=removed)
    here.valid_to = on
    return Change(begins, is_new=True, closed=here, kept=kept, removed=removed)


def change_from(rows: list[Any], **change: Any) -> Any:
    """Plan a change of locked rows and write it; the row that begins on the day."""
    return plan_change(rows, **change).write()


def _copied(row: Any) -> list[str]:
    skipped = {"id", "valid_from", "valid_to", "reason", "proof"}
    return [f.attname for f in row._meta.concrete_fields if f.name not in skipped]


def _set(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _refuse_overtaken(base: Any, later: list[Any], values: dict[str, Any]) -> None:
    for name in values:
        for row in later:
            if getattr(row, name) != getattr(base, name):
                raise RuleError(
                    "STATE",
                    f"{row.valid_from} 起已有更晚的变更，不能从更早的日期办理，请核对日期。",
                )


def _carry(
    begins: Any, later: list[Any], values: dict[str, Any], *, replace_later: bool
) -> tuple[list[Any], list[Any]]:
    """Give later rows the values; (those kept, those that say nothing new any more)."""
    kept: list[Any] = []
    removed: list[Any] = []
    previous = begins
    for row in later:
        _set(row, values)
        same = all(getattr(row, f) == getattr(previous, f) for f in _copied(row))
        if same or replace_later:
            removed.append(row)
        else:
            kept.append(row)
            previous = row
    for row, following in itertools.pairwise(kept):
        row.valid_to = following.valid_from
    if kept:
        kept[-1].valid_to = None
    return kept, removed


def in_use_on(day: datetime.date, prefix: str = "") -> Q:
    """Records that count on a day: those in use, and those that went out of use after it for a
    reason of that day (`true_until`). What was entered by mistake has none: it never was true.
    """
    in_use = Q(**{f"{prefix}ended_on": None})
    # Nothing is true until a day to come: today's figures need no second look.
    return in_use if day >= today() else in_use | Q(**{f"{prefix}true_until__gt": day})


def dated_on(day: datetime.date, prefix: str = "") -> Q:
    """A row with valid_from and valid_to in force on a day, half-open [from, to)."""
    return Q(**{f"{prefix}valid_from__lte": day}) & (
        Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": day})
    )
