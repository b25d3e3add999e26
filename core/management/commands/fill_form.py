"""manage.py fill_form FILE.xlsx --user NAME --region CODE --on DATE --out OUT.xlsx --json

A form of another office, filled from the lists of the registry.
"""

import datetime
import json
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.accounts.models import User
from core.dates import today
from core.papers.making import fill_form
from core.rules import RuleError
from core.secrecy.files import Refused


class Command(BaseCommand):
    help = "Fill the blank form of another office."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--user", required=True)
        parser.add_argument("--region", default="")
        parser.add_argument("--on", type=datetime.date.fromisoformat, default=None)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--reason", default="", help="full numbers, with the reason for them")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"没有账号「{options['user']}」。")
        try:
            made = fill_form(
                user=user,
                name=options["file"].name,
                data=options["file"].read_bytes(),
                region=options["region"] or user.region_id or "",
                on=options["on"] or today(),
                reason=options["reason"],
            )
        except (Refused, RuleError) as error:
            raise CommandError(str(error)) from None
        except PermissionDenied:
            raise CommandError(f"账号「{user.username}」没有导出的权限。") from None
        except OSError:
            raise CommandError(f"读不了 {options['file'].name}，请核对。") from None
        options["out"].write_bytes(made.data)
        if options["json"]:
            self.stdout.write(json.dumps(made.report, ensure_ascii=False))
            return
        for table in made.report["tables"]:
            self.stdout.write(f"「{table['sheet']}」：{table['list']} {table['rows']} 行")
            if left := table.get("left_out"):
                self.stdout.write(f"表上按地区分组，{left} 行不在其中任何一组，没有填进去。")
        for unknown in made.report["unknown"]:
            self.stdout.write(f"{unknown['cell']}「{unknown['heading']}」没有来源，留空。")
        for one in made.report["baseless"]:
            self.stdout.write(f"{one['cell']}「{one['says']}」没有上年的数，留空。")
