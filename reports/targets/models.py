"""What a region is to reach."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from core.audit.history import tracked
from core.scoping import ScopedModel
from reports.plans.models import Plan
from reports.sight import StatisticsQuerySet


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
