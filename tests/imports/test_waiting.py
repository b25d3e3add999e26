"""An import that waits for its confirmation stands where its clerk looks for what waits for her."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.desk.home import home
from core.models import Job
from core.notices.waiting import waiting_for
from tests.conftest import Cast
from tests.imports.ledgers import apply, check, people, person

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Any], Client]


def boxes(client: Client) -> dict[str, str]:
    """The boxes of the workbench by their title."""
    page = client.get("/")
    assert page.resolver_match.func is home
    parts = page.text.split("<h2")[1:]
    return {part.split(">")[1].split("<")[0]: part for part in parts}


@pytest.mark.parametrize(
    ("status", "label"),
    [(Job.Status.WAITING, "核对完、等待确认的导入"), (Job.Status.FAILED, "没有完成的导入")],
)
def test_what_waits_for_its_clerk_is_no_upkeep(
    status: str, label: str, cast: Cast, client_of: ClientOf
) -> None:
    batch = check(cast.clerk_a, "people", people(person("张三")))
    Job.objects.filter(pk=batch.job_id).update(status=status)
    client = client_of(cast.clerk_a)
    found = boxes(client)
    assert label in found["等我办理"]
    assert label not in found.get("需要完善", "")
    assert '<span class="bar-count">1</span>' in client.get("/").text
    client.post(f"/imports/{batch.pk}/cancel/")
    assert "bar-count" not in client.get("/imports/").text


def test_no_box_says_that_nothing_waits_while_another_says_what(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.clerk_a)
    assert "没有等您办理的事项" in boxes(client)["等我办理"]
    apply(check(cast.clerk_a, "people", people(person("张三"))))
    assert [w for w, _ in waiting_for(cast.clerk_a) if not w.is_decision]
    assert "没有等您办理的事项" not in client.get("/").text
    assert "等我办理" not in boxes(client)
