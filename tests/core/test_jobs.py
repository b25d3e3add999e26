"""The lease of a job: who lost it writes nothing, who only cannot be asked still has it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from core.jobs import running as jobs
from core.models import Job
from tests.conftest import COUNTY_A, Cast


@pytest.fixture
def job(cast: Cast) -> Job:
    return Job.objects.create(kind="probe", by=cast.clerk_a, region_id=COUNTY_A)


def does(monkeypatch: pytest.MonkeyPatch, work: Callable[[jobs.Lease], None]) -> None:
    """Let jobs of the kind "probe" do this."""
    monkeypatch.setitem(jobs._RUNNERS, "probe", (work, "core.import_ledger"))


def _goes_on(lease: jobs.Lease) -> None:
    lease.progress(done=9, total=9, phase="核对")


def _fails(lease: jobs.Lease) -> None:
    raise RuntimeError


@pytest.mark.parametrize("then", [_goes_on, _fails])
def test_a_job_that_another_runner_took_over_is_left_to_it(
    then: Callable[[jobs.Lease], None],
    job: Job,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whether the first one goes on or fails: no progress of it is told, nothing queued anew."""
    until = timezone.now() + timedelta(minutes=1)

    def is_overtaken(lease: jobs.Lease) -> None:
        lease.progress(done=2, total=9, phase="核对")
        Job.objects.filter(pk=job.pk).update(
            fence=F("fence") + 1, runner="other:1", lease_until=until
        )
        then(lease)

    does(monkeypatch, is_overtaken)
    with caplog.at_level("INFO", logger=jobs.logger.name):
        assert jobs.run(job.pk)
    # Only the one that goes on learns of it; it is no failure.
    assert ("was taken over" in caplog.text) is (then is _goes_on)
    job.refresh_from_db()
    assert (job.status, job.done, job.runner) == (Job.Status.RUNNING, 2, "other:1")
    assert job.lease_until == until


@pytest.mark.parametrize(
    ("asked", "is_taken"), [(ProcessLookupError, True), (PermissionError, False)]
)
def test_a_runner_that_may_not_be_asked_is_alive(
    asked: type[OSError], is_taken: bool, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process of another account keeps its lease; one that is gone does not."""
    runner = f"{socket.gethostname()}:4194000"
    until = timezone.now() + timedelta(minutes=1)
    Job.objects.update(status=Job.Status.RUNNING, runner=runner, lease_until=until, fence=1)

    def answer(process: int, signal: int) -> None:
        raise asked

    does(monkeypatch, lambda lease: lease.finish(Job.Status.DONE))
    monkeypatch.setattr(os, "kill", answer)
    assert jobs.run(job.pk) is is_taken
    job.refresh_from_db()
    assert job.status == (Job.Status.DONE if is_taken else Job.Status.RUNNING)
    assert job.fence == (2 if is_taken else 1)
