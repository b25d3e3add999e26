"""Purchased-service projects: their list, pages and form."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms

from core.dates import today
from core.entities.declarations import Action, Related, Section, reactivation
from core.entities.entity import Entity
from core.entities.filters import ENDED
from core.entities.forms import ActionForm, DateField, ReasonField
from core.entities.forms.actions import ReasonForm
from core.entities.pages.record import DetailPage
from core.rules import Flag
from projects.codes import Stage
from projects.fundings.held import funds_of
from projects.payments.actions import dated_payments, paid_of, paid_total
from projects.projects.actions import change_stage, end_project, update_project
from projects.projects.ledger import PROJECTS_LEDGER
from projects.projects.models import Project
from projects.projects.rules import check_project

# Lists that stand beside each other under one entry of the navigation.
TABS = ("project", "funding", "milestone", "payment")
_STAGES = {
    Stage.DEMAND: "info",
    Stage.APPROVED: "info",
    Stage.PROCUREMENT: "info",
    Stage.SIGNED: "good",
    Stage.RUNNING: "good",
    Stage.MIDTERM: "good",
    Stage.FINAL: "good",
    Stage.RECTIFICATION: "attention",
    Stage.TERMINATED: "wrong",
}


class StageForm(ActionForm):
    stage = forms.ChoiceField(label="进入阶段", choices=Stage.choices)
    reached_on = DateField(label="日期", initial=today)
    reason = ReasonField(required=False, help_text="阶段倒退时必填。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        later = [s.value for s in Stage if s.value > self.record.stage]
        self.initial.setdefault("stage", later[0] if later else self.record.stage)


class ProjectPage(DetailPage):
    def detail_context(self, record: Any) -> dict[str, Any]:
        context = super().detail_context(record)
        facts = context["sections"][2]["facts"]
        paid = paid_total(record)
        facts.append({"label": "已付款合计", "value": f"{paid:,.2f}"})
        if record.contract_amount:
            facts.append({"label": "未付", "value": f"{record.contract_amount - paid:,.2f}"})
        return context


def check(project: Project) -> Iterable[Flag]:
    is_new = project._state.adding
    return check_project(
        budget=project.budget,
        contract_amount=project.contract_amount,
        started_on=project.started_on,
        ends_on=project.ends_on,
        contractor=project.contractor_id,
        evaluator=project.evaluator_id,
        paid=Decimal(0) if is_new else paid_total(project),
        has_payments=not is_new and dated_payments(project).exists(),
    )


def _is_open(project: Project) -> bool:
    return project.ended_on is None


PROJECTS = Entity(
    model=Project,
    prefix="projects/",
    api="projects",
    unit="个",
    icon="folder",
    files="合同 中标通知书 实施方案 结项报告",
    beside=TABS,
    sections=(
        Section("项目", "name number contract_number region service_field started_on ends_on "
                       "stage+"),
        Section("各方", "purchaser contractor evaluator procurement manager contact_phone"),
        Section("资金", "fund budget contract_amount"),
        Section("服务", "beneficiaries people_served evaluation_score staffing remark"),
    ),
    columns="name purchaser__name contractor__name* region contract_amount* started_on ends_on "
            "stage* budget? fund? service_field? contract_number? "
            "manager? contact_phone? beneficiaries? people_served? evaluator__name? "
            "evaluation_score?",
    filters=(
        "region stage service_field fund purchaser contractor",
        ("year", filters.NumberFilter(label="开始年度", field_name="started_on",
                                      lookup_expr="year", min_value=1949, max_value=9998)),
        ENDED,
    ),
    search="name number contract_number contractor__name purchaser__name",
    search_hint="项目名称、编号、购买方、承接方",
    empty_hint="可以逐个新增，也可以把购买服务项目台账直接导入。",
    is_searched=True,
    state="stage",
    labels={"stage": "阶段"},
    colours={"stage": _STAGES},
    headline="number purchaser contractor",
    found_facts="purchaser contractor region",
    select_related=("region", "purchaser", "contractor", "evaluator"),
    gathered={"paid_in_all": paid_of, "all_funds": funds_of},
    check=check,
    ledger=PROJECTS_LEDGER,
    update=update_project,
    pages={"detail": ProjectPage},
    related=(
        Related("资金来源", "fundings", "fund amount", add_label="添加资金来源"),
        Related("付款", "payments", "stage amount paid_on is_opening_balance voucher",
                add_label="登记付款"),
        Related("里程碑", "milestones", "stage planned_on reached_on score",
                add_label="添加里程碑"),
    ),
    actions=(
        Action("stage", "变更阶段", StageForm, change_stage, "projects.change_project",
               when=_is_open, is_primary=True),
        Action("deactivate", "停用", ReasonForm, end_project, "projects.end_project",
               when=_is_open, is_serious=True, consequence="用于误录。已有付款的项目不能停用。"),
        reactivation("projects.end_project"),
    ),
)  # fmt: skip


def part_of_project(**declaration: Any) -> Entity:
    """A record that belongs to a project: created there, leads back there."""
    common: dict[str, Any] = {
        "parent": "project",
        "beside": TABS,
        "is_created_alone": False,
        "headline": "project",
        "select_related": ("project__contractor",),
        "api_filters": (
            ("project", filters.UUIDFilter(label="项目", field_name="project_id")),
        ),
    }  # fmt: skip
    return Entity(**common | declaration)
