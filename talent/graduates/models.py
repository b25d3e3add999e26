"""Graduates of social-work programmes by school, level and year (T4)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from core.models import Record
from talent.codes import EducationLevel


class SchoolPlace(models.TextChoices):
    """Where the school of graduates lies: T4 counts those of the province's own schools."""

    INSIDE = "1", "省内院校"
    OUTSIDE = "2", "省外院校（黔籍毕业生）"


@tracked
class GraduateStat(Record):
    """Graduates of a school's social-work programme in a year: an aggregate (T4).

    Counts persons graduated (毕业), not those who only completed (结业). Of schools of
    other provinces only those native to this one are kept, on a line of their own.
    """

    succession_fields = ("region",)
    remembers_moves = True

    school = models.CharField("院校名称", max_length=80)
    school_place = models.CharField(
        "院校所在", max_length=1, choices=SchoolPlace, default=SchoolPlace.INSIDE,
        db_default=SchoolPlace.INSIDE,
        help_text="省外院校只填黔籍毕业生，单列，不计入目标。",
    )  # fmt: skip
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="统计地区")
    major = models.CharField("专业", max_length=60, default="社会工作")
    major_code = models.CharField("专业代码", max_length=10, blank=True, default="")
    level = models.CharField("培养层次", max_length=2, choices=EducationLevel)
    year = models.PositiveSmallIntegerField("毕业年度")
    graduates = models.PositiveIntegerField("毕业人数", help_text="只计毕业，不计结业。")
    stayed = models.PositiveIntegerField("其中留黔人数", null=True, blank=True)
    document = models.CharField("依据文件", max_length=120, blank=True, default="")
    ended_on = models.DateField("停用日期", null=True, blank=True, editable=False)
    end_reason = models.CharField(
        "停用原因", max_length=200, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = "毕业生统计"
        ordering = ["-year", "school", "major", "level"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "major", "level", "year"],
                condition=Q(ended_on=None),
                name="graduatestat_once",
                violation_error_message="该院校本专业本层次本年度已填报。",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=1990, year__lte=2100),
                name="graduatestat_year",
                violation_error_message="毕业年度应在 1990 至 2100 之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.year}"
