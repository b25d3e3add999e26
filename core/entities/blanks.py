"""Blank forms that take the rows of a list, besides Excel and CSV: rooms above say which.

    declare_blanks(lambda entity, user: [Blank("template", "导入模板", write)])

gives the lists and records of an entity one more thing to be exported into, for that user.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import FileResponse

from core.rules import RuleError

if TYPE_CHECKING:
    from core.entities.entity import Entity

# What every list is exported as.
PLAIN = ("", "xlsx", "csv")


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of a list in its order: of which region, which they are in words, masked unless there
    is a `reason`. `report` hears how many are written, and may end it by an exception."""

    user: Any
    entity: Entity
    rows: Any
    region: str
    words: str
    reason: str = ""
    report: Callable[[int], None] | None = None


@dataclass(frozen=True)
class Blank:
    """A form by its code among the formats of an export, its name, and what writes rows into it
    (raises RuleError or PermissionDenied)."""

    code: str
    label: str
    write: Callable[[Rows], FileResponse]


BlanksOf = Callable[["Entity", Any], Iterable[Blank]]
_DECLARED: list[BlanksOf] = []


def declare_blanks(of: BlanksOf) -> None:
    _DECLARED.append(of)


def blanks_of(entity: Entity, user: Any) -> list[Blank]:
    """The forms into which a user may write rows of an entity."""
    return [blank for of in _DECLARED for blank in of(entity, user)]


def blank_for(entity: Entity, user: Any, code: str) -> Blank | None:
    """The form that was chosen, None for a plain export. Raises RuleError where it is gone."""
    if code in PLAIN:
        return None
    for blank in blanks_of(entity, user):
        if blank.code == code:
            return blank
    raise RuleError("EXPORT", "这张表已移除，或不再填这份名单，请重新选择。")
