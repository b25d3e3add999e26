"""Rules on the monthly and quarterly figures of a station: what is not said breaks none."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Count

from core.dates import today
from core.rules import Answers, Flag, RuleError
from stations.codes import Span
from stations.months.models import StationMonthly
from stations.months.spans import last_day, months_of, period_words
from stations.places.models import Station

Number = int | Decimal
OUTLIER_FACTOR = 5
# Reports of a year.
_A_YEAR = {Span.MONTH: 12, Span.QUARTER: 4}
_COMPARED = (
    ("group_sessions", "groups", "小组节数不能少于小组数"),
    ("group_attendance", "groups", "小组人次不能少于小组数"),
    ("activity_attendance", "activities", "社区活动人次不能少于场次"),
    ("workers", "certified_workers", "持证数不能多于在岗社工数"),
)


def said(monthly: StationMonthly) -> dict[str, Number]:
    """The numbers that somebody has said."""
    given = {name: getattr(monthly, name) for name in StationMonthly.NUMBERS}
    return {name: value for name, value in given.items() if isinstance(value, int | Decimal)}


def workers_at(
    stations: Iterable[Any], month: datetime.date, span: str = Span.MONTH
) -> dict[Any, int]:
    """People with a post at each station at the end of a month or quarter."""
    model: Any = Station._meta.get_field("posts").related_model
    posts = model.objects.open_on(min(last_day(month, span), today()))
    held = posts.filter(station__in=stations).order_by().values_list("station")
    return dict(held.annotate(count=Count("person", distinct=True)))


def last_span(station: Station) -> str:
    """How the station reported last: by month or by quarter."""
    spans = StationMonthly.objects.filter(station=station).order_by("-month")
    return spans.values_list("span", flat=True).first() or str(Span.MONTH)


def check_monthly(
    values: Mapping[str, Number], *, open_before: int | None = None, before: str = "上月"
) -> list[Flag]:
    """R19: cases within the stock (open at the end and closed in it), groups held.

    `open_before` are the cases open at the end of the period before, None when not reported.
    """
    answers = Answers()
    new, closed, left = (values.get(n) for n in ("cases_new", "cases_closed", "cases_open"))
    if None not in (open_before, new, closed) and closed > open_before + new:  # type: ignore[operator]
        message = f"结案不能多于{before}在办 {open_before} 与本期新开 {new} 之和，请核对。"
        answers.refuse("R19", message, field="cases_closed")
    if None not in (new, closed, left) and new > left + closed:  # type: ignore[operator]
        answers.refuse("R19", "新开个案不能多于在办与结案之和，请核对。", field="cases_new")
    for more, less, words in _COMPARED:
        if more in values and less in values and values[more] < values[less]:
            answers.refuse("R19", f"{words}，请核对。", field=more)
    return answers.settle()


def check_said(values: Mapping[str, Number]) -> None:
    """Empty is not zero, and nothing said is no report. Raises RuleError."""
    if not values:
        message = "请至少填写一项；没有开展的填 0，不知道的不填。"
        raise RuleError("REQUIRED", message, field=StationMonthly.ASKED[0])


def check_spans(
    month: datetime.date, span: str, others: Iterable[tuple[datetime.date, str]]
) -> None:
    """A station reports a month once: by itself or within its quarter. Raises RuleError."""
    own = set(months_of(month, span))
    for other, how in others:
        if how != span and not own.isdisjoint(months_of(other, how)):
            message = (
                f"该站点已按{Span(how).label}填报 {period_words(other, how)}，"
                f"同一时段不能再按{Span(span).label}填报。"
            )
            raise RuleError("SPAN", message, field="month")


def check_monthly_outlier(
    value: Number, past: list[Number], *, field: str, label: str
) -> list[Flag]:
    """R19: more than five times the station's own median of a year asks for a note."""
    usual: Any = median(map(Decimal, past)) if past else 0
    if usual and value > OUTLIER_FACTOR * usual:
        message = f"{label} {value:g}，超过本站近一年中位数 {usual:g} 的 5 倍，请说明。"
        return [Flag("R19", "W", message, field)]
    return []


def check_reported(reported: int | None, recorded: int, *, field: str) -> list[Flag]:
    """R20: a hand-entered total that differs from the records is shown beside them."""
    if reported is not None and reported != recorded:
        message = f"填报在站社工 {reported} 人，岗位记录 {recorded} 人，不一致，请核对。"
        return [Flag("R20", "W", message, field)]
    return []


def check_among(monthly: StationMonthly, others: Iterable[StationMonthly]) -> list[Flag]:
    """What the other reports of the station have to say: R19, and that none is of both spans."""
    answers, month, span = Answers(), monthly.month, monthly.span
    values = said(monthly)
    latest = sorted(others, key=lambda other: other.month, reverse=True)
    earlier = [other for other in latest if other.month < month]
    answers.ask(check_spans, month, span, [(other.month, other.span) for other in latest])
    if earlier and last_day(earlier[0].month, earlier[0].span) == month - datetime.timedelta(1):
        before = "上季度" if earlier[0].span == Span.QUARTER else "上月"
        stock = {n: v for n, v in values.items() if n in ("cases_new", "cases_closed")}
        answers.ask(check_monthly, stock, open_before=earlier[0].cases_open, before=before)
    alike = [other for other in earlier if other.span == span][: _A_YEAR[Span(span)]]
    for name, value in values.items():
        column: Any = StationMonthly._meta.get_field(name)
        label = str(column.verbose_name).partition("（")[0]
        usual = [past[name] for past in map(said, alike) if name in past]
        answers.ask(check_monthly_outlier, value, usual, field=name, label=label)
    return answers.settle()
