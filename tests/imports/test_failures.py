"""What may break under an import: workers, Redis, a second runner, a second import."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from config.celery import app
from core.jobs import running as jobs
from core.ledgers import actions, applying, running, staging, starting
from core.ledgers.spreadsheets import reading
from core.ledgers.starting import DuplicateFile
from core.models import ImportBatch, ImportRow, Job, User
from stations.models import Station
from talent.models import Person, Post
from tests.conftest import Cast
from tests.imports.ledgers import fresh, outcomes, people, person
from tests.rows import id_number
from tests.servers import RedisServer, Worker
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 2_000
# What waits for a Redis that is frozen waits longer than this.
HANGS = 40


def many(count: int) -> bytes:
    days = [f"{1960 + n // 400}0307" for n in range(count)]
    return people(*[person(_name(n), id_number(birth=day)) for n, day in enumerate(days)])


def _name(n: int) -> str:
    return "赵钱孙李周吴郑王"[n % 8] + "一二三四五六七八九"[n // 8 % 9] + "甲乙丙丁"[n // 72 % 4]


def start(user: Any, data: bytes, **options: Any) -> ImportBatch:
    return starting.start_import(user=user, kind="people", name="a.xlsx", data=data, **options)


def wait(batch: ImportBatch, *statuses: str, seconds: float = 60) -> ImportBatch:
    end = time.monotonic() + seconds
    while (now := fresh(batch)).job.status not in statuses:
        assert time.monotonic() < end, f"{now.job.status} {now.job.message} {now.job.attempts}"
        time.sleep(0.05)
    return now


def expire_leases() -> None:
    """As if a minute had passed since the runner's last sign of life."""
    Job.objects.update(lease_until=timezone.now())


# --- Workers ------------------------------------------------------------------------------
@pytest.mark.parametrize("phase", ["while it is staged", "while it is applied"])
def test_kill_9_of_the_worker_tree_loses_and_doubles_nothing(
    phase: str, cast: Cast, own_redis: RedisServer, start_worker: Callable[..., Worker]
) -> None:
    """F01: another worker goes on from what was committed; every row is applied once."""
    worker = start_worker()
    batch = start(cast.clerk_a, many(ROWS))
    if phase == "while it is applied":
        batch = wait(batch, Job.Status.WAITING)
        with connection.cursor() as cursor:
            # Whoever applies waits here until the worker is dead.
            cursor.execute("SELECT pg_advisory_lock(5201315)")
        actions.confirm(batch=batch, by=cast.clerk_a)
    wait(batch, Job.Status.RUNNING)
    time.sleep(0.3)
    worker.kill()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")
    assert not Person.objects.exists()
    expire_leases()
    start_worker(beat=True)
    if phase == "while it is staged":
        batch = wait(batch, Job.Status.WAITING, seconds=90)
        actions.confirm(batch=batch, by=cast.clerk_a)
    done = wait(batch, Job.Status.DONE, seconds=90)
    assert outcomes(done) == {"new": ROWS}
    assert Person.objects.count() == Post.objects.count() == ROWS
    assert Person.pgh_event_model.objects.count() == ROWS
    assert Station.objects.count() == 1


def test_a_worker_told_to_stop_ends_what_it_began(
    cast: Cast, own_redis: RedisServer, start_worker: Callable[..., Worker]
) -> None:
    """F28: a deploy stops workers with SIGTERM; what is being applied is applied."""
    worker = start_worker()
    batch = wait(start(cast.clerk_a, many(ROWS)), Job.Status.WAITING)
    with connection.cursor() as cursor:
        # Whoever applies waits here until the worker knows that it has to stop.
        cursor.execute("SELECT pg_advisory_lock(5201315)")
    actions.confirm(batch=batch, by=cast.clerk_a)
    wait(batch, Job.Status.RUNNING)
    assert worker.process is not None
    worker.process.terminate()
    worker.wait_until_said("Warm shutdown")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")
    assert worker.process.wait(60) == 0
    assert fresh(batch).job.status == Job.Status.DONE
    assert Person.objects.count() == ROWS
    assert fresh(batch).job.attempts == 1


def test_a_killed_child_is_replaced_before_its_lease_runs_out(
    cast: Cast, own_redis: RedisServer, start_worker: Callable[..., Worker]
) -> None:
    """F02"""
    worker = start_worker()
    batch = wait(start(cast.clerk_a, many(50)), Job.Status.WAITING)
    with connection.cursor() as cursor:
        # Whoever applies waits here until it is dead.
        cursor.execute("SELECT pg_advisory_lock(5201315)")
        actions.confirm(batch=batch, by=cast.clerk_a)
        end = time.monotonic() + 60
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while cursor.execute(waiting) or not cursor.fetchone()[0]:
            assert time.monotonic() < end
            time.sleep(0.05)
        Job.objects.update(lease_until=timezone.now() + datetime.timedelta(hours=1))
        worker.kill_children()
        cursor.execute("SELECT pg_advisory_unlock_all()")
    assert outcomes(wait(batch, Job.Status.DONE)) == {"new": 50}
    assert Person.objects.count() == 50


