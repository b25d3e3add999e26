"""The style sheet says nothing that no page shows."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

ROOT: Path = settings.BASE_DIR
# What others set: htmx, and the kinds of tags and notes that views name.
SET_BY_OTHERS = {"htmx-request", "is-good"}
_CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")


def _styled() -> set[str]:
    """Classes that selectors of ours name."""
    text = "".join(path.read_text() for path in (ROOT / "static" / "css").glob("*.css"))
    selectors = re.sub(r'/\*.*?\*/|"[^"]*"|\{[^{}]*\}', " ", text, flags=re.DOTALL)
    return set(_CLASS.findall(selectors))


def _words() -> set[str]:
    """Whatever templates, scripts and our own Python say."""
    folders = ("templates", "static/js", "core", "talent", "stations", "projects", "reports")
    files = (path for folder in folders for path in (ROOT / folder).rglob("*.*"))
    return {
        word
        for path in files
        if path.suffix in {".html", ".js", ".py"} and "migrations" not in path.parts
        for word in re.findall(r"[\w-]+", path.read_text())
    }


def test_every_class_of_the_style_sheet_is_used() -> None:
    styled = _styled()
    assert len(styled) > 100
    assert styled - _words() == SET_BY_OTHERS
