"""Stations: their list, pages and form."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db.models import Q

from core.dates import check_not_future, today
from core.entities.columns import Column
from core.entities.declarations import Action, Related, Section
from core.entities.display import shown
from core.entities.entity import Entity
from core.entities.filters import Chosen
from core.entities.forms import RegionField
from core.entities.pages.record import DetailPage
from core.regions.names import place_name
from core.rules import Answers, Flag
from core.scoping import LEVEL_OF_LENGTH
from stations.codes import StationKind, StationStatus
from stations.places.actions import (
    approve_station,
    change_coverage,
    change_station_state,
    close_station,
    open_station,
    update_station,
)
from stations.places.forms import ApproveForm, CloseForm, CoverageForm, StateForm, StationForm
from stations.places.ledger import STATIONS_LEDGER
from stations.places.models import Station
from stations.places.rules import (
    CLOSED_STATUSES,
    check_built_on,
    check_kind_level,
    check_one_per_township,
)
from stations.places.states import coverage_of
from stations.targets.progress import progress_of

_UNAPPROVED = Q(approval_number="", approved_on=None)
_OPEN_STATUS = {
    StationStatus.PREPARING: "info",
    StationStatus.BUILT: "attention",
    StationStatus.RUNNING: "good",
    StationStatus.STALLED: "wrong",
}


class StationPage(DetailPage):
    def detail_context(self, record: Any) -> dict[str, Any]:
        context = super().detail_context(record)
        facts = context["sections"][0]["facts"]
        facts += self._closing(record)
        if codes := coverage_of(record):
            names = "、".join(place_name(code) for code in codes)
            facts.append({"label": "覆盖范围", "value": names, "wide": True})
        context["progress"] = progress_of(record, today().year)
        return context

    def _closing(self, record: Any) -> list[dict[str, Any]]:
        """Of a closed station since when, why, and where it went."""
        if record.status not in CLOSED_STATUSES:
            return []
        state = record.states.get(valid_to=None)
        facts = [("撤并日期", state.valid_from.isoformat()), ("撤并事由", state.reason)]
        if record.is_mistake:
            facts.append(("误录", "是，各天都不计入"))
        if record.successor_id:
            facts.append(("接收站点", shown(record, "successor", self.request.user)))
        return [{"label": label, "value": value} for label, value in facts]


def check(station: Station) -> Iterable[Flag]:
    answers = Answers()
    answers.ask(check_built_on, station.built_on, status=station.status)
    answers.ask(check_not_future, station.approval_date, label="批复日期", field="approval_date")
    if station.kind and station.region_id:
        answers.ask(check_kind_level, station.kind, LEVEL_OF_LENGTH[len(station.region_id)])
    return answers.settle()


def check_beside(station: Station) -> Iterable[Flag]:
    """R16: what the other stations of the township say."""
    others = Station.objects.open().filter(
        kind=station.kind, region=station.region_id, is_branch=False
    )
    return check_one_per_township(
        kind=station.kind,
        is_branch=bool(station.is_branch),
        others=list(others.exclude(pk=station.pk).values_list("name", flat=True)[:4]),
    )


def _is_open(station: Station) -> bool:
    return station.status not in CLOSED_STATUSES


STATIONS = Entity(
    model=Station,
    prefix="stations/",
    api="stations",
    unit="个",
    icon="building-community",
    files="批复文件 场地照片 挂牌照片 共建协议",
    beside=("station", "stationmonthly", "stationtarget"),
    sections=(
        Section("站点", "name kind region status+ built_on planned_on approval_number "
                       "approval_date approved_on approved_by address area"),
        Section("运营", "operator operating_model head contact_phone capacity reported_workers "
                       "reported_certified village_count annual_funds rating "
                       "is_relocation_site is_branch is_incomplete remark"),
    ),
    columns=(
        "name kind* region* status*",
        Column("is_approved", "批复", words={True: "有", False: "缺批复"}, css="nowrap"),
        "built_on operator__name capacity planned_on? area? address? head? contact_phone?",
        "rating? annual_funds? village_count?",
    ),
    filters=(
        "region kind status",
        Chosen("approval", "批复",
               {"no": ("缺批复", _UNAPPROVED), "yes": ("有批复或已确认", ~_UNAPPROVED)}),
        Chosen("incomplete", "档案",
               {"1": ("待完善", Q(is_incomplete=True)),
                "place": ("所在地区已撤销，待划转", Q(region__valid_to__isnull=False))}),
        "operating_model operator",
    ),
    current=~Q(status__in=CLOSED_STATUSES),
    current_by="status",
    search="name address",
    search_hint="站点名称、地址",
    empty_hint="可以逐个新增，也可以把站点台账直接导入。",
    is_searched=True,
    is_looked_up=True,
    state="status",
    labels={"kind": "类型"},
    colours={"status": _OPEN_STATUS},
    headline="kind region approval_number",
    found_facts="kind region",
    select_related=("region", "operator", "approved_by"),
    form=StationForm,
    form_fields={"region": partial(RegionField, min_level=2)},
    check=check,
    check_beside=check_beside,
    ledger=STATIONS_LEDGER,
    create=open_station,
    update=update_station,
    may_grow=_is_open,
    api_without="approved_by",
    pages={"detail": StationPage},
    templates={"detail": "stations/station_detail.html"},
    related=(
        Related("岗位", "posts", "person kind employment started_on ended_on", can_add=False,
                empty="还没有人在本站任职。在人员的页面上添加任职。"),
        Related("在岗确认单", "rosters", "serial as_of count state returned_on",
                add_label="出确认单", empty="还没有出过单。"),
        Related("月度产出", "months", "period cases_new cases_closed groups activities visits "
                "resources volunteer_hours", add_label="填报本月"),
        Related("年度任务", "targets", "number year target", add_label="添加任务"),
    ),
    actions=(
        Action("approve", "确认批复", ApproveForm, approve_station, "stations.approve_station",
               when=lambda s: _is_open(s) and not s.is_approved, is_primary=True, in_bulk=True,
               consequence="没有批复文号的站点，经确认后计入。自己录入的请由另一位审核员确认。"),
        Action("state", "变更状态", StateForm, change_station_state, "stations.change_station",
               when=_is_open),
        Action("coverage", "覆盖范围", CoverageForm, change_coverage, "stations.change_station",
               when=lambda s: _is_open(s) and s.kind == StationKind.TOWNSHIP),
        Action("close", "撤并", CloseForm, close_station, "stations.close_station",
               when=_is_open, is_serious=True,
               consequence="撤并日期起不再计入覆盖和平台数，岗位随之离岗或转到接收站点。"
                           "30 天内可以撤销。"),
    ),
)  # fmt: skip
