"""Rows of a file, checked one by one and written down as COPY lines of core_importrow."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any, NamedTuple

import orjson
from django.conf import settings

from core.ledgers.asking import Question
from core.ledgers.copying import copy_line
from core.ledgers.ledger import Cleaner, ImportContext, LedgerColumn, RowCheck, ledger_for
from core.ledgers.models import ImportBatch
from core.ledgers.points import Point
from core.ledgers.records import Records
from core.ledgers.spreadsheets import Marks, Row, rows_of
from core.ledgers.spreadsheets.limits import COLUMNS
from core.ledgers.values import Choice, UnknownWord, as_text
from core.ledgers.words import LEFT_OUT, is_word
from core.rules import Flag, RuleError
from core.text import as_number, has_control_characters, is_none

# Columns of core_importrow that staging writes; the others have defaults in the database.
STAGED = ("batch_id", "number", "outcome", "key", "writes", "shown", "messages")
_REMEMBERED = 20_000
_UNSAID = (None, "", "\\x")
STRUCK = Question("struck", "表中已划去的行", (("ledger", "没有作废，照常录入"),))
_SHARES = (
    ("share", "平均分到各行"),
    ("first", "只记在第一行"),
    ("each", "各行都是这个数"),
    ("none", "不录入这个数"),
)
# Of a cell of which somebody has to say first what it means.
_OPEN = object()
_OWN_UNIT = re.compile("[万千亿元]")
# A picture in a cell, as WPS writes it.
_PICTURE = "=DISPIMG("
# Excel's own errors and those of LibreOffice.
_ERROR_SIGNS = frozenset("#E")
_ERROR = re.compile(r"#(N/A|[A-Z]+(/0)?[!?])|Err:\d{3}")


@dataclass(frozen=True)
class Checked:
    """What became of some blocks: COPY lines, the last row looked at, places it plans, how many
    rows said too little to be read."""

    lines: bytes
    last: int
    planned: list[dict[str, Any]]
    blank: int = 0


class Read(NamedTuple):
    """A column of the sheet: what it is, what it fills (level, or level#2), where it stands, how
    its cells are cleaned, and what those that came before were cleaned to: most cells repeat
    (sex, township, school …)."""

    column: LedgerColumn
    name: str
    at: int
    clean: Cleaner
    known: dict[Any, Any] | None


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
        self.columns = self._read_columns(batch)
        self.whole = dict(enumerate(batch.whole.values(), start=COLUMNS))
        self.required = [
            read.at
            for read in self.columns
            if read.column.is_required and not read.column.follows and read.at < COLUMNS
        ]
        self.records = Records(batch.header, self.required)
        self.units = {
            read.at: unit
            for read in self.columns
            for unit in ("万", "千")
            if read.column.is_money and read.at < COLUMNS and f"{unit}元" in batch.header[read.at]
        }

    def _read_columns(self, batch: ImportBatch) -> list[Read]:
        """The columns that the sheet has, in the order of the ledger's own."""
        order = {c.attribute: number for number, c in enumerate(self.resource.columns)}
        coded = batch.reading.get("codes", ())
        found = []
        # What holds for the whole sheet stands behind its last column.
        whole = zip(batch.whole, itertools.count(COLUMNS), strict=False)
        for name, index in [*batch.mapping.items(), *whole]:
            column = self.resource.column(name)
            if column is not None:
                if batch.is_comparison and column.without:
                    column = copy(column)
                    column.is_required = False
                clean = column.clean_cell
                if isinstance(clean, Choice) and name not in coded:
                    clean = clean.without_codes
                found.append(Read(column, name, index, clean, None if column.is_text else {}))
        return sorted(found, key=lambda read: (order[read.column.attribute], read.name))

    def learn(self, places: Iterable[dict[str, Any]]) -> None:
        """Take over places that others planned."""
        known = self.context.memory["places"]
        for place in places:
            known.setdefault(place["key"], place)

    def check(self, blocks: Iterable[bytes]) -> Checked:
        """Every row that is one: no blank, total, note or repeated header."""
        planned = len(self.context.memory["places"])
        lines, last, blank = [], 0, 0
        for block in blocks:
            rows = rows_of(block)
            last = rows[-1][0]
            for row in rows:
                if row.number <= self.batch.header_row:
                    continue
                is_record = self.records.holds(*row)
                if is_record and row.number > self.after:
                    lines.append(self._line(self._check(row)))
                elif is_record is None:
                    blank += 1
        places = list(self.context.memory["places"].values())
        return Checked("".join(lines).encode(), last, places[planned:], blank)

    def _check(self, numbered: Row) -> RowCheck:
        number, cells, marks = numbered
        row = RowCheck(number, self.context)
        if marks.is_struck or marks.is_hidden or marks.struck:
            cells = self._as_it_looks(row, cells, marks)
        for read in self.columns:
            index, known = read.at, read.known
            cell = cells[index] if index < len(cells) else self.whole.get(index)
            if index in marks.merged and read.column.is_amount and not is_none(cell):
                cell = self._shared(row, read, cell, marks.merged[index])
                if cell is _OPEN:
                    continue
            if index in self.units and not is_none(cell):
                cell = _in_units(as_text(cell), self.units[index])
            if known is None:
                _check_cell(row, read, cell)
            elif cell in known:
                value = known[cell]
                if value is not None:
                    row.values[read.name] = value
            else:
                remarks = len(row.flags)
                _check_cell(row, read, cell)
                if len(known) < _REMEMBERED and not row.errors and len(row.flags) == remarks:
                    known[cell] = row.values.get(read.name)
        if not row.errors:
            try:
                self.resource.build(row)
            except RuleError as error:
                row.refuse("", str(error), error.rule)
            row.shown["digest"] = _digest(row.values)
        return row

    def _as_it_looks(self, row: RowCheck, cells: list[Any], marks: Marks) -> list[Any]:
        """Say how a row looks; the cells, of one that is struck out in all that makes it a record
        with what was struck out, so that it has a name."""
        is_struck = bool(self.required) and all(i in marks.struck for i in self.required)
        if marks.is_struck or is_struck:
            row.ask(STRUCK, "这一行在表中已划去，先不录入。")
        if marks.is_hidden:
            row.flag(Flag("HIDDEN", "I", "这一行在表中是隐藏的，照常读入。"))
        if not is_struck:
            return cells
        return [marks.struck.get(index, cell) for index, cell in enumerate(cells)]

    def _shared(self, row: RowCheck, read: Read, cell: Any, merge: tuple[int, int]) -> Any:
        """An amount that is merged over several rows: one amount is one amount."""
        first, count = merge
        label = read.column.label
        point = Point(
            f"merged:{read.name}",
            f"「{label}」几行合并成一格，这个数怎么记？",
            _SHARES,
            proposed="share",
            waits=True,
        )
        rows = f"第 {first}—{first + count - 1} 行"
        message = f"{label}在{rows}合并为一格「{as_text(cell)[:20]}」，答复怎么记之后再录入。"
        answer = row.wonder_about(point, message, label)
        if answer is None:
            return _OPEN
        if answer == "share":
            return _share(cell, count, is_first=row.number == first, is_money=read.column.is_money)
        is_said = answer == "each" or (answer == "first" and row.number == first)
        return cell if is_said else None

    def _line(self, row: RowCheck) -> str:
        """The row as a COPY line of STAGED."""
        outcome, key = row.outcome, row.key
        if row.errors:
            key, writes = None, "{}"
        else:
            writes = _json({"insert": _said(row.insert), "update": {}})
        shown = _json(row.shown if "name" in row.shown else self._shown(row))
        messages = _json(row.errors + row.flags) if row.errors or row.flags else "[]"
        return copy_line((self.batch.pk, row.number, outcome, key, writes, shown, messages))

    def _shown(self, row: RowCheck) -> dict[str, str]:
        """What may be shown of a refused row: its name, nothing that identifies further but what
        is public."""
        said = ("name", *self.resource.public)
        return {attribute: str(row.values.get(attribute, "")) for attribute in said}


def _share(cell: Any, count: int, *, is_first: bool, is_money: bool) -> Any:
    """What falls to a row of an amount; the first one has what cannot be shared evenly."""
    try:
        amount = as_number(as_text(cell))
    except ValueError:
        return cell
    step = Decimal("0.01") if is_money else Decimal(1)
    each = (amount / count).quantize(step, ROUND_DOWN)
    # What named its own unit is in yuan now, whatever the header says.
    unit = "元" if _OWN_UNIT.search(as_text(cell)) else ""
    return f"{amount - each * (count - 1) if is_first else each}{unit}"


def _in_units(amount: str, unit: str) -> str:
    """An amount under a header with 万元 or 千元, unless it names its own unit."""
    return amount if _OWN_UNIT.search(amount) else f"{amount}{unit}"


def _check_cell(row: RowCheck, read: Read, cell: Any) -> None:
    column = read.column
    # Most cells are texts that begin like neither.
    sign = cell[:1] if isinstance(cell, str) else ""
    if sign == "=" and cell.startswith(_PICTURE):
        row.flag(Flag("TEXT", "I", f"{column.label}是图片，没有文字可读。"), column.label)
        cell = None
    if cell is None or (not column.takes_none and is_none(cell)):
        if column.is_required and not column.follows:
            row.refuse(column.label, f"请填写{column.label}。{column.without}", "REQUIRED")
        return
    if isinstance(cell, str):
        if has_control_characters(cell):
            message = f"{column.label}中有不可见的控制字符，请删除后重新填写。"
            _cannot_read(row, column, message, "TEXT")
            return
        if sign in _ERROR_SIGNS and _ERROR.fullmatch(cell):
            message = f"单元格是公式错误 {cell}，请在 Excel 中改正、保存后再上传。"
            _cannot_read(row, column, message)
            return
    try:
        row.values[read.name] = read.clean(cell, row)
    except UnknownWord as unknown:
        _understand(row, read, unknown)
    except RuleError as error:
        _cannot_read(row, column, str(error), error.rule)


def _cannot_read(row: RowCheck, column: LedgerColumn, message: str, rule: str = "") -> None:
    """What is wrong with a cell costs the row only where the row is nothing without it."""
    if column.is_decisive:
        row.refuse(column.label, message, rule)
    else:
        row.drop(column, message, rule)


def _understand(row: RowCheck, read: Read, unknown: UnknownWord) -> None:
    """What the office means by words that are none of ours, else a question about each."""
    each = (unknown, *unknown.further)
    understood = [one.understood(code) for one in each if (code := _meaning(row, read.column, one))]
    if unknown.known is not None:
        understood = [*unknown.known, *understood]
    if understood:
        row.values[read.name] = understood if unknown.known is not None else understood[0]


def _meaning(row: RowCheck, column: LedgerColumn, unknown: UnknownWord) -> str:
    """The code that the office means by a word, "" for none."""
    options = dict(unknown.options)
    answer = row.context.words.get((column.attribute, unknown.word))
    said = f"{column.label}「{unknown.word[:20]}」"
    if answer in options:
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
    return answer or ""


def _said(insert: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Without what is empty: the columns' defaults say it again when the row is written."""
    return {
        label: [
            {column: value for column, value in record.items() if value not in _UNSAID}
            for record in records
        ]
        for label, records in insert.items()
    }


def _digest(values: dict[str, Any]) -> str:
    """Keyed digest of a row's values: equal rows, equal digests, nothing to guess from."""
    key = settings.SECRET_KEY.encode()[:64]
    said = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(said, key=key, digest_size=12).hexdigest()


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
