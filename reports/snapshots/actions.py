"""Figures are computed and stored, refreshed soon after a change, and forgotten."""

from __future__ import annotations

import datetime
import io
import time
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from reports.definitions.registry import INDICATORS, all_figures, definitions_version
from reports.plans.calendar import days_of_trend, days_shown
from reports.snapshots.marks import is_stale, look
from reports.snapshots.models import Snapshot, SnapshotValue
from reports.snapshots.reading import latest, rows_of

# One computation at a time in the whole installation.
_LOCK = 5_200_001
_DAYS_KEPT = 40
# A page finds a snapshot first and reads its figures one after another: were they deleted in
# between, it would show zeros.
_READING = datetime.timedelta(minutes=1)


def take_snapshot(*, on: datetime.date, is_settlement: bool = False) -> Snapshot | None:
    """Compute and store all figures as of a day, in place of earlier ones of that day.

    None when another computation is running.
    """
    with transaction.atomic():
        if not is_alone():
            return None
        snapshot = compute_and_store(on, is_settlement=is_settlement)
        _forget(_replaced())
    return snapshot


def _replaced() -> QuerySet[Snapshot]:
    """Figures of any day that newer ones replaced, once no page can still be reading them."""
    newer = Snapshot.objects.filter(
        as_of=OuterRef("as_of"),
        settlement=None,
        computed_at__gt=OuterRef("computed_at"),
        computed_at__lt=timezone.now() - _READING,
    )
    return Snapshot.objects.filter(Exists(newer), settlement=None)


def compute_and_store(on: datetime.date, *, is_settlement: bool) -> Snapshot:
    started = time.monotonic()
    marks = look()
    figures = all_figures(on)
    snapshot = Snapshot.objects.create(
        as_of=on,
        definitions_version=definitions_version(),
        divisions_version=figures.divisions.version,
        versions={indicator.code: indicator.version for indicator in INDICATORS},
        is_settlement=is_settlement,
        marks=marks,
        computed_at=timezone.now(),
    )
    _store(snapshot, rows_of(figures))
    snapshot.seconds = round(time.monotonic() - started, 3)
    snapshot.save(update_fields=["seconds"])
    return snapshot


def refresh_if_stale() -> list[Snapshot]:
    """New snapshots of today, of ended plans and, less often, of the trend's other days where
    data changed since the last ones."""
    taken = []
    shown = days_shown()
    others = [(day, False) for day in days_of_trend() if day not in dict(shown)]
    for day, is_settlement in [*shown, *others]:
        current = latest(day)
        is_other = (day, is_settlement) in others
        # A first one is the night's work.
        if is_other and current is None:
            continue
        if current and (_is_resting(current, is_urgent=not is_other) or not is_stale(current)):
            continue
        if snapshot := take_snapshot(on=day, is_settlement=is_settlement):
            taken.append(snapshot)
    return taken


def take_all() -> None:
    """Every night: today, the settlements, and the ends of the plan's years for the trend."""
    shown = days_shown()
    for day, is_settlement in shown:
        take_snapshot(on=day, is_settlement=is_settlement)
    for day in days_of_trend():
        current = latest(day)
        if day not in dict(shown) and (current is None or is_stale(current)):
            take_snapshot(on=day)
    prune(today=timezone.localdate())


def prune(*, today: datetime.date) -> int:
    """Keep every day of the last weeks, before that the last of each month; number forgotten."""
    old = Snapshot.objects.filter(
        as_of__lt=today - datetime.timedelta(days=_DAYS_KEPT), is_settlement=False
    )
    months = old.annotate(month=TruncMonth("as_of")).values("month").annotate(last=Max("as_of"))
    return _forget(old.exclude(as_of__in=[row["last"] for row in months]))


def _is_resting(snapshot: Snapshot, *, is_urgent: bool = True) -> bool:
    """A costly computation is not repeated at once while changes stream in."""
    rest = min(30.0, 4 * snapshot.seconds) if is_urgent else max(60.0, 20 * snapshot.seconds)
    return timezone.now() - snapshot.computed_at < datetime.timedelta(seconds=rest)


def is_alone() -> bool:
    with connection.cursor() as cursor:
        # Nobody waits for this: on a busy server it may take longer than a page may.
        cursor.execute("SET LOCAL statement_timeout = '300s'")
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _store(snapshot: Snapshot, rows: Any) -> None:
    text = io.StringIO()
    for indicator, region, value, denominator in rows:
        fields = (snapshot.pk, indicator, region or "", value, denominator)
        text.write(",".join("" if f is None else str(f) for f in fields) + "\n")
    text.seek(0)
    table = SnapshotValue._meta.db_table
    copy = f"COPY {table} (snapshot_id, indicator, region_id, value, denominator) FROM STDIN CSV"
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(copy, text)


def _forget(snapshots: Any) -> int:
    keys = list(snapshots.values_list("pk", flat=True))
    SnapshotValue.objects.filter(snapshot__in=keys)._raw_delete("default")
    Snapshot.objects.filter(pk__in=keys)._raw_delete("default")
    return len(keys)
