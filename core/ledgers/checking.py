"""Rows of a file, checked one by one and written down as COPY lines of core_importrow."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings

from core.ledgers.copying import copy_line
from core.ledgers.ledger import ImportContext, LedgerColumn, RowCheck, ledger_for
from core.ledgers.models import ImportBatch
from core.ledgers.spreadsheets import Row, rows_of
from core.ledgers.spreadsheets.child import squeeze
from core.ledgers.values import UnknownWord, as_text
from core.ledgers.words import LEFT_OUT, is_word
from core.rules import Flag, RuleError
from core.text import has_control_characters, is_none, normalise

# Columns of core_importrow that staging writes; the others have defaults in the database.
STAGED = ("batch_id", "number", "outcome", "key", "writes", "shown", "messages")
_REMEMBERED = 20_000
# What a row is shows in the beginning of its first cell.
_HEAD = 60
_UNSAID = (None, "", "\\x")
_TOTAL = re.compile(
    r"[「『“\"【(]?(本页|本表|本单位|全县|全区|全市|全省)?(合|总|小|累|共)计([:：(（\d」』”\"】)]|$)"
)

_SUM = re.compile(r".{0,10}[合总小累共]计")
# Who has a number is a person, also one whose name ends like a sum (张小计).
_NUMBER = re.compile(r"\d{15}")

# 「注：」, 「填表人：张三」 and the like, below a table.
_NOTE = re.compile(r"(注|备注|说明|填表|填报|制表|审核|复核|负责|单位负责|联系)[^:：]{0,6}[:：]")
# Excel's own errors and those of LibreOffice.
_ERROR = re.compile(r"#(N/A|[A-Z]+(/0)?[!?])|Err:\d{3}")


@dataclass(frozen=True)
class Checked:
    """What became of some blocks: COPY lines, the last row looked at, places it plans."""

    lines: bytes
    last: int
    planned: list[dict[str, Any]]


class Checker:
    """Checks blocks of rows of a batch whose columns are matched, in the file's order.

    Rows up to number `after` are left out. What it says depends on nothing but the batch,
    the registry and the places it has planned or was told of.
    """

    def __init__(self, batch: ImportBatch, *, after: int) -> None:
        self.batch, self.after = batch, max(after, batch.header_row)
        self.resource = ledger_for(batch.kind)
        self.context = ImportContext.of(batch)
        self.context.memory["places"] = {}
        self.learn(batch.places)
        # Most cells repeat (sex, township, school …): what one was cleaned to is remembered.
        self.columns: list[tuple[LedgerColumn, int, dict[Any, Any] | None]] = [
            (c, batch.mapping[c.attribute], None if c.is_text else {})
            for c in self.resource.columns
            if c.attribute in batch.mapping
        ]
        self.header = [squeeze(text) for text in batch.header]
        self.required = [i for c, i, _ in self.columns if c.is_required]
        self.units = {
            i: unit
            for c, i, _ in self.columns
            for unit in ("万", "千")
            if c.is_money and f"{unit}元" in batch.header[i]
        }

    def learn(self, places: Iterable[dict[str, Any]]) -> None:
        """Take over places that others planned."""
        known = self.context.memory["places"]
        for place in places:
            known.setdefault(place["key"], place)

    def check(self, blocks: Iterable[bytes]) -> Checked:
        """Every row that is one: no blank, total, note or repeated header."""
        planned = len(self.context.memory["places"])
        lines, last = [], 0
        for block in blocks:
            rows = rows_of(block)
            last = rows[-1][0]
            lines += [
                self._line(self._check(row))
                for row in rows
                if row[0] > self.after and self._is_record(row[1])
            ]
        places = list(self.context.memory["places"].values())
        return Checked("".join(lines).encode(), last, places[planned:])

    def _check(self, numbered: Row) -> RowCheck:
        number, cells = numbered
        row = RowCheck(number, self.context)
        for column, index, known in self.columns:
            cell = cells[index] if index < len(cells) else None
            if index in self.units and not is_none(cell):
                cell = _in_units(as_text(cell), self.units[index])
            if known is None:
                _check_cell(row, column, cell)
            elif cell in known:
                value = known[cell]
                if value is not None:
                    row.values[column.attribute] = value
            else:
                remarks = len(row.flags)
                _check_cell(row, column, cell)
                if len(known) < _REMEMBERED and not row.errors and len(row.flags) == remarks:
                    known[cell] = row.values.get(column.attribute)
        if not row.errors:
            try:
                self.resource.build(row)
            except RuleError as error:
                row.refuse("", str(error), error.rule)
            row.shown["digest"] = _digest(row.values)
        return row

    def _is_record(self, cells: list[Any]) -> bool:
        filled = [c for c in cells if c is not None and c != ""]
        if not filled:
            return False
        first = normalise(as_text(filled[0])[:_HEAD]).replace(" ", "")
        if _TOTAL.match(first) or _NOTE.match(first):
            return False
        # The sum of a group stands where the name would: 小计, 省内院校合计.
        for index in self.required:
            cell = cells[index] if index < len(cells) else None
            # Few cells end so; the others are not looked at any closer.
            if isinstance(cell, str) and cell.rstrip()[-1:] == "计":
                text = normalise(cell[:_HEAD]).replace(" ", "")
                if _SUM.fullmatch(text) and not self._has_number(cells):
                    return False
        if len(filled) > 2 and len(cells) == len(self.header) and self._repeats_header(cells):
            return False
        # A note below the table: a lone text where no required column stands.
        has_key = any(i < len(cells) and not is_none(cells[i]) for i in self.required)
        return has_key or len(filled) > 2

    def _has_number(self, cells: list[Any]) -> bool:
        found = (cells[i] for i in self.required if i < len(cells))
        return any(_NUMBER.match(normalise(as_text(cell))) for cell in found)

    def _repeats_header(self, cells: list[Any]) -> bool:
        """Most rows differ in their first cell."""
        return all(
            (squeeze(as_text(cell)) if cell is not None else "") == title
            for cell, title in zip(cells, self.header, strict=True)
        )

    def _line(self, row: RowCheck) -> str:
        """The row as a COPY line of STAGED."""
        if row.errors:
            outcome, key, writes = "refused", None, "{}"
        else:
            outcome, key = "new", row.key
            writes = _json({"insert": _said(row.insert), "update": row.update})
        shown = _json(row.shown if "name" in row.shown else _shown(row))
        messages = _json(row.errors + row.flags) if row.errors or row.flags else "[]"
        return copy_line((self.batch.pk, row.number, outcome, key, writes, shown, messages))


def _in_units(amount: str, unit: str) -> str:
    """An amount under a header with 万元 or 千元, unless it names its own unit."""
    return amount if re.search("[万千元]", amount) else f"{amount}{unit}"


def _check_cell(row: RowCheck, column: LedgerColumn, cell: Any) -> None:
    if cell is None or (not column.takes_none and is_none(cell)):
        if column.is_required:
            row.refuse(column.label, f"请填写{column.label}。", "REQUIRED")
        return
    if isinstance(cell, str):
        if has_control_characters(cell):
            message = f"{column.label}中有不可见的控制字符，请删除后重新填写。"
            row.refuse(column.label, message, "TEXT")
            return
        if _ERROR.fullmatch(cell):
            message = f"单元格是公式错误 {cell}，请在 Excel 中改正、保存后再上传。"
            row.refuse(column.label, message)
            return
    try:
        row.values[column.attribute] = column.clean_cell(cell, row)
    except UnknownWord as unknown:
        _understand(row, column, unknown)
    except RuleError as error:
        row.refuse(column.label, str(error), error.rule)


def _understand(row: RowCheck, column: LedgerColumn, unknown: UnknownWord) -> None:
    """What the office means by a word that is none of ours, else a question."""
    options = dict(unknown.options)
    answer = row.context.words.get((column.attribute, unknown.word))
    said = f"{column.label}「{unknown.word[:20]}」"
    if answer in options:
        row.values[column.attribute] = answer
        message = f"{said}按「{options[answer]}」登记。"
    elif answer == LEFT_OUT and not column.is_required:
        message = f"{said}按答复不登记。"
    elif column.is_decisive:
        answer, message = None, str(unknown)
    else:
        answer, message = None, f"{said}认不出，答复之前按没有填写办理。"
    if is_word(unknown.word):
        row.wonder(column, unknown.word, message, answer)
    elif column.is_decisive:
        row.refuse(column.label, message, unknown.rule)
    else:
        row.flag(Flag(unknown.rule, "W", message), column.label)


def _said(insert: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Without what is empty: the columns' defaults say it again when the row is written."""
    return {
        label: {column: value for column, value in values.items() if value not in _UNSAID}
        for label, values in insert.items()
    }


def _digest(values: dict[str, Any]) -> str:
    """Keyed digest of a row's values: equal rows, equal digests, nothing to guess from."""
    key = settings.SECRET_KEY.encode()[:64]
    said = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(said, key=key, digest_size=12).hexdigest()


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _shown(row: RowCheck) -> dict[str, str]:
    """What may be shown of a refused row: its name, nothing that identifies further."""
    return {"name": str(row.values.get("name", ""))}
