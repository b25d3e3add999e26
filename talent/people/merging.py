"""Two records of one person become one: what belongs to the duplicate moves to the kept one.

The duplicate stays, 合并 from its first day, with its own number, which leads to the kept
record; whatever would stand there twice stays with the duplicate, ended.
"""

from __future__ import annotations

import datetime
import itertools
import uuid
from collections.abc import Callable
from copy import copy
from typing import Any

from django.db import transaction

from core.attachments.actions import hand_over_attachments
from core.dates import today
from core.guards import claim, touch
from core.models import User
from core.rules import RuleError
from talent.codes import (
    NOT_EMPLOYED,
    ONCE_VALID_REGISTRATIONS,
    REGISTERED_STATUSES,
    ClaimState,
    PersonStatus,
)
from talent.credentials.models import RegistrationPeriod
from talent.credentials.rules import counts_as_period
from talent.key_talents.models import KeyTalentClaim
from talent.people.actions import GONE, REFILLED, close_account, close_requests
from talent.people.models import Person, PersonState
from talent.people.states import change_state, keep_primary, locate, succeed
from talent.posts.models import Post

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
    keep_primary(kept, on=today(), reason="合并档案")
    _fill(person, kept)
    hand_over_attachments(record=person, to=kept)
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
    """No day that either record served is lost, and one open primary post is left (R14).

    Of ended posts that overlap both stay: on a day of both the one that began later counts.
    """
    held = list(kept.posts.select_for_update(of=("self",)))
    own = {post.pk for post in held}
    for post in person.posts.select_for_update(of=("self",)).order_by("started_on", "pk"):
        same = next((p for p in held if _is_same_post(post, p)), None)
        if same is not None and not _goes_on(post, same, why):
            continue
        for row in _settle_primary(post, held, why):
            row.person = kept
            touch(row, "person")
            held.append(row)
    _count_full_time(kept, own, why)


def _count_full_time(kept: Person, own: set[Any], why: str) -> None:
    """A volunteer's post of one record is secondary while the other served in full time since
    before: as the later one it would count. `own` are those of the kept record."""
    primary = list(kept.posts.held().filter(is_primary=True).order_by("started_on", "pk"))
    employed = [p for p in primary if p.employment not in NOT_EMPLOYED]
    others = [(p, p.pk in own) for p in primary if p.employment in NOT_EMPLOYED]
    for post, is_own in others:
        full_time = next(
            (p for p in employed if (p.pk in own) != is_own and _held_when_begun(p, post)), None
        )
        if full_time is None:
            continue
        end = full_time.ended_on
        if end is not None and (post.ended_on is None or post.ended_on > end):
            others.append((succeed(post, on=end, reason=why), is_own))
        post.is_primary = False
        touch(post, "is_primary")


def _held_when_begun(one: Post, other: Post) -> bool:
    is_held = one.ended_on is None or one.ended_on > other.started_on
    return one.started_on <= other.started_on and is_held


def _goes_on(post: Post, same: Post, why: str) -> bool:
    """The same open post of both is one: the one that counts for more. Whether that of the
    duplicate moves, as a whole or for the days before."""
    if _weight(post) == _weight(same):
        if post.started_on < same.started_on:
            same.started_on, same.started_precision = post.started_on, post.started_precision
            touch(same, "started_on", "started_precision")
        weaker, since = post, post.started_on
    else:
        weaker, stronger = (post, same) if _weight(post) < _weight(same) else (same, post)
        since = max(weaker.started_on, stronger.started_on)
    weaker.ended_on, weaker.end_reason = since, why
    touch(weaker, "ended_on", "end_reason")
    return post.ended_on is None or post.ended_on > post.started_on


def _weight(post: Post) -> tuple[bool, bool]:
    return post.employment not in NOT_EMPLOYED, post.is_primary


def _settle_primary(post: Post, held: list[Post], why: str) -> list[Post]:
    """What of a post moves. Of two open primary ones the full-time one stays, else that of
    the record to be kept; the other was primary until that began."""
    other = next((p for p in held if p.is_primary and p.ended_on is None), None)
    if other is None or not post.is_primary or post.ended_on is not None:
        return [post]
    stays, yields = (post, other) if _weight(post) > _weight(other) else (other, post)
    rest = succeed(yields, on=stays.started_on, reason=why, is_primary=False)
    if yields is other:
        held += [rest] if rest is not other else []
        return [post]
    return [post] if rest is post else [post, rest]


def _is_same_post(one: Post, other: Post) -> bool:
    """Both open, with the same employer."""
    is_open = one.ended_on is None and other.ended_on is None
    employer = (one.station_id, one.organization_id) == (other.station_id, other.organization_id)
    return is_open and employer


# --- Records --------------------------------------------------------------------------------
def _same_certificate(one: Any, other: Any) -> bool:
    is_numbered = one.number and other.number
    return one.level == other.level and not is_numbered


