"""Words of an office in columns of choices: asked once for all rows, and remembered.

A row comes in without what an unknown word says; a required one is refused until it is
answered. The answers hold for the office, and for all offices once the province adopts them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q

from core.ledgers.models import ImportBatch, WordMemory
from core.ledgers.values import Choice

if TYPE_CHECKING:
    from core.ledgers.ledger import Ledger

# The rule of a remark about one.
WORD = "WORD"
# Answer: rows come in without it.
LEFT_OUT = ""
_LONGEST = 60
# Eleven digits are a phone, eighteen a person.
_MOST_DIGITS = 6
_ASKED = """
    SELECT m->>'attribute', m->>'column', m->>'word', count(*)
    FROM core_importrow r, jsonb_array_elements(r.messages) m
    WHERE r.batch_id = %s AND r.messages @> '[{"rule": "WORD"}]' AND m->>'rule' = 'WORD'
    GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 3
"""


def is_word(text: str) -> bool:
    """Whether a cell may be asked about and remembered: short, and no number of a person."""
    return len(text) <= _LONGEST and sum(c.isdigit() for c in text) <= _MOST_DIGITS


def known_words(kind: str, region: str) -> dict[tuple[str, str], str]:
    """(attribute, word) -> code, as the office answered, else as the province adopted."""
    rows = WordMemory.objects.filter(Q(region_id=region) | Q(is_shared=True), kind=kind)
    # Its own come last.
    ordered = sorted(rows, key=lambda row: (row.region_id == region, row.pk))
    return {(row.attribute, row.word): row.code for row in ordered}


def question_id(attribute: str, word: str) -> str:
    return f"word:{attribute}:{word}"


def choice_of(ledger: Ledger, question: str) -> Choice | None:
    """The choices of the column that a question is about; None where it is about none."""
    kind, _, rest = question.partition(":")
    column = ledger.column(rest.partition(":")[0])
    cleaner = column.clean_cell if column and kind == "word" else None
    return cleaner if isinstance(cleaner, Choice) else None


def asked_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """The words that rows of a batch wait for, the most frequent first, as the batch keeps
    them: id, attribute, column (its name), word, rows (how many)."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [batch.pk])
        found = cursor.fetchall()
    return [
        {
            "id": question_id(attribute, word),
            "attribute": attribute,
            "column": column,
            "word": word,
            "rows": rows,
        }
        for attribute, column, word, rows in found
    ]


def remember(batch: ImportBatch, answers: dict[str, str]) -> None:
    """Keep what the office means ({id of a question: code}) for its next ledgers."""
    for key, code in answers.items():
        _, attribute, word = key.split(":", 2)
        WordMemory.objects.update_or_create(
            region_id=batch.region_id,
            kind=batch.kind,
            attribute=attribute,
            word=word,
            defaults={"code": code},
        )


def answered_elsewhere(kind: str, words: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What most offices mean by each of some words; those that left it out do not count."""
    said: dict[tuple[str, str], list[str]] = {}
    rows = WordMemory.objects.filter(kind=kind, word__in={word for _, word in words})
    for row in rows.exclude(code=LEFT_OUT):
        said.setdefault((row.attribute, row.word), []).append(row.code)
    return {key: max(set(codes), key=codes.count) for key, codes in said.items()}
