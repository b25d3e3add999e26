"""Forms of stations, organisations and monthly figures."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms

from core.dates import today
from core.entities.forms import RecordForm, RecordMeta, RegionField, names_in
from core.rules import Flag, RuleError
from core.secrecy.identity import check_credit_code
from stations.codes import OPEN_STATUSES
from stations.keeping import workers_in
from stations.models import Organization, Station, StationMonthly
from stations.rules import (
    check_built_on,
    check_kind_level,
    check_monthly,
    check_monthly_outlier,
    check_one_per_township,
    check_reported,
)

STATION = (
    ("站点", ("name", "kind", "region", "built_on", "approval_number", "address", "area")),
    ("运营", ("operator", "operating_model", "capacity", "is_relocation_site", "is_branch")),
)
# With the state, which an action changes afterwards.
NEW_STATION = (("站点", (*STATION[0][1][:3], "status", *STATION[0][1][3:])), STATION[1])
ORGANIZATION = (
    ("机构", ("name", "kind", "credit_code", "region", "parent", "is_lead")),
    ("联系", ("address", "contact_phone")),
)
MONTHLY = (
    ("月份与人员", ("month", "workers", "certified_workers")),
    ("个案与小组", ("cases_new", "cases_open", "cases_closed", "groups", "group_sessions",
                "group_attendance")),
    ("社区服务", ("activities", "activity_attendance", "visits", "consultations")),
)  # fmt: skip


OPEN_STATES = [(status.value, status.label) for status in OPEN_STATUSES]


class StationForm(RecordForm):
    region = RegionField(label="所在地区", min_level=2)

    layout = STATION

    class Meta(RecordMeta):
        model = Station
        fields = names_in(STATION)
        help_texts = {
            "approval_number": "没有文号的站点会列入「缺批复」，由审核员确认后计入。",
            "capacity": "批准设置的社工岗位数。",
            "is_branch": "同一乡镇（街道）已有社工站时，后建的为分站。",
        }

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        yield from check_built_on(
            cleaned.get("built_on"), status=cleaned.get("status", self.instance.status)
        )
        kind, region = cleaned.get("kind"), cleaned.get("region")
        if not kind or not region:
            return
        yield from check_kind_level(kind, region.level)
        others = Station.objects.open().filter(kind=kind, region=region, is_branch=False)
        yield from check_one_per_township(
            kind=kind,
            is_branch=bool(cleaned.get("is_branch")),
            others=list(others.exclude(pk=self.instance.pk).values_list("name", flat=True)[:4]),
        )


class NewStationForm(StationForm):
    """Asks for the state too: most stations are entered when they have long been running."""

    status = forms.ChoiceField(label="运行状态", choices=OPEN_STATES, widget=forms.RadioSelect)

    layout = NEW_STATION

    class Meta(StationForm.Meta):
        fields = names_in(NEW_STATION)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The model's own default would be chosen unseen.
        self.initial.pop("status", None)


class OrganizationForm(RecordForm):
    layout = ORGANIZATION

    class Meta(RecordMeta):
        model = Organization
        fields = names_in(ORGANIZATION)
        help_texts = {
            "credit_code": "18 位；没有可以不填。",
            "is_lead": "本地区社会工作人才工作的牵头部门。",
        }

    def clean_credit_code(self) -> str:
        return check_credit_code(self.cleaned_data["credit_code"])

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        parent = cleaned.get("parent")
        if parent is not None and parent.pk == self.instance.pk:
            raise RuleError("ORG", "主管单位不能是自己。", field="parent")
        return ()


class StationMonthlyForm(RecordForm):
    parent = "station"
    layout = MONTHLY

    class Meta(RecordMeta):
        model = StationMonthly
        fields = names_in(MONTHLY)
        help_texts = {"month": "如 2025-11。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and self.instance.station_id:
            month = today().replace(day=1)
            recorded = workers_in(self.instance.station, month)
            self.initial.update(month=f"{month:%Y-%m}", workers=recorded)

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        month = cleaned.get("month")
        if month:
            cleaned["month"] = month.replace(day=1)
            if month > today():
                raise RuleError("DATE", "月份不能晚于本月。", field="month")
        values = {k: v for k, v in cleaned.items() if isinstance(v, int)}
        check_monthly(values, open_before=self._open_before(month) if month else None)
        if not month:
            return
        yield from self._check_outliers(values, cleaned["month"])
        recorded = workers_in(self.instance.station, cleaned["month"])
        yield from check_reported(values.get("workers"), recorded, field="workers")

    def _open_before(self, month: datetime.date) -> int | None:
        """Cases open at the end of the month before, as reported."""
        last = (month.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)
        reported = StationMonthly.objects.filter(station=self.instance.station, month=last)
        return reported.values_list("cases_open", flat=True).first()

    def _check_outliers(self, values: dict[str, int], month: datetime.date) -> Iterable[Flag]:
        """R19 of each number against the station's own twelve months before."""
        months = StationMonthly.objects.filter(station=self.instance.station, month__lt=month)
        past = list(months.order_by("-month").values(*values)[:12])
        for name, value in values.items():
            label = str(self.fields[name].label)
            usual = [row[name] for row in past]
            yield from check_monthly_outlier(value, usual, field=name, label=label)
