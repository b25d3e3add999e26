"""Stations open, change state, are approved and close; organisations end.

Posts belong to talent, which lies above: they are reached as `station.posts` and end or move
by their own queryset.
"""

from __future__ import annotations

import datetime
from copy import copy
from typing import Any

from django.db import transaction

from core.dates import check_not_future, today
from core.decisions.actions import decide
from core.decisions.kinds import DecisionKind
from core.entities import former
from core.guards import claim, require, touch
from core.models import Region, User
from core.rules import RuleError
from core.scoping import OutOfScope, ensure_visible, in_scope
from core.timeline import change_from
from stations.codes import StationStatus
from stations.places.models import UNAPPROVED, Station, StationCoverage, StationState
from stations.places.rules import (
    CLOSED_STATUSES,
    check_built_on,
    check_coverage,
    check_state_change,
)
from stations.places.states import carry, enter_station


@transaction.atomic
def open_station(*, station: Station, by: User) -> Station:
    """Enter a station, given as an unsaved row, with its first state and its own coverage."""
    require(by, "stations.add_station")
    check_built_on(station.built_on)
    _check_approval(station)
    if station.status in CLOSED_STATUSES:
        raise RuleError("R15", "新建站点不能是撤并或更名状态。", field="status")
    enter_station(station)
    ensure_visible(station, by)
    return station


@transaction.atomic
def update_station(*, station: Station, by: User) -> Station:
    """Save an edited station; a changed approval number is to be confirmed anew."""
    before = claim(station, by, "stations.change_station")
    check_built_on(station.built_on)
    if before.approval_number and not station.approval_number:
        station.approved_on = station.approved_by = station.approval_date = None
        station.approval_date_precision = "D"
    _check_approval(station)
    station.status, station.is_incomplete = before.status, False
    station.version = before.version + 1
    station.save()
    former.keep(before, station)
    carry(station, before)
    ensure_visible(station, by)
    return station


@transaction.atomic
def change_station_state(
    *, station: Station, by: User, status: str, changed_on: datetime.date, reason: str
) -> None:
    """Another state from a day on (筹建, 已建成, 运行, 停摆)."""
    station = claim(station, by, "stations.change_station")
    check_state_change(station.status, status)
    check_not_future(changed_on, label="变更日期", field="changed_on")
    _set_state(station, status, on=changed_on, reason=reason)


@transaction.atomic
def close_station(
    *,
    station: Station,
    by: User,
    closed_on: datetime.date,
    reason: str,
    successor: Station | None = None,
    is_renamed: bool = False,
    is_mistake: bool = False,
) -> str:
    """撤并 or 更名/划转 from a day on: posts end or move to the successor (R15).

    A mistake (`is_mistake`) never was: it counts on no day, past ones included.
    """
    station = claim(station, by, "stations.close_station")
    if station.status in CLOSED_STATUSES:
        raise RuleError("R15", "站点已经撤并或更名。")
    check_not_future(closed_on, label="撤并日期", field="closed_on")
    if is_renamed and successor is None:
        raise RuleError("R15", "更名、划转请选择新的站点。", field="successor")
    if is_mistake and is_renamed:
        raise RuleError("R15", "误录的站点没有更名、划转，请只选一项。", field="is_mistake")
    posts: Any = station.posts  # type: ignore[attr-defined]
    if successor is None:
        count = posts.close_all(on=closed_on, reason=f"站点撤并：{reason}"[:200])
    else:
        _check_successor(station, successor, by)
        why = f"并入{successor}：{reason}"[:200]
        count = posts.move_all(to=successor, on=closed_on, reason=why)
    status = StationStatus.RENAMED if is_renamed else StationStatus.CLOSED
    _set_state(station, status, on=closed_on, reason=reason, replace_later=True)
    if successor is not None:
        station.successor = successor
        touch(station, "successor")
    if is_mistake:
        station.is_mistake = True
        touch(station, "is_mistake")
    for coverage in station.coverages.filter(valid_to=None).select_for_update():
        coverage.valid_to = max(closed_on, coverage.valid_from)
        coverage.save(update_fields=["valid_to"])
    done = "随之离岗" if successor is None else f"转到「{successor}」"
    return f"已撤并「{station}」，{count} 个岗位{done}。"


