"""What may be counted: one row per thing on a day, with its place and named facts."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce


def is_so(condition: Q) -> Coalesce:
    """A condition on columns as a fact; null is no."""
    return Coalesce(ExpressionWrapper(condition, BooleanField()), Value(value=False))


class Population:
    """The things that may be counted on a day.

    `rows(day)` yields each thing once, annotated with `place` (a region code as recorded,
    or null) and every fact of `facts`, which maps a fact to what it means in words.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    facts: ClassVar[dict[str, str]]
    # Whose rows decide the figures: a change of any of them makes stored ones stale.
    models: ClassVar[tuple[type[Model], ...]]
    order: ClassVar[tuple[str, ...]] = ("pk",)
    # The indicator that says how many rows a region has, where going through all of them
    # takes longer than a reader waits.
    size: ClassVar[str] = ""

    def rows(self, day: datetime.date) -> QuerySet[Any]:
        raise NotImplementedError

    def narrowed(
        self, rows: QuerySet[Any], codes: Sequence[str], day: datetime.date
    ) -> QuerySet[Any]:
        """A cheap superset of the rows placed in `codes`; the exact filter still follows."""
        return rows

    def reasons(self, records: Sequence[Model], day: datetime.date) -> dict[Any, dict[str, str]]:
        """For each record's key: fact -> the evidence in words, where there is any."""
        return {}
