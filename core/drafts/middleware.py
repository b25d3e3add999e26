"""A form that was saved needs its draft no longer."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.drafts.actions import drop_draft

# The field by which a form that has a draft names it.
NAME = "_draft"


class DraftsMiddleware:
    """What was sent and answered by a way on was saved: a refusal is the form again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code < 400:
            is_done = response.status_code in {204, 302} or "HX-Redirect" in response.headers
            if is_done and request.user.is_authenticated and (form := request.POST.get(NAME)):
                drop_draft(by=request.user, form=form)
        return response
