"""A batch and its job under one lock, and the states that the job is given: what every action of an
import begins and ends with."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction

from core.accounts.models import User
from core.jobs import running as jobs
from core.jobs.models import Job
from core.ledgers.ledger import ledger_for
from core.ledgers.models import ImportBatch
from core.rules import RuleError


def require(user: User, kind: str = "") -> None:
    """Raise PermissionDenied for who may not take in ledgers (of a kind)."""
    if not user.has_perm("core.import_ledger") or not user.region_id:
        raise PermissionDenied
    if kind and not user.has_perm(ledger_for(kind).permission):
        raise PermissionDenied


def locked(batch: ImportBatch, *, by: User, waits: bool = True) -> tuple[ImportBatch, Job]:
    """The batch and its job, locked, if `by` may act on it.

    A job keeps its lock while it writes; without `waits` that is a RuleError at once.
    """
    require(by, batch.kind)
    try:
        with transaction.atomic():
            job = Job.objects.select_for_update(nowait=not waits).get(pk=batch.job_id)
    except OperationalError:
        raise RuleError("STATE", "正在写入，不能取消；写完后可以撤销这一批。") from None
    fresh = ImportBatch.objects.for_user(by).select_for_update().filter(pk=batch.pk).first()
    if fresh is None:
        raise PermissionDenied
    return fresh, job


def queue(job: Job, *, inline: bool = False, payload: dict[str, Any] | None = None) -> None:
    """Queue a job that rested; it acts with the rights of who set it going."""
    job.payload = payload or {}
    job.status, job.attempts, job.lease_until = Job.Status.QUEUED, 0, None
    job.message, job.finished_at, job.is_cancel_requested = "", None, False
    # The bar begins anew.
    job.phase = ""
    job.save()
    if not inline:
        jobs.ring(job.pk)


def put_away(job: Job, message: str) -> None:
    """End a job that rests, of which nothing was written."""
    Job.objects.filter(pk=job.pk).update(status=Job.Status.CANCELLED, message=message)
