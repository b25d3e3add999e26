"""Which header text means which column: what the office once chose, then synonyms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

from core.ledgers.ledger import Ledger, LedgerColumn
from core.ledgers.models import ColumnMemory
from core.ledgers.spreadsheets.child import squeeze

# Of ColumnMemory.header, with room for the number of a repeated one.
_LONGEST = 110


def match(
    ledger: Ledger, header: list[str], *, region: str, groups: Sequence[str] = ()
) -> dict[str, int]:
    """{attribute: index in the header}; each column and each header text at most once.

    `groups` are the texts that stand above each header, over several of them (级别 under
    职业资格证书).
    """
    remembered = dict(
        ColumnMemory.objects.filter(region_id=region, kind=ledger.kind).values_list(
            "header", "attribute"
        )
    )
    columns = {column.attribute: column for column in ledger.columns}
    found: dict[str, int] = {}
    keys = _keys(header)
    for index, key in enumerate(keys):
        if (attribute := remembered.get(key, "")) in columns:
            found.setdefault(attribute, index)
    texts = [squeeze(text) for text in header]
    open_ones = [i for i, text in enumerate(texts) if text and keys[i] not in remembered]
    # Our own names first; then what offices call them, where it stands once (of two 取得时间
    # the first may be that of the degree); then with the group it stands in.
    pairs = zip_longest(groups, texts, fillvalue="")
    grouped = [squeeze(group) + text if group else "" for group, text in pairs]
    meanings: tuple[Callable[[int, LedgerColumn], bool], ...] = (
        lambda i, column: texts[i] == squeeze(column.label),
        lambda i, column: texts.count(texts[i]) == 1 and texts[i] in column.names,
        lambda i, column: grouped[i] in column.names,
    )
    for means in meanings:
        for index in open_ones:
            left = (a for a in columns if a not in found and index not in found.values())
            if attribute := next((a for a in left if means(index, columns[a])), ""):
                found[attribute] = index
    return found


def _keys(header: list[str]) -> list[str]:
    """What each header is remembered by: its text, and which one of several like it it is."""
    keys: list[str] = []
    seen: Counter[str] = Counter()
    for text in header:
        squeezed = squeeze(text)[:_LONGEST]
        seen[squeezed] += 1
        # A space is never in a squeezed text.
        again = f" {seen[squeezed]}" if squeezed and seen[squeezed] > 1 else ""
        keys.append(squeezed + again)
    return keys


def missing(ledger: Ledger, mapping: dict[str, Any]) -> list[LedgerColumn]:
    """Required columns that nothing was matched to."""
    return [c for c in ledger.columns if c.is_required and c.attribute not in mapping]


def remember(ledger: Ledger, header: list[str], chosen: dict[str, int], *, region: str) -> None:
    """Keep a matching made by hand; a header left out on purpose is kept as left out."""
    by_index = {index: attribute for attribute, index in chosen.items()}
    for index, key in enumerate(_keys(header)):
        if key:
            ColumnMemory.objects.update_or_create(
                region_id=region,
                kind=ledger.kind,
                header=key,
                defaults={"attribute": by_index.get(index, "")},
            )
