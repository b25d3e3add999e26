"""What is made of a declaration hides numbers, and refuses what would show too much."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils.html import strip_tags

from core.entities.columns import export_columns_for, table_for
from core.entities.deactivation import reactivate
from core.entities.display import shown
from core.entities.entity import Entity
from core.entities.filters import filterset_for
from core.entities.tables import AsRead
from core.models import FormerValue, ImportBatch, Job, User
from core.rules import RuleError
from talent.models import Person
from tests.conftest import COUNTY_A, Cast
from tests.rows import make_person, make_row


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Entity:
    """An entity whose list names numbers as if they were words; nobody else finds it."""
    monkeypatch.setattr("core.entities.entity.ENTITIES", {})
    return Entity(
        model=Person, code="probe", columns="name phone id_number", is_opened=False, person="pk"
    )


@pytest.mark.django_db
def test_a_number_in_a_list_is_masked_however_it_was_declared(listed: Entity) -> None:
    """On the page and in the file; nor is a list put in the order of what is encrypted."""
    person = make_person(COUNTY_A, phone="13885012345")
    table = table_for(listed)(AsRead([person]))
    (row,) = table.rows
    assert strip_tags(row.get_cell("phone")) == person.masked_phone == "138****2345"
    assert strip_tags(row.get_cell("id_number")) == person.masked_id_number
    assert [column.orderable for column in table.columns] == [True, False, False]
    filed = {column.label: column for column in export_columns_for(listed)}
    assert filed["联系电话"].get(person) == "138****2345"
    assert filed["证件号码"].get(person) == person.masked_id_number


@pytest.mark.parametrize(
    ("model", "path", "why"),
    [
        (Job, "by", "outside any scope"),
        (Person, "name", "how it is filtered"),
        (Person, "phone", "how it is filtered"),
    ],
)
def test_a_filter_that_would_name_everybody_cannot_be_declared(
    model: type[Any], path: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.entities.entity.ENTITIES", {})
    with pytest.raises(TypeError, match=f"{path}.*{why}"):
        filterset_for(Entity(model=model, code="probe", filters=path))


def test_a_record_without_a_page_is_named_without_a_link() -> None:
    batch = ImportBatch(job=Job(kind="people"))
    assert shown(batch, "job") == "people（排队中）"


def test_a_former_value_says_until_when_it_was_so() -> None:
    assert str(FormerValue(value="12", until=datetime.date(2024, 1, 1))) == "12 2024-01-01"


@pytest.mark.django_db
def test_what_is_in_use_is_not_brought_back(cast: Cast) -> None:
    """Who comes second changes nothing."""
    row = make_row("title", COUNTY_A)
    with pytest.raises(RuleError, match="没有停用"):
        reactivate(record=row, by=cast.clerk_a, reason="弄错了")
    row.refresh_from_db()
    assert row.version == 1


@pytest.mark.django_db
def test_who_may_not_view_a_part_reads_nothing_of_it(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither on the record's page nor in its history."""
    row = make_row("certificate", COUNTY_A)
    pages = [f"/people/{row.person_id}/", f"/people/{row.person_id}/history/"]
    client, has_perm = client_of(cast.viewer_a), User.has_perm
    before = [client.get(page).text for page in pages]
    assert all("助理社会工作师" in text for text in before)

    def no_certificates(user: User, permission: str, obj: Any = None) -> bool:
        return permission != "talent.view_certificate" and bool(has_perm(user, permission, obj))

    monkeypatch.setattr(User, "has_perm", no_certificates)
    after = [client.get(page).text for page in pages]
    assert not any("助理社会工作师" in text for text in after)
    assert all(row.person.name in text for text in after)
