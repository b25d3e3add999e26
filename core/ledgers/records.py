"""Which rows of a sheet are records: no sum, no part of one, no note, no second header, and none
that is blank but for what a merge fills down.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.ledgers.spreadsheets import Marks
from core.ledgers.spreadsheets.child import squeeze
from core.ledgers.values import as_text
from core.text import is_none, normalise

# What a row is shows in the beginning of its first cell.
_HEAD = 60
_TOTAL = re.compile(
    r"[「『“\"【(]?(本页|本表|本单位|全县|全区|全市|全省)?(合|总|小|累|共)计([:：(（\d」』”\"】)]|$)"
)
_SUM = re.compile(r".{0,10}[合总小累共]计")
# A part of the row before, or the whole of the rows around it.
_PART = re.compile(r"[#*]?\s*其中([:：、,，]|$|.{0,8}[:：])")
_WHOLE = re.compile(r"([全本][省市州县区]|汇总|总数|总和|平均)(\(.{0,4}\))?")
# Who has a number is a person, also one whose name ends like a sum (张小计).
_NUMBER = re.compile(r"\d{15}")
# 「注：」, 「填表人：张三」 and the like, below a table.
_NOTE = re.compile(r"(注|备注|说明|填表|填报|制表|审核|复核|负责|单位负责|联系)[^:：]{0,6}[:：]")
# Rows that number the columns: 1 2 3, (1) (2), 甲 乙 1 2 3=1+2.
_ORDINAL = re.compile(r"\(?(\d{1,2})\)?(=.*)?|[甲乙丙丁戊A-Z]")
_FEWEST = 3


class Records:
    """Tells the records among the rows under a header; `required` are the columns without which
    there is none."""

    def __init__(self, header: Sequence[str], required: Sequence[int]) -> None:
        self.header, self.required = [squeeze(text) for text in header], required

    def holds(self, number: int, cells: list[Any], marks: Marks) -> bool | None:
        """Whether a row is a record; None where it says too little to be read, which is said."""
        filled = [c for c in cells if c is not None and c != ""]
        if not filled:
            return False
        if marks.struck and all(index in marks.struck for index in self.required):
            # Struck out in all that makes it one: it is shown as such.
            return True
        head = filled[0]
        # A number is no word for a sum or a note.
        first = normalise(head[:_HEAD]).replace(" ", "") if isinstance(head, str) else ""
        if _TOTAL.match(first) or _NOTE.match(first) or self._is_part(first, cells):
            return False
        if len(filled) >= _FEWEST and (
            _numbers_columns(filled)
            or (len(cells) == len(self.header) and self._repeats_header(cells))
        ):
            return False
        if self._is_filled_down(number, cells, marks):
            return None
        has_key = any(i < len(cells) and not is_none(cells[i]) for i in self.required)
        if has_key or len(filled) >= _FEWEST:
            return True
        # A note below the table is a lone text; a running number beside nothing is a blank row.
        return None if all(not isinstance(cell, str) for cell in filled) else False

    def _is_part(self, first: str, cells: list[Any]) -> bool:
        """其中, 全省, 南明区小计: in the first cell, or where the name would be."""
        if _PART.match(first) or _WHOLE.fullmatch(first):
            return not self._has_number(cells)
        for index in self.required:
            cell = cells[index] if index < len(cells) else None
            # Few cells look so; the others are not looked at any closer.
            if isinstance(cell, str) and (cell.rstrip()[-1:] == "计" or cell.lstrip()[:1] in _ODD):
                text = normalise(cell[:_HEAD]).replace(" ", "")
                found = _SUM.fullmatch(text) or _PART.match(text) or _WHOLE.fullmatch(text)
                if found and not self._has_number(cells):
                    return True
        return False

    def _has_number(self, cells: list[Any]) -> bool:
        found = (cells[i] for i in self.required if i < len(cells))
        return any(_NUMBER.match(normalise(as_text(cell))) for cell in found)

    def _is_filled_down(self, number: int, cells: list[Any], marks: Marks) -> bool:
        """Whether all that stands in a row comes from a merge that begins above it."""
        return bool(marks.merged) and all(
            cell in (None, "") or (index in marks.merged and marks.merged[index][0] < number)
            for index, cell in enumerate(cells)
        )

    def _repeats_header(self, cells: list[Any]) -> bool:
        """Most rows differ in their first cell."""
        for cell, title in zip(cells, self.header, strict=True):
            if not isinstance(cell, str | None) and not title[:1].isdigit():
                return False
            if (squeeze(as_text(cell)) if cell is not None else "") != title:
                return False
        return True


# How a part or a whole may begin.
_ODD = frozenset("#*其全本汇总平")


def _numbers_columns(filled: list[Any]) -> bool:
    """Whether the cells count the columns, from 1 on, after letters for the first ones."""
    numbers = []
    for cell in filled:
        found = _ORDINAL.fullmatch(normalise(as_text(cell)).replace(" ", ""))
        # Few rows get behind their second cell.
        if found is None:
            return False
        if found[1]:
            numbers.append(int(found[1]))
            if numbers[-1] != len(numbers):
                return False
    return len(numbers) > 1
