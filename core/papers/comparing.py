"""倒查: a list that somebody else keeps, laid beside the registry; nothing is written.

It is checked as a ledger is, and put away: who is missing here, who is missing there, and which
cells differ are what the check says of its rows.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Func, IntegerField, Sum

from core.entities.navigation import in_order
from core.entities.reach import Reach
from core.jobs import running as jobs
from core.jobs.models import Job
from core.ledgers import actions
from core.ledgers.models import ImportBatch, ImportRow
from core.rules import RuleError

Outcome = ImportRow.Outcome


def compare_list(*, user: Any, kind: str, name: str, data: bytes) -> dict[str, int]:
    """{rows, matched, only_here, only_there, differing_cells}. Raises Refused, RuleError or
    PermissionDenied."""
    batch = actions.start_import(
        user=user, kind=kind, name=name, data=data, again=True, inline=True
    )
    try:
        jobs.run(batch.job_id)
        return _compared(ImportBatch.objects.get(pk=batch.pk), user)
    finally:
        if Job.objects.get(pk=batch.job_id).status == Job.Status.WAITING:
            actions.cancel(batch=batch, by=user)


def _compared(batch: ImportBatch, user: Any) -> dict[str, int]:
    if not batch.counts:
        raise RuleError("COMPARE", batch.job.message or "名单没有核对完成。")
    rows = ImportRow.objects.filter(batch=batch)
    met = rows.exclude(target=None)
    differing = met.aggregate(
        n=Sum(Func(F("diff"), function="jsonb_array_length", output_field=IntegerField()))
    )
    return {
        "rows": batch.counts["rows"],
        "matched": met.count(),
        "only_here": missing_there(batch, user).count(),
        "only_there": rows.filter(outcome=Outcome.NEW).count(),
        "differing_cells": differing["n"] or 0,
    }


def missing_there(batch: ImportBatch, user: Any) -> Any:
    """The records in the user's reach that no row of a list is about."""
    entity = next(e for e in in_order() if e.ledger is not None and e.ledger.kind == batch.kind)
    met = ImportRow.objects.filter(batch=batch).exclude(target=None).values("target")
    rows = Reach(entity, user).rows().exclude(pk__in=met)
    listed = entity.ledger.listed.get("") if entity.ledger else None
    for condition in (entity.current, listed):
        rows = rows.filter(condition) if condition is not None else rows
    return rows.filter(ended_on=None) if "ended_on" in entity.field_names else rows
