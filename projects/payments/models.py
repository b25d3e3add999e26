"""What was paid on a project. Money is in yuan."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from core.audit.history import tracked
from core.models import Record
from projects.codes import PAYMENT_STAGES
from projects.projects.models import Project


@tracked
class Payment(Record):
    """Money paid to the contractor. Σ payments may not exceed the contract (R18).

    An opening balance is what a ledger says was paid before the registry knew: it has no
    date and hangs on no milestone.
    """

    scope_field = "project__region"

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="payments", verbose_name="项目"
    )
    stage = models.CharField(
        "付款节点",
        max_length=2,
        choices=[(s.value, s.label) for s in PAYMENT_STAGES],
        blank=True,
        default="",
        help_text="除期初已付外必填。",
    )
    amount = models.DecimalField(
        "金额（元）", max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    paid_on = models.DateField("付款日期", null=True, blank=True, help_text="除期初已付外必填。")
    is_opening_balance = models.BooleanField(
        "期初已付",
        default=False,
        help_text="建档以前已经付过、没有明细的金额，不填付款节点和日期。",
    )
    voucher = models.CharField("凭证号", max_length=60, blank=True, default="")
    ended_on = models.DateField("停用日期", null=True, blank=True, editable=False)
    end_reason = models.CharField(
        "停用原因", max_length=200, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = "付款"
        ordering = ["project_id", "paid_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="payment_amount",
                violation_error_message="付款金额应大于 0。",
            ),
            models.CheckConstraint(
                condition=Q(is_opening_balance=True) | Q(paid_on__isnull=False),
                name="payment_dated_unless_opening",
                violation_error_message="请填写付款日期；没有日期的期初金额请勾选「期初已付」。",
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(is_opening_balance=True, ended_on=None),
                name="payment_one_opening_balance",
                violation_error_message="该项目已登记过期初已付，请在原来的一条上修改金额。",
            ),
        ]

    def __str__(self) -> str:
        stage = "期初已付" if self.is_opening_balance else self.get_stage_display() or "付款"
        return f"{stage} {self.amount:,.2f} 元"
