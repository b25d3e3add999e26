"""Bureaus, departments, agencies, universities: who buys, runs and employs."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core.audit.history import tracked
from core.models import Record
from stations.codes import (
    Held,
    OrganizationKind,
    PartyBranch,
    Rating,
    RegistrationLevel,
    System,
)


@tracked
class Organization(Record):
    """A bureau, department, agency, university or committee."""

    succession_fields = ("region",)
    remembers_moves = True

    name = models.CharField("机构名称", max_length=120)
    # Its life: without the first day it is known since it was entered, and no day earlier.
    registered_on = models.DateField(
        "登记日期",
        null=True,
        blank=True,
        help_text="登记成立的日期；不填则自录入本系统之日起计入。",
    )
    deregistered_on = models.DateField(
        "注销日期", null=True, blank=True, help_text="不再存在的第一天；还在的不填。"
    )
    kind = models.CharField(
        "机构类型", max_length=2, choices=OrganizationKind, default=OrganizationKind.OTHER
    )
    credit_code = models.CharField(
        "统一社会信用代码",
        max_length=18,
        blank=True,
        default="",
        help_text="18 位；没有可以不填。",
    )
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="所在地区")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name="主管单位"
    )
    is_lead = models.BooleanField(
        "牵头部门", default=False, help_text="本地区社会工作人才工作的牵头部门。"
    )
    system = models.CharField(
        "所属系统", max_length=2, choices=System, blank=True, default="", db_default=""
    )
    registration_level = models.CharField(
        "登记级别", max_length=1, choices=RegistrationLevel, blank=True, default="", db_default=""
    )
    party_branch = models.CharField(
        "党组织", max_length=1, choices=PartyBranch, blank=True, default="", db_default=""
    )
    rating = models.CharField(
        "评估等级", max_length=1, choices=Rating, blank=True, default="", db_default=""
    )
    # The last day on which each is valid.
    rated_until = models.DateField("评估等级有效期至", null=True, blank=True)
    tax_exempt = models.CharField(
        "免税资格", max_length=1, choices=Held, blank=True, default="", db_default=""
    )
    tax_exempt_until = models.DateField("免税资格有效期至", null=True, blank=True)
    deductible = models.CharField(
        "公益性捐赠税前扣除资格",
        max_length=1,
        choices=Held,
        blank=True,
        default="",
        db_default="",
    )
    deductible_until = models.DateField("税前扣除资格有效期至", null=True, blank=True)
    address = models.CharField("地址", max_length=200, blank=True, default="")
    contact_phone = models.CharField("办公电话", max_length=20, blank=True, default="")
    # Created by an import from a bare name: to be completed.
    is_incomplete = models.BooleanField("待完善", default=False, editable=False)
    ended_on = models.DateField("停用日期", null=True, blank=True, editable=False)
    true_until = models.DateField("属实至", null=True, blank=True, editable=False)
    end_reason = models.CharField(
        "停用原因", max_length=200, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = "机构"
        ordering = ["region_id", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "region"],
                condition=Q(ended_on=None),
                name="organization_name_region",
                violation_error_message="本地区已有同名机构。",
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code="") & Q(ended_on=None),
                name="organization_credit_code",
                violation_error_message="该统一社会信用代码已登记。",
            ),
            models.CheckConstraint(
                condition=Q(deregistered_on=None)
                | Q(registered_on=None)
                | Q(deregistered_on__gte=F("registered_on")),
                name="organization_life",
                violation_error_message="注销日期不能早于登记日期。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["region"], name="organization_region", opclasses=["varchar_pattern_ops"]
            )
        ]

    def __str__(self) -> str:
        return self.name
