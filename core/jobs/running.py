"""Running of long work under a lease. The Job row is the truth; Celery is a doorbell.

Every runner may be killed at any moment and every job may be rung for twice at the same
time. `run` takes the lease with one UPDATE, which also draws a fencing token; whatever the
runner writes, it writes in a transaction that first locks the Job row and finds its own
token there. While the runner lives the lease goes on, whatever it is busy with (_Heartbeat).
Every moment is the database's, since clocks of machines differ and jump.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.db import Error, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from core.accounts.models import User
from core.audit.history import acting
from core.database import database_is_lost
from core.jobs.models import Job
from core.scoping import in_scope

LEASE_SECONDS = 60
# Signs of life within a lease: some may be lost or late.
BEATS = 4
MAX_ATTEMPTS = 3
BACKOFF_SECONDS = 10
RIGHTS_CHANGED = "权限已变更，任务已停止。"

logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another runner has the job now; whoever raises this writes nothing more."""


class Cancelled(Exception):
    """The user asked for an end; the runner stops where it is."""


class JobFailed(Exception):
    """A failure that a repetition would not mend; the text is for the user."""


@dataclass
class Lease:
    """The right to work on a job, for as long as nobody else draws a newer token."""

    job: Job
    fence: int

    def progress(self, *, done: int, total: int, phase: str) -> None:
        """Say how far the work is and keep the lease.

        Raises LeaseLost or Cancelled. `done` never goes back within a phase.
        """
        row = _one(
            "UPDATE core_job SET total = %s, phase = %s, heartbeat_at = now(),"
            # A runner that took over reads again what was done before it.
            " done = CASE WHEN phase = %s THEN greatest(done, %s) ELSE %s END,"
            " lease_until = now() + make_interval(secs => %s)"
            " WHERE id = %s AND fence = %s AND status = 'running' RETURNING is_cancel_requested",
            [total, phase, phase, done, done, LEASE_SECONDS, self.job.pk, self.fence],
        )
        if row is None:
            raise LeaseLost
        if row[0]:
            raise Cancelled

    def keep(self) -> None:
        """A sign of life: the work goes on, though there is nothing to tell of it."""
        _one(
            "UPDATE core_job SET heartbeat_at = now(),"
            " lease_until = now() + make_interval(secs => %s)"
            " WHERE id = %s AND fence = %s AND status = 'running' RETURNING id",
            [LEASE_SECONDS, self.job.pk, self.fence],
        )

    def guard(self) -> None:
        """Inside a transaction: lock the job and make sure that it is still ours.

        The lock keeps out whoever would draw a new token (Job.Meta), not the heartbeat.
        """
        row = _one(
            "SELECT is_cancel_requested FROM core_job"
            " WHERE id = %s AND fence = %s AND status = 'running' FOR KEY SHARE",
            [self.job.pk, self.fence],
        )
        if row is None:
            raise LeaseLost
        if row[0]:
            raise Cancelled

    def finish(self, status: str, message: str = "") -> None:
        """Leave the job in its next state; nothing happens when the lease is lost."""
        Job.objects.filter(pk=self.job.pk, fence=self.fence).update(
            status=status,
            message=message,
            lease_until=None,
            finished_at=None if status == Job.Status.WAITING else Now(),
        )


Runner = Callable[[Lease], None]
_RUNNERS: dict[str, tuple[Runner, str]] = {}


def runner(kind: str, *, permission: str) -> Callable[[Runner], Runner]:
    """Decorator: the function that does jobs of a kind; it returns having set the state."""

    def decorate(function: Runner) -> Runner:
        _RUNNERS[kind] = (function, permission)
        return function

    return decorate


def ring(job_id: uuid.UUID) -> None:
    """Tell Celery about a job once the transaction has committed, best effort.

    A broker that is down or frozen costs a few seconds at most; the sweeper rings again.
    """

    def tell() -> None:
        try:
            current_app.send_task("core.tasks.run_job", args=[str(job_id)], retry=False)
        except Exception:  # noqa: BLE001  the job row is there; the sweeper will find it
            logger.warning("the broker did not take job %s; the sweeper will ring again", job_id)

    transaction.on_commit(tell)


def run(job_id: uuid.UUID | str) -> bool:
    """Work on a job if its lease is free; returns whether this call did the work."""
    lease = _take(job_id)
    if lease is None:
        return False
    job = lease.job
    function, permission = _RUNNERS[job.kind]
    with _Unhurried(), _Heartbeat(lease):
        try:
            _check_rights(job, permission)
            with acting(job.by, job=str(job.pk)):
                function(lease)
        except LeaseLost:
            logger.info("job %s was taken over by another runner", job.pk)
            # Only an attempt that ended its runner counts against the job, and this one lives.
            Job.objects.filter(pk=job.pk, attempts__gt=0).update(attempts=F("attempts") - 1)
        except Cancelled:
            lease.finish(Job.Status.CANCELLED, "已取消，没有写入任何数据。")
        except JobFailed as failure:
            lease.finish(Job.Status.FAILED, str(failure))
        except Exception as error:
            logger.exception("job %s failed", job.pk)
            if database_is_lost(error):
                connection.close()
            _again(lease)
    return True


