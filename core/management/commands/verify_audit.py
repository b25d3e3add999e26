"""Check the chain of the security log and name the first row that was altered."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.audit.chain import verify_chain


class Command(BaseCommand):
    help = "Verify that no row of the security log was altered or removed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print a machine-readable result")
        parser.add_argument(
            "--expect",
            metavar="ID:SEAL",
            help="last row noted at an earlier check; fails when it is gone or different",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify_chain(expected=options["expect"])
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict()))
        elif report.is_intact:
            self.stdout.write(f"{report.words}，末条 {report.last_id}:{report.last_seal}")
        if not report.is_intact:
            raise CommandError(f"安全日志{report.words}。")
