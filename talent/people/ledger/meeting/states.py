"""Status and residence, which are dated: what held before stays true of its days."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from core.ledgers.asking import ask, hold
from core.regions.names import place_name
from talent.codes import AWAY, REGISTERED_STATUSES, PersonStatus
from talent.people.ledger.meeting.encounter import PERSON, POST, STATE, Encounter
from talent.people.ledger.meeting.questions import LEDGER, RETURN
from talent.people.states import first_day
from talent.posts.models import Post


def meet_status(m: Encounter) -> bool:
    """A 停用 person is reactivated; who left or retired comes back when somebody says so.

    False when the person is gone, so that nothing else of the row can be meant.
    """
    person = m.person
    if person.status in REGISTERED_STATUSES:
        return True
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
    if state is not None:
        since = max(since, state.valid_from.isoformat())
        m.update(STATE, state.pk, valid_to=since)
    _begin(m, status=status, residence=person.residence_id, since=since)
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
    since = max(post["started_on"], state.valid_from.isoformat())
    m.update(STATE, state.pk, valid_to=since)
    if state == m.known.first.get(m.person.pk):
        # Idle only because nobody had said so: she serves since the post began.
        since = post["started_on"]
    _begin(m, status=PersonStatus.SERVING, residence=state.residence_id, since=since)
    m.update_person(status=PersonStatus.SERVING)


def know_since(m: Encounter, day: str, *, corrects: Post | None = None) -> None:
    """Whoever is registered after a post began has been there since (keeping.known_since);
    `corrects` is the post that began on another day than was known."""
    first = m.known.first.get(m.person.pk)
    if first is None or not m.is_free(STATE, first.pk):
        return
    others = [p.started_on for p in m.known.held[m.person.pk] if p != corrects]
    begins = first_day(
        first.valid_from,
        datetime.date.fromisoformat(day),
        was=corrects.started_on if corrects else None,
        others=[timezone.localdate(m.person.created_at), *others],
    )
    begins = min(begins, first.valid_to or begins)
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
    begun, state, day = m.inserted(STATE), m.known.states.get(m.person.pk), m.known.day
    if state is not None and not m.is_free(STATE, state.pk):
        # Since when she is known to be there (know_since) is not shown: it can wait.
        del m.row.writes["update"][STATE]
    if begun is not None:
        begun["residence_id"] = new
    elif state is not None and state.valid_from >= day:
        m.update(STATE, state.pk, residence_id=new)
    else:
        if state is not None:
            m.update(STATE, state.pk, valid_to=day.isoformat())
        _begin(m, status=m.person.status, residence=new, since=day.isoformat())


def _begin(m: Encounter, *, status: str, residence: str | None, since: str) -> None:
    m.insert(STATE, status=status, residence_id=residence, valid_from=since)
