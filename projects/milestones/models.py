"""The stages of a project, planned and reached."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from core.models import Record
from projects.codes import Stage
from projects.projects.models import Project


@tracked
class Milestone(Record):
    """A stage of the project that was planned and, one day, reached."""

    scope_field = "project__region"

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="milestones", verbose_name="项目"
    )
    stage = models.CharField("阶段", max_length=2, choices=Stage)
    planned_on = models.DateField("计划日期", null=True, blank=True)
    reached_on = models.DateField("实际日期", null=True, blank=True)
    # C-EVG: bands of a hundred.
    score = models.DecimalField(
        "评估得分",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[
            MinValueValidator(0, "评估得分应在 0 至 100 之间。"),
            MaxValueValidator(100, "评估得分应在 0 至 100 之间。"),
        ],
    )

    class Meta:
        verbose_name = "里程碑"
        ordering = ["project_id", "stage"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "stage"],
                name="milestone_once",
                violation_error_message="这个阶段已有里程碑，请在原来的一条上修改。",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=100),
                name="milestone_score",
                violation_error_message="评估得分应在 0 至 100 之间。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_stage_display()
