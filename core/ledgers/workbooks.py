"""Workbooks of the import: the template of a kind, and the rows that were sent back."""

from __future__ import annotations

import datetime
import io
from collections.abc import Container
from typing import Any

import xlsxwriter
from django.db.models import QuerySet

from core.entities.workbooks import WORKBOOK_OPTIONS, plain_text, sheet_name
from core.ledgers.asking import SKIP, WHOLE
from core.ledgers.keeping import read_kept
from core.ledgers.ledger import Ledger, LedgerColumn, ledger_for
from core.ledgers.models import ImportBatch, ImportRow
from core.ledgers.spreadsheets import Row, Sheet, rows_of
from core.ledgers.values import INEXACT, as_text
from core.regions.models import Region
from core.secrecy import files as media

LEFT = (ImportRow.Outcome.REFUSED, ImportRow.Outcome.HELD)
REASON, COMPARED = "退回原因", "倒查结果"
_TEMPLATE_ROWS = 5_000
_TOWNSHIPS = 1_000
_LISTS = "选项"
_PLACES = ("township", "region")
FORMATS = {"text": "@", "day": "yyyy-mm-dd", "number": "General"}


def _asked_for(ledger: Ledger) -> list[LedgerColumn]:
    return [column for column in ledger.columns if not column.is_own]


def template_workbook(ledger: Ledger, user: Any) -> bytes:
    """An empty ledger: drop-downs, text-formatted columns, a sheet that explains each."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {**WORKBOOK_OPTIONS, "in_memory": True})
    columns = _asked_for(ledger)
    sheet = book.add_worksheet(ledger.label)
    explained = book.add_worksheet("填表说明")
    lists = book.add_worksheet(_LISTS)
    lists.hide()
    text = book.add_format({"num_format": "@"})
    required = book.add_format(
        {"bold": True, "bg_color": "#FCE8E6", "border": 1, "num_format": "@"}
    )
    optional = book.add_format(
        {"bold": True, "bg_color": "#E8EEF7", "border": 1, "num_format": "@"}
    )
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width, text)
        sheet.write_string(0, index, column.label, required if column.is_required else optional)
        if column.hint:
            sheet.write_comment(0, index, column.hint)
        choices = column.choices or _townships(column, user)
        if choices:
            _drop_down(sheet, lists, index, choices, is_strict=bool(column.choices))
    sheet.freeze_panes(1, 0)
    _explain(book, explained, ledger)
    sheet.activate()
    book.close()
    return file.getvalue()


def _drop_down(
    sheet: Any, lists: Any, index: int, choices: tuple[str, ...], *, is_strict: bool
) -> None:
    """A list on the hidden sheet: one in the cell itself ends at 255 characters."""
    for number, choice in enumerate(choices):
        lists.write_string(number, index, choice)
    letter = xlsxwriter.utility.xl_col_to_name(index)
    rule = {
        "validate": "list",
        "source": f"='{_LISTS}'!${letter}$1:${letter}${len(choices)}",
        "error_type": "stop" if is_strict else "information",
        "error_title": "不在可选范围内",
        "error_message": "请从下拉列表中选择。",
    }
    sheet.data_validation(1, index, _TEMPLATE_ROWS, index, rule)


def _townships(column: LedgerColumn, user: Any) -> tuple[str, ...]:
    """The townships of the user's region; codes stand with names that occur twice."""
    if column.attribute not in _PLACES:
        return ()
    places = Region.objects.for_user(user).current().filter(level=4).order_by("code")
    found = list(places.values_list("code", "name")[: _TOWNSHIPS + 1])
    if len(found) > _TOWNSHIPS:
        return ()
    names = [name for _, name in found]
    return tuple(code if names.count(name) > 1 else name for code, name in found)


def _explain(book: Any, sheet: Any, ledger: Ledger) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for index, width in enumerate((20, 8, 44, 26, 60)):
        sheet.set_column(index, index, width)
    sheet.write_string(0, 0, f"{ledger.label}导入模板", bold)
    sheet.write_string(0, 1, "版本")
    sheet.write_string(0, 2, ledger.template_version)
    number = 2
    for note in (*ledger.notes, "红色表头为必填。表头文字和列的次序可以改，按名称识别。"):
        sheet.write_string(number, 0, note)
        number += 1
    number += 1
    for index, head in enumerate(("列名", "必填", "说明", "示例", "可填内容")):
        sheet.write_string(number, index, head, bold)
    for column in _asked_for(ledger):
        number += 1
        values = (
            column.label,
            "必填" if column.is_required else "选填",
            column.hint,
            column.example,
            "、".join(column.choices),
        )
        for index, value in enumerate(values):
            sheet.write_string(number, index, plain_text(value), wrap)


def left_rows(batch: ImportBatch) -> QuerySet[ImportRow]:
    """Rows that were not taken in and that nobody chose to skip."""
    rows = ImportRow.objects.filter(batch=batch, outcome__in=LEFT)
    return rows.exclude(decisions__contains={WHOLE: SKIP})


def refused_workbook(batch: ImportBatch) -> bytes:
    """The ledger as it was, of its rows only the refused and held ones.

    What is wrong is red with the reason as a comment; a last column tells it too, under a
    heading that the importer does not know and so leaves aside. Raises FileNotFoundError
    when the upload has expired.
    """
    ledger = ledger_for(batch.kind)
    said = left_rows(batch).values_list("number", "messages")
    messages = {n: [m for m in found if not m.get("answer")] for n, found in said}
    file = io.BytesIO()
    with (
        media.opened(batch.file_path) as path,
        read_kept(batch, path, ledger) as sheet,
    ):
        options = {**WORKBOOK_OPTIONS, "in_memory": True, "date_1904": sheet.is_1904}
        with xlsxwriter.Workbook(file, options) as book:
            _write_left(book, batch, sheet, messages)
    return file.getvalue()


