"""Rules on posts (R6, R13 to R15): who may hold which, from when, at what place."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from core.dates import check_not_future, full_years
from core.rules import Flag, RuleError
from talent.people.rules import MIN_AGE, USUAL_MAX_AGE
from talent.posts.models import ONE_PRIMARY, Post

_DAY = datetime.timedelta(days=1)


def place_post(post: Post) -> None:
    """The post lies where its station, else its organisation, lies."""
    employer = post.station or post.organization
    if employer is not None:
        post.region_id = employer.region_id


# --- Posts ----------------------------------------------------------------------------------
def check_age_at_post(birth_date: datetime.date | None, started_on: datetime.date) -> list[Flag]:
    """R6: 16 to 65 at any post; below refused, above asks for a reason."""
    if birth_date is None:
        return []
    age = full_years(birth_date, started_on)
    if age < MIN_AGE:
        raise RuleError("R6", "入职时未满 16 周岁，请核对入职日期。", field="started_on")
    if age > USUAL_MAX_AGE:
        return [Flag("R6", "W", f"入职时已 {age} 周岁，请核对。", "started_on")]
    return []


def check_one_primary(*, is_primary: bool, has_open_primary: bool) -> None:
    """R14: at most one open primary post a person."""
    if is_primary and has_open_primary:
        raise RuleError("R14", ONE_PRIMARY, field="is_primary")


def check_primary_overlap(
    started_on: datetime.date,
    ended: Iterable[tuple[datetime.date, datetime.date]],
    *,
    ended_on: datetime.date | None = None,
) -> list[Flag]:
    """R14 of the past: a primary post that began before another ended is told; on a day of
    both the one that began later counts. `ended` are half-open like the post itself."""
    for first, end in ended:
        if max(started_on, first) < min(end, ended_on or datetime.date.max):
            message = (
                f"与 {first} 至 {end - _DAY} 的主岗时间重叠，重叠的日子按后开始的岗位统计；"
                "原岗位最后在岗日有误的，请先撤销离岗，再重新办理。"
            )
            return [Flag("R14", "W", message, "started_on")]
    return []


def check_other_county(*, is_full_time: bool, county: str, other_counties: list[str]) -> list[Flag]:
    """R14: a second open full-time post in another county is a conflict for both."""
    if is_full_time and any(other != county for other in other_counties if other):
        return [
            Flag("R14", "W", "该人员在其他县（市、区）还有未结束的岗位，请双方核对。", "station")
        ]
    return []


def check_post_within(
    *,
    started_on: datetime.date,
    ended_on: datetime.date | None = None,
    opened_on: datetime.date | None = None,
    closed_on: datetime.date | None = None,
) -> list[Flag]:
    """R15: a post lies inside the life of its station or organisation.

    `closed_on` is the first day on which the employer no longer exists. Starting before the
    day of building is accepted with a reason: staff often come first.
    """
    if closed_on and (ended_on is None or ended_on > closed_on):
        raise RuleError(
            "R15", f"该站点（机构）已于 {closed_on} 撤并或停用，不能再任职。", field="station"
        )
    if closed_on and started_on >= closed_on:
        raise RuleError("R15", "入职日期晚于站点（机构）撤并的日期，请核对。", field="started_on")
    if opened_on and started_on < opened_on:
        return [Flag("R15", "W", f"入职日期早于站点建成日期 {opened_on}。", "started_on")]
    return []


def check_post_order(started_on: datetime.date, ended_on: datetime.date) -> None:
    """R15: a post ends after it began and not in the future; `ended_on` is the day after its
    last one, that of its beginning where it was never held."""
    last_day = ended_on - _DAY
    check_not_future(last_day, label="最后在岗日", field="last_day")
    if ended_on < started_on:
        words = f"最后在岗日不能早于入职日期 {started_on}，请核对。"
        raise RuleError("R15", words, field="last_day")
