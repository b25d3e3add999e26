"""The trace of rows that show what the registry holds of people beside what a ledger says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from core.audit.models import ReadEvent
from core.entities.entity import ENTITIES
from core.ledgers.ledger import ledger_for
from core.ledgers.models import ImportBatch, ImportRow


def people_met(batch: ImportBatch, rows: Iterable[ImportRow], also: Iterable[Any] = ()) -> set[Any]:
    """The people whom some rows met, by themselves or by their certificates, posts and the like
    (as `also` are further records), and those of whom their remarks tell."""
    found = list(rows)
    keys = {*(row.target for row in found), *also} - {None}
    named = {UUID(key) for row in found for said in row.messages for key in said.get("people", [])}
    entity = ENTITIES.get(ledger_for(batch.kind).models[0].rpartition(".")[2])
    if entity is None or not entity.person:
        return named
    if entity.person != "pk":
        met = entity.model._default_manager.filter(pk__in=keys)
        keys = set(met.values_list(entity.person, flat=True)) - {None}
    return named | keys


def leave_read_event(
    user: Any, batch: ImportBatch, rows: Iterable[ImportRow], also: Iterable[Any] = ()
) -> None:
    """Note whom some rows met, and `also` the records that are named beside them."""
    if people := sorted(people_met(batch, rows, also)):
        ReadEvent.record(
            user=user, kind=ReadEvent.Kind.LIST, people=people, entity="core.importbatch"
        )
