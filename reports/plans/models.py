"""A plan period: what speaks about a day."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from core.audit.history import tracked


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
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="plan_order",
                violation_error_message="规划的结束日期应晚于开始日期。",
            )
        ]

    def __str__(self) -> str:
        return self.name
