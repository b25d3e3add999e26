"""Posts begin and end; the person follows the open primary one."""

from __future__ import annotations

import datetime

from django.db import transaction

from core.dates import check_not_future, today
from core.guards import claim, locked, require, touch
from core.models import User
from core.regions.names import place_name
from core.rules import Answers, Flag, RuleError
from core.scoping import OutOfScope, ensure_visible, in_scope
from stations.models import Organization, Station
from stations.places.rules import CLOSED_STATUSES
from talent.codes import MAY_SERVE, NOT_EMPLOYED, Employment, PersonStatus
from talent.people.models import Person
from talent.people.states import change_state, follow_posts, known_since, locate, succeed
from talent.posts.models import Post
from talent.posts.rules import (
    check_age_at_post,
    check_one_primary,
    check_other_county,
    check_post_order,
    check_post_within,
    check_primary_overlap,
    place_post,
)

REASSIGNED = "调岗"


def check_post(post: Post) -> list[Flag]:
    """R6, R14 and R15 of a post against its person, employer and the person's other posts.

    Raises RuleError; the form of a post calls it too. The post needs its region.
    """
    answers = Answers()
    answers.ask(check_not_future, post.started_on, label="入职日期", field="started_on")
    open_posts = post.person.posts.unended().exclude(pk=post.pk)
    if post.ended_on is None and not post.replaces_primary:
        has_primary = open_posts.filter(is_primary=True).exists()
        answers.ask(check_one_primary, is_primary=post.is_primary, has_open_primary=has_primary)
    opened_on, closed_on = _life_of_employer(post)
    others = open_posts.employed().values_list("region_id", flat=True)
    primary = post.person.posts.filter(is_primary=True).exclude(pk=post.pk)
    ended = primary.exclude(ended_on=None).order_by("started_on")
    answers.ask(check_age_at_post, post.person.birth_date, post.started_on)
    answers.ask(
        check_post_within,
        started_on=post.started_on,
        ended_on=post.ended_on,
        opened_on=opened_on,
        closed_on=closed_on,
    )
    answers.ask(
        check_other_county,
        is_full_time=post.employment not in NOT_EMPLOYED,
        county=(post.region_id or "")[:6],
        other_counties=[code[:6] for code in others],
    )
    answers.ask(
        check_primary_overlap,
        post.started_on,
        ended.values_list("started_on", "ended_on") if post.is_primary else (),
        ended_on=post.ended_on,
    )
    return answers.settle()


def _life_of_employer(post: Post) -> tuple[datetime.date | None, datetime.date | None]:
    """First day of the employer and the first day after it, as far as they are known."""
    station, organization = post.station, post.organization
    closed_on = organization.ended_on if organization else None
    if station is None:
        return None, closed_on
    if station.status in CLOSED_STATUSES:
        last = station.states.filter(status__in=CLOSED_STATUSES).order_by("valid_from").first()
        closed = last.valid_from if last else today()
        closed_on = min(closed, closed_on) if closed_on else closed
    return station.built_on, closed_on


@transaction.atomic
def start_post(*, post: Post, by: User) -> Post:
    """Begin a post, given as an unsaved row; two at once end with one open primary.

    One that `replaces_primary` ends the open primary post where it begins: nobody is 待岗
    between. Raises RuleError (R6, R14, R15) and OutOfScope for a place of work outside the area.
    """
    require(by, "talent.add_post")
    person = claim(post.person, by, "talent.add_post")
    if person.status not in MAY_SERVE:
        label = person.get_status_display()
        raise RuleError("STATE", f"人员状态为「{label}」，请先办理恢复或返回，再添加任职。")
    post.person = person
    _check_place(post, by)
    check_post(post)
    if post.replaces_primary:
        _end_primary(post, by)
    post.save(force_insert=True)
    if person.status in (PersonStatus.IDLE, PersonStatus.UNVERIFIED) and post.ended_on is None:
        _set_status(person, PersonStatus.SERVING, on=post.started_on, reason="入职")
    known_since(person, post.started_on)
    locate(person)
    ensure_visible(post, by)
    return post


def _end_primary(post: Post, by: User) -> None:
    """End the open primary post of the person of a new one on the day that one begins."""
    old = (
        post.person.posts.unended().filter(is_primary=True).select_for_update(of=("self",)).first()
    )
    if old is None:
        return
    require(by, "talent.end_post")
    if post.started_on <= old.started_on:
        words = f"到岗日期应晚于原主岗的入职日期 {old.started_on}，请核对。"
        raise RuleError("R14", words, field="started_on")
    old.ended_on, old.end_reason = post.started_on, post.end_reason or REASSIGNED
    touch(old, "ended_on", "end_reason")
    post.end_reason = ""


