"""What was done is put back row by row, and never over what somebody did since."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from core.entities.steps import recorded, said, take_back
from core.models import Step
from core.rules import RuleError
from stations.models import Station, StationCoverage
from talent.models import Person
from tests.conftest import TOWNSHIP_A, Cast
from tests.rows import DAY, make_person, make_station

pytestmark = pytest.mark.django_db
NEXT = "520102018"


@pytest.fixture
def covered(cast: Cast) -> StationCoverage:
    station = make_station(TOWNSHIP_A)
    return StationCoverage.objects.create(station=station, region_id=TOWNSHIP_A, valid_from=DAY)


def done(cast: Cast, record: Any, act: Callable[[], Any]) -> Step:
    with transaction.atomic(), recorded(
        record, code="try", label="试办", by=cast.clerk_a, reason="试"
    ) as step:  # fmt: skip
        act()
    assert str(step) == "试办"
    return step


def undo(cast: Cast, step: Step, record: Any) -> None:
    take_back(step=step, record=record, by=cast.reviewer_a, reason="点错了")


def test_what_was_removed_comes_again_as_it_was(cast: Cast, covered: StationCoverage) -> None:
    before = StationCoverage.objects.values().get()
    step = done(cast, covered.station, covered.delete)
    assert not StationCoverage.objects.exists()
    undo(cast, step, covered.station)
    assert StationCoverage.objects.values().get() == before
    with pytest.raises(RuleError, match="已经撤销过"):
        undo(cast, step, covered.station)


def test_what_came_and_went_in_one_step_leaves_nothing(
    cast: Cast, covered: StationCoverage
) -> None:
    def act() -> None:
        row = StationCoverage.objects.create(
            station=covered.station, region_id=NEXT, valid_from=DAY
        )
        row.delete()
        Station.objects.filter(pk=covered.station.pk).update(address="一号路")

    step = done(cast, covered.station, act)
    assert [row["what"] for row in said(step)] == ["恢复站点"]
    undo(cast, step, covered.station)
    assert Station.objects.get().address == ""


def _add(covered: StationCoverage) -> StationCoverage:
    return StationCoverage.objects.create(station=covered.station, region_id=NEXT, valid_from=DAY)


def _end(row: StationCoverage) -> None:
    StationCoverage.objects.filter(pk=row.pk).update(valid_to=DAY + datetime.timedelta(days=9))


def _again(row: StationCoverage) -> None:
    StationCoverage.objects.create(pk=row.pk, station=row.station, region_id=NEXT, valid_from=DAY)


@pytest.mark.parametrize(
    ("act", "since"),
    [
        (lambda row: _end(row), lambda row: row.delete()),
        (
            lambda row: _end(row),
            lambda row: StationCoverage.objects.update(valid_to=DAY + datetime.timedelta(days=1)),
        ),
        (
            lambda row: StationCoverage.objects.filter(pk=row.pk).delete(),
            lambda row: _again(row),
        ),
        (lambda row: _add(row), lambda row: _end(StationCoverage.objects.get(region_id=NEXT))),
    ],
    ids=["removed", "changed", "made again", "made and changed"],
)
def test_what_somebody_did_since_is_not_overwritten(
    act: Any, since: Any, cast: Cast, covered: StationCoverage
) -> None:
    step = done(cast, covered.station, lambda: act(covered))
    since(covered)
    before = list(StationCoverage.objects.order_by("pk").values())
    with pytest.raises(RuleError, match="请先撤回之后的办理"):
        undo(cast, step, covered.station)
    assert list(StationCoverage.objects.order_by("pk").values()) == before


def test_who_did_the_same_since_is_no_obstacle(cast: Cast, covered: StationCoverage) -> None:
    """It stands already as it stood before."""
    step = done(cast, covered.station, lambda: _end(covered))
    StationCoverage.objects.update(valid_to=None)
    undo(cast, step, covered.station)
    assert StationCoverage.objects.get().valid_to is None


def test_what_people_do_not_read_is_put_back_without_a_word(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A)
    kept = person.pinyin
    step = done(cast, person, lambda: Person.objects.update(pinyin="other"))
    assert said(step) == []
    undo(cast, step, person)
    assert Person.objects.get().pinyin == kept
