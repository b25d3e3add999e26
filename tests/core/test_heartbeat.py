"""A job keeps its lease while its runner lives, whatever it is busy with and says nothing of."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from core.jobs import running as jobs
from core.ledgers import actions, applying, keeping, staging, starting
from core.ledgers.spreadsheets import reading
from core.models import Job
from reports.models import Plan
from reports.periods import actions as periods
from tests.conftest import COUNTY_A, Cast
from tests.imports.ledgers import fresh, people, person
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
# Seconds of a lease, and of work that says nothing meanwhile.
LEASE, WORK = 1, 4
# Until somebody on a busy machine has begun.
PATIENCE = 20


@pytest.fixture(autouse=True)
def _short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "LEASE_SECONDS", LEASE)


def slow(function: Callable[..., Any]) -> Callable[..., Any]:
    def slowed(*args: Any, **options: Any) -> Any:
        time.sleep(WORK)
        return function(*args, **options)

    return slowed


def comes(is_there: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not (found := is_there()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


@contextmanager
def at_work(job_id: Any) -> Iterator[None]:
    """While a runner is busy with the job, of whom the others have heard."""
    thread = threading.Thread(target=lambda: together(lambda: jobs.run(job_id)))
    thread.start()
    assert comes(Job.objects.filter(pk=job_id, status=Job.Status.RUNNING).exists)
    time.sleep(1.5 * LEASE)
    yield
    thread.join(30)


def stays_with_its_runner(job_id: Any, monkeypatch: pytest.MonkeyPatch) -> Job:
    rung: list[Any] = []
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "ring", rung.append)
        with at_work(job_id):
            beating = Job.objects.filter(pk=job_id, heartbeat_at__gt=F("started_at"))
            assert comes(beating.exists)
            seen = Job.objects.get(pk=job_id)
            assert seen.status == Job.Status.RUNNING
            assert jobs.sweep() == 0
            assert not jobs.run(job_id)
    job = Job.objects.get(pk=job_id)
    assert (rung, job.attempts, job.fence) == ([], 1, seen.fence)
    return job


@pytest.mark.parametrize(
    ("place", "step"), [(keeping.media, "opened"), (reading, "scan"), (staging.mapping, "match")]
)
def test_a_ledger_that_is_read_slowly_is_read_once(
    place: Any, step: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, step, slow(getattr(place, step)))
    batch = starting.start_import(
        user=cast.clerk_a, kind="people", name="a.xlsx", data=people(person()), inline=True
    )
    assert stays_with_its_runner(batch.job_id, monkeypatch).status == Job.Status.WAITING


def test_a_ledger_that_is_written_slowly_is_written_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer holds its job, and the job its lease; nobody queues up behind the two."""
    batch = starting.start_import(
        user=cast.clerk_a, kind="people", name="a.xlsx", data=people(person()), inline=True
    )
    assert jobs.run(batch.job_id)
    actions.confirm(batch=fresh(batch), by=cast.clerk_a, inline=True)
    monkeypatch.setattr(applying, "compare", slow(applying.compare))
    assert stays_with_its_runner(batch.job_id, monkeypatch).status == Job.Status.DONE


def test_a_plan_that_is_frozen_slowly_is_frozen_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan.objects.get(code="14_5")
    settlement = periods.freeze_plan(by=cast.province, plan=plan, document="黔民发〔2026〕1号")
    monkeypatch.setattr(periods, "compute_and_store", slow(periods.compute_and_store))
    assert stays_with_its_runner(settlement.job_id, monkeypatch).status == Job.Status.DONE


@pytest.fixture
def job(cast: Cast) -> Job:
    return Job.objects.create(kind="probe", by=cast.clerk_a, region_id=COUNTY_A)


def does(monkeypatch: pytest.MonkeyPatch, work: Callable[[jobs.Lease], None]) -> None:
    """Let jobs of the kind "probe" do this."""
    monkeypatch.setitem(jobs._RUNNERS, "probe", (work, "core.import_ledger"))


def test_a_heartbeat_that_the_database_dropped_goes_on(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connection is another one than the work's: the loss of it is no loss of the job."""

    def dropped() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE query LIKE 'UPDATE core_job SET heartbeat_at%' AND state = 'idle'"
                " AND datname = current_database()"
            )
            return bool(cursor.fetchone()[0] == 1)

    def goes_on(lease: jobs.Lease) -> None:
        assert comes(dropped)
        time.sleep(WORK)
        lease.finish(Job.Status.DONE)

    does(monkeypatch, goes_on)
    assert stays_with_its_runner(job.pk, monkeypatch).status == Job.Status.DONE


def test_who_writes_cannot_be_overtaken(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even of a lease that ran out: whoever takes it waits until what is written stands."""
    order: list[str] = []

    def somebody_waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            return bool(cursor.fetchone()[0])

    def writes(lease: jobs.Lease) -> None:
        if lease.fence == 1:
            with transaction.atomic():
                lease.guard()
                assert comes(somebody_waits)
                order.append("written")
            # Who waited may take its time to wake up; a sign of life would keep it out.
            assert comes(Job.objects.filter(pk=job.pk, fence=2).exists)
            lease.progress(done=1, total=1, phase="核对")
        order.append("taken over")
        lease.finish(Job.Status.DONE)

    monkeypatch.setattr(jobs.Lease, "keep", lambda lease: None)
    does(monkeypatch, writes)
    with at_work(job.pk):
        assert jobs.run(job.pk)
    assert order == ["written", "taken over"]


def test_an_attempt_whose_runner_lives_is_not_counted(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so itself, once it hears that it was overtaken; who was killed cannot."""

    def is_overtaken(lease: jobs.Lease) -> None:
        Job.objects.filter(pk=job.pk).update(fence=F("fence") + 1, attempts=F("attempts") + 1)
        with transaction.atomic():
            lease.guard()

    does(monkeypatch, is_overtaken)
    assert jobs.run(job.pk)
    assert Job.objects.get(pk=job.pk).attempts == 1
