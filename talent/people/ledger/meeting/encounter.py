"""One row beside the one person it is about, and what the row would change."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Self

from core.models import ImportRow
from talent.codes import PersonStatus
from talent.people.ledger.meeting.known import Known
from talent.people.models import Person

PERSON, STATE, EDUCATION, CERTIFICATE, PERIOD, TITLE, POST = (
    "talent.person",
    "talent.personstate",
    "talent.education",
    "talent.certificate",
    "talent.registrationperiod",
    "talent.title",
    "talent.post",
)
GONE = (PersonStatus.DECEASED, PersonStatus.MERGED)


@dataclass
class Encounter:
    """`said` is what the row would insert were the person new, `parts` those records of it of
    which a person may have several; `given` names the columns that are filled in and no defaults.
    """

    row: ImportRow
    person: Person
    known: Known
    said: dict[str, dict[str, Any]]
    parts: dict[str, list[dict[str, Any]]]
    given: frozenset[str]

    @classmethod
    def of(cls, row: ImportRow, person: Person, known: Known) -> Self:
        """The row forgets what it would insert: that was for somebody new."""
        parts, row.writes["insert"] = row.writes["insert"], {}
        row.writes["update"] = {}
        said = {model: records[0] for model, records in parts.items() if records}
        return cls(row, person, known, said, parts, frozenset(row.shown.get("given", [])))

    def show(self, label: str, before: Any, after: Any) -> None:
        """A line of the difference that the preview shows."""
        self.row.diff.append([label, str(before or ""), str(after or "")])

    def insert(self, model: str, **columns: Any) -> None:
        """A record of the person as the ledger says, but for the columns given here."""
        said = next(iter(self.row.staged(model)), {})
        self.add(model, said | columns)

    def add(self, model: str, record: dict[str, Any]) -> None:
        """A record of the person."""
        self.row.inserts(model).append(record | {"person_id": str(self.person.pk)})

    def inserted(self, model: str) -> dict[str, Any] | None:
        return next(iter(self.row.inserts(model)), None)

    def update(self, model: str, pk: Any, **columns: Any) -> None:
        """Set columns of a known record."""
        self.row.change(model, pk, **columns)

    def update_person(self, **columns: Any) -> None:
        self.update(PERSON, self.person.pk, **columns)


def as_staged(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns as a staged row holds them: days as text."""
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in columns.items()
    }
