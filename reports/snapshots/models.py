"""The figures as they were computed for a day."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now

from reports.sight import StatisticsQuerySet


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
    """One figure: indicator × region. `denominator` is null where there is none, `value` where
    the figure is unknown.

    Zeros without a denominator are not stored. A row without a region is 未定位: it is
    part of the province's total and of no region below.
    """

    id = models.BigAutoField(primary_key=True)
    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="values")
    indicator = models.CharField("指标", max_length=20)
    region = models.ForeignKey("core.Region", models.PROTECT, null=True, verbose_name="地区")
    # Null where it is unknown: nothing on record, which is not 0.
    value = models.IntegerField("数值", null=True)
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
