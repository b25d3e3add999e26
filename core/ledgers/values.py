"""Cleaners that resources put on their columns: a cell in, a JSON value out.

Each is a function of (cell, row) that raises RuleError with a sentence for the clerk. The
rules themselves are those of core.secrecy.identity, core.dates and the apps' rules.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping
from copy import copy
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Self

from core.dates import parse_date, parse_period
from core.ledgers.spreadsheets.child import squeeze
from core.rules import Flag, RuleError
from core.secrecy.identity import clean_name, clean_phone, refuse_id_number
from core.text import as_number, is_about, normalise, tidy, tidy_name

if TYPE_CHECKING:
    from core.ledgers.ledger import Cleaner, RowCheck


def as_text(cell: Any) -> str:
    """A cell as text: whole numbers without ".0", dates as ISO."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell)


# From here on Excel rounds a number's last digits away.
INEXACT = 1e15


def text(label: str, max_length: int) -> Cleaner:
    """Names and other words that are shown as they are, in one writing (R22)."""
    as_note = note(label, max_length)

    def clean(cell: Any, row: RowCheck) -> str:
        value: str = tidy_name(as_note(cell, row))
        refuse_id_number(value)
        return value

    return clean


def note(label: str, max_length: int) -> Cleaner:
    """Text that the kind's own rules judge."""

    def clean(cell: Any, row: RowCheck) -> str:
        if isinstance(cell, int | float) and abs(cell) >= INEXACT:
            raise RuleError(
                "TEXT",
                f"{label}是数字格式，Excel 只保留前 15 位，后面的已不可信；"
                "请把这一列设为文本格式，重新填写。",
            )
        value = tidy(as_text(cell))
        if len(value) > max_length:
            raise RuleError("TEXT", f"{label}不能超过 {max_length} 个字，现有 {len(value)} 个字。")
        return value

    return clean


def person_name(cell: Any, row: RowCheck) -> str:
    return clean_name(as_text(cell))


def phone(cell: Any, row: RowCheck) -> str:
    return clean_phone(cell)


_BETWEEN_PHONES = re.compile(r"[、，,;；/\s]+")


def office_phone(label: str) -> Cleaner:
    """The first of the numbers in a cell."""

    def clean(cell: Any, row: RowCheck) -> str:
        first, *others = _BETWEEN_PHONES.split(as_text(cell).strip())
        if others:
            row.flag(Flag("PHONE", "I", "有几个电话的，登记第一个。"), label)
        return phone(first, row)

    return clean


@lru_cache(maxsize=20_000, typed=True)
def _date(cell: Any, label: str) -> list[str] | None:
    parsed = parse_date(cell, label=label)
    return None if parsed is None else [parsed.day.isoformat(), parsed.precision]


def date(label: str, *, may_be_future: bool = False) -> Cleaner:
    """[ISO date, precision]; a day after today is refused unless it may be."""

    def clean(cell: Any, row: RowCheck) -> list[str] | None:
        value = _date(cell, label)
        if isinstance(cell, float) and f"{cell:g}".endswith(".1"):
            said = f"{label} {cell:g} 按 1 月登记；如果是 10 月，请改成文本 {cell:g}0。"
            row.flag(Flag("DATE", "W", said), label)
        if value and not may_be_future and value[0] > row.context.day.isoformat():
            raise RuleError("DATE", f"{label} {value[0]} 晚于今天，请核对。")
        return value

    return clean


def period(label: str) -> Cleaner:
    """[first day, last day, months] of a period, each None where it is not said."""

    def clean(cell: Any, row: RowCheck) -> list[Any]:
        found = parse_period(as_text(cell), label=label)
        last = found.last_day(None)
        return [
            found.starts.day.isoformat() if found.starts else None,
            last.isoformat() if last else None,
            found.months,
        ]

    return clean


# Of words that differ in more than a sign in four, letters say nothing: 社工员 is no 社工师.
_ALIKE = 0.75
_BRACKETS = re.compile(r"[(\[【〔](.*?)[)\]】〕]")
_TAKES_BACK = re.compile("未|拟|在读|肄业|结业|预备|退|合格")
_AGAINST = re.compile(f"{_TAKES_BACK.pattern}|非|无|不|没|待|以下|以上|、")


