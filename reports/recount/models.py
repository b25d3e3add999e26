"""What the nightly second count of a day found."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class RecountQuerySet(models.QuerySet["Recount"]):
    def unresolved(self) -> list[Recount]:
        """The latest count of each day, where that found a difference."""
        latest = {run.as_of: run for run in self.exclude(compared=None).order_by("id")}
        return [run for run in latest.values() if run.differing]


class Recount(models.Model):
    """A day's figures counted twice: how many were compared, and where they differed."""

    as_of = models.DateField("统计日期")
    counted_at = models.DateTimeField("复核时间", db_default=Now())
    # The night whose sample it belongs to; null where somebody asked for it.
    night = models.DateField("所属夜间复核", null=True)
    # Null until it is done.
    compared = models.PositiveIntegerField("比对数", null=True)
    differing = models.PositiveIntegerField("不符数", default=0)
    # The first of them: figure, region (null for 未定位), and the two numbers.
    differences = models.JSONField("不符之处", default=list)

    objects = RecountQuerySet.as_manager()

    class Meta:
        verbose_name = "指标复核"
        ordering = ["-counted_at", "-id"]
        indexes = [models.Index(fields=["-counted_at"], name="recount_latest")]

    def __str__(self) -> str:
        if self.compared is None:
            return f"{self.as_of}：没有算完"
        return f"{self.as_of}：{self.compared} 个数，{self.differing} 个不符"
