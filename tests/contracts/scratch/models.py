"""A course of training: the record of the scratch app."""

from __future__ import annotations

from django.db import models

from core.audit.history import tracked
from core.models import Record


@tracked
class Course(Record):
    name = models.CharField("课程名称", max_length=60)
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="所在地区")
    held_on = models.DateField("开课日期")
    hours = models.PositiveSmallIntegerField("学时", default=8)
    is_open = models.BooleanField("开放报名", default=False, editable=False)
    ended_on = models.DateField("停用日期", null=True, blank=True, editable=False)
    end_reason = models.CharField("停用原因", max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = "培训课程"
        ordering = ["-held_on", "name"]

    def __str__(self) -> str:
        return self.name