class UnknownWord(RuleError):
    """A word that means none of a column's choices; `word` as it is asked about, `options` what
    it may mean as (code, name).

    Of a cell that says several things `known` are those that are understood, and `further` the
    other words that are not. `beside` is what stands with the word (its amount), None for nothing.
    """

    def __init__(self, message: str, word: str, options: list[tuple[str, str]]) -> None:
        super().__init__("CODE", message)
        self.word, self.options = word, options
        self.known: list[Any] | None = None
        self.beside: Any = None
        self.further: tuple[UnknownWord, ...] = ()

    def understood(self, code: str) -> Any:
        """What the cell says, once it is known what the word means."""
        return code if self.beside is None else [code, self.beside]


class Choice:
    """The code of a choice given by its label, a synonym or the code itself."""

    def __init__(
        self,
        label: str,
        choices: Iterable[tuple[str, str]],
        synonyms: Mapping[str, str],
        unsure: Mapping[str, str] | None = None,
    ) -> None:
        """`unsure` are words that are asked about, with what they most probably mean."""
        self.label = label
        self._unsure = {squeeze(name): code for name, code in (unsure or {}).items()}
        self.options = [(str(code), str(name)) for code, name in choices]
        self._known: dict[str, str] = {}
        for code, name in self.options:
            self._known[squeeze(name)] = self._known[squeeze(code)] = code
            # What stands in brackets is squeezed away.
            self._known.setdefault(normalise(name).lower(), code)
        for name, code in synonyms.items():
            self._known.setdefault(normalise(name).lower(), code)
            # 社会工作师（高级） is not what 社会工作师 means.
            self._known.setdefault(squeeze(name), code)
        self._synonyms = synonyms
        labels = [name for _, name in self.options]
        self._offered = "、".join(labels[:8]) + ("等" if len(labels) > 8 else "")

    @cached_property
    def without_codes(self) -> Self:
        """The same choice where 1 is no code: cells that hold one are not understood."""
        plain = copy(self)
        named = {squeeze(name) for _, name in self.options} | {squeeze(n) for n in self._synonyms}
        codes = {squeeze(code) for code, _ in self.options} - named
        plain._known = {name: code for name, code in self._known.items() if name not in codes}
        return plain

    def is_code(self, cell: Any) -> bool:
        return as_text(cell) in {code for code, _ in self.options}

    def __call__(self, cell: Any, row: RowCheck) -> str:
        value = as_text(cell)
        if code := self._known.get(normalise(value).lower()):
            return code
        code = self._known.get(squeeze(value))
        if code is None:
            raise self._unknown(value, f"不在可选范围内，可填：{self._offered}。")
        for inside in _BRACKETS.findall(normalise(value)):
            # 社会工作师(初级), 党员(预备): the bracket takes back what stands before it.
            other = self._known.get(squeeze(inside)) or self._unsure.get(squeeze(inside), code)
            if _TAKES_BACK.search(inside) or other != code:
                raise self._unknown(value, f"前后不一致，可填：{self._offered}。")
        return code

    def _unknown(self, value: str, message: str) -> UnknownWord:
        return UnknownWord(f"{self.label}「{value[:20]}」{message}", normalise(value), self.options)

    def likeliest(self, word: str) -> str:
        """The code of the choice whose names are most like a word, "" where none is, or where
        something in the word speaks against it."""
        word, squeezed = normalise(word), squeeze(word)
        if not squeezed or _AGAINST.search(word):
            return ""
        for inside in (word, *_BRACKETS.findall(word)):
            if code := self._unsure.get(squeeze(inside)):
                return code
        for inside in _BRACKETS.findall(word):
            if code := self._known.get(squeeze(inside)):
                return code
        # A name that stands in the word, or the word in a name.
        near = [n for n in self._known if len(n) > 1 and (n in squeezed or squeezed in n)]
        near = near or difflib.get_close_matches(squeezed, self._known, n=1, cutoff=_ALIKE)
        codes = {self._known[name] for name in near}
        longest = max(near, key=len, default="")
        # 助理社会工作师证 holds two names, of which the longer holds the other.
        is_one = len(codes) == 1 or (longest in squeezed and all(n in longest for n in near))
        return self._known[longest] if longest and is_one else ""


