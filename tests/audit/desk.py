"""A desk in an office: the clock, the dice, the clerks and reviewers, and who is there."""

from __future__ import annotations

import datetime
import random
from typing import Any

from django.utils import timezone

from core.dates import today
from core.models import Region, User
from stations.models import Organization, Station
from talent.models import Person

# 水城县 and its townships are abolished in 2021-10 with successors, 羊艾农场 in 2022-10 without.
COUNTIES = ("520102", "520111", "522301", "520221", "520204")
PLACES = (
    "520102016", "520102017", "520102034", "520111004", "520111103", "520111400", "522301001",
    "520221001", "520221002", "520204002", "520102", "520111", "522301", "5201",
)  # fmt: skip
REASON = "按文件办理"


class Desk:
    """What every step needs."""

    def __init__(self, seed: int, *, is_correcting: bool = True) -> None:
        self.dice = random.Random(seed)
        self.is_correcting = is_correcting
        self.clerks = {c: self._user("clerk", c) for c in (*COUNTIES, "5201", "52")}
        self.reviewers = {c: self._user("reviewer", c) for c in (*COUNTIES, "5201", "52")}

    @staticmethod
    def _user(role: str, region: str) -> User:
        return User.objects.create_user(
            f"{role}{region}", "Cast-2026-pass", role=role, region_id=region, display_name=role
        )

    def day(self, most: int = 120) -> datetime.date:
        """Today, or when the past may be told otherwise an earlier day."""
        back = self.dice.choice((0, 0, 1, most)) if self.is_correcting else 0
        return today() - datetime.timedelta(days=self.dice.randint(0, back))

    def one(self, rows: Any) -> Any:
        return self.dice.choice(list(rows.order_by("pk")))

    def person(self, **filters: Any) -> Person:
        return self.one(Person.objects.filter(region__isnull=False, **filters))

    def station(self, **filters: Any) -> Station:
        return self.one(Station.objects.filter(**filters))

    def of(self, code: str | None, users: dict[str, User]) -> User:
        """The office of a place: its county's, else the one above."""
        code = code or "52"
        return users.get(code[:6]) or users.get(code[:4]) or users["52"]

    def clerk(self, code: str | None) -> User:
        return self.of(code, self.clerks)

    def reviewer(self, code: str | None) -> User:
        return self.of(code, self.reviewers)

    def place(self) -> str:
        """A place in force today."""
        codes = Region.objects.valid_on(today()).filter(pk__in=PLACES).values_list("pk", flat=True)
        return self.dice.choice(sorted(codes))

    def employer(self, place: str) -> Organization:
        found = Organization.objects.filter(region_id=place, ended_on=None).first()
        if found is not None:
            return found
        registered = self.day(900) if self.dice.random() < 0.7 or not self.is_correcting else None
        return Organization.objects.create(
            name=f"{place}服务中心{Organization.objects.count()}", kind="4", region_id=place,
            registered_on=registered, created_at=timezone.now(),
        )  # fmt: skip

    def since(self, most: int = 60) -> datetime.date | None:
        """Since when something is no longer so; None where it was a mistake, which only says
        that the past was otherwise."""
        return self.day(most) if not self.is_correcting or self.dice.random() < 0.5 else None

    def county(self) -> Region:
        codes = Region.objects.valid_on(today()).filter(pk__in=COUNTIES)
        return self.one(codes)
