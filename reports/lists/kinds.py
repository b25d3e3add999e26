"""Columns of the lists behind numbers, one declaration a population; numbers are masked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from core.entities.workbooks import ExportColumn
from core.regions.names import place_name
from reports.definitions.populations.graduates import GRADUATES
from reports.definitions.populations.key_talents import KEY_TALENTS
from reports.definitions.populations.people import PEOPLE
from reports.definitions.populations.places import COUNTIES, PREFECTURES, TOWNSHIPS
from reports.definitions.populations.stations import AGENCIES, STATIONS


@dataclass(frozen=True)
class ListKind:
    """How the rows of a population are shown: name first, then the facts that identify."""

    columns: tuple[ExportColumn, ...]
    url_name: str = ""
    people: Callable[[Any], Any] | None = None
    related: tuple[str, ...] = ()

    def url(self, record: Any) -> str:
        """The record's own page, "" where it has none."""
        if not self.url_name:
            return ""
        try:
            return reverse(self.url_name, kwargs={"pk": record.pk})
        except NoReverseMatch:
            return ""

    @property
    def export_columns(self) -> list[ExportColumn]:
        """Columns over (record, reasons) pairs: those of the page, and why."""
        shown = [
            column._replace(get=lambda row, get=column.get: get(row[0])) for column in self.columns
        ]
        return [*shown, ExportColumn("计入理由", lambda row: "；".join(row[1]), 60)]


def _place(record: Any) -> str:
    return place_name(record.place)


_PERSON = ListKind(
    columns=(
        ExportColumn("姓名", lambda r: r.name, 12),
        ExportColumn("证件号码", lambda r: r.masked_id_number, 22, is_text=True),
        ExportColumn("统计日所在地区", _place, 28),
        ExportColumn("人才类别", lambda r: r.get_category_display(), 18),
    ),
    url_name="person_detail",
    people=lambda r: r.pk,
)
_STATION = ListKind(
    columns=(
        ExportColumn("站点名称", lambda r: r.name, 30),
        ExportColumn("类型", lambda r: r.get_kind_display(), 18),
        ExportColumn("所在地区", _place, 28),
        ExportColumn("批复文号", lambda r: r.approval_number, 24),
    ),
    url_name="station_detail",
)
_AGENCY = ListKind(
    columns=(
        ExportColumn("机构名称", lambda r: r.name, 30),
        ExportColumn("所在地区", _place, 28),
        ExportColumn("统一社会信用代码", lambda r: r.credit_code, 22, is_text=True),
    ),
    url_name="organization_detail",
)
_GRADUATE = ListKind(
    columns=(
        ExportColumn("院校", lambda r: r.school, 24),
        ExportColumn("专业", lambda r: r.major, 16),
        ExportColumn("层次", lambda r: r.get_level_display(), 10),
        ExportColumn("年度", lambda r: r.year, 8),
        ExportColumn("院校所在", lambda r: r.get_school_place_display(), 16),
        ExportColumn("毕业人数", lambda r: r.graduates, 10),
        ExportColumn("其中留黔", lambda r: r.stayed, 10),
    ),
    url_name="graduatestat_detail",
)
_REGION = ListKind(
    columns=(
        ExportColumn("地区", lambda r: r.name, 24),
        ExportColumn("区划代码", lambda r: r.code, 14, is_text=True),
        ExportColumn("所属", lambda r: place_name(r.parent_id), 28),
    ),
)

LISTS: dict[str, ListKind] = {
    PEOPLE.code: _PERSON,
    KEY_TALENTS.code: _PERSON,
    STATIONS.code: _STATION,
    AGENCIES.code: _AGENCY,
    GRADUATES.code: _GRADUATE,
    TOWNSHIPS.code: _REGION,
    PREFECTURES.code: _REGION,
    COUNTIES.code: _REGION,
}
