"""Forms that every office is asked for each year: blank ones that the registry brings along, and
fills like any other.

Their layout is ours, marked 「样式待核」, until somebody brings the official one.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import xlsxwriter

from core.entities.workbooks import WORKBOOK_OPTIONS
from core.regions.tree import divisions_on

# Code -> form, in the order of the page.
STANDING: dict[str, StandingForm] = {}
MARK = "样式待核：栏目依据公开的统计制度，版式以主管部门下发的为准。"


@dataclass(frozen=True, kw_only=True, eq=False)
class StandingForm:
    """A blank form by its headings.

    columns     headings from left to right, each a text or the levels of one from above;
                alike ones beside each other are merged
    lines       headings of the rows; the areas below the region where there are none
    head        what stands over the row headings
    document    where its columns come from
    number      the format of its cells
    """

    code: str
    title: str
    document: str
    columns: Sequence[str | Sequence[str]]
    lines: Callable[[str, datetime.date], Sequence[str]] | Sequence[str] = ()
    head: str = "地区"
    number: str = "#,##0"

    def __post_init__(self) -> None:
        STANDING[self.code] = self

    def blank(self, region: str, on: datetime.date) -> bytes:
        """The form as a workbook, for a region."""
        divisions = divisions_on(on)
        lines = list(self.lines) if not callable(self.lines) else list(self.lines(region, on))
        lines = lines or [divisions.name(code) for code in divisions.children(region)]
        return _book(self, divisions.name(region), lines, on)


def _book(form: StandingForm, place: str, lines: Sequence[str], on: datetime.date) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {**WORKBOOK_OPTIONS, "in_memory": True})
    sheet = book.add_worksheet(form.title[:31])
    title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    head = book.add_format(
        {"border": 1, "bold": True, "align": "center", "valign": "vcenter", "text_wrap": True}
    )
    name = book.add_format({"border": 1})
    number = book.add_format({"border": 1, "num_format": form.number, "align": "right"})
    levels = [[column] if isinstance(column, str) else list(column) for column in form.columns]
    depth = max(map(len, levels))
    width = len(levels)
    sheet.merge_range(0, 0, 0, width, form.title, title)
    sheet.write(1, 0, f"填报单位：{place}")
    sheet.write(1, width, f"统计日期：{on:%Y-%m-%d}")
    top = 2
    _merged(sheet, (top, 0, top + depth - 1, 0), form.head, head)
    for level in range(depth):
        at = 0
        while at < width:
            text = levels[at][min(level, len(levels[at]) - 1)]
            last = at
            while last + 1 < width and levels[last + 1][: level + 1] == levels[at][: level + 1]:
                last += 1
            is_last_level = level == len(levels[at]) - 1
            if level < len(levels[at]):
                bottom = top + depth - 1 if is_last_level else top + level
                _merged(sheet, (top + level, at + 1, bottom, last + 1), text, head)
            at = last + 1
    first = top + depth
    for row, line in enumerate(["合计", *lines], start=first):
        sheet.write_string(row, 0, line, name)
        for column in range(1, width + 1):
            sheet.write_blank(row, column, None, number)
    below = first + len(lines) + 2
    sheet.write(below, 0, "单位负责人：        填表人：        联系电话：        报出日期：")
    sheet.write(below + 1, 0, f"依据：{form.document}。{MARK}")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, width, 12)
    sheet.freeze_panes(first, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top, first - 1)
    book.close()
    return file.getvalue()


def _merged(sheet: object, area: tuple[int, int, int, int], text: str, style: object) -> None:
    """A heading over one cell or several."""
    top, left, bottom, right = area
    if (top, left) == (bottom, right):
        sheet.write_string(top, left, text, style)  # type: ignore[attr-defined]
    else:
        sheet.merge_range(top, left, bottom, right, text, style)  # type: ignore[attr-defined]
