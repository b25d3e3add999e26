"""What a clerk says of a new station."""

from __future__ import annotations

from typing import Any

import pytest

from core.entities.made import form_of
from stations.entities import STATIONS
from stations.models import Station
from stations.places.actions import open_station
from tests.conftest import TOWNSHIP_A, Cast

pytestmark = pytest.mark.django_db
StationForm, NewStationForm = form_of(STATIONS), form_of(STATIONS, is_new=True)


def form(cast: Cast, **cells: Any) -> Any:
    data = {"name": "某社工站", "kind": "3", "region": TOWNSHIP_A, "built_on": "2023.9"}
    return NewStationForm(data=data | cells, user=cast.clerk_a)


def test_the_state_is_asked_and_not_assumed(cast: Cast) -> None:
    assert form(cast).errors["status"] == ["请选择运行状态。"]
    assert "checked" not in str(NewStationForm(user=cast.clerk_a)["status"])


def test_a_running_station_has_run_since_it_was_built(cast: Cast) -> None:
    filled = form(cast, status="3")
    assert filled.is_valid(), filled.errors
    station = open_station(station=filled.save(commit=False), by=cast.clerk_a)
    (state,) = station.states.all()
    assert (state.status, state.valid_from.isoformat()) == ("3", "2023-09-01")


@pytest.mark.parametrize("status", ["5", "6", "x"])
def test_nothing_begins_closed(cast: Cast, status: str) -> None:
    assert "status" in form(cast, status=status).errors


def test_an_edit_leaves_the_state_to_its_action(cast: Cast) -> None:
    assert "status" not in StationForm(user=cast.clerk_a, instance=Station()).fields
