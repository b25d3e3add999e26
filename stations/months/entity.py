"""Monthly figures of stations: their list, pages and form."""

from __future__ import annotations

import datetime
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
from stations.months.models import StationMonthly
from stations.months.rules import (
    check_monthly,
    check_monthly_outlier,
    check_reported,
    workers_in,
)


class MonthForm(RecordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and self.instance.station_id:
            month = today().replace(day=1)
            recorded = workers_in(self.instance.station, month)
            self.initial.update(month=f"{month:%Y-%m}", workers=recorded)


def check(monthly: StationMonthly) -> Iterable[Flag]:
    answers, month = Answers(), monthly.month
    if month:
        monthly.month = month = month.replace(day=1)
        if month > today():
            answers.refuse("DATE", "月份不能晚于本月。", field="month")
    given = {name: getattr(monthly, name) for name in StationMonthly.NUMBERS}
    values = {name: value for name, value in given.items() if isinstance(value, int)}
    answers.ask(check_monthly, values, open_before=_open_before(monthly) if month else None)
    if month:
        answers.ask(_outliers, monthly, values)
        recorded = workers_in(monthly.station, month)
        answers.ask(check_reported, values.get("workers"), recorded, field="workers")
    return answers.settle()


def _open_before(monthly: StationMonthly) -> int | None:
    """Cases open at the end of the month before, as reported."""
    last = (monthly.month - datetime.timedelta(days=1)).replace(day=1)
    reported = StationMonthly.objects.filter(station=monthly.station, month=last)
    return reported.values_list("cases_open", flat=True).first()


def _outliers(monthly: StationMonthly, values: dict[str, int]) -> Iterable[Flag]:
    """R19 of each number against the station's own twelve months before."""
    months = StationMonthly.objects.filter(station=monthly.station, month__lt=monthly.month)
    past = list(months.order_by("-month").values(*values)[:12])
    for name, value in values.items():
        column: Any = StationMonthly._meta.get_field(name)
        label = str(column.verbose_name)
        usual = [row[name] for row in past]
        yield from check_monthly_outlier(value, usual, field=name, label=label)


MONTHS = Entity(
    model=StationMonthly,
    prefix="station-months/",
    api="station-months",
    icon="calendar",
    beside=("station", "stationmonthly"),
    parent="station",
    is_created_alone=False,
    sections=(
        Section("月份与人员", "station month workers certified_workers"),
        Section("个案与小组", "cases_new cases_open cases_closed groups group_sessions "
                          "group_attendance"),
        Section("社区服务", "activities activity_attendance visits consultations is_aggregated"),
    ),
    columns=(
        "station__name",
        Column("month", value=lambda row: f"{row.month:%Y-%m}", sort=("month",), css="nowrap",
               card=True),
        "workers* certified_workers? cases_new cases_open* cases_closed? groups? group_sessions",
        "group_attendance? activities activity_attendance? visits* consultations?",
        "station__region?",
    ),
    filters=("region kind=station__kind", Between("month", "month")),
    api_filters=(
        ("station", filters.UUIDFilter(label="站点", field_name="station_id")),
        ("month", filters.DateFilter(label="月份（当月 1 日）")),
    ),
    search="station__name",
    search_hint="站点名称",
    empty_hint="在站点的页面上填报本月。",
    headline="station",
    select_related=("station",),
    form=MonthForm,
    check=check,
)  # fmt: skip
