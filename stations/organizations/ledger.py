"""The ledger of organisations, as the registers of civil affairs have them: natural key credit
code where given, else region and name; the record of a bare name is completed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import copy
from typing import Any

from django.db import connection

from core.dates import last_day_of, parse_date, parse_period
from core.ledgers import values
from core.ledgers.asking import Question, hold, say
from core.ledgers.ledger import Cleaner, ImportContext, LedgerColumn, RowCheck
from core.ledgers.models import ImportRow
from core.ledgers.plain import PlainLedger, all_rows
from core.ledgers.points import Point
from core.regions.names import place_name
from core.rules import RuleError
from core.secrecy.identity import check_credit_code
from core.text import is_none, normalise
from stations.codes import (
    Held,
    OrganizationKind,
    PartyBranch,
    Rating,
    RegistrationLevel,
)
from stations.organizations.models import Organization
from stations.places.named import create_used, find_organization, remove_unused
from stations.places.names import named_body

ORGANIZATION = "stations.organization"
Outcome = ImportRow.Outcome
# A legal form, which an agency of social work has as well as a nursery.
_FORM = "form"
_KINDS = {
    "社工机构": "4", "社会工作机构": "4", "社会工作服务机构": "4", "民办社工机构": "4",
    "民办社会工作服务机构": "4", "社工服务机构": "4", "专业社工机构": "4",
    "民政局": "1", "民政厅": "1", "民政": "1", "社工部": "2", "党委社会工作部": "2",
    "行业主管部门": "3", "群团组织": "3", "群团": "3", "机关": "3", "党政机关": "3",
    "高校": "5", "大学": "5", "高职院校": "5", "院校": "5", "村委会": "6", "居委会": "6",
    "村（社区）": "6", "社区": "6", "基层群众性自治组织": "6", "事业": "7", "公益性事业单位": "7",
    "民办非企业": _FORM, "民办非企业单位": _FORM, "民非": _FORM, "社会服务机构": _FORM,
    "社会组织": _FORM,
    "社会团体": "9", "社团": "9", "基金会": "9", "行业协会": "9", "企业": "9", "公司": "9",
}  # fmt: skip
_SYSTEMS = {
    "民政系统": "01", "民政局": "01", "民政部门": "01", "公安": "02", "禁毒": "02",
    "公安局": "02", "禁毒办": "02", "司法": "03", "司法局": "03", "农业农村": "04", "扶贫": "04",
    "总工会": "05", "团委": "06", "共青团委": "06", "团": "06", "政法": "07", "综治": "07",
    "政法委": "07", "教育局": "08", "教体": "08", "教育体育": "08", "人社": "09", "人社局": "09",
    "人力资源和社会保障": "09", "卫健": "10", "卫健局": "10", "卫生": "10", "卫计": "10",
    "信访局": "11", "妇女联合会": "12", "残疾人联合会": "13",
}  # fmt: skip
_LEVELS = {
    "省": "1", "省本级": "1", "省级登记": "1", "市": "2", "州": "2", "市级": "2", "州级": "2",
    "市州": "2", "市州级": "2", "地市级": "2", "市（州）": "2", "市本级": "2", "县": "3",
    "区": "3", "区级": "3", "区县级": "3", "县区级": "3", "县（区）级": "3", "县（市、区）级": "3",
    "县（市、区）": "3", "县（市）级": "3",
}  # fmt: skip
_BRANCHES = {
    **dict.fromkeys(("是", "已建立", "已建", "已成立", "单独", "单独组建", "单独建立", "独立",
                     "独立组建", "独立党支部", "单建", "党支部", "党委", "党总支", "√", "1"), "1"),
    **dict.fromkeys(("联合党支部", "联合组建", "联合建立", "联建", "联合支部", "联合党组织"), "2"),
    **dict.fromkeys(("否", "未建立", "未建", "未成立", "没有", "暂无", "×", "0"), "0"),
}  # fmt: skip
_RATINGS = {
    **{f"{grade}级": code for code, grade in Rating.choices if code != Rating.NONE},
    **{"A" * n: str(n) for n in range(1, 6)},
    **{f"{'A' * n}级": str(n) for n in range(1, 6)},
    **{f"{word}A{end}": str(n) for n, word in enumerate("一二三四五", 1) for end in ("", "级")},
    **{f"{n}星{end}": n for n in "12345" for end in ("", "级")},
    **{f"{word}星{end}": str(n) for n, word in enumerate("一二三四五", 1) for end in ("", "级")},
    **dict.fromkeys(("未评估", "未参评", "未评", "未评级", "没有", "暂无", "未参加评估"), "0"),
}  # fmt: skip
_HELD = {
    **dict.fromkeys(("是", "已取得", "已获得", "具有", "具备", "取得", "享受", "√", "1"), "1"),
    **dict.fromkeys(("否", "未取得", "未获得", "不具有", "不具备", "没有", "暂无", "×", "0"), "0"),
}  # fmt: skip
_STANDING, _GONE = "1", "2"
_STATES = {
    "存续": "1", "正常": "1", "在册": "1", "成立": "1", "正常运行": "1", "有效": "1",
    "注销": "2", "撤销": "2", "已撤销": "2", "吊销": "2", "已吊销": "2", "拟注销": "1",
}  # fmt: skip
GONE = Question("gone", "已注销、没有注销日期的机构", (("ledger", "还在，照常录入"),))
_NONE = frozenset({"无", "没有", "暂无"})


class _OrNone(values.Choice):
    """A choice of which 无 is one; / and - say nothing."""

    def __call__(self, cell: Any, row: RowCheck) -> Any:
        if is_none(cell) and normalise(values.as_text(cell)) not in _NONE:
            return None
        return super().__call__(cell, row)


class _Level(values.Choice):
    """The level of a register, also told by who keeps it: 南明区民政局, 贵州省民政厅."""

    _KEPT_BY = re.compile("(.{2,}?)(民政|行政审批|政务服务|市场监管|市场监督管理)(局|厅)$")

    def __call__(self, cell: Any, row: RowCheck) -> Any:
        try:
            return super().__call__(cell, row)
        except values.UnknownWord:
            kept = self._KEPT_BY.fullmatch(normalise(values.as_text(cell)).replace(" ", ""))
            levels = {p.level for p in row.context.places.by_name.get(kept[1], [])} if kept else {0}
            if len(levels) != 1 or (level := str(levels.pop())) not in RegistrationLevel.values:
                raise
            return level


def _until(label: str) -> Cleaner:
    """The last day of a validity: of a month or a year its last one, of a period its end."""

    def clean(cell: Any, row: RowCheck) -> list[str] | None:
        try:
            said = parse_date(cell, label=label)
        except RuleError:
            day = parse_period(values.as_text(cell), label=label).last_day(None)
            if day is None:
                raise
            return [day.isoformat(), "D"]
        return [last_day_of(said).isoformat(), "D"] if said else None

    return clean


def _credit_code(cell: Any, row: RowCheck) -> str:
    return check_credit_code(values.as_text(cell))


# --- What a name and a code say --------------------------------------------------------------
_KIND_OF_NAME = (
    (re.compile("社会工作部$"), OrganizationKind.SOCIAL_WORK_DEPARTMENT),
    (re.compile("民政(局|厅|办)$"), OrganizationKind.BUREAU),
    (re.compile("(大学|学院)$"), OrganizationKind.UNIVERSITY),
    (re.compile("(村|居)(民)?(委会|委员会)$"), OrganizationKind.COMMITTEE),
    (re.compile("(社会工作|社工).{0,12}(中心|事务所|社|机构|发展中心)$"), OrganizationKind.AGENCY),
    (re.compile("(局|厅|政法委|妇联|残联|团委|总工会|法院|检察院)$"),
     OrganizationKind.SECTOR_DEPARTMENT),
)  # fmt: skip


def kind_in(name: str) -> str:
    """The kind that a name says, "" for none."""
    return str(next((kind for pattern, kind in _KIND_OF_NAME if pattern.search(name)), ""))


def _kind_told(text: str) -> str:
    """A list of agencies of social work says so in its title."""
    return "社工机构" if re.search("(社工|社会工作)(服务)?机构", text) else ""


# Digits of a code: whom each level of register lies with.
_LENGTHS = {RegistrationLevel.PROVINCE: 2, RegistrationLevel.PREFECTURE: 4,
            RegistrationLevel.COUNTY: 6}  # fmt: skip
_REGISTERED_BY_CIVIL_AFFAIRS = "5"


def _region(row: RowCheck) -> str:
    """Its column, else what its name says, else the importer's own; who has several counties
    is told by the credit code, or asked. "" where it is open or refused."""
    v, places = row.values, row.context.places
    if v.get("region"):
        return str(v["region"])
    scope, named = str(places.scope), str(places.named_in(v["name"]))
    wanted = _LENGTHS.get(v.get("registration_level", ""), 0)
    by_code = _authority(v.get("credit_code", ""), row.context)
    for found in (named, scope if len(scope) >= 6 else "", by_code):
        if found and len(found) >= wanted:
            return found
    if wanted and len(scope) == wanted:
        return scope
    return _asked(row, named or scope, wanted)


def _authority(code: str, context: ImportContext) -> str:
    """Where the register lies that a credit code names, "" where it says nothing of the scope."""
    if not code.startswith(_REGISTERED_BY_CIVIL_AFFAIRS):
        return ""
    places = context.places
    digits = code[2:8]
    short = next((digits[:n] for n in (2, 4) if digits[n:] == "0" * (6 - n)), digits)
    place = places.by_code.get(short)
    seen = set()
    while place and not place.is_current and place.successor and place.code not in seen:
        seen.add(place.code)
        place = places.by_code.get(place.successor)
    return place.code if place and place.is_current and place.code.startswith(places.scope) else ""


def _asked(row: RowCheck, inside: str, wanted: int) -> str:
    """Once for all that do not say it: never an area for what may be a county's."""
    places = row.context.places
    lengths = {wanted} if wanted else {2, 4, 6}
    options = [
        (code, places.path(code) or places.name(code))
        for code, place in sorted(places.by_code.items())
        if place.is_current and len(code) in lengths and code.startswith(inside)
    ]
    title = f"没有写所在地区的{'县级' if wanted == 6 else ''}机构，在哪里？"
    point = Point(f"place:{wanted}:{inside}", title, tuple(options), waits=True)
    message = "看不出机构在哪里：没有写所在地区，名称和信用代码也看不出。"
    return row.wonder_about(point, message, "所在地区") or ""


