"""A row about a person of another county becomes a transfer request, never an overwrite."""

from __future__ import annotations

import datetime

from core.models import ImportBatch, ImportRow
from core.resources import ImportContext
from talent.codes import RequestState
from talent.models import Person, TransferRequest

DEFAULT_DAYS = 15


def ask(person: Person, row: ImportRow, context: ImportContext) -> None:
    """Ask the person's county, once: an open request is left as it is."""
    if TransferRequest.objects.filter(person=person, state=RequestState.PENDING).exists():
        return
    staged = row.writes["staged"]["insert"]
    TransferRequest.objects.create(
        person=person,
        from_region_id=person.region_id,
        to_region_id=staged["talent.person"]["region_id"],
        direction="in",
        post=staged.get("talent.post", {}),
        reason="台账导入",
        requested_by=context.user,
        due_on=context.day + datetime.timedelta(days=DEFAULT_DAYS),
    )


def withdraw(batch: ImportBatch) -> None:
    """Take back what was asked while a batch was applied, as far as nobody answered yet."""
    asked = ImportRow.objects.filter(batch=batch, outcome=ImportRow.Outcome.HELD)
    TransferRequest.objects.filter(
        state=RequestState.PENDING,
        requested_by=batch.job.by_id,
        created_at__range=(batch.applied_at, batch.job.finished_at),
        person__in=asked.exclude(target=None).values("target"),
    ).update(state=RequestState.WITHDRAWN, decision_reason="导入已撤销")
