"""A large ledger is checked by several processes, and nobody can tell from the result."""

from __future__ import annotations

import importlib
import io
import itertools
import signal
from subprocess import DEVNULL, PIPE
from types import SimpleNamespace
from typing import Any

import django
import pytest
from django.conf import settings

from core.jobs import running as jobs
from core.ledgers import processes, staging
from core.ledgers.ledger import ledger_for
from core.ledgers.spreadsheets import read_sheet, reading
from core.models import ImportBatch, ImportRow, Job
from core.secrecy import files as media
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
            [p.get("organization_id") for p in row.writes.get("insert", {}).get("talent.post", [])],
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


@pytest.mark.parametrize(
    "said",
    ["", '[9, {"la', '[9, {"last": 4, "planned": []}]\n'],
    ids=["nothing", "half of the head", "a head without its rows"],
)
def test_half_an_answer_is_none(
    said: str, cast: Cast, ledger: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was killed over it: its rows would be lost, and nobody told."""
    monkeypatch.setattr(settings, "IMPORT_PROCESSES", 2)
    real = processes.subprocess.Popen
    program = (
        "import json, sys; asked = sys.stdin.buffer;"
        f"asked.read(json.loads(asked.readline())[0]); sys.stdout.write({said!r})"
    )

    def dies(command: list[str], **options: Any) -> Any:
        return real([command[0], "-c", program], **options)

    with monkeypatch.context() as patch:
        patch.setattr(
            processes, "subprocess", SimpleNamespace(Popen=dies, PIPE=PIPE, DEVNULL=DEVNULL)
        )
        batch = check(cast.clerk_a, "people", ledger)
    assert batch.job.status == Job.Status.QUEUED
    assert not ImportRow.objects.exists()
    Job.objects.update(lease_until=None)
    assert jobs.run(batch.job_id)
    assert fresh(batch).counts["rows"] == 33


def test_a_message_that_is_cut_off_anywhere_is_none() -> None:
    """Of a process that another one stands in for, the rows behind would hide the loss."""
    processes.send(whole := io.BytesIO(), {"last": 4}, b"one\ntwo\n")
    data = whole.getvalue()
    assert processes.receive(io.BytesIO(data)) == ({"last": 4}, b"one\ntwo\n")
    assert all(processes.receive(io.BytesIO(data[:end])) is None for end in range(len(data)))


# --- One of the processes -------------------------------------------------------------------
def _blocks(batch: ImportBatch) -> bytes:
    labels = ledger_for(batch.kind).column_names()
    with media.opened(batch.file_path) as path, read_sheet(path, labels=labels) as sheet:
        return b"".join(sheet.blocks)


def test_a_checker_answers_every_message_and_knows_what_it_was_told(
    cast: Cast, ledger: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has planned or was told of it does not plan again, unless it begins anew."""
    monkeypatch.setattr(settings, "IMPORT_PROCESSES", 1)
    batch = check(cast.clerk_a, "people", ledger)
    with monkeypatch.context() as patch:
        patch.setattr(django, "setup", lambda: None)
        checker = importlib.import_module("core.ledgers.checker")
    ignored: list[Any] = []
    monkeypatch.setattr(checker.signal, "signal", lambda *given: ignored.append(given))
    monkeypatch.setattr(checker, "gc", SimpleNamespace(freeze=int, set_threshold=int))
    asked, answers = io.BytesIO(), io.BytesIO()
    for anew, places, after in (
        (False, [], 0),
        (False, [], 0),
        (True, [], 0),
        (True, batch.places, 0),
        (True, batch.places, 30),
    ):
        head = {"batch": str(batch.pk), "after": after, "places": places, "anew": anew}
        processes.send(asked, head, _blocks(batch))
    asked.seek(0)
    monkeypatch.setattr(checker.sys, "stdin", SimpleNamespace(buffer=asked))
    monkeypatch.setattr(checker.sys, "stdout", SimpleNamespace(buffer=answers))
    checker.main()
    monkeypatch.undo()
    # Whoever stops the worker leaves it to that to end its processes.
    assert ignored == [(signal.SIGINT, signal.SIG_IGN)]
    answers.seek(0)
    found = list(iter(lambda: processes.receive(answers), None))
    names = [place["name"] for place in batch.places]
    planned = [[place["name"] for place in head["planned"]] for head, _ in found]
    assert planned == [names, [], names, [], []]
    assert [len(lines.splitlines()) for _, lines in found] == [33, 33, 33, 33, 4]
    assert {head["last"] for head, _ in found} == {35}


def test_a_checker_ends_with_its_input() -> None:
    """None is left of a worker that was killed."""
    one = processes._Process()
    assert one.process.stdin is not None
    one.process.stdin.close()
    assert one.process.wait(60) == 0
    one.end()
