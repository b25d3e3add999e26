"""manage.py load_plan: bring the plan and the province's targets up to the file in DATA_DIR."""

import datetime
import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from reports.plans.models import Plan
from reports.targets.models import Target


class Command(BaseCommand):
    help = "Load or refresh the plans in DATA_DIR (idempotent); what people set stays."

    def handle(self, *args: Any, **options: Any) -> None:
        for path in sorted(settings.DATA_DIR.glob("plan_*.json")):
            with path.open(encoding="utf-8") as file:
                plan = _load(json.load(file))
            self.stdout.write(f"已载入{plan.name}的 {plan.targets.count()} 个目标。")


KINDS = {label: value for value, label in Target.Kind.choices}


def _was_set(plan: Plan, row: dict[str, Any]) -> bool:
    """Whether somebody set or withdrew the province's target: the file says no more of it."""
    events = Target.pgh_event_model.objects  # type: ignore[attr-defined]
    return bool(
        events.filter(
            plan=plan.pk, indicator=row["indicator"], region=settings.PROVINCE_CODE,
            year=row["year"], pgh_context__metadata__user__isnull=False,
        ).exists()
    )  # fmt: skip


def _load(source: dict[str, Any]) -> Plan:
    days = ("starts_on", "ends_on", "baseline_on", "document_on")
    with transaction.atomic():
        plan, _ = Plan.objects.update_or_create(
            code=source["code"],
            defaults={
                "name": source["name"],
                "document": source["document"],
                **{name: datetime.date.fromisoformat(source[name]) for name in days},
            },
        )
        for row in source["targets"]:
            if _was_set(plan, row):
                continue
            Target.objects.update_or_create(
                plan=plan,
                indicator=row["indicator"],
                region_id=settings.PROVINCE_CODE,
                year=row["year"],
                defaults={
                    "value": row["value"],
                    "is_rate": row.get("is_rate", False),
                    "clause": row.get("clause", ""),
                    "kind": KINDS[row["kind"]],
                    "document": row.get("document", source["document"]),
                },
            )
    return plan
