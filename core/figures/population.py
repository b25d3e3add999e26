"""What may be counted: one row per thing on a day, with its place and named facts."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce


def is_so(condition: Q) -> Coalesce:
    """A condition on columns as a fact; null is no."""
    return Coalesce(ExpressionWrapper(condition, BooleanField()), Value(value=False))


@dataclass(frozen=True)
class Reads:
    """What of a model decides figures: its `columns`, and the column by which its rows belong
    to what is counted ("pk": they are it; "" where they belong to nothing by themselves)."""

    columns: str
    link: str = ""


class Population:
    """The things that may be counted on a day.

    `rows(day)` yields each thing once, annotated with `place` (a region code as recorded,
    or null) and every fact of `facts`, which maps a fact to what it means in words.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    facts: ClassVar[dict[str, str]]
    # A change of any of these models makes stored figures stale; one of the columns named is
    # what a figure of the past may have moved by.
    reads: ClassVar[dict[type[Model], Reads]]
    order: ClassVar[tuple[str, ...]] = ("pk",)
    # The indicator that says how many rows a region has, where going through all of them
    # takes longer than a reader waits.
    size: ClassVar[str] = ""

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        raise NotImplementedError

    def owners(self, keys: Sequence[Any]) -> dict[Any, set[Any]]:
        """Key of each row -> the keys that the links of `reads` name: its own, but where what
        is counted is made of other records."""
        return {key: {key} for key in keys}

    def touched(self, records: Sequence[Model]) -> set[Any]:
        """Keys of what is counted that writes to some records may have changed."""
        keys = set()
        for record in records:
            read = self.reads.get(type(record))
            if read is not None and read.link:
                keys.add(record.pk if read.link == "pk" else getattr(record, f"{read.link}_id"))
        return keys

    def narrowed(
        self, rows: QuerySet[Any], codes: Sequence[str], day: datetime.date
    ) -> QuerySet[Any]:
        """A cheap superset of the rows placed in `codes`; the exact filter still follows."""
        return rows

    def reasons(self, records: Sequence[Model], day: datetime.date) -> dict[Any, dict[str, str]]:
        """For each record's key: fact -> the evidence in words, where there is any; under
        「-fact」 why it does not hold."""
        return {}