# --- A row by itself ---------------------------------------------------------------------------
def _prepare(row: RowCheck, written: dict[str, Any]) -> None:
    v = row.values
    region = _region(row)
    if not region:
        return
    if v.get("state") == _GONE and not v.get("deregistered_on"):
        row.ask(GONE, "台账写已注销，没有注销日期：请补上日期，或跳过这一行。", column="登记状态")
    in_name = kind_in(v["name"])
    if v.get("kind") == _FORM:
        v["kind"] = in_name
    kind = v.get("kind") or in_name
    known = _same_name(v["name"], region, row.context)
    written |= {
        # A bare name was planned where whoever named it lay.
        "region_id": known or region,
        "kind": kind or OrganizationKind.OTHER,
        "is_incomplete": not kind,
    }
    row.shown = {
        "detail": row.context.places.name(region),
        "kind": kind,
        # Where it says so itself.
        "region": v.get("region", ""),
    }
    named = named_body(row, "parent", "主管单位")
    if named == v["name"]:
        v["parent"] = None
    elif named:
        above = row.context.places.named_in(named) or region[:6]
        parent = find_organization(named, above, row.context)
        written["parent_id"] = parent.id
        row.shown["names"] = {parent.id: named}


def _same_name(name: str, region: str, context: ImportContext) -> str:
    """The region of the only organisation of a name in the same county, "" where it is the
    row's own or there is none."""
    if "organizations" not in context.memory:
        known: dict[str, set[str]] = {}
        rows = Organization.objects.for_user(context.user).filter(ended_on=None)
        for called, where in rows.values_list("name", "region_id"):
            known.setdefault(called, set()).add(where)
        context.memory["organizations"] = known
    found: set[str] = context.memory["organizations"].get(name, set())
    near = {code for code in found if len(code) >= 6 and code[:6] == region[:6]}
    return near.pop() if region not in found and len(near) == 1 else ""


