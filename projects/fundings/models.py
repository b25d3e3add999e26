"""The sources of a project's money. Money is in yuan."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from core.models import Record
from projects.codes import Fund
from projects.projects.models import Project


@tracked
class Funding(Record):
    """One of several sources of a project, with the amount that comes from it, where known."""

    scope_field = "project__region"

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="fundings", verbose_name="项目"
    )
    fund = models.CharField("资金来源", max_length=1, choices=Fund)
    amount = models.DecimalField(
        "金额（元）",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="不知道各来源多少的留空。",
    )
    ended_on = models.DateField("停用日期", null=True, blank=True, editable=False)
    end_reason = models.CharField(
        "停用原因", max_length=200, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = "资金来源"
        ordering = ["project_id", "fund"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "fund"],
                condition=Q(ended_on=None),
                name="funding_once",
                violation_error_message="这个资金来源已登记，请在原来的一条上修改金额。",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="funding_amount",
                violation_error_message="金额不能小于 0。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_fund_display()
