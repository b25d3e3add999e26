"""The ledger of stations: natural key kind, region and name; dated rows go along."""

from __future__ import annotations

import datetime
import re
import uuid
from typing import Any

from django.db.models import Min, UUIDField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from core.dates import today
from core.ledgers import values
from core.ledgers.asking import Question, hold
from core.ledgers.ledger import LedgerColumn, RowCheck
from core.ledgers.models import ImportRow
from core.ledgers.plain import PlainLedger, all_rows, stable_id
from core.ledgers.points import Point
from core.regions.names import place_names
from core.rules import Flag, RuleError
from stations.codes import StationKind, StationStatus
from stations.places import meanings
from stations.places.models import Station, StationState
from stations.places.named import (
    PLAIN_STATION,
    create_used,
    find_organization,
    remove_unused,
    station_of,
)
from stations.places.names import hear_preparation, kind_in, named_body
from stations.places.rules import CLOSED_STATUSES, approval_flag
from stations.places.states import begin, note_approvals
from stations.places.townships import remark_second_stations

STATION, STATE, COVERAGE = (
    "stations.station",
    "stations.stationstate",
    "stations.stationcoverage",
)
GONE = Question("gone", "备注写着已撤并的站点", (("ledger", "还在，照常录入"),))
_GONE = re.compile("(?<![未不拟])(撤并|撤销|并入|关停|关闭|取消)")


def _prepare(row: RowCheck, written: dict[str, Any]) -> None:
    """Where it lies, who runs it, and its first dated rows."""
    v = row.values
    hear_preparation(v, written)
    if not v.get("kind"):
        v["kind"] = written["kind"] = kind_in(v["name"])
    if not v["kind"]:
        row.refuse("站点类型", "从名称看不出是哪类站点，请填写站点类型。", "REQUIRED")
        return
    region = _region(row)
    if not region:
        return
    if _GONE.search(v.get("remark", "")):
        row.ask(GONE, f"备注写着「{v['remark'][:30]}」，先不录入。", column="备注")
    _recognise(row, written, region)
    for flag in approval_flag(approval_number=v.get("approval_number", ""), is_confirmed=False):
        row.flag(flag, "批复文号")
    built = v.get("built_on")
    if "built_on" in row.dropped and not v.get("status"):
        # Whether it is built would hang on it.
        row.refuse("运行状态", "建成日期读不出来，请改正，或填写运行状态。", "R17")
        return
    named = named_body(row, "operator", "运营机构")
    operator = find_organization(named, region[:6], row.context) if named else None
    written |= {
        "region_id": region,
        "status": v.get("status") or _status_unsaid(built),
        "operator_id": operator.id if operator else None,
        "operating_model": v.get("operating_model") or ("2" if operator else ""),
    }
    row.shown = {
        "detail": f"{StationKind(v['kind']).label} {row.context.places.name(region)}",
        "names": {operator.id: named} if operator else {},
    }
    parts = (written["kind"], region, written["name"])
    station_id = str(stable_id(STATION, row.context.batch_id, *parts))
    since = built[0] if built else row.context.day.isoformat()
    state = {
        "id": str(stable_id(STATE, station_id)),
        "station_id": station_id,
        "status": written["status"],
        "valid_from": since,
        "valid_to": None,
        "reason": "台账导入",
    }
    row.write(STATE, state)
    if v["kind"] == StationKind.TOWNSHIP and len(region) == 9:
        coverage = {
            "id": str(stable_id(COVERAGE, station_id)),
            "station_id": station_id,
            "region_id": region,
            "valid_from": since,
            "valid_to": None,
        }
        row.write(COVERAGE, coverage)


def _recognise(row: RowCheck, written: dict[str, Any], region: str) -> None:
    """The one station of a township, also where a list calls it by its whole path or by an
    older word for the kind: 贵阳市南明区新华路街道社工站."""
    name = row.values["name"]
    if written["kind"] != StationKind.TOWNSHIP or not PLAIN_STATION.search(name):
        return
    known = station_of(region, row.context)
    place = row.context.places.path(region)
    before = PLAIN_STATION.sub("", name)
    if known is None or known.name == name or not PLAIN_STATION.search(known.name):
        return
    if place.endswith(before) or before.endswith(row.context.places.name(region)):
        written["name"] = known.name
        row.flag(Flag("R16", "I", f"与在册的「{known.name}」是同一站点。"), "站点名称")


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
        said, label, level = v.get("place"), "所在地区", None
    if said:
        try:
            return str(places.resolve(said, label=label, level=level, within=county))
        except RuleError as error:
            row.refuse(label, str(error), error.rule)
            return ""
    if county:
        return str(county)
    named = places.named_in(v["name"])
    if len(named) >= _LEVELS[v["kind"]]:
        return str(named)
    return _unsaid(row, named)


