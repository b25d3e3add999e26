"""Pages of stations, organisations and monthly figures."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from core.entities.display import shown
from core.entities.pages import EntityView, Related, Section
from core.regions.names import place_name
from core.secrecy.numbers import Secret
from stations import (
    verbs,
    waiting,  # noqa: F401  puts its kinds on the workbench
)
from stations.actions import open_station, update_organization, update_station
from stations.filters import OrganizationFilter, StationFilter, StationMonthlyFilter
from stations.forms import NewStationForm, OrganizationForm, StationForm, StationMonthlyForm
from stations.keeping import coverage_of
from stations.models import Organization, Station, StationMonthly
from stations.rules import CLOSED_STATUSES
from stations.tables import (
    STATUS_KINDS,
    OrganizationTable,
    StationMonthlyTable,
    StationTable,
)

# Lists that stand beside each other under one entry of the navigation.
_STATIONS = ("station", "stationmonthly")


class StationView(EntityView):
    model = Station
    beside = _STATIONS
    unit = "个"
    icon = "building-community"
    table = StationTable
    filterset = StationFilter
    form = StationForm
    create_form = NewStationForm
    search_hint = "站点名称、地址"
    empty_hint = "可以逐个新增，也可以把站点台账直接导入。"
    select_related = ("region", "operator", "approved_by")
    state_field = "status"
    state_kinds = STATUS_KINDS
    headline = ("kind", "region", "approval_number")
    found_facts = ("kind", "region")
    actions = verbs.STATION
    sections = (
        Section(
            "站点",
            ("name", "kind", "region", "built_on", "approval_number", "approved_on",
             "approved_by", "address", "area", "is_relocation_site", "is_branch"),
        ),
        Section("运营", ("operator", "operating_model", "capacity", "reported_workers",
                       "is_incomplete")),
    )  # fmt: skip
    related = (
        Related("岗位", "posts", "post", ("person", "kind", "employment", "started_on", "ended_on"),
                can_add=False, empty="还没有人在本站任职。在人员的页面上添加任职。"),
        Related("月度产出", "months", "stationmonthly",
                ("month", "workers", "cases_open", "group_sessions", "activities", "visits"),
                add_label="填报本月"),
    )  # fmt: skip

    def save_new(self, record: Any, form: Any) -> Any:
        return open_station(station=record, by=self.request.user)

    def save_changes(self, record: Any, form: Any) -> None:
        update_station(station=record, by=self.request.user)

    def may_grow(self, record: Any) -> bool:
        return record.status not in CLOSED_STATUSES and super().may_grow(record)

    def detail_context(self, record: Any) -> dict[str, Any]:
        context = super().detail_context(record)
        context["sections"][0]["facts"] += self._closing(record)
        codes = coverage_of(record)
        if codes:
            names = "、".join(place_name(code) for code in codes)
            context["sections"][0]["facts"].append(
                {"label": "覆盖范围", "value": names, "wide": True}
            )
        return context

    def _closing(self, record: Any) -> list[dict[str, Any]]:
        """Of a closed station since when, why, and where it went."""
        if record.status not in CLOSED_STATUSES:
            return []
        state = record.states.get(valid_to=None)
        facts = [("撤并日期", state.valid_from.isoformat()), ("撤并事由", state.reason)]
        if record.successor_id:
            facts.append(("接收站点", shown(record, "successor", self.request.user)))
        return [{"label": label, "value": value} for label, value in facts]


class OrganizationView(EntityView):
    model = Organization
    unit = "家"
    icon = "building"
    table = OrganizationTable
    filterset = OrganizationFilter
    form = OrganizationForm
    search_hint = "机构名称、信用代码"
    select_related = ("region", "parent")
    headline = ("kind", "region", "credit_code")
    found_facts = ("kind", "region")
    actions = verbs.ORGANIZATION
    sections = (
        Section(
            "机构",
            ("name", "kind", "credit_code", "region", "parent", "is_lead", "address",
             "contact_phone", "is_incomplete", "ended_on", "end_reason"),
        ),
    )  # fmt: skip
    related = (
        Related("承接的站点", "stations", "station", ("name", "kind", "region", "status"),
                can_add=False),
        Related("承接的项目", "contracts", "project",
                ("name", "contract_amount", "started_on", "stage"), can_add=False),
        Related("购买的项目", "purchases", "project",
                ("name", "contract_amount", "started_on", "stage"), can_add=False),
    )  # fmt: skip

    def secret_condition(self, secret: Secret) -> Any:
        """A credit code may look like an ID number."""
        return Q(credit_code=secret.value)

    def save_changes(self, record: Any, form: Any) -> None:
        update_organization(organization=record, by=self.request.user)


class StationMonthlyView(EntityView):
    model = StationMonthly
    beside = _STATIONS
    icon = "calendar"
    is_created_alone = False
    search_hint = "站点名称"
    empty_hint = "在站点的页面上填报本月。"
    form = StationMonthlyForm
    parent = "station"
    table = StationMonthlyTable
    filterset = StationMonthlyFilter
    select_related = ("station",)
    headline = ("station",)
    sections = (
        Section(
            "月度产出",
            ("station", "month", "workers", "certified_workers", "cases_new", "cases_open",
             "cases_closed", "groups", "group_sessions", "group_attendance", "activities",
             "activity_attendance", "visits", "consultations", "is_aggregated"),
        ),
    )  # fmt: skip


__all__ = ["OrganizationView", "StationMonthlyView", "StationView"]
