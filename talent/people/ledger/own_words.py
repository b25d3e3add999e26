"""What a row says by itself of whether somebody works there: words that are no employer, and words
that say that it is over."""

from __future__ import annotations

import re
from datetime import date

from core.dates import KNOWN_LENGTH, PreciseDate, last_day_of, parse_date
from core.ledgers.ledger import RowCheck
from core.ledgers.points import Point
from core.ledgers.values import YES
from core.rules import Flag, RuleError
from core.text import normalise
from talent.codes import REGISTERED_STATUSES, PersonStatus
from talent.people.ledger import meanings
from talent.people.ledger.meeting.questions import LEFT, held_as_left

_NONE, _NAME = "none", "name"
# Longer words are none of those for having no employer.
_LONGEST = 12
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
    if len(name) <= _LONGEST and normalise(name) in meanings.NO_EMPLOYER:
        message = f"工作单位写的是「{name}」，不登记任职。"
        if row.wonder_about(_NO_EMPLOYER, message, "工作单位") != _NAME:
            return None
    return name


def hear_who_left(row: RowCheck) -> None:
    """Who has left, retired or died by the row's own words is not taken in as serving before
    somebody says so; of who left a post on a day that the row tells, `shown` keeps the day."""
    if row.values.get("number") and row.values.get("status"):
        # Our own file says how it stands in the registry.
        return
    if said := _said_to_be_over(row):
        if left := _last_day(row):
            row.shown["left"] = {"said": said, "on": left[0], "precision": left[1]}
        else:
            row.ask(LEFT, held_as_left(said), rule="R21")


def _said_to_be_over(row: RowCheck) -> str:
    values, today = row.values, row.context.day.isoformat()
    status = values.get("status", "")
    if status and status not in REGISTERED_STATUSES:
        return str(dict(PersonStatus.choices).get(status, status))
    if serving := values.get("serving"):
        return str(serving)
    for attribute, word in (("left_on", "离岗"), ("retired_on", "退休")):
        if (day := values.get(attribute)) and day[0] <= today:
            return f"{word} {day[0][: KNOWN_LENGTH.get(day[1])]}"
    for attribute, word in (("resigned", "已辞职"), ("retired", "已退休")):
        if values.get(attribute) == YES:
            return word
    remark = values.get("remark", "")
    return str(remark)[:30] if remark and re.search(meanings.LEFT, normalise(remark)) else ""


# A clause that says on which day somebody left and nothing else, in either order: 2025年3月因个人
# 原因离职, 离职时间:2025.3.15. Of 2025年3月提出辞职 or 2025年3月离岗培训 somebody has to say it.
_DAY = r"(\d{4}(?:[-./]\d{1,2}(?:[-./]\d{1,2})?|年\d{1,2}月(?:\d{1,2}[日号]?)?))"
_LEFT = "(?:离职|离岗|辞职|解聘|辞退)"
_BECAUSE = "因(?:个人|家庭|身体|健康|工作|学习|生育|升学)?(?:原因|需要|变动|调动|问题)?"
_WHY = f"{_BECAUSE}|合同(?:到期|期满)"
_LEFT_ON = re.compile(
    rf"(?:已经?|于|自|从|本人|{_WHY})*{_DAY}[份起底]?(?:已经?|正式|主动|自愿|{_WHY})*{_LEFT}了?"
    rf"|(?:已经?|{_WHY})*{_LEFT}(?:时间|日期|日|于|在|为|是|:)*{_DAY}"
)
_CLAUSES = re.compile(r"[,，。;；、()（）\[\]【】]")
# It is not sure, it is of another employer, or she came back.
_OPEN = re.compile(
    "拟|将|计划|预计|申请|返岗|复岗|复职|返聘|重新|恢复|原单位|前单位|前任|接替|顶替|现任|现在|现为"
)
_BEGINS, _FOUND = re.compile("入职|到岗|上岗|任职|聘用|录用|签订"), re.compile(_DAY)


def _last_day(row: RowCheck) -> tuple[str, str] | None:
    """The last day of the post that a row says to have ended (ISO) and what is known of it (D or
    M, of which it is the last day); None where it says none, several, or more than a leaving."""
    values, today = row.values, row.context.day
    remark = normalise(values.get("remark", ""))
    texts = f"{values.get('serving', '')} {remark}"
    is_more = values.get("retired_on") or values.get("retired") == YES
    if is_more or re.search(meanings.LEFT_FOR_GOOD, texts) or _OPEN.search(remark):
        return None
    given = values.get("left_on")
    told = [PreciseDate(date.fromisoformat(given[0]), given[1])] if given else _days_in(remark)
    if len(told) != 1 or told[0].precision == "Y" or told[0].day > today:
        return None
    return min(last_day_of(told[0]), today).isoformat(), told[0].precision


def _days_in(remark: str) -> list[PreciseDate]:
    """The days on which a remark says, and means nothing else, that somebody left; none where
    she may have come since."""
    clauses = ["".join(clause.split()) for clause in _CLAUSES.split(remark)]
    told = [match for clause in clauses if (match := _LEFT_ON.fullmatch(clause))]
    others = [clause for clause in clauses if _BEGINS.search(clause)]
    try:
        left = {parse_date(day) for match in told for day in match.groups() if day}
        begun = [parse_date(found[0]) for found in map(_FOUND.search, others) if found]
    except RuleError:
        return []
    days = [day for day in left if day is not None]
    if len(begun) < len(others) or any(b and b.day > day.day for b in begun for day in days):
        return []
    return days