# --- Beside the registry ------------------------------------------------------------------------
def _follow(row: ImportRow, record: Any, incoming: dict[str, Any]) -> None:
    """Another code is another organisation; a record of a bare name is completed."""
    given, code = row.shown["given"], incoming.get("credit_code", "")
    if code and record.credit_code not in ("", code):
        message = f"本地区同名机构的信用代码是 {record.credit_code}，与台账的不同，请核对。"
        raise RuleError("ORG", message, field="credit_code")
    if incoming["name"] != record.name:
        message = f"同一信用代码在册的名称是「{record.name}」；机构更名请在机构页修改。"
        say(row, message, level="W", column="机构名称")
    if record.is_incomplete and row.shown["kind"]:
        row.change(ORGANIZATION, record.pk, is_incomplete=False)
        row.diff.append(["档案", "待完善", "完整"])
        if "kind" not in given and record.kind != row.shown["kind"]:
            row.change(ORGANIZATION, record.pk, kind=row.shown["kind"])
            was, now = record.get_kind_display(), OrganizationKind(row.shown["kind"]).label
            row.diff.append(["机构类型", was, now])
    _follow_place(row, record)
    entity = ORGANIZATIONS_LEDGER.entity
    after = copy(record)
    for column, value in row.changes(ORGANIZATION, record.pk).items():
        setattr(after, column, _field(column).to_python(value))
    if entity.check is not None:
        list(entity.check(after))


