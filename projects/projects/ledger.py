"""Rows of the projects' ledger: natural key purchaser, name, start."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from core.ledgers.asking import say
from core.ledgers.plain import PlainLedger, natural_key, stable_id
from core.ledgers.resources import ImportContext, RowCheck
from core.models import ImportRow
from core.rules import RuleError
from projects.codes import Fund, Procurement, Stage
from projects.payments.models import Payment
from projects.payments.rules import check_amount_paid
from projects.projects.models import Project
from projects.projects.rules import check_project, check_stage
from stations.places.named import create_used, find_organization
from talent.codes import ServiceField

PROJECT, PAYMENT = "projects.project", "projects.payment"


def build(row: RowCheck) -> None:
    v = row.values
    region = v.get("region") or row.context.places.scope
    if not v.get("ends_on"):
        raise RuleError("R18", "请填写结束日期。", field="ends_on")
    purchaser = find_organization(v["purchaser"], region, row.context)
    budget = v.get("budget") or v.get("contract_amount")
    if not budget and (purchaser.id, v["started_on"][0], v["name"]) not in _known(row.context):
        raise RuleError("R18", "请填写预算金额或合同金额。", field="budget")
    _check_money(row, _amount(budget))
    named = v.get("contractor")
    contractor = find_organization(named, region, row.context) if named else None
    parts = (purchaser.id, v["name"], v["started_on"][0])
    project_id = str(stable_id(PROJECT, row.context.batch_id, *parts))
    row.key = natural_key(*parts)
    row.shown = {
        "name": v["name"],
        "detail": f"{v['purchaser']} {v['started_on'][0]}",
        "names": {contractor.id: named} if contractor else {},
        "given": LEDGER.given(v),
        "paid": v.get("paid", ""),
    }
    row.insert[PROJECT] = {
        "id": project_id,
        "number": v.get("number", ""),
        "name": v["name"],
        "purchaser_id": purchaser.id,
        "contractor_id": contractor.id if contractor else None,
        "evaluator_id": None,
        "service_field": v.get("service_field", ServiceField.OTHER),
        "region_id": region,
        "fund": v.get("fund", Fund.OTHER),
        "budget": budget,
        "contract_amount": v.get("contract_amount"),
        "procurement": v.get("procurement", ""),
        "started_on": v["started_on"][0],
        "ends_on": v["ends_on"][0],
        "stage": v.get("stage", Stage.DEMAND),
        "staffing": "",
        "ended_on": None,
        "end_reason": "",
    }
    if v.get("paid") and Decimal(v["paid"]) > 0:
        row.insert[PAYMENT] = {
            "id": str(stable_id(PAYMENT, project_id)),
            "project_id": project_id,
            "stage": "",
            "amount": v["paid"],
            "paid_on": None,
            "is_opening_balance": True,
            "voucher": "",
            "ended_on": None,
            "end_reason": "",
        }


def _known(context: ImportContext) -> set[tuple[str, str, str]]:
    """Natural keys of the registered projects: their budget may be left blank."""
    if "projects" not in context.memory:
        keys = Project.objects.filter(ended_on=None).order_by()
        context.memory["projects"] = {
            (str(purchaser), str(start), name)
            for purchaser, start, name in keys.values_list("purchaser_id", "started_on", "name")
        }
    found: set[tuple[str, str, str]] = context.memory["projects"]
    return found


def _check_money(row: RowCheck, budget: Decimal | None) -> None:
    v = row.values
    contract = _amount(v.get("contract_amount"))
    paid = Decimal(v.get("paid") or 0)
    check_project(
        budget=budget,
        contract_amount=contract,
        started_on=datetime.date.fromisoformat(v["started_on"][0]),
        ends_on=datetime.date.fromisoformat(v["ends_on"][0]),
    )
    if paid > 0:
        check_amount_paid(
            amount=paid,
            paid_before=Decimal(0),
            contract_amount=contract,
            paid_on=None,
            is_opening_balance=True,
        )


def _follow(row: ImportRow, record: Any, incoming: dict[str, Any]) -> None:
    """A known project as the row would leave it, with what was paid on it (R18)."""
    if not row.writes["update"] and not row.shown.get("paid"):
        return
    payments = list(Payment.objects.filter(project=record, ended_on=None))
    paid = _opening(row, record, payments)
    after = {c: getattr(record, c) for c in LEDGER.labels} | row.writes["update"].get(PROJECT, {})
    check_project(
        budget=Decimal(after["budget"]),
        contract_amount=_amount(after["contract_amount"]),
        started_on=record.started_on,
        ends_on=datetime.date.fromisoformat(str(after["ends_on"])),
        contractor=str(after["contractor_id"] or ""),
        evaluator=str(record.evaluator_id) if record.evaluator_id else None,
        paid=paid,
    )
    if after["stage"] != record.stage:
        for flag in check_stage(record.stage, after["stage"]):
            message = (
                f"{record.get_stage_display()} → {Stage(after['stage']).label}：{flag.message}"
            )
            say(row, message, rule=flag.rule, level=flag.level, column="当前阶段")


def _amount(value: Any) -> Decimal | None:
    return Decimal(value) if value not in (None, "") else None


def _opening(row: ImportRow, record: Any, payments: list[Payment]) -> Decimal:
    """「已拨付」 of a known project: its opening balance, as far as dated payments leave it.

    Returns what is paid on the project then.
    """
    said, paid = row.shown.get("paid"), sum((p.amount for p in payments), Decimal(0))
    if not said:
        return paid
    opening = next((p for p in payments if p.is_opening_balance), None)
    dated = sum((p.amount for p in payments if not p.is_opening_balance), Decimal(0))
    wanted = Decimal(said) - dated
    have = opening.amount if opening else Decimal(0)
    if wanted == have:
        return paid
    if wanted < 0:
        message = f"已拨付 {said} 元少于已登记的付款 {dated:.2f} 元，请核对。"
        say(row, message, rule="R20", level="W", column="已拨付（元）")
        return paid
    row.diff.append(["已拨付", f"{have + dated:.2f}", said])
    if opening is None:
        row.writes["insert"][PAYMENT] = row.writes["staged"]["insert"][PAYMENT] | {
            "project_id": str(record.pk),
            "amount": f"{wanted:.2f}",
        }
    else:
        row.writes["update"][PAYMENT] = {"id": str(opening.pk), "amount": f"{wanted:.2f}"}
    return Decimal(said)


LEDGER = PlainLedger(
    model=PROJECT,
    key=("purchaser_id", "started_on", "name"),
    labels={
        "number": "项目编号",
        "contractor_id": "承接方",
        "service_field": "服务领域",
        "fund": "资金来源",
        "budget": "预算金额",
        "contract_amount": "合同金额",
        "procurement": "采购方式",
        "ends_on": "结束日期",
        "stage": "当前阶段",
    },
    choices={
        "service_field": dict(ServiceField.choices),
        "fund": dict(Fund.choices),
        "procurement": dict(Procurement.choices),
        "stage": dict(Stage.choices),
    },
    follow=_follow,
)


def create_places(batch: Any, context: ImportContext) -> None:
    create_used(batch, PROJECT, ("purchaser_id", "contractor_id"))
