"""What of stations and organisations waits on the workbench."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core.notices.waiting import waiting_for
from stations.models import Organization, Station
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.rows import make_row, make_station

pytestmark = pytest.mark.django_db


def test_what_an_import_made_of_a_name_is_to_be_completed(
    cast: Cast, client_of: Callable[..., Client]
) -> None:
    station, agency = make_station(TOWNSHIP_A, "某社工站"), make_row("organization", COUNTY_A)
    Station.objects.filter(pk=station.pk).update(is_incomplete=True)
    Organization.objects.filter(pk=agency.pk).update(is_incomplete=True)
    make_station(TOWNSHIP_A, "别的社工站")
    found = {waiting.label: (waiting, count) for waiting, count in waiting_for(cast.clerk_a)}
    for label, name in (("站点档案待完善", "某社工站"), ("机构档案待完善", agency.name)):
        waiting, count = found[label]
        assert count == 1
        page = client_of(cast.clerk_a).get(waiting.address).content.decode()
        assert name in page
        assert "别的社工站" not in page
    assert not waiting_for(cast.clerk_b)
