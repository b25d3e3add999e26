"""manage.py recount: every figure counted a second time by plain SQL, and compared."""

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.recount.actions import recount_day, recount_sample
from reports.recount.words import words


class Command(BaseCommand):
    help = "Count every figure a second time and compare: of one day, or of tonight's sample."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", default="", help="YYYY-MM-DD, the nightly sample by default")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = datetime.date.fromisoformat(options["on"]) if options["on"] else None
        except ValueError:
            raise CommandError("日期请写成 2025-12-31 的样子。") from None
        runs = [recount_day(day)] if day else recount_sample()
        for run in runs:
            self.stdout.write(f"{run}。")
        wrong = [words(run, n) for run in runs for n in range(len(run.differences))]
        if wrong:
            raise CommandError("\n".join(["两次计算不符：", *wrong]))
