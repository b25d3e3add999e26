"""Rows of the graduates' ledger (T4)."""

from __future__ import annotations

from typing import Any

from core.ledgers.asking import say
from core.ledgers.plain import PlainLedger, natural_key, stable_id
from core.ledgers.resources import RowCheck
from core.models import ImportRow
from talent.codes import EducationLevel, SchoolPlace
from talent.graduates.rules import check_graduates, check_graduation_year

MODEL = "talent.graduatestat"


def _follow(row: ImportRow, record: Any, incoming: dict[str, Any]) -> None:
    """Those who stayed may be known from an earlier ledger only (R20)."""
    changed = row.writes["update"].get(MODEL, {})
    if "graduates" in changed and "stayed" not in row.shown["given"]:
        for flag in check_graduates(changed["graduates"], record.stayed):
            say(row, flag.message, rule=flag.rule, level=flag.level, column="毕业人数")


LEDGER = PlainLedger(
    model=MODEL,
    key=("level", "year", "major", "school"),
    choices={"school_place": dict(SchoolPlace.choices)},
    labels={
        "school_place": "院校所在",
        "graduates": "毕业人数",
        "stayed": "其中留黔人数",
        "document": "依据文件",
    },
    follow=_follow,
)


def build(row: RowCheck) -> None:
    v = row.values
    for flag in check_graduates(v["graduates"], v.get("stayed")):
        row.flag(flag, "其中留黔人数")
    check_graduation_year(v["year"], on=row.context.day)
    major = v.get("major") or "社会工作"
    parts = (v["school"], major, v["level"], v["year"])
    row.key = natural_key(*parts)
    row.shown = {
        "name": v["school"],
        "detail": f"{major} {EducationLevel(v['level']).label} {v['year']} 年",
        "given": LEDGER.given(v),
    }
    row.insert[MODEL] = {
        "id": str(stable_id(MODEL, row.context.batch_id, *parts)),
        "school": v["school"],
        "school_place": v.get("school_place", SchoolPlace.INSIDE.value),
        "region_id": row.context.places.scope,
        "major": major,
        "major_code": "",
        "level": v["level"],
        "year": v["year"],
        "graduates": v["graduates"],
        "stayed": v.get("stayed"),
        "document": v.get("document", ""),
        "ended_on": None,
        "end_reason": "",
    }
