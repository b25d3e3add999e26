"""People enter the registry, move, leave, die, are deactivated and come back.

Dates given are the last day in the old state where a person leaves, retires or dies: figures
count the person on that day and no longer on the next (DOMAIN "What happens when").
"""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from core.dates import check_not_future, today
from core.guards import claim, locked, require, touch
from core.models import ReadEvent, Region, SecurityEvent, User
from core.regions.names import place_name
from core.rules import RuleError
from core.scoping import ensure_visible, in_scope
from core.secrecy.crypto import blind_index
from talent.codes import (
    AWAY,
    REGISTERED_STATUSES,
    PersonStatus,
    RegistrationState,
    Verification,
)
from talent.people.known import county_of_registered, is_reactivable
from talent.people.models import Person
from talent.people.rules import check_death
from talent.people.states import change_state, enter, keep_residence, locate
from talent.posts.models import Post

GONE = (PersonStatus.DECEASED, PersonStatus.MERGED)


# What a person is again filled with when a 停用 record's ID number comes once more.
REFILLED = (
    "name", "former_name", "phone", "sex", "birth_date", "ethnicity", "ethnicity_word",
    "political_status", "native_place", "household_place", "residence_id", "category",
    "sources", "service_fields", "remark",
)  # fmt: skip


def _day_after(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=1)


# --- Enter and edit -------------------------------------------------------------------------
@transaction.atomic
def create_person(*, person: Person, by: User, post: Post | None = None) -> Person:
    """Enter a person, with a first post if given; the person as registered.

    Raises RuleError R4 with the county when the ID number is registered. A 停用 record of the
    own area is brought back instead, filled with what was entered, and returned.
    """
    from talent.posts.actions import start_post  # noqa: PLC0415

    require(by, "talent.add_person")
    existing = _registered(person, by)
    if existing is not None:
        person = _bring_back(existing, person, by=by)
    else:
        person.clean()
        # As a ledger has it: in service with a post, waiting for one without.
        person.status = PersonStatus.SERVING if post else PersonStatus.IDLE
        person.verification = Verification.EMPLOYER if by.is_staff_role else Verification.SELF
        # As a ledger does.
        person.confirm(today())
        enter(person, on=post.started_on if post else None)
    if post is not None:
        post.person = person
        start_post(post=post, by=by)
    ensure_visible(person, by)
    return person


def _registered(person: Person, by: User) -> Person | None:
    """The 停用 record to bring back, None for a new number; RuleError for any other."""
    index = blind_index(str(person.id_number), purpose="id_number")
    found = Person.objects.select_for_update(of=("self",)).filter(id_index=index).first()
    if found is None:
        return None
    if is_reactivable(found.status, found.region_id, by):
        return found
    raise RuleError("R4", registered_message(found.county or "", by), field="id_number")


def registered_message(county: str, by: Any) -> str:
    """What anyone may learn of a person registered elsewhere: the county. Of the own area it is
    said where the record is found."""
    if county and in_scope(county, by):
        return "本辖区已有这个证件号码的档案，请按证件号码查找后办理，不要重复建档。"
    place = place_name(county) if county else "尚未定位到县"
    return f"该证件号码已在册，归属{place}。如需在本地登记，请申请转入，不要重复建档。"


def _bring_back(existing: Person, entered: Person, *, by: User) -> Person:
    for field in REFILLED:
        if value := getattr(entered, field):
            setattr(existing, field, value)
    existing.confirm(today())
    existing.clean()
    existing.version += 1
    existing.save()
    keep_residence(existing)
    return reactivate_person(person=existing, by=by, reason="证件号再次录入，恢复原档案")


@transaction.atomic
def update_person(*, person: Person, by: User) -> Person:
    """Save an edited person; the instance carries the new values, its version is raised.

    Raises RuleError R4 when the ID number belongs to somebody else.
    """
    before = claim(person, by, "talent.change_person")
    not_merged(before)
    if person.id_number != before.id_number:
        county = county_of_registered(str(person.id_number), but=person.pk)
        if county is not None:
            raise RuleError("R4", registered_message(county, by), field="id_number")
    person.clean()
    person.version = before.version + 1
    person.save()
    keep_residence(person)
    ensure_visible(person, by)
    return person


@transaction.atomic
def confirm_person(*, person: Person, by: User) -> None:
    """Say that the record is still true; a person to be verified is in service again."""
    person = claim(person, by, "talent.change_person")
    if person.status == PersonStatus.UNVERIFIED:
        _set_status(person, _serving_or_idle(person), on=today(), reason="核实在册")
    person.confirm(today())
    touch(person, "confirmed_on", "confirmed_before", "status")


