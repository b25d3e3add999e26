"""manage.py compare_list KIND FILE --user NAME --json: a list that somebody else keeps laid beside
the registry. Nothing is written."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.accounts.models import User
from core.ledgers.ledger import registers
from core.papers.comparing import compare_list
from core.rules import RuleError
from core.secrecy.files import Refused


class Command(BaseCommand):
    help = "Say what a list that somebody else keeps has otherwise than the registry."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(registers()))
        parser.add_argument("file", type=Path)
        parser.add_argument("--user", required=True)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"没有账号「{options['user']}」。")
        try:
            data = options["file"].read_bytes()
            found = compare_list(
                user=user, kind=options["kind"], name=options["file"].name, data=data
            )
        except (Refused, RuleError) as error:
            raise CommandError(str(error)) from None
        except PermissionDenied:
            raise CommandError(f"账号「{user.username}」没有导入的权限。") from None
        except OSError:
            raise CommandError(f"读不了 {options['file'].name}，请核对。") from None
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        self.stdout.write(
            f"名单 {found['rows']} 行：对上 {found['matched']}，名单上有、在册没有"
            f" {found['only_there']}，在册有、名单上没有 {found['only_here']}，"
            f"不同的格子 {found['differing_cells']}。"
        )
