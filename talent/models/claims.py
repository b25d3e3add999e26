"""Key talents (T3) and graduates (T4)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from core.models import Record
from talent.codes import ClaimClass, ClaimState, EducationLevel, NativeBasis, Origin, SchoolPlace
from talent.models.credentials import PersonalRecord


@tracked
class KeyTalentClaim(PersonalRecord):
    """A claim to be counted as a new key talent in one of three classes.

    `qualified_on` is the day the qualification was obtained (class B: the later of the
    two), not the day of entry.
    """

    claim_class = models.CharField("类别", max_length=1, choices=ClaimClass)
    qualified_on = models.DateField("取得资格日期")
    native_basis = models.CharField("黔籍依据", max_length=1, choices=NativeBasis)
    evidence = models.CharField("证明材料", max_length=200)
    origin = models.CharField("来源", max_length=1, choices=Origin, default=Origin.NEW)
    state = models.CharField(
        "认定结果",
        max_length=1,
        choices=ClaimState,
        default=ClaimState.PENDING,
        editable=False,
    )
    submitted_by = models.ForeignKey(
        "core.User",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="申报人",
    )
    decided_by = models.ForeignKey(
        "core.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name="认定人",
    )
    decided_on = models.DateField("认定日期", null=True, blank=True, editable=False)
    decision_reason = models.CharField(
        "认定意见", max_length=200, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = "重点人才认定"
        ordering = ["-qualified_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "claim_class"],
                condition=Q(ended_on=None) & ~Q(state=ClaimState.REFUSED),
                name="keytalentclaim_once",
                violation_error_message="该人员已有同类别的认定。",
            )
        ]

    def __str__(self) -> str:
        return self.get_claim_class_display()


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
    )  # fmt: skip
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="统计地区")
    major = models.CharField("专业", max_length=60, default="社会工作")
    major_code = models.CharField("专业代码", max_length=10, blank=True, default="")
    level = models.CharField("培养层次", max_length=2, choices=EducationLevel)
    year = models.PositiveSmallIntegerField("毕业年度")
    graduates = models.PositiveIntegerField("毕业人数")
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
                condition=Q(year__gte=1990, year__lte=2100), name="graduatestat_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.year}"