def _take(job_id: uuid.UUID | str) -> Lease | None:
    row = _one(
        "UPDATE core_job SET status = 'running', fence = fence + 1, attempts = attempts + 1,"
        " started_at = coalesce(started_at, now()), heartbeat_at = now(),"
        " lease_until = now() + make_interval(secs => %s), runner = %s"
        " WHERE id = %s AND status IN ('queued', 'running')"
        " AND (lease_until IS NULL OR lease_until < now() OR runner = %s)"
        " AND attempts < %s RETURNING fence",
        [LEASE_SECONDS, _me(), str(job_id), _dead_runner(job_id), MAX_ATTEMPTS],
    )
    if row is None:
        _give_up(job_id)
        return None
    job = Job.objects.select_related("by", "region").get(pk=job_id)
    return Lease(job, row[0])


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _dead_runner(job_id: uuid.UUID | str) -> str | None:
    """Who has the lease but is no more: a process of this host that was killed. Its lease
    need not run out first; a mistake would cost time only, since the fence still holds."""
    found = _one("SELECT runner FROM core_job WHERE id = %s", [str(job_id)])
    runner = found[0] if found else ""
    host, _, process = runner.rpartition(":")
    if host != socket.gethostname():
        return None
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return str(runner)
    except PermissionError:
        pass
    return None


def _give_up(job_id: uuid.UUID | str) -> None:
    """A job that killed its runner as often as it may is failed, not tried for ever."""
    Job.objects.filter(
        pk=job_id,
        status__in=[Job.Status.QUEUED, Job.Status.RUNNING],
        attempts__gte=MAX_ATTEMPTS,
        lease_until__lt=Now(),
    ).update(
        status=Job.Status.FAILED,
        message="处理多次中断，请点「继续」重试；仍失败时请联系系统管理员。",
        lease_until=None,
        finished_at=Now(),
    )


def _again(lease: Lease) -> None:
    """Queue the job once more after a pause, or fail it when it had its attempts."""
    job = Job.objects.filter(pk=lease.job.pk, fence=lease.fence).first()
    if job is None:
        return
    if job.attempts >= MAX_ATTEMPTS:
        lease.finish(Job.Status.FAILED, "处理时出错，请点「继续」重试；仍失败时请联系系统管理员。")
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_job SET status = 'queued', lease_until = now() + make_interval(secs => %s)"
            " WHERE id = %s AND fence = %s",
            [BACKOFF_SECONDS, job.pk, lease.fence],
        )


def _check_rights(job: Job, permission: str) -> None:
    """Jobs act with the rights that their user has now, not had then."""
    user = User.objects.filter(pk=job.by_id).first()
    if user is None or not user.is_active or not user.has_perm(permission):
        raise JobFailed(RIGHTS_CHANGED)
    if not in_scope(job.region_id, user):
        raise JobFailed(RIGHTS_CHANGED)
    job.by = user


def sweep() -> int:
    """Ring for every job that nobody works on; returns how many."""
    waiting = Job.objects.filter(status__in=[Job.Status.QUEUED, Job.Status.RUNNING]).exclude(
        lease_until__gt=Now()
    )
    ids = list(waiting.order_by("created_at").values_list("pk", flat=True)[:100])
    for job_id in ids:
        ring(job_id)
    return len(ids)


class _Unhurried:
    """Long statements are allowed while a job runs; the web's limits come back after."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            # A second large ledger waits for the first to be applied.
            cursor.execute("SET lock_timeout = 0")
            cursor.execute("SET idle_in_transaction_session_timeout = 0")

    def __exit__(self, *error: Any) -> None:
        if connection.connection is not None and not connection.in_atomic_block:
            connection.close()


class _Heartbeat:
    """Keeps the lease from a thread, while the runner opens, parses, waits or writes.

    It dies with its process, so a runner that was killed still loses its job; one that hangs
    is ended by Celery's time limit. Inside a transaction (a test) nobody else sees the job.
    """

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._is_over = threading.Event()
        self._thread = None if connection.in_atomic_block else threading.Thread(target=self._beat)

    def __enter__(self) -> None:
        if self._thread:
            self._thread.start()

    def _beat(self) -> None:
        while not self._is_over.wait(LEASE_SECONDS / BEATS):
            try:
                self._lease.keep()
            except Error:
                # Whether the database is lost to the work too, the work will hear by itself.
                connection.close()
        connection.close()

    def __exit__(self, *error: object) -> None:
        self._is_over.set()
        if self._thread:
            self._thread.join()


def _one(sql: str, params: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()
