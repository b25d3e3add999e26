"""What a ledger leaves open for many rows at once, and is asked once about: an amount that is
merged over several rows, words that are no employer, what holds for the whole sheet.

The answer belongs to the file (`ImportBatch.answers`), which is then checked once more, as with
words (core.ledgers.words).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.ledgers.models import ImportBatch

# The rule of a remark about one.
POINT = "POINT"
_ASKED = """
    SELECT m->>'point', m->>'column', m->>'title', m->>'options', m->>'proposed', m->>'code',
        bool_or(m->'waits' = 'true'), count(*), min(m->>'message')
    FROM core_importrow r, jsonb_array_elements(r.messages) m
    WHERE r.batch_id = %s AND r.messages @> '[{"rule": "POINT"}]' AND m->>'rule' = 'POINT'
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 8 DESC, 1
"""


@dataclass(frozen=True)
class Point:
    """An open point: its code, what is asked, (answer, words) to choose from, the likeliest.

    A row `waits` for the answer where nothing can be done without it.
    """

    code: str
    title: str
    options: tuple[tuple[str, str], ...]
    proposed: str = ""
    waits: bool = False


def points_of(batch: ImportBatch) -> list[dict[str, Any]]:
    """The points of a batch as its questions, open ones first: id, column, title, options, rows
    (how many), code (None while it is open), proposed, waits and example (what one of the rows
    says of it)."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [batch.pk])
        found = cursor.fetchall()
    asked = [
        {
            "id": f"point:{point}", "point": point, "column": column, "title": title,
            "options": json.loads(options), "proposed": proposed, "code": code,
            "waits": waits, "rows": rows, "example": example,
        }
        for point, column, title, options, proposed, code, waits, rows, example in found
    ]  # fmt: skip
    return sorted(asked, key=lambda question: question["code"] is not None)
