"""What a column held on the days before it changed, for what counts as of a day.

A model names such columns in `dated_columns`, each with the column that says since when it
holds what it holds now ("" for the day on which it is written). The record has today's value;
a row of FormerValue exists only where one changed, so entering a record costs nothing.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from core.dates import today
from core.entities.models import FormerValue


def keep(before: Model, record: Model) -> None:
    """Note what the dated columns held, after a record was saved with others.

    `before` is the record as it was. Call it in the action's transaction.
    """
    is_first = getattr(before, "is_incomplete", False)
    for column, since_column in type(record).dated_columns.items():  # type: ignore[attr-defined]
        now, was = (
            Held(_text(getattr(one, column)), getattr(one, since_column) if since_column else None)
            for one in (record, before)
        )
        if change := changed(was, now, is_first=is_first):
            hold(type(record), column, [(record.pk, *change)])


class Held(NamedTuple):
    """What a dated column holds, and since when as its record says."""

    value: str
    since: datetime.date | None


def changed(was: Held, now: Held, *, is_first: bool = False) -> tuple[str, datetime.date] | None:
    """What was held before, and the day from which it is held otherwise; None for no change.

    `is_first`: the record was planned from a bare name (is_incomplete). What it says for the
    first time then holds as if it had been entered so, whichever ledger came before.
    """
    if is_first and not was.value and now.since is None:
        return None
    if was.value != now.value:
        return was.value, now.since or today()
    if now.value and now.since and now.since != was.since:
        # Said anew since when: before that day it held nothing.
        return "", now.since
    return None


def hold(
    model: type[Model], column: str, changes: Iterable[tuple[Any, str, datetime.date]]
) -> None:
    """Let what the column holds now hold from a day on: (key, what it was until then, the day).

    Whatever was noted of that day and later is replaced.
    """
    changes = [change for change in changes if change[2] is not None]
    mine = {"model": model._meta.label_lower, "column": column}
    found: dict[Any, list[FormerValue]] = defaultdict(list)
    keys = [key for key, _, _ in changes]
    for row in FormerValue.objects.filter(**mine, object_id__in=keys).order_by("until"):
        found[row.object_id].append(row)
    made = []
    for key, was, day in changes:
        kept = [row for row in found[key] if row.since is None or row.since < day]
        FormerValue.objects.filter(
            pk__in={r.pk for r in found[key]} - {r.pk for r in kept}
        ).delete()
        last = kept[-1] if kept else None
        if last is not None and (last.until >= day or last.value == was):
            FormerValue.objects.filter(pk=last.pk).update(until=day)
        else:
            since = last.until if last else None
            made.append(FormerValue(**mine, object_id=key, value=was, since=since, until=day))
    FormerValue.objects.bulk_create(made, batch_size=2000)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _in_force(model: type[Model], column: str, day: datetime.date) -> QuerySet[FormerValue]:
    return FormerValue.objects.filter(
        Q(since=None) | Q(since__lte=day),
        model=model._meta.label_lower, column=column, until__gt=day,
    )  # fmt: skip


def as_of(model: type[Model], column: str, day: datetime.date, *, now: Q, then: Q) -> Q:
    """A condition on a dated column as of a day: `now` on the record, `then` on a former
    `value`. Nothing is looked up for today, which no former value reaches."""
    if day >= today():
        return now
    rows = _in_force(model, column, day).filter(object_id=OuterRef("pk"))
    return (now & ~Q(Exists(rows))) | Q(Exists(rows.filter(then)))


def values_on(
    model: type[Model], column: str, day: datetime.date, keys: Iterable[Any]
) -> dict[Any, str]:
    """Of some records those that held something else on the day, and what."""
    if day >= today():
        return {}
    rows = _in_force(model, column, day).filter(object_id__in=list(keys))
    return dict(rows.values_list("object_id", "value"))
