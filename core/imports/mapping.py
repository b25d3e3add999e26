"""Which header text means which column: synonyms first, then what the office once chose."""

from __future__ import annotations

from typing import Any

from core.models import ColumnMemory
from core.resources import Column, ScopedResource
from core.spreadsheets.child import squeeze


def match(resource: ScopedResource, header: list[str], *, region: str) -> dict[str, int]:
    """{attribute: index in the header}; each column and each header text at most once."""
    remembered = dict(
        ColumnMemory.objects.filter(region_id=region, kind=resource.kind).values_list(
            "header", "attribute"
        )
    )
    columns = {column.attribute: column for column in resource.columns()}
    found: dict[str, int] = {}
    for index, text in enumerate(header):
        attribute = remembered.get(squeeze(text))
        if attribute is not None and attribute in columns:
            found.setdefault(attribute, index)
    for index, text in enumerate(header):
        squeezed = squeeze(text)
        if not squeezed or squeezed in remembered or index in found.values():
            continue
        for attribute, column in columns.items():
            if attribute not in found and squeezed in column.names:
                found[attribute] = index
                break
    return found


def missing(resource: ScopedResource, mapping: dict[str, Any]) -> list[Column]:
    """Required columns that nothing was matched to."""
    return [c for c in resource.columns() if c.is_required and c.attribute not in mapping]


def remember(
    resource: ScopedResource, header: list[str], chosen: dict[str, int], *, region: str
) -> None:
    """Keep a matching made by hand; a header left out on purpose is kept as left out."""
    by_index = {index: attribute for attribute, index in chosen.items()}
    for index, text in enumerate(header):
        squeezed = squeeze(text)[:120]
        if squeezed:
            ColumnMemory.objects.update_or_create(
                region_id=region,
                kind=resource.kind,
                header=squeezed,
                defaults={"attribute": by_index.get(index, "")},
            )
