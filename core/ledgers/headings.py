"""The headings of a sheet as they are compared: their texts, the groups over them, the units of
amounts, wherever the sheet says those. Ledgers are read by them, forms are filled by them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.ledgers import mapping
from core.ledgers.ledger import Ledger
from core.ledgers.spreadsheets import Refused, Sheet
from core.ledgers.spreadsheets.child import squeeze
from core.ledgers.spreadsheets.headers import NUMBERED
from core.ledgers.values import as_text
from core.text import normalise, without_control_characters

# Headings that are known at the least, or it is no list of ours.
_FEWEST = 2
SERIAL = frozenset({"序号", "编号", "no", "顺序号"})
_NO_HEADER = (
    "没有找到表头：第一行就是数据。请在数据上面加一行列名（例如「姓名」「身份证号」），再上传。"
)
_UNIT = re.compile(r"单位.{0,4}([万千])元")
_GROUP_UNIT = re.compile(r"[(（]([万千])元[)）]")


def title(cell: Any) -> str:
    """A text of a heading or of a line around the table."""
    return "" if cell is None else normalise(without_control_characters(as_text(cell)))


def headings_of(sheet: Sheet) -> list[str]:
    return [title(cell) for cell in sheet.top[0]]


def are_headings(sheet: Sheet) -> bool:
    """Whether the row that should head the table is none of its rows."""
    return not any(NUMBERED.search(text) for text in headings_of(sheet))


def require_headings(sheet: Sheet) -> None:
    """Raise Refused where the row that should head the table is one of its rows."""
    if not are_headings(sheet):
        raise Refused(_NO_HEADER)


def are_known(sheet: Sheet, columns: Mapping[str, int], ledger: Ledger) -> bool:
    """Whether enough headings are known: of a long header two; of a short one what every record
    has (姓名)."""
    headed = sum(1 for text in headings_of(sheet) if text and squeeze(text) not in SERIAL)
    names = any(c.is_required for name in columns if (c := ledger.column(name)))
    return len(columns) >= _FEWEST or (headed <= _FEWEST and names)


def texts_around(sheet: Sheet, *names: str) -> list[str]:
    """What stands above the table, the name of the sheet, and other `names` (of the file): they
    may say what a column would say of every row."""
    lines = [title(cell) for row in sheet.above for cell in row if cell is not None]
    return [*lines, sheet.name, *names]


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
