"""Rules on stations and their monthly figures (R16, R17, R19, R20): pure functions."""

from __future__ import annotations

import datetime

from core.dates import today
from core.rules import Flag, RuleError
from stations.codes import StationKind, StationStatus

# Level of the region a kind of station belongs to, and how it is called.
LEVEL_OF_KIND = {
    StationKind.CENTRE: (2, "市（州）"),
    StationKind.HUB: (3, "县（市、区）"),
    StationKind.TOWNSHIP: (4, "乡镇（街道）"),
}


CLOSED_STATUSES = (StationStatus.CLOSED, StationStatus.RENAMED)


def check_built_on(
    built_on: datetime.date | None, *, status: str = "", on: datetime.date | None = None
) -> list[Flag]:
    """R17: built today at the latest; a running station without the date is remarked on."""
    if built_on and built_on > (on or today()):
        raise RuleError("R17", "建成日期不能晚于今天，请核对。", field="built_on")
    if built_on is None and status in (StationStatus.BUILT, StationStatus.RUNNING):
        return [Flag("R17", "I", "没有建成日期，以建档日期为准。", "built_on")]
    return []


def approval_flag(*, approval_number: str, is_confirmed: bool) -> list[Flag]:
    """R17: without a number or a reviewer's confirmation a station is 缺批复: kept, to do."""
    if approval_number or is_confirmed:
        return []
    message = "没有批复文号；在册也没有的列入「缺批复」，经审核员确认后计入。"
    return [Flag("R17", "W", message, "approval_number")]


def check_kind_level(kind: str, level: int) -> list[Flag]:
    """R16: centres belong to prefectures, hubs to counties, township stations to townships."""
    expected = LEVEL_OF_KIND.get(StationKind(kind))
    if expected and level != expected[0]:
        message = f"这类站点的所在地区应为{expected[1]}一级，请核对。"
        return [Flag("R16", "W", message, "region")]
    return []


def check_one_per_township(*, kind: str, is_branch: bool, others: list[str]) -> list[Flag]:
    """R16: one running township station a division unless marked as a branch.

    `others` are the names of the open township stations of the division, without this one.
    """
    if kind == StationKind.TOWNSHIP and others and not is_branch:
        names = "、".join(others[:3])
        message = f"本乡镇（街道）已有社工站「{names}」，请勾选「分站」或说明。"
        return [Flag("R16", "W", message, "is_branch")]
    return []


def check_coverage(
    *, kind: str, operating_model: str, region_codes: list[str], own_region: str
) -> None:
    """R16: a jointly run station (联建) lists every township it covers, its own included."""
    if kind != StationKind.TOWNSHIP:
        raise RuleError("R16", "只有乡镇（街道）社工站登记覆盖范围。", field="regions")
    if not region_codes:
        raise RuleError("R16", "请至少列出一个覆盖的乡镇（街道）。", field="regions")
    if any(len(code) != 9 for code in region_codes):
        raise RuleError("R16", "覆盖范围请选到乡镇（街道）。", field="regions")
    if len(own_region) == 9 and own_region not in region_codes:
        raise RuleError("R16", "覆盖范围应包括站点所在的乡镇（街道）。", field="regions")
    if operating_model == "3" and len(region_codes) < 2:
        raise RuleError("R16", "联建的站点请列出全部覆盖的乡镇（街道）。", field="regions")


def check_state_change(old: str, new: str) -> None:
    """A closed station is not set going again by a change of state; it is opened anew."""
    if old in CLOSED_STATUSES:
        raise RuleError("R15", "站点已撤并或更名，不能再变更状态。")
    if new in CLOSED_STATUSES:
        raise RuleError("R15", "撤并、更名请办理「撤并」，以便一并处理岗位。", field="status")
    if old == new:
        raise RuleError("R15", "站点已经是这个状态。", field="status")