def _field(column: str) -> Any:
    fields = Organization._meta.concrete_fields
    return next(field for field in fields if field.attname == column)


def _follow_place(row: ImportRow, record: Any) -> None:
    """A ledger says where the organisation of a bare name is; of others it is only remarked."""
    said = row.shown["region"]
    if not said or said == record.region_id:
        return
    was, now = place_name(record.region_id), place_name(said)
    if record.is_incomplete:
        row.change(ORGANIZATION, record.pk, region_id=said)
        row.diff.append(["所在地区", was, now])
    else:
        say(row, f"在册的所在地区是{was}，台账写{now}；请在机构页修改。", level="I",
            column="所在地区")  # fmt: skip


def _hold_twins(rows: list[ImportRow], context: ImportContext) -> None:
    """Two rows about one organisation, of which one says the code and one does not."""
    seen: dict[Any, dict[int, None]] = context.memory.setdefault("twins", {})
    for row in rows:
        if row.outcome == Outcome.HELD:
            continue
        said = ORGANIZATIONS_LEDGER.said(row)
        mine = {str(row.target or ""), (said["region_id"], said["name"])} - {""}
        earlier = [n for key in mine for n in seen.get(key, ()) if n < row.number]
        if earlier:
            hold(row, f"与第 {min(earlier)} 行是同一机构，请把两行合并后再导入。")
            continue
        for key in mine:
            seen.setdefault(key, {})[row.number] = None


def _create_parents(batch: Any, context: ImportContext) -> None:
    """The superior bodies that are not registered; one that is a row of the same ledger is it."""
    new = ImportRow.objects.filter(batch=batch, outcome=Outcome.NEW)
    own = {}
    for row in new.iterator(chunk_size=2000):
        (said,) = row.inserts(ORGANIZATION)[:1] or ({},)
        if said:
            own[said["region_id"], said["name"]] = said["id"]
    with connection.cursor() as cursor:
        for place in batch.places:
            if found := own.get((place["region"], place["name"])):
                cursor.execute(
                    "UPDATE core_importrow SET writes = replace(writes::text, %s, %s)::jsonb"
                    " WHERE batch_id = %s AND writes::text LIKE %s",
                    [place["id"], found, batch.pk, f"%{place['id']}%"],
                )
    create_used(batch, ORGANIZATION, ("parent_id",))


def _choice(
    name: str,
    cleaner: type[values.Choice],
    choices: Iterable[tuple[str, str]],
    words: dict[str, str],
    synonyms: str,
    **other: Any,
) -> LedgerColumn:
    """A column of a choice that is cleaned in a way of its own."""
    label = str(_field(name).verbose_name)
    choices = list(choices)
    return LedgerColumn(
        name,
        label,
        cleaner(label, choices, words),
        choices=[words for _, words in choices],
        synonyms=synonyms.split(),
        **other,
    )


def _last_day(name: str, synonyms: str) -> LedgerColumn:
    label = str(_field(name).verbose_name)
    hint = "写到哪一天为止；只知道年月的，按月末登记。"
    return LedgerColumn(name, label, _until(label), synonyms=synonyms.split(), hint=hint)


