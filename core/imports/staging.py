"""From the rows of a file to checked, staged rows.

Staging commits every few thousand rows, in the order of the file, so that a runner that
is killed goes on behind the last row it committed.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Self

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from core import media
from core.imports import mapping
from core.imports.copying import copy_rows
from core.imports.values import as_text
from core.jobs import JobFailed, Lease
from core.models import ImportBatch, ImportRow
from core.resources import Column, ImportContext, RowCheck, ScopedResource
from core.rules import RuleError
from core.spreadsheets import Refused, Sheet, read_sheet
from core.spreadsheets.child import squeeze
from core.text import is_none, normalise

CHUNK = 5_000
_REMEMBERED = 20_000
_UNSAID = (None, "", "\\x")
_LONG_NUMBER = re.compile(r"\d{6,}[\dXx]?")
_TOTALS = frozenset({"合计", "总计", "小计", "累计", "共计"})
_STAGED = ("batch_id", "number", "outcome", "key", "target", "writes", "shown", "messages",
           "diff", "before", "decision", "is_applied")  # fmt: skip


class NeedsMapping(Exception):
    """Required columns were not found in the header; a person has to match them."""


def stage(
    batch: ImportBatch, resource: ScopedResource, context: ImportContext, lease: Lease
) -> None:
    """Read, check and stage the file. Raises NeedsMapping, or JobFailed with a sentence."""
    try:
        with (
            media.opened(batch.file_path) as path,
            read_sheet(path, labels=resource.column_names()) as sheet,
        ):
            columns = _prepare(batch, resource, sheet, lease)
            rows = check_rows(
                resource, context, sheet, columns, header=batch.header, after=_last_staged(batch)
            )
            total = max(0, sheet.total - batch.header_row)
            _stage_rows(batch, context, lease, rows, total=total)
    except Refused as refusal:
        raise JobFailed(str(refusal)) from None
    except FileNotFoundError:
        raise JobFailed("上传的文件已过保存期，请重新上传。") from None


def _prepare(
    batch: ImportBatch, resource: ScopedResource, sheet: Sheet, lease: Lease
) -> dict[str, int]:
    """Find the header, match the columns, keep both with the batch."""
    header: list[str] = []
    for number, cells in sheet.rows:
        if number - 1 < sheet.header:
            continue
        if number - 1 == sheet.header:
            header = [normalise(as_text(c)) if c is not None else "" for c in cells]
            break
    columns = {a: i for a, i in batch.mapping.items() if i < len(header)} or mapping.match(
        resource, header, region=batch.region_id
    )
    with transaction.atomic():
        lease.guard()
        ImportBatch.objects.filter(pk=batch.pk).update(
            sheet=sheet.name, header_row=sheet.header + 1, header=header, mapping=columns
        )
    batch.header, batch.mapping, batch.header_row = header, columns, sheet.header + 1
    if mapping.missing(resource, columns):
        ImportBatch.objects.filter(pk=batch.pk).update(samples=_samples(sheet))
        raise NeedsMapping
    return columns


def _samples(sheet: Sheet) -> list[list[str]]:
    """The first three rows for the matching page, long numbers hidden."""
    rows = [cells for _, cells in itertools.islice(sheet.rows, 3)]
    return [
        [_LONG_NUMBER.sub("******", as_text(c))[:30] if c is not None else "" for c in cells]
        for cells in rows
    ]


def _last_staged(batch: ImportBatch) -> int:
    """The row behind which an interrupted runner left off."""
    return ImportRow.objects.filter(batch=batch).aggregate(n=Max("number"))["n"] or 0


def _stage_rows(
    batch: ImportBatch,
    context: ImportContext,
    lease: Lease,
    rows: Iterator[RowCheck],
    *,
    total: int,
) -> None:
    """Write a chunk while the next one is being checked: they need different processors."""
    context.memory["places"] = {p["key"]: p for p in batch.places}
    with _Writer() as writer:
        staged: list[tuple[Any, ...]] = []
        for row in rows:
            staged.append(_staged(batch, row))
            if len(staged) == CHUNK:
                done = row.number - batch.header_row
                places = list(context.memory["places"].values())
                writer.write(_commit, batch, places, lease, staged, done=done, total=total)
                staged = []
        places = list(context.memory["places"].values())
        writer.write(_commit, batch, places, lease, staged, done=total, total=total)


class _Writer:
    """One chunk at a time is written behind the back of the checks, in order.

    Inside a transaction (a test) everything happens in the caller's own connection. An
    error of a write is raised by the next one, or at the end.
    """

    def __init__(self) -> None:
        self._thread = None if connection.in_atomic_block else ThreadPoolExecutor(1)
        self._pending: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def write(self, function: Callable[..., None], *args: Any, **kwargs: Any) -> None:
        if self._thread is None:
            function(*args, **kwargs)
            return
        if self._pending is not None:
            self._pending.result()
        self._pending = self._thread.submit(function, *args, **kwargs)

    def __exit__(self, kind: type[BaseException] | None, *error: Any) -> None:
        if self._thread is None:
            return
        try:
            if self._pending is not None and kind is None:
                self._pending.result()
        finally:
            self._thread.submit(_close_own_connection).result()
            self._thread.shutdown()


def _close_own_connection() -> None:
    """In the writer's thread: `connection` is another one there."""
    connection.close()


