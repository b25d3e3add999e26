"""Rows of the stations' ledger: natural key kind, region, name."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from core.dates import today
from core.ledgers.asking import hold
from core.ledgers.plain import PlainLedger, natural_key, stable_id
from core.ledgers.resources import ImportContext, RowCheck
from core.models import ImportRow
from core.rules import RuleError
from stations.codes import StationKind, StationStatus
from stations.places.models import StationState
from stations.places.named import create_used, find_organization
from stations.places.rules import CLOSED_STATUSES, approval_flag, check_kind_level
from stations.places.states import begin
from stations.places.townships import remark_second_stations

STATION, STATE, COVERAGE = (
    "stations.station",
    "stations.stationstate",
    "stations.stationcoverage",
)
_CHOICES = {"status": dict(StationStatus.choices)}


def build(row: RowCheck) -> None:
    v = row.values
    region = _region(row)
    if not region:
        return
    level = {2: 1, 4: 2, 6: 3, 9: 4}.get(len(region), 4)
    for flag in [
        *check_kind_level(v["kind"], level),
        *approval_flag(approval_number=v.get("approval_number", ""), is_confirmed=False),
    ]:
        row.flag(flag, "站点类型" if flag.field == "region" else "批复文号")
    parts = (v["kind"], region, v["name"])
    station_id = str(stable_id(STATION, row.context.batch_id, *parts))
    built = v.get("built_on")
    named = v.get("operator")
    operator = find_organization(named, region[:6], row.context) if named else None
    row.key = natural_key(*parts)
    row.shown = {
        "name": v["name"],
        "detail": f"{StationKind(v['kind']).label} {row.context.places.name(region)}",
        "names": {operator.id: named} if operator else {},
        "given": LEDGER.given(v),
    }
    row.insert[STATION] = {
        "id": station_id,
        "name": v["name"],
        "kind": v["kind"],
        "region_id": region,
        "status": v.get("status") or _status_unsaid(built),
        "built_on": built[0] if built else None,
        "approval_number": v.get("approval_number", ""),
        "approved_on": None,
        "approved_by_id": None,
        "operator_id": operator.id if operator else None,
        "operating_model": "2" if operator else "",
        "address": v.get("address", ""),
        "area": v.get("area"),
        "capacity": v.get("capacity"),
        "reported_workers": v.get("reported_workers"),
        "is_relocation_site": False,
        "is_branch": False,
        "is_incomplete": False,
    }
    since = built[0] if built else row.context.day.isoformat()
    row.insert[STATE] = {
        "id": str(stable_id(STATE, station_id)),
        "station_id": station_id,
        "status": row.insert[STATION]["status"],
        "valid_from": since,
        "valid_to": None,
        "reason": "台账导入",
    }
    if v["kind"] == StationKind.TOWNSHIP and len(region) == 9:
        row.insert[COVERAGE] = {
            "id": str(stable_id(COVERAGE, station_id)),
            "station_id": station_id,
            "region_id": region,
            "valid_from": since,
            "valid_to": None,
        }


def _status_unsaid(built: Any) -> str:
    """Of a ledger without 运行状态: what has a day of building is built, at the least."""
    return str(StationStatus.BUILT if built else StationStatus.PREPARING)


def _region(row: RowCheck) -> str:
    """Township, else county, else 所在地区, as our own export writes it, else what the name
    begins with, else the importer's region."""
    v, places = row.values, row.context.places
    county = v.get("county") or ""
    said, label = v.get("township"), "乡镇（街道）"
    level: int | None = 4
    if not said and not county:
        said, label, level = v.get("region"), "所在地区", None
    if said:
        try:
            return str(places.resolve(said, label=label, level=level, within=county))
        except RuleError as error:
            row.refuse(label, str(error), error.rule)
            return ""
    if county:
        return str(county)
    scope: str = places.scope
    if v["kind"] == StationKind.CENTRE and len(scope) == 2:
        for code, place in places.by_code.items():
            if len(code) == 4 and v["name"].startswith(place.name):
                return str(code)
        row.refuse("县（市、区）", "看不出属于哪个市（州），请在站点名称前写明市（州）。", "PLACE")
        return ""
    return scope


