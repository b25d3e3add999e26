"""From the rows of a file to checked, staged rows.

Staging commits every few thousand rows, in the order of the file, so that a runner that
is killed goes on behind the last row it committed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from core.jobs.running import Lease
from core.ledgers import mapping
from core.ledgers.checking import STAGED, Checked
from core.ledgers.copying import copy_lines
from core.ledgers.guessing import Look, other_sheets
from core.ledgers.headings import (
    are_headings,
    columns_of,
    headings_of,
    require_headings,
    texts_around,
    title,
    with_units,
)
from core.ledgers.keeping import opened, read_kept
from core.ledgers.ledger import AGAIN, Ledger
from core.ledgers.models import ImportBatch, ImportRow
from core.ledgers.processes import Checkers
from core.ledgers.spreadsheets import Sheet
from core.ledgers.words import choice_of

# Blocks of the reader that are checked and committed together: 2,500 rows.
BLOCKS = 5
# Bytes; the rows of a smaller file are checked before further processes have started.
_LARGE = 1_000_000
_LONG_NUMBER = re.compile(r"\d{6,}[\dXx]?")
_CODED = re.compile("代码|编码")
# Of what is known of the reading, what outlasts a new check.
_SAID = ("whole", "is_guessed", "asked_sheet", "asked_header")


class NeedsMapping(Exception):
    """Required columns were not found in the header; a person has to match them."""


def stage(batch: ImportBatch, ledger: Ledger, lease: Lease, look: Look | None = None) -> None:
    """Read, check and stage the file, from where it was looked at to tell its kind. Raises
    NeedsMapping, or JobFailed with a sentence."""
    with ExitStack() as stack:
        path = look.path if look else stack.enter_context(opened(batch))
        checkers = stack.enter_context(Checkers(_processes(path)))
        sheet = look.sheet if look else stack.enter_context(read_kept(batch, path, ledger))
        _prepare(batch, ledger, sheet, lease, others=other_sheets(batch, path, sheet))
        total = max(0, sheet.total - batch.header_row)
        _stage_rows(batch, lease, _checked(batch, sheet, checkers), total=total)
    with connection.cursor() as cursor:
        # The planner has never heard of this batch; it would loop over its rows.
        cursor.execute("ANALYZE core_importrow (batch_id, number, outcome, decisions, key)")


def _prepare(
    batch: ImportBatch, ledger: Ledger, sheet: Sheet, lease: Lease, *, others: list[Any]
) -> None:
    """Match the columns of the header and keep both with the batch."""
    if batch.reading.get("asked_header") and not are_headings(sheet):
        batch.reading = {n: said for n, said in batch.reading.items() if n != "asked_header"}
        batch.reading |= {"not_header": sheet.header + 1}
        ImportBatch.objects.filter(pk=batch.pk).update(reading=batch.reading)
        raise NeedsMapping
    require_headings(sheet)
    header = headings_of(sheet)
    kept = {a: i for a, i in batch.mapping.items() if i < len(header)}
    columns = kept or columns_of(ledger, sheet, region=batch.region_id)
    header = with_units(ledger, sheet, columns)
    reading = _reading(batch, ledger, sheet, columns)
    batch.reading, batch.mapping = reading, columns
    is_matched = not mapping.missing(
        ledger, columns, batch.whole, is_comparison=batch.is_comparison
    )
    with transaction.atomic():
        lease.guard()
        ImportBatch.objects.filter(pk=batch.pk).update(
            samples=[] if is_matched else _samples(sheet),
            sheet=sheet.name,
            other_sheets=others,
            header_row=sheet.header + 1,
            header=header,
            mapping=columns,
            reading=reading,
        )
    batch.header, batch.header_row = header, sheet.header + 1
    if not is_matched:
        raise NeedsMapping


def _reading(
    batch: ImportBatch, ledger: Ledger, sheet: Sheet, columns: dict[str, int]
) -> dict[str, Any]:
    """How the sheet is read beside its columns: `codes` (attributes whose cells are codes),
    `groups` (what stands over the columns that stand there more than once), `unseen` (the format
    of a file that does not show its looks, else ""), `told` (what titles and names say for the
    whole sheet), `whole` (what a person said so), and
    what was said when the file came (`is_guessed`, `asked_sheet`) or of its headings
    (`asked_header`)."""
    texts = texts_around(sheet, batch.file_name)
    kept = {name: batch.reading[name] for name in _SAID if name in batch.reading}
    return kept | {
        "codes": [a for a, index in columns.items() if _holds_codes(ledger, a, index, sheet)],
        "groups": {a: title(sheet.groups[i]) for a, i in columns.items() if _repeats(a, columns)},
        "unseen": "" if sheet.shows_looks else sheet.kind,
        "told": mapping.told(ledger, columns, texts),
    }


def _repeats(attribute: str, columns: dict[str, int]) -> bool:
    return AGAIN in attribute or f"{attribute}{AGAIN}2" in columns


def _holds_codes(ledger: Ledger, attribute: str, index: int, sheet: Sheet) -> bool:
    """Whether 1 and 2 are codes in a column: its header says so, or all its first cells are."""
    choice, column = choice_of(ledger, attribute), ledger.column(attribute)
    if choice is None or column is None:
        return False
    header, *rows = sheet.top
    if _CODED.search(title(header[index])):
        return True
    cells = [row[index] for row in rows if index < len(row) and row[index] is not None]
    return column.takes_codes and bool(cells) and all(choice.is_code(cell) for cell in cells)


def _samples(sheet: Sheet) -> list[list[str]]:
    """The first rows for the matching page, long numbers hidden."""
    return [[_LONG_NUMBER.sub("******", title(c))[:30] for c in row] for row in sheet.top[1:]]


def _processes(path: Path) -> int:
    """How many processes beside this one check a file; none when it is small, and none
    inside a transaction, of which they would see nothing."""
    if path.stat().st_size < _LARGE or connection.in_atomic_block:
        return 0
    return settings.IMPORT_PROCESSES if settings.IMPORT_PROCESSES > 1 else 0


def _checked(batch: ImportBatch, sheet: Sheet, checkers: Checkers) -> Iterator[Checked]:
    """The chunks behind those that were staged already."""
    after = ImportRow.objects.filter(batch=batch).aggregate(n=Max("number"))["n"] or 0
    chunks = iter(lambda: list(itertools.islice(sheet.blocks, BLOCKS)), [])
    return checkers.check(batch, chunks, after=after)


def _stage_rows(batch: ImportBatch, lease: Lease, chunks: Iterator[Checked], *, total: int) -> None:
    """Write a chunk while the next one is being checked: they need different processors."""
    with _Writer() as writer:
        for checked in chunks:
            done = max(0, checked.last - batch.header_row)
            writer.write(_commit, batch, lease, checked, done=done, total=total)
        writer.write(_commit, batch, lease, Checked(b"", 0, []), done=total, total=total)


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


def _commit(batch: ImportBatch, lease: Lease, checked: Checked, *, done: int, total: int) -> None:
    with transaction.atomic():
        lease.guard()
        if checked.blank:
            blank = batch.reading.get("blank", 0) + checked.blank
            batch.reading = batch.reading | {"blank": blank}
            ImportBatch.objects.filter(pk=batch.pk).update(reading=batch.reading)
        if checked.lines:
            copy_lines("core_importrow", STAGED, checked.lines)
        known = {place["key"] for place in batch.places}
        if planned := [place for place in checked.planned if place["key"] not in known]:
            batch.places = batch.places + planned
            ImportBatch.objects.filter(pk=batch.pk).update(places=batch.places)
        lease.progress(done=done, total=total, phase="正在核对")
