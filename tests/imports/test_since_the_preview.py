"""What was edited between the preview and the writing is not overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from core.jobs import running as jobs
from core.ledgers import actions, applying
from core.ledgers.comparing import MOVED
from projects.models import Project
from talent.models import Person
from tests.conftest import Cast
from tests.imports.ledgers import (
    apply,
    check,
    fresh,
    outcomes,
    people,
    person,
    row_of,
    take,
    words,
    workbook,
)
from tests.imports.test_projects import HEAD, row
from tests.rows import id_number
from tests.threads import together

pytestmark = pytest.mark.django_db
OLD, LEDGER, OWN = "13900000001", "13900000002", "13900000003"


@pytest.fixture
def number(cast: Cast) -> str:
    number = id_number()
    assert outcomes(take(cast.clerk_a, "people", people(person("张三", number, 联系电话=OLD))))
    return number


def edit(phone: str) -> None:
    someone = Person.objects.get()
    someone.phone = phone
    someone.save()


@pytest.mark.parametrize(
    ("said", "previewed", "edited"),
    [
        pytest.param(OLD, "unchanged", OWN, id="the same as registered"),
        pytest.param(LEDGER, "changed", "13700000003", id="another than registered"),
    ],
)
def test_a_person_edited_after_the_preview_keeps_the_edit(
    cast: Cast, number: str, said: str, previewed: str, edited: str
) -> None:
    data = people(person("张三", number, 联系电话=said), person("李四"))
    batch = check(cast.clerk_a, "people", data)
    assert outcomes(batch) == {previewed: 1, "new": 1}
    edit(edited)
    batch = apply(batch)
    assert outcomes(batch) == {"held": 1, "new": 1}
    assert words(batch, 2).endswith(MOVED)
    # Both values can be compared where the row is listed.
    assert [label for label, _, _ in row_of(batch, 2).diff] == ["联系电话"]
    assert Person.objects.get(name="张三").phone == edited
    # Once more, the difference is shown and may be written.
    again = check(cast.clerk_a, "people", data)
    assert outcomes(again) == {"changed": 1, "unchanged": 1}
    apply(again)
    assert Person.objects.get(name="张三").phone == said


def test_an_edit_of_something_else_holds_nothing_up(cast: Cast, number: str) -> None:
    batch = check(cast.clerk_a, "people", people(person("张三", number, 联系电话=LEDGER)))
    Person.objects.update(ethnicity="02", version=F("version") + 1)
    assert outcomes(apply(batch)) == {"changed": 1}
    assert Person.objects.get().phone == LEDGER


def test_somebody_entered_after_the_preview_is_not_changed(cast: Cast) -> None:
    mine = id_number()
    batch = check(cast.clerk_a, "people", people(person("张三", mine, 联系电话=LEDGER)))
    take(cast.reviewer_a, "people", people(person("张三", mine, 联系电话=OLD)))
    assert outcomes(apply(batch)) == {"held": 1}
    assert Person.objects.get().phone == OLD


def test_a_project_stopped_after_the_preview_is_not_entered_anew(cast: Cast) -> None:
    take(cast.clerk_a, "projects", workbook([HEAD, row()]))
    batch = check(cast.clerk_a, "projects", workbook([HEAD, row(预算金额="", 合同金额="")]))
    assert outcomes(batch) == {"unchanged": 1}
    Project.objects.update(ended_on="2024-06-30")
    assert outcomes(apply(batch)) == {"held": 1}
    assert Project.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_edits_what_is_just_being_written(
    cast: Cast, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last comparison and the writing a form waits, and then knows it is old."""
    batch = check(cast.clerk_a, "people", people(person("张三", number, 联系电话=LEDGER)))
    actions.confirm(batch=batch, by=cast.clerk_a, inline=True)
    real: Callable[..., Any] = applying.compare

    def edit_meanwhile() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '300ms'")
            edit(OWN)

    def compare(*args: Any, **options: Any) -> Any:
        counts = real(*args, **options)
        (refused,) = together(edit_meanwhile)
        assert isinstance(refused, DatabaseError)
        return counts

    monkeypatch.setattr(applying, "compare", compare)
    jobs.run(batch.job_id)
    assert outcomes(fresh(batch)) == {"changed": 1}
    assert Person.objects.get().phone == LEDGER
