"""What the name of a body or a station says by itself: whether it is one, which kind, how it is
called for short, that it is in preparation."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings

from core.kept import Kept
from core.ledgers.ledger import RowCheck
from core.ledgers.points import Point
from core.regions.names import place_names
from stations.codes import StationKind, StationStatus

# Digits of the codes of prefectures and counties.
_PREFECTURE, _COUNTY = 4, 6

# What stands somewhere in the name of a body, but in no word for having none (自管, 同上).
_BODY = re.compile(
    "[局院校会社站所部委办处厅室馆园厂店行司团队村街镇乡府科庭组场堂宫队]|中心|集团|企业|机构|组织"
    "|基地|学|家|联|警|军|党|矿|港"
)
_IS_BODY, _IS_NONE = "name", "none"


def named_body(row: RowCheck, attribute: str, label: str, *, waits: bool = False) -> str:
    """The name of a body in a cell of the column `label`, "" where it is none (自管, 居民区, 同上
    二期), which is asked once for all such cells of the column and then reads as an empty cell; a
    row `waits` for it where it is nothing without the name."""
    name = str(row.values.get(attribute) or "")
    if not name or _BODY.search(name):
        return name
    point = Point(
        f"no_body:{label}",
        f"{label}里有不像单位名称的词，是没有单位吗？",
        ((_IS_NONE, "是，不登记"), (_IS_BODY, "不是，就是单位的名称")),
        proposed=_IS_NONE,
        waits=waits,
    )
    answer = row.wonder_about(point, f"{label}「{name[:20]}」不像单位的名称。", label)
    if answer == _IS_NONE and waits:
        row.refuse(label, f"{label}「{name[:20]}」不是单位的名称，请改正。", "REQUIRED")
    if answer != _IS_BODY:
        row.values[attribute] = name = ""
    return name


def _read_counties() -> dict[str, tuple[str, ...]]:
    names = place_names()
    return {
        above: tuple(n for c, n in names.items() if len(c) == _COUNTY and c.startswith(code))
        for code, above in names.items()
        if len(code) == _PREFECTURE
    }


# Name of a prefecture -> the names of its counties.
_COUNTIES = Kept(_read_counties, seconds=300)


def short_name(name: str) -> str:
    """A name without the province and the prefecture before the county that it begins with: 贵阳市
    南明区民政局 is 南明区民政局."""
    rest = name.removeprefix(place_names().get(settings.PROVINCE_CODE, ""))
    for above, counties in _COUNTIES.get().items():
        if rest.startswith(above) and (inside := rest.removeprefix(above)).startswith(counties):
            return inside
    return name


# What a name ends with says what kind it is.
_KIND_OF_NAME = (
    (re.compile("(社会工作|社工)(服务)?(总站|服务总站)$|县.{0,6}指导中心$"), StationKind.HUB),
    (re.compile("(社会工作|社工).{0,6}指导中心$"), StationKind.CENTRE),
    (re.compile("(社会工作|社工)(和志愿)?(服务)?站$"), StationKind.TOWNSHIP),
    (re.compile("(社会工作|社工)(服务)?室$"), StationKind.ROOM),
)


def kind_in(name: str) -> str:
    """The kind of station that a name says, "" for none."""
    return str(next((kind for pattern, kind in _KIND_OF_NAME if pattern.search(name)), ""))


_IN_PREPARATION = re.compile("[（(](筹|筹建|筹建中|在建|拟建)[)）]$")


def hear_preparation(said: dict[str, Any], written: dict[str, Any]) -> None:
    """A name with （筹） at its end says the state, unless a column does."""
    name = _IN_PREPARATION.sub("", said["name"])
    if name and name != said["name"]:
        said["name"] = written["name"] = name
        if not said.get("status") and not said.get("built_on"):
            said["status"] = str(StationStatus.PREPARING)
