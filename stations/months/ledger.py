"""The ledger of what stations put out: a row a station and month or quarter, natural key both."""

from __future__ import annotations

import datetime
import re
from copy import copy
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from core.ledgers import values
from core.ledgers.asking import hold, say
from core.ledgers.ledger import Cleaner, ImportContext, LedgerColumn, RowCheck
from core.ledgers.models import ImportRow
from core.ledgers.plain import PlainLedger, all_rows
from core.rules import Flag, RuleError
from core.text import normalise
from stations.codes import Span
from stations.months.models import StationMonthly
from stations.months.rules import check_among, check_reported, check_spans, workers_at
from stations.months.spans import QUARTERS, first_day
from stations.places.named import PLAIN_STATION, Employer, station_of, stations_named

MONTH = "stations.stationmonthly"
Outcome = ImportRow.Outcome

# --- Months and quarters as they are written -------------------------------------------------
_YEAR = r"(?:(20\d{2})\s*年?度?\s*[-./]?\s*)?"
_QUARTER = re.compile(rf"{_YEAR}(?:第?([一二三四1-4])季度?|Q([1-4]))", re.IGNORECASE)
_QUARTER_MONTHS = re.compile(rf"{_YEAR}(\d{{1,2}})月?(?:至|到|-|—|~)+(\d{{1,2}})月份?(?<!\d)")
_MONTH = re.compile(r"(1[0-2]|0?[1-9])(?:月份?)?")
_UNREADABLE = "月份「{}」看不出是哪个月、哪个季度，请写成 2025-11 或 2025年第四季度。"


def _period(cell: Any, row: RowCheck) -> list[str]:
    """[first day, span]; without a year 「-10-01」, which another column or a title tells."""
    text = normalise(values.as_text(cell)).replace(" ", "")
    if found := _QUARTER.fullmatch(text):
        number = found[2] or found[3]
        quarter = QUARTERS.index(number) if number in QUARTERS else int(number) - 1
        return [f"{found[1] or ''}-{quarter * 3 + 1:02d}-01", Span.QUARTER]
    if found := _QUARTER_MONTHS.fullmatch(text):
        first, last = int(found[2]), int(found[3])
        if last - first == 2 and first in (1, 4, 7, 10):
            return [f"{found[1] or ''}-{first:02d}-01", Span.QUARTER]
        raise RuleError("DATE", _UNREADABLE.format(text[:20]))
    if found := _MONTH.fullmatch(text):
        return [f"-{int(found[1]):02d}-01", Span.MONTH]
    day = values.date("月份", may_be_future=True)(cell, row)
    if not day or day[1] == "Y":
        raise RuleError("DATE", _UNREADABLE.format(text[:20]))
    return [f"{day[0][:7]}-01", Span.MONTH]


_TOLD_QUARTER = re.compile(r"(20\d{2})\s*年?度?\s*第?\s*([一二三四1-4])\s*季度")
_TOLD_MONTH = re.compile(r"(?<!\d)(20\d{2})\s*[年.-]\s*(1[0-2]|0?[1-9])\s*月(?!\s*\d|\s*[至到—~-])")
_TOLD_COMPACT = re.compile(r"(?<!\d)(20\d{2})(1[0-2]|0[1-9])(?!\d)")
_TOLD_YEAR = re.compile(r"(?<!\d)(20\d{2})\s*年")
# When it was sent is not what it is about.
_SENT = re.compile("(填报|填表|制表|报送|上报|打印)(日期|时间)")


def _period_told(text: str) -> str:
    if _SENT.search(text):
        return ""
    if found := _TOLD_QUARTER.search(text):
        return f"{found[1]}年第{found[2]}季度"
    found = _TOLD_MONTH.search(text) or _TOLD_COMPACT.search(text)
    return f"{found[1]}年{int(found[2])}月" if found else ""


