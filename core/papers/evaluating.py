"""Sums and simple arithmetic, as Excel would calculate them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from core.papers.addresses import Area
from core.papers.formulas import Token, tokens

_DEEPEST = 40
_SUBTOTALS = {9.0: 9, 109.0: 109}


class Unknown(Exception):
    """The formula says what is not calculated here."""


class Cells(Protocol):
    """Where a formula finds its numbers; both raise Unknown."""

    row: int

    def number(self, sheet: str | None, area: Area) -> float: ...

    def numbers(
        self, sheet: str | None, area: Area, *, subtotal: int | None = None
    ) -> Iterator[float]: ...


def evaluate(formula: str, cells: Cells) -> float:
    """What a formula of + - * /, SUM, SUBTOTAL and ROW() comes to. Raises Unknown."""
    parser = _Parser(formula, cells)
    value = parser.total()
    if parser.peek() is not None:
        raise Unknown
    return value


class _Parser:
    def __init__(self, formula: str, cells: Cells) -> None:
        self.tokens = [t for t in tokens(formula.removeprefix("=")) if t.kind != "space"]
        self.at = 0
        self.depth = 0
        self.cells = cells

    def peek(self, ahead: int = 0) -> Token | None:
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else None

    def takes(self, *signs: str) -> str | None:
        """The next sign if it is one of these."""
        token = self.peek()
        if token is None or token.kind != "sign" or token.text not in signs:
            return None
        self.at += 1
        return token.text

    def needs(self, sign: str) -> None:
        if not self.takes(sign):
            raise Unknown

    def total(self) -> float:
        value = self.product()
        while sign := self.takes("+", "-"):
            other = self.product()
            value = value + other if sign == "+" else value - other
        return value

    def product(self) -> float:
        value = self.factor()
        while sign := self.takes("*", "/"):
            other = self.factor()
            if sign == "/" and not other:
                raise Unknown
            value = value * other if sign == "*" else value / other
        return value

    def factor(self) -> float:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Unknown
        try:
            if sign := self.takes("+", "-"):
                value = self.factor()
                return -value if sign == "-" else value
            return self.operand()
        finally:
            self.depth -= 1

    def operand(self) -> float:
        token = self.peek()
        if self.takes("("):
            value = self.total()
            self.needs(")")
            return value
        if token is None:
            raise Unknown
        self.at += 1
        if token.kind == "number":
            return float(token.text)
        if token.kind == "area":
            return self.cells.number(token.sheet, _single(token))
        if token.kind == "word" and self.takes("("):
            return self.function(token.text.upper())
        raise Unknown

    def function(self, name: str) -> float:
        if name == "ROW":
            self.needs(")")
            return float(self.cells.row)
        subtotal = None
        if name == "SUBTOTAL":
            subtotal = _SUBTOTALS.get(self.total())
            self.needs(",")
        if name not in {"SUM", "SUBTOTAL"} or (name == "SUBTOTAL" and subtotal is None):
            raise Unknown
        value = sum(self.argument(subtotal))
        while self.takes(","):
            value += sum(self.argument(subtotal))
        self.needs(")")
        return value

    def argument(self, subtotal: int | None) -> Iterator[float]:
        """The numbers of an argument: a range, or what it comes to."""
        token, after = self.peek(), self.peek(1)
        area = token.area if token else None
        if token and area and after and after.kind == "sign" and after.text in {",", ")"}:
            self.at += 1
            yield from self.cells.numbers(token.sheet, area, subtotal=subtotal)
        elif subtotal is None:
            yield self.total()
        else:
            raise Unknown


def _single(token: Token) -> Area:
    area = token.area
    if area is None or area[:2] != area[2:]:
        raise Unknown
    return area
