"""Status and residence, which are dated: what held before stays true of its days."""

from __future__ import annotations

import datetime
from copy import copy
from typing import Any

from core.ledgers.asking import ask, hold
from core.ledgers.models import ImportRow
from core.regions.names import place_name
from talent.codes import AWAY, REGISTERED_STATUSES, PersonStatus
from talent.people.ledger.meeting.encounter import GONE, PERSON, POST, STATE, Encounter
from talent.people.ledger.meeting.questions import LEDGER, RETURN
from talent.people.models import PersonState
from talent.people.states import first_day, plan_state
from talent.posts.models import Post

Outcome = ImportRow.Outcome


def meet_status(m: Encounter) -> bool:
    """A 停用 person is reactivated; who left or retired comes back when somebody says so, and
    stays away where the ledger itself says 状态 as it is registered.

    False when the person is gone, so that nothing else of the row can be meant.
    """
    person = m.person
    if person.status in REGISTERED_STATUSES:
        return True
    if person.status == m.row.shown.get("status"):
        # Who is away takes up no post.
        m.said.pop(POST, None)
        if person.status in GONE:
            m.row.outcome = Outcome.UNCHANGED
        return person.status not in GONE
    since, state = m.said[STATE]["valid_from"], m.known.states.get(person.pk)
    if person.status != PersonStatus.DEACTIVATED:
        if not _returns(m):
            return False
        if state is not None and since < state.valid_from.isoformat():
            # A post from before the leaving does not tell the day of the return.
            since = m.known.day.isoformat()
        if POST in m.said:
            m.said[POST] = m.said[POST] | {"started_on": since}
    status = PersonStatus.SERVING if POST in m.said else PersonStatus.IDLE
    _change(m, state, on=since, status=status, residence_id=person.residence_id)
    m.show("状态", person.get_status_display(), PersonStatus(status).label)
    m.update_person(status=status)
    return True


def _returns(m: Encounter) -> bool:
    status = m.person.get_status_display()
    if m.person.status not in AWAY:
        hold(m.row, f"在册状态为「{status}」，请核对证件号码。", rule="R21")
        return False
    message = f"在册状态为「{status}」，是否已回来工作？不是的请核对证件号码。"
    return ask(m.row, RETURN, message, rule="R21") == LEDGER


def serve(m: Encounter, post: dict[str, Any]) -> None:
    """Who was idle serves again from the day the new post begins."""
    state = m.known.states.get(m.person.pk)
    if state is None:
        return
    _change(m, state, on=post["started_on"], status=PersonStatus.SERVING)
    begun = _begun(m)
    if begun is not None and state == m.known.first.get(m.person.pk):
        # Idle only because nobody had said so: she serves since the post began.
        begun["valid_from"] = post["started_on"]
    m.update_person(status=PersonStatus.SERVING)


def idle(m: Encounter, *, on: datetime.date) -> None:
    """Who served and holds no other post is idle from a day on (states.follow_posts)."""
    state = m.known.states.get(m.person.pk)
    _change(m, state, on=on.isoformat(), status=PersonStatus.IDLE)
    m.update_person(status=PersonStatus.IDLE)


def know_since(m: Encounter, day: str, *, corrects: Post | None = None) -> None:
    """Whoever is registered after a post began has been there since (states.known_since);
    `corrects` is the post that began on another day than was known."""
    first = m.known.first.get(m.person.pk)
    if first is None:
        return
    begins = first_day(
        first,
        m.person,
        datetime.date.fromisoformat(day),
        was=corrects.started_on if corrects else None,
        posts=[p.started_on for p in m.known.held[m.person.pk] if p != corrects],
    )
    if begins != first.valid_from:
        m.update(STATE, first.pk, valid_from=begins.isoformat())


def meet_residence(m: Encounter) -> None:
    """Another residence holds from the day of the import on, like one that is edited."""
    new, old = m.said[PERSON]["residence_id"], m.person.residence_id
    # A county says nothing against one of its townships.
    if "residence" not in m.given or (old or "").startswith(new):
        return
    m.show("常住地", place_name(old) if old else "", place_name(new))
    m.update_person(residence_id=new)
    if m.person.pk not in m.known.posts and m.inserted(POST) is None:
        m.update_person(region_id=new)
    begun, state, day = _begun(m), m.known.states.get(m.person.pk), m.known.day
    if begun is not None:
        begun["residence_id"] = new
    else:
        _change(m, state, on=day.isoformat(), status=m.person.status, residence_id=new)


def _begun(m: Encounter) -> dict[str, Any] | None:
    """The columns of the state that this row lets begin, if any."""
    changes = m.row.writes["update"].get(STATE, [])
    return m.inserted(STATE) or next((c for c in changes if "status" in c), None)


def _change(m: Encounter, state: PersonState | None, *, on: str, **values: Any) -> None:
    """Stage what an action would write at once (states.plan_state): from a day on, or from the
    first day of what holds now, whichever is later."""
    day = datetime.date.fromisoformat(on)
    rows = [copy(state)] if state is not None else []
    day = max([day, *(row.valid_from for row in rows)])
    plan = plan_state(m.person, rows, on=day, **values)
    if plan.closed is not None:
        m.update(STATE, plan.closed.pk, valid_to=day.isoformat())
    if plan.is_new:
        begun = {name: getattr(plan.begins, name) for name in ("status", "residence_id")}
        m.insert(STATE, **begun, valid_from=day.isoformat())
    else:
        m.update(STATE, plan.begins.pk, **values)
