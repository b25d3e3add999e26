"""Everything that writes plans, targets and snapshots."""

from __future__ import annotations

import datetime
import io
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from core.guards import require
from core.jobs import running as jobs
from core.models import Job, Region, User
from core.regions.tree import divisions_on
from core.rules import RuleError
from core.scoping import OutOfScope
from reports.indicators import BY_CODE, INDICATORS, all_figures, definitions_version
from reports.models import Plan, Settlement, Snapshot, SnapshotValue, Target
from reports.plans import days_of_trend, days_shown
from reports.settlements import store_members
from reports.snapshots import is_stale, latest, look, rows_of

# One computation at a time in the whole installation.
_LOCK = 5_200_001
_DAYS_KEPT = 40
# A page finds a snapshot first and reads its figures one after another: were they deleted in
# between, it would show zeros.
_READING = datetime.timedelta(minutes=1)
FREEZING = "freeze"


# --- Snapshots ----------------------------------------------------------------------------
def take_snapshot(*, on: datetime.date, is_settlement: bool = False) -> Snapshot | None:
    """Compute and store all figures as of a day, in place of earlier ones of that day.

    None when another computation is running.
    """
    with transaction.atomic():
        if not _locked():
            return None
        snapshot = _taken(on, is_settlement=is_settlement)
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


def _taken(on: datetime.date, *, is_settlement: bool) -> Snapshot:
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


def _locked() -> bool:
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


# --- Settlement of a plan -----------------------------------------------------------------
def freeze_plan(*, by: User, plan: Plan, document: str) -> Settlement:
    """Sign the figures of a plan that is over; a job stores them with every id counted.

    Raises PermissionDenied or RuleError. A job that failed is set going again.
    """
    require(by, "reports.change_target")
    if by.region_id != settings.PROVINCE_CODE:
        raise PermissionDenied("规划决算由省级审核员冻结。")
    if plan.ends_on >= timezone.localdate():
        raise RuleError("SETTLEMENT", f"{plan.name}到 {plan.ends_on} 期满，期满以后才能冻结决算。")
    if not document.strip():
        raise RuleError("SETTLEMENT", "请填写决算的文号。")
    with transaction.atomic():
        Plan.objects.select_for_update().get(pk=plan.pk)
        settlement = Settlement.objects.filter(plan=plan).select_related("job").first()
        if settlement is None:
            job = Job.objects.create(kind=FREEZING, by=by, region_id=by.region_id)
            settlement = Settlement(plan=plan, job=job)
        elif not settlement.is_failed:
            raise RuleError("SETTLEMENT", f"{plan.name}的决算已经冻结，或正在冻结。")
        settlement.by, settlement.document = by, document.strip()
        settlement.save()
        Job.objects.filter(pk=settlement.job_id).update(
            status=Job.Status.QUEUED, by=by, attempts=0, lease_until=None, finished_at=None
        )
        jobs.ring(settlement.job_id)
    return settlement


@jobs.runner(FREEZING, permission="reports.change_target")
def freeze(lease: jobs.Lease) -> None:
    """Figures and ids of one moment, stored for good in one transaction."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        lease.guard()
        settlement = Settlement.objects.select_related("plan").get(job=lease.job)
        if not _locked():
            raise jobs.JobFailed("正在计算其他指标，请稍后再试。")
        day = settlement.plan.ends_on
        settlement.snapshot = _taken(day, is_settlement=True)
        settlement.digest = store_members(settlement, day)
        settlement.frozen_at = timezone.now()
        settlement.save()
    lease.finish(Job.Status.DONE, "已冻结。")


# --- Plans and targets --------------------------------------------------------------------
def create_plan(*, by: User, **fields: Any) -> Plan:
    """A further plan; only the province's reviewers add one."""
    require(by, "reports.change_target")
    if by.region_id != settings.PROVINCE_CODE:
        raise PermissionDenied("规划由省级审核员添加。")
    with transaction.atomic():
        plan = Plan(**fields)
        plan.full_clean()
        plan.save()
    return plan


class Amount(NamedTuple):
    """A target's number; with `is_rate` a percentage of the indicator's denominator."""

    value: int
    is_rate: bool = False
    kind: str = Target.Kind.EXPECTED


def set_targets(
    *,
    by: User,
    plan: Plan,
    year: int,
    targets: Mapping[tuple[str, str], Amount | None],
    document: str,
) -> int:
    """Set (or with None withdraw) targets by (indicator, region); how many were changed.

    A reviewer sets targets below the own region, the province also its own. The sum over
    the children is shown beside the parent's target and not forced to equal it. Raises
    PermissionDenied, OutOfScope or RuleError.
    """
    require(by, "reports.change_target")
    if not document.strip():
        raise RuleError("TARGET", "请填写下达目标的文号。")
    if not plan.starts_on.year <= year <= plan.ends_on.year + 5:
        raise RuleError("TARGET", f"年度应在{plan.name}的规划期内。")
    settled = Settlement.objects.filter(plan=plan, frozen_at__isnull=False)
    if year <= plan.ends_on.year and settled.exists():
        raise RuleError("TARGET", f"{plan.name}的决算已冻结，{year} 年的目标不能再改。")
    _require_below(by, {region for _, region in targets})
    for (indicator, _), amount in targets.items():
        _require_amount(indicator, amount)
    changed = 0
    with transaction.atomic():
        rows = Target.objects.select_for_update().filter(
            plan=plan, year=year, region__in={region for _, region in targets}
        )
        existing = {(row.indicator, row.region_id): row for row in rows}
        for (indicator, region), amount in targets.items():
            changed += _set_one(
                existing.get((indicator, region)), amount, plan=plan, indicator=indicator,
                year=year, region_id=region, document=document.strip(),
            )  # fmt: skip
    return changed


def _require_amount(indicator: str, amount: Amount | None) -> None:
    found = BY_CODE.get(indicator)
    if found is None or not found.has_target:
        raise RuleError("TARGET", "这个指标不设目标。")
    if amount is None:
        return
    if amount.is_rate and found.out_of is None:
        raise RuleError("TARGET", f"{found.name}没有分母，不能按百分比定，请写数。")
    if amount.kind not in Target.Kind:
        raise RuleError("TARGET", "目标的性质是预期性或约束性。")
    most = 100 if amount.is_rate else 10_000_000
    if not 0 <= amount.value <= most:
        raise RuleError("TARGET", "目标值应为 0 至 1000 万之间的整数，或 0% 至 100%。")


def _require_below(by: User, regions: set[str]) -> None:
    valid = set(divisions_on(timezone.localdate()).children(by.region_id or ""))
    allowed = set(Region.objects.for_user(by).current().values_list("pk", flat=True))
    if by.region_id != settings.PROVINCE_CODE:
        allowed -= {by.region_id}
    if outside := regions - allowed - valid:
        raise OutOfScope(f"只能为下级地区设定目标，{'、'.join(sorted(outside))} 不在您的下级。")


def _set_one(target: Target | None, amount: Amount | None, **fields: Any) -> int:
    if amount is None:
        if target is None:
            return 0
        target.delete()
        return 1
    if target is None:
        Target.objects.create(**fields, **amount._asdict())
        return 1
    wanted = {**amount._asdict(), "document": fields["document"]}
    is_other = any(getattr(target, name) != new for name, new in wanted.items())
    for name, new in wanted.items():
        setattr(target, name, new)
    # Also when it says the same as before: from now on it is for all that joined the region.
    target.save()
    return int(is_other)
