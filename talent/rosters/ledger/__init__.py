"""Sheets that come back from employers: people confirmed, posts ended, newcomers to register."""

from core.ledgers.ledger import Ledger
from core.ledgers.plain import all_rows
from talent.people.ledger.meeting.encounter import PERSON, POST, STATE
from talent.rosters.actions import give_back, take_back
from talent.rosters.ledger import rows, telling
from talent.rosters.ledger.columns import COLUMNS

ROSTER_LEDGER = Ledger(
    kind="rosters",
    label="在岗确认单",
    permission="talent.add_roster",
    models=(PERSON, STATE, POST, rows.LINE, rows.ARRIVAL),
    columns=COLUMNS,
    notes=(
        "请用平台出的在岗确认单，不用从这张空表填起；单号印在单上，旧单不收。",
        "填在岗的，档案按今天确认；填离岗的写最后在岗日，次日起不再计入在岗。",
        "没有填的、单上没有提到的都不当作离岗；新增的人列为待登记，不会建档。",
    ),
    build=rows.build,
    look_across=rows.look_across,
    candidates=all_rows,
    # One row may be about whom another is about, on its sheet or on the next.
    tied=lambda batch, numbers: all_rows(batch),
    compare=rows.compare,
    after_apply=lambda batch, context: take_back(batch, by=context.user, on=context.day),
    after_undo=give_back,
    tell=telling.tell,
    uncounted=telling.uncounted,
    named=telling.named,
    public=("serial", "number"),
    is_register=False,
)
