"""Pages of transfers."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from core.entities.pages.plain import done, one_of, page_of, require, sent_data
from core.models import ReadEvent
from core.scoping import in_scope
from talent.codes import RequestState
from talent.colours import REQUEST
from talent.moves import actions
from talent.moves.actions import asking_region, knows_person, may_decide, origin_known_to, proposed
from talent.moves.forms import DecisionForm, TransferInForm
from talent.moves.models import TransferRequest

STATES = [(s.value, s.label) for s in RequestState]
SETTLED, TO_DECIDE = ("settled", "近期有结果"), ("todo", "待我处理")


def page_by_state(request: HttpRequest, rows: QuerySet[Any]) -> tuple[Any, str]:
    """A page of requests, newest first, and the state they are narrowed to."""
    state = request.GET.get("state", "")
    if state in RequestState.values:
        rows = rows.filter(state=state)
    return page_of(request, rows, order=["-created_at", "id"]), state


def leave_read_event(user: Any, people: list[Any], kind: str) -> None:
    if people:
        ReadEvent.record(user=user, kind=kind, people=sorted(set(people)), entity="requests")


@require_GET
def transfer_list(request: HttpRequest) -> HttpResponse:
    """Requests that leave or enter the area, newest first."""
    user = require(request, "talent.view_transferrequest")
    transfers = TransferRequest.objects
    narrowed = {SETTLED[0]: transfers.settled_for, TO_DECIDE[0]: transfers.to_decide_by}
    rows = narrowed.get(request.GET.get("state", ""), transfers.for_user)(user)
    page, state = page_by_state(request, rows.select_related("person", "requested_by"))
    items = [_transfer_item(row, user) for row in page.object_list]
    leave_read_event(user, [i["row"].person_id for i in items if i["name"]], "list")
    context = {
        "page": page, "items": items, "state": state, "states": [TO_DECIDE, SETTLED, *STATES],
        "may_ask": user.has_perm("talent.transfer_person"),
    }  # fmt: skip
    return render(request, "requests/transfer_list.html", context)


def _transfer_item(row: TransferRequest, user: Any) -> dict[str, Any]:
    """A request as its reader may know it: who only asks learns neither the name nor more of
    the place than the county (R4), nor does who has refused see what becomes of the person."""
    own = in_scope(row.person.region_id, user)
    return {
        "row": row,
        "name": row.person.name if knows_person(row, user) else "",
        "from": origin_known_to(row, user),
        "person_url": reverse("person_detail", args=[row.person_id]) if own else "",
        "kind": REQUEST.get(row.state, ""),
        "may_decide": may_decide(row, user),
        "may_withdraw": row.state == RequestState.PENDING
        and user.has_perm("talent.transfer_person")
        and in_scope(asking_region(row), user),
    }


@require_http_methods(["GET", "POST"])
def transfer_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One request; the deciding side accepts or refuses, the asking side withdraws."""
    user = require(request, "talent.view_transferrequest")
    row = one_of(
        TransferRequest.objects.for_user(user).select_related(
            "person", "requested_by", "decided_by"
        ),
        pk,
    )
    form = DecisionForm(sent_data(request), user=user, record=row)
    if request.method == "POST" and form.is_valid():
        runs: dict[str, Any] = {
            "accept": actions.accept_transfer,
            "refuse": actions.refuse_transfer,
            "withdraw": actions.withdraw_transfer,
        }
        run = runs.get(request.POST.get("verb", ""))
        if run is None:
            raise Http404
        reason = form.cleaned_data["reason"]
        if done(form, lambda: run(request=row, by=user, reason=reason)):
            messages.success(request, "已处理，对方可以看到结果。")
            return HttpResponseRedirect(reverse("transferrequest_list"))
    item = _transfer_item(row, user)
    leave_read_event(user, [row.person_id] if item["name"] else [], "detail")
    post = proposed(row)
    context = {"item": item, "row": row, "form": form, "post": post}
    status = 422 if form.errors else 200
    return render(request, "requests/transfer_detail.html", context, status=status)


@sensitive_post_parameters("id_number")
@require_http_methods(["GET", "POST"])
def transfer_new(request: HttpRequest) -> HttpResponse:
    """Ask for a person of another county by ID number."""
    user = require(request, "talent.transfer_person")
    initial = {"to_region": user.region_id}
    sent = sent_data(request)
    if sent is not None and "asked" in sent:
        # From the form of a new person, whose number turned out to be registered elsewhere.
        initial |= {name: sent.get(name, "") for name in ("id_type", "id_number")}
        sent = None
    form = TransferInForm(sent, user=user, initial=initial)
    if form.is_bound and form.is_valid():
        wanted = {n: form.cleaned_data[n] for n in ("id_type", "id_number", "to_region", "reason")}
        post = form.post()
        if done(form, lambda: actions.request_transfer_in(by=user, post=post, **wanted)):
            messages.success(request, "已提交转入申请，15 天内对方未处理将自动转入。")
            return HttpResponseRedirect(reverse("transferrequest_list"))
    status = 422 if form.errors else 200
    return render(request, "requests/transfer_new.html", {"form": form}, status=status)
