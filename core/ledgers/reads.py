"""The trace of rows that show what the registry holds of people beside what a ledger says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.audit.models import ReadEvent
from core.entities.entity import ENTITIES
from core.ledgers.ledger import ledger_for
from core.ledgers.models import ImportBatch, ImportRow


def leave_read_event(
    user: Any, batch: ImportBatch, rows: Iterable[ImportRow], also: Iterable[Any] = ()
) -> None:
    """Note whom some rows met, and `also` the records that are named beside them."""
    entity = ENTITIES.get(ledger_for(batch.kind).models[0].rpartition(".")[2])
    people = sorted({*(row.target for row in rows), *also} - {None})
    if people and entity and entity.person == "pk":
        ReadEvent.record(
            user=user, kind=ReadEvent.Kind.LIST, people=people, entity="core.importbatch"
        )
