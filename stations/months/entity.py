"""Monthly and quarterly figures of stations: their list, pages and form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters as filters

from core.dates import today
from core.entities.columns import Column
from core.entities.declarations import Section
from core.entities.entity import Entity
from core.entities.filters import Between
from core.entities.forms import RecordForm
from core.rules import Answers, Flag
from stations.codes import Span
from stations.months.ledger import MONTHS_LEDGER
from stations.months.models import StationMonthly
from stations.months.rules import (
    check_among,
    check_monthly,
    check_reported,
    check_said,
    last_span,
    said,
    workers_at,
)
from stations.months.spans import first_day


class MonthForm(RecordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and self.instance.station_id:
            span = last_span(self.instance.station)
            self.initial.update(month=f"{first_day(today(), span):%Y-%m}", span=span)


def check(monthly: StationMonthly) -> Iterable[Flag]:
    answers = Answers()
    if monthly.month and monthly.span in Span.values:
        monthly.month = first_day(monthly.month, monthly.span)
        if monthly.month > today():
            answers.refuse("DATE", "月份不能晚于本月。", field="month")
    answers.ask(check_said, said(monthly))
    answers.ask(check_monthly, said(monthly))
    return answers.settle()


def check_beside(monthly: StationMonthly) -> Iterable[Flag]:
    """R19 and R20: what other reports of the station and its posts say."""
    if not monthly.month or monthly.span not in Span.values:
        return []
    answers = Answers()
    others = StationMonthly.objects.filter(station=monthly.station).exclude(pk=monthly.pk)
    answers.ask(check_among, monthly, others)
    recorded = workers_at([monthly.station_id], monthly.month, monthly.span)
    held = recorded.get(monthly.station_id, 0)
    answers.ask(check_reported, monthly.workers, held, field="workers")
    return answers.settle()


MONTHS = Entity(
    model=StationMonthly,
    prefix="station-months/",
    api="station-months",
    icon="calendar",
    beside=("station", "stationmonthly", "stationtarget"),
    parent="station",
    is_created_alone=False,
    sections=(
        Section("时段", "station month span"),
        Section("服务数据", "cases_new cases_closed groups group_attendance activities "
                          "activity_attendance visits resources volunteer_hours"),
        Section("其他（可不填）", "workers certified_workers cases_open group_sessions "
                              "consultations volunteers is_aggregated"),
    ),
    columns=(
        "station__name",
        Column("month", value=lambda row: row.period, sort=("month",), css="nowrap", card=True),
        "cases_new* cases_closed groups group_attendance? activities activity_attendance?",
        "visits* resources volunteer_hours workers? certified_workers? cases_open?",
        "group_sessions? consultations? volunteers? station__region?",
    ),
    filters=("region kind=station__kind span", Between("month", "month")),
    api_filters=(
        ("station", filters.UUIDFilter(label="站点", field_name="station_id")),
        ("month", filters.DateFilter(label="月份（当月 1 日，季度为首月 1 日）")),
    ),
    search="station__name",
    search_hint="站点名称",
    empty_hint="在站点的页面上填报本月，或者把各站的月报、季报直接导入。",
    headline="station",
    labels={"period": "月份"},
    select_related=("station",),
    form=MonthForm,
    check=check,
    check_beside=check_beside,
    ledger=MONTHS_LEDGER,
)  # fmt: skip
