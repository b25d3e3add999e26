"""What the registry exported it knows again: nothing is doubled, nothing moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.models import User
from stations.models import Organization
from tests.conftest import COUNTY_A, PREFECTURE, TOWNSHIP_A, Cast
from tests.imports.ledgers import outcomes, take
from tests.rows import make_organization, make_project, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def again(client_of: Callable[[Any], Any]) -> Callable[[User, str], dict[str, int]]:
    """Export the list of a kind as a user and take the file in; the outcomes of its rows."""

    def run(user: User, kind: str) -> dict[str, int]:
        answer = client_of(user).post(f"/{kind}/export/", {"format": "xlsx"})
        data = b"".join(answer.streaming_content)
        return outcomes(take(user, kind, data))

    return run


@pytest.mark.parametrize("who", ["clerk_a", "prefecture", "province"])
def test_stations_of_every_level(cast: Cast, again: Any, who: str) -> None:
    """The export says the place in one column, 所在地区."""
    make_station(TOWNSHIP_A)
    make_station(COUNTY_A, kind="2")
    if who != "clerk_a":
        make_station(PREFECTURE, "实训基地", kind="6")
    assert again(getattr(cast, who), "stations") == {"unchanged": 2 if who == "clerk_a" else 3}


def test_an_operator_above_the_office(cast: Cast, again: Any) -> None:
    """A township cannot see the county's organisation, but its station names it."""
    make_station(TOWNSHIP_A, operator=make_organization(COUNTY_A))
    assert again(cast.township_a, "stations") == {"unchanged": 1}
    assert Organization.objects.count() == 1


def test_a_purchaser_above_the_office(cast: Cast, again: Any) -> None:
    make_project(COUNTY_A, purchaser=make_organization(PREFECTURE, "贵阳市民政局"))
    assert again(cast.clerk_a, "projects") == {"unchanged": 1}
    assert Organization.objects.count() == 1
