"""Cells of a form that somebody fills by hand, each with the reason: kept with the filling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from core.papers.addresses import Cell, address, cell_of
from core.papers.cells import Value
from core.papers.filling import Fill
from core.papers.understanding import Understood
from core.rules import RuleError
from core.secrecy.identity import refuse_id_number
from core.text import normalise

_LINE = re.compile(
    r"(?:(?P<sheet>.+?)!)?(?P<cell>[A-Za-z]{1,3}\d{1,7})\s+(?P<value>\S+)\s+(?P<why>.+)"
)
MOST = 50
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
    found = []
    for line in lines:
        refuse_id_number(line)
        said = _LINE.fullmatch(line)
        at = cell_of(said["cell"]) if said else None
        if said is None or at is None:
            raise RuleError("PAPER", f"「{line[:30]}」读不出来，{_HOW}。", field="typed")
        found.append(Typed(said["sheet"] or "", at, _value(said["value"]), said["why"][:100]))
    return found


def _value(text: str) -> Value:
    """A number where it is one, else the text."""
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    return int(number) if number == number.to_integral_value() else number


def placed(typed: Iterable[Typed], asked: Understood) -> list[Typed]:
    """The same with their sheets. Raises RuleError for one whose sheet is not said where there are
    several, is not there, or that lies among the lines of a list."""
    sheets = list(dict.fromkeys(one.sheet for one in asked))
    found = []
    for one in typed:
        place = address(*one.at)
        if not one.sheet and len(sheets) > 1:
            said = f"这份表有几张，请写明 {place} 在哪一张，例如「{sheets[0]}!{place}」。"
            raise RuleError("PAPER", said, field="typed")
        sheet = one.sheet or sheets[0]
        if sheet not in sheets:
            raise RuleError("PAPER", f"这份表里没有「{sheet[:30]}」这张表。", field="typed")
        if any(form.sheet == sheet and form.holds(*one.at) for form in asked.lists):
            raise RuleError("PAPER", f"{place} 在名单的行里，名单按在册数据填。", field="typed")
        found.append(Typed(sheet, one.at, one.value, one.why))
    return found


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
