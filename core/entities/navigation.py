"""The left navigation: who sees which of the entries that config/navigation.py names.

An entry appears when the role has one of its permissions and its page exists.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string


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
    label: str
    entries: tuple[Entry, ...]


def navigation_for(user: Any, path: str) -> list[dict[str, Any]]:
    """Groups of links the user may use; the one the path lies under is `current`."""
    groups = []
    for group in import_string(settings.NAVIGATION):
        links = [link for entry in group.entries if (link := _link(entry, user))]
        if links:
            groups.append({"label": group.label, "links": links})
    links = [link for group in groups for link in group["links"]]
    under = [link for link in links if any(path.startswith(p) for p in link["prefixes"])]
    if under:
        max(under, key=lambda link: len(link["url"]))["current"] = True
    return groups


def _link(entry: Entry, user: Any) -> dict[str, Any] | None:
    if entry.permissions and not any(user.has_perm(p) for p in entry.permissions):
        return None
    try:
        url = reverse(entry.url_name)
    except NoReverseMatch:
        return None
    # The workbench is "/", under which everything lies: it is current only on itself.
    prefixes = (url, *entry.also) if url != "/" else ()
    return {"label": entry.label, "icon": entry.icon, "url": url, "prefixes": prefixes}
