"""A table whose trigger is gone goes on working and remembers nothing: 运行状况 says so."""

from __future__ import annotations

from typing import Any

import pgtrigger
import pytest
from django.db import connection

from core.audit.triggers import tables_without
from talent.models import Person

pytestmark = pytest.mark.django_db


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_all_that_is_declared_is_installed() -> None:
    assert tables_without() == []


@pytest.mark.parametrize(
    "loss",
    [
        "DROP TRIGGER {name} ON talent_person",
        "ALTER TABLE talent_person DISABLE TRIGGER {name}",
        "COMMENT ON TRIGGER {name} ON talent_person IS 'of the release before'",
    ],
)
def test_a_lost_trigger_is_an_alarm(loss: str, cast: Any, client_of: Any) -> None:
    update = next(
        t for m, t in pgtrigger.registered() if m is Person and t.name.startswith("update")
    )
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(loss.format(name=update.get_pgid(Person)))
    assert tables_without() == ["talent_person"]
    page = client_of(cast.system).get("/security/status/")
    assert "1 张表没有记录修改（talent_person）" in page.text
