"""The sheet as a workbook that an employer fills in: A4, drop-downs, room for newcomers; without
ID numbers and phones. Many of them are one ZIP."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import xlsxwriter
from django.db.models import Prefetch, QuerySet

from core.entities.display import date_as_known
from core.entities.workbooks import WORKBOOK_OPTIONS, file_name, plain_text
from talent.rosters.models import Roster, RosterLine

TITLE = "在岗确认单"
HEADS = (
    ("序号", 6), ("人才编号", 16), ("姓名", 10), ("岗位", 14), ("职务", 14), ("入职日期", 12),
    ("在岗情况", 10), ("最后在岗日", 13), ("备注", 22),
)  # fmt: skip
NEWCOMERS = "新增：以下填写单上没有、现在在岗的人（写姓名和入职日期，人才编号不填）"
SIGNED = "填表人：　　　　　　　　单位（盖章）：　　　　　　　　日期：　　　　年　　月　　日"
# Ruled lines for those whom the registry does not have yet.
BLANK = 8
_ANSWERS = ["在岗", "离岗"]
# The first row of people and the column of answers, counted from 0.
_FIRST, _ANSWER = 4, 6
_A4 = 9
_PRINTED = RosterLine.objects.select_related("person").order_by("person__pinyin", "pk")


def asked(roster: Roster) -> tuple[str, str]:
    """What stands above the table: whose sheet it is, and what to do with it."""
    whose = f"单位：{roster.employer_name}　　单号：{roster.serial}　　截至：{roster.as_of}"
    what = (
        "请逐人填「在岗」或「离岗」，离岗的写最后在岗日；没有填的按没有答复办理。"
        "单号请保留，填好后把本表发回。"
    )
    return whose, what


def printed(lines: Iterable[RosterLine]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(running number, what stands on the sheet of each of its people)."""
    for number, line in enumerate(lines, start=1):
        started = date_as_known(line, "started_on", line.started_on)
        kind = line.get_kind_display()
        yield number, (line.person.number, line.person.name, kind, line.title, started)


def with_lines(rosters: QuerySet[Roster]) -> QuerySet[Roster]:
    """Sheets with their people as they are printed, in `lines.all()`."""
    return rosters.prefetch_related(Prefetch("lines", _PRINTED.all()))


def lines_of(roster: Roster) -> list[RosterLine]:
    """The people of one sheet as they are printed."""
    return list(_PRINTED.filter(roster=roster))


def workbook(roster: Roster, lines: list[RosterLine]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {**WORKBOOK_OPTIONS, "in_memory": True}) as book:
        book.set_properties({"title": TITLE, "subject": roster.serial})
        _fill(book, roster, lines)
    return file.getvalue()


def _fill(book: Any, roster: Roster, lines: list[RosterLine]) -> None:
    sheet = book.add_worksheet(TITLE)
    ruled: dict[str, Any] = {"border": 1, "valign": "vcenter", "text_wrap": True}
    cell, filled = (book.add_format(ruled | {"num_format": f}) for f in ("@", "General"))
    head = book.add_format(ruled | {"bold": True, "bg_color": "#E8EEF7", "align": "center"})
    title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    plain = book.add_format({"text_wrap": True, "valign": "vcenter"})
    last = len(HEADS) - 1
    whose, what = asked(roster)
    for row, (text, style) in enumerate(((TITLE, title), (whose, plain), (what, plain))):
        sheet.merge_range(row, 0, row, last, plain_text(text), style)
    for column, (label, width) in enumerate(HEADS):
        sheet.set_column(column, column, width)
        sheet.write_string(_FIRST - 1, column, label, head)
    below = _FIRST + len(lines)
    for row, (number, texts) in enumerate(printed(lines), start=_FIRST):
        sheet.write_number(row, 0, number, filled)
        for column, text in enumerate(texts, start=1):
            sheet.write_string(row, column, plain_text(text), cell)
    sheet.merge_range(below, 0, below, last, NEWCOMERS, head)
    empty = [(row, column) for row in range(_FIRST, below) for column in range(_ANSWER, last + 1)]
    ends = below + 1 + BLANK
    empty += [(row, column) for row in range(below + 1, ends) for column in range(last + 1)]
    for row, column in empty:
        sheet.write_blank(row, column, None, filled)
    sheet.merge_range(ends + 1, 0, ends + 1, last, SIGNED, plain)
    if lines:
        rule = {"validate": "list", "source": _ANSWERS, "error_message": "请选「在岗」或「离岗」。"}
        sheet.data_validation(_FIRST, _ANSWER, below - 1, _ANSWER, rule)
    sheet.freeze_panes(_FIRST, 0)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_FIRST - 1)
    sheet.set_footer(f"&L{roster.serial}&R第 &P 页，共 &N 页")


def name_of(roster: Roster) -> str:
    """「在岗确认单_新华路街道社工站_ZG….xlsx」: the stamp tells two of one name apart."""
    return file_name(f"{TITLE}_{roster.employer_name[:50]}_{roster.serial}", "xlsx")


def write_archive(file: IO[bytes], sheets: Iterable[tuple[Roster, list[RosterLine]]]) -> None:
    """All sheets in one ZIP, a workbook each."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for roster, lines in sheets:
            archive.writestr(name_of(roster), workbook(roster, lines))
