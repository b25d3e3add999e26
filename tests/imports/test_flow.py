"""From upload to undo: matching of columns, same file, confirmation, cancel, undo, rights."""

from __future__ import annotations

import datetime
import time
from typing import Any

import psycopg2
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import F

from core.jobs import running as jobs
from core.ledgers import actions, comparing, starting
from core.ledgers.keeping import forget_expired
from core.ledgers.spreadsheets import Refused
from core.ledgers.starting import DuplicateFile
from core.models import ImportBatch, ImportRow, Job, User
from core.rules import RuleError
from core.secrecy import files as media
from stations.models import Station
from talent.models import Person, TransferRequest
from tests.conftest import Cast
from tests.imports.ledgers import (
    apply,
    check,
    fresh,
    outcomes,
    people,
    person,
    row_of,
    take,
    workbook,
)
from tests.imports.malformed import CORPUS
from tests.rows import id_number

pytestmark = pytest.mark.django_db


def start(user: Any, data: bytes, **options: Any) -> ImportBatch:
    return starting.start_import(user=user, kind="people", name="a.xlsx", data=data, **options)


# --- Upload -------------------------------------------------------------------------------
def test_the_same_file_shows_the_first_job(cast: Cast) -> None:
    data = people(person())
    first = start(cast.clerk_a, data, inline=True)
    with pytest.raises(DuplicateFile) as again:
        start(cast.reviewer_a, data, inline=True)
    assert again.value.batch == first
    assert start(cast.clerk_a, data, again=True, inline=True).is_repeat
    # Another office, another kind and an undone batch are no repetition.
    assert start(cast.clerk_b, data, inline=True) != first


def test_a_cancelled_or_undone_file_may_come_again(cast: Cast) -> None:
    data = people(person())
    first = start(cast.clerk_a, data, inline=True)
    jobs.run(first.job_id)
    batch = apply(fresh(first))
    actions.undo(batch=batch, by=cast.clerk_a)
    second = start(cast.clerk_a, data, inline=True)
    assert second != first
    actions.cancel(batch=second, by=cast.clerk_a)
    assert start(cast.clerk_a, data, inline=True) != second


def test_uploads_are_encrypted_and_expire(cast: Cast, settings: Any) -> None:
    number = id_number()
    data = ("姓名,身份证号\n张三," + number).encode()
    batch = start(cast.clerk_a, data, inline=True)
    kept = (settings.MEDIA_ROOT / batch.file_path).read_bytes()
    assert number.encode() not in kept
    assert "a.xlsx" not in batch.file_path
    assert media.load(batch.file_path) == data
    jobs.run(batch.job_id)
    later = batch.created_at + datetime.timedelta(days=31)
    assert forget_expired(before=later) == 1
    assert not (settings.MEDIA_ROOT / batch.file_path).exists()
    assert not ImportRow.objects.exists()


def test_what_is_confirmed_while_others_expire_is_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = [check(cast.clerk_a, "people", people(person())) for _ in range(2)]

    def confirm_the_other(path: str) -> None:
        for batch in map(fresh, batches):
            if batch.file_path:
                actions.confirm(batch=batch, by=cast.clerk_a, inline=True)

    monkeypatch.setattr(media, "remove", confirm_the_other)
    later = batches[1].created_at + datetime.timedelta(days=31)
    assert forget_expired(before=later) == 1
    [confirmed] = [batch for batch in map(fresh, batches) if batch.file_path]
    jobs.run(confirmed.job_id)
    assert outcomes(fresh(confirmed)) == {"new": 1}
    assert Person.objects.count() == 1


@pytest.mark.parametrize("data", [b"", b"a" * (20 * 1024 * 1024 + 1)])
def test_what_is_not_even_kept(data: bytes, cast: Cast) -> None:
    with pytest.raises(Refused):
        start(cast.clerk_a, data, inline=True)
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", ["far cell, last of the sheet", "password", "truncated"])
def test_malformed_files_fail_their_job_alone(name: str, cast: Cast) -> None:
    bad = check(cast.clerk_a, "people", CORPUS[name][0]())
    assert bad.job.status == Job.Status.FAILED
    assert bad.job.message.endswith("。")
    assert outcomes(take(cast.clerk_a, "people", people(person()))) == {"new": 1}


