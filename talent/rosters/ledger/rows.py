"""Rows of a sheet that has come back: whom each is about, and what it says of her."""

from __future__ import annotations

import datetime
from typing import Any

from core.jobs.running import JobFailed
from core.ledgers.asking import Question, ask, hold, names, say
from core.ledgers.ledger import ImportContext, RowCheck
from core.ledgers.models import ImportBatch, ImportRow
from core.ledgers.plain import natural_key, stable_id
from core.rules import RuleError
from talent.codes import RosterAnswer
from talent.posts.rules import check_post_order
from talent.rosters.ledger.known import Known, is_answered, whom
from talent.rosters.ledger.leaving import confirm, leave
from talent.rosters.models import Roster, RosterLine

LINE, ARRIVAL = "talent.rosterline", "talent.rosterarrival"
Outcome = ImportRow.Outcome
# The rule of a remark: the sheet itself is not taken.
REFUSED = "ROSTER"
WHO = "who"
_SOMEBODY_ELSE = "new"
# Sheets whose refusals are told.
_FEW = 3
_DAY = datetime.timedelta(days=1)
_NAMELESS = "这一行没有人才编号，单上也没有同名的人，认不出是谁离岗；请照单上的填写人才编号。"
_NO_DAY = "离岗要写最后在岗日。请向用人单位问清楚，补填后再导入，或在人员的任职里办理离岗。"
_TWICE_LEFT = "第 {first} 行写了这个人从另一个单位离岗；这一个请写入后在人员的任职里办理离岗。"
_TWICE = "与第 {first} 行是同一人，只录入第 {first} 行；以这一行为准的，请改好第 {first} 行再导入。"
_LABELS = {"started_on": "入职日期", "post": "岗位", "remark": "备注"}


def build(row: RowCheck) -> None:
    """Note what a row says, by which sheet and of whom."""
    v = row.values
    started = v.get("started_on") or ["", "D"]
    said = {
        "serial": v["serial"],
        "number": v.get("number", ""),
        "answer": v.get("answer", RosterAnswer.NONE),
        "last_day": v.get("last_day", ""),
        "post": v.get("post") or v.get("title") or "",
        "started_on": started[0],
        "started_precision": started[1],
        "remark": v.get("remark", ""),
    }
    if said["answer"] == RosterAnswer.UNSAID:
        # Our own word, as an export says it.
        said["answer"] = RosterAnswer.NONE
    row.key = natural_key(said["serial"], said["number"] or v["name"])
    row.shown = {"name": v["name"], "number": said["number"], "detail": "", "said": said}


def look_across(batch: ImportBatch) -> None:
    """Refuse a file of which no sheet can be taken. Raises JobFailed with the reason."""
    rows = list(ImportRow.objects.filter(batch=batch).exclude(outcome=Outcome.REFUSED))
    if not rows:
        return
    known = Known(rows, ImportContext.of(batch))
    serials = dict.fromkeys(row.shown["said"]["serial"] for row in rows)
    refusals = [known.refusal(serial) for serial in serials]
    if all(refusals):
        more = f"还有 {len(refusals) - _FEW} 张单也不能收。" if len(refusals) > _FEW else ""
        raise JobFailed("".join(refusals[:_FEW]) + more)


def compare(rows: list[ImportRow], context: ImportContext) -> None:
    known = Known(rows, context)
    for row in rows:
        serial = row.shown["said"]["serial"]
        if refusal := known.refusal(serial):
            hold(row, refusal, rule=REFUSED, column="单号", is_final=True)
            continue
        roster = known.rosters[serial]
        try:
            _meet(row, roster, known)
        except RuleError as error:
            row.diff = []
            hold(row, str(error), rule=error.rule, column="最后在岗日")


def _meet(row: ImportRow, roster: Roster, known: Known) -> None:
    said = row.shown["said"]
    if not said["number"]:
        _meet_newcomer(row, roster, known)
        return
    line = known.lines.get((roster.pk, said["number"]))
    if line is None:
        message = f"「{roster.employer_name}」的这张单上没有这个人才编号；新到的人不填人才编号。"
        hold(row, message, column="人才编号")
    elif row.shown["name"] not in (line.person.name, whom(line).name):
        message = f"这个人才编号在单上是「{line.person.name}」，请核对。"
        hold(row, message, column="姓名")
        names(row, [whom(line).pk])
    else:
        _answer(row, roster, line, known)


# --- Somebody on the sheet --------------------------------------------------------------------
def _answer(row: ImportRow, roster: Roster, line: RosterLine, known: Known) -> None:
    said, person = row.shown["said"], whom(line)
    if person.pk not in known.reached:
        hold(row, "档案已不在本辖区，没有录入。", is_final=True)
        return
    row.target = person.pk
    if is_answered(line):
        _answered(row, roster, line)
    elif said["answer"] not in (RosterAnswer.THERE, RosterAnswer.LEFT):
        say(row, "没有填在岗或离岗，按没有答复办理。", level="I", column="在岗情况")
        row.outcome = Outcome.UNCHANGED
    elif (first := known.told.setdefault((roster.pk, person.pk), row.number)) != row.number:
        hold(row, _TWICE.format(first=first), column="姓名")
    elif said["answer"] == RosterAnswer.THERE:
        _there(row, roster, line, known)
    else:
        _left(row, roster, line, known)


