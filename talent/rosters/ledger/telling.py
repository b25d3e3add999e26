"""What the preview tells of a sheet: whom its rows are about, who did not answer, whom it leaves
out, who is new."""

from __future__ import annotations

from typing import Any

from core.ledgers.ledger import ImportContext
from core.ledgers.models import ImportBatch, ImportRow
from talent.codes import RosterAnswer
from talent.people.models import Person
from talent.rosters.actions import said_of, unmentioned
from talent.rosters.ledger.rows import ARRIVAL
from talent.rosters.models import Roster, RosterLineQuerySet

# People whom a sentence names.
_FEW = 8


def tell(batch: ImportBatch, rows: list[ImportRow]) -> dict[int, list[tuple[str, str]]]:
    found = {}
    people = Person.objects.in_bulk([row.target for row in rows if row.target])
    for row in rows:
        if person := people.get(row.target):
            found[row.number] = [("对上", f"{person.name}（{person.number}）")]
        for made in row.writes.get("insert", {}).get(ARRIVAL, []):
            since = made.get("started_on") or "没有写入职日期"
            found[row.number] = [("新到人员", f"{made.get('post', '')} {since}".strip())]
    return found


def _few(lines: RosterLineQuerySet) -> RosterLineQuerySet:
    """Those of some lines whom a sentence names."""
    return lines.select_related("person").order_by("person__pinyin", "pk")[:_FEW]


def named(batch: ImportBatch) -> set[Any]:
    """The people whom `uncounted` names."""
    rosters = Roster.objects.for_user(ImportContext.of(batch).user)
    found = (
        _few(unmentioned(roster, batch).unanswered())
        for roster in rosters.filter(serial__in=said_of(batch))
    )
    return {line.person_id for lines in found for line in lines}


def uncounted(batch: ImportBatch) -> list[str]:
    """Sentences on each sheet of a file: nobody is taken to have left because she is missing."""
    rows = ImportRow.objects.filter(batch=batch)
    user, said = ImportContext.of(batch).user, []
    for roster in Roster.objects.for_user(user).filter(serial__in=said_of(batch)):
        own = rows.filter(shown__said__serial=roster.serial)
        whose = f"「{roster.employer_name}」{roster.serial}："
        if roster.returned_on:
            said.append(
                f"{whose}已在 {roster.returned_on} 返回（{roster.file_name}），"
                "答复过的不再登记、不再确认，只收上次没有答复的。"
            )
        silent = own.filter(shown__said__answer=RosterAnswer.NONE).exclude(shown__said__number="")
        if count := silent.count():
            said.append(f"{whose}{count} 人没有填在岗或离岗，按没有答复办理。")
        missing = unmentioned(roster, batch).unanswered()
        if count := missing.count():
            some = "、".join(line.person.name for line in _few(missing))
            some += "等" if count > _FEW else ""
            said.append(
                f"{whose}单上的 {count} 人在返回的表上没有：{some}。不当作离岗，"
                "入库后列在这张确认单的「单上没有提到」，请向用人单位问清楚。"
            )
        if new := own.filter(outcome=ImportRow.Outcome.NEW).count():
            said.append(f"{whose}新增 {new} 人，入库后列入「新到人员」待登记，不会建档。")
    return said
