"""The columns of a sheet that an employer returns; its number stands above the table."""

from __future__ import annotations

import re
from typing import Any

from core.dates import parse_date
from core.ledgers import values
from core.ledgers.ledger import LedgerColumn, RowCheck
from core.ledgers.values import as_text
from core.rules import RuleError
from core.secrecy.identity import without_id_numbers
from core.text import normalise
from talent.codes import RosterAnswer
from talent.people.models import Person
from talent.rosters.models import SERIAL

# What stands in the column of answers beside somebody who is new.
NEW = "9"
_ANSWERS = [*RosterAnswer.choices, (NEW, "新增")]
_WORDS = {
    "在": "1", "在职": "1", "是": "1", "仍在岗": "1", "在岗在职": "1",
    "离职": "2", "已离岗": "2", "已离职": "2", "不在岗": "2", "不在": "2", "否": "2", "调离": "2",
    "调走": "2", "辞职": "2", "新进": NEW, "新到": NEW, "新入职": NEW,
}  # fmt: skip
_NUMBER = re.compile(r"[0-9A-Z]{12}")


def serial_told(text: str) -> str:
    """The number of a sheet that stands in a line above the table, or in the name of a file."""
    found = SERIAL.search(normalise(text).upper())
    return found[0] if found else ""


def _serial(cell: Any, row: RowCheck) -> str:
    if serial := serial_told(as_text(cell)):
        return serial
    raise RuleError("ROSTER", "单号不对，请照单上「单号：」后面的填写，例如 ZG2A3B4C5D。")


def _number(cell: Any, row: RowCheck) -> str:
    number = normalise(as_text(cell)).replace(" ", "").upper()
    if not _NUMBER.fullmatch(number):
        raise RuleError("ROSTER", "人才编号不对，请照单上的 12 位填写；新到的人不填人才编号。")
    return number


def _last_day(cell: Any, row: RowCheck) -> str:
    parsed = parse_date(cell, label="最后在岗日")
    if parsed is None or parsed.precision != "D":
        raise RuleError("DATE", "最后在岗日要写到日，如 2026-10-31。")
    return parsed.day.isoformat()


def _remark(cell: Any, row: RowCheck) -> str:
    return without_id_numbers(str(values.note("备注", 200)(cell, row)))


COLUMNS = (
    LedgerColumn(
        "serial",
        "单号",
        _serial,
        is_required=True,
        is_text=True,
        told_by=serial_told,
        synonyms=("确认单号", "确认单编号", "在岗确认单号"),
        hint="在岗确认单上印的单号；标题行里写着的，不用另填。",
        example="ZG2A3B4C5D",
    ),
    LedgerColumn(
        "number",
        str(Person._meta.get_field("number").verbose_name),  # type: ignore[union-attr]
        _number,
        is_text=True,
        is_decisive=True,
        hint="照单上的；单上没有、新到的人不填。",
        width=16,
    ),
    LedgerColumn(
        "name",
        "姓名",
        values.person_name,
        is_required=True,
        is_text=True,
        synonyms=("人员姓名", "社工姓名"),
        example="张三",
    ),
    LedgerColumn("post", "岗位", values.text("岗位", 60), synonyms=("岗位名称",)),
    LedgerColumn("title", "职务", values.text("职务", 60)),
    LedgerColumn(
        "started_on",
        "入职日期",
        values.date("入职日期"),
        synonyms=("入职时间", "到岗日期", "到岗时间", "上岗日期"),
        hint="新到的人填写。",
        width=12,
    ),
    LedgerColumn(
        "answer",
        "在岗情况",
        values.choice("在岗情况", _ANSWERS, _WORDS),
        choices=("在岗", "离岗"),
        synonyms=("是否在岗", "在岗状态", "在岗否"),
        takes_codes=False,
        width=10,
    ),
    LedgerColumn(
        "last_day",
        "最后在岗日",
        _last_day,
        synonyms=("离岗日期", "离岗时间", "最后在岗日期", "离职日期"),
        hint="离岗的必填，写到日。",
        width=13,
    ),
    LedgerColumn("remark", "备注", _remark, width=22),
)
