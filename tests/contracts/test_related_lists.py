"""What hangs on a record is read through the scope, on its page and in its history.

A related list may cross a border: a station of one county that an organisation of another
runs. Whoever opens the organisation sees only what lies in the own area.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.entities.entity import ENTITIES, Entity
from stations.models import Station
from talent.models import Person, Post
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.rows import DAY, make_person, make_row, make_station

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
        ("organization", "rosters"),
        ("organization", "stations"),
        ("person", "posts"),
        ("person", "rosterlines"),
        ("station", "posts"),
        ("station", "rosters"),
    }


_NESTED = re.compile(r"<a\b[^>]*>(?:(?!</a>).)*<a\b", re.DOTALL)


@pytest.mark.django_db
def test_no_link_stands_in_another(cast: Cast, client_of: Any) -> None:
    """Whose name comes first in a row has a page of her own, and the row's is beside it."""
    person = make_person(TOWNSHIP_A, "王秀英")
    station = make_station(TOWNSHIP_A)
    post = Post.objects.create(person=person, station=station, region_id=TOWNSHIP_A, started_on=DAY)
    client = client_of(cast.clerk_a)
    for record in (station, person, post):
        page = client.get(f"/{_PAGES[type(record)]}/{record.pk}/").text
        assert not _NESTED.search(page.split("<main")[1])
    listed = client.get(f"/stations/{station.pk}/").text
    assert f'href="/people/{person.pk}/">王秀英</a>' in listed
    assert f'href="/posts/{post.pk}/" aria-label="查看岗位' in listed


_PAGES = {Station: "stations", Person: "people", Post: "posts"}
