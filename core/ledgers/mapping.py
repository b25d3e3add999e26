"""Which header text means which column: what the office once chose, then synonyms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from core.ledgers.ledger import AGAIN, Ledger, LedgerColumn
from core.ledgers.models import ColumnMemory
from core.ledgers.spreadsheets.child import squeeze

# Whose name, phone and number stand under such a heading is not whom the row is about.
_SOMEBODY_ELSE = re.compile("紧急|家属|家庭成员|配偶|担保|监护")
# Of ColumnMemory.header, with room for the number of a repeated one.
_LONGEST = 110


def match(
    ledger: Ledger,
    header: list[str],
    *,
    region: str,
    groups: Sequence[str] = (),
    hidden: Collection[int] = (),
) -> dict[str, int]:
    """{attribute: index in the header}; each column and each header text at most once, but for
    the parts of which a record has several (level, level#2).

    `groups` are the texts that stand above each header, over several of them (级别 under
    职业资格证书); `hidden` columns come after those that are seen.
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
        if ledger.column(attribute := remembered.get(key, "")):
            found.setdefault(attribute, index)
    texts = [squeeze(text) for text in header]
    pairs = list(zip_longest(groups, texts, fillvalue=""))
    open_ones = [
        index
        for index, (group, text) in enumerate(pairs)
        if text and keys[index] not in remembered and not _SOMEBODY_ELSE.search(group)
    ]
    open_ones.sort(key=lambda index: index in hidden)
    # Our own names first; then what offices call them, where it stands once (of two 取得时间
    # the first may be that of the degree); then with the group it stands in.
    grouped = [squeeze(group) + text if group else "" for group, text in pairs]
    meanings: tuple[Callable[[int, LedgerColumn], bool], ...] = (
        lambda i, column: texts[i] == squeeze(column.label),
        lambda i, column: texts.count(texts[i]) == 1 and texts[i] in column.names,
        lambda i, column: any(
            grouped[i].endswith(name) for name in column.names if len(name) > len(texts[i])
        ),
    )
    for means in meanings:
        for index in open_ones:
            left = (a for a in columns if a not in found and index not in found.values())
            if attribute := next((a for a in left if means(index, columns[a])), ""):
                found[attribute] = index
    return found | _further(columns.values(), texts, found, open_ones)


def _further(
    columns: Iterable[LedgerColumn], texts: list[str], found: dict[str, int], open_ones: list[int]
) -> dict[str, int]:
    """Columns of a part that stand in the header once more (学历 of 全日制 and of 在职)."""
    further: dict[str, int] = {}
    parts: dict[str, list[LedgerColumn]] = {}
    for column in columns:
        if column.part:
            parts.setdefault(column.part, []).append(column)
    for members in parts.values():
        again: dict[str, list[int]] = {}
        for index in open_ones:
            free = index not in {*found.values(), *further.values()}
            named = [c.attribute for c in members if texts[index] in c.names]
            if free and named and texts.count(texts[index]) > 1:
                again.setdefault(named[0], []).append(index)
        # What the part is comes first among its columns; without it the others say nothing.
        main = again.get(members[0].attribute, []) if members[0].attribute in found else []
        for number, _ in enumerate(main, start=2):
            further |= {
                f"{attribute}{AGAIN}{number}": places[number - 2]
                for attribute, places in again.items()
                if attribute in found and len(places) >= number - 1
            }
    return further


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


def missing(
    ledger: Ledger,
    mapping: Mapping[str, Any],
    whole: Mapping[str, str],
    *,
    is_comparison: bool = False,
) -> list[LedgerColumn]:
    """Required columns that nothing was matched to, nor is said for the `whole` sheet; of a list
    that is only compared those that it cannot do without."""
    known = {*mapping, *whole}
    return [
        c
        for c in ledger.columns
        if c.is_required
        and not c.follows
        and not (is_comparison and c.without)
        and c.attribute not in known
        and not (c.instead and c.instead <= known)
    ]


def told(ledger: Ledger, mapping: Mapping[str, Any], texts: Iterable[str]) -> dict[str, str]:
    """{attribute: what the texts around a sheet say of a column that it lacks}."""
    found: dict[str, str] = {}
    for column in ledger.columns:
        if column.told_by and column.attribute not in mapping:
            said = next(filter(None, map(column.told_by, texts)), "")
            if said:
                found[column.attribute] = said
    return found


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
