"""Payments on projects: their list, pages and form."""

from __future__ import annotations

from collections.abc import Iterable

from core.entities.declarations import Action, Section
from core.entities.filters import ENDED, Between
from core.entities.forms.actions import ReasonForm
from core.rules import Flag
from projects.payments.actions import (
    add_payment,
    check_paid_again,
    check_payment,
    end_payment,
    reactivate_payment,
    update_payment,
)
from projects.payments.models import Payment
from projects.projects.entity import part_of_project


def check(payment: Payment) -> Iterable[Flag]:
    payment.stage = payment.stage or ""
    if payment.amount is not None:
        check_payment(payment)
    return ()


PAYMENTS = part_of_project(
    model=Payment,
    prefix="payments/",
    api="payments",
    unit="笔",
    icon="coin",
    files="付款凭证 发票",
    sections=(
        Section("付款", "project stage amount paid_on is_opening_balance voucher ended_on "
                       "end_reason"),
    ),
    columns="project__name stage* amount* paid_on* project__contractor__name voucher "
            "project__region",
    filters=("region stage", Between("paid_on", "paid"), ENDED),
    search="project__name voucher",
    search_hint="项目名称、凭证号",
    empty_hint="在项目的页面上登记，或随项目台账一起导入。",
    check=check,
    create=add_payment,
    update=update_payment,
    actions=(
        Action("deactivate", "停用", ReasonForm, end_payment, "projects.end_payment",
               when=lambda p: p.ended_on is None, is_serious=True, undone=check_paid_again,
               consequence="用于误录。停用后不再计入已付款合计。"),
        Action("reactivate", "恢复使用", ReasonForm, reactivate_payment, "projects.end_payment",
               when=lambda p: p.ended_on is not None, icon="refresh"),
    ),
)  # fmt: skip