# Between the things that one cell says.
_BETWEEN = re.compile(r"[、,，;；/\n]|(?<=.)[和及](?=.)")


class Choices(Choice):
    """The codes of several choices in one cell: 「退役士兵、儿童主任」."""

    def __call__(self, cell: Any, row: RowCheck) -> Any:
        try:
            return [self.one(cell, row)]
        except UnknownWord as unknown:
            parts = [part for part in _BETWEEN.split(as_text(cell)) if part.strip()]
            if len(parts) < 2:
                unknown.known = []
                raise
        return self.each(parts, row)

    def one(self, cell: Any, row: RowCheck) -> Any:
        """What a cell that says one thing means."""
        return super().__call__(cell, row)

    def each(self, parts: list[str], row: RowCheck) -> list[Any]:
        """What each part of a cell means. Raises UnknownWord for those that mean nothing."""
        known: list[Any] = []
        unknown: list[UnknownWord] = []
        for part in parts:
            try:
                if (one := self.one(part, row)) not in known:
                    known.append(one)
            except UnknownWord as error:
                unknown.append(error)
        if unknown:
            unknown[0].known, unknown[0].further = known, tuple(unknown[1:])
            raise unknown[0]
        return known


YES, NO = "1", "0"
_YES_NO = {
    **dict.fromkeys(("√", "✓", "✔", "有", "已", "y", "yes", "对", "●", "☑"), YES),
    **dict.fromkeys(("×", "✗", "✘", "x", "没有", "未", "n", "no", "不是", "○", "☐"), NO),
}


def yes_no(label: str) -> Choice:
    """是 or 否, however it is ticked. A cell like 无 or / says nothing."""
    return Choice(label, [(YES, "是"), (NO, "否")], _YES_NO)


def choice(
    label: str, choices: Iterable[tuple[str, str]], synonyms: Mapping[str, str] | None = None
) -> Choice:
    return Choice(label, choices, synonyms or {})


def integer(label: str, *, least: int = 0, most: int = 10_000_000) -> Cleaner:
    def clean(cell: Any, row: RowCheck) -> int:
        number = _number(cell, f"{label}「%s」不是数字，请填整数。")
        _say_inexact(cell, number, row, label)
        if number != int(number) or not least <= number <= most:
            raise RuleError("NUMBER", f"{label}应为 {least} 至 {most} 之间的整数。")
        return int(number)

    return clean


def money(label: str) -> Cleaner:
    """An amount in yuan with two decimals, as text. 「12.5万元」 is 125000.00, 「3千」 3000.00."""

    def clean(cell: Any, row: RowCheck) -> str:
        number = _number(cell, f"{label}「%s」不是金额，请只填数字。")
        _say_inexact(cell, number, row, label)
        if not 0 <= number < 10**12:
            raise RuleError("NUMBER", f"{label}应为 0 以上、1 万亿元以下的金额。")
        return f"{number:.2f}"

    return clean


def _say_inexact(cell: Any, number: Decimal, row: RowCheck, label: str) -> None:
    if isinstance(cell, str) and is_about(cell):
        said = f"{label}写的是「{normalise(cell)[:20]}」，按 {number.normalize():f} 登记，请核对。"
        row.flag(Flag("NUMBER", "W", said), label)


def _number(cell: Any, sentence: str) -> Decimal:
    try:
        return as_number(as_text(cell))
    except ValueError:
        raise RuleError("NUMBER", sentence % normalise(as_text(cell))[:20]) from None


def place(label: str, *, level: int | None = None) -> Cleaner:
    """The code of a region named by a name, a path or a code, within the user's scope."""

    def clean(cell: Any, row: RowCheck) -> str:
        return str(row.context.places.resolve(as_text(cell), label=label, level=level))

    return clean
