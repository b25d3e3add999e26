"""manage.py seed_demo --people N: fill an empty database with plausible people."""

import contextlib
import datetime
import random
import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from core.audit.history import acting
from core.dates import today
from core.models import Region, User
from core.notices.reminders import remind
from demo.accounts import create_accounts
from demo.files import build_files
from demo.papers import build_papers
from demo.people import build_people
from demo.places import build_places
from demo.programmes import (
    build_graduates,
    build_name_list,
    build_projects,
    build_requests,
)
from demo.rosters import build_rosters
from demo.targets import build_targets
from reports.snapshots.actions import take_snapshot
from reports.tasks import nightly, recount
from talent.models import Person


class Command(BaseCommand):
    help = "Fill an empty database with plausible people over the real townships."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=20_000)
        parser.add_argument("--seed", type=int, default=20_251_231)
        parser.add_argument("--on", type=datetime.date.fromisoformat, default=None)

    def handle(self, *args: Any, people: int, seed: int, **options: Any) -> None:
        if not Region.objects.exists():
            raise CommandError("还没有行政区划，请先运行 manage.py load_regions。")
        if Person.objects.exists():
            raise CommandError("数据库中已有人员，演示数据只能载入空库。")
        password = settings.DEMO_PASSWORD or secrets.token_urlsafe(9)
        rng = random.Random(seed)  # noqa: S311  nothing secret is drawn
        day = options["on"] or today()
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 0")
            users: dict[str, User] = {u.username: u for u in create_accounts(password)}
            with acting(users["sheng"], reason="演示数据"):
                places = build_places(rng, day)
                build_people(rng, people, places, today=day, by=users["sheng"])
                build_projects(rng, places, day)
                build_graduates(rng, places, day)
                build_requests(rng, users, day)
                build_name_list(users, day)
                build_targets(users["sheng"])
            remind(day=day)
        # Once there is a database: files of one that was rolled back would lie about.
        build_files(users)
        build_rosters(users, day)
        build_papers(users, day)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        # The board has its figures from the first look on, its settlement and its trend as soon
        # as the worker has done tonight's work.
        take_snapshot(on=day)
        for task in (nightly, recount):
            # Without a broker it is the night's work after all.
            with contextlib.suppress(OperationalError):
                task.apply_async(retry=False)
        self.stdout.write(f"已载入 {people} 名演示人员。演示账号密码：{password}")
