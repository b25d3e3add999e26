"""Read-only pages of reports ask the replica, and write to the primary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from core.database import REPLICA
from core.models import ReadEvent
from tests.conftest import COUNTY_A
from tests.rows import make_person, make_row

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def replica() -> Iterator[Any]:
    """A second connection to the same database, which may not write."""
    settings = connection.settings_dict
    options = {**settings["OPTIONS"], "options": "-c default_transaction_read_only=on"}
    connections.databases[REPLICA] = {**settings, "OPTIONS": options}
    # Connected at once: later the test case would not allow a second database.
    connections[REPLICA].connect()
    yield connections[REPLICA]
    connections[REPLICA].close()
    del connections[REPLICA]
    del connections.databases[REPLICA]


def test_reports_are_read_from_the_replica(replica: Any, cast: Any, client_of: Any) -> None:
    make_row("post", COUNTY_A)
    client = client_of(cast.viewer_a)
    for url in (f"/dashboard/{COUNTY_A}/", f"/dashboard/{COUNTY_A}/list/T1/"):
        with CaptureQueriesContext(replica) as asked:
            assert client.get(url).status_code == 200
        assert len(asked) > 3, url
    # What was read is on record, in the primary database.
    assert ReadEvent.objects.filter(user=cast.viewer_a).exists()


def test_what_was_just_saved_is_read_where_it_was_saved(
    replica: Any, cast: Any, client_of: Any
) -> None:
    make_person(COUNTY_A)
    with CaptureQueriesContext(replica) as asked:
        for url in ("/people/", "/", "/targets/"):
            assert client_of(cast.reviewer_a).get(url).status_code == 200
    assert not asked.captured_queries
