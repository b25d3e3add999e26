"""Which kind of ledger a file is: its headings are matched as those of each kind are, and the kind
that knows most of them is the likeliest. Where two know as many, a person says it."""

from __future__ import annotations

from collections.abc import Sequence
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
from core.ledgers.spreadsheets import Sheet, read_sheet


@dataclass(frozen=True)
class Guess:
    """What the headings of a file say: the `likeliest` kinds (one, several that are alike, none),
    the kinds that are `complete` (their required columns are all there), the headings read."""

    likeliest: tuple[str, ...]
    complete: frozenset[str]
    header: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The one kind that it looks like, "" where that is not clear."""
        return self.likeliest[0] if len(self.likeliest) == 1 else ""


def kinds_of(user: Any) -> list[tuple[str, str]]:
    """(code, name) of the ledgers that a user may take in, people first."""
    found = [(k, ledger.label) for k, ledger in kinds().items() if user.has_perm(ledger.permission)]
    return sorted(found, key=lambda kind: kind[0] != "people")


def guess(path: Path, *, user: Any, region: str, name: str, sheet: str = "") -> Guess:
    """What kind the file is of those that a user may take in; `sheet` is the one to look at, ""
    the one with most known headings. Raises Refused where it is no table with headings."""
    with read_sheet(path, labels=_labels(user), wanted=sheet) as found:
        require_headings(found)
        return _compare(found, _ledgers(user), region=region, name=name)


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
    return Guess(likeliest, frozenset(complete), header)


def guess_of(batch: ImportBatch) -> Guess:
    """What kind the file of a batch is, of those that who set it going may take in. Raises
    JobFailed with a sentence."""
    with opened(batch) as path:
        return guess(
            path,
            user=batch.job.by or batch.by,
            region=batch.region_id,
            name=batch.file_name,
            sheet=batch.reading.get("asked_sheet", ""),
        )


def take_kind(batch: ImportBatch, kind: str) -> None:
    """Say what a batch is whose kind nobody has said yet. The caller holds the transaction."""
    same = ImportBatch.objects.filter(
        region=batch.region_id, kind=kind, sha256=batch.sha256, undone_at=None, is_repeat=False
    )
    batch.kind, batch.is_repeat = kind, batch.is_repeat or same.exclude(pk=batch.pk).exists()
    batch.save(update_fields=["kind", "is_repeat", "reading"])


def understand(batch: ImportBatch, guessed: Guess) -> bool:
    """Give a batch the kind that it looks like; False leaves it to a person, who is told what it
    resembles. The caller holds the transaction."""
    if guessed.kind:
        batch.reading = batch.reading | {"is_guessed": True}
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
