"""Everything in the tables as lists, and what it was on a day: the ground of the second count."""

from __future__ import annotations

import datetime
from collections import defaultdict
from functools import cached_property
from typing import Any

from core.models import FormerValue, Region, RegionMove
from stations.models import Organization, Station, StationCoverage, StationMonthly, StationState
from talent.models import (
    Certificate,
    Education,
    GraduateStat,
    KeyTalentClaim,
    Person,
    PersonState,
    Post,
    Title,
)

Row = dict[str, Any]
Counted = tuple[Any, str | None, int]
PROVINCE = "52"


def rows_of(model: Any, *columns: str) -> list[Row]:
    return list(model.objects.values(*columns))


def is_dated(row: Row, day: datetime.date, first: str, end: str) -> bool:
    return row[first] <= day and (row[end] is None or row[end] > day)


class Records:
    """Everything in the tables."""

    def __init__(self, day: datetime.date) -> None:
        self.day = day
        self.regions = {r["code"]: r for r in rows_of(Region)}
        # A mistake is nobody, nothing and nowhere, on any day.
        self.people = [p for p in rows_of(Person) if not p["is_mistake"]]
        self.mistaken = {p["id"] for p in rows_of(Person) if p["is_mistake"]}
        self.former = rows_of(FormerValue)
        self.posts = rows_of(Post)
        self.states = rows_of(PersonState)
        self.certificates = rows_of(Certificate)
        self.educations = rows_of(Education)
        self.titles = rows_of(Title)
        self.claims = rows_of(KeyTalentClaim)
        self.graduates = rows_of(GraduateStat)
        self.stations = {s["id"]: s for s in rows_of(Station) if not s["is_mistake"]}
        self.station_states = rows_of(StationState)
        self.coverages = rows_of(StationCoverage)
        self.months = rows_of(StationMonthly)
        self.moves = rows_of(RegionMove)
        self.organizations = {o["id"]: o for o in rows_of(Organization)}

    # --- What was otherwise then --------------------------------------------------------------
    def was(self, row: Row, column: str) -> str:
        """A dated column as of the day: the former value that holds then, else today's."""
        for old in self.former:
            if old["object_id"] == row["id"] and old["column"] == column:
                if (old["since"] is None or old["since"] <= self.day) and old["until"] > self.day:
                    return str(old["value"])
        return str(row[column] or "")

    def in_use(self, row: Row) -> bool:
        """Not out of use, or only since a later day; a mistake says no such day."""
        until = row["true_until"]
        return row["ended_on"] is None or (until is not None and until > self.day)

    # --- Divisions ------------------------------------------------------------------------
    def in_force(self, code: str) -> bool:
        row = self.regions[code]
        began = row["valid_from"] is None or row["valid_from"] <= self.day
        return began and (row["valid_to"] is None or row["valid_to"] > self.day)

    def standing_for(self, code: str | None) -> str | None:
        """The division of the day that a recorded code stands for (DOMAIN T6, "Merged")."""
        while code is not None and not self.in_force(code):
            row = self.regions[code]
            if row["valid_to"] is not None and row["valid_to"] <= self.day:
                code = row["successor_id"] or row["parent_id"]
                continue
            origins = [
                c for c, r in self.regions.items() if r["successor_id"] == code and self.in_force(c)
            ]
            if len(origins) == 1:
                return origins[0]
            shared = [o for o in origins if o[:6] == origins[0][:6]]
            code = origins[0][:6] if origins and len(shared) == len(origins) else row["parent_id"]
        return code

    def townships(self) -> set[str]:
        return self.at_level(4)

    def at_level(self, level: int) -> set[str]:
        return self._levels[level]

    @cached_property
    def _levels(self) -> dict[int, set[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        for code, row in self.regions.items():
            if self.in_force(code):
                found[row["level"]].add(code)
        return found
