"""What follows for the registry when an employer says that somebody is there, or has left: the
writes of the actions of people and posts, staged."""

from __future__ import annotations

import datetime
from copy import copy

from core.ledgers.models import ImportRow
from core.ledgers.plain import stable_id
from talent.codes import PersonStatus, Verification
from talent.people.ledger.meeting.encounter import PERSON, POST, STATE, as_staged
from talent.people.ledger.meeting.leaving import hand_over
from talent.people.models import Person, PersonState
from talent.people.states import plan_state
from talent.posts.models import Post


def confirm(
    row: ImportRow, person: Person, state: PersonState | None, *, on: datetime.date
) -> None:
    """As `confirm_person`, by the word of the employer: 单位确认 at the least."""
    confirmed = copy(person)
    confirmed.confirm(on)
    days = [day.isoformat() for day in confirmed.confirmed_before]
    assert confirmed.confirmed_on is not None
    row.change(
        PERSON,
        person.pk,
        confirmed_on=confirmed.confirmed_on.isoformat(),
        confirmed_before=days,
    )
    if person.verification < Verification.EMPLOYER:
        level = Verification(person.verification).label
        row.diff.append(["核实级别", level, Verification.EMPLOYER.label])
        row.change(PERSON, person.pk, verification=Verification.EMPLOYER)
    if person.status == PersonStatus.UNVERIFIED:
        _state(row, person, state, on=on, reason="核实在册", status=PersonStatus.SERVING)


def leave(
    row: ImportRow,
    person: Person,
    state: PersonState | None,
    *,
    posts: list[Post],
    others: list[Post],
    on: datetime.date,
    reason: str,
) -> None:
    """As `end_post`, for the posts at one employer: without `others` the person is 待岗 from the
    day on, else one of those is the primary post. Where she is then is for after the writing."""
    for post in posts:
        row.change(POST, post.pk, **as_staged({"ended_on": on, "end_reason": reason}))
    if person.status == PersonStatus.SERVING and not others:
        _state(row, person, state, on=on, reason=reason, status=PersonStatus.IDLE)
    if not any(post.is_primary for post in others):
        hand_over(row, others, on=on)


def _state(
    row: ImportRow,
    person: Person,
    state: PersonState | None,
    *,
    on: datetime.date,
    reason: str,
    status: PersonStatus,
) -> None:
    rows = [copy(state)] if state is not None else []
    day = max([on, *(one.valid_from for one in rows)])
    plan = plan_state(person, rows, on=day, notes={"reason": reason}, status=status)
    begins = {name: getattr(plan.begins, name) for name in ("status", "residence_id", "reason")}
    if plan.closed is not None:
        row.change(STATE, plan.closed.pk, valid_to=day.isoformat())
    if plan.is_new:
        record = {"person_id": str(person.pk), "valid_from": day.isoformat(), **begins}
        row.inserts(STATE).append({"id": _id(row, STATE), **record})
    else:
        row.change(STATE, plan.begins.pk, **begins)
    row.change(PERSON, person.pk, status=status)
    row.diff.append(["状态", person.get_status_display(), status.label])


def _id(row: ImportRow, model: str) -> str:
    return str(stable_id(model, row.batch_id, row.number))
