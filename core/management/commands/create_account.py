"""Open an account from the command line: the first 安全管理员 of a new installation."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.accounts.actions import open_account
from core.accounts.models import User
from core.accounts.roles import Role
from core.regions.models import Region


class Command(BaseCommand):
    help = "Open an account and print its one-time password, valid for 24 hours."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="the holder's real name")
        roles = [r.value for r in Role if r != Role.WORKER]
        parser.add_argument("--role", required=True, choices=roles)
        parser.add_argument("--region", required=True, help="division code, such as 52")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        region = Region.objects.filter(code=options["region"]).first()
        if region is None:
            raise CommandError(f"没有区划代码 {options['region']}，请先运行 load_regions。")
        if User.objects.filter(username=options["username"]).exists():
            raise CommandError(f"用户名 {options['username']} 已有人用。")
        try:
            user, password = open_account(
                username=options["username"],
                display_name=options["name"],
                role=options["role"],
                region=region,
                by=None,
            )
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from None
        if options["json"]:
            self.stdout.write(json.dumps({"username": user.username, "password": password}))
        else:
            self.stdout.write(
                f"已开设账号 {user.username}（{user.get_role_display()}，{region.name}）。\n"
                f"一次性密码：{password}\n24 小时内有效，首次登录须修改，不会再显示。"
            )
