"""The second count in plain SQL: it agrees, says so, and raises an alarm where it does not.

That it agrees after years of chance stands in tests/audit/test_counts.py.
"""

from __future__ import annotations

import datetime
import io
import logging
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from core.dates import today
from core.figures.counting import Figures
from reports.definitions.registry import INDICATORS, all_figures
from reports.recount import actions, counting
from reports.recount.actions import recount_day, recount_sample, sample
from reports.recount.counting import SUBJECTS, differences, recount
from reports.recount.models import Recount
from reports.recount.words import status
from tests.rows import make_person, make_row

DAY = datetime.date(2026, 11, 20)
TOWN = "520102016"


@pytest.fixture
def off_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a definition counted one more in a township and everything above it."""

    def tampered(day: datetime.date) -> Figures:
        figures = all_figures(day)
        figures.totals["T1"][TOWN] = figures.totals["T1"].get(TOWN, 0) + 1
        return figures

    monkeypatch.setattr(counting, "all_figures", tampered)


@pytest.mark.django_db
def test_every_figure_is_recounted() -> None:
    """No indicator without its line of SQL, and no line of SQL without its indicator."""
    told = "".join(counting._query(subject) for subject in SUBJECTS)
    assert [i.code for i in INDICATORS if f"'{i.code}'" not in told] == []
    codes = {i.code for i in INDICATORS}
    assert {figure.rstrip("/!?") for figure, _ in recount(DAY)} <= codes


@pytest.mark.django_db
def test_a_difference_in_one_township_is_found(off_by_one: None) -> None:
    make_person(TOWN, "王小丫")
    compared, found = differences(DAY)
    assert compared > 50_000
    assert [(d.figure, d.region, d.counted, d.recounted) for d in found] == [("T1", TOWN, 1, 0)]


@pytest.mark.django_db(transaction=True)
def test_the_night_says_that_all_agree(cast: Any, client_of: Any) -> None:
    make_row("station", TOWN)
    assert status().is_fine is False
    assert "还没有复核过" in client_of(cast.system).get("/security/status/").text
    runs = recount_sample()
    assert {run.as_of for run in runs} == set(sample(today()))
    assert [run.differing for run in runs] == [0] * len(runs)
    page = client_of(cast.system).get("/security/status/").text
    assert f"复核 {len(runs)} 个统计日的" in page
    assert "全部相符" in page


@pytest.mark.django_db(transaction=True)
def test_a_difference_is_an_alarm(
    cast: Any,
    client_of: Any,
    off_by_one: None,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with caplog.at_level(logging.ERROR):
        recount_day(DAY, Recount.objects.create(as_of=DAY, night=DAY))
    assert "recount of 2026-11-20 differs in 1 figures" in caplog.text
    page = client_of(cast.system).get("/security/status/").text
    assert "1 个数两次计算不符：2026-11-20" in page
    assert "社工人才 显示 1，复核 0" in page
    with pytest.raises(CommandError, match="两次计算不符"):
        call_command("recount", "--on", "2026-11-20", stdout=io.StringIO())
    # Put right, the next count of the same day takes the alarm away.
    monkeypatch.setattr(counting, "all_figures", all_figures)
    recount_day(DAY)
    assert status().is_fine


@pytest.mark.django_db(transaction=True)
def test_a_count_of_long_ago_is_no_comfort() -> None:
    recount_sample()
    Recount.objects.update(counted_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    is_fine, words = status()
    assert not is_fine
    assert "此后没有再复核" in words


@pytest.mark.django_db(transaction=True)
def test_a_count_of_another_day_hides_no_difference() -> None:
    """Nor does it stand for a night that was not done."""
    recount_day(DAY)
    assert "还没有复核过" in status().words
    recount_sample()
    first = Recount.objects.exclude(night=None).order_by("id")[0]
    Recount.objects.filter(pk=first.pk).update(differing=1, differences=[["T9", "52", 1, 2]])
    recount_day(DAY)
    # Of an indicator that there is no more the code is said.
    assert "贵州省 T9 显示 1，复核 2" in status().words
    # Nor does the next night, which draws other days: it looks at this one again.
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)):
        assert first.as_of in {run.as_of for run in recount_sample()}
        assert status().is_fine


@pytest.mark.django_db(transaction=True)
def test_a_day_that_breaks_off_is_an_alarm_and_costs_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks_off(day: datetime.date) -> Any:
        if day == sample(today())[0]:
            raise RuntimeError("canceling statement due to statement timeout")
        return differences(day)

    monkeypatch.setattr(actions, "differences", breaks_off)
    runs = recount_sample()
    assert [run.compared is None for run in runs] == [True, *[False] * (len(runs) - 1)]
    earlier = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=2)
    Recount.objects.update(counted_at=earlier)
    assert "没有复核完" in status().words