def year_told(text: str) -> str:
    found = None if _SENT.search(text) else _TOLD_YEAR.search(text)
    return found[1] if found else ""


# --- Numbers as they are written --------------------------------------------------------------
UNIT = re.compile(r"\s*(户次|场次|人次|节次|[件节场户])$")


def _count(label: str) -> Cleaner:
    clean_number = values.integer(label)

    def clean(cell: Any, row: RowCheck) -> Any:
        return clean_number(UNIT.sub("", values.as_text(cell)), row)

    return clean


def _hours(cell: Any, row: RowCheck) -> Any:
    """Whole hours; halves are rounded up, which is said."""
    label = "志愿服务时长"
    number = Decimal(values.money(label)(re.sub("个?(小时|h)$", "", values.as_text(cell)), row))
    whole = number.quantize(Decimal(1), ROUND_HALF_UP)
    if whole != number:
        said = f"{label} {number.normalize():f} 小时，按 {whole} 小时登记。"
        row.flag(Flag("NUMBER", "I", said), label)
    return values.integer(label)(str(whole), row)


# --- A row by itself -------------------------------------------------------------------------
def _prepare(row: RowCheck, written: dict[str, Any]) -> None:
    v = row.values
    first, span = v["month"]
    if first.startswith("-"):
        if not (year := v.get("year")):
            message = "没有写年份：请写成 2025-11 或 2025年第四季度，或者在表头上方写明年份。"
            row.refuse("月份", message, "DATE")
            return
        first = f"{year}{first}"
    station = _station(row)
    if station is None:
        return
    day = datetime.date.fromisoformat(first)
    written |= {"station_id": station.id, "month": str(first_day(day, span)), "span": span}
    row.shown = {"detail": row.context.places.path(station.region)}


def _station(row: RowCheck) -> Employer | None:
    """The registered station that a row means: of its name, else the one of its township.

    An unknown one is refused: nobody enters a station by its numbers.
    """
    v, places = row.values, row.context.places
    name, region = v["station"], v.get("county", "")
    if township := v.get("township"):
        try:
            region = places.resolve(township, label="乡镇（街道）", level=4, within=region)
        except RuleError as error:
            row.refuse("乡镇（街道）", str(error), error.rule)
            return None
    return station_called(row, name, region)


def station_called(row: RowCheck, name: str, region: str = "") -> Employer | None:
    """The registered station of a name in a region; the row is refused where there is none, or
    several."""
    places = row.context.places
    found = [s for s in stations_named(name, row.context) if s.region.startswith(region)]
    if len(found) > 1:
        where = "、".join(places.path(station.region) for station in found[:4])
        row.refuse("站点", f"「{name}」有多个（{where}），请写明乡镇（街道）。", "STATION")
        return None
    station = found[0] if found else _station_of_township(row, name, region)
    if station is None:
        message = f"在您的辖区没有找到站点「{name}」，请核对名称；新的站点请先登记。"
        row.refuse("站点", message, "STATION")
    return station


def _station_of_township(row: RowCheck, name: str, region: str) -> Employer | None:
    """新华路街道, 新华路社工站, 贵阳市南明区新华路街道社工站: the only station of kind 3."""
    before = PLAIN_STATION.sub("", name)
    if before:
        if before == name and not re.search("(街道|镇|乡)(办事处)?$", name):
            return None
        try:
            place = row.context.places.resolve(before, level=4, within=region[:6])
        except RuleError:
            place = row.context.places.named_in(name)
        if not place.startswith(region):
            return None
        region = place
    return station_of(region, row.context) if len(region) == 9 else None


# --- Beside the registry ------------------------------------------------------------------------
def _as_it_would_be(record: StationMonthly, said: dict[str, Any]) -> StationMonthly:
    """A record with some columns as a row has them (JSON)."""
    after = copy(record)
    for column in StationMonthly._meta.concrete_fields:
        if column.attname in said:
            setattr(after, column.attname, column.to_python(said[column.attname]))
    return after