# How long the code of its place is at the least.
_LEVELS = dict.fromkeys(StationKind.values, 2) | {
    StationKind.CENTRE: 4, StationKind.HUB: 6, StationKind.TOWNSHIP: 9, StationKind.ROOM: 9,
}  # fmt: skip
# More are no list to choose from.
_MOST_PLACES = 300


def _unsaid(row: RowCheck, named: str) -> str:
    """The place of a station that says none: the importer's own, else it is asked."""
    places, kind = row.context.places, row.values["kind"]
    scope, wanted = named or str(places.scope), _LEVELS[kind]
    if len(scope) >= wanted:
        return scope
    inside = [
        (code, places.path(code))
        for code, place in sorted(places.by_code.items())
        if place.is_current and len(code) == wanted and code.startswith(scope)
    ]
    label = "乡镇（街道）" if wanted > 6 else "县（市、区）"
    if len(inside) > _MOST_PLACES:
        row.refuse(label, f"看不出在哪个{label}，请填写。", "PLACE")
        return ""
    title = f"「{StationKind(kind).label}」没有写在哪个{label}，是哪里？"
    point = Point(f"place:{kind}:{scope}", title, tuple(inside), waits=True)
    return row.wonder_about(point, f"看不出在哪个{label}。", label) or ""


def _standing(rows: list[ImportRow]) -> list[ImportRow]:
    return [row for row in rows if not _is_closed(row)]


def _is_closed(row: ImportRow) -> bool:
    """R15: posts end or move with their station, so nobody closes one by a ledger."""
    if STATIONS_LEDGER.said(row)["status"] not in CLOSED_STATUSES:
        return False
    message = "撤并、更名不能由台账办理：请在站点页办理撤并，以便一并处理岗位。"
    hold(row, message, rule="R15", column="运行状态")
    return True


def _follow(row: ImportRow, record: Any, incoming: dict[str, Any]) -> None:
    """The dated rows go along; a station made from a bare name is complete."""
    if record.is_incomplete:
        row.change(STATION, record.pk, is_incomplete=False)
        row.diff.append(["资料", "待完善", "已完善"])
    changed = row.changes(STATION, record.pk)
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
        row.change(model, moved.pk, valid_from=moved.valid_from.isoformat())


def _change_state(row: ImportRow, record: Any, states: list[StationState]) -> None:
    """A changed status is a new state from today; the first word on a station planned from
    a bare name replaces what was assumed."""
    if record.is_incomplete and len(states) == 1:
        row.change(STATE, states[0].pk, status=row.changes(STATION, record.pk)["status"])
        return
    since = today().isoformat()
    if states:
        since = max(since, states[-1].valid_from.isoformat())
        row.change(STATE, states[-1].pk, valid_to=since)
    begun = {"id": str(uuid.uuid4()), "station_id": str(record.pk), "valid_from": since}
    row.inserts(STATE).append(row.staged(STATE)[0] | begun)


def _place(length: int) -> Any:
    """The name of the county, or the township, that a station lies in."""

    def get(station: Any, on: datetime.date) -> str:
        code = station.region_id
        return place_names().get(code[:length], "") if len(code) >= length else ""

    return get


def _note_approvals(batch: Any, context: Any) -> None:
    """Of the stations that a batch made: those approved later than they began."""
    made = ImportRow.objects.filter(batch=batch, outcome=ImportRow.Outcome.NEW)
    inserted = KeyTransform("0", KeyTransform(STATION, KeyTransform("insert", "writes")))
    keys = made.values_list(Cast(KeyTextTransform("id", inserted), UUIDField()))
    approved = Station.objects.filter(pk__in=keys, approval_date__isnull=False)
    found = approved.annotate(began=Min("states__valid_from"))
    note_approvals((station, station.began) for station in found)


