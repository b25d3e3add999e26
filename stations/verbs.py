"""The verbs offered on stations and organisations."""

from __future__ import annotations

from typing import Any

from django import forms

from core.dates import today
from core.entities.declarations import reactivation
from core.entities.forms import ActionForm, DateField, LookupField, ReasonField
from core.entities.pages import Action
from core.models import Region
from stations import actions
from stations.codes import StationKind
from stations.forms import OPEN_STATES
from stations.models import Station
from stations.rules import CLOSED_STATUSES


class StateForm(ActionForm):
    status = forms.ChoiceField(label="变更为", choices=OPEN_STATES, widget=forms.RadioSelect)
    changed_on = DateField(label="变更日期", initial=today)
    reason = ReasonField()


class CloseForm(ActionForm):
    closed_on = DateField(label="撤并日期", initial=today)
    successor = LookupField(
        Station.objects.none(),
        label="接收站点",
        required=False,
        help_text="填写后，本站岗位转到接收站点；不填则岗位随之离岗。",
    )
    is_renamed = forms.BooleanField(label="更名或划转（不是撤并）", required=False)
    reason = ReasonField()


class ApproveForm(ActionForm):
    reason = ReasonField(label="确认依据", help_text="如批复原件、现场核查。")


class CoverageForm(ActionForm):
    regions = forms.ModelMultipleChoiceField(
        Region.objects.none(),
        label="覆盖的乡镇（街道）",
        widget=forms.CheckboxSelectMultiple,
    )
    changed_on = DateField(label="变更日期", initial=today)
    reason = ReasonField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        county = (self.record.region_id or "")[:6]
        townships = Region.objects.for_user(self.user).current().filter(level=4)
        self.fields["regions"].queryset = townships.filter(  # type: ignore[attr-defined]
            code__startswith=county
        )
        covered = self.record.coverages.filter(valid_to=None).values_list("region_id", flat=True)
        self.initial.setdefault("regions", list(covered))

    def clean_regions(self) -> list[Region]:
        return list(self.cleaned_data["regions"])


class EndOrganizationForm(ActionForm):
    ended_on = DateField(label="停用日期", initial=today)
    reason = ReasonField(label="停用原因")


def _is_open(station: Any) -> bool:
    return station.status not in CLOSED_STATUSES


STATION = (
    Action("approve", "确认批复", ApproveForm, actions.approve_station, "stations.approve_station",
           when=lambda s: _is_open(s) and not s.is_approved, is_primary=True, in_bulk=True,
           consequence="没有批复文号的站点，经确认后计入。自己录入的请由另一位审核员确认。"),
    Action("state", "变更状态", StateForm, actions.change_station_state, "stations.change_station",
           when=_is_open),
    Action("coverage", "覆盖范围", CoverageForm, actions.change_coverage, "stations.change_station",
           when=lambda s: _is_open(s) and s.kind == StationKind.TOWNSHIP),
    Action("close", "撤并", CloseForm, actions.close_station, "stations.close_station",
           when=_is_open, is_serious=True,
           consequence="撤并日期起不再计入覆盖和平台数，岗位随之离岗或转到接收站点。撤并后不能撤回。"),
)  # fmt: skip

ORGANIZATION = (
    Action("end", "停用", EndOrganizationForm, actions.end_organization,
           "stations.end_organization", when=lambda o: o.ended_on is None, is_serious=True,
           consequence="直接在该机构的岗位随之离岗。仍承接站点的，请先处理站点。"),
    reactivation("stations.end_organization"),
)  # fmt: skip
