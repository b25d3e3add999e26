"""What a station put out in a month."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core.audit.history import tracked
from core.models import Record
from stations.places.models import Station


@tracked
class StationMonthly(Record):
    """What a station did in a month: counts only, never the content of a case.

    Definitions follow MZ/T 094-2017, MZ/T 095-2017, MZ/T 071 and MZ/T 059.
    """

    scope_field = "station__region"
    # Shown as 2026-10.
    month_precision = "M"

    station = models.ForeignKey(Station, models.PROTECT, related_name="months", verbose_name="站点")
    month = models.DateField("月份", help_text="如 2025-11。")
    workers = models.PositiveIntegerField("在岗社工数", default=0)
    certified_workers = models.PositiveIntegerField("持证数", default=0)
    cases_new = models.PositiveIntegerField("新开个案", default=0)
    cases_open = models.PositiveIntegerField("在办个案", default=0)
    cases_closed = models.PositiveIntegerField("结案个案", default=0)
    groups = models.PositiveIntegerField("小组数", default=0)
    group_sessions = models.PositiveIntegerField("小组节数", default=0)
    group_attendance = models.PositiveIntegerField("小组人次", default=0)
    activities = models.PositiveIntegerField("社区活动场次", default=0)
    activity_attendance = models.PositiveIntegerField("社区活动人次", default=0)
    visits = models.PositiveIntegerField("探访户次", default=0)
    consultations = models.PositiveIntegerField("政策咨询、转介件数", default=0)
    is_aggregated = models.BooleanField("由记录汇总", default=False, editable=False)

    class Meta:
        verbose_name = "月度产出"
        ordering = ["-month", "station_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "month"],
                name="stationmonthly_once",
                violation_error_message="该站点这个月已填报，请在已有的一条上修改。",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="stationmonthly_first_day",
                violation_error_message="请填写哪年哪月。",
            ),
            models.CheckConstraint(
                condition=Q(group_sessions__gte=F("groups")),
                name="stationmonthly_sessions",
                violation_error_message="小组节数不能少于小组数。",
            ),
        ]

    NUMBERS = (
        "workers",
        "certified_workers",
        "cases_new",
        "cases_open",
        "cases_closed",
        "groups",
        "group_sessions",
        "group_attendance",
        "activities",
        "activity_attendance",
        "visits",
        "consultations",
    )
    SERVICES = (
        "cases_new",
        "cases_open",
        "cases_closed",
        "group_sessions",
        "activities",
        "visits",
        "consultations",
    )

    def __str__(self) -> str:
        return f"{self.station} {self.month:%Y-%m}"
