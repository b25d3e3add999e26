"""The ledger of projects: natural key purchaser, name and start; what was paid before is the
opening balance (期初已付)."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from core.dates import Period
from core.ledgers import values
from core.ledgers.asking import Question, say
from core.ledgers.ledger import ImportContext, LedgerColumn, RowCheck
from core.ledgers.meeting import Known
from core.ledgers.models import ImportRow
from core.ledgers.plain import PlainLedger, stable_id
from core.rules import Flag, RuleError
from projects.codes import Fund, Stage
from projects.fundings.ledger import FUNDING, Funds, meet_sources, sources_of, write_sources
from projects.payments.models import Payment
from projects.payments.rules import check_amount_paid
from projects.projects.models import Project
from projects.projects.rules import check_project, check_stage
from stations.places.named import create_used, find_organization, remove_unused
from stations.places.names import named_body
from talent.codes import FIELD_WORDS, ServiceField

PROJECT, PAYMENT = "projects.project", "projects.payment"
ODD_DAY = Question("day", "少见的开始日期", (("ledger", "没有错，照常录入"),))
ODD_AMOUNT = Question("amount", "少见的金额", (("ledger", "没有错，照常录入"),))
OVER = Question("over", "备注写着已终止的项目", (("ledger", "没有终止，照常录入"),))
_OVER = re.compile("(?<![未不])(终止|取消|中止|废标|流标)")
_FUNDS = {
    "中央": "1", "中央资金": "1", "省级": "2", "省财政": "2", "省级资金": "2", "市级财政": "3",
    "市级": "3", "市财政": "3", "市级资金": "3", "县级": "4", "区级": "4", "区级财政": "4",
    "县财政": "4", "本级": "4", "本级财政": "4", "区财政": "4", "县级资金": "4",
    "福利彩票公益金": "5", "福彩": "5", "福彩公益金": "5", "彩票公益金": "5",
    "中央福彩": "A", "中央彩票公益金": "A", "中央福利彩票公益金": "A",
    "省级福彩": "B", "省福彩公益金": "B", "省级彩票公益金": "B", "省级福利彩票公益金": "B",
    "市级福彩": "C", "市级福彩公益金": "C", "市级彩票公益金": "C",
    "县级福彩": "D", "区级福彩公益金": "D", "本级福彩公益金": "D", "本级彩票公益金": "D",
    "粤黔协作": "6", "东西部协作资金": "6", "协作资金": "6", "衔接资金": "E",
    "财政衔接资金": "E", "衔接推进乡村振兴补助资金": "E", "社会捐赠": "7", "慈善资金": "7",
    "捐赠": "7", "自筹资金": "F", "单位自筹": "F", "机构自筹": "F",
}  # fmt: skip
_STAGES = {"立项": "20", "入库": "20", "招标": "30", "已签约": "40", "签订合同": "40",
           "实施中": "50", "进行中": "50", "中期": "60", "末期": "70", "完成": "80",
           "正在实施": "50", "执行中": "50", "已签订合同": "40", "已验收": "80", "验收合格": "80",
           "已完成": "80", "已结项": "80", "终止": "90", "已终止": "90",
           "未开展": "20", "未启动": "20", "未实施": "20", "已立项": "20"}  # fmt: skip
_PROCUREMENTS = {
    "邀请": "2", "邀标": "2", "磋商": "4", "谈判": "3", "单一来源采购": "5", "框架": "6",
    "框架协议采购": "6", "直接委托": "7", "定向委托采购": "B", "询价采购": "8", "比选采购": "9",
    "竞争性比选": "9", "创投": "A", "招标": "1", "公开采购": "1",
}  # fmt: skip
# Below and above these a project's amount is asked back: it may be in another unit.
_LEAST, _MOST = Decimal(1_000), Decimal(100_000_000)
_OLDEST = "1990-01-01"


def _prepare(row: RowCheck, written: dict[str, Any]) -> None:
    """Who buys and who does it, when, from which money, and what was paid before."""
    v = row.values
    region = v.get("region") or row.context.places.named_in(v["purchaser"])
    region = region or row.context.places.scope
    _days(row, written)
    _ask_back(row, written)
    if "contract_amount" in row.dropped and "budget" not in v:
        row.refuse("合同金额", "请填写预算金额或合同金额。", "R18")
    buys = named_body(row, "purchaser", "购买方", waits=True)
    if not buys:
        return
    purchaser = find_organization(buys, region, row.context)
    budget = v.get("budget") or v.get("contract_amount")
    written |= {"region_id": region, "purchaser_id": purchaser.id}
    if not budget and not _known(row.context).of(written):
        raise RuleError("R18", "请填写预算金额或合同金额。", field="budget")
    named = named_body(row, "contractor", "承接方")
    contractor = find_organization(named, region, row.context) if named else None
    sources = sources_of(row)
    if not v.get("budget") and budget:
        row.flag(Flag("R18", "I", "没有写预算金额，按合同金额登记。"), "预算金额（元）")
    judged = named_body(row, "evaluator", "评估方")
    evaluator = find_organization(judged, region, row.context) if judged else None
    if evaluator and contractor and evaluator.id == contractor.id:
        row.flag(Flag("R18", "W", "评估方就是承接方，评估方没有录入。"), "评估方")
        evaluator = None
    written |= {
        "evaluator_id": evaluator.id if evaluator else None,
        "contractor_id": contractor.id if contractor else None,
        "budget": budget,
        "fund": sources[0][0] if sources else Fund.OTHER,
        "service_field": v.get("service_field", ServiceField.OTHER),
    }
    row.shown = {
        "detail": f"{v['purchaser']} {written['started_on']}",
        "names": {one.id: name for one, name in ((contractor, named), (evaluator, judged)) if one},
        "paid": v.get("paid", ""),
    }
    project_id = str(stable_id(PROJECT, row.context.batch_id, *PROJECTS_LEDGER.key_of(written)))
    write_sources(row, project_id, sources, budget)
    if v.get("paid") and Decimal(v["paid"]) > 0:
        _open_with(row, project_id)


def _days(row: RowCheck, written: dict[str, Any]) -> None:
    """From when to when: as columns say, else the period in one cell, else from the signing."""
    v = row.values
    first, last, months = v.get("period") or (None, None, None)
    for attribute, label in (("started_on", "开始日期"), ("ends_on", "结束日期")):
        if attribute in row.dropped:
            raise RuleError("R18", f"{label}读不出来，请改正。", field=attribute)
    started = written.get("started_on") or first
    if not started and (signed := v.get("signed_on")):
        started = signed[0]
        message = f"没有写开始日期，按合同签订日 {started} 起算。"
        row.flag(Flag("R18", "I", message), "开始日期")
    if not started:
        raise RuleError("R18", "请填写开始日期。", field="started_on")
    begun = datetime.date.fromisoformat(started)
    ends = written.get("ends_on") or last
    if not ends and months:
        ends = Period(None, None, months).last_day(begun)
    if not ends:
        raise RuleError("R18", "请填写结束日期。", field="ends_on")
    written |= {"started_on": started, "ends_on": str(ends)}


def _ask_back(row: RowCheck, written: dict[str, Any]) -> None:
    """What was most probably not meant: a serial number for a day, an amount in another unit."""
    if _OVER.search(row.values.get("remark", "")) and not row.values.get("stage"):
        row.ask(OVER, f"备注写着「{row.values['remark'][:30]}」，先不录入。", column="备注")
    if written["started_on"] < _OLDEST:
        row.ask(ODD_DAY, f"开始日期是 {written['started_on']}，对吗？", column="开始日期")
    for attribute in ("budget", "contract_amount"):
        amount = Decimal(row.values.get(attribute) or 0)
        if amount and not _LEAST <= amount <= _MOST:
            label = PROJECTS_LEDGER.changeable[attribute]
            message = (
                f"{label}是 {amount:,.2f} 元，{'少' if amount < _LEAST else '多'}得少见，单位对吗？"
            )
            row.ask(ODD_AMOUNT, message, column=f"{label}（元）")


def _open_with(row: RowCheck, project_id: str) -> None:
    """The opening balance that comes with a new project."""
    paid = row.values["paid"]
    check_amount_paid(
        amount=Decimal(paid),
        paid_before=Decimal(0),
        contract_amount=_amount(row.values.get("contract_amount")),
        paid_on=None,
        is_opening_balance=True,
    )
    payment = {
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
    row.write(PAYMENT, payment)


def _known(context: ImportContext) -> Known:
    """The registered projects: their budget may be left blank."""
    if "projects" not in context.memory:
        rows = Project.objects.filter(ended_on=None).order_by()
        rows = rows.only("purchaser_id", "started_on", "name", "contract_number")
        context.memory["projects"] = Known(PROJECTS_LEDGER, rows)
    found: Known = context.memory["projects"]
    return found


def _follow(row: ImportRow, record: Any, incoming: dict[str, Any]) -> None:
    """A known project as the row would leave it, with what was paid on it (R18)."""
    meet_sources(row, record)
    if not row.has_writes and not row.shown.get("paid"):
        return
    payments = list(Payment.objects.filter(project=record, ended_on=None))
    paid = _opening(row, record, payments)
    after = {c: getattr(record, c) for c in PROJECTS_LEDGER.changeable} | row.changes(
        PROJECT, record.pk
    )
    check_project(
        budget=Decimal(after["budget"]),
        contract_amount=_amount(after["contract_amount"]),
        started_on=record.started_on,
        ends_on=datetime.date.fromisoformat(str(after["ends_on"])),
        contractor=str(after["contractor_id"] or ""),
        evaluator=str(after["evaluator_id"]) if after["evaluator_id"] else None,
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
        payment = {"project_id": str(record.pk), "amount": f"{wanted:.2f}"}
        row.inserts(PAYMENT).append(row.staged(PAYMENT)[0] | payment)
    else:
        row.change(PAYMENT, opening.pk, amount=f"{wanted:.2f}")
    return Decimal(said)


PROJECTS_LEDGER = PlainLedger(
    kind="projects",
    label="项目",
    models=(PROJECT, FUNDING, PAYMENT),
    fields=(
        "name number",
        LedgerColumn(
            "purchaser",
            "购买方",
            values.text("购买方", 120),
            is_required=True,
            width=22,
            synonyms=(
                "购买主体",
                "采购人",
                "购买单位",
                "委托方",
                "甲方",
                "采购人（甲方）",
                "采购单位",
                "立项单位",
                "实施单位",
            ),
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
                "执行单位",
            ),
        ),
        LedgerColumn(
            "evaluator",
            "评估方",
            values.text("评估方", 120),
            width=22,
            synonyms=("评估机构", "评估单位", "第三方评估机构", "第三方评估"),
            is_own=True,
        ),
        "service_field region",
        LedgerColumn(
            "fund",
            "资金来源",
            Funds("资金来源", Fund.choices, _FUNDS),
            choices=Fund.labels,
            synonyms=("资金渠道", "经费来源", "资金性质"),
            hint="几个来源的写「中央财政20万元、省级财政10万元」。",
        ),
        "budget contract_amount procurement contract_number started_on ends_on",
        LedgerColumn(
            "period",
            "起止时间",
            values.period("起止时间"),
            synonyms=(
                "项目周期",
                "服务期",
                "服务期限",
                "履约期限",
                "实施期限",
                "项目期限",
                "合同期限",
                "服务周期",
                "实施周期",
                "实施时间",
                "履约期限、地点等简要信息",
            ),
            is_own=True,
        ),
        LedgerColumn(
            "signed_on",
            "合同签订日期",
            values.date("合同签订日期"),
            synonyms=("签订日期", "签订时间", "合同签订时间", "签约日期"),
            is_own=True,
        ),
        "stage manager",
        LedgerColumn(
            "contact_phone",
            "联系电话",
            values.office_phone("联系电话"),
            is_text=True,
            synonyms=("联系方式", "负责人电话", "负责人联系方式", "项目负责人电话", "电话"),
        ),
        "beneficiaries people_served evaluation_score remark",
        LedgerColumn(
            "paid",
            "已拨付（元）",
            values.money("已拨付"),
            is_money=True,
            synonyms=("已拨付", "已付款", "已支付", "拨付金额"),
        ),
    ),
    required="name purchaser started_on ends_on",
    follows="started_on ends_on",
    future="started_on ends_on",
    key="purchaser_id started_on name",
    number="contract_number",
    within="purchaser_id",
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
        "budget": "预算 预算金额 采购预算 资金额度 立项资金 资助金额",
        "contract_amount": "合同额 合同金额 合同价 合同价款 中标金额 中标价 成交金额 总价",
        "contract_number": "合同号 合同编码",
        "started_on": "开始时间 起始日期 实施开始",
        "ends_on": "结束时间 截止日期 实施结束",
        "manager": "负责人 项目联系人 联系人",
        "beneficiaries": "服务群体 服务人群",
        "people_served": "服务人数 受益人次 受益人数",
        "evaluation_score": "得分 评估分数 评估成绩 评估结果得分",
        "stage": "阶段 项目阶段 进度 项目进展 项目完成情况",
    },
    means={"stage": _STAGES, "procurement": _PROCUREMENTS, "service_field": FIELD_WORDS},
    prepare=_prepare,
    follow=_follow,
    fills={
        "period": lambda project, on: f"{project.started_on}至{project.ends_on}",
        "paid": lambda project, on: project.paid_in_all,
        "fund": lambda project, on: project.all_funds or project.get_fund_display(),
    },
    before_apply=lambda batch, context: create_used(
        batch, PROJECT, ("purchaser_id", "contractor_id", "evaluator_id")
    ),
    after_undo=remove_unused,
)
