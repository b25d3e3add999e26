"""Where social work is done: organisations, stations, what they cover and put out."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.audit.history import tracked
from core.models import Record
from core.scoping import ScopedModel, ScopedQuerySet
from stations.codes import OperatingModel, OrganizationKind, StationKind, StationStatus


def dated_on(day: datetime.date, prefix: str = "") -> Q:
    """A row with valid_from and valid_to in force on a day, half-open [from, to)."""
    return Q(**{f"{prefix}valid_from__lte": day}) & (
        Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": day})
    )


@tracked
class Organization(Record):
    """A bureau, department, agency, university or committee."""

    succession_fields = ("region",)
    remembers_moves = True

    name = models.CharField("机构名称", max_length=120)
    kind = models.CharField(
        "机构类型", max_length=2, choices=OrganizationKind, default=OrganizationKind.OTHER
    )
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True, default="")
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="所在地区")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name="主管单位"
    )
    is_lead = models.BooleanField("牵头部门", default=False)
    address = models.CharField("地址", max_length=200, blank=True, default="")
    contact_phone = models.CharField("办公电话", max_length=20, blank=True, default="")
    # Created by an import from a bare name: to be completed.
    is_incomplete = models.BooleanField("待完善", default=False)
    ended_on = models.DateField("停用日期", null=True, blank=True, editable=False)
    end_reason = models.CharField(
        "停用原因", max_length=200, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = "机构"
        ordering = ["region_id", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "region"],
                condition=Q(ended_on=None),
                name="organization_name_region",
                violation_error_message="本地区已有同名机构。",
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code="") & Q(ended_on=None),
                name="organization_credit_code",
                violation_error_message="该统一社会信用代码已登记。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["region"], name="organization_region", opclasses=["varchar_pattern_ops"]
            )
        ]

    def __str__(self) -> str:
        return self.name


class StationQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        """Stations that are not closed, merged or moved away."""
        return self.exclude(status__in=[StationStatus.CLOSED, StationStatus.RENAMED])


@tracked
class Station(Record):
    """A station of one of the nine kinds (C-STN).

    `status` repeats the open StationState row; only actions and the importer set both.
    Natural key of ledgers: kind, region, name.
    """

    succession_fields = ("region",)
    remembers_moves = True

    name = models.CharField("站点名称", max_length=120)
    kind = models.CharField("站点类型", max_length=2, choices=StationKind)
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="所在地区")
    status = models.CharField(
        "运行状态", max_length=2, choices=StationStatus, default=StationStatus.PREPARING
    )
    built_on = models.DateField("建成日期", null=True, blank=True)
    approval_number = models.CharField("批复文号", max_length=80, blank=True, default="")
    # A reviewer's confirmation stands for a missing approval number (R17).
    approved_on = models.DateField("审核确认日期", null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        "core.User", models.PROTECT, null=True, blank=True, editable=False, verbose_name="确认人"
    )
    # Where it went when it was closed, if anywhere.
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name="接收站点",
    )
    operator = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stations",
        verbose_name="承接机构",
    )
    operating_model = models.CharField(
        "运营模式", max_length=2, choices=OperatingModel, blank=True, default=""
    )
    address = models.CharField("地址", max_length=200, blank=True, default="")
    area = models.DecimalField(
        "场地面积（平方米）",
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    capacity = models.PositiveSmallIntegerField("设岗数", null=True, blank=True)
    reported_workers = models.PositiveSmallIntegerField(
        "填报驻站社工数",
        null=True,
        blank=True,
        help_text="台账填报数，与岗位记录不一致时一并显示。",
    )
    is_relocation_site = models.BooleanField("易地搬迁安置点", default=False)
    is_branch = models.BooleanField("分站", default=False)
    is_incomplete = models.BooleanField("待完善", default=False)
    covers: Any = models.ManyToManyField(
        "core.Region", through="stations.StationCoverage", related_name="+", verbose_name="覆盖乡镇"
    )

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = "站点"
        ordering = ["region_id", "kind", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "region", "name"],
                condition=~Q(status__in=["5", "6"]),
                name="station_kind_region_name",
                violation_error_message="本地区已有同类同名站点。",
            ),
            models.CheckConstraint(condition=Q(area=None) | Q(area__gte=0), name="station_area"),
        ]
        indexes = [
            models.Index(
                fields=["region"], name="station_region", opclasses=["varchar_pattern_ops"]
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_approved(self) -> bool:
        """Approved by number or by a reviewer's confirmation (R17); else 缺批复."""
        return bool(self.approval_number) or self.approved_on is not None


@tracked
class StationState(ScopedModel):
    """A station's state over time; a change closes the open row and opens another."""

    scope_field = "station__region"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey(Station, models.CASCADE, related_name="states", verbose_name="站点")
    status = models.CharField("状态", max_length=2, choices=StationStatus)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)
    reason = models.CharField("事由", max_length=200, blank=True, default="")

    class Meta:
        verbose_name = "站点状态"
        ordering = ["station_id", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["station"], condition=Q(valid_to=None), name="stationstate_one_open"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="stationstate_order",
            ),
        ]


@tracked
class StationCoverage(ScopedModel):
    """A township that a station covers (R16: 联建 must list every one)."""

    scope_field = "station__region"
    succession_fields = ("region",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    station = models.ForeignKey(Station, models.CASCADE, related_name="coverages")
    region = models.ForeignKey(
        "core.Region", models.PROTECT, related_name="+", verbose_name="覆盖乡镇（街道）"
    )
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)

    class Meta:
        verbose_name = "覆盖范围"
        ordering = ["station_id", "region_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "region"],
                condition=Q(valid_to=None),
                name="stationcoverage_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="stationcoverage_order",
            ),
        ]


@tracked
class StationMonthly(Record):
    """What a station did in a month: counts only, never the content of a case.

    Definitions follow MZ/T 094-2017, MZ/T 095-2017, MZ/T 071 and MZ/T 059.
    """

    scope_field = "station__region"
    # Shown as 2026-10.
    month_precision = "M"

    station = models.ForeignKey(Station, models.PROTECT, related_name="months", verbose_name="站点")
    month = models.DateField("月份", help_text="当月 1 日。")
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
    is_aggregated = models.BooleanField("由记录汇总", default=False)

    class Meta:
        verbose_name = "月度产出"
        ordering = ["-month", "station_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "month"],
                name="stationmonthly_once",
                violation_error_message="该站点本月已填报。",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="stationmonthly_first_day"),
            models.CheckConstraint(
                condition=Q(group_sessions__gte=F("groups")),
                name="stationmonthly_sessions",
                violation_error_message="小组节数不能少于小组数。",
            ),
        ]

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
