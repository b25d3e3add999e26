"""The left navigation: who sees which of the entries that config/navigation.py names.

An entity's list is named by its model; its words, picture and permission are the entity's own.
An entry appears when the role has one of its permissions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from core.entities.entity import ENTITIES, Entity


@dataclass(frozen=True)
class Entry:
    """A link: any one of `permissions` is enough, none means every signed-in user."""

    label: str
    url_name: str
    icon: str
    permissions: tuple[str, ...] = ()
    # Path prefixes, besides its own address, under which the entry is the current one.
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Entries under a heading; a name is that of an entity's model."""

    label: str
    entries: tuple[Entry | str, ...]


def _groups() -> tuple[Group, ...]:
    found: tuple[Group, ...] = import_string(settings.NAVIGATION)
    return found


def in_order() -> Iterator[Entity]:
    """Every entity, in the order of the navigation, each followed by those beside it."""
    named = [entry for group in _groups() for entry in group.entries if isinstance(entry, str)]
    names = [name for entry in named for name in (entry, *ENTITIES[entry].beside)]
    for name in dict.fromkeys((*names, *ENTITIES)):
        yield ENTITIES[name]


def navigation_for(user: Any, path: str) -> list[dict[str, Any]]:
    """Groups of links the user may use; the one the path lies under is `current`."""
    groups = []
    for group in _groups():
        links = [link for entry in group.entries if (link := _link(entry, user))]
        if links:
            groups.append({"label": group.label, "links": links})
    links = [link for group in groups for link in group["links"]]
    under = [link for link in links if any(path.startswith(p) for p in link["prefixes"])]
    if under:
        max(under, key=lambda link: len(link["url"]))["current"] = True
    return groups


def _entry(entity: Entity) -> Entry:
    """The entry of an entity's list; the lists beside it lie under it."""
    beside = tuple(f"/{ENTITIES[name].prefix}" for name in entity.beside if name != entity.name)
    return Entry(
        entity.menu or entity.list_label,
        entity.address_name("list"),
        entity.icon,
        (entity.permission("view"),),
        also=beside,
    )


def _link(entry: Entry | str, user: Any) -> dict[str, Any] | None:
    if isinstance(entry, str):
        entry = _entry(ENTITIES[entry])
    if entry.permissions and not any(user.has_perm(p) for p in entry.permissions):
        return None
    url = reverse(entry.url_name)
    # The workbench is "/", under which everything lies: it is current only on itself.
    prefixes = (url, *entry.also) if url != "/" else ()
    return {"label": entry.label, "icon": entry.icon, "url": url, "prefixes": prefixes}
