"""F26: a crowd opens the board at the same moment; the figures are computed once."""

from __future__ import annotations

import datetime
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from reports.models import Snapshot
from reports.snapshots import actions
from reports.snapshots import reading as snapshots
from tests.reports import build

CROWD = 12
_SLOW = 3.0


def together(ask: Any) -> list[Any]:
    start = threading.Barrier(CROWD)

    def one(number: int) -> Any:
        start.wait()
        try:
            return ask()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CROWD) as crowd:
        return list(crowd.map(one, range(CROWD)))


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[datetime.date]:
    """The days for which all figures were computed, slowly."""
    days: list[datetime.date] = []
    real = snapshots.all_figures

    def slow(day: datetime.date) -> Any:
        days.append(day)
        time.sleep(_SLOW)
        return real(day)

    monkeypatch.setattr(snapshots, "all_figures", slow)
    monkeypatch.setattr(actions, "all_figures", slow)
    monkeypatch.setattr(snapshots, "_LIVE", snapshots._Live())
    return days


@pytest.mark.django_db(transaction=True)
def test_a_day_that_is_not_stored_is_computed_once_for_all(
    cast: Any, computed: list[datetime.date]
) -> None:
    build.person()
    day = datetime.date(2024, 3, 3)
    readings = together(lambda: snapshots.compute(day, regions=["52"]))
    assert computed == [day]
    assert {r.value("T1", "52") for r in readings} == {1}
    assert len({r.computed_at for r in readings}) == 1
    build.person()
    assert snapshots.compute(day, regions=["52"]).value("T1", "52") == 2
    assert computed == [day, day]


@pytest.mark.django_db(transaction=True)
def test_while_one_computes_the_others_read_what_is_stored(
    cast: Any, client_of: Any, computed: list[datetime.date]
) -> None:
    today = timezone.localdate()
    build.person()
    Snapshot.objects.filter(as_of=today).delete()
    taken = actions.take_snapshot(on=today)
    assert taken is not None
    Snapshot.objects.update(computed_at=timezone.now() - datetime.timedelta(hours=1))
    taken.refresh_from_db()
    build.person()
    computed.clear()
    cookies = client_of(cast.province).cookies

    def look() -> str:
        assert actions.refresh_if_stale() == []
        reader = Client()
        reader.cookies = cookies
        return str(reader.get("/dashboard/52/").content.decode())

    with ThreadPoolExecutor(1) as beat:
        refreshing = beat.submit(_refresh)
        while not computed:
            time.sleep(0.02)
        pages = together(look)
        # On a busy machine the beat may have gone on to the next day by now; the pages none.
        assert computed.count(today) == 1
        refreshing.result()
    said = f"{timezone.localtime(taken.computed_at):%m-%d %H:%M} 计算"
    for page in pages:
        assert said in page
        assert re.search(r'board-value">\s*<a [^>]*>1</a>', page)
    assert snapshots.latest(today) != taken


def _refresh() -> None:
    try:
        actions.refresh_if_stale()
    finally:
        connections.close_all()
