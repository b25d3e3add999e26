"""Yearly targets of stations and how far they are: their list, pages and form."""

from __future__ import annotations

from typing import Any

import django_filters as filters

from core.dates import today
from core.entities.columns import Column
from core.entities.declarations import Section
from core.entities.entity import Entity
from core.entities.filters import ENDED
from core.entities.forms import RecordForm
from stations.targets.ledger import TARGETS_LEDGER
from stations.targets.models import StationTarget
from stations.targets.progress import done_of, in_words, share
from stations.targets.rules import check


class TargetForm(RecordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial["year"] = today().year


TARGETS = Entity(
    model=StationTarget,
    prefix="station-targets/",
    api="station-targets",
    icon="star",
    beside=("station", "stationmonthly", "stationtarget"),
    parent="station",
    is_created_alone=False,
    can_deactivate=True,
    sections=(Section("年度任务", "station year number target ended_on end_reason"),),
    columns=(
        "station__name",
        Column("year", css="num", card=True),
        "number* target*",
        Column("done", "已完成", value=lambda row: in_words(row.done), gathers="done",
               css="num", card=True),
        Column("share", "进度", value=lambda row: share(row.done, row.target), gathers="done",
               css="num", card=True),
        "station__region?",
    ),
    gathered={"done": done_of},
    filters=("region kind=station__kind year number", ENDED),
    api_filters=(
        ("station", filters.UUIDFilter(label="站点", field_name="station_id")),
        ("year", filters.NumberFilter(label="年度")),
    ),
    search="station__name",
    search_hint="站点名称",
    empty_hint="在站点的页面上添加。",
    headline="station",
    select_related=("station",),
    form=TargetForm,
    check=check,
    ledger=TARGETS_LEDGER,
)  # fmt: skip