def _same_period(one: Any, other: Any) -> bool:
    """R11: periods of a person do not overlap."""
    count = counts_as_period(one.state) and counts_as_period(other.state)
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
    """What was approved or issued, or checked more thoroughly, is the one to keep."""
    is_approved = isinstance(row, KeyTalentClaim) and row.state == ClaimState.APPROVED
    is_issued = isinstance(row, RegistrationPeriod) and row.state in ONCE_VALID_REGISTRATIONS
    return is_approved or is_issued, getattr(row, "verification", "")


def _move_records(
    accessor: str, is_same: Callable[[Any, Any], bool], person: Person, kept: Person, why: str
) -> None:
    held = list(getattr(kept, accessor).filter(ended_on=None).select_for_update(of=("self",)))
    for row in getattr(person, accessor).filter(ended_on=None).select_for_update(of=("self",)):
        twice = [other for other in held if is_same(row, other)]
        if not twice:
            row.person = kept
            touch(row, "person")
            held.append(row)
            continue
        same = max(twice, key=_strength)
        is_stronger = _strength(row) > _strength(same)
        if is_stronger:
            held[held.index(same)] = row
            row, same = same, row
            same.person = kept
        _end(row, why)
        takes_number = accessor == "certificates" and row.number and not same.number
        if takes_number:
            same.number = row.number
        if is_stronger:
            # A registration may overlap several.
            for other in twice:
                if other.ended_on is None and is_same(same, other):
                    held.remove(other)
                    _end(other, why)
        if is_stronger or takes_number:
            same.version += 1
            same.save()


def _end(row: Any, why: str) -> None:
    row.ended_on, row.end_reason = today(), why
    touch(row, "ended_on", "end_reason")


# --- The person -----------------------------------------------------------------------------
def _move_states(person: Person, kept: Person, why: str) -> None:
    """On any day that either was in the registry the kept one is."""
    states = list(person.states.select_for_update().held().order_by("valid_from"))
    own = list(kept.states.select_for_update().held().order_by("valid_from"))
    joined = _joined(own, states)
    if [(s.pk, s.valid_from, s.valid_to) for s in own] != [
        (s.pk, begin, end) for s, begin, end in joined
    ]:
        kept.states.all().delete()
        for state, begin, end in joined:
            row = copy(state)
            row.pk, row._state.adding = uuid.uuid4(), True
            row.person, row.valid_from, row.valid_to = kept, begin, end
            row.save(force_insert=True)
        last = joined[-1][0]
        kept.status, kept.residence_id = last.status, last.residence_id
        touch(kept, "status", "residence")
    since = states[0].valid_from if states else today()
    change_state(person, on=since, reason=why, replace_later=True, status=PersonStatus.MERGED)
    person.merged_into = kept
    touch(person, "status", "merged_into")
    Person.objects.filter(merged_into=person).update(merged_into=kept)
    serving = kept.posts.unended().order_by("started_on").first()
    if kept.status == PersonStatus.IDLE and serving is not None:
        begun = kept.states.get(valid_to=None).valid_from
        since = max(serving.started_on, begun)
        change_state(kept, on=since, reason="合并档案", status=PersonStatus.SERVING)


def _joined(
    own: list[PersonState], others: list[PersonState]
) -> list[tuple[PersonState, datetime.date, datetime.date | None]]:
    """(state, first day, day after the last) of one record from two: on each day the own state,
    but the other one where only that is of somebody in the registry, or none is known yet."""
    both = [*own, *others]
    days = sorted({s.valid_from for s in both} | {s.valid_to for s in both if s.valid_to})
    result: list[tuple[PersonState, datetime.date, datetime.date | None]] = []
    for begin, end in itertools.zip_longest(days, days[1:]):
        mine, other = _in_force(own, begin), _in_force(others, begin)
        state = mine
        if other is not None and (mine is None or mine.status not in REGISTERED_STATUSES):
            state = other if mine is None or other.status in REGISTERED_STATUSES else mine
        if result and result[-1][0] is state and result[-1][2] == begin:
            begin = result.pop()[1]
        if state is not None:
            result.append((state, begin, end))
    return result


def _in_force(states: list[PersonState], day: datetime.date) -> PersonState | None:
    return next(
        (s for s in states if s.valid_from <= day and (s.valid_to is None or s.valid_to > day)),
        None,
    )


def _fill(person: Person, kept: Person) -> None:
    """What only the duplicate knows; a differing name becomes the former one."""
    for field in REFILLED:
        value, own = getattr(person, field), getattr(kept, field)
        if value and (not own or (field == "sex" and own == _UNKNOWN_SEX)):
            setattr(kept, field, value)
    if person.name != kept.name and not kept.former_name:
        kept.former_name = person.name
    if person.confirmed_on:
        kept.confirm(person.confirmed_on, *person.confirmed_before)
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
