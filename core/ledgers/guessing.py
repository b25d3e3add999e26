"""Which kind of ledger a file is: its headings are matched as those of each kind are, and the kind
that knows most of them is the likeliest. Where two know as many, a person says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.ledgers import mapping
from core.ledgers.headings import (
    are_known,
    columns_of,
    headings_of,
    require_headings,
    texts_around,
)
from core.ledgers.keeping import opened
from core.ledgers.ledger import Ledger, kinds
from core.ledgers.models import ColumnMemory, ImportBatch
from core.ledgers.spreadsheets import Refused, Sheet, read_sheet

# Each look at a sheet opens the file anew.
_LARGE = 3_000_000
_MOST_SHEETS = 12


@dataclass(frozen=True)
class Guess:
    """What the headings of a file say: the `likeliest` kinds (one, several that are alike, none),
    the kinds that are `complete` (their required columns are all there), the headings read."""

    likeliest: tuple[str, ...]
    complete: frozenset[str]
    header: tuple[str, ...] = ()
    # The sheet that was looked at, of which ones, and how many rows it has below its headings.
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    rows: int = 0

    @property
    def kind(self) -> str:
        """The one kind that it looks like, "" where that is not clear."""
        return self.likeliest[0] if len(self.likeliest) == 1 else ""


def kinds_of(user: Any) -> list[tuple[str, str]]:
    """(code, name) of the ledgers that a user may take in, people first."""
    found = [(k, ledger.label) for k, ledger in kinds().items() if user.has_perm(ledger.permission)]
    return sorted(found, key=lambda kind: kind[0] != "people")


@dataclass(frozen=True)
class Look:
    """A file that is being read: what its headings say, where it lies, the sheet that was looked
    at, whose rows have not been read yet."""

    guess: Guess
    path: Path
    sheet: Sheet

    @property
    def goes_on(self) -> bool:
        """Whether the ledger may be read on as it was looked at. Of a large file with several
        sheets those that hold a ledger of its kind have to be told from the others first."""
        is_alone = len(self.sheet.sheets) == 1
        return bool(self.guess.kind) and (is_alone or self.path.stat().st_size <= _LARGE)


@contextmanager
def looked_at(path: Path, *, user: Any, region: str, name: str, sheet: str = "") -> Iterator[Look]:
    """What kind the file is of those that a user may take in; `sheet` is the one to look at, ""
    the one with most known headings. Raises Refused where it is no table with headings."""
    with read_sheet(path, labels=_labels(user), wanted=sheet) as found:
        require_headings(found)
        yield Look(_compare(found, _ledgers(user), region=region, name=name), path, found)


def _ledgers(user: Any) -> list[Ledger]:
    return [kinds()[code] for code, _ in kinds_of(user)]


def _labels(user: Any) -> set[str]:
    return {label for ledger in _ledgers(user) for label in ledger.column_names()}


def known_headings(user: Any) -> set[str]:
    """Every heading, squeezed, by which some kind of ledger or the office of a user knows a
    column."""
    own = ColumnMemory.objects.filter(region=user.region_id).exclude(attribute="")
    return _labels(user) | set(own.values_list("header", flat=True))


def _compare(sheet: Sheet, ledgers: Sequence[Ledger], *, region: str, name: str) -> Guess:
    texts = texts_around(sheet, name)
    known: dict[str, int] = {}
    complete = set()
    for ledger in ledgers:
        columns = columns_of(ledger, sheet, region=region)
        if not are_known(sheet, columns, ledger):
            continue
        known[ledger.kind] = len(columns)
        if not mapping.missing(ledger, columns, mapping.told(ledger, columns, texts)):
            # Of two that know as many headings that one which lacks nothing.
            complete.add(ledger.kind)
            known[ledger.kind] += 1
    most = max(known.values(), default=0)
    likeliest = tuple(kind for kind, count in known.items() if count == most)
    header = tuple(text for text in headings_of(sheet) if text)
    rows = max(0, sheet.total - sheet.header - 1)
    return Guess(likeliest, frozenset(complete), header, sheet.name, sheet.sheets, rows)


@contextmanager
def look_of(batch: ImportBatch) -> Iterator[Look]:
    """The file of a batch as those see it who set it going: its kind is of those that they may
    take in. Raises JobFailed with a sentence."""
    asked = batch.reading.get("asked_sheet", "")
    with opened(batch) as path, ExitStack() as others, _look(batch, path, asked) as found:
        first = found.guess.sheets[0]
        if not asked and found.guess.sheet != first:
            # A list may know fewer headings than the one behind it, and comes first all the same.
            with suppress(Refused):
                earlier = others.enter_context(_look(batch, path, first))
                found = earlier if earlier.guess.kind in earlier.guess.complete else found
        yield found


def _look(batch: ImportBatch, path: Path, sheet: str) -> AbstractContextManager[Look]:
    user = batch.job.by or batch.by
    return looked_at(path, user=user, region=batch.region_id, name=batch.file_name, sheet=sheet)


def other_sheets(batch: ImportBatch, path: Path, read: Sheet) -> list[list[Any]]:
    """The sheets of a file that hold a ledger beside the one that is read, each as [name, rows,
    kind]; those of a large file only where they look like it."""
    alike = dict(read.others)
    if path.stat().st_size > _LARGE:
        return [[name, rows, batch.kind] for name, rows in alike.items()]
    found = []
    for name in read.sheets[:_MOST_SHEETS]:
        if name == read.name:
            continue
        with suppress(Refused):
            with _look(batch, path, name) as look:
                guessed = look.guess
            kind = guessed.kind if guessed.kind in guessed.complete else ""
            if kind or name in alike:
                found.append([name, alike.get(name, guessed.rows), kind or batch.kind])
    return found


def take_kind(batch: ImportBatch, kind: str) -> None:
    """Say what a batch is whose kind nobody has said yet. The caller holds the transaction."""
    same = ImportBatch.objects.filter(
        region=batch.region_id, kind=kind, sha256=batch.sha256, undone_at=None, is_repeat=False
    )
    batch.kind, batch.is_repeat = kind, batch.is_repeat or same.exclude(pk=batch.pk).exists()
    batch.save(update_fields=["kind", "is_repeat", "reading", "sheet"])


def understand(batch: ImportBatch, guessed: Guess) -> bool:
    """Give a batch the kind that it looks like; False leaves it to a person, who is told what it
    resembles. The caller holds the transaction."""
    if guessed.kind:
        batch.reading = batch.reading | {"is_guessed": True}
        batch.sheet = guessed.sheet
        take_kind(batch, guessed.kind)
        return True
    batch.reading = batch.reading | {"alike": list(guessed.likeliest)}
    batch.save(update_fields=["reading"])
    return False


def note_better(batch: ImportBatch, guessed: Guess) -> None:
    """Keep which other kind the headings clearly say, of a batch whose own lacks columns."""
    better = guessed.kind if guessed.kind in guessed.complete - {batch.kind} else ""
    if better:
        reading = batch.reading | {"better": better}
        ImportBatch.objects.filter(pk=batch.pk).update(reading=reading)
