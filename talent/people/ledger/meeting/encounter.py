"""One row beside the one person it is about, and what the row would change."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Self

from core.models import ImportRow
from talent.codes import PersonStatus
from talent.people.ledger.meeting.known import Known
from talent.people.models import Person

PERSON, STATE, EDUCATION, CERTIFICATE, POST = (
    "talent.person",
    "talent.personstate",
    "talent.education",
    "talent.certificate",
    "talent.post",
)
GONE = (PersonStatus.DECEASED, PersonStatus.MERGED)


@dataclass
class Encounter:
    """`said` is what the row would insert were the person new, `given` names the columns
    that are filled in and no defaults."""

    row: ImportRow
    person: Person
    known: Known
    said: dict[str, dict[str, Any]]
    given: frozenset[str]

    @classmethod
    def of(cls, row: ImportRow, person: Person, known: Known) -> Self:
        """The row forgets what it would insert: that was for somebody new."""
        said, row.writes["insert"] = row.writes["insert"], {}
        row.writes["update"] = {}
        return cls(row, person, known, said, frozenset(row.shown.get("given", [])))

    @property
    def has_changes(self) -> bool:
        return bool(self.row.writes["insert"] or self.row.writes["update"])

    def show(self, label: str, before: Any, after: Any) -> None:
        """A line of the difference that the preview shows."""
        self.row.diff.append([label, str(before or ""), str(after or "")])

    def insert(self, model: str, **columns: Any) -> None:
        """A record of the person as the ledger says, but for the columns given here."""
        said = self.row.writes["staged"]["insert"].get(model, {})
        self.row.writes["insert"][model] = said | columns | {"person_id": str(self.person.pk)}

    def inserted(self, model: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.row.writes["insert"].get(model)
        return found

    def is_free(self, model: str, pk: Any) -> bool:
        """A row changes one record of each model; what it says of another one waits for the
        next time that the ledger comes."""
        written = self.row.writes["update"].get(model)
        return written is None or written["id"] == str(pk)

    def update(self, model: str, pk: Any, **columns: Any) -> None:
        """Set columns of a record that is free."""
        self.row.writes["update"].setdefault(model, {"id": str(pk)}).update(columns)

    def update_person(self, **columns: Any) -> None:
        self.update(PERSON, self.person.pk, **columns)


def as_staged(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns as a staged row holds them: days as text."""
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in columns.items()
    }
