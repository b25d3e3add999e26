"""The ledger of stations: its columns."""

from __future__ import annotations

from typing import Any

from core.ledgers import values
from core.ledgers.resources import Column, ImportContext, RowCheck, ScopedResource, register
from stations.codes import StationKind, StationStatus
from stations.places import ledger as stations
from stations.places.named import remove_unused
from stations.places.rules import CLOSED_STATUSES

_KINDS = {
    "市级指导中心": "1", "指导中心": "1", "县级总站": "2", "总站": "2", "社工总站": "2",
    "乡镇社工站": "3", "街道社工站": "3", "社工站": "3", "乡镇（街道）社工站": "3",
    "村社工室": "4", "社区社工室": "4", "社工室": "4", "实践站": "7", "观察室": "7",
}  # fmt: skip
_STATUSES = {
    "正常运行": "3", "运行中": "3", "运行": "3", "运营中": "3", "已运行": "3", "已建成": "2",
    "建成": "2", "未运行": "2", "在建": "1", "筹建中": "1", "筹建": "1", "停运": "4",
    "停摆": "4", "暂停": "4", "撤并": "5", "撤销": "5",
}  # fmt: skip


@register
class StationsResource(ScopedResource):
    """Stations of the nine kinds; the natural key is kind, region and name."""

    kind = "stations"
    label = "站点"
    permission = "stations.add_station"
    models = ("stations.station", "stations.stationstate", "stations.stationcoverage")
    notes = (
        "每个站点一行，以类型、地区、名称识别；名称变了会当作另一个站点。",
        "没有批复文号的站点照常录入，列入「缺批复」，经审核员确认后计入。",
        "撤并、更名不由台账办理，请在站点页办理撤并，以便一并处理岗位。",
    )

    name = Column(
        "name",
        "站点名称",
        values.text("站点名称", 120),
        is_required=True,
        width=34,
        synonyms=("名称", "社工站名称", "站点", "机构站点名称"),
    )
    station_kind = Column(
        "kind",
        "站点类型",
        values.choice("站点类型", StationKind.choices, _KINDS),
        is_required=True,
        choices=StationKind.labels,
        width=20,
        synonyms=("类型", "站点类别", "级别"),
    )
    county = Column(
        "county",
        "县（市、区）",
        values.place("县（市、区）", level=3),
        synonyms=("县区", "区县", "县", "所在县", "县市区", "所属区县"),
    )
    township = Column(
        "township",
        "乡镇（街道）",
        values.text("乡镇（街道）", 60),
        width=18,
        synonyms=("所在乡镇", "所在乡镇街道", "乡镇街道", "乡镇", "街道"),
        hint="名称或九位区划代码。",
    )
    region = Column(
        "region",
        "所在地区",
        values.text("所在地区", 60),
        synonyms=("地区", "所属地区"),
        width=18,
        hint="写了县（市、区）或乡镇（街道）的不用填；市级的站点填市（州）。",
    )
    built_on = Column(
        "built_on",
        "建成日期",
        values.date("建成日期"),
        width=12,
        synonyms=("建成时间", "成立时间", "建站时间", "挂牌时间"),
    )
    status = Column(
        "status",
        "运行状态",
        values.choice("运行状态", StationStatus.choices, _STATUSES),
        choices=[s.label for s in StationStatus if s not in CLOSED_STATUSES],
        synonyms=("状态", "运营状态", "建设状态"),
    )
    approval_number = Column(
        "approval_number",
        "批复文号",
        values.text("批复文号", 80),
        synonyms=("批文号", "文号", "批准文号"),
        width=24,
    )
    operator = Column(
        "operator",
        "承接机构",
        values.text("承接机构", 120),
        width=28,
        synonyms=("承接方", "运营机构", "承接单位", "运营单位"),
    )
    area = Column(
        "area",
        "场地面积（平方米）",
        values.money("场地面积"),
        synonyms=("面积", "场地面积", "建筑面积"),
    )
    reported_workers = Column(
        "reported_workers",
        "驻站社工数",
        values.integer("驻站社工数", most=10_000),
        synonyms=("社工数", "驻站人数", "社工人数"),
    )
    capacity = Column("capacity", "设岗数", values.integer("设岗数", most=10_000))
    address = Column("address", "地址", values.text("地址", 200), width=30)

    def build(self, row: RowCheck) -> None:
        stations.build(row)

    def candidates(self, batch: Any) -> set[int]:
        return stations.LEDGER.candidates(batch)

    def tied(self, batch: Any, numbers: set[int]) -> set[int]:
        """A station speaks for all of its township (R16)."""
        return self.candidates(batch)

    def compare(self, rows: list[Any], context: ImportContext) -> None:
        stations.compare(rows, context)

    def before_apply(self, batch: Any, context: ImportContext) -> None:
        stations.create_places(batch, context)

    def after_undo(self, batch: Any) -> None:
        remove_unused(batch)
