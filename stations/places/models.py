"""Where social work is done: organisations, stations, what they cover and put out."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.audit.history import tracked
from core.entities import former
from core.models import Record
from core.scoping import ScopedModel, ScopedQuerySet
from core.timeline import PrecisionField
from stations.codes import OperatingModel, StationKind, StationStatus
from stations.organizations.models import Organization

# 缺批复: neither a number nor a reviewer's confirmation, of a station that is not closed (R17).
UNAPPROVED = Q(approval_number="", approved_on=None) & ~Q(
    status__in=[StationStatus.CLOSED, StationStatus.RENAMED]
)


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
    dated_columns = {"approval_number": "approval_date", "approved_on": "approval_date"}

    name = models.CharField("站点名称", max_length=120)
    kind = models.CharField("站点类型", max_length=2, choices=StationKind)
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="所在地区")
    status = models.CharField(
        "运行状态", max_length=2, choices=StationStatus, default=StationStatus.PREPARING
    )
    built_on = models.DateField("建成日期", null=True, blank=True)
    built_precision = PrecisionField()
    planned_on = models.DateField(
        "计划建成日期", null=True, blank=True, help_text="筹建中的站点，计划哪天建成。"
    )
    planned_precision = PrecisionField()
    approval_number = models.CharField(
        "批复文号",
        max_length=80,
        blank=True,
        default="",
        help_text="没有文号的站点会列入「缺批复」，由审核员确认后计入。",
    )
    # Since when it is approved, where that was found out later than the station was entered.
    approval_date = models.DateField(
        "批复日期",
        null=True,
        blank=True,
        help_text="文号后来补填的，填批复的日期；不填则自填写之日起计入。",
    )
    approval_date_precision = PrecisionField()
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
    capacity = models.PositiveSmallIntegerField(
        "设岗数", null=True, blank=True, help_text="批准设置的社工岗位数。"
    )
    reported_workers = models.PositiveSmallIntegerField(
        "填报驻站社工数",
        null=True,
        blank=True,
        editable=False,
        help_text="台账填报数，与岗位记录不一致时一并显示。",
    )
    reported_certified = models.PositiveSmallIntegerField(
        "填报持证社工数",
        null=True,
        blank=True,
        editable=False,
        help_text="台账填报数，与岗位记录不一致时一并显示。",
    )
    head = models.CharField("站长（负责人）", max_length=50, blank=True, default="", db_default="")
    contact_phone = models.CharField(
        "联系电话",
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="站点的联系电话，对外可以公布的号码。",
    )
    annual_funds = models.DecimalField(
        "年度投入资金（元）",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    village_count = models.PositiveSmallIntegerField("覆盖村（社区）数", null=True, blank=True)
    rating = models.CharField(
        "评估等次",
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="照评估文件写，如 三星级、优秀。",
    )
    remark = models.CharField("备注", max_length=200, blank=True, default="", db_default="")
    is_relocation_site = models.BooleanField("易地搬迁安置点", default=False)
    is_branch = models.BooleanField(
        "分站", default=False, help_text="同一乡镇（街道）已有社工站时，后建的为分站。"
    )
    # 撤并 as entered by mistake: it counts on no day, whatever its states say.
    is_mistake = models.BooleanField("误录", default=False, db_default=False, editable=False)
    is_incomplete = models.BooleanField("待完善", default=False, editable=False)
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
            models.CheckConstraint(
                condition=Q(area=None) | Q(area__gte=0),
                name="station_area",
                violation_error_message="场地面积不能是负数。",
            ),
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


def is_approved_on(day: datetime.date) -> Q:
    """R17 as of a day, as a condition on stations."""
    number = former.as_of(
        Station, "approval_number", day, now=~Q(approval_number=""), then=~Q(value="")
    )
    confirmed = former.as_of(
        Station, "approved_on", day, now=Q(approved_on__isnull=False), then=~Q(value="")
    )
    return number | confirmed


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
