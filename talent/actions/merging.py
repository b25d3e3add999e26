"""Two records of one person become one: what belongs to the duplicate moves to the kept one.

The duplicate stays, 合并 from its first day, with its own number, which leads to the kept
record; whatever would stand there twice stays with the duplicate, ended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from core.actions import claim, touch
from core.dates import today
from core.models import User
from core.rules import RuleError
from talent import rules
from talent.actions.people import GONE, REFILLED, close_account, close_requests
from talent.codes import ClaimState, PersonStatus
from talent.keeping import change_state, locate
from talent.models import Person, PersonState, Post

_UNKNOWN_SEX = "0"


@transaction.atomic
def merge_person(*, person: Person, by: User, kept: Person, reason: str) -> str:
    """`person` is the duplicate of `kept`, both of the area of who merges; not undone.

    Raises RuleError where either has died or was merged, or the kept one is out of use.
    """
    if person.pk == kept.pk:
        raise RuleError("MERGE", "保留的档案不能是这份档案自己。", field="kept")
    both = {
        p.pk: claim(p, by, "talent.merge_person")
        for p in sorted((person, kept), key=lambda p: str(p.pk))
    }
    person, kept = both[person.pk], both[kept.pk]
    _check(person, kept)
    why = f"合并到人才编号 {kept.number}：{reason}"[:200]
    _move_posts(person, kept, why)
    for accessor, is_same in _TWICE.items():
        _move_records(accessor, is_same, person, kept, why)
    _move_states(person, kept, why)
    _fill(person, kept)
    _move_account(person, kept, by=by)
    close_requests(person, reason="人员已合并")
    locate(person)
    locate(kept)
    return f"已合并：{person}的这份档案并入人才编号 {kept.number}。"


def _check(person: Person, kept: Person) -> None:
    if person.status in GONE:
        raise RuleError("MERGE", f"这份档案的状态为「{person.get_status_display()}」，不能再合并。")
    if kept.status in (*GONE, PersonStatus.DEACTIVATED):
        status = kept.get_status_display()
        raise RuleError("MERGE", f"保留的档案状态为「{status}」，请改选或先恢复。", field="kept")


# --- Posts ----------------------------------------------------------------------------------
def _move_posts(person: Person, kept: Person, why: str) -> None:
    """One primary post on any day (R14); the same post of both is one, from the earlier day."""
    held = list(kept.posts.select_for_update(of=("self",)))
    for post in person.posts.select_for_update(of=("self",)).order_by("started_on", "pk"):
        same = next((p for p in held if _is_same_post(post, p)), None)
        if same is not None:
            if post.started_on < same.started_on:
                same.started_on, same.started_precision = post.started_on, post.started_precision
                touch(same, "started_on", "started_precision")
            post.ended_on, post.end_reason = post.started_on, why
            touch(post, "ended_on", "end_reason")
            continue
        for other in held:
            _settle_primary(post, other)
        post.person = kept
        touch(post, "person", "is_primary", "ended_on")
        held.append(post)


def _settle_primary(post: Post, other: Post) -> None:
    """Of two primary posts at a time the open one stays and the ended one ends before it;
    of two that are alike that of the record to be kept stays."""
    if not (post.is_primary and other.is_primary and _overlap(post, other)):
        return
    if (post.ended_on is None) == (other.ended_on is None):
        post.is_primary = False
        return
    ended, still_held = (post, other) if other.ended_on is None else (other, post)
    if ended.started_on < still_held.started_on:
        ended.ended_on = still_held.started_on
    else:
        ended.is_primary = False
    if ended is other:
        touch(other, "ended_on", "is_primary")


def _is_same_post(one: Post, other: Post) -> bool:
    """Both open, with the same employer."""
    is_open = one.ended_on is None and other.ended_on is None
    employer = (one.station_id, one.organization_id) == (other.station_id, other.organization_id)
    return is_open and employer


def _overlap(one: Post, other: Post) -> bool:
    begins = one.ended_on is None or other.started_on < one.ended_on
    return begins and (other.ended_on is None or one.started_on < other.ended_on)


# --- Records --------------------------------------------------------------------------------
def _same_certificate(one: Any, other: Any) -> bool:
    is_numbered = one.number and other.number
    return one.level == other.level and not is_numbered


def _same_period(one: Any, other: Any) -> bool:
    """R11: periods of a person do not overlap."""
    count = rules.counts_as_period(one.state) and rules.counts_as_period(other.state)
    return count and one.starts_on <= other.ends_on and other.starts_on <= one.ends_on


def _same_education(one: Any, other: Any) -> bool:
    return one.level == other.level and (one.major == other.major or not one.major)


def _same_title(one: Any, other: Any) -> bool:
    return (one.series, one.level) == (other.series, other.level)


def _same_claim(one: Any, other: Any) -> bool:
    live = ClaimState.REFUSED not in (one.state, other.state)
    return live and one.claim_class == other.claim_class


# What of a person would stand there twice, by accessor.
_TWICE: dict[str, Callable[[Any, Any], bool]] = {
    "certificates": _same_certificate,
    "registrationperiods": _same_period,
    "educations": _same_education,
    "titles": _same_title,
    "keytalentclaims": _same_claim,
}


def _strength(row: Any) -> tuple[bool, str]:
    """What was approved, or checked more thoroughly, is the one to keep."""
    is_approved = getattr(row, "state", "") == ClaimState.APPROVED and hasattr(row, "claim_class")
    return is_approved, getattr(row, "verification", "")


def _move_records(
    accessor: str, is_same: Callable[[Any, Any], bool], person: Person, kept: Person, why: str
) -> None:
    held = list(getattr(kept, accessor).filter(ended_on=None).select_for_update(of=("self",)))
    for row in getattr(person, accessor).filter(ended_on=None).select_for_update(of=("self",)):
        same = next((other for other in held if is_same(row, other)), None)
        if same is None:
            row.person = kept
            touch(row, "person")
            held.append(row)
            continue
        is_stronger = _strength(row) > _strength(same)
        if is_stronger:
            held[held.index(same)] = row
            row, same = same, row
            same.person = kept
        row.ended_on, row.end_reason = today(), why
        touch(row, "ended_on", "end_reason")
        takes_number = accessor == "certificates" and row.number and not same.number
        if takes_number:
            same.number = row.number
        if is_stronger or takes_number:
            same.version += 1
            same.save()


# --- The person -----------------------------------------------------------------------------
def _move_states(person: Person, kept: Person, why: str) -> None:
    """On any day one of the two is in the registry: the kept one, known as early as either."""
    states = list(person.states.order_by("valid_from"))
    first = kept.states.order_by("valid_from").first()
    for state in states:
        if first is not None and state.valid_from < first.valid_from:
            end = min(state.valid_to or first.valid_from, first.valid_from)
            PersonState.objects.create(
                person=kept,
                status=state.status,
                residence_id=state.residence_id,
                valid_from=state.valid_from,
                valid_to=end,
                reason=state.reason,
                proof=state.proof,
            )
    since = states[0].valid_from if states else today()
    change_state(person, on=since, reason=why, replace_later=True, status=PersonStatus.MERGED)
    person.merged_into = kept
    touch(person, "status", "merged_into")
    Person.objects.filter(merged_into=person).update(merged_into=kept)
    serving = kept.posts.unended().order_by("started_on").first()
    if kept.status == PersonStatus.IDLE and serving is not None:
        last = kept.states.get(valid_to=None).valid_from
        since = max(serving.started_on, last)
        change_state(kept, on=since, reason="合并档案", status=PersonStatus.SERVING)


def _fill(person: Person, kept: Person) -> None:
    """What only the duplicate knows; a differing name becomes the former one."""
    for field in REFILLED:
        value, own = getattr(person, field), getattr(kept, field)
        if value and (not own or (field == "sex" and own == _UNKNOWN_SEX)):
            setattr(kept, field, value)
    if person.name != kept.name and not kept.former_name:
        kept.former_name = person.name
    kept.version += 1
    kept.save()


def _move_account(person: Person, kept: Person, *, by: User) -> None:
    """The worker's account goes along unless the kept record has one."""
    if person.user_id and kept.user_id is None:
        user, person.user = person.user, None
        touch(person, "user")
        kept.user = user
        touch(kept, "user")
    close_account(person, by=by, reason="档案已并入另一份")
