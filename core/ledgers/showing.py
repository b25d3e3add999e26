"""What the pages of the import show of a batch: its state in words, tabs, columns."""

from __future__ import annotations

import json
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import QuerySet

from core.entities.display import record_url
from core.jobs.models import Job
from core.jobs.running import MAX_ATTEMPTS
from core.ledgers import mapping, words
from core.ledgers.asking import FINAL, LEFT_OUT, SKIP, WHOLE
from core.ledgers.ledger import AGAIN, LedgerColumn, kinds, ledger_for
from core.ledgers.models import ImportBatch, ImportRow
from core.ledgers.spreadsheets.child import squeeze
from core.ledgers.spreadsheets.headers import LOOK
from core.ledgers.workbooks import COMPARED, REASON
from core.text import tidy_name

Status, Outcome = Job.Status, ImportRow.Outcome
FLAGGED, KEPT = "flagged", "kept"
# What a page sends for words that are to be left out: an empty choice is none.
WITHOUT = "-"
# So many employers are named before the rows are written.
_NAMED = 10
_APPLIED = (Outcome.NEW, Outcome.CHANGED)
_TAGS = {
    Status.DONE: "good",
    Status.FAILED: "wrong",
    Status.WAITING: "attention",
    Status.RUNNING: "info",
    Status.QUEUED: "info",
}
_OUTCOME_TAGS = {"refused": "wrong", "held": "attention", "new": "good", "changed": "info"}
# Running numbers, and what workbooks of ours had as their last column.
_IDLE = frozenset({"序号", "编号", REASON, COMPARED})


def stage_of(batch: ImportBatch) -> str:
    """Which page a batch is on: progress, kind, columns, empty, preview, result, failed,
    cancelled."""
    status = batch.job.status
    if status in (Status.QUEUED, Status.RUNNING):
        return "progress"
    if status == Status.WAITING:
        if not batch.kind:
            return "kind"
        if not batch.counts:
            return "columns"
        return "preview" if batch.counts["rows"] else "empty"
    return {Status.DONE: "result", Status.FAILED: "failed"}.get(Status(status), "cancelled")


def state_of(batch: ImportBatch) -> tuple[str, str]:
    """(words, colour) of a batch's state."""
    if batch.undone_at:
        return "已撤销", ""
    if batch.job.status == Status.WAITING:
        rests = "待对应列" if batch.kind else "待选类别"
        return ("待确认" if batch.counts else rests), "attention"
    if batch.job.status == Status.DONE:
        return "已入库", "good"
    return str(batch.job.get_status_display()), _TAGS.get(Status(batch.job.status), "")


def may_resume(batch: ImportBatch) -> bool:
    """Whether trying again may help: a file that was refused is refused again."""
    return batch.job.status == Status.FAILED and batch.job.attempts >= MAX_ATTEMPTS


def kind_label(batch: ImportBatch) -> str:
    if not batch.kind:
        return "类别未定"
    try:
        return ledger_for(batch.kind).label
    except KeyError:
        return batch.kind


def alike_kinds(batch: ImportBatch) -> list[str]:
    """Names of the kinds that a ledger resembles, of which a person has to choose."""
    return [ledger_for(kind).label for kind in batch.reading.get("alike", []) if kind in kinds()]


def better_kind(batch: ImportBatch) -> tuple[str, str]:
    """(code, name) of the kind that the headings say where the chosen one lacks columns; ("", "")
    where there is none."""
    better = batch.reading.get("better", "")
    return (better, ledger_for(better).label) if better in kinds() else ("", "")


def counts_of(batch: ImportBatch) -> dict[str, int]:
    """Rows by tab: the outcomes, those with a remark, those that an undo left standing."""
    counts = {code: batch.counts.get(code, 0) for code in (*Outcome.values, FLAGGED)}
    return counts | {KEPT: rows_of(batch, KEPT).count() if batch.undone_at else 0}


