"""Reading the stored figures."""

from __future__ import annotations

import datetime
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.figures.counting import Figures
from core.figures.indicator import Indicator
from core.regions.tree import divisions_on
from reports.definitions import stamps
from reports.definitions.registry import all_figures, definitions_version
from reports.plans.calendar import days_of_trend, days_shown
from reports.snapshots.marks import is_stale, look
from reports.snapshots.models import Snapshot, SnapshotValue


def latest(day: datetime.date) -> Snapshot | None:
    """The figures of exactly that day by the data as they are; never the signed ones."""
    moving = Snapshot.objects.filter(as_of=day, settlement=None)
    return moving.order_by("-computed_at").first()


def shown(day: datetime.date) -> Snapshot | None:
    """The figures that stand for a day: signed ones where there are, else the latest.

    None also for a day that nothing renews, once a change of the past reached it.
    """
    signed = Snapshot.objects.filter(as_of=day, settlement__isnull=False)
    if found := signed.select_related("settlement").first():
        return found
    stored = latest(day)
    if stored is None or _is_renewed(day) or not is_stale(stored):
        return stored
    return None


def _is_renewed(day: datetime.date) -> bool:
    return day in dict(days_shown()) or day in days_of_trend()


def newest() -> Snapshot | None:
    """The figures of the latest day there are."""
    moving = Snapshot.objects.filter(settlement=None)
    return moving.select_related("settlement").order_by("-as_of", "-computed_at").first()


# A figure (None where it is unknown) and its denominator (None where there is none).
Value = tuple[int | None, int | None]


@dataclass(frozen=True)
class Reading:
    """Figures of some regions as of a day, stored or computed just now."""

    as_of: datetime.date
    computed_at: datetime.datetime | None
    snapshot: Snapshot | None
    values: dict[tuple[str, str | None], Value] = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        return self.snapshot is None

    def value(self, indicator: str, region: str) -> int | None:
        """The figure; None where it is unknown."""
        return self.values.get((indicator, region), (0, None))[0]

    def denominator(self, indicator: str, region: str) -> int | None:
        return self.values.get((indicator, region), (0, None))[1]

    def version(self, indicator: Indicator) -> str:
        """The version of the definition that a figure was computed by (R25)."""
        stored = self.snapshot.versions if self.snapshot else {}
        return str(stored.get(indicator.code, indicator.version))

    @property
    def divisions_version(self) -> str:
        return (
            self.snapshot.divisions_version if self.snapshot else divisions_on(self.as_of).version
        )

    @property
    def definitions_version(self) -> str:
        """One mark for all definitions that the figures were computed by."""
        return self.snapshot.definitions_version if self.snapshot else definitions_version()

    @property
    def versions(self) -> str:
        """Of all the figures together."""
        return stamps.versions(self.definitions_version, self.divisions_version)

    def stamp_of(self, indicator: Indicator) -> str:
        """Of the figures of one indicator."""
        version = stamps.version(indicator, self.version(indicator))
        versions = stamps.versions(version, self.divisions_version)
        return f"{stamps.as_of(self.as_of)}，{versions}"

    def unlocated(self, indicator: str) -> int:
        return self.values.get((indicator, None), (0, None))[0] or 0


def read(
    snapshot: Snapshot, *, user: Any, regions: Iterable[str], indicators: Iterable[str] = ()
) -> Reading:
    """Stored figures of regions, as far as the user may see them, under the codes asked for."""
    return _read(snapshot, SnapshotValue.objects.for_user(user), regions, indicators)


def read_whole(snapshot: Snapshot, *, regions: Iterable[str]) -> Reading:
    """Stored figures of regions for a script, which nobody's scope limits."""
    return _read(snapshot, SnapshotValue.objects.all(), regions)


def _read(
    snapshot: Snapshot,
    values: QuerySet[SnapshotValue],
    regions: Iterable[str],
    indicators: Iterable[str] = (),
) -> Reading:
    parts = parts_of_regions(regions, snapshot.as_of)
    rows = values.filter(Q(region__in=list(parts)) | Q(region=None), snapshot=snapshot)
    if indicators:
        rows = rows.filter(indicator__in=list(indicators))
    figures = rows.values_list("indicator", "region", "value", "denominator")
    return Reading(snapshot.as_of, snapshot.computed_at, snapshot, _asked_for(figures, parts))


