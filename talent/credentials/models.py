"""What a person has obtained: certificates, their registration, education, titles."""

from __future__ import annotations

import datetime
from functools import reduce
from operator import or_
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q

from core.audit.history import tracked
from core.dates import today
from core.entities import former
from core.scoping import ScopedQuerySet
from core.timeline import PrecisionField, in_use_on
from talent.codes import (
    COUNTING_LEVELS,
    EXPIRED,
    ONCE_VALID_REGISTRATIONS,
    RELATED_MAJORS,
    VALID_REGISTRATIONS,
    CertificateLevel,
    Degree,
    EducationLevel,
    RegistrationState,
    TitleLevel,
    Verification,
)
from talent.people.records import PersonalRecord


class CertificateQuerySet(ScopedQuerySet):
    def counting_on(self, day: datetime.date) -> Self:
        """Levels 1 to 3 obtained by a day, verified at level 2 or more (T2).

        A pass slip (8) counts as its holder's level-2 certificate, which is a row of its
        own; local certificates (9) never count.
        """
        return self.filter(
            in_use_on(day), level__in=COUNTING_LEVELS, approved_on__lte=day
        ).verified_on(day, at_least=Verification.EMPLOYER)

    def undated(self) -> Self:
        """Those of which nobody has said since when."""
        return self.filter(approved_on=None, ended_on=None)

    def verified_on(self, day: datetime.date, *, at_least: str) -> Self:
        """Those that were verified at a level by a day."""
        now, then = Q(verification__gte=at_least), Q(value__gte=at_least)
        return self.filter(former.as_of(self.model, "verification", day, now=now, then=then))


@tracked
class Certificate(PersonalRecord):
    """A national social worker certificate. The certificate itself never expires."""

    dated_columns = {"verification": "verified_on"}
    unsaid = {"approved_on": "日期不详"}

    level = models.CharField("证书级别", max_length=1, choices=CertificateLevel)
    # No structure is assumed (R7): published descriptions disagree.
    number = models.CharField(
        "管理号",
        max_length=32,
        blank=True,
        default="",
        help_text="证书上的管理号，字母不分大小写。",
    )
    # Without one it counts on no day.
    approved_on = models.DateField(
        "批准日期",
        null=True,
        blank=True,
        help_text="证书上的批准日期；只知道年月可写 2021-03，不知道的留空，补上之前不计入。",
    )
    approved_precision = PrecisionField()
    issuer = models.CharField("发证机关", max_length=80, blank=True, default="")
    exam_province = models.CharField("考区省份", max_length=20, blank=True, default="")
    verification = models.CharField(
        "核验级别",
        max_length=1,
        choices=Verification,
        default=Verification.EMPLOYER,
        editable=False,
    )
    verified_by_means = models.CharField(
        "核验方式",
        max_length=40,
        blank=True,
        default="",
        help_text="如 中国人事考试网、电子证书、纸质原件。",
    )
    verified_on = models.DateField("核验日期", null=True, blank=True, editable=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "证书"
        ordering = ["-approved_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "level"],
                condition=~Q(number="") & Q(ended_on=None),
                name="certificate_number_level",
                violation_error_message="该管理号的同级别证书已登记。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["level", "person"],
                condition=Q(ended_on=None),
                name="certificate_level_person",
            )
        ]

    def __str__(self) -> str:
        return self.get_level_display()


class RegistrationPeriodQuerySet(ScopedQuerySet):
    def valid_on(self, day: datetime.date) -> Self:
        """Valid on a day, whatever became of them since (T2 登记有效)."""
        return self.filter(
            in_use_on(day),
            starts_on__lte=day,
            ends_on__gte=day,
            state__in=ONCE_VALID_REGISTRATIONS,
        )

    def unfollowed(self) -> Self:
        """Those that no later registration of the same person follows."""
        following = self.model.objects.filter(
            person=OuterRef("person"), starts_on__gt=OuterRef("ends_on"), ended_on=None
        ).exclude(state__in=[RegistrationState.CANCELLED, RegistrationState.FINAL_FAILED])
        return self.filter(~Exists(following))

    def due(self, day: datetime.date, *, days: int) -> Self:
        """Valid ones whose last day lies at most `days` ahead and that nothing follows."""
        until = day + datetime.timedelta(days=days)
        return self.unfollowed().filter(
            ends_on__range=(day, until),
            state__in=VALID_REGISTRATIONS,
            ended_on=None,
        )


@tracked
class RegistrationPeriod(PersonalRecord):
    """One registration of three years; one row a period, never overwritten (R10-R12)."""

    class Kind(models.TextChoices):
        FIRST = "1", "首次登记"
        RENEWAL = "2", "再登记"

    kind = models.CharField("登记类型", max_length=1, choices=Kind, default=Kind.FIRST)
    starts_on = models.DateField("登记起始")
    ends_on = models.DateField("有效期至", help_text="含当日；登记有效期为 3 年。")
    state = models.CharField(
        "登记状态", max_length=2, choices=RegistrationState, default=RegistrationState.ISSUED
    )
    authority = models.CharField("登记机关", max_length=80, blank=True, default="")
    voucher = models.CharField("登记证号", max_length=40, blank=True, default="")

    objects = RegistrationPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "登记"
        ordering = ["-starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                # Equal where it was cancelled on the second day.
                condition=Q(ends_on__gte=F("starts_on")),
                name="registrationperiod_order",
                violation_error_message="有效期至不能早于登记起始。",
            ),
            ExclusionConstraint(
                name="registrationperiod_no_overlap",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_on",
                            "ends_on",
                            RangeBoundary(inclusive_upper=True),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(ended_on=None)
                & ~Q(state__in=[RegistrationState.CANCELLED, RegistrationState.FINAL_FAILED]),
                violation_error_message="与该人员已有的登记期重叠，请核对起止日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on}—{self.ends_on}"

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        """One word for a period: what was valid until a day that has passed is 已过期."""
        if self.state in VALID_REGISTRATIONS and self.ends_on < today():
            return EXPIRED
        return str(RegistrationState(self.state).label)


@tracked
class Education(PersonalRecord):
    """A degree or course of study completed. Without a date it counts on every day."""

    level = models.CharField("学历", max_length=2, choices=EducationLevel)
    degree = models.CharField("学位", max_length=1, choices=Degree, blank=True, default="")
    school = models.CharField("毕业院校", max_length=80, blank=True, default="")
    major = models.CharField("专业", max_length=60, blank=True, default="")
    graduated_on = models.DateField("毕业日期", null=True, blank=True)
    graduated_precision = PrecisionField()
    # T1 L3; kept with the row, because nine patterns a row cost the figures a fifth.
    is_related = models.GeneratedField(
        expression=models.ExpressionWrapper(
            reduce(or_, (Q(major__contains=name) for name in RELATED_MAJORS)),
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
        verbose_name="相关专业",
    )

    class Meta:
        verbose_name = "学历"
        ordering = ["level", "id"]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.major}".strip()


@tracked
class Title(PersonalRecord):
    """A professional title (GB/T 8561)."""

    series = models.CharField(
        "职称系列", max_length=40, help_text="如 高等学校教师、社会工作、工程。"
    )
    level = models.CharField("级别", max_length=1, choices=TitleLevel)
    obtained_on = models.DateField("取得日期", null=True, blank=True)
    obtained_precision = PrecisionField()

    class Meta:
        verbose_name = "职称"
        ordering = ["level", "id"]

    def __str__(self) -> str:
        return f"{self.series}{self.get_level_display()}"
