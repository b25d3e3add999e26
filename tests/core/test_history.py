"""History by trigger: every way of writing, with who and why."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.audit.history import acting
from core.entities.changes import changes_of
from stations.models import Organization
from talent.models import Person
from tests.conftest import COUNTY_A
from tests.rows import make_organization, make_person


def events(model: Any, record: Any) -> list[Any]:
    return list(model.pgh_event_model.objects.filter(pgh_obj_id=record.pk).order_by("pgh_id"))


@pytest.mark.django_db
def test_raw_sql_and_bulk_create_are_in_it(cast: Any) -> None:
    with acting(cast.clerk_a, reason="补录"):
        made = Organization.objects.bulk_create(
            [Organization(name=f"机构{n}", kind="4", region_id=COUNTY_A) for n in range(3)]
        )
        with connection.cursor() as cursor:
            cursor.execute("UPDATE stations_organization SET address = '中山路'")
    for organization in made:
        labels = [e.pgh_label for e in events(Organization, organization)]
        assert labels == ["insert", "update"]
        for event in events(Organization, organization):
            assert event.pgh_context.metadata["user"] == str(cast.clerk_a.pk)
            assert event.pgh_context.metadata["reason"] == "补录"


@pytest.mark.django_db
def test_deletes_and_writes_of_nobody_are_in_it() -> None:
    organization = make_organization(COUNTY_A)
    pk = organization.pk
    organization.delete()
    found = Organization.pgh_event_model.objects.filter(pgh_obj_id=pk).order_by("pgh_id")
    assert [e.pgh_label for e in found] == ["insert", "delete"]
    assert [e.pgh_context for e in found] == [None, None]


@pytest.mark.django_db
def test_history_says_who_and_shows_no_number(cast: Any) -> None:
    person = make_person(COUNTY_A, phone="13885012345")
    with acting(cast.clerk_a, reason="换号"):
        person.phone, person.former_name = "13985012345", "张珊"
        person.save()
    change = changes_of(Person.objects.get(pk=person.pk))[0]
    assert (change.who, change.reason) == ("南明录入员", "换号")
    text = str(change.rows)
    assert "张珊" in text
    assert "13985012345" not in text
    assert "13885012345" not in text


@pytest.mark.django_db
def test_a_request_writes_in_the_name_of_its_user(cast: Any, client_of: Any) -> None:
    organization = make_organization(COUNTY_A, "旧名称机构")
    data = {"version": 1, "name": "新名称机构", "kind": "4", "region": COUNTY_A}
    answer = client_of(cast.clerk_a).post(f"/organizations/{organization.pk}/edit/", data)
    assert answer.status_code == 302
    last = events(Organization, organization)[-1]
    assert last.name == "新名称机构"
    assert last.pgh_context.metadata["user"] == str(cast.clerk_a.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_history_cannot_be_altered(verb: str) -> None:
    organization = make_organization(COUNTY_A, "记录在案的机构")
    found = Organization.pgh_event_model.objects.filter(pgh_obj_id=organization.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        found.update(name="改写") if verb == "update" else found.delete()
    assert [e.name for e in found] == ["记录在案的机构"]
