"""What happens when a ledger row meets a person who is in the registry already.

A cell that says something else is a change, shown with what was before; an empty one says
nothing. What a clerk has to judge is asked, each question by itself (questions).
"""

from __future__ import annotations

from typing import Any

from core.ledgers.asking import ask, hold
from core.ledgers.ledger import ImportContext
from core.models import ImportRow
from core.regions.names import place_name
from core.scoping import in_scope
from talent.people.ledger import hidden
from talent.people.ledger.meeting.credentials import (
    meet_certificate,
    meet_education,
    meet_title,
    numbers_of,
    settle,
)
from talent.people.ledger.meeting.encounter import GONE, Encounter
from talent.people.ledger.meeting.known import read
from talent.people.ledger.meeting.leaving import leave_unmet, may_be_there, meet_leaving
from talent.people.ledger.meeting.persons import meet_fields, meet_name
from talent.people.ledger.meeting.posts import meet_post
from talent.people.ledger.meeting.questions import ELSEWHERE
from talent.people.ledger.meeting.registrations import meet_registration, register_unmet
from talent.people.ledger.meeting.states import meet_residence, meet_status
from talent.people.models import Person

TRANSFER = "TRANSFER"
# Said of a row before it is applied, and after.
WILL_ASK, ASKED = "入库时将自动申请转入，由对方确认。", "入库时已申请转入，由对方确认。"
Outcome = ImportRow.Outcome


def meet(rows: list[ImportRow], context: ImportContext) -> None:
    """Decide outcome, changes and remarks of rows; see Ledger.compare."""
    numbers = [number for row in rows for number, _ in numbers_of(row)]
    known = read(rows, context, numbers=numbers)
    seen: dict[tuple[str, str], int] = context.memory.setdefault("numbers", {})
    met: dict[Any, int] = context.memory.setdefault("people", {})
    for row in rows:
        person = known.people.get(bytes(row.key or b""))
        if "hidden" in row.shown and not _is_meant(row, person, context):
            row.writes["insert"] = {}
            hold(row, hidden.UNFIT, rule="R5", column="身份证号")
            continue
        if "named" in row.shown and person is None:
            # Why it names nobody has been said.
            row.writes["insert"] = {}
            continue
        settle(row, person, known, seen)
        if person is None:
            leave_unmet(row, context)
            register_unmet(row)
            continue
        row.target = person.pk
        if _is_foreign(person, context):
            if may_be_there(row):
                _meet_foreigner(row, person, has_request=person.pk in known.requested)
        elif (first := met.setdefault(person.pk, row.number)) != row.number:
            _leave_out(row, first)
        else:
            _meet_one(Encounter.of(row, person, known))


def _is_meant(row: ImportRow, person: Person | None, context: ImportContext) -> bool:
    """Of another area a masked row may tell nothing, not even that somebody is there."""
    return person is not None and not _is_foreign(person, context) and hidden.fits(row, person)


def _is_foreign(person: Person, context: ImportContext) -> bool:
    whole_province = len(context.user.region_id) == 2
    return not whole_province and not in_scope(person.region_id, context.user)


def _meet_foreigner(row: ImportRow, person: Person, *, has_request: bool) -> None:
    """Of a person of another area nothing may be said but the county (R4)."""
    county = place_name(person.county) if person.county else "未定位"
    if person.status in GONE:
        message = f"已在册，归属{county}，其状态不允许转入；请与该县（市、区）联系核对。"
        hold(row, message, rule="R21", column="身份证号")
    elif has_request:
        message = f"已在册，归属{county}；已有待处理的转入转出申请，不另申请，请等待处理结果。"
        hold(row, message, rule="R4", column="身份证号")
    else:
        message = f"已在册，归属{county}；{WILL_ASK}"
        ask(row, ELSEWHERE, message, rule=TRANSFER, column="身份证号")


def _leave_out(row: ImportRow, first: int) -> None:
    """Both numbers of records that were merged: only one row may write the one person."""
    row.writes["insert"] = {}
    hold(
        row,
        f"与第 {first} 行是同一人（两个证件号码的记录已合并），只录入第 {first} 行；"
        "这一行另有内容的，请在人员页更正。",
        rule="R4",
        column="身份证号",
    )


def _meet_one(m: Encounter) -> None:
    meet_name(m)
    if not (meet_leaving(m) and meet_status(m)):
        return
    meet_post(m)
    meet_residence(m)
    meet_fields(m)
    meet_certificate(m)
    meet_registration(m)
    meet_education(m)
    meet_title(m)
    if m.row.outcome != Outcome.HELD:
        m.row.outcome = Outcome.CHANGED if m.row.has_writes else Outcome.UNCHANGED
