"""The forms that other offices ask for, and each time that one was filled."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now

from core.scoping import ScopedModel


class PaperForm(ScopedModel):
    """A blank form that an office was sent: who asks, with which document; the file as it came."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="填报单位辖区")
    by = models.ForeignKey("core.User", models.PROTECT, verbose_name="上传人")
    name = models.CharField("表名", max_length=120)
    asker = models.CharField("要表单位", max_length=80, blank=True, default="")
    document = models.CharField("依据文件", max_length=120, blank=True, default="")
    file_path = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField("上传时间", db_default=Now())
    # Not asked for any more: it is listed no longer.
    removed_at = models.DateTimeField("移除时间", null=True)

    class Meta:
        verbose_name = "外来表"
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.name


class Filling(models.Model):
    """One time that a form was filled: by whom, for which area and day, with how many rows.

    The file itself is not kept: its hash says whether a paper is the one that was made.
    """

    form = models.ForeignKey(PaperForm, models.CASCADE, related_name="fillings")
    by = models.ForeignKey("core.User", models.PROTECT, verbose_name="填写人")
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="地区")
    day = models.DateField("截止日期")
    rows = models.PositiveIntegerField("行数", default=0)
    is_clear = models.BooleanField("完整号码", default=False)
    reason = models.CharField("事由", max_length=200, blank=True, default="")
    serial = models.CharField("编号", max_length=12)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField("填写时间", db_default=Now())

    class Meta:
        verbose_name = "填表记录"
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.serial
