"""Full numbers, activation codes, and what a typed ID number tells at once."""

from __future__ import annotations

import uuid
from typing import Any

import segno
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.entities.forms import ActionForm
from core.entities.pages.plain import done, one_of, require, sent_data
from core.models import ReadEvent
from core.national import is_known_division, place_label
from core.rules import RuleError
from core.secrecy.identity import SEXES, check_id_number
from core.secrecy.numbers import Secret
from talent.codes import PersonStatus
from talent.own.accounts import issue_activation_code
from talent.people.actions import registered_message, reveal_person
from talent.people.finding import named_by
from talent.people.forms import RevealForm
from talent.people.known import county_of_registered
from talent.people.models import Person
from talent.people.rules import check_birth_date


@require_http_methods(["GET", "POST"])
def person_reveal(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask the reason, then show ID number and phone in full, once."""
    user = require(request, "talent.reveal_person")
    person = one_of(Person.objects.for_user(user), pk)
    form = RevealForm(sent_data(request), user=user, record=person)
    shown = None
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]

        def reveal() -> None:
            nonlocal shown
            shown = reveal_person(person=person, by=user, reason=reason)

        done(form, reveal)
    return _dialog(
        request, "requests/reveal.html", {"form": form, "person": person, "shown": shown}
    )


@require_http_methods(["GET", "POST"])
def person_activation(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make a one-time activation code; it is shown once, to be printed or read out."""
    user = require(request, "talent.activate_person")
    person = one_of(Person.objects.for_user(user), pk)
    form = ActionForm(sent_data(request), user=user, record=person)
    code = ""
    if request.method == "POST" and form.is_valid():

        def issue() -> None:
            nonlocal code
            code = issue_activation_code(person=person, by=user)

        done(form, issue)
    # The address alone: a code in it would stay in the phone's history and in logs on the way.
    address = request.build_absolute_uri(reverse("activate"))
    context = {"form": form, "person": person, "code": code, "address": address}
    context["qr"] = segno.make_qr(address).svg_data_uri(light="#fff")
    return _dialog(request, "requests/activation.html", context)


def _dialog(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page, or to htmx the dialog of it."""
    is_htmx = bool(getattr(request, "htmx", False))
    status = 422 if context["form"].errors else 200
    if not context.get("shown"):
        ReadEvent.record(
            user=request.user, kind="detail", people=[context["person"].pk], entity="requests"
        )
    context["action_url"] = request.path
    return render(request, template + ("#dialog" if is_htmx else ""), context, status=status)


def _registered(number: str, user: Any) -> dict[str, Any]:
    """The own record of an ID number, or of anybody else's no more than the county (R4)."""
    secret = Secret("id_number", number, "证件号")
    own = Person.objects.for_user(user).filter(named_by(secret)).first()
    if own is not None:
        ReadEvent.record(user=user, kind=ReadEvent.Kind.SEARCH, people=[own.pk], entity="person")
        return {"own": own, "comes_back": own.status == PersonStatus.DEACTIVATED}
    county = county_of_registered(number)
    return {"registered": "" if county is None else registered_message(county, user)}


@require_POST
def id_number_check(request: HttpRequest) -> HttpResponse:
    """What a typed ID number tells at once: birth date, sex, a hint, already registered."""
    user: Any = request.user
    if not (user.has_perm("talent.add_person") or user.has_perm("talent.change_person")):
        raise PermissionDenied
    number = request.POST.get("id_number", "").strip()
    context: dict[str, Any] = {}
    if number:
        try:
            identity = check_id_number(number, id_type=request.POST.get("id_type") or "1")
            check_birth_date(identity.birth_date)
            context |= _registered(identity.number, user)
            context |= {
                "identity": identity,
                "sex_label": dict(SEXES).get(identity.sex, ""),
                "hint": place_label(identity.region_prefix)
                if is_known_division(identity.region_prefix)
                else "",
            }
        except RuleError as error:
            context["refusal"] = str(error)
    return render(request, "talent/id_number_check.html", context)
