"""Pages of requests: transfers, corrections, full numbers, activation codes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from core.entities.paging import Paginator, page_number
from core.models import ReadEvent
from core.scoping import in_scope
from talent import actions, kinds
from talent.actions.corrections import differences, present_mark
from talent.actions.transfers import (
    asking_region,
    knows_person,
    may_decide,
    origin_known_to,
    proposed,
)
from talent.codes import RequestState
from talent.forms.requests import DecisionForm, RevealForm, TransferInForm
from talent.models import ChangeRequest, Person, TransferRequest

PER_PAGE = 30
STATES = [(s.value, s.label) for s in RequestState]
SETTLED, TO_DECIDE = ("settled", "近期有结果"), ("todo", "待我处理")
# Nobody's correction is accepted by waiting.
CHANGE_STATES = [(s.value, s.label) for s in RequestState if s != RequestState.DEFAULTED]


def _require(request: HttpRequest, permission: str) -> Any:
    user: Any = request.user
    if not user.has_perm(permission):
        raise PermissionDenied
    return user


def sent_data(request: HttpRequest) -> Any:
    """What was sent, None when the page was only asked for."""
    return request.POST if request.method == "POST" else None


def _one(rows: QuerySet[Any], pk: uuid.UUID) -> Any:
    record = rows.filter(pk=pk).first()
    if record is None:
        raise Http404
    return record


def _act(form: Any, run: Callable[[], Any]) -> bool:
    """Do it; whether it was done. A refusal becomes the form's error."""
    try:
        run()
    except ValidationError as error:
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else None, ValidationError(error.messages))
    except PermissionDenied as error:
        form.add_error(None, str(error) or "您没有权限办理。")
    return not form.errors


def _page(request: HttpRequest, rows: QuerySet[Any]) -> tuple[Any, str]:
    """A page of requests, newest first, and the state they are narrowed to."""
    state = request.GET.get("state", "")
    if state in RequestState.values:
        rows = rows.filter(state=state)
    return page_of(request, rows, order=["-created_at", "id"]), state


def page_of(request: HttpRequest, rows: QuerySet[Any], *, order: list[str]) -> Any:
    """The page of some rows that the address asks for."""
    paginator = Paginator(
        rows,
        per_page=PER_PAGE,
        count=rows.count(),
        order=order,
        fetch=lambda ids: rows.filter(pk__in=ids),
    )
    return paginator.page(page_number(request.GET.get("page")))


