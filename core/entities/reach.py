"""An entity as one user may reach it: which rows, which verbs, and the trace of a reading."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from core.audit.models import ReadEvent
from core.entities.declarations import Action
from core.entities.entity import Entity

if TYPE_CHECKING:
    from django.http import HttpRequest

    from core.accounts.models import User

    class SignedIn(HttpRequest):
        """A request that LoginRequiredMiddleware has let through."""

        user: User  # type: ignore[assignment]
        htmx: Any


@dataclass(frozen=True)
class Reach:
    """What of an entity a user gets at. Every page, lookup, export and search goes through it."""

    entity: Entity
    user: Any

    def may(self, verb: str) -> bool:
        return bool(self.user.has_perm(self.entity.permission(verb)))

    def require(self, verb: str) -> None:
        if not self.may(verb):
            raise PermissionDenied

    def rows(self) -> Any:
        """Every row in the user's reach."""
        return self.entity.reachable(self.user)

    def get(self, pk: Any, *, lock: bool = False) -> Any:
        """The record of an address: 404 when it is not in the user's reach.

        Locked records are read without joins: a lock on an outer join is refused.
        """
        rows = self.rows()
        rows = rows.select_for_update(of=("self",)) if lock else self.entity.joined(rows)
        record = rows.filter(pk=pk).first()
        if record is None:
            raise Http404
        return record

    def holds(self, record: Any) -> bool:
        return bool(self.rows().filter(pk=record.pk).exists())

    def actions_for(self, record: Any) -> list[Action]:
        return [
            action
            for action in self.entity.all_actions
            if self.user.has_perm(action.permission)
            and action.when(record)
            and (action.offered is None or action.offered(record, self.user))
        ]

    def action(self, code: str, *, in_bulk: bool = False) -> Action:
        """The action of an address: 404 when there is none, 403 without the permission."""
        found = (a for a in self.entity.all_actions if a.code == code)
        action = next((a for a in found if a.in_bulk or not in_bulk), None)
        if action is None:
            raise Http404
        if not self.user.has_perm(action.permission):
            raise PermissionDenied
        return action

    def leave_read_event(self, kind: str, records: list[Any], **detail: Any) -> None:
        """Who read whose data. When it cannot be written the reading fails."""
        if not self.entity.person:
            return
        people: set[uuid.UUID] = {getattr(r, self.entity.person) for r in records} - {None}
        if people:
            ReadEvent.record(
                user=self.user,
                kind=kind,
                people=sorted(people),
                entity=self.entity.model._meta.label_lower,
                **detail,
            )