def test_an_emptied_redis_loses_nothing(
    cast: Cast, own_redis: RedisServer, start_worker: Callable[..., Worker]
) -> None:
    """F07: what was queued is rung for again by the sweeper."""
    batch = start(cast.clerk_a, people(person()))
    with own_redis.client() as redis:
        redis.flushall()
    start_worker(beat=True)
    assert outcomes(wait(batch, Job.Status.WAITING)) == {"new": 1}


def test_redis_down_or_frozen_does_not_hold_up_an_upload(
    cast: Cast, own_redis: RedisServer
) -> None:
    """F05, F06: the job is kept; the bell is not rung, and nobody waits for it."""
    own_redis.freeze()
    started = time.monotonic()
    frozen = start(cast.clerk_a, people(person()))
    assert time.monotonic() - started < HANGS
    own_redis.thaw()
    own_redis.stop()
    app.close()
    started = time.monotonic()
    down = start(cast.clerk_a, people(person()))
    assert time.monotonic() - started < HANGS
    assert {fresh(b).job.status for b in (frozen, down)} == {Job.Status.QUEUED}
    assert jobs.run(frozen.job_id)
    assert jobs.run(down.job_id)


def test_the_sweeper_rings_for_idle_jobs_only(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = start(cast.clerk_a, people(person()), inline=True)
    other = start(cast.clerk_a, people(person()), inline=True)
    rung: list[Any] = []
    monkeypatch.setattr(jobs, "ring", rung.append)
    later = timezone.now() + datetime.timedelta(seconds=30)
    Job.objects.filter(pk=other.job_id).update(status=Job.Status.RUNNING, lease_until=later)
    jobs.sweep()
    assert rung == [batch.job_id]


# --- The database -------------------------------------------------------------------------
def _kill_own_connection() -> None:
    """As PostgreSQL does when it is restarted under a runner."""
    connection.ensure_connection()
    victim = connection.connection.info.backend_pid

    def kill() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [victim])

    assert together(kill) == [None]


def _lose_a_deadlock() -> None:
    """Two lock the same two rows by turns; PostgreSQL chooses us to give way."""
    first, second = "clerk_b", "viewer_a"
    has_both = threading.Barrier(2, timeout=30)

    def other() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '60s'")
            User.objects.select_for_update().get(username=second)
            has_both.wait()
            User.objects.select_for_update().get(username=first)

    rival = threading.Thread(target=lambda: together(other))
    rival.start()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '50ms'")
            User.objects.select_for_update().get(username=first)
            has_both.wait()
            User.objects.select_for_update().get(username=second)
    finally:
        rival.join(60)


