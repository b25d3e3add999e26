"""How an import begins: a file, a sheet of it, or the same file as another kind of ledger."""

from __future__ import annotations

import hashlib

from django.db import IntegrityError, transaction
from django.db.models import Q

from core.accounts.models import User
from core.audit.history import acting
from core.jobs import running as jobs
from core.jobs.models import Job
from core.ledgers.guessing import kinds_of, take_kind
from core.ledgers.holding import locked, put_away, queue, require
from core.ledgers.keeping import FOLDER
from core.ledgers.ledger import as_ledger, ledger_for, registers
from core.ledgers.models import ImportBatch
from core.ledgers.running import KIND
from core.ledgers.spreadsheets.limits import FILE_BYTES, TOO_LARGE
from core.rules import RuleError
from core.scoping import in_scope
from core.secrecy import files as media
from core.secrecy.files import Refused


class DuplicateFile(Exception):
    """The same file was taken in before, by this office; `batch` is that batch."""

    def __init__(self, batch: ImportBatch) -> None:
        super().__init__("这个文件已经导入过。")
        self.batch = batch


def start_import(
    *,
    user: User,
    kind: str,
    name: str,
    data: bytes,
    sheet: str = "",
    again: bool = False,
    inline: bool = False,
    compared_region: str = "",
) -> ImportBatch:
    """Keep an uploaded ledger and queue its check.

    Raises Refused for a file that cannot be taken, DuplicateFile (with the first batch)
    when the office uploaded the same bytes before and did not ask for them `again`. Without a
    `kind` the check finds out which it is. `sheet` names the sheet to read, "" leaves it to the
    reader. With `inline` nobody is told: the caller runs the job itself. With a
    `compared_region` it is laid beside the records there, and never becomes an import;
    RuleError where that region is not the user's, or the kind is none of which there are lists.
    """
    require(user, kind)
    if compared_region and not in_scope(compared_region, user):
        raise RuleError("SCOPE", "这个地区不在您的辖区内，请重新选择。", field="region")
    if compared_region and kind not in registers():
        raise RuleError("KIND", "这一类不是名单，不能倒查，请按台账导入。", field="kind")
    if len(data) > FILE_BYTES:
        raise Refused(TOO_LARGE)
    if not data:
        raise Refused("文件是空的，请选择有内容的文件。")
    digest = hashlib.sha256(data).hexdigest()
    earlier = None if compared_region else _earlier(user, kind, digest)
    if earlier is not None and not again:
        raise DuplicateFile(earlier)
    path = media.store(data, folder=FOLDER)
    try:
        with transaction.atomic(), acting(user):
            _give_way(user, kind, digest)
            job = Job.objects.create(kind=KIND, by=user, region_id=user.region_id)
            batch = ImportBatch.objects.create(
                job=job,
                kind=kind,
                region_id=user.region_id,
                by=user,
                file_name=media.plain_name(name, default="台账"),
                file_path=path,
                sheet=sheet,
                reading={"asked_sheet": sheet} if sheet else {},
                sha256=digest,
                is_repeat=earlier is not None or bool(compared_region),
                compared_region_id=compared_region or None,
            )
            if not inline:
                jobs.ring(job.pk)
    except IntegrityError:
        media.remove(path)
        first = _earlier(user, kind, digest)
        if first is None:
            raise
        raise DuplicateFile(first) from None
    except BaseException:
        media.remove(path)
        raise
    return batch


def start_sheet(*, batch: ImportBatch, by: User, sheet: str) -> ImportBatch:
    """Take in a sheet of a batch's file once more, or another one, as a batch of its own."""
    kinds_by_sheet = {batch.sheet: batch.kind} | {name: k for name, _, k in batch.other_sheets}
    if sheet not in kinds_by_sheet:
        raise RuleError("SHEET", "文件中没有这张工作表。")
    kind = kinds_by_sheet[sheet]
    return start_import(
        user=by, kind=kind, name=batch.file_name, data=_kept(batch), sheet=sheet, again=True,
        compared_region=batch.compared_region_id or "",
    )  # fmt: skip


@transaction.atomic
def start_kind(*, batch: ImportBatch, by: User, kind: str) -> ImportBatch:
    """Check the file of a batch as another kind of ledger; returns the batch that it is now.

    A batch whose kind nobody knew goes on itself; of another one a new batch takes the place, and
    it is put away. Raises RuleError.
    """
    fresh, job = locked(batch, by=by)
    if kind not in dict(kinds_of(by)):
        raise RuleError("KIND", "请选择台账类别。")
    if job.status != Job.Status.WAITING or fresh.is_confirmed:
        raise RuleError("STATE", "现在不能改台账类别，请等待核对完成。")
    if by.region_id != fresh.region_id:
        raise RuleError("STATE", "这一批由别的单位上传，请由上传的单位改台账类别。")
    if kind == fresh.kind:
        return fresh
    if not fresh.kind:
        take_kind(fresh, kind)
        job.by = by
        queue(job)
        return fresh
    made = start_import(
        user=by, kind=kind, name=fresh.file_name, data=_kept(fresh),
        sheet=fresh.reading.get("asked_sheet", ""), again=True,
    )  # fmt: skip
    put_away(job, f"已改按{as_ledger(ledger_for(kind).label)}核对，没有写入任何数据。")
    return made


def _kept(batch: ImportBatch) -> bytes:
    """The file as it was uploaded. Raises RuleError."""
    try:
        with media.opened(batch.file_path) as path:
            return path.read_bytes()
    except FileNotFoundError:
        raise RuleError("EXPIRED", "上传的文件已过保存期，请重新上传。") from None


def _earlier(user: User, kind: str, digest: str) -> ImportBatch | None:
    return (
        ImportBatch.objects.for_user(user)
        .imports()
        .filter(region_id=user.region_id, sha256=digest, undone_at=None)
        # Of whatever kind, where it is still to be found out.
        .filter(Q(kind=kind) | Q(kind="") if kind else Q())
        .exclude(job__status__in=[Job.Status.CANCELLED, Job.Status.FAILED])
        .order_by("created_at")
        .first()
    )


def _give_way(user: User, kind: str, digest: str) -> None:
    """Batches that were put away no longer stand for their file."""
    put_away = Job.objects.filter(status__in=[Job.Status.CANCELLED, Job.Status.FAILED])
    same = ImportBatch.objects.filter(region_id=user.region_id, kind=kind, sha256=digest)
    same.filter(job__in=put_away).update(is_repeat=True)