@transaction.atomic
def reassign(
    *,
    person: Person,
    by: User,
    started_on: datetime.date,
    reason: str,
    station: Station | None = None,
    organization: Organization | None = None,
    kind: str = "",
    employment: str = "",
) -> str:
    """调岗: the primary post ends and another begins, in one step.

    What is not said of the new one is as with the old one. Raises RuleError (R6, R14, R15) and
    OutOfScope for a place of work outside the area.
    """
    old = open_primary(person)
    if old is None:
        raise RuleError("STATE", "没有在任的主岗，请在「任职」中添加。")
    post = Post(
        person=person, station=station, organization=organization, started_on=started_on,
        kind=kind or old.kind, employment=employment or old.employment, end_reason=reason,
    )  # fmt: skip
    post.replaces_primary = True
    start_post(post=post, by=by)
    return f"已调岗：{started_on} 起在{post.employer_name}。"


def open_primary(person: Person) -> Post | None:
    """The primary post held now."""
    return person.posts.unended().filter(is_primary=True).first()


@transaction.atomic
def update_post(*, post: Post, by: User) -> Post:
    """Save an edited post; the instance carries the new values."""
    before = claim(post, by, "talent.change_post")
    person = locked(post.person)
    _check_place(post, by, was=before.region_id)
    check_post(post)
    post.version = before.version + 1
    post.save()
    known_since(person, post.started_on, was=before.started_on)
    was_at = person.region_id
    locate(person)
    if was_at and not in_scope(was_at, by) and (person.region_id or "")[:6] != was_at[:6]:
        raise OutOfScope("该人员归属其他县（市、区），不能这样转来；请办理「申请转入」。")
    ensure_visible(post, by)
    return post


def _check_place(post: Post, by: User, *, was: str | None = None) -> None:
    if post.station is None and post.organization is None:
        raise RuleError("R15", "请填写站点或用人单位，至少一项。", field="station")
    place_post(post)
    if post.region_id != was and not in_scope(post.region_id, by):
        raise OutOfScope("岗位所在地不在您的辖区。跨县任职请办理「转出」，由对方登记。")


@transaction.atomic
def end_post(*, post: Post, by: User, ended_on: datetime.date, reason: str) -> None:
    """End a post: `ended_on` is the first day no longer served; that of its beginning says
    that it was never held.

    Without another open post a serving person becomes 待岗 and the place falls back to the
    residence; the full-time post held longest becomes the primary one.
    """
    post = claim(post, by, "talent.end_post")
    if post.ended_on is not None:
        last_day = post.ended_on - datetime.timedelta(days=1)
        raise RuleError("STATE", f"该岗位已离岗，最后在岗日 {last_day}。")
    check_post_order(post.started_on, ended_on)
    person = locked(post.person)
    post.ended_on, post.end_reason = ended_on, reason
    touch(post, "ended_on", "end_reason")
    follow_posts(person, on=ended_on, reason=reason)
    if ended_on == post.started_on:
        # Held on no day, it tells nothing of the days since.
        known_since(person, today(), was=post.started_on)


@transaction.atomic
def make_part_time(*, post: Post, by: User, reason: str) -> str:
    """R14: one side of two counties says that its post is part-time.

    A primary post hands this over to the full-time one, where the person then is and counts.
    """
    post = claim(post, by, "talent.decide_postconflict")
    if not Post.objects.in_conflict().filter(pk=post.pk).exists():
        raise RuleError("R14", "该岗位没有跨县的全职任职冲突，不需要处理。")
    person = locked(post.person)
    other = _full_time_elsewhere(post)
    was_primary = post.is_primary
    why = "改为兼职"
    succeed(post, on=today(), reason=why, is_primary=False, employment=Employment.VOLUNTEER)
    if was_primary:
        succeed(other, on=today(), reason=why, is_primary=True)
    locate(person)
    return f"已改为兼职。{place_name(other.region_id[:6])}的岗位为全职。"


def _full_time_elsewhere(post: Post) -> Post:
    """The open full-time post of the person that began first in another county, locked."""
    others = post.person.posts.unended().employed().exclude(pk=post.pk)
    others = others.exclude(region__code__startswith=post.region_id[:6])
    return others.select_for_update(of=("self",)).order_by("started_on", "pk")[0]


def counties_in_conflict(post: Post) -> list[str]:
    """R14: the other counties, by code, in which the person of a full-time post holds one."""
    if not Post.objects.in_conflict().filter(pk=post.pk).exists():
        return []
    others = post.person.posts.unended().employed().values_list("region_id", flat=True)
    return sorted({code[:6] for code in others} - {post.region_id[:6]})


def _set_status(person: Person, status: str, *, on: datetime.date, reason: str) -> None:
    """Follow the posts; where the status was changed later by hand, that stands."""
    last = person.states.filter(valid_to=None).values_list("valid_from", flat=True).first()
    change_state(person, on=max(on, last or on), reason=reason, status=status)
    touch(person, "status")
