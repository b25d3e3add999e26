"""Move current rows out of abolished divisions into their successors."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.regions.names import place_name
from core.regions.successions import apply_successions


class Command(BaseCommand):
    help = "把已撤销区划下的现行记录划归其承接区划；没有承接区划的列为「待划转」。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只列出，不改动")

    def handle(self, *args: Any, **options: Any) -> None:
        found = apply_successions(dry_run=options["dry_run"])
        for row in found:
            target = place_name(row.to) if row.to else "待划转"
            place = place_name(row.region)
            self.stdout.write(f"{row.label}\t{place}（{row.region}）→ {target}\t{row.count}")
        self.stdout.write(f"共 {sum(r.count for r in found)} 条。")
