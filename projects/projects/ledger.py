"""The ledger of projects: natural key purchaser, name and start; what was paid before is the
opening balance (期初已付)."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from core.ledgers import values
from core.ledgers.asking import say
from core.ledgers.ledger import ImportContext, LedgerColumn, RowCheck
from core.ledgers.models import ImportRow
from core.ledgers.plain import PlainLedger, stable_id
from core.rules import RuleError
from projects.codes import Fund, Stage
from projects.payments.models import Payment
from projects.payments.rules import check_amount_paid
from projects.projects.models import Project
from projects.projects.rules import check_project, check_stage
from stations.places.named import create_used, find_organization, remove_unused
from talent.codes import ServiceField

PROJECT, PAYMENT = "projects.project", "projects.payment"
_FUNDS = {
    "中央": "1",
    "省级": "2",
    "省财政": "2",
    "市级财政": "3",
    "市财政": "3",
    "县级": "4",
    "区级财政": "4",
    "县财政": "4",
    "福利彩票公益金": "5",
    "福彩": "5",
    "粤黔协作": "6",
    "东西部协作资金": "6",
    "中央福彩公益金": "5",
    "省级福彩公益金": "5",
    "市级福彩公益金": "5",
    "本级福彩公益金": "5",
    "福彩公益金": "5",
    "本级财政": "4",
    "区财政": "4",
    "社会捐赠": "7",
    "慈善资金": "7",
}
_STAGES = {"立项": "20", "入库": "20", "招标": "30", "已签约": "40", "签订合同": "40",
           "实施中": "50", "进行中": "50", "中期": "60", "末期": "70", "完成": "80",
           "正在实施": "50", "执行中": "50", "已签订合同": "40", "已验收": "80", "验收合格": "80",
           "已完成": "80", "已结项": "80", "终止": "90"}  # fmt: skip
_PROCUREMENTS = {
    "邀请": "2",
    "磋商": "4",
    "谈判": "3",
    "框架": "6",
    "直接委托": "7",
    "定向委托": "7",
    "单一来源采购": "5",
    "框架协议采购": "6",
    "邀标": "2",
    "招标": "1",
}


def _prepare(row: RowCheck, written: dict[str, Any]) -> None:
    """Who buys and who does it, and what was paid before the registry knew."""
    v = row.values
    region = v.get("region") or row.context.places.scope
    if not v.get("ends_on"):
        raise RuleError("R18", "请填写结束日期。", field="ends_on")
    purchaser = find_organization(v["purchaser"], region, row.context)
    budget = v.get("budget") or v.get("contract_amount")
    if not budget and (purchaser.id, v["started_on"][0], v["name"]) not in _known(row.context):
        raise RuleError("R18", "请填写预算金额或合同金额。", field="budget")
    named = v.get("contractor")
    contractor = find_organization(named, region, row.context) if named else None
    written |= {
        "region_id": region,
        "purchaser_id": purchaser.id,
        "contractor_id": contractor.id if contractor else None,
        "budget": budget,
        "fund": v.get("fund", Fund.OTHER),
        "service_field": v.get("service_field", ServiceField.OTHER),
    }
    row.shown = {
        "detail": f"{v['purchaser']} {v['started_on'][0]}",
        "names": {contractor.id: named} if contractor else {},
        "paid": v.get("paid", ""),
    }
    if v.get("paid") and Decimal(v["paid"]) > 0:
        _open_with(row, written)


def _open_with(row: RowCheck, written: dict[str, Any]) -> None:
    """The opening balance that comes with a new project."""
    paid = row.values["paid"]
    check_amount_paid(
        amount=Decimal(paid),
        paid_before=Decimal(0),
        contract_amount=_amount(row.values.get("contract_amount")),
        paid_on=None,
        is_opening_balance=True,
    )
    parts = (written["purchaser_id"], written["started_on"], written["name"])
    project_id = str(stable_id(PROJECT, row.context.batch_id, *parts))
    row.insert[PAYMENT] = {
        "id": str(stable_id(PAYMENT, project_id)),
        "project_id": project_id,
        "stage": "",
        "amount": paid,
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


def _follow(row: ImportRow, record: Any, incoming: dict[str, Any]) -> None:
    """A known project as the row would leave it, with what was paid on it (R18)."""
    if not row.writes["update"] and not row.shown.get("paid"):
        return
    payments = list(Payment.objects.filter(project=record, ended_on=None))
    paid = _opening(row, record, payments)
    after = {c: getattr(record, c) for c in PROJECTS_LEDGER.changeable} | row.writes["update"].get(
        PROJECT, {}
    )
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


PROJECTS_LEDGER = PlainLedger(
    kind="projects",
    label="项目",
    models=(PROJECT, PAYMENT),
    fields=(
        "name number",
        LedgerColumn(
            "purchaser",
            "购买方",
            values.text("购买方", 120),
            is_required=True,
            width=22,
            synonyms=("购买主体", "采购人", "购买单位", "委托方", "甲方", "采购人（甲方）"),
        ),
        LedgerColumn(
            "contractor",
            "承接方",
            values.text("承接方", 120),
            width=26,
            synonyms=(
                "承接机构",
                "承接主体",
                "中标单位",
                "承接单位",
                "供应商",
                "供应商（乙方）",
                "乙方",
                "中标供应商",
                "成交供应商",
                "中标/成交供应商",
                "项目承接单位",
            ),
        ),
        "service_field region fund budget contract_amount procurement started_on ends_on stage",
        LedgerColumn(
            "paid",
            "已拨付（元）",
            values.money("已拨付"),
            is_money=True,
            synonyms=("已拨付", "已付款", "已支付", "拨付金额"),
        ),
    ),
    required="name purchaser started_on ends_on",
    future="started_on ends_on",
    key="purchaser_id started_on name",
    fixed="region_id",
    notes=(
        "每个项目一行，以购买方、项目名称、开始日期识别。金额单位为元。",
        "「已拨付」没有日期，按期初已付登记；已有付款记录时只补差额。",
    ),
    synonyms={
        "name": "名称",
        "number": "编号",
        "service_field": "领域",
        "region": "地区 实施地 服务地区 项目地区 实施地点 服务区域",
        "budget": "预算 预算金额 采购预算",
        "contract_amount": "合同额 合同金额 合同价 合同价款 中标金额 中标价 成交金额",
        "started_on": "开始时间 起始日期 实施开始",
        "ends_on": "结束时间 截止日期 实施结束",
        "stage": "阶段 项目阶段 进度 项目进展 项目完成情况",
    },
    means={"fund": _FUNDS, "stage": _STAGES, "procurement": _PROCUREMENTS},
    prepare=_prepare,
    follow=_follow,
    before_apply=lambda batch, context: create_used(
        batch, PROJECT, ("purchaser_id", "contractor_id")
    ),
    after_undo=remove_unused,
)
