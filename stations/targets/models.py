"""What a station is to do in a year."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from core.models import Record
from stations.months.models import StationMonthly
from stations.places.models import Station

# Numbers that add up over a year; who is there and what is open at a time does not.
COUNTED = tuple(
    name
    for name in StationMonthly.NUMBERS
    if name not in ("workers", "certified_workers", "cases_open")
)
_LABELS = [(name, str(StationMonthly._meta.get_field(name).verbose_name)) for name in COUNTED]  # type: ignore[union-attr]
LEAST = "任务应为大于 0 的整数。"


@tracked
class StationTarget(Record):
    """The target of a station for one number in a year."""

    scope_field = "station__region"

    station = models.ForeignKey(
        Station, models.PROTECT, related_name="targets", verbose_name="站点"
    )
    year = models.PositiveSmallIntegerField("年度")
    number = models.CharField("指标", max_length=30, choices=_LABELS)
    target = models.PositiveIntegerField("任务")
    ended_on = models.DateField("停用日期", null=True, blank=True, editable=False)
    end_reason = models.CharField(
        "停用原因", max_length=200, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = "年度任务"
        ordering = ["-year", "station_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "year", "number"],
                condition=Q(ended_on=None),
                name="stationtarget_once",
                violation_error_message="这个站点当年的这项指标已有任务，请在原来的一条上修改。",
            ),
            models.CheckConstraint(
                condition=Q(target__gte=1),
                name="stationtarget_least",
                violation_error_message=LEAST,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年{self.get_number_display()}"
