"""Columns of the lists of projects and payments."""

from core.entities.tables import (
    Column,
    DateColumn,
    NameColumn,
    NumberColumn,
    PlaceColumn,
    RecordTable,
    TagColumn,
)
from projects.codes import Stage
from projects.models import Milestone, Payment, Project

STAGE_KINDS = {
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


class ProjectTable(RecordTable):
    name = NameColumn(verbose_name="项目名称", url_name="project_detail")
    purchaser = Column(verbose_name="购买方", accessor="purchaser__name", css="wrap")
    contractor = Column(verbose_name="承接方", accessor="contractor__name", css="wrap", card=True)
    region = PlaceColumn(verbose_name="实施地区", accessor="region_id")
    contract_amount = NumberColumn(verbose_name="合同金额（元）", card=True)
    started_on = DateColumn(verbose_name="开始日期")
    ends_on = DateColumn(verbose_name="结束日期")
    stage = TagColumn(
        verbose_name="阶段",
        accessor="get_stage_display",
        field="stage",
        kinds=STAGE_KINDS,
        orderable=False,
        card=True,
    )
    budget = NumberColumn(verbose_name="预算金额（元）")
    fund = Column(verbose_name="资金来源", accessor="get_fund_display", orderable=False)
    service_field = Column(
        verbose_name="服务领域", accessor="get_service_field_display", orderable=False
    )

    optional = ("budget", "fund", "service_field")

    class Meta(RecordTable.Meta):
        model = Project
        fields = ()


class PaymentTable(RecordTable):
    project = NameColumn(
        verbose_name="项目", url_name="payment_detail", accessor="project__name", orderable=False
    )
    stage = Column(
        verbose_name="付款节点",
        accessor="get_stage_display",
        orderable=False,
        css="nowrap",
        card=True,
    )
    amount = NumberColumn(verbose_name="金额（元）", card=True)
    paid_on = DateColumn(verbose_name="付款日期", card=True)
    contractor = Column(
        verbose_name="承接方", accessor="project__contractor__name", orderable=False, css="wrap"
    )
    voucher = Column(verbose_name="凭证号", orderable=False)
    region = PlaceColumn(verbose_name="实施地区", accessor="project__region_id", orderable=False)

    always = ("project",)

    class Meta(RecordTable.Meta):
        model = Payment
        fields = ()


class MilestoneTable(RecordTable):
    project = NameColumn(
        verbose_name="项目", url_name="milestone_detail", accessor="project__name", orderable=False
    )
    stage = Column(
        verbose_name="阶段", accessor="get_stage_display", orderable=False, css="nowrap", card=True
    )
    planned_on = DateColumn(verbose_name="计划日期", card=True)
    reached_on = DateColumn(verbose_name="实际日期", card=True)
    score = NumberColumn(verbose_name="评估得分")
    contractor = Column(
        verbose_name="承接方", accessor="project__contractor__name", orderable=False, css="wrap"
    )
    region = PlaceColumn(verbose_name="实施地区", accessor="project__region_id", orderable=False)

    always = ("project",)

    class Meta(RecordTable.Meta):
        model = Milestone
        fields = ()