def read_all(
    stored: Iterable[Snapshot], *, user: Any, region: str, indicator: str
) -> list[Reading]:
    """One stored figure of one region on several days, read at once."""
    by_key = {snapshot.pk: snapshot for snapshot in stored}
    parts = {key: parts_of_regions([region], s.as_of) for key, s in by_key.items()}
    rows = SnapshotValue.objects.for_user(user).filter(
        snapshot__in=list(by_key),
        indicator=indicator,
        region__in={c for p in parts.values() for c in p},
    )
    figures: dict[int, list[Any]] = defaultdict(list)
    for key, *figure in rows.values_list("snapshot", "indicator", "region", "value", "denominator"):
        figures[key].append(figure)
    return [
        Reading(s.as_of, s.computed_at, s, _asked_for(figures[key], parts[key]))
        for key, s in by_key.items()
    ]


def parts_of_regions(regions: Iterable[str], day: datetime.date) -> dict[str, list[str]]:
    """Region in force on the day -> the regions asked for that it is, or is a part of."""
    divisions, found = divisions_on(day), defaultdict(list)
    for region in dict.fromkeys(regions):
        for part in divisions.parts(region):
            found[part].append(region)
    return found


def _asked_for(
    figures: Iterable[tuple[str, str | None, int | None, int | None]],
    parts: dict[str, list[str]],
) -> dict[tuple[str, str | None], Value]:
    """(indicator, region asked for) -> (value, denominator), summed over its parts.

    Unknown is what is unknown of every part.
    """
    values: dict[tuple[str, str | None], Value] = {}
    for indicator, code, value, denominator in figures:
        asked: list[str | None] = [None] if code is None else [*parts.get(code, [])]
        for region in asked:
            before, out_of = values.get((indicator, region), (None, None))
            whole = None if denominator is None else denominator + (out_of or 0)
            known = [n for n in (before, value) if n is not None]
            values[indicator, region] = (sum(known) if known else None, whole)
    return values


class _Live:
    """Figures of days that are not stored: computed once for a crowd that asks together.

    One computation at a time in a process; who waited for it takes its figures, as long as
    nothing that decides figures changed.
    """

    _SECONDS, _DAYS = 60, 4

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[datetime.date, tuple[Any, datetime.datetime, Figures]] = {}

    def get(self, day: datetime.date) -> tuple[datetime.datetime, Figures]:
        with self._lock:
            marks = (definitions_version(), look()["changes"])
            now = timezone.now()
            kept = self._kept.pop(day, None)
            if kept is None or kept[0] != marks or (now - kept[1]).seconds >= self._SECONDS:
                kept = (marks, now, all_figures(day))
            self._kept[day] = kept
            while len(self._kept) > self._DAYS:
                del self._kept[next(iter(self._kept))]
            return kept[1:]


_LIVE = _Live()


def compute(day: datetime.date, *, regions: Iterable[str]) -> Reading:
    """Figures computed now for a day without stored ones; nothing is written."""
    computed_at, figures = _LIVE.get(day)
    values = _asked_for(rows_of(figures), parts_of_regions(regions, day))
    return Reading(day, computed_at, None, values)


def rows_of(figures: Figures) -> Iterable[tuple[str, str | None, int | None, int | None]]:
    """(indicator, region, value, denominator) of all figures; empty ones are left out."""
    for indicator, totals in figures.totals.items():
        denominators = figures.denominators.get(indicator)
        unknown = figures.unknown.get(indicator, frozenset())
        for region in sorted({*totals, *(denominators or {}), *unknown}):
            value = figures.value(indicator, region)
            denominator = denominators.get(region, 0) if denominators is not None else None
            if value != 0 or denominator:
                yield indicator, region, value, denominator
        if unlocated := figures.unlocated(indicator):
            yield indicator, None, unlocated, None
