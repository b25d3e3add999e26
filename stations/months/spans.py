"""Months and quarters that stations report for: pure functions on days."""

from __future__ import annotations

import datetime

from core.dates import add_months
from stations.codes import Span

QUARTERS = "一二三四"
_MONTHS = {Span.MONTH: 1, Span.QUARTER: 3}


def first_day(day: datetime.date, span: str) -> datetime.date:
    """The day under which the month or quarter of a day stands."""
    month = day.month - (day.month - 1) % _MONTHS[Span(span)]
    return day.replace(month=month, day=1)


def months_of(first: datetime.date, span: str) -> list[datetime.date]:
    """The months, by their first days."""
    return [add_months(first, number) for number in range(_MONTHS[Span(span)])]


def last_day(first: datetime.date, span: str) -> datetime.date:
    return add_months(first, _MONTHS[Span(span)]) - datetime.timedelta(days=1)


def period_words(first: datetime.date, span: str) -> str:
    """「2025-11」, 「2025年第四季度」."""
    if span == Span.QUARTER:
        return f"{first.year}年第{QUARTERS[(first.month - 1) // 3]}季度"
    return f"{first:%Y-%m}"
