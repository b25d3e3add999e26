"""The columns of lists that name people without their ID numbers: pass lists, notices of
registration, lists of who is paid for a certificate."""

from __future__ import annotations

import re
from typing import Any

from core.dates import parse_date
from core.ledgers import values
from core.ledgers.ledger import LedgerColumn, RowCheck
from core.ledgers.values import as_text
from core.rules import RuleError
from core.secrecy.identity import SEXES, clean_name
from core.text import normalise
from talent.codes import CertificateLevel
from talent.credentials.models import RegistrationPeriod
from talent.people.ledger import cells
from talent.people.ledger.columns import COLUMNS as OF_PEOPLE

# What stands in a name that is shown in part: 张*梅, 李某某, 王××.
MASK = re.compile(r"[*＊×某○]")
_IS_SHOWN = re.compile(r"[^\W\d_·]")


def name(cell: Any, row: RowCheck) -> str:
    """A name, also one that is shown in part: every hidden character as *."""
    text = normalise(as_text(cell)).replace(" ", "")
    plain = MASK.sub("", text)
    if plain == text or not _IS_SHOWN.search(plain) or len(text) > len("司马某某某"):
        return clean_name(as_text(cell))
    return MASK.sub("*", text)


def id_number(cell: Any, row: RowCheck) -> str:
    """The whole number where one stands there; nobody is found by a part of one."""
    if not isinstance(cell, str) or "*" in normalise(cell):
        return ""
    return str(cells.id_number(cell, row))


def _people(*attributes: str) -> list[LedgerColumn]:
    """The same columns as those of the ledger of people."""
    return [column for column in OF_PEOPLE if column.attribute in attributes]


_LEVELS = [label for code, label in CertificateLevel.choices if code in "123"]


def level_told(text: str) -> str:
    """The one level that a title names: 「（助理社会工作师  共40人）」."""
    found = {
        label
        for label in _LEVELS
        if re.search(rf"(?<!助理)(?<!高级){label}", text.replace(" ", ""))
    }
    return found.pop() if len(found) == 1 else ""


_YEAR = re.compile(r"(20[0-4]\d)\s*年(度|第?\d批|上半年|下半年)?.{0,20}(考试|合格|通过|取得)")


def year_told(text: str) -> str:
    """The year of the exam that a title names: 「2025年度…考试合格人员名单」."""
    found = _YEAR.search(text)
    return found[1] if found else ""


_NAMED = (
    LedgerColumn(
        "name",
        "姓名",
        name,
        is_required=True,
        is_text=True,
        synonyms=("人员姓名", "社工姓名", "持证人", "考生姓名"),
        example="张三",
    ),
    LedgerColumn(
        "sex",
        "性别",
        values.choice("性别", SEXES[:2], {"男性": "1", "女性": "2"}),
        choices=["男", "女"],
        width=6,
    ),
    LedgerColumn(
        "id_number",
        "身份证号",
        id_number,
        is_text=True,
        width=22,
        synonyms=("身份证号码", "身份证", "证件号码", "证件号", "公民身份号码", "居民身份证号"),
        hint="可不填；名单上没有号码的，按管理号、姓名和单位认人。",
    ),
    *_people("number", "employer", "county", "township"),
)

_PARTS = {column.attribute: column for column in _people(
    "certificate_level", "certificate_number", "approved_on"
)}  # fmt: skip


def _as(attribute: str, **more: Any) -> LedgerColumn:
    """A column of certificates, as a list has it."""
    known = _PARTS[attribute]
    return LedgerColumn(
        attribute,
        known.label,
        known.clean_cell,
        synonyms=known.names,
        choices=known.choices,
        width=known.width,
        is_text=known.is_text,
        takes_codes=known.takes_codes,
        **more,
    )


CERTIFICATE_COLUMNS = (
    *_NAMED,
    _as("certificate_level", told_by=level_told),
    _as("certificate_number", hint="证书上的管理号；认人首先靠它。"),
    _as("approved_on", told_by=year_told),
)


def _day(label: str) -> Any:
    def clean(cell: Any, row: RowCheck) -> str:
        parsed = parse_date(cell, label=label)
        if parsed is None or parsed.precision != "D":
            raise RuleError("DATE", f"{label}要写到日，如 2025-10-20。")
        return parsed.day.isoformat()

    return clean


_KINDS = {
    "首次": "1", "初次登记": "1", "初始登记": "1", "新登记": "1",
    "再次登记": "2", "续登": "2", "延续登记": "2", "继续登记": "2",
}  # fmt: skip

REGISTRATION_COLUMNS = (
    *_NAMED,
    _as("certificate_level", told_by=level_told),
    _as("certificate_number", hint="证书上的管理号；认人首先靠它。"),
    LedgerColumn(
        "period",
        "登记有效期",
        cells.registration_period,
        is_required=True,
        instead=("starts_on", "ends_on"),
        synonyms=("有效期", "有效期限", "登记有效期限", "登记期限", "登记有效期起止"),
        hint="2025-10-20至2028-10-19；也可以分两列写登记起始和有效期至。",
        example="2025-10-20至2028-10-19",
        width=26,
    ),
    LedgerColumn(
        "starts_on",
        "登记起始",
        _day("登记起始"),
        synonyms=("登记日期", "登记时间", "有效期起", "登记起始日期", "有效期自"),
        width=12,
    ),
    LedgerColumn(
        "ends_on",
        "有效期至",
        _day("有效期至"),
        synonyms=("有效期止", "登记截止", "有效截止日期", "登记有效期至"),
        width=12,
    ),
    LedgerColumn(
        "kind",
        "登记类型",
        values.choice("登记类型", RegistrationPeriod.Kind.choices, _KINDS),
        choices=RegistrationPeriod.Kind.labels,
        synonyms=("登记类别", "登记种类"),
        hint="不填的，接着上一登记期（期满三个月内）的按再登记，其余按首次登记。",
    ),
    LedgerColumn(
        "voucher",
        "登记证书号",
        values.note("登记证书号", 40),
        is_text=True,
        synonyms=("登记证号", "登记编号", "登记号", "登记证书编号", "凭证", "登记凭证"),
    ),
    LedgerColumn(
        "authority",
        "登记机关",
        values.text("登记机关", 80),
        synonyms=("登记机构", "登记部门", "登记单位"),
    ),
)
