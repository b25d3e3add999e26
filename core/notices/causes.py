"""What messages may be about: records whose scope says who sees the message."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from core.pointers import label_of
from core.scoping import ScopedModel

CAUSES: dict[str, type[ScopedModel]] = {}


def declare_cause(model: type[ScopedModel]) -> None:
    """Let records of a model be what a message is about; where its actions are."""
    CAUSES[label_of(model)] = model


def seen_by(user: Any) -> Q:
    """Messages about records that lie in the user's scope."""
    seen = Q(pk__in=[])
    for label, model in CAUSES.items():
        inside = model.objects.for_user(user).filter(pk=OuterRef("record_id"))
        seen |= Q(Exists(inside), record_label=label)
    return seen
