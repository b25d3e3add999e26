"""Plans are added by the province."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.guards import require
from core.models import User
from reports.plans.models import Plan


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
