"""Which known record each row of a plain ledger is about: that of its number, else that of its
natural key, whether or not the row or the record says a number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from core.ledgers.asking import hold
from core.ledgers.ledger import ImportContext
from core.ledgers.models import ImportRow

if TYPE_CHECKING:
    from core.ledgers.plain import PlainLedger

Key = tuple[str, ...]


class Known:
    """Records by their number and by their natural key."""

    def __init__(self, ledger: PlainLedger, records: Iterable[Any]) -> None:
        self.ledger = ledger
        self.by_key: dict[Key, list[Any]] = defaultdict(list)
        # Those that have a number, by what they are called all the same.
        self.numbered: dict[Key, list[Any]] = defaultdict(list)
        for record in records:
            said = vars(record)
            self.by_key[ledger.key_of(said)].append(record)
            if ledger.has_number(said):
                self.numbered[ledger.plain_key(said)].append(record)

    def of(self, said: Mapping[str, Any]) -> list[Any]:
        """The records that a row may be about; a row with a number is about none that has another,
        but where there is one record of a natural key (`is_one`)."""
        plain = self.ledger.plain_key(said)
        if not self.ledger.has_number(said):
            return self.by_key.get(plain) or self.numbered.get(plain, [])
        same = self.by_key.get(self.ledger.key_of(said), [])
        if len(same) > 1:
            same = [r for r in same if self.ledger.plain_key(vars(r)) == plain] or same
        further = self.numbered.get(plain, []) if self.ledger.is_one else []
        return same or self.by_key.get(plain, []) or further


def record_of(row: ImportRow, known: Known) -> Any:
    """The one record that a row is about; of several it is asked, and the row held."""
    ledger = known.ledger
    found = known.of(ledger.said(row))
    if len(found) < 2:
        return found[0] if found else None
    label = ledger.label_of(ledger.number)
    hold(
        row,
        f"在册有 {len(found)} 条名称等都相同的记录，凭这一行认不出是哪一条；"
        f"请在台账里补填{label}，再导入。",
        column=label,
    )
    return None


def hold_twins(ledger: PlainLedger, rows: list[ImportRow], context: ImportContext) -> None:
    """Hold rows about a record that another row of the file is about already: two that met one,
    or one that says a number and one of the same natural key that says none."""
    first: dict[Any, int] = context.memory.setdefault("met", {})
    for row in sorted(rows, key=lambda row: (not ledger.has_number(ledger.said(row)), row.number)):
        said = ledger.said(row)
        plain, is_numbered = ledger.plain_key(said), ledger.has_number(said)
        others: set[Any] = {(plain, not is_numbered), row.target} - {None}
        earlier = {first[key] for key in others if key in first} - {row.number}
        if earlier and row.outcome != ImportRow.Outcome.HELD:
            label = ledger.label_of(ledger.number)
            message = (
                f"与第 {min(earlier)} 行是同一{ledger.label}，请把两行合并（补填{label}）后再导入。"
            )
            hold(row, message, column=label)
            continue
        for key in ((plain, is_numbered), row.target):
            first.setdefault(key, row.number)