def check_rows(
    resource: ScopedResource,
    context: ImportContext,
    sheet: Sheet,
    columns: dict[str, int],
    *,
    header: list[str],
    after: int = 0,
) -> Iterator[RowCheck]:
    """Every row below the header that is one: no blank, total, note or repeated header."""
    # Most cells repeat (sex, township, school …): what one was cleaned to is remembered.
    named: list[tuple[Column, int, dict[Any, Any] | None]] = [
        (c, columns[c.attribute], None if c.is_text else {})
        for c in resource.columns()
        if c.attribute in columns
    ]
    squeezed = [squeeze(text) for text in header]
    required = [i for c, i, _ in named if c.is_required]
    for number, cells in sheet.rows:
        if number <= after or not _is_record(cells, squeezed, required):
            continue
        row = RowCheck(number, context)
        for column, index, known in named:
            cell = cells[index] if index < len(cells) else None
            if known is None:
                _check_cell(row, column, cell)
            elif cell in known:
                _take(row, column, known[cell])
            else:
                _check_cell(row, column, cell)
                if len(known) < _REMEMBERED and not row.errors:
                    known[cell] = row.values.get(column.attribute)
        if not row.errors:
            try:
                resource.build(row)
            except RuleError as error:
                row.refuse("", str(error), error.rule)
            row.shown["digest"] = _digest(row.values)
        yield row


def _is_record(cells: list[Any], header: list[str], required: list[int]) -> bool:
    filled = [c for c in cells if c is not None and c != ""]
    if not filled:
        return False
    first = as_text(filled[0]).replace(" ", "")
    if first.rstrip(":：") in _TOTALS:
        return False
    if len(filled) > 2 and len(cells) == len(header) and _repeats(cells, header):
        return False
    # A note below the table: a lone text where no required column stands.
    has_key = any(i < len(cells) and not is_none(cells[i]) for i in required)
    return has_key or len(filled) > 2


def _repeats(cells: list[Any], header: list[str]) -> bool:
    """Whether a row is the header again; most rows differ in their first cell."""
    return all(
        (squeeze(as_text(cell)) if cell is not None else "") == title
        for cell, title in zip(cells, header, strict=True)
    )


def _take(row: RowCheck, column: Column, value: Any) -> None:
    if value is not None:
        row.values[column.attribute] = value


def _check_cell(row: RowCheck, column: Any, cell: Any) -> None:
    if cell is None or (not column.takes_none and is_none(cell)):
        if column.is_required:
            row.refuse(column.label, f"请填写{column.label}。", "REQUIRED")
        return
    if isinstance(cell, str) and cell.startswith("#") and cell.rstrip("!?/A").isupper():
        row.refuse(column.label, f"{column.label}是 Excel 公式错误（{cell}），请改正后再导入。")
        return
    try:
        row.values[column.attribute] = column.clean_cell(cell, row)
    except RuleError as error:
        row.refuse(column.label, str(error), error.rule)


def _staged(batch: ImportBatch, row: RowCheck) -> tuple[Any, ...]:
    outcome = "refused" if row.errors else "new"
    return (
        batch.pk,
        row.number,
        outcome,
        None if row.errors else row.key,
        None,
        "{}" if row.errors else _json({"insert": _said(row.insert), "update": row.update}),
        _json(row.shown if "name" in row.shown else _shown(row)),
        _json(row.errors + row.flags) if row.errors or row.flags else "[]",
        "[]",
        "{}",
        "",
        "f",
    )


def _said(insert: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Without what is empty: the columns' defaults say it again when the row is written."""
    return {
        label: {column: value for column, value in values.items() if value not in _UNSAID}
        for label, values in insert.items()
    }


def _digest(values: dict[str, Any]) -> str:
    """Keyed digest of a row's values: equal rows, equal digests, nothing to guess from."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.blake2b(text, key=settings.SECRET_KEY.encode()[:64], digest_size=12).hexdigest()


def _shown(row: RowCheck) -> dict[str, str]:
    """What may be shown of a refused row: its name, nothing that identifies further."""
    return {"name": str(row.values.get("name", ""))}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _commit(
    batch: ImportBatch,
    places: list[dict[str, Any]],
    lease: Lease,
    staged: list[tuple[Any, ...]],
    *,
    done: int,
    total: int,
) -> None:
    with transaction.atomic():
        lease.guard()
        if staged:
            copy_rows("core_importrow", _STAGED, staged)
        if len(places) != len(batch.places):
            ImportBatch.objects.filter(pk=batch.pk).update(places=places)
            batch.places = places
        lease.progress(done=done, total=total, phase="正在核对")