@pytest.mark.parametrize("part", ["viewer_a", "worker_a", "security", "auditor", "system"])
def test_who_may_not_import(part: str, cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        start(getattr(cast, part), people(person()), inline=True)


# --- Columns ------------------------------------------------------------------------------
STRANGE = [["谁", "号", "哪里"], ["张三", "520102199003071236", "新华路街道"]]


def test_columns_are_matched_by_hand_and_remembered_for_the_office(cast: Cast) -> None:
    batch = check(cast.clerk_a, "people", workbook(STRANGE))
    assert (batch.job.status, batch.counts) == (Job.Status.WAITING, {})
    assert batch.samples[0][0] == "张三"
    assert "520102199003071236" not in str(batch.samples)
    with pytest.raises(RuleError, match="身份证号"):
        actions.set_mapping(batch=batch, by=cast.clerk_a, mapping_by_header={"name": 0})
    chosen = {"name": 0, "id_number": 1, "township": 2}
    actions.set_mapping(batch=batch, by=cast.clerk_a, mapping_by_header=chosen)
    jobs.run(batch.job_id)
    assert outcomes(fresh(batch)) == {"new": 1}
    assert outcomes(check(cast.reviewer_a, "people", workbook(STRANGE))) == {"new": 1}
    assert fresh(check(cast.clerk_b, "people", workbook(STRANGE))).counts == {}


def test_the_sheet_that_fits_is_taken_and_named(cast: Cast) -> None:
    from tests.imports.ledgers import PEOPLE

    data = workbook(
        [["填表说明"], ["请勿修改表头"]], [PEOPLE, person("李四")], names=["说明", "人员名册"]
    )
    batch = check(cast.clerk_a, "people", data)
    assert batch.sheet == "人员名册"
    assert outcomes(batch) == {"new": 1}


# --- Confirm, cancel, resume --------------------------------------------------------------
def test_confirming_twice_applies_once(cast: Cast) -> None:
    batch = check(cast.clerk_a, "people", people(person()))
    actions.confirm(batch=batch, by=cast.clerk_a, inline=True)
    actions.confirm(batch=batch, by=cast.clerk_a, inline=True)
    assert jobs.run(batch.job_id)
    actions.confirm(batch=fresh(batch), by=cast.clerk_a, inline=True)
    assert not jobs.run(batch.job_id)
    assert Person.objects.count() == 1
    assert Person.pgh_event_model.objects.count() == 1


def test_nothing_is_written_before_the_confirmation(cast: Cast) -> None:
    check(cast.clerk_a, "people", people(person()))
    assert not Person.objects.exists()
    assert not Station.objects.exists()


def test_a_waiting_import_is_put_away(cast: Cast) -> None:
    batch = check(cast.clerk_a, "people", people(person()))
    actions.cancel(batch=batch, by=cast.reviewer_a)
    assert fresh(batch).job.status == Job.Status.CANCELLED
    with pytest.raises(RuleError):
        actions.confirm(batch=fresh(batch), by=cast.clerk_a, inline=True)
    assert not Person.objects.exists()


@pytest.mark.parametrize("when", ["while it is checked", "while it is applied"])
def test_a_running_import_is_cancelled(
    when: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.ledgers import running

    data = people(person())
    if when == "while it is checked":
        batch, name = start(cast.clerk_a, data, inline=True), "stage"
    else:
        batch, name = check(cast.clerk_a, "people", data), "apply"
        actions.confirm(batch=batch, by=cast.clerk_a, inline=True)
    real = getattr(running, name)

    def cancelled_first(*args: Any, **options: Any) -> Any:
        actions.cancel(batch=batch, by=cast.clerk_a)
        return real(*args, **options)

    monkeypatch.setattr(running, name, cancelled_first)
    jobs.run(batch.job_id)
    assert fresh(batch).job.status == Job.Status.CANCELLED
    assert not Person.objects.exists()


def test_what_is_applied_cannot_be_cancelled(cast: Cast) -> None:
    batch = take(cast.clerk_a, "people", people(person()))
    with pytest.raises(RuleError, match="撤销"):
        actions.cancel(batch=batch, by=cast.clerk_a)


def test_a_failed_import_goes_on_where_it_stood(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.ledgers import running

    monkeypatch.setattr(running, "compare", lambda *args: 1 / 0)
    batch = start(cast.clerk_a, people(person(), person()), inline=True)
    for _ in range(jobs.MAX_ATTEMPTS):
        Job.objects.update(lease_until=None)
        jobs.run(batch.job_id)
    assert fresh(batch).job.status == Job.Status.FAILED
    assert "继续" in fresh(batch).job.message
    staged = set(ImportRow.objects.values_list("pk", flat=True))
    assert len(staged) == 2
    monkeypatch.undo()
    actions.resume(batch=batch, by=cast.clerk_a)
    jobs.run(batch.job_id)
    assert outcomes(fresh(batch)) == {"new": 2}
    assert set(ImportRow.objects.values_list("pk", flat=True)) == staged


# --- Rights -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change", [{"region_id": "520111"}, {"is_active": False}, {"role": "viewer"}]
)
@pytest.mark.parametrize("when", ["queued", "confirmed"])
def test_jobs_stop_when_rights_changed(change: dict[str, Any], when: str, cast: Cast) -> None:
    batch = start(cast.clerk_a, people(person()), inline=True)
    if when == "confirmed":
        jobs.run(batch.job_id)
        actions.confirm(batch=batch, by=cast.clerk_a, inline=True)
    for name, value in change.items():
        setattr(cast.clerk_a, name, value)
    cast.clerk_a.save()
    jobs.run(batch.job_id)
    assert fresh(batch).job.status == Job.Status.FAILED
    assert "权限已变更" in fresh(batch).job.message
    assert not Person.objects.exists()


def test_a_batch_reaches_no_further_than_its_office(cast: Cast) -> None:
    """Whoever confirms it, and wherever its uploader works by then."""
    number = id_number()
    take(
        cast.clerk_b,
        "people",
        people(person("张三", number, **{"乡镇（街道）": "", "工作单位": ""})),
    )
    before = Person.objects.values().get()
    for confirms in (cast.prefecture, cast.reviewer_a):
        batch = check(
            cast.clerk_a, "people", people(person("张三", number, 备注=confirms.username))
        )
        assert outcomes(batch) == {"held": 1}
        User.objects.filter(pk=cast.clerk_a.pk).update(region_id="520111")
        batch.by.refresh_from_db()
        actions.confirm(batch=batch, by=confirms, inline=True)
        jobs.run(batch.job_id)
        assert fresh(batch).job.status == Job.Status.DONE, fresh(batch).job.message
        assert Person.objects.values().get() == before
        request = TransferRequest.objects.get()
        assert (request.to_region_id, request.state) == ("520102016", "1")
        User.objects.filter(pk=cast.clerk_a.pk).update(region_id="520102")


def test_who_resumes_a_failed_import_does_it_in_the_own_name(cast: Cast) -> None:
    batch = check(cast.clerk_a, "people", people(person("张三")))
    actions.confirm(batch=batch, by=cast.reviewer_a, inline=True)
    User.objects.filter(pk=cast.reviewer_a.pk).update(is_active=False)
    jobs.run(batch.job_id)
    assert fresh(batch).job.status == Job.Status.FAILED
    actions.resume(batch=batch, by=cast.clerk_a)
    jobs.run(batch.job_id)
    assert outcomes(fresh(batch)) == {"new": 1}
    assert fresh(batch).applied_at is not None


@pytest.mark.parametrize("act", ["confirm", "cancel", "undo", "resume"])
def test_imports_of_another_county_are_out_of_reach(act: str, cast: Cast) -> None:
    batch = check(cast.clerk_a, "people", people(person()))
    with pytest.raises(PermissionDenied):
        getattr(actions, act)(batch=batch, by=cast.clerk_b)
    assert fresh(batch).job.status == Job.Status.WAITING


def test_a_runner_that_lost_its_lease_writes_no_outcome(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TRUST decision 2: the token is checked in the transaction of every write."""
    known = id_number()
    take(cast.clerk_a, "people", people(person("张三", known)))
    batch = starting.start_import(
        user=cast.clerk_a,
        kind="people",
        name="a.xlsx",
        data=people(person("张三", known), person("李四")),
        again=True,
        inline=True,
    )
    settled = comparing._settled_before

    def taken_over(of: Any) -> set[int]:
        Job.objects.filter(pk=batch.job_id).update(fence=F("fence") + 1)
        return settled(of)

    monkeypatch.setattr(comparing, "_settled_before", taken_over)
    assert jobs.run(batch.job_id)
    assert row_of(batch, 2).outcome == ImportRow.Outcome.NEW
    assert fresh(batch).counts == {}


@pytest.mark.django_db(transaction=True)
def test_what_is_being_written_cannot_be_cancelled(cast: Cast) -> None:
    """The writer holds the job; whoever cancels is told so at once, not after a time-out."""
    batch = check(cast.clerk_a, "people", people(person("张三")))
    writer = psycopg2.connect(**connection.get_connection_params())
    try:
        with writer.cursor() as cursor, connection.cursor() as own:
            own.execute("SET lock_timeout = '60s'; SET statement_timeout = '60s'")
            cursor.execute("SELECT 1 FROM core_job WHERE id = %s FOR UPDATE", [str(batch.job_id)])
            began = time.monotonic()
            with pytest.raises(RuleError, match="正在写入"):
                actions.cancel(batch=batch, by=cast.clerk_a)
            assert time.monotonic() - began < 40
            own.execute("RESET lock_timeout; RESET statement_timeout")
    finally:
        writer.close()
    assert fresh(batch).job.status == Job.Status.WAITING


def test_numbers_of_people_are_hidden_wherever_they_stand(cast: Cast) -> None:
    """A wrongly matched column must not put ID numbers into remarks that anybody reads."""
    number = id_number()
    wrong = [
        person(number),
        person("张三", 联系电话=number),
        person("李四", 学历=number),
        person("王五", 入职日期=number),
        person("赵六", 备注=f"服务对象 {number[:6]} {number[6:]} 已走访"),
    ]
    batch = check(cast.clerk_a, "people", people(*wrong))
    assert outcomes(batch) == {"refused": 1, "new": 4}
    assert batch.questions == []
    apply(batch)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r::text FROM core_importrow r UNION SELECT p::text FROM talent_person p"
        )
        kept = "".join(row for (row,) in cursor.fetchall())
    assert number not in kept
    assert number[6:] not in kept
    assert Person.objects.get(name="赵六").remark == f"服务对象 {number[:2]}{'*' * 16} 已走访"


def test_what_waits_for_a_clerk_stands_on_the_workbench(cast: Cast, client_of: Any) -> None:
    check(cast.clerk_a, "people", people(person("张三")), name="一月.xlsx")
    check(cast.clerk_a, "people", b"PK\x03\x04broken", name="二月.xlsx")
    take(cast.clerk_a, "people", people(person("李四")), name="三月.xlsx")
    client = client_of(cast.clerk_a)
    home = client.get("/").content.decode()
    for words, state, name in (
        ("核对完、等待确认的导入", "waiting", "一月.xlsx"),
        ("没有完成的导入", "failed", "二月.xlsx"),
    ):
        assert words in home
        page = client.get(f"/imports/?state={state}").content.decode()
        assert [n for n in ("一月.xlsx", "二月.xlsx", "三月.xlsx") if n in page] == [name]
    assert "等待确认的导入" not in client_of(cast.reviewer_a).get("/").content.decode()
