"""manage.py load_plan: bring the plan and the province's targets up to the file in DATA_DIR."""

import datetime
import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from reports.models import Plan, Target


class Command(BaseCommand):
    help = "Load or refresh the plans in DATA_DIR (idempotent); other regions' targets stay."

    def handle(self, *args: Any, **options: Any) -> None:
        for path in sorted(settings.DATA_DIR.glob("plan_*.json")):
            with path.open(encoding="utf-8") as file:
                plan = _load(json.load(file))
            self.stdout.write(f"已载入{plan.name}的 {plan.targets.count()} 个目标。")


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
            Target.objects.update_or_create(
                plan=plan,
                indicator=row["indicator"],
                region_id=settings.PROVINCE_CODE,
                year=row["year"],
                defaults={
                    "value": row["value"],
                    "is_rate": row.get("is_rate", False),
                    "clause": row.get("clause", ""),
                    "document": row.get("document", source["document"]),
                },
            )
    return plan