def _follow(row: ImportRow, record: Any, incoming: dict[str, Any]) -> None:
    """What is registered and what the row adds are judged together."""
    check_spans(record.month, incoming["span"], [(record.month, record.span)])
    entity = MONTHS_LEDGER.entity
    if entity.check is not None:
        list(entity.check(_as_it_would_be(record, row.changes(MONTH, record.pk))))


def _beside(rows: list[ImportRow], context: ImportContext) -> None:
    """R19 and R20 beside the other reports of the stations, registered or earlier in the file."""
    stations = {MONTHS_LEDGER.said(row)["station_id"] for row in rows}
    known: dict[str, dict[str, StationMonthly]] = {}
    for record in StationMonthly.objects.filter(station__in=stations).iterator():
        known.setdefault(str(record.station_id), {})[str(record.pk)] = record
    staged: dict[str, dict[int, StationMonthly]] = context.memory.setdefault("months", {})
    recorded: dict[tuple[str, str], dict[Any, int]] = {}
    for row in rows:
        said = MONTHS_LEDGER.said(row)
        station, target = said["station_id"], str(row.target or "")
        if row.outcome == Outcome.HELD:
            continue
        before, listed = known.get(station, {}), staged.setdefault(station, {})
        changes = row.changes(MONTH, target)
        own = _as_it_would_be(before.get(target) or StationMonthly(), changes or said)
        own.span = said["span"]
        replaced = {str(one.pk) for one in listed.values()}
        others = [r for pk, r in before.items() if pk != target and pk not in replaced]
        others += [one for number, one in listed.items() if number < row.number]
        if row.outcome != Outcome.UNCHANGED:
            key = (str(own.month), own.span)
            if own.workers is not None and key not in recorded:
                recorded[key] = workers_at(stations, own.month, own.span)
            held = {str(pk): n for pk, n in recorded.get(key, {}).items()}
            if not _judge(row, own, others, held.get(station, 0)):
                continue
        listed[row.number] = own


def _judge(
    row: ImportRow, own: StationMonthly, others: list[StationMonthly], recorded: int
) -> bool:
    """Whether nothing speaks against a row; what is to be explained is said."""
    try:
        flags = check_among(own, others)
    except RuleError as error:
        for flag in error.flags:
            _say(row, flag)
        for each in error.each:
            hold(row, str(each), rule=each.rule, column=MONTHS_LEDGER.label_of(each.field))
        return False
    for flag in [*flags, *check_reported(own.workers, recorded, field="workers")]:
        # What the row does not say was explained when it was entered.
        if flag.field in row.shown["given"]:
            _say(row, flag)
    return True


def _say(row: ImportRow, flag: Flag) -> None:
    column = MONTHS_LEDGER.label_of(flag.field)
    say(row, flag.message, rule=flag.rule, level=flag.level, column=column)