def _write_left(
    book: Any,
    batch: ImportBatch,
    read: Sheet,
    messages: dict[int, list[dict[str, str]]],
) -> None:
    ledger = ledger_for(batch.kind)
    columns = {c.label: batch.mapping.get(c.attribute) for c in ledger.columns}
    columns |= {c.attribute: batch.mapping.get(c.attribute) for c in ledger.columns}
    texts = {batch.mapping.get(c.attribute) for c in ledger.columns if c.is_text}
    sheet = book.add_worksheet(sheet_name(batch.sheet or ledger.label))
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    # What is wrong keeps the format of what it is: as a text a day is a number nobody typed.
    right = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
    wrong_paint = {
        kind: book.add_format({"num_format": form, "bg_color": "#F8CBC6", "font_color": "#9C0006"})
        for kind, form in FORMATS.items()
    }
    width = _reason_column(batch)
    for index in range(width):
        sheet.set_column(index, index, 22 if index in texts else 14, right["text"])
    sheet.set_column(width, width, 60)
    covered = _merge_headings(sheet, batch, read, width, right["text"])
    amounts = {batch.mapping.get(c.attribute) for c in ledger.columns if c.is_amount}
    rows = (row for block in read.blocks for row in rows_of(block))
    left = (row for row in rows if row.number <= batch.header_row or row.number in messages)
    for target, row in enumerate(left):
        number, cells, _ = row
        shared = _amounts_shared(row, amounts, messages)
        covered |= _merge_amounts(sheet, target, shared, right["number"])
        said = messages.get(number, []) if number > batch.header_row else []
        wrong = {columns.get(m.get("column", "")): m["message"] for m in said}
        kept = cells[:width]
        for index, cell in enumerate(kept):
            if (target, index) in covered:
                continue
            paint = wrong_paint if index in wrong else right
            write_cell(sheet, target, index, cell, paint, is_wrong=index in wrong, texts=texts)
        for place, message in wrong.items():
            if place is not None and place < width and (target, place) not in covered:
                if place >= len(kept) or cells[place] is None:
                    sheet.write_blank(target, place, None, wrong_paint["text"])
                sheet.write_comment(target, place, message, {"x_scale": 2})
        if number == batch.header_row:
            sheet.write_string(target, width, REASON, head)
        elif said:
            reason = f"原第 {number} 行：" + "".join(m["message"] for m in said)
            sheet.write_string(target, width, plain_text(reason), right["text"])


def _merge_headings(
    sheet: Any, batch: ImportBatch, read: Sheet, width: int, form: Any
) -> set[tuple[int, int]]:
    """Merge what was merged down to the header, so that groups stand over their columns again; the
    cells that show nothing of their own because of it."""
    merged: set[tuple[int, int]] = set()
    covered: set[tuple[int, int]] = set()
    for top, left, bottom, right in read.merged:
        last = min(right, width - 1)
        if bottom >= batch.header_row:
            continue
        cells = {(row, column) for row in range(top, bottom + 1)
                 for column in range(left, last + 1)}  # fmt: skip
        # A broken file may merge a cell twice.
        if len(cells) < 2 or merged & cells:
            continue
        sheet.merge_range(top, left, bottom, last, "", form)
        merged |= cells
        covered |= cells - {(top, left)}
    return covered


def _amounts_shared(row: Row, amounts: set[Any], kept: Container[int]) -> dict[int, int]:
    """{column: over how many rows its amount stands, from this one down} of those that several
    rows share. One amount is one amount: 0 where it stands in a row before, or where some of the
    rows stay behind and it is left to the reason."""
    found: dict[int, int] = {}
    for column, (first, count) in row.marks.merged.items():
        if row.number in kept and column in amounts and count > 1:
            begins = row.number == first
            is_whole = begins and all(number in kept for number in range(first, first + count))
            found[column] = count if is_whole else 0
    return found


def _merge_amounts(
    sheet: Any, target: int, shared: dict[int, int], form: Any
) -> set[tuple[int, int]]:
    """Merge the amounts that stand over several rows from this one down; the cells that show
    nothing."""
    for column, count in shared.items():
        if count:
            sheet.merge_range(target, column, target + count - 1, column, "", form)
    return {(target, column) for column, count in shared.items() if not count}


def _reason_column(batch: ImportBatch) -> int:
    """Behind the last column, or where an earlier round put the reasons."""
    if REASON in batch.header:
        return batch.header.index(REASON)
    return len(batch.header)


def write_cell(
    sheet: Any,
    row: int,
    index: int,
    cell: Any,
    paint: dict[str, Any],
    *,
    is_wrong: bool,
    texts: set[int | None],
) -> None:
    """A cell of the original: numbers of people as text, so that Excel leaves them alone."""
    if cell is None:
        return
    if isinstance(cell, datetime.datetime):
        sheet.write_datetime(row, index, cell, paint["day"])
    elif isinstance(cell, int | float) and not isinstance(cell, bool) and index not in texts:
        sheet.write_number(row, index, cell, paint["number"])
    elif is_wrong and isinstance(cell, int | float) and abs(cell) >= INEXACT and index in texts:
        # Its last digits are Excel's own: as a text they would pass for the person's.
        sheet.write_blank(row, index, None, paint["text"])
    else:
        sheet.write_string(row, index, plain_text(as_text(cell)), paint["text"])
