"""Purchased-service projects, their milestones and payments. Money is in yuan."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.audit.history import tracked
from core.models import Record
from projects.codes import Fund, Procurement, Stage
from stations.models import Organization
from talent.codes import ServiceField


@tracked
class Project(Record):
    """A project by which a body purchases social-work services (民发〔2012〕196号).

    Natural key of ledgers: the contract's number where it is known, else purchaser, name and
    start.
    """

    succession_fields = ("region",)

    number = models.CharField("项目编号", max_length=40, blank=True, default="")
    contract_number = models.CharField(
        "合同编号",
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="同名同期的几个包，以合同编号区分。",
    )
    name = models.CharField("项目名称", max_length=120)
    purchaser = models.ForeignKey(
        Organization, models.PROTECT, related_name="purchases", verbose_name="购买方"
    )
    contractor = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name="承接方",
    )
    evaluator = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evaluations",
        verbose_name="评估方",
        help_text="不能与承接方相同。",
    )
    service_field = models.CharField("服务领域", max_length=2, choices=ServiceField)
    region = models.ForeignKey("core.Region", models.PROTECT, verbose_name="实施地区")
    fund = models.CharField("资金来源", max_length=1, choices=Fund)
    budget = models.DecimalField(
        "预算金额（元）", max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    contract_amount = models.DecimalField(
        "合同金额（元）",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="不超过预算金额。",
    )
    procurement = models.CharField(
        "采购方式", max_length=1, choices=Procurement, blank=True, default=""
    )
    started_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    stage = models.CharField("当前阶段", max_length=2, choices=Stage, default=Stage.DEMAND)
    manager = models.CharField("项目负责人", max_length=50, blank=True, default="", db_default="")
    contact_phone = models.CharField(
        "联系电话", max_length=20, blank=True, default="", db_default=""
    )
    beneficiaries = models.CharField(
        "服务对象", max_length=100, blank=True, default="", db_default=""
    )
    people_served = models.PositiveIntegerField("服务人次", null=True, blank=True)
    evaluation_score = models.DecimalField(
        "评估得分",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="百分制。",
    )
    staffing = models.CharField("人员配备要求", max_length=200, blank=True, default="")
    remark = models.CharField("备注", max_length=200, blank=True, default="", db_default="")
    ended_on = models.DateField("停用日期", null=True, blank=True, editable=False)
    end_reason = models.CharField(
        "停用原因", max_length=200, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = "项目"
        ordering = ["-started_on", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["purchaser", "name", "started_on"],
                condition=Q(ended_on=None, contract_number=""),
                name="project_purchaser_name_start",
                violation_error_message="该购买方已有同名、同开始日期的项目；是另一个合同的，请填写合同编号。",
            ),
            models.UniqueConstraint(
                fields=["purchaser", "contract_number"],
                condition=Q(ended_on=None) & ~Q(contract_number=""),
                name="project_contract_number",
                violation_error_message="该购买方已登记过这个合同编号。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("started_on")),
                name="project_order",
                violation_error_message="结束日期不能早于开始日期，请核对。",
            ),
            models.CheckConstraint(
                condition=Q(contract_amount=None) | Q(contract_amount__lte=F("budget")),
                name="project_contract_within_budget",
                violation_error_message="合同金额不能超过预算金额，请核对。",
            ),
            models.CheckConstraint(
                condition=Q(evaluator=None) | Q(contractor=None) | ~Q(evaluator=F("contractor")),
                name="project_evaluator_is_not_contractor",
                violation_error_message="评估方不能是承接方，请核对。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["region"], name="project_region", opclasses=["varchar_pattern_ops"]
            )
        ]

    def __str__(self) -> str:
        return self.name
