"""Rules on the monthly figures of a station: pure functions on plain values."""

from __future__ import annotations

import datetime
from statistics import median
from typing import Any

from core.dates import today
from core.rules import Answers, Flag
from stations.places.models import Station


def workers_in(station: Station, month: datetime.date) -> int:
    """People with a post at the station at the end of a month (its first day is given)."""
    following = (month + datetime.timedelta(days=31)).replace(day=1)
    posts: Any = station.posts  # type: ignore[attr-defined]
    last_day = following - datetime.timedelta(days=1)
    return int(posts.open_on(min(last_day, today())).values("person").distinct().count())


OUTLIER_FACTOR = 5


def check_monthly(values: dict[str, int], *, open_before: int | None = None) -> list[Flag]:
    """R19: cases within the stock (open at the month's end and closed in it), groups held.

    `open_before` are the cases open at the end of the month before, None when not reported.
    """
    answers = Answers()
    new, closed = values.get("cases_new", 0), values.get("cases_closed", 0)
    if open_before is not None and closed > open_before + new:
        message = f"结案不能多于上月在办 {open_before} 与本月新开 {new} 之和，请核对。"
        answers.refuse("R19", message, field="cases_closed")
    if new > values.get("cases_open", 0) + closed:
        answers.refuse("R19", "新开个案不能多于在办与结案之和，请核对。", field="cases_new")
    for more, less, words in (
        ("group_sessions", "groups", "小组节数不能少于小组数"),
        ("group_attendance", "groups", "小组人次不能少于小组数"),
        ("activity_attendance", "activities", "社区活动人次不能少于场次"),
        ("workers", "certified_workers", "持证数不能多于在岗社工数"),
    ):
        if values.get(more, 0) < values.get(less, 0):
            answers.refuse("R19", f"{words}，请核对。", field=more)
    return answers.settle()


def check_monthly_outlier(value: int, past: list[int], *, field: str, label: str) -> list[Flag]:
    """R19: more than five times the station's own median of twelve months asks for a note."""
    usual = median(past[-12:]) if past else 0
    if usual and value > OUTLIER_FACTOR * usual:
        message = f"{label} {value}，超过本站近一年中位数 {usual:g} 的 5 倍，请说明。"
        return [Flag("R19", "W", message, field)]
    return []


def check_reported(reported: int | None, recorded: int, *, field: str) -> list[Flag]:
    """R20: a hand-entered total that differs from the records is shown beside them."""
    if reported is not None and reported != recorded:
        message = f"填报在站社工 {reported} 人，岗位记录 {recorded} 人，不一致，请核对。"
        return [Flag("R20", "W", message, field)]
    return []
