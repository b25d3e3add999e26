"""What comes at the wrong moment: twice, too late, or while something else breaks off."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from core.jobs import running as jobs
from core.ledgers import actions, applying, starting
from core.models import ImportBatch, ImportRow, Job
from core.rules import RuleError
from core.secrecy import files as media
from talent.models import ActivationCode, Person
from tests.conftest import Cast
from tests.imports.ledgers import check, fresh, outcomes, people, person, row_of, take
from tests.rows import id_number
from tests.threads import together

pytestmark = pytest.mark.django_db


# --- Too late -------------------------------------------------------------------------------
def test_columns_are_not_matched_anew_once_it_is_written(cast: Cast, client_of: Any) -> None:
    """The rows would be gone by which it is undone."""
    batch = take(cast.clerk_a, "people", people(person()))
    url = reverse("import_columns", args=[batch.pk])
    swapped = {"column_name": "1", "column_id_number": "0"}
    page = client_of(cast.clerk_a).post(url, swapped)
    assert page.status_code == 422
    assert "现在不能修改列对应" in page.text
    assert fresh(batch).mapping == batch.mapping
    assert row_of(batch, 2).outcome == "new"


def test_a_row_is_not_decided_once_the_others_are_written(cast: Cast, client_of: Any) -> None:
    number = id_number()
    rows = [person("张三", number), person("李四", number), person("王五")]
    batch = take(cast.clerk_a, "people", people(*rows))
    assert outcomes(batch) == {"new": 1, "held": 2}
    url = reverse("import_decide", args=[batch.pk, 3])
    answer = {"question": "repeat", "decision": "ledger", "tab": "held"}
    page = client_of(cast.clerk_a).post(url, answer, follow=True)
    assert "现在不能处理，请刷新页面。" in page.text
    assert "已记下" not in page.text
    assert row_of(batch, 3).decisions == {}
    assert fresh(batch).job.status == Job.Status.DONE


def test_what_is_no_longer_kept_is_not_checked(cast: Cast) -> None:
    batch = starting.start_import(
        user=cast.clerk_a, kind="people", name="a.xlsx", data=people(person()), inline=True
    )
    media.remove(batch.file_path)
    jobs.run(batch.job_id)
    job = fresh(batch).job
    assert (job.status, job.attempts) == (Job.Status.FAILED, 1)
    assert job.message == "上传的文件已过保存期，请重新上传。"


# --- Twice ----------------------------------------------------------------------------------
@pytest.mark.parametrize("status", [Job.Status.QUEUED, Job.Status.RUNNING, Job.Status.DONE])
def test_only_what_failed_goes_on(status: str, cast: Cast) -> None:
    """Whoever presses the button a moment later sets nothing going in another name."""
    batch = take(cast.clerk_a, "people", people(person()))
    Job.objects.update(status=status, attempts=2)
    actions.resume(batch=batch, by=cast.reviewer_a)
    job = fresh(batch).job
    assert (job.status, job.attempts, job.by) == (status, 2, cast.clerk_a)


def test_a_runner_that_was_killed_after_the_writing_writes_nothing_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = check(cast.clerk_a, "people", people(person("张三"), person("坏人", "1")))
    actions.confirm(batch=batch, by=cast.clerk_a, inline=True)

    def killed(*_: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(jobs.Lease, "finish", killed)
        with pytest.raises(SystemExit):
            jobs.run(batch.job_id)
    assert fresh(batch).job.status == Job.Status.RUNNING
    assert Person.objects.count() == 1
    written = fresh(batch).applied_at
    Job.objects.update(lease_until=None)
    assert jobs.run(batch.job_id)
    done = fresh(batch)
    assert (done.job.status, done.applied_at) == (Job.Status.DONE, written)
    assert "新增 1，" in done.job.message
    assert "退回 1。" in done.job.message
    assert Person.objects.count() == Person.pgh_event_model.objects.count() == 1
    assert actions.undo(batch=done, by=cast.clerk_a) == []


# --- While something breaks off -------------------------------------------------------------
@pytest.mark.parametrize("error", [IntegrityError, OperationalError, KeyboardInterrupt])
def test_an_upload_that_breaks_off_leaves_no_file(
    error: type[BaseException],
    cast: Cast,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor does it pass for one that was taken in before."""
    settings.MEDIA_ROOT = tmp_path

    def breaks_off(**_: Any) -> None:
        assert list(tmp_path.glob("imports/*"))
        raise error

    monkeypatch.setattr(Job.objects, "create", breaks_off)
    with pytest.raises(error):
        starting.start_import(user=cast.clerk_a, kind="people", name="a", data=people(person()))
    assert not list(tmp_path.glob("imports/*"))
    assert not ImportBatch.objects.exists()


def test_an_undo_beside_somebody_who_hands_out_a_code_undoes_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at what was touched and the removal."""
    batch = take(cast.clerk_a, "people", people(person("李四"), person("张三")))
    real = applying._touched

    def meanwhile(*args: Any) -> list[int]:
        found = real(*args)
        ActivationCode.objects.create(
            person=Person.objects.get(name="张三"),
            code_hash="x",
            expires_at=timezone.now(),
            issued_by=cast.reviewer_a,
        )
        return found

    monkeypatch.setattr(applying, "_touched", meanwhile)
    with pytest.raises(RuleError, match=r"已发激活码.*不能整批撤销"):
        actions.undo(batch=batch, by=cast.clerk_a)
    assert Person.objects.count() == 2
    assert fresh(batch).undone_at is None
    assert not ImportRow.objects.filter(is_undone=True).exists()


def test_an_undo_that_the_database_breaks_off_is_not_told_to_wait(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = take(cast.clerk_a, "people", people(person()))
    real = applying._touched

    def breaks_off(*args: Any) -> list[int]:
        real(*args)
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(applying, "_touched", breaks_off)
    with pytest.raises(OperationalError, match="server closed"):
        actions.undo(batch=batch, by=cast.clerk_a)
    assert fresh(batch).undone_at is None
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_wait_for_another_ledger_that_breaks_off_begins_anew(cast: Cast) -> None:
    """It is no turn to write, nor is it waited for in the same transaction."""
    batch = check(cast.clerk_a, "people", people(person()))
    actions.confirm(batch=batch, by=cast.clerk_a, inline=True)
    runner = threading.Thread(target=lambda: together(lambda: jobs.run(batch.job_id)))
    waiting = (
        "SELECT pg_cancel_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(5201315)")
        runner.start()
        end = time.monotonic() + 60
        while cursor.execute(waiting) or not cursor.fetchall():
            assert time.monotonic() < end
            time.sleep(0.05)
        runner.join(60)
        cursor.execute("SELECT pg_advisory_unlock_all()")
    job = fresh(batch).job
    assert (job.status, job.attempts) == (Job.Status.QUEUED, 1)
    assert not Person.objects.exists()
    Job.objects.update(lease_until=None)
    assert jobs.run(batch.job_id)
    assert outcomes(fresh(batch)) == {"new": 1}
    assert Person.objects.count() == 1