@pytest.mark.parametrize("loss", ["connection", "deadlock"])
def test_what_the_database_took_back_is_done_again(
    loss: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F11, F15: nothing half written, tried again after a pause, then every row once."""
    batch = start(cast.clerk_a, people(*[person() for _ in range(35)]), inline=True)
    jobs.run(batch.job_id)
    actions.confirm(batch=fresh(batch), by=cast.clerk_a, inline=True)
    real = running.apply

    def robbed(*args: Any, **options: Any) -> Any:
        with transaction.atomic():
            counts = real(*args, **options)
            if loss == "connection":
                _kill_own_connection()
            else:
                _lose_a_deadlock()
        return counts

    monkeypatch.setattr(running, "apply", robbed)
    assert jobs.run(batch.job_id)
    waiting = fresh(batch).job
    assert (waiting.status, waiting.attempts) == (Job.Status.QUEUED, 1)
    assert not Person.objects.exists()
    assert not jobs.run(batch.job_id), "it rests before it is tried again"
    monkeypatch.setattr(running, "apply", real)
    expire_leases()
    assert jobs.run(batch.job_id)
    assert outcomes(fresh(batch)) == {"new": 35}
    assert Person.objects.count() == Post.objects.count() == 35


# --- Two runners --------------------------------------------------------------------------
def test_double_delivery_works_once(cast: Cast) -> None:
    """F04: the second runner sees the lease and leaves."""
    batch = start(cast.clerk_a, people(*[person() for _ in range(50)]), inline=True)
    assert sorted(together(*[lambda: jobs.run(batch.job_id)] * 3)) == [False, False, True]
    actions.confirm(batch=fresh(batch), by=cast.clerk_a, inline=True)
    assert sorted(together(*[lambda: jobs.run(batch.job_id)] * 3)) == [False, False, True]
    assert Person.objects.count() == 50
    assert fresh(batch).job.attempts == 1


@pytest.mark.parametrize("step", ["stage", "apply"])
def test_a_runner_that_lost_its_lease_writes_nothing(
    step: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decision 2: the fencing token is checked in the transaction that writes."""
    batch = start(cast.clerk_a, people(person()), inline=True)
    if step == "apply":
        jobs.run(batch.job_id)
        actions.confirm(batch=fresh(batch), by=cast.clerk_a, inline=True)
    real = getattr(running, step)

    def overtaken(*args: Any, **options: Any) -> Any:
        Job.objects.filter(pk=batch.job_id).update(fence=99)
        return real(*args, **options)

    monkeypatch.setattr(running, step, overtaken)
    jobs.run(batch.job_id)
    assert not Person.objects.exists()
    assert ImportRow.objects.exists() == (step == "apply")
    assert fresh(batch).job.status == Job.Status.RUNNING


def test_a_job_that_kills_its_runner_fails_after_three_attempts(cast: Cast) -> None:
    """F03: the cap is in the database, so a poison file cannot loop."""
    batch = start(cast.clerk_a, people(person()), inline=True)
    for _ in range(jobs.MAX_ATTEMPTS):
        assert jobs._take(batch.job_id) is not None
        expire_leases()
    assert not jobs.run(batch.job_id)
    job = fresh(batch).job
    assert job.status == Job.Status.FAILED
    assert "继续" in job.message


def test_staging_goes_on_behind_the_last_committed_row(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BLOCK", 5)
    monkeypatch.setattr(staging, "BLOCKS", 2)
    batch = start(cast.clerk_a, people(*[person() for _ in range(35)]), inline=True)
    real, seen, shown = staging._commit, [], []

    def dies_on_third(*args: Any, **options: Any) -> Any:
        seen.append(options["done"])
        if len(seen) == 3:
            raise SystemExit
        return real(*args, **options)

    def watched(*args: Any, **options: Any) -> Any:
        real(*args, **options)
        shown.append(fresh(batch).job.done)

    monkeypatch.setattr(staging, "_commit", dies_on_third)
    with pytest.raises(SystemExit):
        jobs.run(batch.job_id)
    kept = set(ImportRow.objects.values_list("pk", flat=True))
    assert len(kept) == 19  # The header stands in the first chunk.
    monkeypatch.setattr(staging, "_commit", watched)
    expire_leases()
    assert jobs.run(batch.job_id)
    assert outcomes(fresh(batch)) == {"new": 35}
    assert len(shown) > 1
    assert shown == sorted(shown), "progress went back"
    assert shown[0] >= 19
    assert kept < set(ImportRow.objects.values_list("pk", flat=True))
    places = fresh(batch).places
    assert len({p["key"] for p in places}) == len(places) == 1


@pytest.mark.parametrize("gives_up", [False, True])
def test_a_ledger_that_waits_for_another_keeps_its_lease(
    gives_up: bool, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes one worker however long it waits, and can be cancelled."""
    monkeypatch.setattr(applying, "_TURN_SECONDS", 1)
    monkeypatch.setattr(jobs, "LEASE_SECONDS", 2)
    batch = start(cast.clerk_a, people(person()), inline=True)
    jobs.run(batch.job_id)
    actions.confirm(batch=fresh(batch), by=cast.clerk_a, inline=True)
    waits = threading.Thread(target=lambda: together(lambda: jobs.run(batch.job_id)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(5201315)")
        waits.start()
        time.sleep(4)
        assert not jobs.run(batch.job_id)
        assert "另一份台账" in fresh(batch).job.phase
        if gives_up:
            actions.cancel(batch=fresh(batch), by=cast.clerk_a)
            waits.join(10)
        cursor.execute("SELECT pg_advisory_unlock_all()")
    waits.join(30)
    job = fresh(batch).job
    assert (job.status, job.attempts) == ("cancelled" if gives_up else "done", 1)
    assert Person.objects.count() == (0 if gives_up else 1)


# --- Two imports --------------------------------------------------------------------------
def test_the_same_file_in_parallel_is_taken_once(cast: Cast) -> None:
    """F13"""
    data = people(person())
    results = together(*[lambda: start(cast.clerk_a, data, inline=True)] * 4)
    assert sum(isinstance(r, ImportBatch) for r in results) == 1
    assert sum(isinstance(r, DuplicateFile) for r in results) == 3


def test_the_same_people_in_two_parallel_imports_are_entered_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F14, F15: in opposite order, no deadlock, nobody doubled, sums right."""
    real = applying.compare

    def slow(*args: Any, **options: Any) -> Any:
        """Time enough for the other to look at the same registry."""
        counts = real(*args, **options)
        time.sleep(0.5)
        return counts

    monkeypatch.setattr(applying, "compare", slow)
    rows = [person(_name(n)) for n in range(60)]
    batches = [
        start(cast.clerk_a, people(*rows), inline=True),
        start(cast.reviewer_a, people(*reversed(rows)), inline=True),
    ]
    for batch in batches:
        jobs.run(batch.job_id)
        actions.confirm(batch=fresh(batch), by=batch.by, inline=True)
    assert together(*[lambda b=b: jobs.run(b.job_id) for b in batches]) == [True, True]
    done = [outcomes(fresh(batch)) for batch in batches]
    assert sorted(done, key=str) == [{"new": 60}, {"unchanged": 60}]
    assert Person.objects.count() == Post.objects.count() == 60
    assert Station.objects.count() == 1
