"""The door of drafts: static/js/drafts.js sends what is typed here and asks for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.drafts.actions import draft_of, drop_draft, keep_draft
from core.rules import RuleError


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def drafts(request: HttpRequest) -> HttpResponse:
    """GET ?form=: {saved, fields: [[name, value], …]}, 204 where there is none. POST form and
    fields keeps them, without fields it drops them."""
    user: Any = request.user
    if request.method == "GET":
        draft = draft_of(user, request.GET.get("form", ""))
        if draft is None:
            return HttpResponse(status=204)
        saved = timezone.localtime(draft.saved_at)
        fields = parse_qsl(str(draft.fields), keep_blank_values=True)
        return JsonResponse({"saved": f"{saved:%m-%d %H:%M}", "fields": fields})
    form, fields = request.POST.get("form", ""), request.POST.get("fields", "")
    if not fields:
        drop_draft(by=user, form=form)
        return HttpResponse(status=204)
    try:
        keep_draft(by=user, form=form, fields=fields)
    except RuleError as error:
        return JsonResponse({"detail": str(error)}, status=400)
    return HttpResponse(status=204)
