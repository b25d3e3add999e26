"""The ledger of yearly targets: 指标, 任务, 已完成, 进度 of a station, or of several side by side.

A row tells the targets of one number; what was done is the sum of the months, and the sheet's own
figure is only held against it. Where numbers stand over the columns (个案: 任务, 已完成) a row is a
station.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from core.ledgers import values
from core.ledgers.asking import say
from core.ledgers.beside import ABOUT
from core.ledgers.ledger import AGAIN, ImportContext, Ledger, LedgerColumn, RowCheck
from core.ledgers.models import ImportRow
from core.ledgers.plain import all_rows, natural_key, stable_id
from core.ledgers.spreadsheets.child import squeeze
from core.rules import RuleError
from core.text import normalise
from stations.months.ledger import NUMBERS, RESOURCES, UNIT, station_called, year_told
from stations.places.named import Employer
from stations.targets.models import COUNTED, StationTarget
from stations.targets.progress import done_in, in_words
from stations.targets.rules import check

TARGET = "stations.stationtarget"
Outcome = ImportRow.Outcome
_LABELS = dict(StationTarget._meta.get_field("number").flatchoices)
_WORDS = {
    squeeze(word): name
    for name in COUNTED
    for word in (_LABELS[name], *(RESOURCES if name == "resources" else NUMBERS[name]).split())
} | {squeeze(word): name for name, words in {
    "cases_new": "个案 个案个 个案服务 个案服务个",
    "group_sessions": "小组节 小组活动节",
    "visits": "探访人次 走访人次 入户人次 走访慰问",
    "volunteer_hours": "志愿服务 志愿服务小时",
}.items() for word in words.split()}  # fmt: skip
_STATION = re.compile(
    r"[^\s:：,，（(]{0,30}?(?:社会工作|社工)(?:和志愿)?(?:服务)?(?:总站|站|室|指导中心)"
)
_TEN_THOUSAND = re.compile("万元?")
# As of any other number of a ledger.
MOST = 10_000_000


class Said(NamedTuple):
    """One target of a row, and what the sheet says was done."""

    station: Employer
    number: str
    target: str
    done: str


# --- A row by itself -------------------------------------------------------------------------
def _number(label: str) -> Any:
    """A number as an amount of its unit: 30个, 0.35万元."""
    clean_amount = values.money(label)
    return lambda cell, row: clean_amount(re.sub(r"[个次人]$", "", _plain(cell)), row)


def _plain(cell: Any) -> str:
    return UNIT.sub("", values.as_text(cell))


def _station_told(text: str) -> str:
    found = {match for match in _STATION.findall(normalise(text)) if len(match) > len("社工站")}
    return found.pop() if len(found) == 1 else ""


def _number_of(word: str, unit: str = "") -> str:
    """The number that an indicator means, with the unit that it is counted in, which may stand in
    brackets behind it; "" for none."""
    inside = "".join(re.findall(r"[(（](.*?)[)）]", word))
    said = (f"{squeeze(word)}{squeeze(with_unit)}" for with_unit in (unit or inside, inside, ""))
    return next((name for text in said if (name := _WORDS.get(text))), "")


def build(row: RowCheck) -> None:
    year = row.values["year"]
    said = list(_said(row))
    if not said and not row.errors:
        row.refuse("任务", "没有写任务，请填写。", "REQUIRED")
    if row.errors:
        return
    keys = [(year, one.station.id, one.number) for one in said]
    row.key = natural_key(*(part for key in keys for part in key))
    names = dict.fromkeys(one.station.name for one in said)
    numbers = dict.fromkeys(_LABELS[one.number] for one in said)
    row.shown = {
        "name": f"{'、'.join(names)} {year} 年{'、'.join(numbers)}",
        "detail": row.context.places.path(said[0].station.region),
        "done": [[*key, one.done] for key, one in zip(keys, said, strict=True) if one.done],
        "stations": {one.station.id: one.station.name for one in said},
    }
    for key, one in zip(keys, said, strict=True):
        target = {"station_id": one.station.id, "year": year, "number": one.number}
        target |= {"target": _whole(row, one.target)}
        if target["target"] is None:
            continue
        try:
            list(check(StationTarget(**target)))
        except RuleError as error:
            row.refuse("任务" if error.field == "target" else "年度", str(error), error.rule)
            return
        key_of = str(stable_id(TARGET, row.context.batch_id, *key))
        row.write(TARGET, {"id": key_of, **target, "ended_on": None, "end_reason": ""})


def _said(row: RowCheck) -> Iterator[Said]:
    """The targets of a row: one, or one a group of columns."""
    groups = row.context.reading.get("groups", {})
    v = row.values
    for name in ("target", *(name for name in groups if name.startswith(f"target{AGAIN}"))):
        again, group = name.removeprefix("target"), groups.get(name, "")
        if (target := v.get(name)) is None:
            continue
        word = str(v.get("number") or group)
        unit = str(v.get("unit") or "")
        number = _number_of(word, unit)
        if not number:
            row.refuse("指标", f"「{word[:20]}」不是站点填报的指标，没有录入。", "NUMBER")
            return
        called = group if group and v.get("number") else v.get("station")
        if not called:
            row.refuse("站点", "没有写是哪个站点，请填写站点。", "REQUIRED")
            return
        station = station_called(row, str(called))
        if station is None:
            return
        done = v.get(f"done{again}")
        factor = 10_000 if number == "resources" and _TEN_THOUSAND.search(word + unit) else 1
        yield Said(station, number, _times(target, factor), _times(done, factor) if done else "")


def _times(amount: str, factor: int) -> str:
    return str(Decimal(amount) * factor)


def _whole(row: RowCheck, amount: str) -> int | None:
    number = Decimal(amount)
    if number != number.to_integral_value():
        row.refuse("任务", "任务应为整数，请核对。", "NUMBER")
        return None
    if number > MOST:
        row.refuse("任务", f"任务 {number:,} 超过 {MOST:,}，请核对。", "NUMBER")
        return None
    return int(number)


# --- Beside the registry ---------------------------------------------------------------------
def compare(rows: list[ImportRow], context: ImportContext) -> None:
    """New, changed or unchanged by station, year and number."""
    staged = [one for row in rows for one in row.staged(TARGET)]
    stations, years = {one["station_id"] for one in staged}, {one["year"] for one in staged}
    found = StationTarget.objects.filter(station__in=stations, year__in=years, ended_on=None)
    known = {(str(one.station_id), one.year, one.number): one for one in found}
    done = {(str(s), y, n): sum_ for (s, y, n), sum_ in done_in(stations, years).items()}
    told: dict[Any, int] = context.memory.setdefault("told", {})
    for row in rows:
        row.writes["insert"][TARGET] = []
        for said in row.staged(TARGET):
            key = (said["station_id"], said["year"], said["number"])
            if (first := told.setdefault(key, row.number)) != row.number:
                words = _LABELS[said["number"]]
                say(row, f"{words}在第 {first} 行已写过，只录入一次。", level="W", column="指标")
            elif (record := known.get(key)) is None:
                row.inserts(TARGET).append(said)
            else:
                _add(row, record, said)
                row.writes.setdefault(ABOUT, []).append(str(record.pk))
        if row.target is None and row.has_writes:
            row.outcome = Outcome.NEW
        else:
            row.outcome = Outcome.CHANGED if row.has_writes else Outcome.UNCHANGED
        _tell_done(row, done)


def _add(row: ImportRow, record: StationTarget, said: dict[str, Any]) -> None:
    row.target = row.target or record.pk
    if record.target != said["target"]:
        row.change(TARGET, record.pk, target=said["target"])
        label = f"{_LABELS[record.number]}任务"
        row.diff.append([label, f"{record.target:,}", f"{said['target']:,}"])


def _tell_done(row: ImportRow, done: dict[tuple[str, int, str], Any]) -> None:
    """What the sheet says was done, where the months say otherwise."""
    for year, station, number, said in row.shown["done"]:
        have = done.get((station, year, number))
        if have is None or Decimal(have) != Decimal(said):
            sums = f"合计 {in_words(have)}" if have is not None else "还没有数"
            what = f"{row.shown['stations'][station]}{_LABELS[number]}"
            message = (
                f"{what}：台账已完成 {in_words(Decimal(said).normalize() + 0)}，各月产出{sums}。"
                "已完成由各月产出算出，请补报或更正月报。"
            )
            say(row, message, level="W", column="已完成")


def tell(batch: Any, rows: list[ImportRow]) -> dict[int, list[tuple[str, str]]]:
    """The targets of each row as they are stored."""
    found = {}
    for row in rows:
        insert = row.writes.get("staged", row.writes).get("insert", {})
        names = row.shown.get("stations", {})
        found[row.number] = [
            (_LABELS[one["number"]], f"{names.get(one['station_id'], '')} {one['target']:,}")
            for one in insert.get(TARGET, [])
        ]
    return found


TARGETS_LEDGER = Ledger(
    kind="station_targets",
    label="站点年度任务",
    permission="stations.add_stationtarget",
    models=(TARGET,),
    columns=(
        LedgerColumn(
            "station",
            "站点",
            values.text("站点", 120),
            is_required=True,
            width=28,
            synonyms=("站点名称", "社工站", "社工站名称", "站点（机构）名称", "服务站点",
                      "所属社工站", "填报站点"),
            told_by=_station_told,
            # Several stations side by side stand over the columns.
            instead=("number", f"target{AGAIN}2"),
            hint="在册站点的名称；整表是一个站点的，写在表头上方也可以。",
        ),
        LedgerColumn(
            "year",
            "年度",
            values.integer("年度", least=1900, most=2999),
            is_required=True,
            synonyms=("年份", "年", "任务年度", "所属年度"),
            told_by=year_told,
            example="2025",
        ),
        LedgerColumn(
            "number",
            "指标",
            values.text("指标", 60),
            is_required=True,
            choices=_LABELS.values(),
            instead=("station", f"target{AGAIN}2"),
            synonyms=("指标名称", "服务指标", "任务指标", "考核指标", "指标内容", "任务名称",
                      "服务内容", "指标项目"),
        ),
        LedgerColumn(
            "unit", "单位", values.text("单位", 10), synonyms=("计量单位",), is_own=True
        ),
        LedgerColumn(
            "target",
            "任务",
            _number("任务"),
            is_required=True,
            # Of stations side by side some may have none.
            follows=True,
            is_count=True,
            part="target",
            synonyms=("任务数", "任务量", "年度任务", "年度任务数", "目标", "目标数", "目标值",
                      "目标任务", "年度目标", "计划数", "指标数", "指标值"),
        ),
        LedgerColumn(
            "done",
            "已完成",
            _number("已完成"),
            is_count=True,
            part="target",
            synonyms=("完成", "完成数", "完成量", "已完成数", "已完成量", "实际完成", "累计完成",
                      "完成情况"),
            is_own=True,
        ),
        LedgerColumn(
            "share",
            "进度",
            values.note("进度", 20),
            part="target",
            synonyms=("完成率", "完成进度", "完成比例", "进度%"),
            is_own=True,
        ),
    ),
    notes=(
        "每个指标一行；几个站点并排的，站点名称写在「任务、已完成、进度」上面一行。",
        "登记的是任务；已完成和进度由各月产出算出，与台账不同的会写明。",
    ),
    fresh=frozenset({"id"}),
    build=build,
    compare=compare,
    candidates=all_rows,
    # Another row may tell of the same target.
    tied=lambda batch, numbers: all_rows(batch),
    tell=tell,
    periods="year",
)  # fmt: skip
