"""What one has exported: when, what, how many. The files themselves are not kept."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.audit.models import ReadEvent
from core.entities.paging import Paginator, page_number

PER_PAGE = 30


@require_GET
def export_list(request: HttpRequest) -> HttpResponse:
    """One's own exports, newest first; those of others are the auditor's."""
    user: Any = request.user
    if not user.has_perm("talent.export_person"):
        raise PermissionDenied
    rows = ReadEvent.objects.exports_of(user)
    paginator = Paginator(
        rows,
        per_page=PER_PAGE,
        count=rows.count(),
        order=["-id"],
        fetch=lambda ids: rows.filter(pk__in=ids),
    )
    page = paginator.page(page_number(request.GET.get("page")))
    return render(request, "core/exports.html", {"page": page, "count": paginator.count})