# --- Full numbers ---------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
def person_reveal(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask the reason, then show ID number and phone in full, once."""
    user = _require(request, "talent.reveal_person")
    person = _one(Person.objects.for_user(user), pk)
    form = RevealForm(sent_data(request), user=user, record=person)
    shown = None
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]

        def reveal() -> None:
            nonlocal shown
            shown = actions.reveal_person(person=person, by=user, reason=reason)

        _act(form, reveal)
    return _dialog(
        request, "requests/reveal.html", {"form": form, "person": person, "shown": shown}
    )


@require_http_methods(["GET", "POST"])
def person_activation(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make a one-time activation code; it is shown once, to be printed or read out."""
    user = _require(request, "talent.activate_person")
    person = _one(Person.objects.for_user(user), pk)
    form = DecisionForm(sent_data(request), user=user, record=person)
    code = ""
    if request.method == "POST" and form.is_valid():

        def issue() -> None:
            nonlocal code
            code = actions.issue_activation_code(person=person, by=user)

        _act(form, issue)
    context = {"form": form, "person": person, "code": code}
    return _dialog(request, "requests/activation.html", context)


def _dialog(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page, or to htmx the dialog of it."""
    is_htmx = bool(getattr(request, "htmx", False))
    status = 422 if context["form"].errors else 200
    if not context.get("shown"):
        _leave_read_event(request.user, [context["person"].pk], "detail")
    context["action_url"] = request.path
    return render(request, template + ("#dialog" if is_htmx else ""), context, status=status)


# --- Transfers ------------------------------------------------------------------------------
@require_GET
def transfer_list(request: HttpRequest) -> HttpResponse:
    """Requests that leave or enter the area, newest first."""
    user = _require(request, "talent.view_transferrequest")
    transfers = TransferRequest.objects
    narrowed = {SETTLED[0]: transfers.settled_for, TO_DECIDE[0]: transfers.to_decide_by}
    rows = narrowed.get(request.GET.get("state", ""), transfers.for_user)(user)
    page, state = _page(request, rows.select_related("person", "requested_by"))
    items = [_transfer_item(row, user) for row in page.object_list]
    _leave_read_event(user, [i["row"].person_id for i in items if i["name"]], "list")
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
        "kind": kinds.REQUEST.get(row.state, ""),
        "may_decide": may_decide(row, user),
        "may_withdraw": row.state == RequestState.PENDING
        and user.has_perm("talent.transfer_person")
        and in_scope(asking_region(row), user),
    }


def _leave_read_event(user: Any, people: list[Any], kind: str) -> None:
    if people:
        ReadEvent.record(user=user, kind=kind, people=sorted(set(people)), entity="requests")


@require_http_methods(["GET", "POST"])
def transfer_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One request; the deciding side accepts or refuses, the asking side withdraws."""
    user = _require(request, "talent.view_transferrequest")
    row = _one(
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
        if _act(form, lambda: run(request=row, by=user, reason=reason)):
            messages.success(request, "已处理，对方可以看到结果。")
            return HttpResponseRedirect(reverse("transferrequest_list"))
    item = _transfer_item(row, user)
    _leave_read_event(user, [row.person_id] if item["name"] else [], "detail")
    post = proposed(row)
    context = {"item": item, "row": row, "form": form, "post": post}
    status = 422 if form.errors else 200
    return render(request, "requests/transfer_detail.html", context, status=status)


@sensitive_post_parameters("id_number")
@require_http_methods(["GET", "POST"])
def transfer_new(request: HttpRequest) -> HttpResponse:
    """Ask for a person of another county by ID number."""
    user = _require(request, "talent.transfer_person")
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
        if _act(form, lambda: actions.request_transfer_in(by=user, post=post, **wanted)):
            messages.success(request, "已提交转入申请，15 天内对方未处理将自动转入。")
            return HttpResponseRedirect(reverse("transferrequest_list"))
    status = 422 if form.errors else 200
    return render(request, "requests/transfer_new.html", {"form": form}, status=status)


# --- Corrections ----------------------------------------------------------------------------
@require_GET
def change_list(request: HttpRequest) -> HttpResponse:
    """What the area's workers ask to have corrected."""
    user = _require(request, "talent.view_changerequest")
    rows = ChangeRequest.objects.for_user(user).select_related("person", "decided_by")
    page, state = _page(request, rows)
    _leave_read_event(user, [row.person_id for row in page.object_list], "list")
    items = [
        {
            "row": row,
            "kind": kinds.REQUEST.get(row.state, ""),
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
    user = _require(request, "talent.view_changerequest")
    row = _one(ChangeRequest.objects.for_user(user).select_related("person", "decided_by"), pk)
    form = DecisionForm(sent_data(request), user=user, record=row)
    may_review = user.has_perm("talent.review_changerequest")
    if request.method == "POST" and form.is_valid():
        _require(request, "talent.review_changerequest")
        seen = request.POST.get("seen", "")
        runs: dict[str, Any] = {
            "accept": partial(actions.approve_change, seen=seen),
            "refuse": actions.refuse_change,
        }
        run = runs.get(request.POST.get("verb", ""))
        if run is None:
            raise Http404
        reason = form.cleaned_data["reason"]
        if _act(form, lambda: run(request=row, by=user, reason=reason)):
            messages.success(request, "已处理，申请人可以看到结果。")
            return HttpResponseRedirect(reverse("changerequest_list"))
        row.refresh_from_db()
    _leave_read_event(user, [row.person_id], "detail")
    context = {
        "row": row, "form": form, "differences": differences(row, row.person),
        "seen": present_mark(row, row.person), "kind": kinds.REQUEST.get(row.state, ""),
        "may_decide": may_review and row.state == RequestState.PENDING
        and row.requested_by_id != user.pk,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "requests/change_detail.html", context, status=status)
