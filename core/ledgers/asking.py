"""What a comparison says about a row, and what it asks a person.

Every question of a row is answered by itself. The answers stand in ImportRow.decisions as
{code of the question: answer}; a row with an open question is held.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from core.ledgers.models import ImportBatch, ImportRow

SKIP = "skip"
# The question of every held row: whether it is left out altogether.
WHOLE = "row"


@dataclass(frozen=True)
class Question:
    """A question as it stands in many rows: its code, what they have in common, the answers.

    `choices` are (answer, words). The rows of a question that is not `is_shared` exclude each
    other and are never answered alike.
    """

    code: str
    title: str
    choices: tuple[tuple[str, str], ...]
    is_shared: bool = True

    def asked(self, answer: str) -> dict[str, Any]:
        """What a remark that puts the question carries beside its words."""
        return {
            "question": self.code,
            "title": self.title,
            "choices": [list(choice) for choice in self.choices],
            "is_shared": self.is_shared,
            "answer": answer,
        }


# Of a remark after which there is nothing to choose.
FINAL = {"is_final": True}
LEFT_OUT = Question(WHOLE, "跳过的行", ((SKIP, "跳过不录入"),), is_shared=False)


def say(
    row: ImportRow, message: str, *, rule: str = "", level: str = "E", column: str = ""
) -> None:
    """Add a remark of the comparison to a row (replaced by the next comparison)."""
    row.messages.append(
        {"column": column, "message": message, "rule": rule, "level": level, "compared": True}
    )


def ask(
    row: ImportRow, question: Question, message: str, *, rule: str = "", column: str = ""
) -> str:
    """Put a question; returns the answer, or "" while it is open, which holds the row."""
    answer = row.decisions.get(question.code, "")
    if answer not in dict(question.choices):
        answer = ""
    say(row, message, rule=rule, level="I" if answer else "E", column=column)
    row.messages[-1] |= question.asked(answer)
    if not answer:
        row.outcome = ImportRow.Outcome.HELD
    return answer


def settle_own(row: ImportRow) -> bool:
    """Hear what was answered to the questions that a row brought along from its check; whether
    one is open, which holds it, as does what is asked about many rows and decides what counts."""
    own = [m for m in row.messages if "question" in m and not m.get("compared")]
    for message in own:
        answer = row.decisions.get(message["question"], "")
        message["answer"] = answer if answer in dict(message["choices"]) else ""
        message["level"] = "I" if message["answer"] else "E"
    waits = any(message.get("waits") for message in row.messages)
    if is_open := waits or any(not message["answer"] for message in own):
        row.outcome = ImportRow.Outcome.HELD
    return is_open


# The rule of a remark: the row names somebody or something that the registry does not have.
ABSENT = "ABSENT"


def hold(
    row: ImportRow, message: str, *, rule: str = "", column: str = "", is_final: bool = False
) -> None:
    """Leave a row aside for what nobody can settle here; it may only be skipped, and of one that
    `is_final` there is not even that to choose."""
    say(row, message, rule=rule, column=column)
    row.messages[-1] |= FINAL if is_final else {}
    row.outcome = ImportRow.Outcome.HELD


def names(row: ImportRow, people: Iterable[Any]) -> None:
    """Note of whom the last remark of a row tells: whoever reads it has read of them."""
    row.messages[-1]["people"] = sorted(str(key) for key in people)


def open_rows(batch: ImportBatch, question: str) -> QuerySet[ImportRow]:
    """Rows that wait for an answer that several of them may share."""
    asked = {"question": question, "is_shared": True, "answer": ""}
    rows = ImportRow.objects.filter(batch=batch, outcome=ImportRow.Outcome.HELD)
    return rows.filter(messages__contains=[asked])


def answer(rows: QuerySet[ImportRow], given: dict[str, str]) -> None:
    """Set the answers given ({question: answer}), take back the empty ones, keep the others."""
    said = {question: decision for question, decision in given.items() if decision}
    merged = RawSQL("(decisions - %s::text[]) || %s::jsonb", [list(given), json.dumps(said)])
    rows.update(decisions=merged)


def choices_of(row: ImportRow, question: str) -> set[str]:
    """What may be answered to a question of a row; "" takes an answer back."""
    found = {WHOLE: {SKIP}} if row.outcome == ImportRow.Outcome.HELD else {}
    for message in row.messages:
        if code := message.get("question"):
            found[code] = {answer for answer, _ in message["choices"]} | {""}
    return found.get(question, set())
