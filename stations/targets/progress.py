"""How far stations are with what they are to do: the sum of their months and quarters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from stations.months.models import StationMonthly
from stations.places.models import Station
from stations.targets.models import COUNTED, StationTarget

Done = int | Decimal | None


@dataclass(frozen=True)
class Line:
    """指标, 任务, 已完成, 进度."""

    label: str
    target: int
    done: Done

    @property
    def share(self) -> str:
        return share(self.done, self.target)

    @property
    def cells(self) -> tuple[str, ...]:
        """As a table says them."""
        return (in_words(self.target), in_words(self.done), self.share)


def in_words(number: Done) -> str:
    """「4,500」, 「4,500.50」, "" where nothing was reported."""
    return f"{number:,}".removesuffix(".00") if number is not None else ""


def share(done: Done, target: int) -> str:
    """「82%」, "" where nothing was reported: empty is not zero."""
    return "" if done is None else f"{100 * done / target:.0f}%"


def progress_of(station: Station, year: int) -> dict[str, Any]:
    """The lines of a year, in the order in which stations are asked."""
    targets = StationTarget.objects.filter(station=station, year=year, ended_on=None)
    by_number = {target.number: target for target in targets}
    done = done_of(target.pk for target in by_number.values())
    lines = [
        Line(str(target.get_number_display()), target.target, done.get(target.pk))
        for number in COUNTED
        if (target := by_number.get(number))
    ]
    return {"year": year, "lines": lines}


def done_of(keys: Iterable[Any]) -> dict[Any, Done]:
    """What was done towards each of some targets, None where nothing was reported."""
    rows = StationTarget.objects.filter(pk__in=list(keys))
    targets = list(rows.values_list("pk", "station", "year", "number"))
    found = done_in({one[1] for one in targets}, {one[2] for one in targets})
    return {pk: found.get((station, year, number)) for pk, station, year, number in targets}


def done_in(stations: Iterable[Any], years: Iterable[int]) -> dict[tuple[Any, int, str], Done]:
    """{(station, year, number): the sum of its months and quarters} of some stations."""
    reports = StationMonthly.objects.filter(station__in=list(stations), month__year__in=list(years))
    sums: Any = reports.order_by().values_list("station", "month__year")
    sums = sums.annotate(**{name: Sum(name) for name in COUNTED})
    return {
        (station, year, number): done
        for station, year, *each in sums
        for number, done in zip(COUNTED, each, strict=True)
    }
