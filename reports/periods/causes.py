"""Why figures of a day that was told are others now: what was changed since, by whom and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from core.entities.changes import FieldChange, changes_since
from core.figures.population import Population


def causes(
    population: Population, keys: Sequence[Any], *, since: Any
) -> dict[Any, list[FieldChange]]:
    """Key of each thing counted -> the changes since a moment of what decides about it."""
    owners = population.owners(keys)
    belong = defaultdict(list)
    for key, owned in owners.items():
        for owner in owned:
            belong[str(owner)].append(key)
    found: dict[Any, list[FieldChange]] = defaultdict(list)
    for model, read in population.reads.items():
        if not read.link or not belong:
            continue
        link = "pgh_obj_id" if read.link == "pk" else f"{read.link}_id"
        asked = {f"{link}__in": list(belong)}
        for event, change in changes_since(model, read.columns.split(), moment=since, **asked):
            for key in belong.get(str(getattr(event, link)), ()):
                found[key].append(change)
    return {key: sorted(changes, key=lambda c: c.at) for key, changes in found.items()}
