"""The headings of a sheet as they are compared: their texts, the groups over them, the units of
amounts, wherever the sheet says those. Ledgers are read by them, forms are filled by them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.ledgers import mapping
from core.ledgers.ledger import Ledger
from core.ledgers.spreadsheets import Sheet
from core.ledgers.values import as_text
from core.text import normalise, without_control_characters

_UNIT = re.compile(r"单位.{0,4}([万千])元")
_GROUP_UNIT = re.compile(r"[(（]([万千])元[)）]")


def title(cell: Any) -> str:
    """A text of a heading or of a line around the table."""
    return "" if cell is None else normalise(without_control_characters(as_text(cell)))


def headings_of(sheet: Sheet) -> list[str]:
    return [title(cell) for cell in sheet.top[0]]


def columns_of(ledger: Ledger, sheet: Sheet, *, region: str) -> dict[str, int]:
    """{attribute: index} of the columns of a ledger that a sheet has."""
    groups = [title(text) for text in sheet.groups]
    return mapping.match(
        ledger, headings_of(sheet), region=region, groups=groups, hidden=sheet.hidden_columns
    )


def with_units(ledger: Ledger, sheet: Sheet, columns: Mapping[str, int]) -> list[str]:
    """The headings, those of amounts with the unit that stands elsewhere."""
    header = headings_of(sheet)
    for name, index in columns.items():
        column = ledger.column(name)
        if column is not None and column.is_money and "元" not in header[index]:
            header[index] += _unit_said(sheet, title(sheet.groups[index]))
    return header


def _unit_said(sheet: Sheet, group: str) -> str:
    """「（万元）」 where a line above or below the table, the name of the sheet or the group that a
    column stands in says so."""
    lines = [title(c) for row in (*sheet.above, *sheet.below) for c in row if isinstance(c, str)]
    for text in lines:
        if found := _UNIT.search(text):
            return f"（{found[1]}元）"
    found = _GROUP_UNIT.search(sheet.name) or _GROUP_UNIT.search(group)
    return f"（{found[1]}元）" if found else ""
