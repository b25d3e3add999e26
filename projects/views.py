"""Pages of projects, milestones and payments."""

from __future__ import annotations

from typing import Any

from core.entities.pages import EntityView, Related, Section
from projects import verbs
from projects.actions import (
    add_milestone,
    add_payment,
    paid_total,
    update_milestone,
    update_payment,
    update_project,
)
from projects.filters import MilestoneFilter, PaymentFilter, ProjectFilter
from projects.forms import MilestoneForm, NewProjectForm, PaymentForm, ProjectForm
from projects.models import Milestone, Payment, Project
from projects.tables import STAGE_KINDS, MilestoneTable, PaymentTable, ProjectTable

# Lists that stand beside each other under one entry of the navigation.
_PROJECTS = ("project", "milestone", "payment")


class ProjectView(EntityView):
    model = Project
    beside = _PROJECTS
    unit = "个"
    icon = "folder"
    table = ProjectTable
    filterset = ProjectFilter
    form = ProjectForm
    create_form = NewProjectForm
    search_hint = "项目名称、编号、购买方、承接方"
    empty_hint = "可以逐个新增，也可以把购买服务项目台账直接导入。"
    select_related = ("region", "purchaser", "contractor", "evaluator")
    state_field = "stage"
    state_kinds = STAGE_KINDS
    headline = ("number", "purchaser", "contractor")
    found_facts = ("purchaser", "contractor", "region")
    actions = verbs.PROJECT
    sections = (
        Section(
            "项目",
            ("name", "number", "region", "service_field", "started_on", "ends_on", "stage",
             "purchaser", "contractor", "evaluator", "procurement", "staffing"),
        ),
        Section("资金", ("fund", "budget", "contract_amount")),
    )  # fmt: skip
    related = (
        Related("付款", "payments", "payment",
                ("stage", "amount", "paid_on", "is_opening_balance", "voucher"),
                add_label="登记付款"),
        Related("里程碑", "milestones", "milestone",
                ("stage", "planned_on", "reached_on", "score"), add_label="添加里程碑"),
    )  # fmt: skip

    def save_changes(self, record: Any, form: Any) -> None:
        update_project(project=record, by=self.request.user)

    def detail_context(self, record: Any) -> dict[str, Any]:
        context = super().detail_context(record)
        paid = paid_total(record)
        context["sections"][1]["facts"].append({"label": "已付款合计", "value": f"{paid:,.2f}"})
        if record.contract_amount:
            rest = record.contract_amount - paid
            context["sections"][1]["facts"].append({"label": "未付", "value": f"{rest:,.2f}"})
        return context


class _ProjectPartView(EntityView):
    parent = "project"
    select_related = ("project",)
    is_created_alone = False
    search_hint = "项目名称、凭证号"
    empty_hint = "在项目的页面上登记，或随项目台账一起导入。"
    headline = ("project",)


class MilestoneView(_ProjectPartView):
    model = Milestone
    beside = _PROJECTS
    unit = "个"
    icon = "calendar"
    select_related = ("project__contractor",)
    table = MilestoneTable
    filterset = MilestoneFilter
    form = MilestoneForm
    search_hint = "项目名称"
    empty_hint = "在项目的页面上添加。"
    sections = (Section("里程碑", ("project", "stage", "planned_on", "reached_on", "score")),)

    def save_new(self, record: Any, form: Any) -> Any:
        return add_milestone(milestone=record, by=self.request.user)

    def save_changes(self, record: Any, form: Any) -> None:
        update_milestone(milestone=record, by=self.request.user)


class PaymentView(_ProjectPartView):
    model = Payment
    beside = _PROJECTS
    unit = "笔"
    icon = "coin"
    select_related = ("project__contractor",)
    table = PaymentTable
    filterset = PaymentFilter
    form = PaymentForm
    actions = verbs.PAYMENT
    sections = (
        Section(
            "付款",
            ("project", "stage", "amount", "paid_on", "is_opening_balance", "voucher", "ended_on",
             "end_reason"),
        ),
    )  # fmt: skip

    def save_new(self, record: Any, form: Any) -> Any:
        return add_payment(payment=record, by=self.request.user)

    def save_changes(self, record: Any, form: Any) -> None:
        update_payment(payment=record, by=self.request.user)
