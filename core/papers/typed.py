"""Cells of a form that somebody fills by hand, each with the reason: kept with the filling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.papers.addresses import Cell, address, cell_of
from core.papers.cells import Value
from core.papers.filling import Fill
from core.papers.layouts import SheetLayout
from core.papers.understanding import Understood
from core.rules import RuleError
from core.secrecy.identity import masked_numbers
from core.text import normalise

_LINE = re.compile(
    r"(?:(?P<sheet>.+?)!)?(?P<cell>[A-Za-z]{1,3}\d{1,7})\s+(?P<value>\S+)\s+(?P<why>.+)"
)
MOST = 50
_NUMBERS = "手工填的内容和原因会原样留存，不能有身份证号和手机号，请删去。"
# What Excel holds to the last digit; 0851 is no number.
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14}|[1-9]\d{0,2}(?:,\d{3}){1,4})(?:\.\d{1,6})?")
_HOW = "请写成「D5 12 以人社局反馈为准」：格、内容、原因，中间空一格"


@dataclass(frozen=True)
class Typed:
    """A cell that was typed by hand: where, what, why. `sheet` is "" for that of the only table."""

    sheet: str
    at: Cell
    value: Value
    why: str

    def as_json(self) -> dict[str, Any]:
        said = {"sheet": self.sheet, "cell": address(*self.at), "why": self.why}
        return said | {"value": float(v) if isinstance(v := self.value, Decimal) else v}


def typed_of(text: str) -> list[Typed]:
    """What was typed, a cell a line: 「统计表!D5 12 以人社局反馈为准」. Raises RuleError."""
    lines = [line for line in map(normalise, text.splitlines()) if line]
    if len(lines) > MOST:
        raise RuleError("PAPER", f"手工填的格最多 {MOST} 个。", field="typed")
    found: list[Typed] = []
    for line in lines:
        said = _LINE.fullmatch(line)
        at = cell_of(said["cell"]) if said else None
        if said is None or at is None:
            raise RuleError("PAPER", f"「{line[:30]}」读不出来，{_HOW}。", field="typed")
        for part in (line, re.sub(r"[,\s]", "", said["value"] + said["why"])):
            if masked_numbers(part) != part:
                raise RuleError("R22", _NUMBERS, field="typed")
        found.append(Typed(said["sheet"] or "", at, _value(said["value"]), said["why"][:100]))
    return found


def _value(text: str) -> Value:
    """A number where it is one, else the text."""
    if not _NUMBER.fullmatch(text):
        return text
    number = Decimal(text.replace(",", ""))
    return int(number) if number == number.to_integral_value() else number


def placed(
    typed: Iterable[Typed], asked: Understood, looks: Mapping[str, SheetLayout]
) -> list[Typed]:
    """The same with their sheets. Raises RuleError for one whose sheet is not said where there are
    several, is not there, that lies among the lines of a list or behind another in a merge, and
    for a cell that is typed twice."""
    sheets = list(dict.fromkeys(one.sheet for one in asked))
    names = {normalise(sheet): sheet for sheet in sheets}
    found: list[Typed] = []
    for one in typed:
        place = address(*one.at)
        if not one.sheet and len(sheets) > 1:
            said = f"这份表有几张，请写明 {place} 在哪一张，例如「{sheets[0]}!{place}」。"
            raise RuleError("PAPER", said, field="typed")
        sheet = names.get(one.sheet, "") if one.sheet else sheets[0]
        if not sheet:
            raise RuleError("PAPER", f"这份表里没有「{one.sheet[:30]}」这张表。", field="typed")
        if any(form.sheet == sheet and form.holds(*one.at) for form in asked.lists):
            raise RuleError("PAPER", f"{place} 在名单的行里，名单按在册数据填。", field="typed")
        if first := _covering(looks[sheet], one.at):
            said = f"{place} 和 {first} 合并成一格，请写 {first}。"
            raise RuleError("PAPER", said, field="typed")
        if any((other.sheet, other.at) == (sheet, one.at) for other in found):
            raise RuleError("PAPER", f"{place} 写了两次，请留一行。", field="typed")
        found.append(Typed(sheet, one.at, one.value, one.why))
    return found


def _covering(look: SheetLayout, at: Cell) -> str:
    """The address of the first cell of a merge in which another one lies, "" for none."""
    row, column = at
    for area in look.merges:
        inside = area.top <= row <= area.bottom and area.left <= column <= area.right
        if inside and at != (area.top, area.left):
            return address(area.top, area.left)
    return ""


def fills_of(typed: Sequence[Typed]) -> list[Fill]:
    sheets: dict[str, dict[Cell, Value]] = {}
    for one in typed:
        sheets.setdefault(one.sheet, {})[one.at] = one.value
    return [Fill(sheet, cells) for sheet, cells in sheets.items()]


def instead(figures: list[dict[str, Any]], typed: Sequence[Typed]) -> list[dict[str, Any]]:
    """The figures of a filling, those typed by hand as they were typed."""
    by_place: Mapping[tuple[str, str], Typed] = {
        (one.sheet, address(*one.at)): one for one in typed
    }
    return [
        one | {"value": said.as_json()["value"], "typed": said.why}
        if (said := by_place.get((one["sheet"], one["cell"])))
        else one
        for one in figures
    ]
