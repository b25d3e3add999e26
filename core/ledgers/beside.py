"""A list that was laid beside the registry: which of its rows are how, and who is not on it.

The check of an import says what each row meets; here that is put the other way round.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Sum

from core.entities.entity import Entity
from core.entities.navigation import in_order
from core.entities.reach import Reach
from core.ledgers.asking import ABSENT
from core.ledgers.ledger import ImportContext, Ledger, RowCheck, ledger_for
from core.ledgers.models import ImportBatch, ImportRow
from core.rules import RuleError

Outcome = ImportRow.Outcome
# In `writes` of a row: the keys of all the records that it is about, where they may be several.
ABOUT = "about"
DIFFERING, ONLY_THERE, ONLY_HERE, OPEN, TWICE, SAME = (
    "differing", "only_there", "only_here", "open", "twice", "same",
)  # fmt: skip
# Of lists that create nobody, whom the registry does not have is not new but held.
_ABSENT = Q(outcome=Outcome.HELD, messages__contains=[{"rule": ABSENT}])
# The rows of the list, each in one of these.
SECTIONS = {
    DIFFERING: ~Q(diff=[]),
    ONLY_THERE: (Q(outcome=Outcome.NEW) | _ABSENT) & Q(diff=[]),
    OPEN: Q(outcome__in=[Outcome.HELD, Outcome.REFUSED], diff=[]) & ~_ABSENT,
    TWICE: Q(outcome=Outcome.DUPLICATE, diff=[]),
    SAME: Q(outcome__in=[Outcome.CHANGED, Outcome.UNCHANGED], diff=[]),
}


def section_of(row: ImportRow) -> str:
    """The one of SECTIONS that a row is in."""
    if row.diff:
        return DIFFERING
    if row.outcome == Outcome.HELD and any(m.get("rule") == ABSENT for m in row.messages):
        return ONLY_THERE
    settled = {Outcome.NEW: ONLY_THERE, Outcome.DUPLICATE: TWICE}
    is_open = row.outcome in (Outcome.HELD, Outcome.REFUSED)
    return settled.get(Outcome(row.outcome), OPEN if is_open else SAME)


def entity_for(kind: str) -> Entity:
    """The entity that a kind of ledger lists. Raises StopIteration for an unknown one."""
    return next(e for e in in_order() if e.ledger is not None and e.ledger.kind == kind)


def tally(batch: ImportBatch) -> dict[str, int]:
    """Rows by section, `cells` that differ, and how many records of the compared region no row
    is about: those in the reach of who let the list be checked."""
    rows = ImportRow.objects.filter(batch=batch)
    length = Func(F("diff"), function="jsonb_array_length", output_field=IntegerField())
    found = rows.aggregate(
        matched=Count("target"),
        cells=Sum(length),
        **{name: Count("pk", filter=condition) for name, condition in SECTIONS.items()},
    )
    missing = not_listed(batch, ImportContext.of(batch).user).count()
    return {**found, "cells": found["cells"] or 0, ONLY_HERE: missing}


def not_listed(batch: ImportBatch, user: Any) -> QuerySet[Any]:
    """The records of the compared region, in the user's reach, that no row of a list is about.

    Who came in since the list was checked is not missing on it.
    """
    entity = entity_for(batch.kind)
    met = ImportRow.objects.filter(batch=batch, target=OuterRef("pk"))
    rows = listed_records(
        entity,
        user=user,
        region=batch.compared_region_id or "",
        names=batch.mapping,
        told=batch.whole,
    ).filter(~Exists(met))
    further = ImportRow.objects.filter(batch=batch, writes__has_key=ABOUT)
    about = {pk for writes in further.values_list("writes", flat=True) for pk in writes[ABOUT]}
    if about:
        rows = rows.exclude(pk__in=about)
    rows = rows.filter(entity.ledger.expected(batch))
    for column, values in _periods(batch).items():
        rows = rows.filter(**{f"{column}__in": values})
    checked_at = batch.job.finished_at
    if checked_at is not None and "created_at" in entity.field_names:
        rows = rows.filter(created_at__lte=checked_at)
    return rows


def _periods(batch: ImportBatch) -> dict[str, list[str]]:
    """The years or months that a list is of: of others it says nothing."""
    ledger, found = ledger_for(batch.kind), {}
    for column in ledger.periods.split():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT coalesce(writes->'staged', writes)->'insert'->%s->0->>%s"
                " FROM core_importrow WHERE batch_id = %s",
                [ledger.models[0], column, batch.pk],
            )
            if values := [value for (value,) in cursor.fetchall() if value]:
                found[column] = values
    return found


def listed_records(
    entity: Entity, *, user: Any, region: str, names: Iterable[str], told: Mapping[str, str]
) -> QuerySet[Any]:
    """The records that a list of a region with such columns is expected to hold; `told` is what
    holds for the whole sheet, by column (2025届 lists those of that year)."""
    ledger: Ledger = entity.ledger
    rows = Reach(entity, user).rows()
    if region:
        rows = rows.in_region(region)
    lacking = [condition for name, condition in ledger.listed.items() if name not in names]
    for condition in (entity.current, *lacking):
        rows = rows.filter(condition) if condition is not None else rows
    if "ended_on" in entity.field_names:
        rows = rows.filter(ended_on=None)
    return rows.filter(**narrowed(entity, told))


def narrowed(entity: Entity, told: Mapping[str, str]) -> dict[str, Any]:
    """The condition that holds for a whole sheet, by fields of the entity. A place is none: what
    lies in a county lies in its townships."""
    only = {}
    # No row of a ledger, but what cleans a cell wants one.
    nobody = RowCheck(0, ImportContext(None, None, datetime.date.max))
    for name, text in told.items():
        column = entity.ledger.column(name)
        if column is None or name not in entity.field_names:
            continue
        if entity.model._meta.get_field(name).is_relation:
            continue
        try:
            value = column.clean_cell(text, nobody)
        except RuleError:
            continue
        if isinstance(value, str | int):
            only[name] = value
    return only
