"""All targets as a list: to look through, sort and take away. They are set in a table."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q

from core.dates import today
from core.entities.columns import Column
from core.entities.entity import Entity
from core.entities.filters import ChoiceFilter
from core.regions.tree import divisions_on
from reports.definitions.registry import BY_CODE, INDICATORS
from reports.plans.models import Plan
from reports.targets.models import Target


def _named(target: Any) -> str:
    indicator = BY_CODE.get(target.indicator)
    return indicator.name if indicator else target.indicator


def _written(target: Any) -> str:
    indicator = BY_CODE.get(target.indicator)
    unit = "%" if target.is_rate else f" {indicator.unit}" if indicator else ""
    return f"{target.value:,}{unit}"


def _own(user: Any) -> Any:
    """Of the own region and below, and of what it was called before; those above and beside
    stand on the page of a plan."""
    own = user.region_id or "-"
    codes = divisions_on(today()).sources(own)
    inside = Q(region__code__startswith=own) | Q(region__in=codes)
    return Target.objects.for_user(user).filter(inside)


TARGETS = Entity(
    model=Target,
    code="set_target",
    title="全部目标",
    prefix="targets/all/",
    only="list export",
    is_record=False,
    is_opened=False,
    unit="个",
    icon="star",
    rows=_own,
    permissions=dict.fromkeys(("view", "export"), "reports.view_dashboard"),
    columns=(
        Column("indicator", value=_named, sort=("indicator",), css="nowrap", card=True),
        "region*",
        Column("year", css="num", card=True),
        Column("value", value=_written, sort=("is_rate", "value"), css="num", card=True),
        "kind document",
        Column("clause", css="nowrap"),
        Column("plan", optional=True),
        Column("updated_at", "更新日期"),
    ),
    filters=(
        ("plan", filters.ModelChoiceFilter(
            queryset=Plan.objects.all(), label="规划", empty_label="不限"
        )),
        ("indicator", ChoiceFilter(
            label="指标", field_name="indicator",
            choices=[(i.code, i.name) for i in INDICATORS if i.has_target],
        )),
        "region year kind",
    ),
    search="document clause",
    search_hint="文号、条款",
    empty_title="还没有目标",
    empty_hint="由上级地区在「目标」中分解。",
    select_related=("plan",),
)  # fmt: skip
