"""What hangs on a record is read through the scope, on its page and in its history.

A related list may cross a border: a station of one county that an organisation of another
runs. Whoever opens the organisation sees only what lies in the own area.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.entities.entity import ENTITIES, Entity
from tests.conftest import COUNTY_A, COUNTY_B
from tests.rows import make_row

ALL = [(entity, related.accessor) for entity in ENTITIES.values() for related in entity.related]


def _crosses(entity: Entity, accessor: str) -> bool:
    """Whether a row may lie elsewhere than what it hangs on."""
    relation = entity.model._meta.get_field(accessor)
    lies_by = getattr(relation.related_model, "scope_field", "")
    return not lies_by.startswith(f"{relation.field.name}__")


CROSSING = [
    pytest.param(entity, accessor, id=f"{entity.name}-{accessor}")
    for entity, accessor in ALL
    if _crosses(entity, accessor)
]


def _child(entity: Entity, accessor: str, parent: Any, county: str, **fields: Any) -> Any:
    """A row of a county that hangs on a record, whatever the ordinary way to get there is."""
    relation = entity.model._meta.get_field(accessor)
    child = make_row(relation.related_model._meta.model_name, county)
    rows = relation.related_model._base_manager.filter(pk=child.pk)
    rows.update(**{relation.field.attname: parent.pk}, **fields)
    child.refresh_from_db()
    return child


@pytest.mark.django_db
@pytest.mark.parametrize(("entity", "accessor"), CROSSING)
def test_only_rows_in_scope_are_listed(
    entity: Entity, accessor: str, cast: Any, client_of: Any
) -> None:
    parent = make_row(entity.name, COUNTY_A)
    own = _child(entity, accessor, parent, COUNTY_A)
    # Nobody has two primary posts.
    beside = {"is_primary": False} if accessor == "posts" else {}
    foreign = _child(entity, accessor, parent, COUNTY_B, **beside)
    client = client_of(cast.clerk_a)
    page = client.get(entity.url("detail", parent)).text
    block = page.split(f'id="{accessor}"')[1].split("</section>")[0]
    assert str(own.pk) in block
    assert str(foreign.pk) not in block
    history = client.get(entity.url("history", parent)).text
    assert str(foreign) == str(own) or str(foreign) not in history
    both = client_of(cast.prefecture).get(entity.url("detail", parent)).text
    assert {str(own.pk), str(foreign.pk)} <= set(re.findall(r"[0-9a-f-]{36}", both))


def test_what_may_cross_a_border() -> None:
    """The others lie where their record lies, which the model says."""
    names = {(entity.name, accessor) for entity, accessor in ALL if _crosses(entity, accessor)}
    assert names == {
        ("organization", "contracts"),
        ("organization", "purchases"),
        ("organization", "stations"),
        ("person", "posts"),
        ("station", "posts"),
    }
