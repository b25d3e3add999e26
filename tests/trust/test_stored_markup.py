"""T39: what people type is never markup, on whatever page it comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from core.entities.entity import ENTITIES
from core.models import User
from tests.conftest import COUNTY_A
from tests.contracts.policy import allows, policy_of
from tests.contracts.test_addresses import SWEPT, closed, url_for
from tests.rows import make_row

MARKUP = "<i onx=1>\"'欧"
_OURS = ("core.user", "stations.", "talent.", "projects.", "reports.plan")


def free_texts() -> Iterator[tuple[str, str]]:
    """(table, column) of what people type, without codes, keys and states."""
    for model in apps.get_models():
        if not model._meta.label_lower.startswith(_OURS) or not model._meta.managed:
            continue
        for field in model._meta.local_fields:
            is_text = type(field) in {models.CharField, models.TextField}
            if is_text and not field.choices and not field.unique and (field.max_length or 99) > 40:
                yield model._meta.db_table, str(field.column)


def mark_everything() -> int:
    """Write the markup into every free text, past forms and rules; how many columns took it."""
    marked = 0
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, column in free_texts():
            # A constraint may refuse it: then it cannot be stored.
            with suppress(DatabaseError), transaction.atomic():
                value = "%s || right(id::text, 6)"
                cursor.execute(f'UPDATE "{table}" SET "{column}" = {value}', [MARKUP])
                marked += cursor.rowcount > 0
    return marked


@pytest.mark.django_db
def test_no_page_takes_it_for_markup(cast: Any, client_of: Any) -> None:
    for entity in sorted(n for n, e in ENTITIES.items() if e.is_record):
        make_row(entity, COUNTY_A)
    pages = []
    for name in SWEPT:
        policy = policy_of(name)
        if policy and "GET" in policy.methods and not name.startswith("api-"):
            record = policy.make(COUNTY_A) if policy.make else None
            pages.append((url_for(name, policy, record), policy))
    assert mark_everything() > 10
    shown = 0
    for part in ("reviewer_a", "security", "system", "worker_a"):
        user = User.objects.get(username=part)
        client = client_of(user)
        client.raise_request_exception = False
        for url, policy in pages:
            if not allows(policy, user):
                continue
            answer = closed(client.get(url))
            if answer.streaming or "text/html" not in answer.headers.get("Content-Type", ""):
                continue
            assert "<i onx" not in answer.text, url
            assert "\"'欧" not in answer.text, url
            shown += "&lt;i onx" in answer.text
    assert shown > 20
