"""Pages of corrections."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core.entities.pages.plain import done, one_of, require, sent_data
from talent.codes import RequestState
from talent.colours import REQUEST
from talent.corrections import actions
from talent.corrections.actions import differences, present_mark
from talent.corrections.models import ChangeRequest
from talent.moves.forms import DecisionForm
from talent.moves.views import leave_read_event, page_by_state

# Nobody's correction is accepted by waiting.
CHANGE_STATES = [(s.value, s.label) for s in RequestState if s != RequestState.DEFAULTED]


@require_GET
def change_list(request: HttpRequest) -> HttpResponse:
    """What the area's workers ask to have corrected."""
    user = require(request, "talent.view_changerequest")
    rows = ChangeRequest.objects.for_user(user).select_related("person", "decided_by")
    page, state = page_by_state(request, rows)
    leave_read_event(user, [row.person_id for row in page.object_list], "list")
    items = [
        {
            "row": row,
            "kind": REQUEST.get(row.state, ""),
            "count": len(row.changes) + bool(row.other),
        }
        for row in page.object_list
    ]
    context = {
        "page": page, "items": items, "state": state, "states": CHANGE_STATES,
    }  # fmt: skip
    return render(request, "requests/change_list.html", context)


@require_http_methods(["GET", "POST"])
def change_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Field by field what was, what is asked and what is now; approve or refuse."""
    user = require(request, "talent.view_changerequest")
    row = one_of(ChangeRequest.objects.for_user(user).select_related("person", "decided_by"), pk)
    form = DecisionForm(sent_data(request), user=user, record=row)
    may_review = user.has_perm("talent.review_changerequest")
    if request.method == "POST" and form.is_valid():
        require(request, "talent.review_changerequest")
        seen = request.POST.get("seen", "")
        runs: dict[str, Any] = {
            "accept": partial(actions.approve_change, seen=seen),
            "refuse": actions.refuse_change,
        }
        run = runs.get(request.POST.get("verb", ""))
        if run is None:
            raise Http404
        reason = form.cleaned_data["reason"]
        if done(form, lambda: run(request=row, by=user, reason=reason)):
            messages.success(request, "已处理，申请人可以看到结果。")
            return HttpResponseRedirect(reverse("changerequest_list"))
        row.refresh_from_db()
    leave_read_event(user, [row.person_id], "detail")
    context = {
        "row": row, "form": form, "differences": differences(row, row.person),
        "seen": present_mark(row, row.person), "kind": REQUEST.get(row.state, ""),
        "may_decide": may_review and row.state == RequestState.PENDING
        and row.requested_by_id != user.pk,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "requests/change_detail.html", context, status=status)
