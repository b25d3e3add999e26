"""Sheets for three stations of 南明区: one has come back, one is awaited, one was replaced."""

import datetime
import io

import xlsxwriter

from core.entities.workbooks import WORKBOOK_OPTIONS
from core.jobs import running as jobs
from core.ledgers import actions, starting
from core.models import User
from stations.models import Station
from talent.rosters.actions import asked_of, issue, posts_of
from talent.rosters.models import Roster
from talent.rosters.workbooks import TITLE, lines_of, name_of

_HEADS = ("人才编号", "姓名", "岗位", "入职日期", "在岗情况", "备注")


def build_rosters(users: dict[str, User], today: datetime.date) -> None:
    """By the way that a clerk takes: issued, filled in, imported, confirmed."""
    clerk = users["nanming"]
    stations = Station.objects.for_user(clerk).open().order_by("region_id", "name")
    staffed = [s for s in stations if asked_of(posts_of(s, by=clerk), by=clerk)][:3]
    rosters = [issue(posts=posts_of(station, by=clerk), by=clerk)[0] for station in staffed]
    for station in staffed[1:2]:
        issue(posts=posts_of(station, by=clerk), by=clerk)
    for roster in rosters[:1]:
        batch = starting.start_import(
            user=clerk, kind="rosters", name=name_of(roster), data=_filled(roster, today),
            inline=True,
        )  # fmt: skip
        jobs.run(batch.job_id)
        actions.confirm(batch=batch, by=clerk, inline=True)
        jobs.run(batch.job_id)


def _filled(roster: Roster, today: datetime.date) -> bytes:
    """All but the last are there, the last is not mentioned, and somebody is new."""
    lines = lines_of(roster)
    rows = [(line.person.number, line.person.name, "", "", "在岗", "") for line in lines]
    since = (today - datetime.timedelta(days=12)).isoformat()
    rows = [*(rows[:-1] or rows), ("", "田小禾", "社工", since, "", "大学毕业，试用期")]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {**WORKBOOK_OPTIONS, "in_memory": True}) as book:
        sheet = book.add_worksheet(TITLE)
        for number, cells in enumerate([(f"单号：{roster.serial}",), _HEADS, *rows]):
            sheet.write_row(number, 0, cells)
    return file.getvalue()
