"""Long work. These rows are the queue of record; Celery is only told about them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from core.scoping import ScopedModel


class Job(ScopedModel):
    """A piece of long work, done by whichever worker holds its lease.

    `fence` grows with every lease taken; a runner writes only while the row still shows
    its own fence, so two runners at the same time cannot both write.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        WAITING = "waiting", "待确认"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"
        CANCELLED = "cancelled", "已取消"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("类型", max_length=40)
    by = models.ForeignKey("core.User", models.PROTECT, null=True, verbose_name="发起人")
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="辖区")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.QUEUED)
    phase = models.CharField("阶段", max_length=40, default="")
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    message = models.TextField("说明", default="")
    payload = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    # Host and process number of the latest runner.
    runner = models.CharField(max_length=100, default="", db_default="")
    heartbeat_at = models.DateTimeField("最近活动", null=True)
    is_cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField("提交时间", db_default=Now())
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "任务"
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=models.Q(status__in=["queued", "running"]),
                name="job_open_lease",
            )
        ]
        constraints = [
            # Makes the token a part of a key: who holds FOR KEY SHARE while writing lets a
            # heartbeat by, and nobody who draws a new token.
            models.UniqueConstraint(
                fields=["id", "fence"],
                name="job_fence",
                violation_error_message="这个任务已由另一个进程接手，请刷新页面。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}（{self.get_status_display()}）"
