"""Figures that were signed, and the ids behind them."""

from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from core.audit.history import never_emptied
from core.models import Job
from reports.plans.models import Plan
from reports.snapshots.models import Snapshot


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
