"""What is said again, what was only planned and what is taken back move no figure of the past."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from core.ledgers import actions as imports
from core.models import FormerValue, Region
from stations.models import Station
from stations.places.actions import change_coverage, change_station_state
from talent.credentials.actions import verify_certificate
from talent.models import Certificate
from tests.conftest import TOWNSHIP_A, Cast
from tests.figures import figure
from tests.imports.ledgers import people, person, take, workbook
from tests.reports import build
from tests.reports.build import DAY

D = datetime.date


@pytest.mark.django_db
@pytest.mark.parametrize("again_on", [None, D(2024, 6, 1), D(2025, 1, 1)])
def test_who_verifies_once_more_takes_nothing_from_the_past(
    cast: Cast, again_on: datetime.date | None
) -> None:
    certificate = build.certificate(build.person())
    for verified_on in (D(2024, 6, 1), again_on):
        verify_certificate(
            certificate=Certificate.objects.get(pk=certificate.pk), by=cast.reviewer_a,
            verification="3", means="官网", verified_on=verified_on,
        )  # fmt: skip
    assert (figure("T2", day=DAY), figure("T2_CHECKED", day=DAY)) == (1, 1)
    assert figure("T2_CHECKED", day=D(2024, 5, 31)) == 0


@pytest.mark.django_db
def test_a_confirmation_of_a_planned_station_speaks_from_today(cast: Cast, client_of: Any) -> None:
    """As the form says; only a number of its own holds since the station began."""
    take(cast.clerk_a, "people", people(person()))
    station = Station.objects.get()
    assert station.is_incomplete
    since = D(2024, 1, 1)
    change_station_state(
        station=station, by=cast.clerk_a, status="3", changed_on=since, reason="早已运行"
    )
    change_coverage(
        station=Station.objects.get(), by=cast.clerk_a, changed_on=since, reason="已覆盖",
        regions=[Region.objects.get(pk=TOWNSHIP_A)],
    )  # fmt: skip
    version = str(Station.objects.get().version)
    asked = {"version": version, "since": "", "reason": "现场核查"}
    client_of(cast.reviewer_a).post(f"/stations/{station.pk}/approve/", asked)
    assert Station.objects.get().approved_on is not None
    assert (figure("T6_BUILT", day=DAY), figure("T6_BUILT")) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_an_undone_ledger_puts_back_what_was_held(cast: Cast) -> None:
    head = ("站点名称", "站点类型", "建成日期", "运行状态", "批复文号", "批复日期")

    def ledger(day: str) -> bytes:
        return workbook([head, ("南明区总站", "县级总站", "2020-01-01", "运行", "1号", day)])

    def held() -> list[Any]:
        rows = FormerValue.objects.order_by("since", "until")
        return list(rows.values_list("column", "value", "since", "until"))

    def past() -> list[int | None]:
        return [figure("T5", day=day) for day in (D(2022, 12, 31), D(2024, 12, 31))]

    take(cast.clerk_a, "stations", ledger("2024-06-01"))
    before = held(), past()
    assert before[1] == [0, 1]
    batch = take(cast.clerk_a, "stations", ledger("2021-06-01"))
    assert past() == [1, 1]
    imports.undo(batch=batch, by=cast.clerk_a)
    assert (held(), past()) == before
