"""Plans and their targets, and the figures as they were on a day."""

from __future__ import annotations

import uuid
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from core.audit.history import never_emptied, tracked
from core.models import Job
from core.regions.tree import divisions_on
from core.scoping import ScopedModel, ScopedQuerySet


@tracked
class Plan(models.Model):
    """A plan period, such as 十四五 (2021-01-01 to 2025-12-31). Plans are data."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=40)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", help_text="含当日；结算以此日为准。")
    # T3: what was obtained up to this day is not new.
    baseline_on = models.DateField("基期")
    # The other reading of "新增": what was obtained after the document was published.
    document_on = models.DateField("文件公布日期", null=True, blank=True)
    document = models.CharField("文号", max_length=80, blank=True, default="")

    class Meta:
        verbose_name = "规划"
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="plan_order")
        ]

    def __str__(self) -> str:
        return self.name


class StatisticsQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        """Figures of the own region and below, and of the siblings under the same parent.

        Figures, not lists: staff and viewers may compare themselves with their
        neighbours and with every region above them.
        """
        if not getattr(user, "is_active", False) or not getattr(user, "has_record_scope", False):
            return self.none()
        if not user.region_id:
            return self.none()
        own = user.region_id
        parent = own[:-3] if len(own) == 9 else own[:-2]
        above = [own[:n] for n in (2, 4, 6) if n < len(own)]
        # Its figures of the days before a succession stand under the codes of then.
        sources = divisions_on(timezone.localdate()).sources(own)
        before = [code for code in sources if not code.startswith(own)]
        visible = Q(region__code__startswith=own) | Q(region__in=[*above, *before])
        if own == settings.PROVINCE_CODE:
            visible |= Q(region=None)
        if len(own) > 2:
            visible |= Q(region__parent=parent)
        return self.filter(visible)


@tracked
class Target(ScopedModel):
    """What a region is to reach by the end of a year, with the document that says so."""

    class Kind(models.TextChoices):
        BINDING = "1", "约束性"
        EXPECTED = "2", "预期性"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="targets", verbose_name="规划")
    indicator = models.CharField("指标", max_length=20)
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="地区")
    year = models.PositiveSmallIntegerField("年度")
    # With `is_rate` a percentage of the indicator's denominator, and valid for every region
    # below that has no target of its own.
    value = models.PositiveIntegerField("目标值")
    is_rate = models.BooleanField("按比例（%）", default=False)
    clause = models.CharField("条款", max_length=40, blank=True, default="")
    kind = models.CharField("性质", max_length=1, choices=Kind, default=Kind.EXPECTED)
    document = models.CharField("文号", max_length=80)
    updated_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = StatisticsQuerySet.as_manager()

    class Meta:
        verbose_name = "目标"
        ordering = ["plan_id", "indicator", "region_id", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "indicator", "region", "year"],
                name="target_once",
                violation_error_message="该指标、地区、年度已有目标。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.region_id} {self.year}"


class Snapshot(models.Model):
    """All indicators of all regions as computed at one moment for one day.

    The figures are rows of SnapshotValue: a new indicator is no migration.
    """

    id = models.BigAutoField(primary_key=True)
    # What an address holds.
    uid = models.UUIDField(unique=True, editable=False, db_default=RandomUUID())
    as_of = models.DateField("统计日期")
    computed_at = models.DateTimeField("计算时间", db_default=Now())
    definitions_version = models.CharField("口径版本", max_length=40)
    divisions_version = models.CharField("区划版本", max_length=40)
    # Indicator -> the version of its definition (R25).
    versions = models.JSONField("各指标口径版本", default=dict, db_default={})
    is_settlement = models.BooleanField("规划结算", default=False)
    seconds = models.FloatField("用时（秒）", default=0)
    # What the data looked like: a later look that differs means that the figures are stale.
    marks = models.JSONField(default=dict)

    class Meta:
        verbose_name = "快照"
        ordering = ["-as_of", "-computed_at"]
        indexes = [models.Index(fields=["-as_of", "-computed_at"], name="snapshot_latest")]

    def __str__(self) -> str:
        return f"{self.as_of}"


class SnapshotValue(models.Model):
    """One figure: indicator × region. `denominator` is null where there is none.

    Zeros without a denominator are not stored. A row without a region is 未定位: it is
    part of the province's total and of no region below.
    """

    id = models.BigAutoField(primary_key=True)
    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="values")
    indicator = models.CharField("指标", max_length=20)
    region = models.ForeignKey("core.Region", models.PROTECT, null=True, verbose_name="地区")
    value = models.IntegerField("数值")
    denominator = models.IntegerField("分母", null=True)

    objects = StatisticsQuerySet.as_manager()

    class Meta:
        verbose_name = "快照数值"
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "indicator", "region"],
                name="snapshotvalue_once",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["snapshot", "region"], name="snapshotvalue_region")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.region_id or '未定位'} {self.value}"


class Settlement(models.Model):
    """A plan's figures as the province signed them; nothing changes them any more.

    Asked for first, `snapshot`, `digest` and `frozen_at` follow when the figures and the
    ids behind them have been stored. Later corrections stand beside, as 决算后更正.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.OneToOneField(Plan, models.PROTECT, related_name="settlement")
    job = models.OneToOneField("core.Job", models.PROTECT, related_name="settlement")
    by = models.ForeignKey("core.User", models.PROTECT, verbose_name="签核人")
    document = models.CharField("文号", max_length=80)
    asked_at = models.DateTimeField("签核时间", db_default=Now())
    snapshot = models.OneToOneField(Snapshot, models.PROTECT, null=True, related_name="settlement")
    # SHA-256 over every counted id with its indicator, region and amount.
    digest = models.CharField("名单校验码", max_length=64, default="")
    frozen_at = models.DateTimeField("冻结时间", null=True)

    class Meta:
        verbose_name = "规划决算"
        triggers = [
            pgtrigger.Protect(name="signed_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="frozen_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__frozen_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}决算"

    @property
    def is_failed(self) -> bool:
        """Whether it waits for somebody to set it going again."""
        return self.job.status == Job.Status.FAILED


class SettledMembers(models.Model):
    """What an indicator counted in one region itself (not below) when the plan was frozen.

    `ids` are keys of the population's rows, `amounts` beside them what each added to a sum
    (null where each counts once). No region is 未定位.
    """

    id = models.BigAutoField(primary_key=True)
    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="members")
    indicator = models.CharField("指标", max_length=20)
    region = models.ForeignKey("core.Region", models.PROTECT, null=True, verbose_name="地区")
    ids = ArrayField(models.TextField())
    amounts = ArrayField(models.IntegerField(), null=True)

    class Meta:
        verbose_name = "决算名单"
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "indicator", "region"],
                name="settledmembers_once",
                nulls_distinct=False,
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied(),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.region_id or '未定位'}"
