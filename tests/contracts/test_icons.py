"""Every icon that a page, an entity or the navigation names is in the sprite: one that is not shows
nothing, and nobody is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from config.navigation import NAVIGATION
from core.entities.entity import ENTITIES
from core.entities.navigation import Entry

ROOT = Path(__file__).resolve().parents[2]
_NAMED = re.compile(r"""{% icon "([a-z-]+)\"""")


def named() -> Iterator[tuple[str, str]]:
    """(where, icon)"""
    for path in (ROOT / "templates").rglob("*.html"):
        for name in _NAMED.findall(path.read_text()):
            yield path.name, name
    for entity in ENTITIES.values():
        yield entity.name, entity.icon
    for group in NAVIGATION:
        for entry in group.entries:
            if isinstance(entry, Entry):
                yield entry.label, entry.icon


def test_every_icon_is_there() -> None:
    sprite = (ROOT / "static/vendor/icons/sprite.svg").read_text()
    there = set(re.findall(r'id="([a-z-]+)"', sprite))
    found = list(named())
    assert len(found) > 50
    assert [(where, icon) for where, icon in found if icon not in there] == []
