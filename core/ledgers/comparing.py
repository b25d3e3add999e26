"""Staged rows beside each other and beside the registry, in sets."""

from __future__ import annotations

import copy
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction

from core.ledgers.asking import LEFT_OUT, SKIP, WHOLE, Question, ask, hold, say, settle_own
from core.ledgers.ledger import ImportContext, Ledger
from core.ledgers.models import ImportBatch, ImportRow

CHUNK = 5_000
Outcome = ImportRow.Outcome
Repeats = dict[int, tuple[str, int]]
_WRITTEN = (Outcome.NEW, Outcome.CHANGED)
_TAKEN = (*_WRITTEN, Outcome.UNCHANGED)
MOVED = "核对之后，在册的内容又有变化，这一行没有录入；仍以台账为准的，请再导入一次。"
_SKIPPED = f"decisions @> '{json.dumps({WHOLE: SKIP})}'"
# Which row of a number stands for it: of other content, or under another name.
REPEAT = "repeat"
_OTHER_CONTENT = Question(REPEAT, "重复的行", (("ledger", "改为录入这一行"),), is_shared=False)
_OTHER_NAME = Question(
    REPEAT, "同号不同名的行", (("ledger", "录入这一行，同号的跳过"),), is_shared=False
)


def compare(
    batch: ImportBatch,
    ledger: Ledger,
    context: ImportContext,
    on_chunk: Any = None,
    guard: Callable[[], None] | None = None,
    *,
    is_final: bool = False,
) -> dict[str, int]:
    """Give every row that was not refused its outcome; returns the counts of all.

    rows = new + changed + unchanged + duplicate + held + refused. Repeatable: whatever an
    earlier comparison said is said anew. Only rows that meet something (a record, another
    row, a decision) are touched; the others are new as staged. `on_chunk(done)` is called
    after every chunk; `guard` raises in a chunk's transaction when the job is no longer ours.
    The final comparison holds what the one before did not show.
    """
    repeats = _repeats(batch, ledger)
    # The first row about a record takes in what the further ones add.
    numbers = set(repeats) | {first for why, first in repeats.values() if why == "more"}
    numbers |= ledger.candidates(batch) | _settled_before(batch)
    done = 0
    for rows in _chunks(batch, numbers):
        shown = {row.number: (row.outcome, row.diff) for row in rows}
        _compare(rows, repeats, ledger, context)
        if is_final:
            for row in rows:
                _hold_unseen(row, *shown[row.number])
        with transaction.atomic():
            _save(batch, rows)
            if guard:
                guard()
        done += len(rows)
        if on_chunk:
            on_chunk(done)
    return count(batch)


def tied(batch: ImportBatch, ledger: Ledger, numbers: set[int]) -> set[int]:
    """These rows and all whose outcome may change with theirs."""
    while not (found := ledger.tied(batch, numbers)) <= numbers:
        numbers = numbers | found
    return numbers


def compare_anew(
    batch: ImportBatch, ledger: Ledger, context: ImportContext, numbers: set[int]
) -> dict[str, int]:
    """Compare some rows once more, which are tied to no others; returns the counts of all."""
    repeats, counts = _repeats(batch, ledger, numbers), Counter(batch.counts)
    for rows in _chunks(batch, numbers):
        counts.subtract(_tally(rows))
        _compare(rows, repeats, ledger, context)
        _save(batch, rows)
        counts.update(_tally(rows))
    return dict(counts)


def _chunks(batch: ImportBatch, numbers: set[int]) -> Iterator[list[ImportRow]]:
    """The rows with these numbers that were not refused, in order."""
    pending = ImportRow.objects.filter(batch=batch).exclude(outcome=Outcome.REFUSED)
    ordered = sorted(numbers)
    for start in range(0, len(ordered), CHUNK):
        numbered = pending.filter(number__in=ordered[start : start + CHUNK])
        yield list(numbered.order_by("number"))


def _compare(
    rows: list[ImportRow],
    repeats: Repeats,
    ledger: Ledger,
    context: ImportContext,
) -> None:
    more = _parts(rows, repeats, ledger)
    for row in rows:
        row.outcome, row.diff, row.target = Outcome.NEW, [], None
        row.messages = [m for m in row.messages if not m.get("compared")]
        staged = row.writes.pop("staged", None)
        row.writes = staged if staged is not None else row.writes
        row.writes = {**copy.deepcopy(row.writes), "staged": row.writes}
        for insert in more[row.number]:
            _take_parts(row, insert, ledger)
    settled = {
        r.number for r in rows if _mark_skipped(r) or settle_own(r) or _mark_repeat(r, repeats)
    }
    ledger.compare([r for r in rows if r.number not in settled], context)


def _hold_unseen(row: ImportRow, outcome: str, diff: list[list[str]]) -> None:
    """Nothing is written that nobody saw: somebody edited the record since the preview."""
    is_seen = row.outcome == outcome and all(line in diff for line in row.diff)
    if row.outcome in _WRITTEN and not is_seen:
        hold(row, MOVED)


def _tally(rows: list[ImportRow]) -> Counter[str]:
    """Some rows as `count` counts them."""
    found = Counter(str(row.outcome) for row in rows)
    found["flagged"] = sum(
        row.outcome in _TAKEN and any(m.get("level") == "W" for m in row.messages) for row in rows
    )
    return found


def _settled_before(batch: ImportBatch) -> set[int]:
    """Rows that an earlier comparison moved away from new, or that somebody decided."""
    rows = ImportRow.objects.filter(batch=batch).exclude(outcome=Outcome.REFUSED)
    rows = rows.exclude(outcome=Outcome.NEW, decisions={})
    return set(rows.values_list("number", flat=True))