STATIONS_LEDGER = PlainLedger(
    kind="stations",
    label="站点",
    models=(STATION, STATE, COVERAGE),
    fields=(
        "name kind",
        LedgerColumn(
            "county",
            "县（市、区）",
            values.place("县（市、区）", level=3),
            is_decisive=True,
            synonyms=(
                "县区",
                "区县",
                "县",
                "所在县",
                "县市区",
                "所属区县",
                "区（市、县）",
                "区市县",
            ),
        ),
        LedgerColumn(
            "township",
            "乡镇（街道）",
            values.text("乡镇（街道）", 60),
            width=18,
            synonyms=("所在乡镇", "所在乡镇街道", "乡镇街道", "乡镇", "街道", "所属街道", "镇街"),
            hint="名称或九位区划代码。",
        ),
        LedgerColumn(
            "place",
            "所在地区",
            values.text("所在地区", 60),
            synonyms=("地区", "所属地区"),
            width=18,
            hint="写了县（市、区）或乡镇（街道）的不用填；市级的站点填市（州）。",
        ),
        "built_on planned_on status approval_number approval_date",
        LedgerColumn(
            "operator",
            "承接机构",
            values.text("承接机构", 120),
            width=28,
            synonyms=(
                "承接方",
                "运营机构",
                "承接单位",
                "运营单位",
                "承接主体",
                "运营主体",
                "服务机构",
            ),
        ),
        "area",
        LedgerColumn(
            "reported_workers",
            "驻站社工数",
            values.integer("驻站社工数", most=10_000),
            synonyms=(
                "社工数",
                "驻站人数",
                "社工人数",
                "驻站社工总数",
                "驻站社工人数",
                "配备社工数",
            ),
        ),
        LedgerColumn(
            "reported_certified",
            "持证社工数",
            values.integer("持证社工数", most=10_000),
            synonyms=("其中持证", "持证人数", "持证社工人数", "其中持证人数"),
        ),
        "capacity address operating_model head",
        LedgerColumn(
            "contact_phone",
            "联系电话",
            values.office_phone("联系电话"),
            is_text=True,
            synonyms=("站点电话", "电话", "联系方式", "站长电话", "负责人电话", "办公电话"),
        ),
        "annual_funds village_count rating remark",
    ),
    key="kind region_id name",
    future="planned_on",
    follows="kind",
    decisive="status",
    notes=(
        "每个站点一行，以类型、地区、名称识别；名称变了会当作另一个站点。",
        "没有批复文号的站点照常录入，列入「缺批复」，经审核员确认后计入。",
        "撤并、更名不由台账办理，请在站点页办理撤并，以便一并处理岗位。",
    ),
    synonyms={
        "name": "名称 社工站名称 站点 机构站点名称",
        "kind": "类型 站点类别 级别",
        "built_on": "建成时间 成立时间 建站时间 挂牌时间 揭牌时间 投入使用时间",
        "planned_on": "计划建成时间 预计建成日期 预计建成时间 拟建成时间",
        "status": "状态 运营状态 建设状态 建设情况",
        "approval_number": "批文号 文号 批准文号",
        "approval_date": "批复时间 批准日期 批准时间",
        "area": "面积 场地面积 建筑面积 使用面积",
        "address": "站点地址 详细地址",
        "operating_model": "运营方式",
        "head": "站长 负责人 站点负责人 站长/负责人 站长（负责人）",
        "annual_funds": "年度投入资金 投入资金 年度资金 年度经费 年投入资金",
        "village_count": "覆盖村（社区）数 覆盖村社区数 覆盖村居数 服务村（社区）数",
        "rating": "星级 等次 评估等级 评估结果 星级/评估等次",
    },
    means={
        "kind": meanings.KINDS,
        "status": meanings.STATUSES,
        "operating_model": meanings.MODELS,
    },
    offered={"status": [s.label for s in StationStatus if s not in CLOSED_STATUSES]},
    prepare=_prepare,
    # A station speaks for all of its township (R16).
    tied=lambda batch, numbers: all_rows(batch),
    before_compare=_standing,
    after_compare=remark_second_stations,
    follow=_follow,
    gone={"status__in": CLOSED_STATUSES},
    fills={
        "county": _place(6),
        "township": _place(9),
        "reported_workers": lambda station, on: station.reported_workers,
    },
    after_apply=_note_approvals,
    before_apply=lambda batch, context: create_used(batch, STATION, ("operator_id",)),
    after_undo=remove_unused,
)
