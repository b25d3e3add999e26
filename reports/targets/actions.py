"""Targets are set for the regions below, by the province also for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.guards import require
from core.models import Region, User
from core.regions.tree import divisions_on
from core.rules import RuleError
from core.scoping import OutOfScope
from reports.definitions.registry import BY_CODE
from reports.plans.models import Plan
from reports.targets.models import Target


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
    settled = Plan.objects.filter(pk=plan.pk, settlement__frozen_at__isnull=False)
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