def _mark_skipped(row: ImportRow) -> bool:
    """A row that somebody chose to skip stays held, whatever else would become of it."""
    if row.decisions.get(WHOLE) != SKIP:
        return False
    row.outcome = Outcome.HELD
    ask(row, LEFT_OUT, "已选择跳过，不录入。")
    return True


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
            """ AND outcome = ANY(%s) AND messages @> '[{"level": "W"}]'""",
            [batch.pk, [str(o) for o in _TAKEN]],
        )
        flagged = cursor.fetchone()[0]
    counts = {outcome.value: found[outcome.value] for outcome in Outcome}
    return {"rows": sum(counts.values()), **counts, "flagged": flagged}


def _parts(
    rows: list[ImportRow], repeats: Repeats, ledger: Ledger
) -> dict[int, list[dict[str, Any]]]:
    """What further rows about the same record would insert, by the number of its first row."""
    heads = {row.number for row in rows}
    further = {n: head for n, (why, head) in repeats.items() if why == "more" and head in heads}
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if further and ledger.parts:
        others = ImportRow.objects.filter(batch=rows[0].batch_id, number__in=further)
        for number, writes in others.order_by("number").values_list("number", "writes"):
            found[further[number]].append(writes.get("staged", writes)["insert"])
    return found


def _take_parts(row: ImportRow, insert: dict[str, Any], ledger: Ledger) -> None:
    """The parts that another row about the same record adds to those of this one."""
    key = row.staged(ledger.models[0])[0]["id"]
    for model, column in ledger.parts.items():
        mine = row.inserts(model)
        known = [_told(model, record, ledger) for record in mine]
        mine += [
            record | {column: key}
            for record in insert.get(model, [])
            if _told(model, record, ledger) not in known
        ]


def _told(model: str, record: dict[str, Any], ledger: Ledger) -> dict[str, Any]:
    """What a record says, without what is another each time that a row is checked."""
    return {
        column: value
        for column, value in record.items()
        if not {column, f"{model}.{column}"} & ledger.fresh
    }


def _goes_on(mine: dict[str, Any], theirs: dict[str, Any], ledger: Ledger) -> bool:
    """Whether two rows differ in nothing but their parts."""
    return all(
        [_told(model, r, ledger) for r in mine.get(model, [])]
        == [_told(model, r, ledger) for r in theirs.get(model, [])]
        for model in ledger.models
        if model not in ledger.parts
    )


def _repeats(batch: ImportBatch, ledger: Ledger, among: set[int] | None = None) -> Repeats:
    """Rows that share a key with another: number -> ("same"|"more"|"other"|"name", first row).

    Rows that were chosen to be skipped settle nothing for the others. `among` are rows that
    share no key with any outside.
    """
    here = f"batch_id = %s AND outcome <> 'refused' AND NOT {_SKIPPED}"
    params: list[Any] = [batch.pk]
    if among is not None:
        here += " AND number = ANY(%s)"
        params.append(list(among))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH twice AS MATERIALIZED (SELECT key FROM core_importrow WHERE {here}"
            "  AND key IS NOT NULL GROUP BY key HAVING count(*) > 1)"
            " SELECT number, key, shown, coalesce(writes->'staged', writes)->'insert'"
            " FROM core_importrow"
            f" WHERE {here} AND key IN (SELECT key FROM twice) ORDER BY number",
            params * 2,
        )
        found = cursor.fetchall()
    first: dict[bytes, tuple[int, dict[str, Any], dict[str, Any]]] = {}
    result: Repeats = {}
    for number, key, shown, writes in found:
        mine, insert = _loaded(shown), _loaded(writes)
        head, theirs, begun = first.setdefault(bytes(key), (number, mine, insert))
        if mine.get("name") != theirs.get("name"):
            result[number] = result[head] = ("name", head)
        elif number != head:
            same = mine.get("digest") == theirs.get("digest")
            goes_on = bool(ledger.parts) and _goes_on(insert, begun, ledger)
            result.setdefault(number, ("same" if same else "more" if goes_on else "other", head))
    return result


def _loaded(value: Any) -> dict[str, Any]:
    return dict(json.loads(value)) if isinstance(value, str) else dict(value)


def _mark_repeat(row: ImportRow, repeats: Repeats) -> bool:
    """Whether the row is settled by the rows before it in the same file."""
    found = repeats.get(row.number)
    if found is None:
        if REPEAT in row.decisions:
            ask(row, _OTHER_CONTENT, "本表中同号的其他行跳过，录入这一行。")
        return False
    why, first = found
    if why == "same":
        row.outcome = Outcome.DUPLICATE
        say(row, f"与第 {first} 行相同，只录入一次。", level="I")
    elif why == "more":
        row.outcome = Outcome.DUPLICATE
        say(row, f"与第 {first} 行是同一人，多出的证书、学历并入第 {first} 行。", level="I")
    elif why == "name":
        ask(row, _OTHER_NAME, "同一证件号码在本表中有不同姓名，请选择录入哪一行。", rule="R4")
        row.outcome = Outcome.HELD
    else:
        message = f"与第 {first} 行重复但内容不同，只录入第 {first} 行；要换成这一行请选择。"
        ask(row, _OTHER_CONTENT, message)
        row.outcome = Outcome.HELD
    return True


def _save(batch: ImportBatch, rows: list[ImportRow]) -> None:
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
            [payload, batch.pk],
        )
