"""Every figure of the product beside a second count, after years of chance (T1 to T7)."""

from __future__ import annotations

import datetime
import itertools
import os
from typing import Any

import pytest
from django.db import connection

from core.figures.lists import amount, members
from core.regions.tree import divisions_on, forget_divisions
from reports.definitions.registry import BY_CODE, FIXED_CODES, all_figures
from reports.periods.causes import causes
from reports.recount.counting import differences
from tests.audit.driver import Office
from tests.audit.reference import Reference
from tests.histories import seeds
from tests.reports import build

pytestmark = pytest.mark.django_db
FIRST, LAST = datetime.date(2021, 2, 1), datetime.date(2026, 11, 20)
# What is printed for scripts, and others that are dated in a way of their own.
CODES = (*FIXED_CODES, "T2_CHECKED", "T8")
DAYS = [
    datetime.date.fromisoformat(text)
    for text in ("2021-10-30", "2022-10-31", "2024-02-29", "2025-12-31", "2026-11-20")
]


def compare(day: datetime.date) -> list[str]:
    """Where product and reference differ on a day, in words."""
    forget_divisions()
    reference, figures, tree = Reference(day), all_figures(day), divisions_on(day)
    regions = [c for level in (1, 2, 3, 4) for c in tree.at_level(level)]
    below = {region: tree.children(region) for region in regions}
    differing = []
    for code in CODES:
        expected, unknown = reference.totals(code), reference.unknown(code)
        for region in regions:
            value = figures.value(code, region)
            if (value is None) != (region in unknown):
                differing.append(f"{day} {code} {region}: {value} is unknown, or is not")
            if (value or 0) != expected.get(region, 0):
                differing.append(f"{day} {code} {region}: {value} is {expected.get(region, 0)}")
            parts = sum(figures.value(code, child) or 0 for child in below[region])
            none = figures.unlocated(code) if region == "52" else 0
            if (value or 0) != parts + figures.own_value(code, region) + none:
                differing.append(f"{day} {code} {region}: parts do not add up")
            denominator = figures.denominator(code, region)
            if denominator != reference.denominator(code, region):
                differing.append(f"{day} {code} {region}: denominator {denominator}")
        keys = {key for key, _, _ in reference.counted(code)}
        listed = {row.pk for row in members(BY_CODE[code], day, "52")}
        differing += [f"{day} {code}: only here {key}" for key in listed - keys]
        differing += [f"{day} {code}: only there {key}" for key in keys - listed]
        for region in sorted(expected)[:6]:
            length = amount(BY_CODE[code], members(BY_CODE[code], day, region))
            if length != (figures.value(code, region) or 0):
                differing.append(f"{day} {code} {region}: list {length}")
        exported = build.exported(BY_CODE[code], "52", day)
        if len(exported) != len(keys):
            differing.append(f"{day} {code}: exported {len(exported)}")
    _, otherwise = differences(day)
    return differing + [f"{day} recounted in SQL: {difference}" for difference in otherwise]


@pytest.mark.parametrize("seed", seeds(1, 40))
def test_all_figures_are_those_of_a_second_count(seed: int) -> None:
    office = Office(seed)
    office.work(300, since=FIRST, until=LAST)
    assert [line for day in DAYS for line in compare(day)] == []
    # The dice have not left out what the test is about.
    assert len(office.done) > 24


@pytest.mark.parametrize("seed", seeds(1, 40))
def test_what_was_true_on_a_day_stays_true(seed: int) -> None:
    """Whatever happens afterwards: an earlier day's figures change by corrections alone."""
    office = Office(seed, is_correcting=False)
    told = {}
    for day, following in itertools.pairwise((FIRST, *DAYS)):
        office.work(60, since=day + datetime.timedelta(days=1), until=following)
        told[following] = _totals(following)
    assert told[DAYS[-1]]["T1"]["52"] > 15
    changed = [
        f"{day} {code} {region}: {value} was {told[day][code].get(region, 0)}"
        for day in DAYS
        for code, totals in _totals(day).items()
        for region, value in _changed(totals, told[day][code])
        # A station's place is not dated: it moves with its township, within the county.
        if not (code in ("T5", "T7_ROOM") and len(region) == 9)
    ]
    assert changed == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(100, 100 + int(os.environ.get("AUDIT_SEEDS", "1"))))
def test_a_past_figure_that_is_another_now_has_a_cause(seed: int) -> None:
    """With day, record, column, who and when: whatever was told of the past and is told
    otherwise a year later or more, somebody wrote, and the list of corrections has it."""
    office = Office(seed)
    told: dict[datetime.date, tuple[Any, dict[str, Places]]] = {}
    for day, following in itertools.pairwise((FIRST, *DAYS)):
        office.work(90, since=day + datetime.timedelta(days=1), until=following)
        told[following] = (_moment(), _places(following))
    unexplained, explained = [], 0
    for day, (moment, then) in told.items():
        now = _places(day)
        for code, listed in then.items():
            keys = [k for k in {*listed, *now[code]} if listed.get(k) != now[code].get(k)]
            found = causes(BY_CODE[code].population, keys, since=moment)
            for key in keys:
                changes = [c for c in found.get(key, []) if c.record and (c.label or c.new)]
                explained += bool(changes)
                if not changes:
                    unexplained.append(f"{day} {code} {key}")
    assert unexplained == []
    assert explained > 30


Places = dict[Any, str | None]


def _moment() -> datetime.datetime:
    """Now by the clock of the database, which writes the history."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime.datetime = cursor.fetchone()[0]
        return moment


def _places(day: datetime.date) -> dict[str, Places]:
    """What each figure counts on a day, and where that lies."""
    forget_divisions()
    divisions = divisions_on(day)
    return {
        code: {row.pk: divisions.effective(row.place) for row in members(BY_CODE[code], day, "52")}
        for code in CODES
    }


def _totals(day: datetime.date) -> dict[str, dict[str, int]]:
    forget_divisions()
    figures = all_figures(day)
    return {code: figures.totals[code] for code in CODES}


def _changed(now: dict[str, int], then: dict[str, int]) -> list[tuple[str, int]]:
    return [(r, now.get(r, 0)) for r in {*now, *then} if now.get(r, 0) != then.get(r, 0)]
