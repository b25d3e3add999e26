"""manage.py load_regions: bring the divisions up to the file in DATA_DIR."""

import csv
import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from core.pinyin import name_pinyin
from core.regions.models import Region

_LEVELS = {"province": 1, "prefecture": 2, "county": 3, "township": 4}


def _date(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


class Command(BaseCommand):
    help = "Load or refresh the administrative divisions (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.DATA_DIR / f"regions_{settings.PROVINCE_CODE}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        regions = []
        for row in rows:
            pinyin, initials = name_pinyin(row["name"])
            regions.append(
                Region(
                    code=row["code"],
                    name=row["name"],
                    level=_LEVELS[row["level"]],
                    parent_id=row["parent"] or None,
                    valid_from=_date(row["valid_from"]),
                    valid_to=_date(row["valid_to"]),
                    successor_id=row["successor"] or None,
                    pinyin=pinyin,
                    initials=initials,
                )
            )
        with transaction.atomic():
            Region.objects.bulk_create(
                regions,
                update_conflicts=True,
                unique_fields=["code"],
                update_fields=[
                    "name", "level", "parent", "valid_from", "valid_to",
                    "successor", "pinyin", "initials",
                ],
            )  # fmt: skip
        self.stdout.write(f"已载入 {len(regions)} 个行政区划。")
