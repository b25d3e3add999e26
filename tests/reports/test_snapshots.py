"""Stored figures: what is stored, when they are renewed, and that they stay bounded."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reports import tasks
from reports.board.board import Board
from reports.definitions.registry import INDICATORS, all_figures
from reports.models import Plan, Snapshot, SnapshotValue
from reports.snapshots import actions, marks
from reports.snapshots import reading as snapshots
from tests.reports import build
from tests.reports.build import DAY, on


@pytest.mark.django_db
def test_a_snapshot_holds_every_figure(cast: Any) -> None:
    build.certificate(build.person())
    build.person(None, post=False)
    build.station("520102016")
    taken = actions.take_snapshot(on=DAY)
    assert taken is not None
    figures = all_figures(DAY)
    reading = snapshots.read(taken, user=cast.province, regions=["52", "520102", "520102016"])
    for indicator in INDICATORS:
        for region in ("52", "520102", "520102016"):
            assert reading.value(indicator.code, region) == figures.value(indicator.code, region)
    assert reading.unlocated("T1_L0") == 1
    assert reading.denominator("T6_BUILT", "52") == 1510
    assert (taken.divisions_version, taken.is_settlement) == ("2022-10-31", False)


@pytest.mark.django_db
def test_a_county_reads_its_neighbours_figures_and_no_others(cast: Any) -> None:
    for place in ("520102016", "520111004", "522301001"):
        build.person(place)
    build.person(None, post=False)
    taken = actions.take_snapshot(on=DAY)
    assert taken is not None
    regions = ["52", "5201", "5223", "520102", "520111", "522301", "520111004"]
    seen = snapshots.read(taken, user=cast.clerk_a, regions=regions, indicators=["T1_L0"]).values
    assert {region for _, region in seen} == {"52", "5201", "520102", "520111"}
    assert not snapshots.read(taken, user=cast.worker_a, regions=regions).values


@pytest.mark.django_db
def test_a_new_snapshot_replaces_that_of_the_same_day() -> None:
    build.person()
    first = actions.take_snapshot(on=DAY)
    second = actions.take_snapshot(on=DAY)
    assert first is not None
    assert second is not None
    assert snapshots.latest(DAY) == second
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=2)):
        actions.take_snapshot(on=timezone.localdate())
    assert list(Snapshot.objects.filter(as_of=DAY)) == [second]
    assert not SnapshotValue.objects.filter(snapshot=first.pk).exists()


@pytest.mark.django_db
def test_a_page_reads_on_in_figures_that_are_replaced_meanwhile(cast: Any) -> None:
    """Found, then read: in between a refresh came, and the board of the province said 0."""
    build.person()
    found = actions.take_snapshot(on=DAY)
    assert found is not None
    actions.take_snapshot(on=DAY)
    assert snapshots.read(found, user=cast.province, regions=["52"]).value("T1", "52") == 1


@pytest.mark.django_db
def test_refresh_takes_today_and_the_settlement_once() -> None:
    build.person()
    taken = actions.refresh_if_stale()
    assert {(s.as_of, s.is_settlement) for s in taken} == {
        (timezone.localdate(), False),
        (DAY, True),
    }
    assert actions.refresh_if_stale() == []


@pytest.mark.django_db
def test_a_change_makes_figures_stale_and_soon_new() -> None:
    tasks.refresh_stale()
    Snapshot.objects.update(seconds=0)
    today = timezone.localdate()
    current = snapshots.latest(today)
    assert current is not None
    assert not marks.is_stale(current)
    build.person()
    assert marks.is_stale(current)
    tasks.refresh_stale()
    renewed = snapshots.latest(today)
    assert renewed is not None
    assert renewed.pk != current.pk
    assert renewed.values.get(indicator="T1", region="52").value == 1


@pytest.mark.django_db
def test_other_definitions_or_divisions_make_figures_stale() -> None:
    current = actions.take_snapshot(on=DAY)
    assert current is not None
    for name in ("definitions_version", "divisions_version"):
        changed = Snapshot.objects.get(pk=current.pk)
        setattr(changed, name, "older")
        assert marks.is_stale(changed)


@pytest.mark.django_db
def test_a_costly_computation_rests_before_it_is_repeated() -> None:
    Snapshot.objects.all().delete()
    actions.refresh_if_stale()
    Snapshot.objects.update(seconds=10, computed_at=timezone.now())
    build.person()
    assert actions.refresh_if_stale() == []
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=31)):
        assert len(actions.refresh_if_stale()) == 2


@pytest.mark.django_db(transaction=True)
def test_a_writer_under_way_is_noticed_when_it_ends() -> None:
    """Its rows may carry numbers below the latest one seen."""
    other = connections.create_connection("default")
    try:
        other.set_autocommit(autocommit=False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            (writer,) = cursor.fetchone()
        taken = actions.take_snapshot(on=DAY)
        assert taken is not None
        assert writer in taken.marks["writers"]
        # A worker of another test may still be ending; it is not what is asked here.
        taken.marks["writers"] = [writer]
        assert not marks.is_stale(taken)
        other.commit()
        assert marks.is_stale(taken)
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_only_one_computes_at_a_time() -> None:
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [actions._LOCK])
        assert actions.take_snapshot(on=DAY) is None
        assert actions.refresh_if_stale() == []
    finally:
        other.close()


@pytest.mark.django_db
def test_the_night_adds_the_ends_of_years_for_the_trend() -> None:
    build.person(since=on("2022-06-01"))
    tasks.nightly()
    values = SnapshotValue.objects.filter(indicator="T1", region="52").order_by("snapshot__as_of")
    points = dict(values.values_list("snapshot__as_of", "value"))
    assert set(points.values()) == {1}
    assert min(points) == datetime.date(2022, 12, 31)
    assert Snapshot.objects.filter(as_of=datetime.date(2021, 12, 31)).exists()
    days = Snapshot.objects.values("as_of").distinct()
    count = days.count()
    tasks.nightly()
    assert days.count() == count


@pytest.mark.django_db
def test_the_trend_follows_a_change_of_the_past() -> None:
    """Not at once, so that a stream of changes costs little, but the same day."""
    build.person(since=on("2022-06-01"))
    tasks.nightly()
    build.person(since=on("2021-06-01"))
    days = [datetime.date(year, 12, 31) for year in (2021, 2022)]
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=2)):
        taken = {snapshot.as_of for snapshot in actions.refresh_if_stale()}
        assert taken >= set(days)
        assert actions.refresh_if_stale() == []
    values = [snapshots.shown(day) for day in days]
    counts = SnapshotValue.objects.filter(indicator="T1", region="52", snapshot__in=values)
    assert list(counts.order_by("snapshot__as_of").values_list("value", flat=True)) == [1, 2]


@pytest.mark.django_db
def test_the_trend_goes_on_where_no_plan_follows() -> None:
    """The years after the last plan are points of the trend as well."""
    year = Plan.objects.latest("ends_on").ends_on.year + 1
    day = datetime.date(year, 12, 31)
    noon = datetime.datetime(year + 1, 6, 10, 4, tzinfo=datetime.UTC)
    with time_machine.travel(noon):
        actions.take_snapshot(on=day)
        build.person(since=on("2022-06-01"))
    with time_machine.travel(noon + datetime.timedelta(hours=1)):
        assert day in {snapshot.as_of for snapshot in actions.refresh_if_stale()}


@pytest.mark.django_db
def test_a_night_of_before_follows_a_change_of_the_past(cast: Any) -> None:
    """Nothing renews its figures: until they are computed anew the board must not show them."""
    day = timezone.localdate() - datetime.timedelta(days=8)
    build.person("520102016", since=on("2022-06-01"))
    actions.take_snapshot(on=day)
    assert not Board(user=cast.province, region="52", day=day).reading.is_live
    build.person("520102016", since=on("2022-06-01"))
    board = Board(user=cast.province, region="52", day=day)
    assert (board.reading.value("T1", "52"), board.trend()[-1].value) == (2, 2)


@pytest.mark.django_db
def test_old_days_are_thinned_to_the_last_of_the_month() -> None:
    today = on("2026-06-30")
    for text in ("2026-01-10", "2026-01-20", "2026-06-01", "2026-06-02"):
        Snapshot.objects.create(as_of=on(text))
    Snapshot.objects.create(as_of=on("2025-12-15"), is_settlement=True)
    assert actions.prune(today=today) == 1
    left = set(Snapshot.objects.values_list("as_of", flat=True))
    assert left == {on(t) for t in ("2026-01-20", "2026-06-01", "2026-06-02", "2025-12-15")}


@pytest.mark.django_db
def test_every_watched_model_has_a_number(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(5):
        look = marks.look()
    assert len(look["changes"]) == len(marks.watched())
    assert look["writers"] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "population", dict.fromkeys(i.population for i in INDICATORS), ids=lambda p: p.code
)
def test_whatever_a_population_reads_is_watched(population: Any) -> None:
    """Forgotten, a change of it would leave the stored figures as they were for ever."""
    build.station("520102016", covers=("520102016",))
    with CaptureQueriesContext(connection) as read:
        list(population.rows(DAY)[:1])
    sql = " ".join(query["sql"] for query in read)
    tables = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', sql))
    declared = {model._meta.db_table for model in population.reads}
    # Divisions are data of the installation; snapshots know their version.
    assert tables - {"core_region", "core_regionmove"} == declared


def test_short_transaction_ids_are_placed_in_their_epoch() -> None:
    epoch = 2**32
    assert marks._in_full(7, 5 * epoch + 9) == 5 * epoch + 7
    assert marks._in_full(epoch - 2, 5 * epoch + 9) == 5 * epoch - 2
    assert marks._in_full(3, 5 * epoch - 4) == 5 * epoch + 3