NUMBERS = {
    "cases_new": "新增个案 新开个案数 新增个案数 个案新增 个案新开 个案新增数 新接个案 新建个案 "
    "新立个案",
    "cases_closed": "结案 结案数 个案结案 结案个案数 个案结案数 已结案",
    "groups": "小组 小组个数 小组活动 小组场次 小组活动场次 小组活动数 开展小组 开展小组数 小组场",
    "group_attendance": "小组活动人次 小组参与人次 小组服务人次 小组参加人次",
    "activities": "社区活动 社区活动数 活动场次 场次 社区活动场 开展活动场次 小组和社区活动场次 "
    "小组及社区活动场次 小组社区活动场次",
    "activity_attendance": "活动人次 人次 社区活动参与人次 活动参与人次 参与人次 社区活动服务人次 "
    "小组和社区活动人次 小组及社区活动人次 小组社区活动人次",
    "visits": "走访 走访户次 入户 入户户次 入户探访 入户探访户次 入户走访 入户走访户次 探访 户次 "
    "走访探访 探访走访 走访探访户次 探访走访户次 探访（走访）户次 探访户数 走访户数",
    "volunteer_hours": "志愿时长 志愿服务小时 志愿服务小时数 志愿服务时数 服务时长 志愿服务总时长",
    "workers": "社工人数 社工数 在岗人数 在岗社工 驻站社工数 驻站社工人数",
    "certified_workers": "持证人数 持证社工数 其中持证 持证社工人数",
    "cases_open": "个案跟进 跟进个案 个案跟进数 在办 个案在办 在办个案数 存量个案 个案存量",
    "group_sessions": "小组节次 节数 小组活动节数 小组节",
    "consultations": "政策咨询 咨询 转介 政策咨询件数 政策咨询转介 咨询转介 政策咨询及转介 "
    "咨询件数",
    "volunteers": "志愿者 志愿者数 参与志愿者 参与志愿者人数 志愿者参与人数",
}
RESOURCES = (
    "链接资源 资源链接 链接资源折价 链接资源价值 链接资源金额 资源链接金额 资源折价 折价 折价金额 "
    "链接资源折合 链接资源折合金额 链接资源折算"
)


def _number(name: str) -> LedgerColumn:
    label = str(StationMonthly._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    plain = label.partition("（")[0]
    clean = _hours if name == "volunteer_hours" else _count(plain)
    return LedgerColumn(name, label, clean, synonyms=NUMBERS[name].split(), is_count=True)


_text = partial(values.text, max_length=120)
MONTHS_LEDGER = PlainLedger(
    kind="station_months",
    label="站点产出",
    fields=(
        LedgerColumn(
            "station",
            "站点",
            _text("站点"),
            is_required=True,
            width=28,
            synonyms=("站点名称", "社工站", "社工站名称", "名称", "站点（机构）名称", "服务站点",
                      "所属社工站", "填报站点", "单位名称", "单位"),
            hint="在册站点的名称；只写乡镇（街道）的，指该乡镇（街道）的社工站。",
        ),
        LedgerColumn(
            "county",
            "县（市、区）",
            values.place("县（市、区）", level=3),
            synonyms=("县区", "区县", "县", "所在县", "县市区", "所属区县", "区（市、县）",
                      "区市县"),
        ),
        LedgerColumn(
            "township",
            "乡镇（街道）",
            _text("乡镇（街道）"),
            width=18,
            synonyms=("所在乡镇", "所在乡镇街道", "乡镇街道", "乡镇", "街道", "所属街道", "镇街",
                      "镇（街）"),
        ),
        LedgerColumn(
            "year",
            "年度",
            values.integer("年度", least=2000, most=2100),
            synonyms=("年份", "年", "统计年度", "所属年度"),
            told_by=year_told,
            is_own=True,
        ),
        LedgerColumn(
            "month",
            "月份",
            _period,
            is_required=True,
            synonyms=("季度", "时间", "时段", "统计月份", "统计时间", "填报月份", "所属月份",
                      "月度", "统计周期", "所属时期", "报告期", "年月"),
            told_by=_period_told,
            hint="2025-11，或 2025年第四季度。",
            example="2025-11",
        ),
        *(name if name == "resources" else _number(name) for name in StationMonthly.NUMBERS),
    ),
    key="month station_id",
    periods="month",
    notes=(
        "每个站点每月（或每季度）一行，以站点和月份识别；没有填的数不动，填 0 才是没有。",
        "一个站点同一时段只能按月或按季度填报。站点须已在册，不由本表新建。",
        "「指标、任务、已完成、进度」表选「年度任务」导入；已完成和进度由各月产出算出。",
    ),
    synonyms={"resources": RESOURCES},
    prepare=_prepare,
    follow=_follow,
    after_compare=_beside,
    # Another report of the same station may speak against a row.
    tied=lambda batch, numbers: all_rows(batch),
)  # fmt: skip
