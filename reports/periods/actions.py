"""A plan that is over is signed: its figures and every id counted are kept for good."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from core.guards import require
from core.jobs import running as jobs
from core.models import Job, User
from core.rules import RuleError
from reports.periods.models import Settlement
from reports.periods.settlements import store_members
from reports.plans.models import Plan
from reports.snapshots.actions import compute_and_store, is_alone

FREEZING = "freeze"


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
        if not is_alone():
            raise jobs.JobFailed("正在计算其他指标，请稍后再试。")
        day = settlement.plan.ends_on
        settlement.snapshot = compute_and_store(day, is_settlement=True)
        settlement.digest = store_members(settlement, day)
        settlement.frozen_at = timezone.now()
        settlement.save()
    lease.finish(Job.Status.DONE, "已冻结。")
