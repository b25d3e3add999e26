"""Files of many rows: the same request, answered by a worker.

The page that would hold a web thread for a minute keeps what it was asked for and leads to a
page that waits. The job asks it once more, as the same user with the rights of that moment, and
keeps the file that it answers with.
"""

from __future__ import annotations

import datetime
import time
from contextlib import closing
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now
from django.http import FileResponse, Http404, HttpRequest, QueryDict
from django.urls import resolve

from core.entities.models import Export
from core.jobs import running as jobs
from core.jobs.models import Job
from core.jobs.running import RIGHTS_CHANGED, JobFailed, Lease, runner
from core.regions.names import working_region_code
from core.rules import RuleError
from core.secrecy import files as media

KIND, PERMISSION, FOLDER = "export", "core.export", "exports"
# Of one user at a time.
MOST = 3
_DAY_SECONDS = 86_400
_PHASE = "正在生成文件"


class ExportRequest(HttpRequest):
    """A request that a worker answers; `lease` says how far it is."""

    def __init__(self, lease: Lease) -> None:
        super().__init__()
        asked: dict[str, str] = lease.job.payload
        given: dict[str, Any] = {
            "lease": lease,
            "user": lease.job.by,
            "method": "POST",
            "path": asked["path"],
            "GET": QueryDict(asked["query"]),
            "POST": QueryDict(asked["post"]),
            "session": {"working_region": asked["region"]},
            "htmx": False,
            "resolver_match": resolve(unquote(asked["path"])),
            # What a page remarks on is said where it was asked.
            "_messages": CookieStorage(self),
        }
        vars(self).update(given)

    def report(self, done: int) -> None:
        """How many rows are written. Raises LeaseLost or Cancelled."""
        lease: Lease = vars(self)["lease"]
        lease.progress(done=done, total=lease.job.total, phase=_PHASE)


def is_left_to_a_job(request: Any, rows: int) -> bool:
    """Whether that many rows are made by a worker: a job needs a region and the right to export,
    which those who only read logs do not have."""
    if isinstance(request, ExportRequest) or rows <= settings.EXPORT_JOB_ROWS:
        return False
    return bool(request.user.region_id) and bool(request.user.has_perm(PERMISSION))


@transaction.atomic
def queue_export(request: Any, *, title: str, words: str, rows: int, needs: list[str]) -> Export:
    """Keep what was asked and ring for a worker. Asked twice it is made once. Raises RuleError."""
    user, post = request.user, request.POST.copy()
    post.pop("csrfmiddlewaretoken", None)
    asked = {
        "path": request.path,
        "query": request.GET.urlencode(),
        "post": post.urlencode(),
        "region": working_region_code(request),
    }
    waiting = Export.objects.of(user).unfinished()
    if same := waiting.filter(job__payload=asked).first():
        return same
    if waiting.count() >= MOST:
        raise RuleError("EXPORT", f"您已有 {MOST} 份大的导出在生成，请等其中一份完成后再导出。")
    job = Job.objects.create(
        kind=KIND, by=user, region_id=user.region_id, payload=asked, total=rows
    )
    jobs.ring(job.pk)
    return Export.objects.create(
        job=job, by=user, title=title[:120], words=words[:300], needs=needs
    )


@runner(KIND, permission=PERMISSION)
def run_export(lease: Lease) -> None:
    """Let the page make its file, and keep it."""
    request = ExportRequest(lease)
    request.report(0)
    match = request.resolver_match
    assert match is not None
    try:
        answer = match.func(request, *match.args, **match.kwargs)
    except RuleError as error:
        raise JobFailed(str(error)) from None
    except (PermissionDenied, Http404):
        raise JobFailed(RIGHTS_CHANGED) from None
    if not isinstance(answer, FileResponse):
        raise JobFailed("没有生成文件，请回到名单重新导出。")
    # Closing the answer would end a web request, with its connections.
    made: Any = answer.file_to_stream
    try:
        with closing(made):
            path = media.store(made.read(), folder=FOLDER)
    except media.Refused as refusal:
        raise JobFailed(str(refusal)) from None
    try:
        with transaction.atomic():
            lease.guard()
            Export.objects.filter(job=lease.job).update(file_path=path, file_name=answer.filename)
            lease.finish(Job.Status.DONE, "文件已生成。")
    except BaseException:
        media.remove(path)
        raise


def note_fetched(export: Export) -> None:
    """Its owner has it: nothing waits any more."""
    Export.objects.filter(pk=export.pk).update(fetched_at=Now())


def cancel_export(export: Export) -> None:
    """Called off before it began, or where it is; one that is done stays."""
    rows = Job.objects.filter(pk=export.job_id)
    words = "已取消，没有生成文件。"
    rows.filter(status=Job.Status.QUEUED).update(status=Job.Status.CANCELLED, message=words)
    rows.filter(status=Job.Status.RUNNING).update(is_cancel_requested=True)


def forget_exports(*, before: datetime.datetime) -> int:
    """Remove the files that were made before a moment, and those that no export names; how many
    exports lost theirs."""
    old = list(Export.objects.exclude(file_path="").filter(job__finished_at__lt=before))
    for export in old:
        Export.objects.filter(pk=export.pk).update(file_path="")
        media.remove(export.file_path)
    named = set(Export.objects.exclude(file_path="").values_list("file_path", flat=True))
    media.forget_unnamed(FOLDER, named=named, before=time.time() - _DAY_SECONDS)
    return len(old)
