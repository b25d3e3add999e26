"""A post that has ended by the row's own words, on a day that the row tells: it ends as by the
action of a post (talent.posts.actions.end_post), so that earlier days keep it."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from core.dates import says_otherwise
from core.ledgers.asking import ask, hold, say
from core.ledgers.ledger import ImportContext
from core.models import ImportRow
from core.rules import RuleError
from talent.codes import NOT_EMPLOYED, REGISTERED_STATUSES, PersonStatus
from talent.people.ledger.meeting.encounter import PERSON, POST, STATE, Encounter, as_staged
from talent.people.ledger.meeting.known import employer_of
from talent.people.ledger.meeting.questions import LEDGER, LEFT, held_as_left
from talent.people.ledger.meeting.states import idle
from talent.people.states import goes_on
from talent.posts.models import Post
from talent.posts.rules import check_post_order

# The rule of the remark on rows that end a post.
ENDS = "LEFT"
_REASON, _HANDED_ON = "台账导入：离职", "主岗离岗"
_DAY = datetime.timedelta(days=1)
# Of a post that goes on as another row.
_CARRIED = ("region_id", "kind", "title", "employment")


def may_be_there(row: ImportRow) -> bool:
    """Of somebody else's people no leaving is written: whether she is not said to have left, or
    somebody says that she has not."""
    return "left" not in row.shown or _wonder(row)


def leave_unmet(row: ImportRow, context: ImportContext) -> None:
    """Somebody new comes in with the post that has ended; who lacks its employer or its first day
    waits for somebody to say that she still holds it."""
    if (left := row.shown.get("left")) is None:
        return
    posts, given = row.inserts(POST), row.shown["given"]
    last_day = datetime.date.fromisoformat(left["on"])
    is_whole = posts and {"employer", "started_on"} <= set(given)
    if not is_whole or posts[0]["started_on"] > left["on"]:
        _wonder(row)
        return
    since = (last_day + _DAY).isoformat()
    (person,), (serving,) = row.inserts(PERSON), row.inserts(STATE)
    posts[0] |= {"ended_on": since, "end_reason": _REASON}
    person |= {"status": PersonStatus.IDLE, "region_id": person["residence_id"]}
    idle_state = {"id": context.new_id(), "status": PersonStatus.IDLE, "valid_from": since}
    row.inserts(STATE).append(serving | idle_state)
    serving["valid_to"] = since
    _tell(row)


def meet_leaving(m: Encounter) -> bool:
    """End the open post that the row names; False where it is open whether she has left, so that
    nothing else of the row can be meant."""
    if (left := m.row.shown.get("left")) is None:
        return True
    if m.person.status not in REGISTERED_STATUSES:
        return _wonder(m.row)
    post, ended_on = _named(m), datetime.date.fromisoformat(left["on"]) + _DAY
    if (post is None or post.started_on >= ended_on) and _has_left(m, left):
        # Whether or not she came back since.
        m.said.pop(POST, None)
        return True
    if post is None:
        return _wonder(m.row)
    try:
        check_post_order(post.started_on, ended_on - _DAY)
    except RuleError as error:
        hold(m.row, str(error), rule=error.rule, column="离岗日期")
        return False
    m.said.pop(POST, None)
    _end(m, post, ended_on)
    _tell(m.row)
    return True


def _wonder(row: ImportRow) -> bool:
    """Put the question that a leaving without a day puts; whether she is still there."""
    said = row.shown["left"]["said"]
    return ask(row, LEFT, held_as_left(said), rule="R21") == LEDGER


def _tell(row: ImportRow) -> None:
    left = row.shown["left"]
    month = "（台账只写到月，按当月最后一天）" if left["precision"] == "M" else ""
    say(row, f"按台账登记离岗，最后在岗日 {left['on']}{month}。", rule=ENDS, level="I")


def _employer(m: Encounter) -> str:
    """The key of the employer that the row names, "" where it names none."""
    said = m.said.get(POST, {}) if "employer" in m.given else {}
    return said.get("station_id") or said.get("organization_id") or ""


def _named(m: Encounter) -> Post | None:
    """The open post with the employer of the row, the primary one where it names none."""
    named = _employer(m)
    if not named:
        return m.known.posts.get(m.person.pk)
    open_ones = [p for p in m.known.held[m.person.pk] if p.ended_on is None]
    alike = [p for p in open_ones if employer_of(p) == named]
    return min(alike, key=lambda p: not p.is_primary, default=None)


def _has_left(m: Encounter, left: dict[str, Any]) -> bool:
    """Whether the registry knows of that leaving already."""
    named = _employer(m)
    return any(
        key == m.person.pk
        and named in ("", employer)
        and not says_otherwise(end - _DAY, left["on"], left["precision"])
        for key, employer, end in m.known.ended
    )


def _end(m: Encounter, post: Post, ended_on: datetime.date) -> None:
    ends, _ = goes_on(on=ended_on, reason=_REASON)
    m.update(POST, post.pk, **as_staged(ends))
    label = "主岗" if post.is_primary else "兼岗"
    m.show(label, post.employer_name, f"离岗，最后在岗日 {ended_on - _DAY}")
    others = [p for p in m.known.held[m.person.pk] if p.ended_on is None and p.pk != post.pk]
    if not others and m.person.status == PersonStatus.SERVING:
        idle(m, on=ended_on)
    if post.is_primary:
        del m.known.posts[m.person.pk]
        if (other := hand_over(m.row, others, on=ended_on)) is None:
            m.update_person(region_id=m.person.residence_id)
            return
        m.update_person(region_id=other.region_id)
        m.known.posts[m.person.pk] = other


def hand_over(row: ImportRow, others: list[Post], *, on: datetime.date) -> Post | None:
    """Of the posts that are left when the primary one ends, the full-time one held longest becomes
    it (states.keep_primary), None where there is none. It goes on as a row of its own, from its
    own first day at the earliest: two primary ones would be open while the one is written, or
    taken back, before the other."""
    held = [post for post in others if post.employment not in NOT_EMPLOYED]
    if not held:
        return None
    post = min(held, key=lambda one: (one.started_on, str(one.pk)))
    ends, begins = goes_on(on=max(on, post.started_on), reason=_HANDED_ON)
    row.change(POST, post.pk, **as_staged(ends))
    carried = {name: getattr(post, name) for name in _CARRIED}
    row.inserts(POST).append({
        "id": str(uuid.uuid4()),
        "person_id": str(post.person_id),
        "station_id": post.station_id and str(post.station_id),
        "organization_id": post.organization_id and str(post.organization_id),
        **carried,
        "is_primary": True,
        "ended_on": None,
        "end_reason": "",
        **as_staged(begins),
    })  # fmt: skip
    row.diff.append(["主岗", "", post.employer_name])
    return post
