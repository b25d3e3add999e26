"""What the entities of records that belong to a person have in common."""

from __future__ import annotations

from typing import Any

from core.entities.columns import Column
from core.entities.entity import Entity
from talent.people.actions import add_record
from talent.people.finding import by_person, holder_named_by

PERSON_NAME = Column("person__name", "姓名")
_NUMBER = Column("person__number", "人才编号", optional=True)


def part_of_person(**declaration: Any) -> Entity:
    """A record that belongs to a person: created there, leads back there."""
    common: dict[str, Any] = {
        "person": "person_id",
        "parent": "person",
        "select_related": ("person",),
        "is_created_alone": False,
        "can_deactivate": True,
        "headline": "person",
        "search": by_person,
        "search_hint": "姓名、拼音、人才编号、证件号",
        "found_by": holder_named_by,
        "empty_hint": "在人员的页面上添加，或随花名册一起导入。",
        "create": add_record,
    }
    columns = (*declaration.pop("columns"), _NUMBER)
    return Entity(**common | declaration, columns=columns)
