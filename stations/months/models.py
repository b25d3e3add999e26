"""What a station put out in a month or a quarter."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.audit.history import tracked
from core.models import Record
from stations.codes import Span
from stations.months.spans import period_words
from stations.places.models import Station


def _count(label: str, help_text: str = "") -> models.PositiveIntegerField[int | None, int | None]:
    """A number that nobody need say: empty is not zero."""
    return models.PositiveIntegerField(label, null=True, blank=True, help_text=help_text)


@tracked
class StationMonthly(Record):
    """What a station did in a month or a quarter: counts only, never the content of a case.

    Null is what was not said. A quarter stands under its first month. Definitions follow
    MZ/T 094-2017, MZ/T 095-2017, MZ/T 071 and MZ/T 059.
    """

    scope_field = "station__region"
    # Shown as 2026-10.
    month_precision = "M"

    station = models.ForeignKey(Station, models.PROTECT, related_name="months", verbose_name="站点")
    month = models.DateField("月份", help_text="如 2025-11；按季度的填该季度的任何一个月。")
    span = models.CharField(
        "填报周期", max_length=1, choices=Span, default=Span.MONTH, db_default="M"
    )
    cases_new = _count("新开个案")
    cases_closed = _count("结案个案")
    groups = _count("小组数")
    group_attendance = _count("小组人次")
    activities = _count("社区活动场次")
    activity_attendance = _count("社区活动人次")
    visits = _count("探访户次")
    resources = models.DecimalField(
        "链接资源折价（元）",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0, "链接资源折价不能小于 0。")],
    )
    volunteer_hours = _count("志愿服务时长（小时）", "填整数。")
    workers = _count("在岗社工数", "岗位记录里有的不必填。")
    certified_workers = _count("持证数")
    cases_open = _count("在办个案")
    group_sessions = _count("小组节数")
    consultations = _count("政策咨询、转介件数")
    volunteers = _count("志愿者人数")
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
            models.CheckConstraint(
                condition=Q(span="M") | Q(month__month__in=[1, 4, 7, 10]),
                name="stationmonthly_quarter",
                violation_error_message="按季度填报的，应记在季度的第一个月。",
            ),
            models.CheckConstraint(
                condition=Q(resources=None) | Q(resources__gte=0),
                name="stationmonthly_resources",
                violation_error_message="链接资源折价不能小于 0。",
            ),
        ]

    # What stations are asked for; the others may be left out.
    ASKED = (
        "cases_new",
        "cases_closed",
        "groups",
        "group_attendance",
        "activities",
        "activity_attendance",
        "visits",
        "resources",
        "volunteer_hours",
    )
    NUMBERS = (
        *ASKED,
        "workers",
        "certified_workers",
        "cases_open",
        "group_sessions",
        "consultations",
        "volunteers",
    )
    SERVICES = (
        "cases_new",
        "cases_open",
        "cases_closed",
        "groups",
        "group_sessions",
        "activities",
        "visits",
        "consultations",
    )

    def __str__(self) -> str:
        return f"{self.station} {self.period}"

    @property
    def period(self) -> str:
        """「2025-11」, 「2025年第四季度」."""
        return period_words(self.month, self.span)
