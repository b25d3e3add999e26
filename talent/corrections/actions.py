"""A worker corrects her record: contact data at once, everything else through a reviewer."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from core.audit.history import acting
from core.dates import today
from core.decisions import actions as decisions
from core.decisions.kinds import DecisionKind, Judgement
from core.decisions.models import State
from core.guards import FORBIDDEN, locked
from core.models import User
from core.rules import RuleError
from core.scoping import in_scope
from core.secrecy.identity import without_id_numbers
from talent.corrections.items import (
    CORRECTABLE,
    OTHER,
    as_json,
    current_json,
    fields_of,
    fill,
    items,
    label_of_item,
    names_of,
    present_mark,
)
from talent.corrections.models import ChangeRequest
from talent.own.actions import own_person
from talent.people.states import keep_residence

NOTE_LENGTH = 200
_OTHER_LENGTH = ChangeRequest._meta.get_field("other").max_length


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
    if person.changerequests.pending().exists():
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
    fill(person, {name: d["new"] for name, d in differing.items()})
    request = ChangeRequest(person_id=person.pk, changes=differing, other=other, reason=reason)
    made: ChangeRequest = decisions.ask(CORRECTION, request, by=by)
    return made


@transaction.atomic
def withdraw_change(*, request: ChangeRequest, by: User) -> None:
    """The worker takes the request back."""
    person = own_person(by)
    request = locked(request)
    if request.person_id != person.pk:
        raise PermissionDenied(FORBIDDEN)
    decisions.withdraw(CORRECTION, request, by=by)


# --- Decide ---------------------------------------------------------------------------------
def decide_change(
    *,
    request: ChangeRequest,
    by: User,
    answers: dict[str, bool],
    notes: dict[str, str] | None = None,
    reason: str = "",
    seen: str | None = None,
) -> None:
    """Answer item by item: what is done is written now, as one write of the reviewer with the
    worker's reason in history; what is asked in words has been mended by hand before.

    `answers` says of each item whether it is done, `notes` why it is not, or what was done by
    hand; `reason` is the note of those that need one and have none. `seen` is the
    `present_mark` of the page that the reviewer decided on: raises RuleError when what she saw
    is no longer so.
    """
    with acting(by, reason=request.reason):
        _decide(request, by, reason, answers=answers, notes=notes, seen=seen)


def approve_change(
    *,
    request: ChangeRequest,
    by: User,
    reason: str = "",
    answers: dict[str, bool] | None = None,
    notes: dict[str, str] | None = None,
    seen: str | None = None,
) -> None:
    """Everything that is asked is done; raises RuleError where `answers` says otherwise."""
    every = _every(request, answers, is_done=True)
    decide_change(request=request, by=by, answers=every, notes=notes, reason=reason, seen=seen)


def approve_unopened(*, request: ChangeRequest, by: User, reason: str = "") -> None:
    """One of several that are granted at once, not looked at one by one: only where all still
    is as it was when it was asked."""
    person = request.person
    if any(item.is_overtaken for item in items(request, person)):
        raise RuleError("STALE", "申请后档案有变动，请打开申请核对后办理。")
    every = _every(request, None, is_done=True)
    _decide(request, by, reason, answers=every, notes=None, seen=present_mark(request, person))


def refuse_change(
    *,
    request: ChangeRequest,
    by: User,
    reason: str = "",
    answers: dict[str, bool] | None = None,
    notes: dict[str, str] | None = None,
    seen: str | None = None,
) -> None:
    """Nothing of it is done, and why; the worker reads it."""
    every = _every(request, answers, is_done=False)
    _decide(request, by, reason, answers=every, notes=notes, seen=seen)


def _decide(request: ChangeRequest, by: User, reason: str, **answers: Any) -> None:
    decisions.decide(CORRECTION, request, by=by, reason=reason, **answers)


def _every(
    request: ChangeRequest, answers: dict[str, bool] | None, *, is_done: bool
) -> dict[str, bool]:
    """The same answer for every item."""
    if answers and set(answers.values()) != {is_done}:
        raise RuleError("ITEM", "您给各项选的结论不一样，请点「按各项结论办结」。")
    return dict.fromkeys(names_of(request), is_done)


def _judge(
    request: ChangeRequest,
    state: State,
    reason: str,
    *,
    answers: dict[str, bool],
    notes: dict[str, str] | None,
    seen: str | None,
) -> Judgement:
    """The state follows from the items: nothing is called 已改 that was not."""
    results: dict[str, dict[str, Any]] = {
        name: {
            "done": _is_done(name, answers),
            "note": _note(name, (notes or {}).get(name, ""), reason, is_done=answers[name]),
        }
        for name in names_of(request)
    }
    request.results = results
    done = [result["done"] for result in results.values()]
    state = State.GRANTED if all(done) else State.PARTLY if any(done) else State.REFUSED
    written = [result["note"] for result in results.values() if result["note"]]
    said = "；".join(_said(name, **result) for name, result in results.items())
    return Judgement(state, said, reason or "；".join(dict.fromkeys(written)))


def _is_done(name: str, answers: dict[str, bool]) -> bool:
    if name not in answers:
        words = f"「{label_of_item(name)}」还没有结论，请选「已改」或「不予采纳」。"
        raise RuleError("ITEM", words, field=f"answer_{name}")
    return answers[name]


def _note(name: str, note: str, reason: str, *, is_done: bool) -> str:
    """The note of an item; one that is not done says why not, one mended by hand what was."""
    if is_done and name != OTHER:
        return without_id_numbers(note.strip())[:NOTE_LENGTH]
    note = without_id_numbers(note.strip() or reason)[:NOTE_LENGTH]
    if not note:
        asked = "改了什么、改在哪条记录" if is_done else "不予采纳的理由"
        words = f"「{label_of_item(name)}」请写明{asked}，申请人可以看到。"
        raise RuleError("REASON", words, field=f"note_{name}")
    return note


def _said(name: str, *, done: bool, note: str) -> str:
    words = f"{label_of_item(name)}：{'已改' if done else '不予采纳'}"
    return f"{words}（{note}）" if note else words


def _apply(
    request: ChangeRequest,
    *,
    by: User,
    reason: str,
    answers: dict[str, bool],
    notes: dict[str, str] | None,
    seen: str | None,
) -> None:
    """Write the values of the fields that are done."""
    values = {name: request.changes[name]["new"] for name in fields_of(request) if answers[name]}
    if not values:
        return
    person = locked(request.person)
    if seen is not None and seen != present_mark(request, person):
        words = "档案刚被修改过，还没有办理。请核对下面「现在」一栏，确认后再办理。"
        raise RuleError("STALE", words)
    fill(person, values)
    if "residence" in values and not in_scope(person.residence_id, by):
        raise RuleError("SCOPE", "申请的常住地不在本辖区，请办理「转出」后再处理。")
    person.version += 1
    person.save()
    keep_residence(person)


def _message(request: ChangeRequest) -> dict[str, Any]:
    """The answer, item by item where there are several."""
    said = request.outcome or request.decision_reason
    why = f"：{said}" if said else ""
    text = f"您的变更申请{request.get_state_display()}（{today()}）{why}"
    return {"text": text, "link": reverse("me_requests")}


CORRECTION = DecisionKind(
    code="changes",
    model=ChangeRequest,
    permission="talent.review_changerequest",
    grant=_apply,
    judge=_judge,
    message=_message,
    days=15,
    own="不能审核自己提交的申请。",
    waiting="待审核的变更申请",
    hint="社会工作者申请更正自己的档案，15 天内答复",
    task="变更申请待审核",
)
