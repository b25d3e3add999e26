"""manage.py indicators: the figures of a region as of a day, for scripts."""

import datetime
import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.dates import EARLIEST
from core.figures.verdict import NO_DATA
from core.models import Region
from core.regions.tree import divisions_on
from reports.definitions.registry import BY_CODE, FIXED_CODES
from reports.periods.settlements import settlement_of
from reports.plans.calendar import plan_on
from reports.snapshots.reading import compute, read_whole
from reports.targets.goals import Goals


class Command(BaseCommand):
    help = "Print the indicators of a region as of a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", default="", help="YYYY-MM-DD, today by default")
        parser.add_argument("--region", default="", help="region code, the province by default")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = (
                datetime.date.fromisoformat(options["on"])
                if options["on"]
                else timezone.localdate()
            )
        except ValueError:
            raise CommandError("日期请写成 2025-12-31 的样子。") from None
        if day < EARLIEST:
            raise CommandError(f"日期不能早于 {EARLIEST.year} 年，请核对。")
        region = options["region"] or settings.PROVINCE_CODE
        if not Region.objects.filter(pk=region).exists():
            raise CommandError(f"没有代码为 {region} 的地区。")
        # A code of the past or of the future stands for the division of the day.
        rows = _rows(day, divisions_on(day).counterpart(region))
        if options["json"]:
            report = {"on": day.isoformat(), "region": region, "indicators": rows}
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        for row in rows:
            out_of = f" / {row['denominator']}" if row["denominator"] is not None else ""
            goal = f"（目标 {row['target']}）" if row["target"] is not None else ""
            said = f"{row['value']}{out_of}{row['unit']}" if row["value"] is not None else NO_DATA
            self.stdout.write(f"{row['code']:<10} {row['name']}：{said}{goal}")


def _rows(day: datetime.date, region: str) -> list[dict[str, Any]]:
    # Of a settled day what was signed.
    signed = settlement_of(day)
    reading = (
        read_whole(signed.snapshot, regions=[region])
        if signed and signed.snapshot
        else compute(day, regions=[region])
    )
    goals = Goals(plan_on(day), [region], day=day)
    rows = []
    for code in FIXED_CODES:
        indicator = BY_CODE[code]
        whole = reading.denominator(code, region)
        denominator = None if indicator.out_of is None else whole or 0
        goal = goals.final(code, region, denominator)
        rows.append({
            "code": code,
            "name": indicator.name,
            "unit": indicator.unit,
            "value": reading.value(code, region),
            "denominator": denominator,
            "target": goal.value if goal else None,
        })  # fmt: skip
    return rows
