"""The lists behind numbers, one declaration a kind of rows; numbers are masked.

Of each kind there are three: what counts on a day by the data of now, what was counted when a
plan was settled, and what differs between the two (决算后更正).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from core.entities.columns import Column
from core.entities.entity import Entity
from core.entities.workbooks import ExportColumn
from core.models import Region
from core.regions.names import place_name
from reports.definitions.populations.graduates import GRADUATES
from reports.definitions.populations.key_talents import KEY_TALENTS
from reports.definitions.populations.people import PEOPLE
from reports.definitions.populations.places import COUNTIES, PREFECTURES, TOWNSHIPS
from reports.definitions.populations.stations import AGENCIES, STATIONS
from reports.lists.filters import BecameFilter, FactFilter, PlaceFilter, as_now
from stations.models import Organization, Station
from stations.organizations.entity import ORGANIZATIONS as ORGANIZATION
from stations.places.entity import STATIONS as STATION
from talent.graduates.entity import GRADUATES as GRADUATE
from talent.models import GraduateStat, Person
from talent.people.entity import PEOPLE as PERSON

READ = "reports.view_indicator_list"


def _why_cell(row: Any) -> SafeString:
    said = format_html_join("", "<span>{}</span>", ((phrase,) for phrase in row.why))
    return format_html("<div>{}</div>", said)


def _changes_cell(row: Any) -> SafeString:
    return render_to_string("reports/changes.html", {"changes": row.changes})


def _changes_in_words(row: Any) -> str:
    return "；".join(
        f"{c.record}{c.label and f' {c.label}'}：{c.old or '空'} → {c.new or '空'}"
        f"（{c.who}，{localtime(c.at):%Y-%m-%d}{c.reason and f'，{c.reason}'}）"
        for c in row.changes
    )


WHY = Column(
    "why", "计入理由", value=_why_cell,
    filed=ExportColumn("计入理由", lambda row: "；".join(row.why), 60),
    css="board-why", card=True,
)  # fmt: skip
CHANGES = Column(
    "changes", "改动", value=_changes_cell,
    filed=ExportColumn("改动（栏目、原值、新值、何人、何时、事由）", _changes_in_words, 80),
    css="board-why", card=True,
)  # fmt: skip


_ALIKE = ("unit", "icon", "person", "labels", "search", "search_hint", "found_by")


class Kind(NamedTuple):
    """The three lists of a kind of rows."""

    counted: Entity
    settled: Entity
    corrected: Entity


def _lies(label: str) -> Column:
    """Where a row lay on the day, or when it was settled."""
    place = lambda row: place_name(row.place)  # noqa: E731
    return Column("place", label, value=place, sort=("place",), css="nowrap", card=True)


def _kind(
    model: Any,
    *,
    like: Entity | None = None,
    columns: tuple[Any, ...],
    filters: tuple[Any, ...] = (),
    **more: Any,
) -> Kind:
    """Rows are called and found as the records `like` are."""
    name = model._meta.model_name
    alike = {a: getattr(like, a) for a in _ALIKE} if like else {}
    # Where each lay at the signature is stored beside the rows: they are not sorted by it.
    then = tuple(
        replace(c, sort=()) if isinstance(c, Column) and c.path == "place" else c for c in columns
    )
    shared: dict[str, Any] = {
        "model": model,
        "only": "list export",
        "is_record": False,
        # Nobody takes full numbers out of here.
        "permissions": {"view": READ, "export": READ, "reveal": ""},
        "names": {"list": "dashboard_list", "export": "dashboard_list_export",
                  "detail": f"{name}_detail"},
        **alike | more,
    }  # fmt: skip
    signed: dict[str, Any] = {**shared, "templates": {"list": "reports/settled.html"}}
    return Kind(
        Entity(code=f"counted_{name}", columns=(*columns, WHY), filters=(PLACE, *filters, *FACTS),
               templates={"list": "reports/list.html"}, **shared),
        Entity(code=f"settled_{name}", columns=(*then, WHY), filters=(PLACE, *filters), **signed),
        Entity(code=f"corrected_{name}", columns=(*then, WHY, CHANGES),
               filters=(PLACE, *filters, BECAME), **signed),
    )  # fmt: skip


PLACE = ("region", PlaceFilter())
FACTS = (
    ("fact", FactFilter("统计日还符合", holds=True)),
    ("lacks", FactFilter("统计日不符合", holds=False, said="不符合：")),
)
BECAME = ("became", BecameFilter())

_PEOPLE = _kind(
    Person,
    like=PERSON,
    columns=(Column("name", sort=("pinyin",)), "masked_id_number", _lies("统计日所在地区"),
             "category"),
    filters=(as_now(Person, "category"),),
    order=" ".join(PEOPLE.order),
)  # fmt: skip
_STATIONS = _kind(
    Station,
    like=STATION,
    columns=("name kind", _lies("所在地区"), "approval_number"),
    filters=(as_now(Station, "kind"),),
    order=" ".join(STATIONS.order),
)
_AGENCIES = _kind(
    Organization,
    like=ORGANIZATION,
    columns=("name", _lies("所在地区"), Column("credit_code", "统一社会信用代码", css="mono")),
    order=" ".join(AGENCIES.order),
)
_GRADUATES = _kind(
    GraduateStat,
    like=GRADUATE,
    columns=("school major level", Column("year", css="num"), "school_place graduates* stayed"),
    filters=("level year school_place",),
    labels={"school": "院校", "major": "专业", "level": "层次", "year": "年度",
            "school_place": "院校所在", "graduates": "毕业人数", "stayed": "其中留黔"},
    order=" ".join(GRADUATES.order),
)  # fmt: skip
_REGIONS = _kind(
    Region,
    columns=(Column("name", "地区"), Column("code", "区划代码", css="mono"),
             Column("parent", "所属", card=True)),
    order=" ".join(TOWNSHIPS.order),
    unit="个",
    is_opened=False,
    search="name code",
    search_hint="地区名称、代码",
)  # fmt: skip

# Population -> its lists.
LISTS: dict[str, Kind] = {
    PEOPLE.code: _PEOPLE,
    KEY_TALENTS.code: _PEOPLE,
    STATIONS.code: _STATIONS,
    AGENCIES.code: _AGENCIES,
    GRADUATES.code: _GRADUATES,
    TOWNSHIPS.code: _REGIONS,
    PREFECTURES.code: _REGIONS,
    COUNTIES.code: _REGIONS,
}
