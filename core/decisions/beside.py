"""What is known of a record, in short, beside what is asked about it."""

from __future__ import annotations

from typing import Any

from core.entities.display import facts, in_words, label_of
from core.entities.entity import entity_of
from core.entities.pages.record import RelatedRows
from core.entities.reach import Reach

_ROWS = 10


def beside(record: Any, user: Any) -> dict[str, Any] | None:
    """Facts of a record and its related lists, one line a row; None for who does not have the
    record in scope. The page that shows it leaves the read event."""
    entity = entity_of(record)
    assert entity is not None, f"nothing is declared of {record._meta.label}"
    reach = Reach(entity, user)
    if not (reach.may("view") and reach.holds(record)):
        return None
    own = facts(record, entity.shown, user=user, labels=entity.labels)
    return {
        "record": record,
        "url": entity.url("detail", record),
        "state": entity.state_of(record),
        "state_kind": entity.state_kind(record),
        "facts": [fact for fact in own if fact["value"]],
        "lists": [
            {"title": rows.related.title, "rows": lines}
            for related in entity.related
            if (rows := RelatedRows(entity, related, user)).may("view")
            and (lines := _lines(rows, record))
        ],
    }


def _said(row: Any, name: str) -> str:
    """A value in words; of a truth its name, where it holds."""
    value = getattr(row, name)
    if isinstance(value, bool):
        return label_of(row, name) if value else ""
    return in_words(row, name)


def _lines(rows: RelatedRows, record: Any) -> list[dict[str, Any]]:
    entity = rows.entity
    return [
        {
            "words": " · ".join(filter(None, (_said(row, name) for name in rows.columns))),
            "url": entity.url("detail", row) if entity else "",
            "is_over": bool(getattr(row, "ended_on", None)),
        }
        for row in rows.read(record, _ROWS)
    ]
