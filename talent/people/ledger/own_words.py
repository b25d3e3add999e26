"""What a row says by itself of whether somebody works there: words that are no employer, and words
that say that it is over."""

from __future__ import annotations

import re

from core.ledgers.ledger import RowCheck
from core.ledgers.points import Point
from core.ledgers.values import YES
from core.rules import Flag
from core.text import normalise
from talent.people.ledger import meanings
from talent.people.ledger.meeting.questions import LEFT

_NONE, _NAME = "none", "name"
_NO_EMPLOYER = Point(
    "no_employer",
    "「无业、待业、退休」这样的词写在工作单位里，是没有单位吗？",
    ((_NONE, "是，不登记任职"), (_NAME, "不是，就是单位的名称")),
    proposed=_NONE,
)


def employer_of(row: RowCheck) -> str | None:
    """The name of the employer, "" where the row says nothing, None where it says that there is
    none, or what cannot be read."""
    values = row.values
    said, title = values.get("employer_and_title") or ("", "")
    name = str(values.get("employer") or said)
    if title:
        values.setdefault("title", title)
    if not name and "employer" in row.dropped:
        return None
    if not name and values.get("village"):
        row.flag(Flag("R15", "I", "没有工作单位，按所在村（社区）登记。"), "工作单位")
        return str(values["village"])
    if normalise(name) in meanings.NO_EMPLOYER:
        message = f"工作单位写的是「{name}」，不登记任职。"
        if row.wonder_about(_NO_EMPLOYER, message, "工作单位") != _NAME:
            return None
    return name


def ask_who_left(row: RowCheck) -> None:
    """Who has left, retired or died by the row's own words is not taken in as serving before
    somebody says so."""
    if row.values.get("status"):
        # Our own file says how it stands in the registry.
        return
    if said := _said_to_be_over(row):
        row.ask(
            LEFT, f"台账写着「{said}」，先不录入；仍在岗的请选「仍在岗，照常录入」。", rule="R21"
        )


def _said_to_be_over(row: RowCheck) -> str:
    values, today = row.values, row.context.day.isoformat()
    if serving := values.get("serving"):
        return str(serving)
    if (day := values.get("left_on")) and day[0] <= today:
        return f"离岗 {day[0]}"
    for attribute, word in (("resigned", "已辞职"), ("retired", "已退休")):
        if values.get(attribute) == YES:
            return word
    found = re.search(meanings.LEFT, normalise(values.get("remark", "")))
    return str(values["remark"])[:30] if found else ""
