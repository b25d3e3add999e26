"""Two people edited the same record: both values side by side, and a choice for each."""

from __future__ import annotations

from typing import Any

from core.entities.changes import as_of_version
from core.entities.display import field_of, words


def conflicts(mine: Any, theirs: Any, version: str) -> list[dict[str, Any]]:
    """Fields where the submitted form differs from the record as it is now.

    `mine` is bound to the submitted data, `theirs` is an unbound form of the current
    record, `version` is the one that the submitted form was opened on. Rows are {name,
    label, mine, theirs}, in words, and `only`: "mine" or "theirs" where only that side
    changed the field since, "" where both did.
    """
    mine.is_valid()
    seen = as_of_version(theirs.instance, version)
    rows = []
    for name in mine.fields:
        if name == "reason" or name not in mine.changed_data:
            continue
        field = field_of(theirs.instance, name)
        value = mine.cleaned_data.get(name, mine[name].value())
        current = getattr(theirs.instance, name, None)
        rows.append({
            "name": name,
            "label": mine.fields[name].label,
            "mine": words(field, value) or "空",
            "theirs": words(field, current) or "空",
            "only": _changed_by_one(field, seen, value, current),
        })  # fmt: skip
    return rows


def _changed_by_one(field: Any, seen: Any, value: Any, current: Any) -> str:
    if field is None or not hasattr(seen, field.attname):
        return ""
    before = _plain(getattr(seen, field.attname))
    if before == _plain(current):
        return "mine"
    return "theirs" if before == _plain(value) else ""


def _plain(value: Any) -> Any:
    """A value to compare: the key of a record, one nothing for all empty ones."""
    value = getattr(value, "pk", value)
    # 0 says something.
    return None if value in ("", None, []) else value


def resolved(data: Any, current: Any) -> Any:
    """The submitted data with the fields decided as 「现在的值」 put back to the record's.

    `current` is an unbound form of the record.
    """
    decided = [name.removeprefix("resolve_") for name in data if name.startswith("resolve_")]
    if not decided:
        return data
    data = data.copy()
    for name in decided:
        if name not in current.fields or data.get(f"resolve_{name}") != "theirs":
            continue
        value = current[name].value()
        values = value if isinstance(value, list | tuple) else [value]
        for part in (name, f"{name}_text", f"{name}_pick"):
            data.pop(part, None)
        data.setlist(name, ["" if v is None else str(v) for v in values])
    return data
