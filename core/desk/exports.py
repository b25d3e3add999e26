"""The page on which a large export is waited for, and the file that waits for who asked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from core.entities.exporting import PERMISSION, cancel_export, note_fetched
from core.entities.models import Export
from core.entities.pages.list import ListPage
from core.entities.workbooks import CONTENT_TYPES
from core.jobs.models import Job
from core.notices.waiting import Waiting, register_waiting
from core.scoping import in_scope
from core.secrecy import files as media


def _own(request: HttpRequest, pk: UUID) -> Export:
    """One's own export, as long as one has the rights and the region that it was made with."""
    user: Any = request.user
    if not user.has_perm(PERMISSION):
        raise PermissionDenied
    export = Export.objects.of(user).select_related("job").filter(pk=pk).first()
    if export is None or not in_scope(export.job.region_id, user):
        raise Http404
    if not all(user.has_perm(permission) for permission in export.needs):
        raise PermissionDenied
    return export


class OwnExportsPage(ListPage):
    """What was exported, under what waits to be fetched or is being made."""

    def list_context(self, listing: Any, page: Any) -> dict[str, Any]:
        own = Export.objects.of(self.request.user).select_related("job")
        waiting = own.unfinished() | own.exclude(file_path="")
        return super().list_context(listing, page) | {
            "waiting": waiting.order_by("-created_at")[:20],
            "hours": settings.EXPORT_HOURS,
        }


register_waiting(
    Waiting(
        code="exports",
        label="导出文件已生成",
        hint=f"{settings.EXPORT_HOURS} 小时内可以下载",
        permission=PERMISSION,
        count=lambda user: Export.objects.of(user).to_fetch().count(),
        url="export_list",
    )
)


@require_GET
def wait(request: HttpRequest, pk: UUID) -> HttpResponse:
    export = _own(request, pk)
    is_piece = getattr(request, "htmx", None) and request.htmx.target == "export-state"  # type: ignore[attr-defined]
    template = f"core/export.html{'#state' if is_piece else ''}"
    is_open = export.job.status in (Job.Status.QUEUED, Job.Status.RUNNING)
    return render(request, template, {"export": export, "job": export.job, "is_open": is_open})


@require_POST
def fetch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file; that it was made stands in the read log."""
    export = _own(request, pk)
    try:
        data = media.load(export.file_path)
    except FileNotFoundError:
        # Gone after its hours, or not there yet: the page says which.
        return redirect("export_wait", pk=pk)
    note_fetched(export)
    kind = export.file_name.rpartition(".")[2]
    headers = {"Content-Disposition": content_disposition_header(True, export.file_name) or ""}  # noqa: FBT003
    return HttpResponse(data, content_type=CONTENT_TYPES[kind], headers=headers)


@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    export = _own(request, pk)
    cancel_export(export)
    return HttpResponseRedirect(request.path.removesuffix("cancel/"))
