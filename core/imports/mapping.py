"""Which header text means which column: what the office once chose, then synonyms."""

from __future__ import annotations

from collections import Counter
from typing import Any

from core.models import ColumnMemory
from core.resources import Column, ScopedResource
from core.spreadsheets.child import squeeze

# Of ColumnMemory.header, with room for the number of a repeated one.
_LONGEST = 110


def match(resource: ScopedResource, header: list[str], *, region: str) -> dict[str, int]:
    """{attribute: index in the header}; each column and each header text at most once."""
    remembered = dict(
        ColumnMemory.objects.filter(region_id=region, kind=resource.kind).values_list(
            "header", "attribute"
        )
    )
    columns = {column.attribute: column for column in resource.columns()}
    found: dict[str, int] = {}
    keys = _keys(header)
    for index, key in enumerate(keys):
        if (attribute := remembered.get(key, "")) in columns:
            found.setdefault(attribute, index)
    texts = [squeeze(text) for text in header]
    open_ones = [i for i, text in enumerate(texts) if text and keys[i] not in remembered]
    # Our own names first; then what offices call them, where it stands once: of two
    # 取得时间 the first may be that of the degree.
    for index in open_ones:
        for attribute, column in columns.items():
            if attribute not in found and texts[index] == squeeze(column.label):
                found[attribute] = index
                break
    for index in open_ones:
        if index in found.values() or texts.count(texts[index]) > 1:
            continue
        for attribute, column in columns.items():
            if attribute not in found and texts[index] in column.names:
                found[attribute] = index
                break
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


def missing(resource: ScopedResource, mapping: dict[str, Any]) -> list[Column]:
    """Required columns that nothing was matched to."""
    return [c for c in resource.columns() if c.is_required and c.attribute not in mapping]


def remember(
    resource: ScopedResource, header: list[str], chosen: dict[str, int], *, region: str
) -> None:
    """Keep a matching made by hand; a header left out on purpose is kept as left out."""
    by_index = {index: attribute for attribute, index in chosen.items()}
    for index, key in enumerate(_keys(header)):
        if key:
            ColumnMemory.objects.update_or_create(
                region_id=region,
                kind=resource.kind,
                header=key,
                defaults={"attribute": by_index.get(index, "")},
            )
