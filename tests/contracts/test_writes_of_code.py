"""State changes only in actions (choke point 2): no page, form or list writes by itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "stations", "talent", "projects", "reports")
# Where writing is the room's purpose: actions and what they are made of.
_ROOMS = re.compile(
    r"/(?:actions|states|named|merging|accounts|timeline|guards|successions|snapshots|plans)\.py$"
    r"|/(?:actions|ledgers|ledger|jobs|management|migrations)/|/models\.py$"
)
# A file elsewhere that writes, and why that is right. A new one needs a reason here.
_REASONS = {
    "core/attachments/pdfs.py": "a PDF, into memory",
    "core/attachments/photos.py": "a picture, into memory",
    "core/database.py": "names that migrations bring into one writing",
    "core/notices/reminders.py": "the messages of the nightly run, its only act",
    "core/entities/former.py": "what a dated column held before, beside the write of an action",
    "core/entities/exporting.py": "the actions of exports: queue, fetch, call off, forget",
    "core/entities/steps.py": "what an action did is noted beside it, and taken back",
    "core/notices/waiting.py": "a number kept in the cache",
    "core/entities/saved.py": "the actions of saved views",
    "core/desk/login.py": "the session of who logs in, and the password of who changes it",
    "core/entities/pages/create.py": "an entity without an action of its own is saved as it is",
    "core/entities/pages/edit.py": "an entity without an action of its own is saved as it is",
    "core/entities/pages/act.py": "raises the version of the record an action was done to",
}
_SAVES = {
    "save", "delete", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
}  # fmt: skip
_QUERY = {"objects", "_base_manager", "_default_manager", "filter", "exclude", "for_user", "all"}


def _writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, name) of calls that write rows; `update` counts on querysets, not on dicts."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name, receiver = node.func.attr, node.func.value
        inside = {n.attr for n in ast.walk(receiver) if isinstance(n, ast.Attribute)}
        of_parent = isinstance(receiver, ast.Call) and getattr(receiver.func, "id", "") == "super"
        if (name in _SAVES and not of_parent) or (name == "update" and inside & _QUERY):
            yield node.lineno, name


def _found() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if _ROOMS.search("/" + name):
                continue
            if lines := [f"{n}: {what}" for n, what in _writes(ast.parse(path.read_text()))]:
                found[name] = lines
    return found


def test_nobody_else_writes() -> None:
    strangers = {name: lines for name, lines in _found().items() if name not in _REASONS}
    assert not strangers, f"state changes belong in actions: {strangers}"


def test_reasons_still_stand() -> None:
    assert set(_REASONS) <= set(_found()), "a reason whose file writes no longer"


@pytest.mark.parametrize(
    ("code", "is_write"),
    [
        ("record.save()", True),
        ("Person.objects.filter(pk=1).update(name='x')", True),
        ("Person.objects.for_user(user).delete()", True),
        ("Model.objects.create(a=1)", True),
        ("values.update(a=1)", False),
        ("super().save()", False),
    ],
)
def test_what_counts_as_writing(code: str, is_write: bool) -> None:
    assert bool(list(_writes(ast.parse(code)))) is is_write
