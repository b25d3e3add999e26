"""Graduates by school, level and year (T4): their rules (R20), pages and ledger."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from core.dates import today
from core.entities.columns import Column
from core.entities.declarations import Section
from core.entities.entity import Entity
from core.entities.filters import ENDED
from core.ledgers.asking import say
from core.ledgers.ledger import RowCheck
from core.ledgers.models import ImportRow
from core.ledgers.plain import PlainLedger
from core.rules import Answers, Flag, RuleError
from talent.codes import EDUCATION_WORDS, EducationLevel
from talent.graduates.models import GraduateStat, SchoolPlace

FIRST_GRADUATES = 1990


def check_graduation_year(year: int | None, *, on: datetime.date | None = None) -> None:
    """Nobody has graduated in a year to come, nor in one that was mistyped. Raises RuleError."""
    if year is not None and year > (on or today()).year:
        raise RuleError("DATE", "毕业年度晚于今年，请核对。", field="year")
    if year is not None and year < FIRST_GRADUATES:
        raise RuleError("DATE", f"毕业年度早于 {FIRST_GRADUATES} 年，请核对。", field="year")


def check_graduates(graduates: int | None, stayed: int | None) -> list[Flag]:
    """R20: those who stayed are among those who graduated; else both figures are shown."""
    if graduates is not None and stayed is not None and stayed > graduates:
        message = f"留黔人数 {stayed} 超过毕业人数 {graduates}，请核对。"
        return [Flag("R20", "W", message, "stayed")]
    return []


def check(stat: GraduateStat) -> Iterable[Flag]:
    answers = Answers()
    answers.ask(check_graduation_year, stat.year)
    answers.ask(check_graduates, stat.graduates, stat.stayed)
    return answers.settle()


_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*(?:年|届|级毕业)")
_LEVELS = {"硕士": "硕士", "本科": "本科", "专科": "大专", "高职": "大专", "博士": "博士"}


def _year_in(text: str) -> str:
    """The one year of graduation that a title names."""
    found = set(_YEAR.findall(text))
    return found.pop() if len(found) == 1 and "毕业" in text else ""


def _level_in(text: str) -> str:
    """The one level that a title names."""
    found = {name for word, name in _LEVELS.items() if word in text}
    return found.pop() if len(found) == 1 and "毕业" in text else ""


_MODEL = "talent.graduatestat"


def _prepare(row: RowCheck, written: dict[str, Any]) -> None:
    """The office counts its own graduates."""
    written["region_id"] = row.context.places.scope
    level, year = EducationLevel(written["level"]).label, written["year"]
    row.shown = {"name": written["school"], "detail": f"{written['major']} {level} {year} 年"}


def _follow(row: ImportRow, record: Any, incoming: dict[str, Any]) -> None:
    """Those who stayed may be known from an earlier ledger only (R20)."""
    changed = row.changes(_MODEL, record.pk)
    if "graduates" in changed and "stayed" not in row.shown["given"]:
        for flag in check_graduates(changed["graduates"], record.stayed):
            say(row, flag.message, rule=flag.rule, level=flag.level, column="毕业人数")


GRADUATES = Entity(
    model=GraduateStat,
    prefix="graduates/",
    api="graduates",
    icon="school",
    can_deactivate=True,
    sections=(
        Section("毕业生", "school school_place region major level year graduates"),
        Section("去向与依据", "stayed major_code document ended_on end_reason"),
    ),
    columns=(
        "school major* level",
        Column("year", css="num", card=True),
        "graduates* stayed school_place document region",
    ),
    filters=("region level year school_place", ENDED),
    search="school major",
    search_hint="院校、专业",
    empty_hint="可以逐个新增，也可以把毕业生台账直接导入。",
    headline="year level major",
    select_related=("region",),
    check=check,
    ledger=PlainLedger(
        kind="graduates",
        label="毕业生统计",
        fields=("school major level year graduates stayed school_place document major_code",),
        key="level year major school",
        periods="year",
        notes=("每个院校、专业、层次、年度一行；只统计毕业，不含结业。",),
        synonyms={
            "school": "学校 院校 学校名称 高校名称 培养单位",
            "major": "专业名称",
            "level": "层次 学历层次 学历",
            "year": "年度 年份 毕业年份 届别 毕业届别",
            "graduates": "人数 毕业生人数 毕业生数 总人数",
            "major_code": "专业代码",
            "stayed": "留黔人数 留黔 其中留黔 省内就业人数 留省就业人数",
            "school_place": "省内外 省内省外",
        },
        told={"year": _year_in, "level": _level_in},
        means={
            "level": EDUCATION_WORDS | {"本科生": "21", "专科生": "31", "专硕": "14", "学硕": "14"},
            "school_place": {"省内": "1", "本省": "1", "省外": "2", "外省": "2"},
        },
        hints={"school_place": "省外院校只填黔籍毕业生，单列，不计入目标；不填的按省内院校。"},
        examples={"school": "贵州大学", "major": "社会工作", "year": "2025"},
        # 省外院校只列在分省内外的表中。
        listed={"school_place": Q(school_place=SchoolPlace.INSIDE)},
        prepare=_prepare,
        follow=_follow,
    ),
)
