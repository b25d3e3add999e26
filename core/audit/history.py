"""History of every write, by database trigger: bulk and raw SQL leave it too.

Triggers are at statement level, because a row-level one costs a subtransaction a row in
a large import. `acting()` says on whose behalf a piece of code writes.
"""

from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models

from core.secrecy.identity import without_id_numbers

M = TypeVar("M", bound=type[models.Model])
# What is taken back by what is written, by its context (core.entities.steps).
UNDOES = "undoes"


def tracked(model: M) -> M:
    """Class decorator: keep a copy of every row version in <Model>Event.

    Nothing but the triggers writes the event tables, and others refuse to change, delete or
    empty what stands there.
    """
    return pghistory.track(
        pghistory.InsertEvent(level=pghistory.Statement),
        pghistory.UpdateEvent(level=pghistory.Statement),
        pghistory.DeleteEvent(level=pghistory.Statement),
        # Nobody asks for all events of one context; every write would pay for its index.
        context_field=pghistory.ContextForeignKey(db_index=False),
        append_only=True,
        meta={"triggers": [never_emptied()]},
    )(model)


def never_emptied() -> pgtrigger.Trigger:
    """TRUNCATE passes by the triggers of rows (T14)."""
    return pgtrigger.Trigger(
        name="never_emptied",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'Cannot empty table %', TG_TABLE_NAME;",
    )


def last_writer(record: models.Model, *fields: str) -> str | None:
    """The id of the user who wrote the latest version of a record, None for the system.

    With `fields` the one who gave these their present values. Who takes a step back gives
    none: then it is as it was before, but for what others gave since.
    """
    model: Any = type(record).pgh_event_model  # type: ignore[attr-defined]
    names = [model._meta.get_field(name).attname for name in fields or ("pgh_id",)]
    # Of each event that gave a value: its context, and by whom.
    given: list[tuple[str, str | None]] = []
    stands: list[Any] = []
    events = model.objects.filter(pgh_obj_id=record.pk).select_related("pgh_context")
    for event in events.order_by("pgh_id"):
        metadata = event.pgh_context.metadata if event.pgh_context else {}
        values, before = [getattr(event, name) for name in names], stands
        stands = values
        if undone := metadata.get(UNDOES):
            given = [(context, user) for context, user in given if context != undone]
        elif values != before:
            given.append((str(event.pgh_context_id), metadata.get("user")))
    return given[-1][1] if given else None


def acting(user: Any, *, reason: str = "", **details: Any) -> pghistory.context:
    """Context manager: rows written inside carry the user's id (and a reason).

    COPY does not carry it by itself: run one ordinary statement in the same transaction
    first (`SET CONSTRAINTS ALL IMMEDIATE` does).
    """
    metadata = {"user": str(user.pk) if user is not None else None, **details}
    kept = {"reason": without_id_numbers(reason)} if reason else {}
    return pghistory.context(**metadata, **kept)
