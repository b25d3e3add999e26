"""A small world that several tests of pages look at."""

from __future__ import annotations

import pytest

from reports.snapshots import actions
from tests.reference import made_once
from tests.reports import build
from tests.reports.build import on


@pytest.fixture
def world() -> None:
    made_once(_world)


def _world() -> None:
    for place in ("520102016", "520102018", "520111004", "522301001"):
        build.certificate(build.person(place, confirmed_on=on("2025-12-01")))
    build.person("520102", post=False)
    build.person(None, post=False)
    build.station("520102", "2")
    build.station("520102016")
    build.graduates(2022, 12, stayed=3)
    actions.take_all()
