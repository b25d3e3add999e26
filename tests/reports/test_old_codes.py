"""A code of the past or of the future stands for the division of the day, at every door."""

from __future__ import annotations

import datetime
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from kombu.exceptions import OperationalError

from reports import tasks
from reports.board.board import Board
from reports.snapshots import actions
from tests.conftest import Cast
from tests.reports import build
from tests.reports.build import DAY, on

pytestmark = pytest.mark.django_db
OLD, NEW = "520522", "520581"


@pytest.fixture(autouse=True)
def somebody() -> None:
    """One person of 黔西县 of old, which became 黔西市 in 2021."""
    build.person(f"{OLD}001", since=datetime.date(2019, 1, 1))


def printed(region: str, day: str) -> int:
    out = io.StringIO()
    call_command("indicators", "--on", day, "--region", region, "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert report["region"] == region
    return int(next(row["value"] for row in report["indicators"] if row["code"] == "T1_L0"))


def test_the_command_resolves_codes() -> None:
    for region in (OLD, NEW):
        assert [printed(region, day) for day in ("2020-12-31", "2025-12-31")] == [1, 1]


def test_a_code_that_nothing_stands_for_has_nothing(cast: Cast) -> None:
    """羊艾农场 ended without a successor, 兰花都街道 began from nothing: not their county."""
    for code, county, day in (
        ("520111400", "520111", "2025-12-31"),
        ("520102034", "520102", "2021-12-31"),
    ):
        build.person(code, since=datetime.date(2019, 1, 1))
        assert (printed(code, day), printed(county, day)) == (0, 1)


def test_a_day_before_the_calendar_is_refused_in_words() -> None:
    with pytest.raises(CommandError, match="不能早于 1900 年"):
        printed(NEW, "0001-01-01")


def test_the_api_resolves_codes_and_computes_any_day(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.province)

    def figures(day: str, region: str, **more: str) -> dict[str, Any]:
        query = {"on": day, "region": region, **more}
        answer = client.get("/api/v1/indicators/figures/", query)
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    for region in (OLD, NEW):
        for day in ("2020-12-31", "2023-05-01"):
            found = figures(day, region)["figures"]
            assert next(f["value"] for f in found if f["code"] == "T1_L0") == 1
    below = {f["region"] for f in figures("2020-12-31", "5205", below="1")["figures"]}
    assert OLD in below
    assert NEW not in below
    assert client.get("/api/v1/indicators/figures/", {"on": "2999-01-01"}).status_code == 400


def test_the_trend_goes_on_under_the_old_code(cast: Cast) -> None:
    for day in (on("2020-12-31"), DAY):
        actions.take_snapshot(on=day)
    board = Board(user=cast.province, region=NEW, day=DAY)
    shown = {point.on.year: point.value for point in board.trend()}
    assert shown == {2020: board.reading.value("T1", NEW), 2025: board.reading.value("T1", NEW)}
    assert shown[2020] == 1


def test_a_division_from_nothing_has_no_trend_of_its_county(cast: Cast, client_of: Any) -> None:
    build.person("520102034", since=datetime.date(2019, 1, 1))
    for day in (on("2020-12-31"), DAY):
        actions.take_snapshot(on=day)
    board = Board(user=cast.province, region="520102034", day=DAY)
    assert [point.value for point in board.trend()] == [0, 1]
    page = client_of(cast.province).get("/dashboard/520102034/", {"on": "2020-12-31"})
    assert page.status_code == 200
    assert page.context["board"].region == "520102034"
    asked = {"region": "520102034", "on": "2020-12-31"}
    answer = client_of(cast.province).get("/api/v1/indicators/figures/", asked).json()
    assert {f["region"]: f["value"] for f in answer["figures"] if f["code"] == "T1"} == {
        "520102034": 0
    }


def test_the_settlement_stands_beside_every_figure(cast: Cast) -> None:
    """Also where a region has no target of its own."""
    for day in (DAY, on("2026-06-30")):
        actions.take_snapshot(on=day)
    board = Board(user=cast.province, region="520102", day=on("2026-06-30"))
    tiles = board.tiles()
    first = tiles[0]
    assert first.settlement_url == f"/dashboard/520102/list/{first.indicator.code}/?on=2025-12-31"
    assert all(tile.settlement_verdict is not None for tile in tiles)
    unknown = {tile.indicator.code for tile in tiles if tile.settlement is None}
    # Nobody has reported a graduate: that is not 0.
    assert unknown == {"T4"}
    said = {t.settlement_verdict.text for t in tiles if t.goal is None and t.settlement is not None}
    assert said == {"未设目标"}


def test_asking_for_new_figures_while_redis_is_down(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.refresh_stale, "delay", refused)
    page = client_of(cast.viewer_a).post("/dashboard/520102/refresh/", follow=True)
    assert page.status_code == 200
    assert "后台暂时没有应答" in page.content.decode()


def test_a_county_reads_its_own_past(cast: Cast, client_of: Any) -> None:
    """It has today's code; of 2020 there are the figures of the code of then."""
    for day in (on("2020-12-31"), DAY):
        actions.take_snapshot(on=day)
    county = build.reviewer(NEW)
    shown, theirs = (
        [point.value for point in Board(user=user, region=NEW, day=DAY).trend()]
        for user in (county, cast.province)
    )
    assert shown == theirs
    assert shown[0] >= 1
    page = client_of(county).get(f"/dashboard/{OLD}/", {"on": "2020-12-31"})
    assert page.status_code == 200
    assert page.context["board"].reading.value("T1", OLD) == shown[0]