def _answered(row: ImportRow, roster: Roster, line: RosterLine) -> None:
    """What was answered stands: a sheet of then does not confirm anybody now."""
    before = line.get_answer_display()
    if row.shown["said"]["answer"] in (RosterAnswer.NONE, line.answer):
        say(row, f"{roster.came_back}时已登记为「{before}」。", level="I")
        row.outcome = Outcome.UNCHANGED
    else:
        message = f"{roster.came_back}时答复的是「{before}」，请在人员的任职里办理。"
        hold(row, message, column="在岗情况")


def _there(row: ImportRow, roster: Roster, line: RosterLine, known: Known) -> None:
    person = whom(line)
    if not known.here(roster, person):
        message = "在册已从这个单位离岗，单上写在岗，请核对后在人员的任职里办理。"
        hold(row, message, column="在岗情况")
        return
    row.diff.append(["在岗确认", line.get_answer_display(), "在岗"])
    confirm(row, person, known.states.get(person.pk), on=known.day)
    _note(row, line, RosterAnswer.THERE)


def _left(row: ImportRow, roster: Roster, line: RosterLine, known: Known) -> None:
    said, person = row.shown["said"], whom(line)
    if not said["last_day"]:
        hold(row, _NO_DAY, column="最后在岗日")
        return
    last_day, posts = datetime.date.fromisoformat(said["last_day"]), known.here(roster, person)
    for post in posts:
        check_post_order(post.started_on, last_day)
        check_post_order(post.started_on, last_day + _DAY)
    first = (
        known.told.setdefault((RosterAnswer.LEFT, person.pk), row.number) if posts else row.number
    )
    if first != row.number:
        # Whether she serves anywhere still is for what the first one leaves behind.
        hold(row, _TWICE_LEFT.format(first=first), column="在岗情况")
        return
    row.diff.append(["在岗确认", line.get_answer_display(), f"离岗，最后在岗日 {last_day}"])
    if posts:
        leave(
            row,
            person,
            known.states.get(person.pk),
            posts=posts,
            others=known.elsewhere(roster, person),
            on=last_day + _DAY,
            reason=f"用人单位确认离岗（{roster.serial}）",
        )
    else:
        say(row, "在册已从这个单位离岗，只记下答复。", level="I")
    _note(row, line, RosterAnswer.LEFT, last_day=said["last_day"])


def _note(row: ImportRow, line: RosterLine, answer: RosterAnswer, **more: Any) -> None:
    remark = row.shown["said"]["remark"]
    row.change(LINE, line.pk, answer=answer, **({"remark": remark} if remark else {}), **more)
    row.outcome = Outcome.CHANGED


# --- Somebody who is not ----------------------------------------------------------------------
def _meet_newcomer(row: ImportRow, roster: Roster, known: Known) -> None:
    """A to-do; nobody is registered by a name. Of one who is called like somebody on the sheet
    it is asked whether that is she."""
    name, said = row.shown["name"], row.shown["said"]
    alike = known.namesakes[roster.pk, name]
    if alike:
        choices = [(str(line.pk), f"是单上的{name}（{line.person.number}）") for line in alike]
        question = Question(
            WHO, "没有人才编号的人是谁", (*choices, (_SOMEBODY_ELSE, "另有其人")), is_shared=False
        )
        answer = ask(row, question, "单上有同名的人，这一行没有人才编号，请选择。", column="姓名")
        names(row, [whom(line).pk for line in alike])
        if line := next((one for one in alike if str(one.pk) == answer), None):
            _answer(row, roster, line, known)
        if answer != _SOMEBODY_ELSE:
            return
    if said["answer"] == RosterAnswer.LEFT:
        hold(row, _NAMELESS, column="人才编号")
        return
    told = {name: said[name] for name in (*_LABELS, "started_precision") if said[name]}
    if before := known.arrivals.get((roster.pk, name)):
        _tell_more(row, before, told)
        return
    row.inserts(ARRIVAL).append({
        "id": str(stable_id(ARRIVAL, row.batch_id, roster.pk, name)),
        "roster_id": str(roster.pk), "name": name, **told,
    })  # fmt: skip
    row.outcome = Outcome.NEW


def _tell_more(row: ImportRow, before: Any, told: dict[str, Any]) -> None:
    """Somebody who waits already: what is said of her otherwise."""
    for column, label in _LABELS.items():
        old, new = str(getattr(before, column) or ""), told.get(column, "")
        if new and new != old:
            row.diff.append([label, old, new])
            row.change(ARRIVAL, before.pk, **{column: new})
            if column == "started_on":
                row.change(ARRIVAL, before.pk, started_precision=told["started_precision"])
    row.outcome = Outcome.CHANGED if row.has_writes else Outcome.UNCHANGED
    if not row.has_writes:
        say(row, "已列在新到人员里。", level="I")
