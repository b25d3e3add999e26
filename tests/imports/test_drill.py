"""The long drill of an import: killed at three moments, Redis emptied, PostgreSQL crashed.

`make drill` runs it with 100,000 rows; DRILL_ROWS makes it smaller.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import OperationalError, connection, connections

from bench import ledger
from core.ledgers import actions, starting
from core.models import ImportBatch, Job
from scripts.services import Services
from talent.models import Person, Post
from tests.conftest import Cast
from tests.imports.ledgers import fresh, outcomes
from tests.servers import RedisServer, Worker

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]
ROWS = int(os.environ.get("DRILL_ROWS") or 100_000)
# The promise of a recovery without anybody's help (TRUST decision 1).
RECOVERY_SECONDS = 120


def _progress(batch: ImportBatch) -> tuple[str, int]:
    job = fresh(batch).job
    return job.status, job.done


def _until_share(batch: ImportBatch, share: float, seconds: float = 600) -> int:
    """Wait until a share of the rows is staged; progress never goes back meanwhile."""
    end, most = time.monotonic() + seconds, 0
    while True:
        status, done = _progress(batch)
        assert done >= most, "progress went back"
        most = done
        if status == Job.Status.WAITING or done >= share * ROWS:
            return done
        assert time.monotonic() < end, (status, done)
        time.sleep(0.05)


def _until(batch: ImportBatch, status: str, seconds: float = 900) -> ImportBatch:
    end = time.monotonic() + seconds
    while (now := fresh(batch)).job.status != status:
        assert now.job.status != Job.Status.FAILED, now.job.message
        assert time.monotonic() < end, (now.job.status, now.job.message)
        time.sleep(0.2)
    return now


def _until_taken_over(batch: ImportBatch, attempts: int) -> None:
    """Somebody else runs the job, found by the sweeper alone."""
    began = time.monotonic()
    while fresh(batch).job.attempts <= attempts and _progress(batch)[0] == Job.Status.RUNNING:
        assert time.monotonic() - began < RECOVERY_SECONDS, "nobody took the job over"
        time.sleep(0.5)


def _crash_postgres() -> None:
    """An immediate stop and a start, as after a power cut; only of the tests' own server."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        folder = Path(cursor.fetchone()[0]).parent
    if not folder.name.startswith("registry-"):
        pytest.skip("not a server of the tests' own")
    connections.close_all()
    server = Services(folder, durable=False)
    server._pg("pg_ctl", "-D", str(server.data), "-m", "immediate", "-w", "stop")
    server.start_postgres()
    for _ in range(100):
        try:
            connection.ensure_connection()
            return
        except OperationalError:
            time.sleep(0.1)


def test_every_row_is_applied_once_whatever_happens(
    cast: Cast, own_redis: RedisServer, start_worker: Callable[..., Worker], tmp_path: Path
) -> None:
    path = tmp_path / "ledger.xlsx"
    ledger.write(path, 0, ROWS)
    first = start_worker(beat=True)
    batch = starting.start_import(
        user=cast.province, kind="people", name=path.name, data=path.read_bytes()
    )

    _until_share(batch, 0.2)
    attempts = fresh(batch).job.attempts
    first.kill()
    with own_redis.client() as redis:
        redis.flushall()
    second = start_worker(beat=True)
    _until_taken_over(batch, attempts)

    _until_share(batch, 0.8)
    _crash_postgres()
    _until(batch, Job.Status.WAITING)
    assert not Person.objects.exists()

    actions.confirm(batch=fresh(batch), by=cast.province)
    _until(batch, Job.Status.RUNNING)
    time.sleep(min(3.0, ROWS / 20_000))
    attempts = fresh(batch).job.attempts
    second.kill()
    start_worker(beat=True)
    _until_taken_over(batch, attempts)
    done = _until(batch, Job.Status.DONE)

    assert outcomes(done) == {"new": ROWS}
    assert Person.objects.count() == Post.objects.count() == ROWS
    assert Person.pgh_event_model.objects.count() == ROWS
