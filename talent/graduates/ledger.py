"""The ledger of graduates (T4): one row a school, programme, level and year."""

from __future__ import annotations

from typing import Any

from core.ledgers.asking import say
from core.ledgers.ledger import RowCheck
from core.ledgers.models import ImportRow
from core.ledgers.plain import PlainLedger
from talent.codes import EDUCATION_WORDS, EducationLevel
from talent.graduates.rules import check_graduates

_MODEL = "talent.graduatestat"


def _prepare(row: RowCheck, written: dict[str, Any]) -> None:
    """The office counts its own graduates."""
    written["region_id"] = row.context.places.scope
    level, year = EducationLevel(written["level"]).label, written["year"]
    row.shown = {"name": written["school"], "detail": f"{written['major']} {level} {year} 年"}


def _follow(row: ImportRow, record: Any, incoming: dict[str, Any]) -> None:
    """Those who stayed may be known from an earlier ledger only (R20)."""
    changed = row.writes["update"].get(_MODEL, {})
    if "graduates" in changed and "stayed" not in row.shown["given"]:
        for flag in check_graduates(changed["graduates"], record.stayed):
            say(row, flag.message, rule=flag.rule, level=flag.level, column="毕业人数")


GRADUATES_LEDGER = PlainLedger(
    kind="graduates",
    label="毕业生统计",
    fields=("school major level year graduates stayed school_place document",),
    key="level year major school",
    notes=("每个院校、专业、层次、年度一行；只统计毕业，不含结业。",),
    synonyms={
        "school": "学校 院校 学校名称 高校名称",
        "major": "专业名称",
        "level": "层次 学历层次 学历",
        "year": "年度 年份 毕业年份",
        "graduates": "人数 毕业生人数 毕业生数",
        "stayed": "留黔人数 留黔 其中留黔",
        "school_place": "省内外 省内省外",
    },
    means={
        "level": EDUCATION_WORDS,
        "school_place": {"省内": "1", "本省": "1", "省外": "2", "外省": "2"},
    },
    hints={"school_place": "省外院校只填黔籍毕业生，单列，不计入目标；不填的按省内院校。"},
    examples={"school": "贵州大学", "major": "社会工作", "year": "2025"},
    prepare=_prepare,
    follow=_follow,
)
