"""Words of an office in columns of choices: asked once for all rows, and remembered.

A row comes in without what an unknown word says; where an empty cell would decide what counts,
it waits for the answer. The answers hold for the office, and for all offices once the province
adopts them. What was understood by an answer is said on the row, and may be answered anew.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from core.audit.history import acting
from core.ledgers.models import ImportBatch, ImportRow, WordMemory
from core.ledgers.values import Choice

if TYPE_CHECKING:
    from core.accounts.models import User
    from core.ledgers.ledger import Ledger

# The rule of a remark about one.
WORD = "WORD"
# Answer: rows come in without it.
LEFT_OUT = ""
# More different ones in a column are no words of a list: it is another column.
MOST = 50
_LONGEST = 60
# Eleven digits are a phone, eighteen a person.
_MOST_DIGITS = 6
_ASKED = """
    SELECT m->>'attribute', m->>'column', m->>'word', m->>'code', count(*)
    FROM core_importrow r, jsonb_array_elements(r.messages) m
    WHERE r.batch_id = %s AND r.messages @> '[{"rule": "WORD"}]' AND m->>'rule' = 'WORD'
    GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 3
"""


def is_word(text: str) -> bool:
    """Whether a cell may be asked about and remembered: short, and no number of a person."""
    return len(text) <= _LONGEST and sum(c.isdigit() for c in text) <= _MOST_DIGITS


def known_words(kind: str, region: str) -> dict[tuple[str, str], str]:
    """(attribute, word) -> code, as the office answered, else as the province adopted."""
    rows = WordMemory.objects.filter(Q(region_id=region) | Q(is_shared=True), kind=kind)
    # Its own come last.
    ordered = sorted(rows, key=lambda row: not row.is_shared)
    return {(row.attribute, row.word): row.code for row in ordered}


def choice_of(ledger: Ledger, attribute: str) -> Choice | None:
    """The choices of a column; None where it has none."""
    column = ledger.column(attribute)
    cleaner = column.clean_cell if column else None
    return cleaner if isinstance(cleaner, Choice) else None


def asked_of(batch: ImportBatch, ledger: Ledger) -> list[dict[str, Any]]:
    """The words of a batch that only the office knows, open ones first, then the most frequent:
    id, attribute, column (its name), word, rows (how many), code (None while it is open) and
    proposed (a code, "" for none).

    A column with too many open ones is named once, by `too_many` instead of a word.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [batch.pk])
        found = cursor.fetchall()
    open_ones = Counter(attribute for attribute, _, _, code, _ in found if code is None)
    elsewhere = _answered_elsewhere(batch.kind, [row for row in found if row[3] is None])
    asked: list[dict[str, Any]] = []
    for attribute, column, word, code, rows in sorted(found, key=lambda row: row[3] is not None):
        choice = choice_of(ledger, attribute)
        if choice is None or (code is None and open_ones[attribute] > MOST):
            continue
        proposed = elsewhere.get((attribute, word)) or choice.likeliest(word)
        asked.append({
            "id": f"word:{attribute}:{word}", "attribute": attribute, "column": column,
            "word": word, "rows": rows, "code": code, "proposed": proposed,
        })  # fmt: skip
    labels = {attribute: column for attribute, column, *_ in found}
    return asked + [
        {"attribute": attribute, "column": labels[attribute], "too_many": count}
        for attribute, count in open_ones.items()
        if count > MOST
    ]


def _answered_elsewhere(kind: str, found: list[Any]) -> dict[tuple[str, str], str]:
    """What most offices mean by each of some words; those that left it out do not count."""
    said: dict[tuple[str, str], Counter[str]] = {}
    rows = WordMemory.objects.filter(kind=kind, word__in={row[2] for row in found})
    for row in rows.exclude(code=LEFT_OUT):
        said.setdefault((row.attribute, row.word), Counter())[row.code] += 1
    return {key: codes.most_common(1)[0][0] for key, codes in said.items()}


def remember(batch: ImportBatch, answers: dict[tuple[str, str], str], *, by: User) -> None:
    """Keep what the office means ({(attribute, word): code}) for its next ledgers."""
    with acting(by):
        WordMemory.objects.bulk_create(
            [
                WordMemory(
                    region_id=batch.region_id, kind=batch.kind, attribute=attribute, word=word,
                    code=code, by=by, answered_at=timezone.now(),
                )
                for (attribute, word), code in sorted(answers.items())
            ],
            update_conflicts=True,
            unique_fields=["kind", "attribute", "word", "region", "is_shared"],
            update_fields=["code", "by", "answered_at"],
        )  # fmt: skip


def decided(batch: ImportBatch) -> dict[str, dict[str, str]]:
    """{row number: its decisions} of what was settled by hand, to outlive a new check."""
    rows = ImportRow.objects.filter(batch=batch).exclude(decisions={})
    return {str(number): said for number, said in rows.values_list("number", "decisions")}


def put_back(batch: ImportBatch, decisions: dict[str, dict[str, str]]) -> None:
    """Decisions of a check before; those that no longer fit are not heard."""
    rows = list(ImportRow.objects.filter(batch=batch, number__in=map(int, decisions)))
    for row in rows:
        row.decisions = decisions[str(row.number)]
    ImportRow.objects.bulk_update(rows, ["decisions"], batch_size=1000)
