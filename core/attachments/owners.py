"""Which records may have files. A kind of record says so once, in its own app.

The files lie in the scope of the record they hang on, and so do the rights: whoever may see the
record sees them, whoever may change it adds and removes them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from core.pointers import label_of
from core.scoping import ScopedModel


@dataclass(frozen=True)
class Owner:
    """A kind of record with files.

    `person_path` is the field path from a record to the Person it is about ("pk",
    "person_id"), "" where it is about nobody. `purposes` are offered where somebody says what
    a file is for. `may_remove`: whether the files of a record may still be taken off it, or
    something was decided on them.
    """

    model: type[ScopedModel]
    person_path: str = ""
    purposes: tuple[str, ...] = ()
    may_remove: Callable[[Any], bool] = lambda record: True

    def permission(self, verb: str) -> str:
        return f"{self.model._meta.app_label}.{verb}_{self.model._meta.model_name}"

    def people(self, record: Any) -> list[uuid.UUID]:
        """Whom reading a file of this record is reading about."""
        person = getattr(record, self.person_path) if self.person_path else None
        return [person] if person else []

    def record(self, pk: uuid.UUID) -> Any:
        """The record of a file that was looked up in scope."""
        return self.model._base_manager.get(pk=pk)

    def reached_by(self, user: Any, people: list[uuid.UUID]) -> Q:
        """The files of this kind of record whose record lies in the user's scope, or is about
        one of the people whom the account itself stands for."""
        inside = self.model.objects.for_user(user).filter(pk=OuterRef("owner_id"))
        reached = Q(Exists(inside))
        if self.person_path and people:
            own = self.model._base_manager.filter(
                pk=OuterRef("owner_id"), **{f"{self.person_path}__in": people}
            )
            reached |= Q(Exists(own))
        return Q(owner_label=label_of(self.model)) & reached


OWNERS: dict[str, Owner] = {}
_own_people: list[Callable[[Any], list[uuid.UUID]]] = []


def declare_files(model: type[ScopedModel], **of: Any) -> None:
    """Let the records of a model have files; once a model, when the app is loaded."""
    OWNERS[label_of(model)] = Owner(model, **of)


def own_people_are(find: Callable[[Any], list[uuid.UUID]]) -> None:
    """Say how the people whom an account itself stands for are found (core knows none)."""
    _own_people[:] = [find]


def own_people(user: Any) -> list[uuid.UUID]:
    """The ids of the Person behind an account, none for those who work for an office."""
    return _own_people[0](user) if _own_people and user.is_authenticated else []
