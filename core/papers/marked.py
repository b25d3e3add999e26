"""The workbook of a comparison: the list as it came with its differences marked, and who of the
registry it lacks."""

from __future__ import annotations

import datetime
import hashlib
import io
from collections.abc import Iterator, Sequence
from typing import Any

import xlsxwriter
from django.http import FileResponse

from core.audit.models import ReadEvent
from core.entities.entity import Entity
from core.entities.listing import gather
from core.entities.made import export_of
from core.entities.paths import reader
from core.entities.workbooks import (
    CONTENT_TYPES,
    WORKBOOK_OPTIONS,
    file_name,
    plain_text,
    sheet_name,
    worded,
)
from core.jobs.models import Job
from core.ledgers import beside
from core.ledgers.keeping import read_kept
from core.ledgers.ledger import ledger_for
from core.ledgers.models import ImportBatch, ImportRow
from core.ledgers.workbooks import COMPARED, FORMATS, write_cell
from core.papers.marking import Marking, add_sheet, mark
from core.papers.marks import Mark, marks_of
from core.regions.names import place_name
from core.rules import RuleError
from core.secrecy import files as media
from core.secrecy.files import Refused

# Records that a list lacks, in its workbook.
MOST = 20_000
_MISSING = "在册有名单上没有"
_COLOUR = "F8CBC6"
_CHUNK = 2_000


def marked_workbook(*, batch: ImportBatch, user: Any) -> FileResponse:
    """The workbook as a download, its ReadEvent written. Numbers of the list stay as they came,
    those of the registry are masked. Raises RuleError where there is nothing to make it of."""
    if batch.job.status != Job.Status.DONE or batch.is_forgotten:
        raise RuleError("STATE", "这份名单现在没有可以下载的结果，请重新上传。")
    marks = marks_of(batch)
    people: set[Any] = set()
    missing = _missing(batch, user, people)
    data = _made(batch, marks, missing)
    entity = beside.entity_for(batch.kind)
    if entity.person == "pk":
        met = ImportRow.objects.filter(batch=batch).exclude(target=None)
        people |= set(met.values_list("target", flat=True))
    title = f"倒查：{batch.file_name}"[:120]
    ReadEvent.record(
        user=user,
        kind=ReadEvent.Kind.EXPORT,
        people=sorted(people - {None}),
        title=title,
        filter=place_name(batch.compared_region_id),
        rows=len(marks) + len(missing) - 1,
        format="xlsx",
        unmasked=False,
        sha256=hashlib.sha256(data).hexdigest(),
        entity=entity.model._meta.label_lower,
        batch=str(batch.pk),
    )
    return FileResponse(
        io.BytesIO(data),
        as_attachment=True,
        filename=file_name(f"倒查_{batch.file_name.rsplit('.', 1)[0]}", "xlsx"),
        content_type=CONTENT_TYPES["xlsx"],
    )


def _missing(batch: ImportBatch, user: Any, people: set[Any]) -> list[list[str | float]]:
    """The records that the list lacks under a line of headings, masked; `people` takes whom
    they are about. The headings are none of a ledger: the file may come again."""
    entity = beside.entity_for(batch.kind)
    columns = export_of(entity)
    rows = beside.not_listed(batch, user)
    place = ["region_id"] if "region" in entity.field_names else []
    found = list(entity.joined(rows.order_by(*place, "pk"))[: MOST + 1])
    lines: list[list[str | float]] = [[f"在册{column.label}" for column in columns]]
    for record in _gathered(entity, found[:MOST]):
        if entity.person:
            people.add(reader(entity.person)(record))
        lines.append([_in_cell(column.get(record)) for column in columns])
    if len(found) > MOST:
        lines.append([f"只列前 {MOST} 行；要全部的，请切换到下级地区分别倒查。"])
    return lines


def _gathered(entity: Entity, records: list[Any]) -> Iterator[Any]:
    for start in range(0, len(records), _CHUNK):
        yield from gather(entity, records[start : start + _CHUNK], entity.gathered)


def _in_cell(value: Any) -> str | float:
    value = worded(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None else value  # type: ignore[no-any-return]


def _made(batch: ImportBatch, marks: dict[int, Mark], missing: list[Any]) -> bytes:
    """Their own file where it can be marked as it is, else a plain one with their rows."""
    marking = Marking(
        sheet=batch.sheet,
        header_row=batch.header_row,
        heading=COMPARED,
        texts={number: one.text for number, one in marks.items()},
        coloured={n: {c + 1 for c in one.columns} for n, one in marks.items() if one.columns},
        plain={number for number, one in marks.items() if one.is_same},
        known=batch.header.index(COMPARED) + 1 if COMPARED in batch.header else 0,
    )
    try:
        package = mark(media.load(batch.file_path), marking, colour=_COLOUR)
    except Refused:
        return _plain(batch, marks, missing)
    add_sheet(package, _MISSING, missing)
    return package.to_bytes()


def _plain(batch: ImportBatch, marks: dict[int, Mark], missing: list[Any]) -> bytes:
    """Their rows in a new workbook, for files whose look cannot be kept."""
    ledger, file = ledger_for(batch.kind), io.BytesIO()
    with (
        media.opened(batch.file_path) as path,
        read_kept(batch, path, ledger) as sheet,
    ):
        options = {**WORKBOOK_OPTIONS, "in_memory": True, "date_1904": sheet.is_1904}
        with xlsxwriter.Workbook(file, options) as book:
            _write_rows(book, batch, sheet.rows, marks)
            _write_missing(book, missing)
    return file.getvalue()


def _write_rows(
    book: Any, batch: ImportBatch, rows: Iterator[tuple[int, list[Any]]], marks: dict[int, Mark]
) -> None:
    ledger = ledger_for(batch.kind)
    sheet = book.add_worksheet(sheet_name(batch.sheet or ledger.label))
    texts = {batch.mapping.get(c.attribute) for c in ledger.columns if c.is_text}
    right = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
    coloured = {
        kind: book.add_format({"num_format": form, "bg_color": f"#{_COLOUR}"})
        for kind, form in FORMATS.items()
    }
    width = batch.header.index(COMPARED) if COMPARED in batch.header else len(batch.header)
    sheet.set_column(0, width - 1, 16)
    sheet.set_column(width, width, 60)
    for number, cells in rows:
        found = marks.get(number)
        for index, cell in enumerate(cells[:width]):
            paint = coloured if found and index in found.columns else right
            write_cell(sheet, number - 1, index, cell, paint, is_wrong=False, texts=texts)
        if number == batch.header_row:
            sheet.write_string(number - 1, width, COMPARED, right["text"])
        elif found:
            paint = right if found.is_same else coloured
            sheet.write_string(number - 1, width, plain_text(found.text), paint["text"])


def _write_missing(book: Any, lines: Sequence[Sequence[str | float]]) -> None:
    sheet = book.add_worksheet(_MISSING)
    for number, line in enumerate(lines):
        for index, value in enumerate(line):
            if isinstance(value, str):
                sheet.write_string(number, index, plain_text(value))
            else:
                sheet.write_number(number, index, value)
