"""Filters of the lists of projects and payments."""

import django_filters as filters
from django.db.models import Q

from core.dates import today
from core.entities.filters import (
    ChoiceFilter,
    ChosenFilter,
    DateFilter,
    LookupFilter,
    RecordFilter,
    RegionFilter,
)
from projects.codes import Fund, Stage
from projects.models import Milestone, Payment, Project
from stations.models import Organization
from talent.codes import ServiceField


def ended_filter() -> ChosenFilter:
    """在用, 已停用 or both; unused it means 在用."""
    return ChosenFilter(
        label="停用",
        conditions={"ended": Q(ended_on__isnull=False), "all": Q()},
        choices=[("ended", "已停用"), ("all", "含已停用")],
    )


class ProjectFilter(RecordFilter):
    region = RegionFilter()
    stage = ChoiceFilter(label="阶段", choices=Stage.choices)
    service_field = ChoiceFilter(label="服务领域", choices=ServiceField.choices)
    fund = ChoiceFilter(label="资金来源", choices=Fund.choices)
    purchaser = LookupFilter(label="购买方", queryset=Organization.objects.none())
    contractor = LookupFilter(label="承接方", queryset=Organization.objects.none())
    year = filters.NumberFilter(
        label="开始年度",
        field_name="started_on",
        lookup_expr="year",
        min_value=1949,
        max_value=9998,
    )
    state = ended_filter()

    current_only = Q(ended_on=None)

    class Meta:
        model = Project
        fields: list[str] = []

    def search(self, text: str) -> Q:
        return (
            Q(name__contains=text)
            | Q(number=text)
            | Q(contractor__name__contains=text)
            | Q(purchaser__name__contains=text)
        )


class PaymentFilter(RecordFilter):
    region = RegionFilter()
    stage = ChoiceFilter(label="付款节点", choices=Payment._meta.get_field("stage").choices)
    paid_from = DateFilter(label="付款日期自", field_name="paid_on", lookup_expr="gte")
    paid_to = DateFilter(label="付款日期至", field_name="paid_on", lookup_expr="lte")
    state = ended_filter()

    current_only = Q(ended_on=None)

    class Meta:
        model = Payment
        fields: list[str] = []

    def search(self, text: str) -> Q:
        return Q(project__name__contains=text) | Q(voucher=text)


class MilestoneFilter(RecordFilter):
    region = RegionFilter()
    stage = ChoiceFilter(label="阶段", choices=Stage.choices)
    progress = ChosenFilter(
        label="进展",
        conditions={
            "reached": Q(reached_on__isnull=False),
            "ahead": lambda: Q(reached_on=None) & (Q(planned_on=None) | Q(planned_on__gte=today())),
            "late": lambda: Q(reached_on=None, planned_on__lt=today()),
        },
        choices=[("late", "已过计划日期未完成"), ("ahead", "未到计划日期"), ("reached", "已完成")],
    )
    planned_from = DateFilter(label="计划日期自", field_name="planned_on", lookup_expr="gte")
    planned_to = DateFilter(label="计划日期至", field_name="planned_on", lookup_expr="lte")

    class Meta:
        model = Milestone
        fields: list[str] = []

    def search(self, text: str) -> Q:
        return Q(project__name__contains=text)


class PartFilter(filters.FilterSet):
    """Of the API's milestones and payments: those of one project."""

    project = filters.UUIDFilter(label="项目", field_name="project_id")
