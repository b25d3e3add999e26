"""What a comparison says of each row of a list, in the words of its workbook."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from core.ledgers import beside
from core.ledgers.columns import UNIT
from core.ledgers.ledger import AGAIN, ledger_for
from core.ledgers.models import ImportBatch, ImportRow

_CHUNK = 2_000


class Mark(NamedTuple):
    """The text of a row, and the columns that differ or cannot be read, from 0."""

    text: str
    columns: frozenset[int]
    is_same: bool


def marks_of(batch: ImportBatch) -> dict[int, Mark]:
    """The rows of a list by their number."""
    columns = columns_by_label(batch)
    rows = ImportRow.objects.filter(batch=batch).only("number", "outcome", "diff", "messages")
    return {row.number: mark_of(row, columns) for row in rows.iterator(chunk_size=_CHUNK)}


def columns_by_label(batch: ImportBatch) -> dict[str, list[int]]:
    """Where in the sheet stands what a difference or a remark is about, by its label."""
    ledger, found = ledger_for(batch.kind), defaultdict(list)
    for name, index in batch.mapping.items():
        column = ledger.column(name)
        if column is not None and AGAIN not in name:
            for label in {column.label, UNIT.sub("", column.label)}:
                found[label].append(index)
    for label, names in ledger.shown_as.items():
        found[label] += [batch.mapping[n] for n in names.split() if n in batch.mapping]
    return dict(found)


def mark_of(row: ImportRow, columns: dict[str, list[int]]) -> Mark:
    section = beside.section_of(row)
    said = [m for m in row.messages if m.get("level") != "I"]
    labels = [label for label, *_ in row.diff]
    if section == beside.OPEN:
        labels = [m.get("column", "") for m in said]
    differing = frozenset(index for label in labels for index in columns.get(label, []))
    return Mark(_text(section, row, said), differing, section == beside.SAME)


def _text(section: str, row: ImportRow, said: list[dict[str, str]]) -> str:
    if section == beside.SAME:
        return "一致"
    if section == beside.ONLY_THERE:
        return "在册没有"
    if section == beside.DIFFERING:
        return "不同：" + "；".join(
            f"{label}在册为「{before}」" if before else f"{label}在册为空"
            for label, before, _ in row.diff
        )
    words = "".join(m["message"] for m in (said if section == beside.OPEN else row.messages))
    if section == beside.TWICE:
        return f"名单内重复：{words}"
    return f"{'读不了' if row.outcome == ImportRow.Outcome.REFUSED else '待核实'}：{words}"
