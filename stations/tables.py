"""Columns of the lists of stations and organisations."""

from typing import Any

from core.tables import (
    Column,
    DateColumn,
    NameColumn,
    NumberColumn,
    PlaceColumn,
    RecordTable,
    TagColumn,
)
from stations.codes import StationStatus
from stations.models import Organization, Station

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
