"""Staged rows beside each other and beside the registry, in sets."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from core.models import ImportBatch, ImportRow
from core.resources import ImportContext, ScopedResource

CHUNK = 5_000
Outcome = ImportRow.Outcome


def compare(
    batch: ImportBatch,
    resource: ScopedResource,
    context: ImportContext,
    on_chunk: Any = None,
    guard: Callable[[], None] | None = None,
) -> dict[str, int]:
    """Give every row that was not refused its outcome; returns the counts of all.

    rows = new + changed + unchanged + duplicate + held + refused. Repeatable: whatever an
    earlier comparison said is said anew. Only rows that meet something (a record, another
    row, a decision) are touched; the others are new as staged. `on_chunk(done)` is called
    after every chunk; `guard` raises in a chunk's transaction when the job is no longer ours.
    """
    repeats = _repeats(batch)
    numbers = set(repeats) | resource.candidates(batch) | _settled_before(batch)
    pending = ImportRow.objects.filter(batch=batch).exclude(outcome=Outcome.REFUSED)
    ordered = sorted(numbers)
    for start in range(0, len(ordered), CHUNK):
        rows = list(pending.filter(number__in=ordered[start : start + CHUNK]).order_by("number"))
        for row in rows:
            row.outcome, row.diff, row.target = Outcome.NEW, [], None
            row.messages = [m for m in row.messages if not m.get("compared")]
            staged = row.writes.pop("staged", None)
            row.writes = staged if staged is not None else row.writes
            row.writes = {**copy.deepcopy(row.writes), "staged": row.writes}
        settled = {r.number for r in rows if _mark_skipped(r) or _mark_repeat(r, repeats)}
        resource.compare([r for r in rows if r.number not in settled], context)
        with transaction.atomic():
            if rows:
                _save(rows)
            if guard:
                guard()
        if on_chunk:
            on_chunk(start + len(rows))
    return count(batch)


def _settled_before(batch: ImportBatch) -> set[int]:
    """Rows that an earlier comparison moved away from new, or that somebody decided."""
    rows = ImportRow.objects.filter(batch=batch).exclude(outcome=Outcome.REFUSED)
    rows = rows.exclude(outcome=Outcome.NEW, decision="")
    return set(rows.values_list("number", flat=True))


def _mark_skipped(row: ImportRow) -> bool:
    """A row that somebody chose to skip stays held, whatever else would become of it."""
    if row.decision != "skip":
        return False
    row.outcome = Outcome.HELD
    say(row, "已选择跳过，不录入。", level="I")
    return True


def say(
    row: ImportRow, message: str, *, rule: str = "", level: str = "E", column: str = ""
) -> None:
    """Add a remark of the comparison to a row (replaced by the next comparison)."""
    row.messages.append(
        {"column": column, "message": message, "rule": rule, "level": level, "compared": True}
    )


def hold(
    row: ImportRow,
    message: str,
    *,
    choices: dict[str, str],
    rule: str = "",
    column: str = "",
    one_by_one: bool = False,
) -> None:
    """Leave a row to a person: `choices` are the decisions that make sense, with their words.

    A row may always be skipped; {"skip": …} only words it otherwise. `one_by_one` rows are
    not to be decided alike with others.
    """
    row.outcome = Outcome.HELD
    say(row, message, rule=rule, column=column)
    row.messages[-1] |= {"choices": choices, "one_by_one": one_by_one}


def count(batch: ImportBatch) -> dict[str, int]:
    """Rows by outcome, `rows` the sum of all, `flagged` those applied with a remark (W)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, count(*) FROM core_importrow WHERE batch_id = %s GROUP BY outcome",
            [batch.pk],
        )
        found = Counter(dict(cursor.fetchall()))
        cursor.execute(
            "SELECT count(*) FROM core_importrow WHERE batch_id = %s"
            " AND outcome IN ('new', 'changed', 'unchanged')"
            """ AND messages @> '[{"level": "W"}]'""",
            [batch.pk],
        )
        flagged = cursor.fetchone()[0]
    counts = {outcome.value: found[outcome.value] for outcome in Outcome}
    return {"rows": sum(counts.values()), **counts, "flagged": flagged}


def _repeats(batch: ImportBatch) -> dict[int, tuple[str, int]]:
    """Rows that share a key with another: number -> ("same"|"other"|"name", first row).

    Rows that were chosen to be skipped settle nothing for the others.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH twice AS MATERIALIZED (SELECT key FROM core_importrow"
            "  WHERE batch_id = %s AND outcome <> 'refused' AND key IS NOT NULL"
            "  AND decision <> 'skip' GROUP BY key HAVING count(*) > 1)"
            " SELECT number, key, shown, decision FROM core_importrow"
            " WHERE batch_id = %s AND outcome <> 'refused' AND key IN (SELECT key FROM twice)"
            " ORDER BY number",
            [batch.pk, batch.pk],
        )
        found = cursor.fetchall()
    first: dict[bytes, tuple[int, dict[str, Any]]] = {}
    result: dict[int, tuple[str, int]] = {}
    for number, key, shown, decision in found:
        mine = _loaded(shown)
        head, theirs = first.get(bytes(key), (number, mine))
        if decision != "skip":
            first.setdefault(bytes(key), (number, mine))
        if mine.get("name") != theirs.get("name"):
            result[number] = result[head] = ("name", head)
        elif number != head:
            same = mine.get("digest") == theirs.get("digest")
            result.setdefault(number, ("same" if same else "other", head))
    return result


def _loaded(value: Any) -> dict[str, Any]:
    return dict(json.loads(value)) if isinstance(value, str) else dict(value)


def _mark_repeat(row: ImportRow, repeats: dict[int, tuple[str, int]]) -> bool:
    """Whether the row is settled by the rows before it in the same file."""
    found = repeats.get(row.number)
    if found is None:
        return False
    why, first = found
    if why == "same":
        row.outcome = Outcome.DUPLICATE
        say(row, f"与第 {first} 行相同，只录入一次。", level="I")
    elif why == "name":
        message = "同一证件号码在本表中有不同姓名，请选择录入哪一行。"
        words = {"ledger": "录入这一行，同号的跳过"}
        hold(row, message, rule="R4", choices=words, one_by_one=True)
    else:
        message = f"与第 {first} 行重复但内容不同，只录入第 {first} 行；要换成这一行请选择。"
        hold(row, message, choices={"ledger": "改为录入这一行"}, one_by_one=True)
    return True


def _save(rows: list[ImportRow]) -> None:
    """Write the outcomes back by one statement a chunk."""
    fields = "(number int, outcome text, target uuid, writes jsonb, messages jsonb, diff jsonb)"
    payload = json.dumps(
        [
            {
                "number": r.number,
                "outcome": str(r.outcome),
                "target": str(r.target) if r.target else None,
                "writes": r.writes,
                "messages": r.messages,
                "diff": r.diff,
            }
            for r in rows
        ],
        ensure_ascii=False,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_importrow r SET outcome = x.outcome, target = x.target,"
            " writes = x.writes, messages = x.messages, diff = x.diff"
            f" FROM jsonb_to_recordset(%s::jsonb) AS x {fields}"
            " WHERE r.batch_id = %s AND r.number = x.number",
            [payload, rows[0].batch_id],
        )
