"""Columns of the lists of stations, their months and organisations."""

from typing import Any

from core.entities.tables import (
    Column,
    DateColumn,
    NameColumn,
    NumberColumn,
    PlaceColumn,
    RecordTable,
    TagColumn,
)
from stations.codes import StationStatus
from stations.models import Organization, Station, StationMonthly

STATUS_KINDS = {
    StationStatus.PREPARING: "info",
    StationStatus.BUILT: "attention",
    StationStatus.RUNNING: "good",
    StationStatus.STALLED: "wrong",
}


class StationTable(RecordTable):
    name = NameColumn(verbose_name="站点名称", url_name="station_detail")
    kind = Column(verbose_name="类型", accessor="get_kind_display", orderable=False, card=True)
    region = PlaceColumn(verbose_name="所在地区", accessor="region_id", card=True)
    status = TagColumn(
        verbose_name="运行状态",
        accessor="get_status_display",
        field="status",
        kinds=STATUS_KINDS,
        orderable=False,
        card=True,
    )
    approval = Column(verbose_name="批复", accessor="is_approved", orderable=False, css="nowrap")
    built_on = DateColumn(verbose_name="建成日期")
    operator = Column(verbose_name="承接机构", accessor="operator__name", css="wrap")
    capacity = NumberColumn(verbose_name="设岗数")
    area = NumberColumn(verbose_name="面积（平方米）")
    address = Column(verbose_name="地址", css="wrap", orderable=False)

    optional = ("area", "address")

    class Meta(RecordTable.Meta):
        model = Station
        fields = ()

    def render_approval(self, value: Any) -> str:
        return "有" if value else "缺批复"


class OrganizationTable(RecordTable):
    name = NameColumn(verbose_name="机构名称", url_name="organization_detail")
    kind = Column(verbose_name="机构类型", accessor="get_kind_display", orderable=False, card=True)
    region = PlaceColumn(verbose_name="所在地区", accessor="region_id", card=True)
    credit_code = Column(verbose_name="统一社会信用代码", css="mono", orderable=False)
    contact_phone = Column(verbose_name="办公电话", css="nowrap", orderable=False)
    is_incomplete = TagColumn(
        verbose_name="档案",
        kinds={True: "attention"},
        words={True: "待完善", False: "完整"},
        orderable=False,
        card=True,
    )
    updated_at = DateColumn(verbose_name="更新日期")

    class Meta(RecordTable.Meta):
        model = Organization
        fields = ()


class StationMonthlyTable(RecordTable):
    station = NameColumn(
        verbose_name="站点",
        url_name="stationmonthly_detail",
        accessor="station__name",
        orderable=False,
    )
    month = Column(verbose_name="月份", css="nowrap", card=True)
    workers = NumberColumn(verbose_name="在岗社工", card=True)
    certified_workers = NumberColumn(verbose_name="持证")
    cases_new = NumberColumn(verbose_name="新开个案")
    cases_open = NumberColumn(verbose_name="在办个案", card=True)
    cases_closed = NumberColumn(verbose_name="结案个案")
    groups = NumberColumn(verbose_name="小组数")
    group_sessions = NumberColumn(verbose_name="小组节数")
    group_attendance = NumberColumn(verbose_name="小组人次")
    activities = NumberColumn(verbose_name="社区活动场次")
    activity_attendance = NumberColumn(verbose_name="社区活动人次")
    visits = NumberColumn(verbose_name="探访户次", card=True)
    consultations = NumberColumn(verbose_name="咨询转介件数")
    region = PlaceColumn(verbose_name="所在地区", accessor="station__region_id", orderable=False)

    always = ("station", "month")
    optional = (
        "certified_workers", "cases_closed", "groups", "group_attendance", "activity_attendance",
        "consultations", "region",
    )  # fmt: skip

    class Meta(RecordTable.Meta):
        model = StationMonthly
        fields = ()

    def render_month(self, value: Any) -> str:
        return f"{value:%Y-%m}"
