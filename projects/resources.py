"""The ledger of purchased-service projects: its columns."""

from __future__ import annotations

from typing import Any

from core.ledgers import values
from core.ledgers.resources import Column, ImportContext, RowCheck, ScopedResource, register
from projects.codes import Fund, Procurement, Stage
from projects.projects import ledger as projects
from stations.places.named import remove_unused
from talent.codes import ServiceField

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
}
_STAGES = {"立项": "20", "入库": "20", "招标": "30", "已签约": "40", "签订合同": "40",
           "实施中": "50", "进行中": "50", "中期": "60", "末期": "70", "完成": "80",
           "已完成": "80", "已结项": "80", "终止": "90"}  # fmt: skip
_PROCUREMENTS = {
    "邀请": "2",
    "磋商": "4",
    "谈判": "3",
    "框架": "6",
    "直接委托": "7",
    "招标": "1",
}


@register
class ProjectsResource(ScopedResource):
    """Projects with what was paid on them before the registry knew (期初已付)."""

    kind = "projects"
    label = "项目"
    permission = "projects.add_project"
    models = ("projects.project", "projects.payment")
    notes = (
        "每个项目一行，以购买方、项目名称、开始日期识别。金额单位为元。",
        "「已拨付」没有日期，按期初已付登记；已有付款记录时只补差额。",
    )

    name = Column(
        "name",
        "项目名称",
        values.text("项目名称", 120),
        is_required=True,
        width=40,
        synonyms=("名称",),
    )
    number = Column("number", "项目编号", values.text("项目编号", 40), synonyms=("编号",))
    purchaser = Column(
        "purchaser",
        "购买方",
        values.text("购买方", 120),
        is_required=True,
        width=22,
        synonyms=("购买主体", "采购人", "购买单位", "委托方"),
    )
    contractor = Column(
        "contractor",
        "承接方",
        values.text("承接方", 120),
        width=26,
        synonyms=("承接机构", "承接主体", "中标单位", "承接单位"),
    )
    service_field = Column(
        "service_field",
        "服务领域",
        values.choice("服务领域", ServiceField.choices),
        choices=ServiceField.labels,
        synonyms=("领域",),
        width=20,
    )
    region = Column(
        "region",
        "实施地区",
        values.place("实施地区"),
        width=14,
        synonyms=("地区", "实施地", "服务地区", "项目地区"),
    )
    fund = Column(
        "fund", "资金来源", values.choice("资金来源", Fund.choices, _FUNDS), choices=Fund.labels
    )
    budget = Column(
        "budget",
        "预算金额（元）",
        values.money("预算金额"),
        is_money=True,
        synonyms=("预算", "预算金额"),
    )
    contract_amount = Column(
        "contract_amount",
        "合同金额（元）",
        values.money("合同金额"),
        is_money=True,
        synonyms=("合同额", "合同金额", "合同价", "合同价款", "中标金额", "中标价"),
    )
    procurement = Column(
        "procurement",
        "采购方式",
        values.choice("采购方式", Procurement.choices, _PROCUREMENTS),
        choices=Procurement.labels,
    )
    started_on = Column(
        "started_on",
        "开始日期",
        values.date("开始日期", may_be_future=True),
        is_required=True,
        synonyms=("开始时间", "起始日期", "实施开始"),
    )
    ends_on = Column(
        "ends_on",
        "结束日期",
        values.date("结束日期", may_be_future=True),
        is_required=True,
        synonyms=("结束时间", "截止日期", "实施结束"),
    )
    stage = Column(
        "stage",
        "当前阶段",
        values.choice("当前阶段", Stage.choices, _STAGES),
        choices=Stage.labels,
        synonyms=("阶段", "项目阶段", "进度"),
    )
    paid = Column(
        "paid",
        "已拨付（元）",
        values.money("已拨付"),
        is_money=True,
        synonyms=("已拨付", "已付款", "已支付", "拨付金额"),
    )

    def build(self, row: RowCheck) -> None:
        projects.build(row)

    def candidates(self, batch: Any) -> set[int]:
        return projects.LEDGER.candidates(batch)

    def compare(self, rows: list[Any], context: ImportContext) -> None:
        projects.LEDGER.compare(rows, context)

    def before_apply(self, batch: Any, context: ImportContext) -> None:
        projects.create_places(batch, context)

    def after_undo(self, batch: Any) -> None:
        remove_unused(batch)