def _check_approval(station: Station) -> None:
    day = station.approval_date
    check_not_future(day, label="批复日期", field="approval_date")
    if day and not station.is_approved:
        raise RuleError("R17", "填了批复日期，请填写批复文号。", field="approval_number")


def _check_successor(station: Station, successor: Station, by: User) -> None:
    if successor.pk == station.pk:
        raise RuleError("R15", "接收站点不能是本站点。", field="successor")
    current = claim(successor, by, "stations.change_station")
    if current.status in CLOSED_STATUSES:
        raise RuleError("R15", "接收站点已撤并，请另选。", field="successor")


def approve_station(
    *, station: Station, by: User, reason: str, since: datetime.date | None = None
) -> None:
    """R17: a reviewer's confirmation in place of a missing number; never of one's own entry.

    It counts as approved from today, or since the day that the papers say.
    """
    decide(APPROVAL, station, by=by, reason=reason, since=since)


def _approve(
    station: Station, *, by: User, reason: str, since: datetime.date | None = None
) -> None:
    before = copy(station)
    if len(reason) < 2:
        raise RuleError("R17", "请写明确认依据，如批复原件、现场核查。", field="reason")
    check_not_future(since, label="自何时起", field="since")
    station.approved_on, station.approved_by, station.approval_date = today(), by, since
    station.approval_date_precision = "D"
    touch(station, "approved_on", "approved_by", "approval_date", "approval_date_precision")
    # A confirmation of today says nothing of the days before, also of what was only planned.
    before.is_incomplete = False
    former.keep(before, station)


def _not_yet_approved(station: Station) -> None:
    if station.approval_number:
        # Its day would become that of the confirmation, and earlier figures others.
        message = f"该站点已有批复文号{station.approval_number}，不需要审核确认；文号不对的请修改。"
        raise RuleError("R17", message)
    if station.approved_on is not None:
        raise RuleError("R17", f"该站点已于 {station.approved_on} 审核确认。")


APPROVAL = DecisionKind(
    code="unapproved",
    model=Station,
    permission="stations.approve_station",
    grant=_approve,
    check=_not_yet_approved,
    vouched=(),
    pending=UNAPPROVED,
    own="这是您自己录入或修改的站点，请由另一位审核员确认。",
    waiting="站点缺批复",
    hint="补文号，或由审核员确认后计入",
    listed="?approval=no",
    watched_by="stations.change_station",
    is_upkeep=True,
)


@transaction.atomic
def change_coverage(
    *,
    station: Station,
    by: User,
    regions: list[Region],
    changed_on: datetime.date,
    reason: str = "",
) -> None:
    """The townships covered from a day on (R16); the rest end on it.

    An earlier day moves the beginning of what was covered already.
    """
    station = claim(station, by, "stations.change_station")
    if station.status in CLOSED_STATUSES:
        raise RuleError("R15", "站点已撤并，不能再变更覆盖范围。")
    check_not_future(changed_on, label="变更日期", field="changed_on")
    codes = [region.code for region in regions]
    check_coverage(
        kind=station.kind,
        operating_model=station.operating_model,
        region_codes=codes,
        own_region=station.region_id,
    )
    if any(not in_scope(code, by) for code in codes):
        raise OutOfScope("覆盖的乡镇（街道）不在您的辖区。")
    open_rows = list(station.coverages.filter(valid_to=None).select_for_update())
    for row in open_rows:
        if row.region_id not in codes:
            row.valid_to = max(changed_on, row.valid_from)
        elif row.valid_from > changed_on:
            row.valid_from = changed_on
        row.save(update_fields=["valid_from", "valid_to"])
    covered = {row.region_id for row in open_rows}
    for code in sorted(set(codes) - covered):
        StationCoverage.objects.create(station=station, region_id=code, valid_from=changed_on)
    touch(station)


def _set_state(
    station: Station,
    status: str,
    *,
    on: datetime.date,
    reason: str,
    replace_later: bool = False,
) -> None:
    rows = list(station.states.select_for_update().order_by("valid_from"))
    change_from(
        rows,
        on=on,
        new=lambda: StationState(station=station, status=station.status),
        replace_later=replace_later,
        notes={"reason": reason},
        status=status,
    )
    station.status = status
    touch(station, "status")
