"""A worker corrects her record: contact data at once, everything else through a reviewer."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from core.audit.history import acting
from core.entities.display import label_of, words
from core.guards import FORBIDDEN, claim, locked, touch
from core.models import User
from core.rules import RuleError
from core.scoping import in_scope
from core.secrecy.crypto import sign
from core.secrecy.identity import clean_name, without_id_numbers
from talent.codes import RequestState
from talent.corrections.models import ChangeRequest
from talent.own.actions import own_person
from talent.people.models import Person
from talent.people.states import keep_residence

# What a worker may ask to have changed; the ID number only a clerk changes from the document.
CORRECTABLE = (
    "name", "former_name", "sex", "birth_date", "ethnicity", "political_status", "native_place",
    "household_place", "residence", "category", "sources", "service_fields",
)  # fmt: skip


_OTHER_LENGTH = ChangeRequest._meta.get_field("other").max_length


@dataclass(frozen=True)
class Difference:
    """One field of a request: what it was, what is asked, what it is now, in words."""

    name: str
    label: str
    old: str
    new: str
    now: str
    is_overtaken: bool


# --- Ask ------------------------------------------------------------------------------------
@transaction.atomic
def request_change(
    *, by: User, changes: dict[str, Any], reason: str, other: str = ""
) -> ChangeRequest:
    """Ask for corrections of the own record: field -> new value as a model value.

    `other` says what is wrong in records that hang on it (posts, certificates …) or missing.
    Raises RuleError when nothing differs, a field is not correctable or a request is pending.
    """
    person = own_person(by)
    if person.changerequests.filter(state=RequestState.PENDING).exists():
        raise RuleError("STATE", "您已有一份待审核的变更申请，请等待结果或先撤回。")
    if unknown := set(changes) - set(CORRECTABLE):
        raise RuleError("FIELD", f"这些内容不能申请变更：{'、'.join(sorted(unknown))}。")
    asked = {name: as_json(person, name, value) for name, value in changes.items()}
    differing = {
        name: {"old": current, "new": value}
        for name, value in asked.items()
        if (current := current_json(person, name)) != value
    }
    other = without_id_numbers(other.strip())[:_OTHER_LENGTH]
    reason = without_id_numbers(reason)
    if not differing and not other:
        raise RuleError("STATE", "没有需要变更的内容。请改动要更正的项目，或写明「其他更正」。")
    _fill(person, {name: d["new"] for name, d in differing.items()})
    return ChangeRequest.objects.create(
        person_id=person.pk, changes=differing, other=other, reason=reason, requested_by=by
    )


@transaction.atomic
def withdraw_change(*, request: ChangeRequest, by: User) -> None:
    """The worker takes the request back."""
    person = own_person(by)
    request = locked(request)
    if request.person_id != person.pk:
        raise PermissionDenied(FORBIDDEN)
    _require_pending(request)
    _decide(request, RequestState.WITHDRAWN, by=by, reason="")


# --- Decide ---------------------------------------------------------------------------------
@transaction.atomic
def approve_change(
    *, request: ChangeRequest, by: User, reason: str = "", seen: str | None = None
) -> None:
    """Apply what was asked, as one write of the reviewer with the worker's reason in history.

    What stands in `other` has been mended by hand before. `seen` is the `present_mark` of the
    page that the reviewer decided on: raises RuleError when what she saw is no longer so.
    """
    request = _decidable(request, by)
    with acting(by, reason=request.reason):
        if request.changes:
            _apply(request, by, seen)
        _decide(request, RequestState.ACCEPTED, by=by, reason=reason)


def present_mark(request: ChangeRequest, person: Person) -> str:
    """Stands for what the record now has in the fields that a request asks to change; keyed,
    since nothing of a number may be guessed from it."""
    now = [current_json(person, name) for name in sorted(request.changes)]
    return sign(json.dumps(now).encode()).hex()[:32]


def _apply(request: ChangeRequest, by: User, seen: str | None) -> None:
    person = locked(request.person)
    if seen is not None and seen != present_mark(request, person):
        raise RuleError(
            "STALE", "档案刚被修改过，还没有办理。请核对下面「现在」一栏，确认后再点「同意变更」。"
        )
    _fill(person, {name: values["new"] for name, values in request.changes.items()})
    if "residence" in request.changes and not in_scope(person.residence_id, by):
        raise RuleError("SCOPE", "申请的常住地不在本辖区，请办理「转出」后再处理。")
    person.version += 1
    person.save()
    keep_residence(person)


@transaction.atomic
def refuse_change(*, request: ChangeRequest, by: User, reason: str) -> None:
    """Refuse and say why; the worker reads it."""
    request = _decidable(request, by)
    if not reason.strip():
        raise RuleError("REASON", "请写明不同意的理由，申请人可以看到。", field="reason")
    _decide(request, RequestState.REFUSED, by=by, reason=reason)


def differences(request: ChangeRequest, person: Person) -> list[Difference]:
    """Field by field: old, asked, now; in the order of the record."""
    result = []
    for name in (n for n in CORRECTABLE if n in request.changes):
        values, now = request.changes[name], current_json(person, name)
        result.append(
            Difference(
                name=name,
                label=label_of(Person, name),
                old=_worded(name, values["old"]),
                new=_worded(name, values["new"]),
                now=_worded(name, now),
                is_overtaken=now != values["old"],
            )
        )
    return result


def _decidable(request: ChangeRequest, by: User) -> ChangeRequest:
    request = claim(request, by, "talent.review_changerequest")
    _require_pending(request)
    if request.requested_by_id == by.pk:
        raise RuleError("OWN", "不能审核自己提交的申请。")
    return request


def _require_pending(request: ChangeRequest) -> None:
    if request.state != RequestState.PENDING:
        raise RuleError("STATE", f"该申请{request.get_state_display()}，不能重复处理。")


def _decide(request: ChangeRequest, state: str, *, by: User, reason: str) -> None:
    request.state, request.decided_by, request.decided_at = state, by, timezone.now()
    request.decision_reason = reason.strip()
    touch(request, "state", "decided_by", "decided_at", "decision_reason")


# --- Values ---------------------------------------------------------------------------------
def _attribute(name: str) -> str:
    return Person._meta.get_field(name).attname  # type: ignore[union-attr]


def current_json(person: Person, name: str) -> Any:
    """A field of the record as a JSON value."""
    return as_json(person, name, getattr(person, _attribute(name)))


def as_json(person: Person, name: str, value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return sorted({str(v) for v in value})
    return getattr(value, "pk", value)


def _fill(person: Person, values: dict[str, Any]) -> None:
    """Set checked values on the record. Raises ValidationError in Chinese."""
    for name, value in values.items():
        setattr(person, _attribute(name), _as_model_value(name, value))
    try:
        person.clean_fields(exclude=_untouched(values))
    except ValidationError as error:
        raise RuleError("FIELD", "申请的内容不符合要求，请核对后重新填写。") from error
    person.clean()


def _as_model_value(name: str, value: Any) -> Any:
    if name in ("name", "former_name") and value:
        return clean_name(value)
    if name == "birth_date" and value:
        return datetime.date.fromisoformat(str(value))
    return value


def _untouched(values: dict[str, Any]) -> set[str]:
    return {f.name for f in Person._meta.fields} - set(values)


def _worded(name: str, value: Any) -> str:
    field = Person._meta.get_field(name)
    if name == "birth_date" and value:
        value = datetime.date.fromisoformat(str(value))
    return words(field, value)
