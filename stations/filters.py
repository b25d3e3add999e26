"""Filters of the lists of stations and organisations."""

import django_filters as filters
from django.db.models import Q

from core.entities.filters import (
    ChoiceFilter,
    ChosenFilter,
    DateFilter,
    LookupFilter,
    RecordFilter,
    RegionFilter,
)
from stations.codes import OperatingModel, OrganizationKind, StationKind, StationStatus
from stations.models import Organization, Station, StationMonthly

_UNAPPROVED = Q(approval_number="", approved_on=None)


class StationFilter(RecordFilter):
    region = RegionFilter()
    kind = ChoiceFilter(label="类型", choices=StationKind.choices)
    status = ChoiceFilter(label="运行状态", choices=StationStatus.choices)
    approval = ChosenFilter(
        label="批复",
        conditions={"no": _UNAPPROVED, "yes": ~_UNAPPROVED},
        choices=[("no", "缺批复"), ("yes", "有批复或已确认")],
    )
    incomplete = ChosenFilter(
        label="档案",
        conditions={"1": Q(is_incomplete=True), "place": Q(region__valid_to__isnull=False)},
        choices=[("1", "待完善"), ("place", "所在地区已撤销，待划转")],
    )
    operating_model = ChoiceFilter(label="运营模式", choices=OperatingModel.choices)
    operator = LookupFilter(label="承接机构", queryset=Organization.objects.none())

    current_only = ~Q(status__in=[StationStatus.CLOSED, StationStatus.RENAMED])
    current_filter = "status"

    class Meta:
        model = Station
        fields: list[str] = []

    def search(self, text: str) -> Q:
        return Q(name__contains=text) | Q(address__contains=text)


class OrganizationFilter(RecordFilter):
    region = RegionFilter()
    kind = ChoiceFilter(label="机构类型", choices=OrganizationKind.choices)
    incomplete = ChosenFilter(
        label="档案",
        conditions={"1": Q(is_incomplete=True)},
        choices=[("1", "待完善")],
    )
    is_lead = filters.BooleanFilter(label="牵头部门")
    state = ChosenFilter(
        label="停用",
        conditions={"ended": Q(ended_on__isnull=False), "all": Q()},
        choices=[("ended", "已停用"), ("all", "含已停用")],
    )

    current_only = Q(ended_on=None)

    class Meta:
        model = Organization
        fields: list[str] = []

    def search(self, text: str) -> Q:
        return Q(name__contains=text) | Q(credit_code=text.upper())


class StationMonthlyFilter(RecordFilter):
    region = RegionFilter()
    kind = ChoiceFilter(label="站点类型", field_name="station__kind", choices=StationKind.choices)
    month_from = DateFilter(label="月份自", field_name="month", lookup_expr="gte")
    month_to = DateFilter(label="月份至", field_name="month", lookup_expr="lte")

    class Meta:
        model = StationMonthly
        fields: list[str] = []

    def search(self, text: str) -> Q:
        return Q(station__name__contains=text)


class MonthFilter(filters.FilterSet):
    """Of the API's monthly figures: those of one station, or of one month."""

    station = filters.UUIDFilter(label="站点", field_name="station_id")
    month = filters.DateFilter(label="月份（当月 1 日）")
