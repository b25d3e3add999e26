"""A form filled in: a region and those below it, as of a day, as far as the user sees them."""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

from core.entities.workbooks import ExportColumn
from core.figures.indicator import Indicator
from core.shares import Share
from reports.board.board import Board
from reports.forms.form import FormColumn, FormFigure, ReportForm
from reports.snapshots.reading import Reading, read
from reports.targets.goals import Goals


class FormCell(NamedTuple):
    """A number, a text or None for an empty cell; the address of the list behind a number."""

    value: int | Share | str | None
    url: str = ""

    @property
    def text(self) -> str:
        if self.value is None:
            return ""
        return f"{self.value:,}" if isinstance(self.value, int) else str(self.value)


class FormRow(NamedTuple):
    """An area with its cells in the order of the form's columns."""

    name: str
    code: str
    cells: list[FormCell]


class FilledForm:
    """First the region itself, then the areas below it, 本级 and 未定位 where they hold a part of
    what is counted."""

    def __init__(
        self, form: ReportForm, *, user: Any, region: str, day: datetime.date | None
    ) -> None:
        self.form = form
        self.board = Board(user=user, region=region, day=day)
        board = self.board
        self.codes = [] if board.is_last else board.codes
        regions = [region, *self.codes]
        snapshot = board.reading.snapshot
        self.reading: Reading = (
            read(snapshot, user=user, regions=regions) if snapshot else board.reading
        )
        self.goals = Goals(board.plan, regions, day=board.day)

    @property
    def title(self) -> str:
        plan = self.board.plan.name if self.board.plan else ""
        return f"{self.board.name}{plan}{self.form.title}"

    def rows(self) -> list[FormRow]:
        whole = self._row(self.board.region, "合计")
        below = [self._row(code, self.board.divisions.name(code)) for code in self.codes]
        return [whole, *below, *self._rest()]

    def _row(self, code: str, name: str) -> FormRow:
        cells = [self._cell(column, code) for column in self.form.columns]
        return FormRow(name, code, cells)

    def _cell(self, column: FormColumn, code: str) -> FormCell:
        found = column.get(self.figure(column.indicator, code))
        leads = column.is_link and isinstance(found, int) and found
        return FormCell(found, self.board.list_url(column.indicator, code) if leads else "")

    def figure(self, indicator: Indicator, code: str) -> FormFigure:
        denominator = self.reading.denominator(indicator.code, code)
        return FormFigure(
            self.reading.value(indicator.code, code),
            denominator,
            self.goals.final(indicator.code, code, denominator),
        )

    def _rest(self) -> list[FormRow]:
        """What the areas do not add up to."""
        if not self.board.sees_all:
            return []
        board, own, nowhere = self.board, {}, {}
        for indicator, _ in self.form.groups:
            whole = self.reading.value(indicator.code, board.region)
            none = self.reading.unlocated(indicator.code) if board.tells_unlocated else 0
            below = sum(self.reading.value(indicator.code, c) or 0 for c in self.codes)
            nowhere[indicator] = none
            own[indicator] = (whole or 0) - below - none
        found = {board.own_name: own, "未定位": nowhere}
        return [self._part(name, values) for name, values in found.items() if any(values.values())]

    def _part(self, name: str, values: dict[Indicator, int]) -> FormRow:
        cells = [FormCell(values[c.indicator] if c.is_link else None) for c in self.form.columns]
        return FormRow(name, "", cells)

    @property
    def export_columns(self) -> list[ExportColumn]:
        """Over the rows of this sheet."""
        heads = [
            ExportColumn(
                f"{c.indicator.name} {c.head}（{c.indicator.unit}）"
                if c.is_link
                else f"{c.indicator.name} {c.head}",
                lambda row, n=number: row.cells[n].value,
                12,
            )
            for number, c in enumerate(self.form.columns)
        ]
        return [
            ExportColumn("地区", lambda row: row.name, 20),
            ExportColumn("区划代码", lambda row: row.code, 12, is_text=True),
            *heads,
        ]
