"""F24: clocks of machines jump; leases and durations go by that of the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from core.jobs import running as jobs
from core.ledgers import actions, starting
from core.models import Job
from tests.imports.ledgers import people, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(cast: Any) -> Job:
    data = people(person())
    start = starting.start_import(
        user=cast.clerk_a, kind="people", name="a.xlsx", data=data, inline=True
    )
    return start.job


@pytest.mark.parametrize("hours", [3, -3])
def test_a_lease_is_free_neither_too_early_nor_too_late(hours: int, job: Job) -> None:
    assert jobs.sweep() == 1
    assert jobs._take(job.pk)
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        assert jobs.sweep() == 0
        assert not jobs.run(job.pk)
        Job.objects.filter(pk=job.pk).update(attempts=jobs.MAX_ATTEMPTS)
        assert not jobs.run(job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.RUNNING


@pytest.mark.parametrize("hours", [3, -3])
def test_a_lease_that_ran_out_is_swept(hours: int, job: Job) -> None:
    assert jobs._take(job.pk)
    long_ago = timezone.now() - timedelta(minutes=2)
    Job.objects.filter(pk=job.pk).update(lease_until=long_ago, attempts=jobs.MAX_ATTEMPTS)
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        assert jobs.sweep() == 1
        assert not jobs.run(job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.FAILED
    assert job.started_at <= job.finished_at


@pytest.mark.parametrize("hours", [3, -3])
def test_nothing_ends_before_it_began(hours: int, job: Job, cast: Any) -> None:
    before = timezone.now()
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        assert jobs.run(job.pk)
        actions.confirm(batch=job.batch, by=cast.clerk_a, inline=True)
        assert jobs.run(job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.DONE
    assert before - timedelta(seconds=5) < job.started_at <= job.heartbeat_at <= job.finished_at
    assert job.finished_at < timezone.now() + timedelta(seconds=5)
