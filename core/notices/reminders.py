"""Reminders: what is due, said some time before, again nearer to the day, and once it is over.

A kind of reminder is declared where its records are, as a query over those that fall due
between two days. One nightly run writes what is to be said now, once, and settles what is no
longer so: the cause was renewed, corrected, or has gone. It works in sets, whatever their size,
and may run twice, at the same time too.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from core.dates import today
from core.notices.causes import declare_cause
from core.notices.models import Notice
from core.pointers import label_of

_LOCK = 20261128
_AT_ONCE = 2_000
# The stage once the day is over; before that it is the number of days that were left.
OVER = -1


class Due(NamedTuple):
    """A record that falls due: when, whom it names, and who is to be told."""

    record: uuid.UUID
    on: datetime.date
    subject: str
    person: uuid.UUID | None
    account: uuid.UUID | None
    region: str | None


@dataclass(frozen=True)
class Reminder:
    """One kind of reminder.

    `find(first, last)` gives the records due from `first` to `last` as rows in the order of
    Due. It is said `days` before, each time anew, and until `after` days after. `text(stage)`
    are the words for the office: all in the record's region with the `permission`;
    `own_text` those for the account, which `own_link` leads to its own page.
    """

    code: str
    model: Any
    find: Callable[[datetime.date, datetime.date], QuerySet[Any, Any]]
    days: tuple[int, ...]
    after: int
    permission: str
    text: Callable[[int], str]
    own_text: Callable[[int], str]
    own_link: str

    def stage(self, left: int) -> int:
        """The nearest of the days before that has come, OVER behind the day."""
        return OVER if left < 0 else min(days for days in self.days if left <= days)

    def messages(self, due: Due, *, day: datetime.date) -> Iterator[Notice]:
        """What is to be said of a record on a day: to its office, and to the account."""
        stage = self.stage((due.on - day).days)
        key = f"{self.code}:{due.record}:{due.on}:{stage}"
        about = {
            "code": self.code, "record_label": label_of(self.model), "record_id": due.record,
            "due_on": due.on,
        }  # fmt: skip
        if due.region:
            yield Notice(
                key=f"{key}:office", text=self.text(stage), region_id=due.region,
                permission=self.permission, subject=due.subject[:60], person=due.person, **about,
            )  # fmt: skip
        if due.account:
            yield Notice(
                key=f"{key}:own", text=self.own_text(stage), to_id=due.account,
                link=self.own_link, **about,
            )  # fmt: skip


REMINDERS: dict[str, Reminder] = {}


def register_reminder(reminder: Reminder) -> None:
    REMINDERS[reminder.code] = reminder
    declare_cause(reminder.model)


def remind(*, day: datetime.date | None = None) -> int:
    """Write and settle the messages of all reminders; how many are new.

    A night that was missed is caught up with by the next one.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            is_ours = cursor.fetchone()[0]
        if not is_ours:
            return 0
        return sum(_run(reminder, day or today()) for reminder in REMINDERS.values())


def _run(reminder: Reminder, day: datetime.date) -> int:
    first = day - datetime.timedelta(days=reminder.after)
    last = day + datetime.timedelta(days=max(reminder.days))
    unclosed = Notice.objects.filter(code=reminder.code, closed_at=None)
    rows = unclosed.values_list("key", "pk", "to", "region", "subject")
    said = {key: (pk, to, region, subject) for key, pk, to, region, subject in rows.iterator()}
    fresh: list[Notice] = []
    moved: list[Notice] = []
    for row in reminder.find(first, last).iterator(chunk_size=_AT_ONCE):
        for notice in reminder.messages(Due(*row), day=day):
            before = said.pop(notice.key, None)
            if before is None:
                fresh.append(notice)
            elif before[1:] != (notice.to_id, notice.region_id, notice.subject):
                notice.pk = before[0]
                moved.append(notice)
    for gone in _pieces([pk for pk, *_ in said.values()]):
        Notice.objects.filter(pk__in=gone).update(closed_at=Now())
    Notice.objects.bulk_update(moved, ["to", "region", "subject"], batch_size=_AT_ONCE)
    for piece in _pieces(fresh):
        Notice.objects.bulk_create(piece, ignore_conflicts=True)
        # What was settled and is so again, e.g. because the renewal was a mistake.
        again = Notice.objects.filter(key__in=[n.key for n in piece]).exclude(closed_at=None)
        again.update(closed_at=None)
    return len(fresh)


def _pieces(things: list[Any]) -> Iterator[list[Any]]:
    return (things[at : at + _AT_ONCE] for at in range(0, len(things), _AT_ONCE))