def tabs(counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    """Tabs with their counts; those without rows are left out."""
    words = {o.value: str(o.label) for o in Outcome} | {FLAGGED: "有提示", KEPT: "未撤销"}
    found = [(code, words[code], count) for code, count in counts.items()]
    return [
        {"code": code, "label": label, "count": count, "is_current": code == chosen}
        for code, label, count in found
        if count
    ]


def first_tab(counts: dict[str, int]) -> str:
    """What needs the clerk most."""
    wanted = (KEPT, "held", "refused", FLAGGED, "changed", "new", "duplicate", "unchanged")
    return next((code for code in wanted if counts[code]), "new")


def rows_of(batch: ImportBatch, tab: str) -> QuerySet[ImportRow]:
    rows = ImportRow.objects.filter(batch=batch)
    if tab == KEPT:
        return rows.filter(outcome__in=_APPLIED, is_undone=False)
    if tab == FLAGGED:
        applied = [*_APPLIED, Outcome.UNCHANGED]
        return rows.filter(outcome__in=applied, messages__contains=[{"level": "W"}])
    return rows.filter(outcome=tab)


def shown_rows(
    batch: ImportBatch, rows: list[ImportRow], *, may_decide: bool
) -> list[dict[str, Any]]:
    """Rows as a page shows them, each with what it stores and, once written, its record."""
    facts = ledger_for(batch.kind).tell(batch, rows)
    return [
        shown_row(row, may_decide=may_decide)
        | {"facts": facts.get(row.number, []), "url": _record_url(batch, row)}
        for row in rows
    ]


def _record_url(batch: ImportBatch, row: ImportRow) -> str:
    """The page of the record that a row has written or met."""
    model = ledger_for(batch.kind).models[0]
    made = row.writes.get("insert", {}).get(model, [])
    key = row.target or (made[0]["id"] if made and row.is_applied else None)
    is_known = row.outcome in (*_APPLIED, Outcome.UNCHANGED) and not row.is_undone
    if key is None or not is_known:
        return ""
    return record_url(apps.get_model(model)(pk=key))


def shown_row(row: ImportRow, *, may_decide: bool) -> dict[str, Any]:
    """A staged row as the preview shows it; `may_skip`: no question offers that already."""
    asked = [message.get("question") for message in row.messages]
    return {
        "number": row.number,
        "name": row.shown.get("name", "") or "—",
        "masked": row.shown.get("number", ""),
        "detail": row.shown.get("detail", ""),
        "outcome": "已撤销" if row.is_undone else row.get_outcome_display(),
        "tag": "" if row.is_undone else _OUTCOME_TAGS.get(row.outcome, ""),
        "messages": [_worded(message, may_decide=may_decide) for message in row.messages],
        "diff": row.diff,
        "may_skip": may_decide and _is_open(row) and WHOLE not in asked,
        "skip": LEFT_OUT,
    }


def _is_open(row: ImportRow) -> bool:
    """Whether somebody may choose what becomes of a row."""
    is_final = any(message.get("is_final") for message in row.messages)
    return row.outcome == Outcome.HELD and not is_final


def to_choose(batch: ImportBatch) -> int:
    """How many held rows somebody may choose about."""
    rows = ImportRow.objects.filter(batch=batch, outcome=Outcome.HELD)
    return rows.exclude(messages__contains=[FINAL]).count()


def _worded(message: dict[str, Any], *, may_decide: bool) -> dict[str, Any]:
    """A remark without its column where the sentence begins with that; a question with its
    answer in words and the choices that are left."""
    column, answer = message.get("column", ""), message.get("answer", "")
    choices = message.get("choices", [])
    return message | {
        "column": "" if message["message"].startswith(column) else column,
        # A skipped row says so itself.
        "answered": dict(choices).get(answer, "") if answer != SKIP else "",
        "choices": ([("", "改主意")] if answer else choices) if may_decide else [],
    }


def shared_questions(batch: ImportBatch) -> list[dict[str, Any]]:
    """Questions that several open rows put alike: code, title, choices, number of rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m->>'question', m->>'title', m->>'choices', count(*)"
            " FROM core_importrow r, jsonb_array_elements(r.messages) m"
            " WHERE r.batch_id = %s AND r.outcome = 'held' AND m->>'answer' = ''"
            " AND m->'is_shared' = 'true' GROUP BY 1, 2, 3 HAVING count(*) > 1 ORDER BY 1",
            [batch.pk],
        )
        return [
            {"code": code, "title": title, "choices": json.loads(choices), "count": count}
            for code, title, choices, count in cursor.fetchall()
        ]


def questions(batch: ImportBatch) -> list[dict[str, Any]]:
    """What is asked about many rows at once, with the choices and the one that stands: what was
    answered, else the likeliest. `answers` are the codes that may be given."""
    ledger, found = ledger_for(batch.kind), []
    for question in batch.questions:
        if "word" in question:
            choice = words.choice_of(ledger, question["attribute"])
            column = ledger.column(question["attribute"])
            if choice is None or column is None:
                continue
            question |= {
                # As Chinese is written; the word itself is compared in half-width marks.
                "written": tidy_name(question["word"]),
                "options": choice.options,
                "may_be_left_out": not column.is_required,
                "waits": column.is_decisive,
            }
        elif "point" in question:
            question |= {"written": question["title"], "may_be_left_out": False}
        else:
            continue
        is_answered = question["code"] is not None
        codes = {code for code, _ in question["options"]}
        found.append(question | {
            "is_answered": is_answered,
            "answers": codes | ({words.LEFT_OUT} if question["may_be_left_out"] else set()),
            "chosen": (question["code"] or WITHOUT) if is_answered else question["proposed"],
        })  # fmt: skip
    return found


def may_go(question: dict[str, Any]) -> bool:
    """Whether a word without an answer may be left out with all others; what decides whether the
    record counts, and waits for it, is answered by itself."""
    may_be = question["may_be_left_out"] and not question["waits"]
    return bool(may_be and not question["is_answered"])


def columns_of_many_words(batch: ImportBatch) -> list[dict[str, Any]]:
    """Columns with more unknown words than anybody writes who writes words of a list."""
    return [question for question in batch.questions if "too_many" in question]


def reasons(batch: ImportBatch) -> list[dict[str, Any]]:
    """The remarks on a batch by their reason."""
    return [_worded(said, may_decide=False) for said in batch.reading.get("remarks", [])]


def other_sheets(batch: ImportBatch) -> list[tuple[str, int, str]]:
    """(name, rows, kind in words where it is another one) of the sheets that were not read."""
    found = []
    for name, rows, kind in batch.other_sheets:
        found.append((name, rows, ledger_for(kind).label if kind != batch.kind else ""))
    return found


def new_places(batch: ImportBatch) -> str:
    """The employers that are made with the rows, the first of them by name."""
    names = [place["name"] for place in batch.places]
    more = "等" if len(names) > _NAMED else ""
    return "、".join(names[:_NAMED]) + more


def told(batch: ImportBatch) -> list[tuple[str, str]]:
    """(column, text) of what holds for the whole sheet."""
    ledger = ledger_for(batch.kind)
    return [(ledger.label_of(name), text) for name, text in batch.whole.items()]


def matching(batch: ImportBatch) -> list[dict[str, Any]]:
    """Our columns with the header matched to each, for the page that corrects them."""
    ledger = ledger_for(batch.kind)
    header = [{"index": i, "text": t} for i, t in enumerate(batch.header) if t]
    missing = {column.attribute for column in absent(batch)}
    again = [name for name in batch.mapping if AGAIN in name]
    names = [column.attribute for column in ledger.columns]
    return [
        {
            "attribute": name,
            "label": ledger.label_of(name),
            "hint": column.hint,
            "is_required": column.is_required,
            "is_missing": name in missing,
            "chosen": batch.mapping.get(name),
            "whole": batch.whole.get(name, ""),
            "sample": _sample(batch, batch.mapping.get(name)),
            "header": header,
        }
        for name in [*names, *sorted(again)]
        if (column := ledger.column(name))
    ]


def absent(batch: ImportBatch) -> list[LedgerColumn]:
    """The required columns that a sheet lacks."""
    return mapping.missing(
        ledger_for(batch.kind), batch.mapping, batch.whole, is_comparison=batch.is_comparison
    )


def columns_context(batch: ImportBatch) -> dict[str, Any]:
    """What the page on which columns are matched says."""
    rows = matching(batch)
    missing = [row["label"] for row in rows if row["is_missing"]]
    return {
        "rows": rows,
        "missing": missing,
        "advice": [column.without for column in absent(batch) if column.without],
        "unread": unmatched(batch),
        "most_header": LOOK,
        "better": better_kind(batch) if missing else ("", ""),
    }


def _sample(batch: ImportBatch, index: int | None) -> str:
    if index is None:
        return ""
    return "、".join(row[index] for row in batch.samples if index < len(row) and row[index])


def unmatched(batch: ImportBatch) -> list[str]:
    """Headers of the ledger that are not read, apart from those that say nothing."""
    used = set(batch.mapping.values())
    return [
        text
        for index, text in enumerate(batch.header)
        if text and index not in used and squeeze(text) not in _IDLE
    ]