ORGANIZATIONS_LEDGER = PlainLedger(
    kind="organizations",
    label="机构",
    fields=(
        "name",
        LedgerColumn(
            "credit_code",
            "统一社会信用代码",
            _credit_code,
            synonyms=("社会信用代码", "信用代码", "登记证号", "登记证书号", "统一代码", "代码证号"),
            width=24,
            is_text=True,
        ),
        "kind system region",
        LedgerColumn(
            "parent",
            "主管单位",
            values.text("主管单位", 120),
            width=22,
            synonyms=("业务主管单位", "业务主管部门", "主管部门", "上级单位", "业务指导单位"),
        ),
        _choice("registration_level", _Level, RegistrationLevel.choices, _LEVELS,
                "登记机关级别 登记层级 登记管理机关 登记机关 登记管理机关级别 级别"),
        "registered_on deregistered_on",
        LedgerColumn(
            "state",
            "登记状态",
            values.choice("登记状态", [(_STANDING, "存续"), (_GONE, "已注销")], _STATES),
            synonyms=("状态", "机构状态", "存续状态"),
            is_own=True,
        ),
        _choice("party_branch", _OrNone, PartyBranch.choices, _BRANCHES,
                "党组织情况 是否建立党组织 党组织建立情况 是否成立党组织 党建情况 党支部 "
                "是否建立党支部 党组织设置 党组织组建情况",
                takes_none=True, takes_codes=False),
        _choice("rating", _OrNone, Rating.choices, _RATINGS,
                "等级 评估级别 评估等次 评估结果 社会组织评估等级 星级",
                takes_none=True, takes_codes=False),
        _last_day("rated_until", "评估有效期 评估等级有效期 等级有效期 评估有效期至 等级有效期至"),
        _choice("tax_exempt", _OrNone, Held.choices, _HELD,
                "非营利组织免税资格 是否具有免税资格 是否取得免税资格 是否有免税资格",
                takes_none=True, takes_codes=False),
        _last_day("tax_exempt_until", "免税资格有效期 免税有效期 免税有效期至"),
        _choice("deductible", _OrNone, Held.choices, _HELD,
                "税前扣除资格 公益性捐赠税前扣除 捐赠税前扣除资格 是否具有税前扣除资格 "
                "是否具有公益性捐赠税前扣除资格 是否取得税前扣除资格",
                takes_none=True, takes_codes=False),
        _last_day("deductible_until", "税前扣除资格有效期 税前扣除有效期 税前扣除有效期至"),
        "address",
        LedgerColumn(
            "contact_phone",
            "办公电话",
            values.office_phone("办公电话"),
            synonyms=("电话", "联系电话", "单位电话", "电话号码", "联系方式", "机构电话"),
            is_text=True,
        ),
    ),
    key="region_id name",
    number="credit_code",
    is_one=True,
    required="name",
    notes=(
        "每个机构一行，有统一社会信用代码的以代码识别，没有的以所在地区、名称识别。",
        "没有写所在地区的，从名称看；名称看不出的，县级账号按本县登记，其他账号会问一次。",
        "法定代表人等个人信息不读入。",
    ),
    synonyms={
        "name": "名称 单位名称 社会组织名称 组织名称 机构 民办非企业单位名称 社会服务机构名称 "
        "社工机构名称 机构（单位）名称",
        "kind": "类型 机构类别 单位类型 组织类型 社会组织类型 登记类型 类别",
        "system": "系统 系统类别 行业系统 所在系统 行业领域",
        "region": "地区 所属地区 县区 区县 县 县市区 所属区县 区（市、县） 区市县 所在区县 "
        "行政区划 县（市、区） 所在县",
        "registered_on": "成立时间 成立日期 登记时间 注册时间 注册日期 成立登记时间 成立登记日期 "
        "批准成立时间 批准登记时间",
        "deregistered_on": "注销时间 注销登记时间 注销登记日期 撤销时间",
        "address": "住所 住所地 注册地址 办公地址 详细地址 单位地址 通讯地址 机构地址 登记地址",
    },
    means={"kind": _KINDS, "system": _SYSTEMS},
    told={"kind": _kind_told},
    prepare=_prepare,
    follow=_follow,
    after_compare=_hold_twins,
    # Two rows may mean one organisation without sharing a key.
    tied=lambda batch, numbers: all_rows(batch),
    before_apply=_create_parents,
    after_undo=remove_unused,
)  # fmt: skip