@transaction.atomic
def move_residence(
    *, person: Person, by: User, residence: Region, moved_on: datetime.date, reason: str = ""
) -> None:
    """Another residence from a day on, inside the area of who records it."""
    person = claim(person, by, "talent.change_person")
    _require_alive(person)
    check_not_future(moved_on, label="迁居日期", field="moved_on")
    if not in_scope(residence.code, by):
        message = "新的常住地不在您的辖区，请办理「转出」。"
        raise RuleError("SCOPE", message, field="residence")
    change_state(person, on=moved_on, reason=reason, residence_id=residence.code)
    touch(person, "residence")
    locate(person)
    ensure_visible(person, by)


# --- Leave and come back --------------------------------------------------------------------
@transaction.atomic
def leave_province(
    *, person: Person, by: User, left_on: datetime.date, reason: str, is_native: bool | None = None
) -> None:
    """Left the province: out of stock the day after, posts end, kept in the 流出 list.

    Whether 黔籍 follows from native place and household unless said.
    """
    person = claim(person, by, "talent.end_person")
    _require_status(person, (*REGISTERED_STATUSES, PersonStatus.RETIRED))
    check_not_future(left_on, label="离省日期", field="left_on")
    if is_native is None:
        code = settings.PROVINCE_CODE
        is_native = any(p.startswith(code) for p in (person.native_place, person.household_place))
    status = PersonStatus.LEFT_NATIVE if is_native else PersonStatus.LEFT
    _go(person, status, last_day=left_on, reason=reason)


@transaction.atomic
def retire_person(
    *, person: Person, by: User, retired_on: datetime.date, reason: str, keeps_posts: bool = False
) -> None:
    """Retired: posts end unless the person goes on holding them (and then counts by them)."""
    person = claim(person, by, "talent.end_person")
    _require_status(person, REGISTERED_STATUSES)
    check_not_future(retired_on, label="退休日期", field="retired_on")
    _go(person, PersonStatus.RETIRED, last_day=retired_on, reason=reason, keeps_posts=keeps_posts)


@transaction.atomic
def return_person(*, person: Person, by: User, returned_on: datetime.date, reason: str) -> None:
    """Back from outside or from retirement; in stock from the day of return.

    On the very day of leaving she comes back before she was gone: the leaving is replaced.
    """
    person = claim(person, by, "talent.end_person")
    _require_status(person, AWAY)
    check_not_future(returned_on, label="返回日期", field="returned_on")
    last_day = person.states.get(valid_to=None).valid_from - datetime.timedelta(days=1)
    if returned_on < last_day:
        words = f"{last_day} 还在库，返回日期不能早于这一天，请核对。"
        raise RuleError("STATE", words, field="returned_on")
    status, is_at_once = _serving_or_idle(person), returned_on == last_day
    _set_status(person, status, on=returned_on, reason=reason, replace_later=is_at_once)
    touch(person, "status")
    locate(person)


@transaction.atomic
def record_death(
    *, person: Person, by: User, died_on: datetime.date, proof: str, reason: str = ""
) -> None:
    """R21: with date and proof; ends posts and registrations, closes the account.

    Whatever had been recorded after the day of death is replaced.
    """
    person = claim(person, by, "talent.end_person")
    _require_alive(person)
    check_death(died_on, proof, birth_date=person.birth_date)
    _go(person, PersonStatus.DECEASED, last_day=died_on, reason=reason or "去世", proof=proof)
    periods = person.registrationperiods.filter(ended_on=None, ends_on__gt=died_on)
    for period in periods.select_for_update():
        period.state = RegistrationState.CANCELLED
        if period.starts_on < died_on:
            period.ends_on = died_on
        touch(period, "state", "ends_on")
    close_account(person, by=by, reason="人员去世")


@transaction.atomic
def deactivate_person(
    *, person: Person, by: User, reason: str, since: datetime.date | None = None
) -> None:
    """停用, never deleted. Without `since` the record was a mistake and counts on no day, past
    ones included; with it (withdrawn, anonymised) it counts no longer from then on."""
    person = claim(person, by, "talent.end_person")
    _require_status(person, (*REGISTERED_STATUSES, *AWAY))
    check_not_future(since, label="自何时起", field="since")
    person.is_mistake, day = since is None, since or today()
    _end_posts(person, on=day, reason=reason)
    _set_status(person, PersonStatus.DEACTIVATED, on=day, reason=reason, replace_later=True)
    touch(person, "status", "is_mistake")
    locate(person)
    close_requests(person, reason="人员已停用")
    close_account(person, by=by, reason="人员已停用")


@transaction.atomic
def reactivate_person(*, person: Person, by: User, reason: str) -> Person:
    """A 停用 record lives again, from today; of a mistake that was none the days before 停用
    count again as well."""
    person = claim(person, by, "talent.end_person")
    _require_status(person, (PersonStatus.DEACTIVATED,))
    person.is_mistake = False
    _set_status(person, _serving_or_idle(person), on=today(), reason=reason)
    touch(person, "status", "is_mistake")
    locate(person)
    return person


