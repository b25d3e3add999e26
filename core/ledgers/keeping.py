"""The files of batches: how they are read, and how long they and their staged rows are kept."""

import datetime
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from django.db import transaction

from core.jobs.models import Job
from core.jobs.running import JobFailed
from core.ledgers.ledger import Ledger
from core.ledgers.models import ImportBatch, ImportRow
from core.ledgers.spreadsheets import Refused, Sheet, read_sheet
from core.secrecy import files as media

# Of the media store.
FOLDER = "imports"
_DAY_SECONDS = 86_400
# What the reading of a file says in sentences, of people too.
_NAMING = frozenset(("uncounted", "remarks"))
NEVER_CONFIRMED = "核对后 30 天没有确认，已放弃，没有写入任何数据。请重新上传。"


@contextmanager
def opened(batch: ImportBatch) -> Iterator[Path]:
    """The file of a batch for as long as a job reads it. Raises JobFailed with a sentence, also
    where the reading inside is Refused."""
    try:
        with media.opened(batch.file_path) as path:
            yield path
    except Refused as refusal:
        raise JobFailed(str(refusal)) from None
    except FileNotFoundError:
        raise JobFailed("上传的文件已过保存期，请重新上传。") from None


def read_kept(batch: ImportBatch, path: Path, ledger: Ledger) -> AbstractContextManager[Sheet]:
    """The sheet of a batch in its file, under the headings that a person pointed at, if any."""
    return read_sheet(
        path,
        labels=ledger.column_names(),
        wanted=batch.sheet,
        header=batch.reading.get("asked_header", 0),
    )


def forget_expired(*, before: datetime.datetime) -> int:
    """Remove the files and staged rows of batches uploaded before a moment.

    The batch itself, its counts and its job stay; one that still waited is put away. Files
    that no batch names go, too. Returns how many batches were cleared.
    """
    open_states = [Job.Status.QUEUED, Job.Status.RUNNING]
    expired = ImportBatch.objects.filter(created_at__lt=before).exclude(file_path="")
    cleared = 0
    for batch in expired.exclude(job__status__in=open_states):
        with transaction.atomic():
            job = Job.objects.select_for_update().get(pk=batch.job_id)
            if job.status in open_states:
                # Confirmed or resumed while others were cleared.
                continue
            ImportRow.objects.filter(batch=batch).delete()
            # Sentences on what does not count may name people.
            kept = {name: said for name, said in batch.reading.items() if name not in _NAMING}
            ImportBatch.objects.filter(pk=batch.pk).update(file_path="", questions=[], reading=kept)
            Job.objects.filter(pk=batch.job_id, status=Job.Status.WAITING).update(
                status=Job.Status.CANCELLED, message=NEVER_CONFIRMED
            )
        media.remove(batch.file_path)
        cleared += 1
    named = set(ImportBatch.objects.exclude(file_path="").values_list("file_path", flat=True))
    media.forget_unnamed(FOLDER, named=named, before=time.time() - _DAY_SECONDS)
    return cleared