def compare(rows: list[ImportRow], context: ImportContext) -> None:
    """Meet the registry, then remark on second stations of a township (R16)."""
    standing = [row for row in rows if not _is_closed(row)]
    LEDGER.compare(standing, context)
    remark_second_stations(standing, context)


def _is_closed(row: ImportRow) -> bool:
    """R15: posts end or move with their station, so nobody closes one by a ledger."""
    if row.writes["insert"][STATION]["status"] not in CLOSED_STATUSES:
        return False
    message = "撤并、更名不能由台账办理：请在站点页办理撤并，以便一并处理岗位。"
    hold(row, message, rule="R15", column="运行状态")
    return True


def _follow(row: ImportRow, record: Any, incoming: dict[str, Any]) -> None:
    """The dated rows go along; a station made from a bare name is complete."""
    update = row.writes["update"]
    if record.is_incomplete:
        update.setdefault(STATION, {"id": str(record.pk)})["is_incomplete"] = False
        row.diff.append(["资料", "待完善", "已完善"])
    changed = update.get(STATION, {})
    is_assumed = record.is_incomplete and record.status == StationStatus.PREPARING
    if is_assumed and "built_on" in changed and "status" not in row.shown["given"]:
        changed["status"] = incoming["status"]
        new = StationStatus(incoming["status"]).label
        row.diff.append(["运行状态", record.get_status_display(), new])
    states = list(record.states.order_by("valid_from"))
    if "built_on" in changed:
        built_on = datetime.date.fromisoformat(changed["built_on"])
        _carry(row, STATE, begin(states[:1], record.built_on, built_on))
        own = record.coverages.filter(region=record.region_id).order_by("valid_from")
        _carry(row, COVERAGE, begin(list(own[:1]), record.built_on, built_on))
    if "status" in changed:
        _change_state(row, record, states)


def _carry(row: ImportRow, model: str, moved: Any | None) -> None:
    if moved is not None:
        row.writes["update"][model] = {
            "id": str(moved.pk), "valid_from": moved.valid_from.isoformat(),
        }  # fmt: skip


def _change_state(row: ImportRow, record: Any, states: list[StationState]) -> None:
    """A changed status is a new state from today; the first word on a station planned from
    a bare name replaces what was assumed."""
    update, status = row.writes["update"], row.writes["update"][STATION]["status"]
    if record.is_incomplete and len(states) == 1:
        update.setdefault(STATE, {"id": str(states[0].pk)})["status"] = status
        return
    since = today().isoformat()
    if states:
        last = str(states[-1].pk)
        if update.setdefault(STATE, {"id": last})["id"] != last:
            message = "建成日期和运行状态都变了，而该站点已多次变更状态，请在站点页分别办理。"
            raise RuleError("R15", message, field="status")
        since = max(since, states[-1].valid_from.isoformat())
        update[STATE]["valid_to"] = since
    row.writes["insert"][STATE] = row.writes["staged"]["insert"][STATE] | {
        "id": str(uuid.uuid4()),
        "station_id": str(record.pk),
        "valid_from": since,
    }


LEDGER = PlainLedger(
    model=STATION,
    key=("kind", "region_id", "name"),
    labels={
        "status": "运行状态",
        "built_on": "建成日期",
        "approval_number": "批复文号",
        "operator_id": "承接机构",
        "address": "地址",
        "area": "场地面积",
        "capacity": "设岗数",
        "reported_workers": "填报驻站社工数",
    },
    choices=_CHOICES,
    ended={"status__in": CLOSED_STATUSES},
    follow=_follow,
)


def create_places(batch: Any, context: ImportContext) -> None:
    create_used(batch, STATION, ("operator_id",))