@transaction.atomic
def reveal_person(*, person: Person, by: User, reason: str) -> Person:
    """The record whose full numbers may now be shown; leaves a ReadEvent with the reason.

    Raises RuleError without a reason. When the event cannot be written nothing is shown.
    """
    person = claim(person, by, "talent.reveal_person")
    if len(reason.strip()) < 2:
        raise RuleError("REVEAL", "请写明查看事由，本人可以看到。", field="reason")
    ReadEvent.record(user=by, kind=ReadEvent.Kind.REVEAL, people=[person.pk], reason=reason.strip())
    return person


# --- Steps ----------------------------------------------------------------------------------
def not_merged(person: Person) -> Person:
    """The person locked; RuleError for a duplicate, which takes nothing more."""
    person = locked(person)
    if person.status == PersonStatus.MERGED:
        raise RuleError("STATE", "这份档案已合并到另一份，请在保留的档案上登记。")
    return person


def add_record(*, by: User, **given: Any) -> Any:
    """Enter what belongs to a person, given as an unsaved row under the name of its model.

    Raises RuleError where the person is a duplicate: what is so is entered with the kept one.
    """
    (record,) = given.values()
    not_merged(record.person)
    record.save(force_insert=True)
    return record


def _require_alive(person: Person) -> None:
    if person.status in GONE:
        raise RuleError("STATE", f"人员状态为「{person.get_status_display()}」，不能再办理。")


def _require_status(person: Person, allowed: tuple[str, ...]) -> None:
    if person.status not in allowed:
        raise RuleError("STATE", f"人员状态为「{person.get_status_display()}」，不能办理这一项。")


def _serving_or_idle(person: Person) -> str:
    has_post = person.posts.unended().exists()
    return PersonStatus.SERVING if has_post else PersonStatus.IDLE


def _set_status(
    person: Person,
    status: str,
    *,
    on: datetime.date,
    reason: str,
    proof: str = "",
    replace_later: bool = False,
) -> None:
    change_state(
        person, on=on, reason=reason, proof=proof, replace_later=replace_later, status=status
    )


def _go(
    person: Person,
    status: str,
    *,
    last_day: datetime.date,
    reason: str,
    proof: str = "",
    keeps_posts: bool = False,
) -> None:
    """Out of stock the day after `last_day`; open posts end with it."""
    dies = status == PersonStatus.DECEASED
    if not keeps_posts:
        _end_posts(person, on=_day_after(last_day), reason=reason)
    _set_status(
        person, status, on=_day_after(last_day), reason=reason, proof=proof, replace_later=dies
    )
    touch(person, "status")
    locate(person)
    close_requests(person, reason=f"人员{PersonStatus(status).label}")


def _end_posts(person: Person, *, on: datetime.date, reason: str) -> None:
    """End open posts, and cut those that had been ended later than `on`."""
    person.posts.cut_all(on=on)
    person.posts.end_all(on=on, reason=reason)


def close_requests(person: Person, *, reason: str) -> None:
    """Requests about a person who is no longer there are withdrawn."""
    for requests in (person.transfers, person.changerequests):
        requests.pending().withdraw(reason)


def close_account(person: Person, *, by: User, reason: str) -> None:
    """The worker's account goes with the record, and the security log says so."""
    _switch_account(person, by=by, reason=reason, is_active=False)


def reopen_account(person: Person, *, step: Any, by: User) -> None:
    """The account that a step had closed comes back with what else it had ended."""
    account = User.objects.filter(pk=Person.objects.get(pk=person.pk).user_id).first()
    if account is None:
        return
    events = SecurityEvent.objects.filter(target=account.username, kind__in=[_CLOSED, _OPENED])
    last = events.order_by("-id").first()
    # One that somebody closed before or since stays closed.
    if (
        last is not None
        and last.kind == _CLOSED
        and last.actor_id == step.by_id
        and (step.wrote(last))
    ):
        _switch_account(person, by=by, reason=f"撤销「{step.label}」", is_active=True)


_CLOSED, _OPENED = "停用账号", "启用账号"


def _switch_account(person: Person, *, by: User, reason: str, is_active: bool) -> None:
    account = User.objects.filter(pk=person.user_id).exclude(is_active=is_active).first()
    if account is None:
        return
    User.objects.filter(pk=account.pk).update(is_active=is_active, session_key="")
    SecurityEvent.record(
        kind=_OPENED if is_active else _CLOSED,
        actor=by,
        target=account.username,
        region_code=person.region_id or "",
        reason=reason,
    )
