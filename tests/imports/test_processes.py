"""A large ledger is checked by several processes, and nobody can tell from the result."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.conf import settings

from core.jobs import running as jobs
from core.ledgers import processes, staging
from core.ledgers.spreadsheets import reading
from core.models import ImportBatch, ImportRow, Job
from tests.conftest import Cast
from tests.imports.ledgers import check, fresh, people, person
from tests.rows import id_number
from tests.servers import environment

pytestmark = pytest.mark.django_db(transaction=True)
TOWNSHIPS = ("新华路街道", "西湖路街道", "")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rows a chunk, and processes that find the database of the test."""
    monkeypatch.setattr(reading, "BLOCK", 2)
    monkeypatch.setattr(staging, "BLOCKS", 2)
    monkeypatch.setattr(staging, "_LARGE", 1)
    for name, value in environment().items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def ledger() -> bytes:
    """New employers that turn up in another place in every chunk, two to a county's name."""
    rows = [
        person(
            f"张{'一二三四五六七八九'[n % 9]}",
            "520102199001011234" if n == 17 else id_number(),
            **{"乡镇（街道）": TOWNSHIPS[n % 3], "工作单位": f"新的服务中心{'甲乙丙丁戊'[n // 7]}"},
        )
        for n in range(33)
    ]
    return people(*rows, ["合计", "", "33"])


def _read(batch: ImportBatch) -> list[tuple[Any, ...]]:
    """What was staged, without what is random."""
    return [
        (
            row.number,
            row.outcome,
            row.key and bytes(row.key),
            row.shown,
            row.messages,
            row.writes.get("insert", {}).get("talent.post", {}).get("organization_id"),
        )
        for row in ImportRow.objects.filter(batch=batch).order_by("number")
    ]


def test_several_processes_say_what_one_would_say(
    cast: Cast, ledger: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    real = processes.Checkers._ask

    def counted(self: Any, *args: Any, anew: bool = False) -> Any:
        asked.append(anew)
        return real(self, *args, anew=anew)

    monkeypatch.setattr(processes.Checkers, "_ask", counted)
    monkeypatch.setattr(settings, "IMPORT_PROCESSES", 1)
    alone = check(cast.clerk_a, "people", ledger)
    assert not asked
    monkeypatch.setattr(settings, "IMPORT_PROCESSES", 3)
    together = check(cast.clerk_a, "people", ledger)
    assert together.job.status == Job.Status.WAITING
    assert _read(together) == _read(alone)
    assert together.counts == alone.counts
    assert together.places == alone.places
    assert len(asked) > 9
    # Chunks that met a place which their process had not heard of.
    assert any(asked)


def test_a_process_that_ends_costs_a_repetition_and_nothing_else(
    cast: Cast, ledger: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "IMPORT_PROCESSES", 2)
    real, calls = processes._Process.ask, itertools.count()

    def dies(self: Any, *args: Any, **options: Any) -> Any:
        if next(calls) == 5:
            self.process.kill()
            self.process.wait()
        return real(self, *args, **options)

    monkeypatch.setattr(processes._Process, "ask", dies)
    batch = check(cast.clerk_a, "people", ledger)
    assert batch.job.status == Job.Status.QUEUED
    kept = ImportRow.objects.filter(batch=batch).count()
    assert 0 < kept < 33
    Job.objects.update(lease_until=None)
    assert jobs.run(batch.job_id)
    done = fresh(batch)
    assert done.job.status == Job.Status.WAITING
    assert done.counts["rows"] == 33
    assert done.counts["refused"] == 1
