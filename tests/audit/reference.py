"""A second, naive count of every figure, written from the counting definitions alone.

It shares no code with reports/: all rows are read into lists, and each figure is a loop over
them. `Reference(day).counted(code)` gives (key, place, weight) of everything counted; places
are recorded codes, resolved and rolled up here too.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from core.models import Region
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

RELATED = (
    "社会工作", "社会学", "心理学", "社会保障", "社区管理", "青少年工作", "司法矫治", "民政管理",
)  # fmt: skip
SERVICES = (
    "cases_new", "cases_open", "cases_closed", "group_sessions", "activities", "visits",
    "consultations",
)  # fmt: skip
BASELINE = datetime.date(2020, 12, 31)
PROVINCE = "52"


def _rows(model: Any, *columns: str) -> list[Row]:
    return list(model.objects.values(*columns))


def _dated(row: Row, day: datetime.date, first: str, end: str) -> bool:
    return row[first] <= day and (row[end] is None or row[end] > day)


class Reference:
    """Everything in the tables, and what counts of it on a day."""

    def __init__(self, day: datetime.date) -> None:
        self.day = day
        self.regions = {r["code"]: r for r in _rows(Region)}
        self.people = _rows(Person, "id", "verification", "residence_id")
        self.posts = _rows(Post)
        self.states = _rows(PersonState)
        self.certificates = _rows(Certificate)
        self.educations = _rows(Education)
        self.titles = _rows(Title)
        self.claims = _rows(KeyTalentClaim)
        self.graduates = _rows(GraduateStat)
        self.stations = {s["id"]: s for s in _rows(Station)}
        self.station_states = _rows(StationState)
        self.coverages = _rows(StationCoverage)
        self.months = _rows(StationMonthly)
        self.organizations = {o["id"]: o for o in _rows(Organization)}

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
        return {c for c, r in self.regions.items() if r["level"] == 4 and self.in_force(c)}

    def at_level(self, level: int) -> set[str]:
        return {c for c, r in self.regions.items() if r["level"] == level and self.in_force(c)}

    # --- People ---------------------------------------------------------------------------
    def state_of(self, person: Any) -> Row | None:
        found = [
            s
            for s in self.states
            if s["person_id"] == person and _dated(s, self.day, "valid_from", "valid_to")
        ]
        assert len(found) <= 1, "two states on one day"
        return found[0] if found else None

    def primary_post_of(self, person: Any) -> Row | None:
        found = [
            p
            for p in self.posts
            if p["person_id"] == person
            and p["is_primary"]
            and _dated(p, self.day, "started_on", "ended_on")
        ]
        # Told of the past, an old post may end after the next began: the later one counts.
        return max(found, key=lambda p: (p["started_on"], p["id"]), default=None)

    def _of(self, rows: list[Row], person: Any) -> list[Row]:
        return [r for r in rows if r["person_id"] == person and r["ended_on"] is None]

    def counting_certificates(self, person: Any) -> list[Row]:
        return [
            c
            for c in self._of(self.certificates, person)
            if c["level"] in "123" and c["verification"] >= "2" and c["approved_on"] <= self.day
        ]

    def _studied(self, person: Any) -> list[Row]:
        return [
            e
            for e in self._of(self.educations, person)
            if e["graduated_on"] is None or e["graduated_on"] <= self.day
        ]

    def _has_middle_title(self, person: Any) -> bool:
        return any(
            t["level"] in "123" and (t["obtained_on"] is None or t["obtained_on"] <= self.day)
            for t in self._of(self.titles, person)
        )

    def steps(self, person: Row) -> set[str]:
        """On which steps of the ladder a person stands."""
        key = person["id"]
        state, post = self.state_of(key), self.primary_post_of(key)
        if person["verification"] < "2" or state is None:
            return set()
        result = set()
        if state["status"] in ("10", "20", "80"):
            result.add("T1_L0")
        serves = state["status"] in ("10", "20", "80", "40")
        if not (serves and post is not None and post["employment"] not in "78"):
            return result
        result |= {"T1", "T1_L1"}
        certified = bool(self.counting_certificates(key))
        studied = self._studied(key)
        higher = any(e["level"] in ("11", "14", "21", "31") for e in studied)
        if higher or self._has_middle_title(key) or certified:
            result.add("T1_L2")
            related = any(major in e["major"] for e in studied for major in RELATED)
            if certified or related:
                result.add("T1_L3")
        if certified:
            result |= {"T1_L4", "T2"}
        return result

    def place_of(self, person: Any) -> str | None:
        post, state = self.primary_post_of(person), self.state_of(person)
        if post is not None:
            return str(post["region_id"])
        return state["residence_id"] if state else None

    def ladder(self, code: str) -> list[Counted]:
        return [(p["id"], self.place_of(p["id"]), 1) for p in self.people if code in self.steps(p)]

    def is_new_key_talent(self, person: Any) -> bool:
        """T3: an approved claim obtained after the baseline; 中级 to 高级 is not new again."""
        held_before = any(
            c["level"] in "23" and c["approved_on"] <= BASELINE
            for c in self._of(self.certificates, person)
        )
        return any(
            claim["state"] == "2"
            and claim["origin"] == "1"
            and BASELINE < claim["qualified_on"] <= self.day
            and not (claim["claim_class"] == "A" and held_before)
            for claim in self._of(self.claims, person)
        )

    def key_talents(self) -> list[Counted]:
        """T3 is cumulative: who left or died afterwards stays, where the last post was."""
        result = []
        for person in self.people:
            state = self.state_of(person["id"])
            mistaken = state is not None and state["status"] == "70"
            if self.is_new_key_talent(person["id"]) and not mistaken:
                result.append((person["id"], self.last_place_of(person), 1))
        return result

    def last_place_of(self, person: Row) -> str | None:
        post, state = self.primary_post_of(person["id"]), self.state_of(person["id"])
        if post is not None:
            return str(post["region_id"])
        if state is not None and state["status"] in ("10", "20", "80") and state["residence_id"]:
            return str(state["residence_id"])
        begun = [
            p
            for p in self.posts
            if p["person_id"] == person["id"]
            and p["is_primary"]
            and p["started_on"] <= self.day
            and p["ended_on"] != p["started_on"]
        ]
        if begun:
            return str(max(begun, key=lambda p: p["started_on"])["region_id"])
        return (state and state["residence_id"]) or person["residence_id"]

    # --- Graduates ------------------------------------------------------------------------
    def graduate_total(self) -> list[Counted]:
        return [
            (g["id"], g["region_id"], g["graduates"])
            for g in self.graduates
            if g["ended_on"] is None
            and g["school_place"] == "1"
            and 2021 <= g["year"] <= self.day.year
        ]

    # --- Stations -------------------------------------------------------------------------
    def status_of(self, station: Any) -> str:
        for row in self.station_states:
            if row["station_id"] == station and _dated(row, self.day, "valid_from", "valid_to"):
                return str(row["status"])
        return ""

    def is_approved(self, station: Row) -> bool:
        return bool(station["approval_number"]) or station["approved_on"] is not None

    def platforms(self) -> list[Counted]:
        seen, result = set(), []
        for key, station in sorted(
            self.stations.items(), key=lambda item: (item[1]["kind"], str(item[0]))
        ):
            runs = self.status_of(key) == "3" and self.is_approved(station)
            if station["kind"] not in ("1", "2", "5", "6") or not runs:
                continue
            operator = self.organizations.get(station["operator_id"])
            code = operator["credit_code"] if operator else ""
            plaque = (code, station["address"])
            if all(plaque):
                if plaque in seen:
                    continue
                seen.add(plaque)
            result.append((key, station["region_id"], 1))
        return result

    def covered_by(self, station: Row) -> list[str]:
        """The listed townships of the day; its own where none was ever listed."""
        listed = [c for c in self.coverages if c["station_id"] == station["id"]]
        if not listed:
            return [station["region_id"]]
        return [c["region_id"] for c in listed if _dated(c, self.day, "valid_from", "valid_to")]

    def covered(self, *, active: bool) -> list[Counted]:
        found = set()
        for station in self.stations.values():
            status = self.status_of(station["id"])
            if station["kind"] != "3":
                continue
            if active:
                counts = status == "3" and self.has_worker(station) and self.has_served(station)
            else:
                counts = status in ("2", "3", "4") and self.is_approved(station)
            if counts:
                found |= {self.standing_for(code) for code in self.covered_by(station)}
        return [(code, code, 1) for code in sorted(self.townships() & found)]

    def has_worker(self, station: Row) -> bool:
        return any(
            p["station_id"] == station["id"]
            and p["employment"] not in "78"
            and _dated(p, self.day, "started_on", "ended_on")
            for p in self.posts
        )

    def has_served(self, station: Row) -> bool:
        """Service in one of the last six months, that of the day included (two quarters)."""
        latest = self.day.year * 12 + self.day.month
        return any(
            m["station_id"] == station["id"]
            and 0 <= latest - (m["month"].year * 12 + m["month"].month) < 6
            and any(m[name] for name in SERVICES)
            for m in self.months
        )

    def areas_with(self, kind: str, level: int) -> list[Counted]:
        found = set()
        for key, station in self.stations.items():
            runs = self.status_of(key) == "3" and self.is_approved(station)
            if station["kind"] == kind and runs:
                found.add(str(self.standing_for(station["region_id"]))[: level * 2])
        return [(code, code, 1) for code in sorted(found & self.at_level(level))]

    def rooms(self) -> list[Counted]:
        return [
            (key, station["region_id"], 1)
            for key, station in self.stations.items()
            if station["kind"] == "4" and self.status_of(key) == "3"
        ]

    # --- All of it ------------------------------------------------------------------------
    def counted(self, code: str) -> list[Counted]:
        if code.startswith(("T1", "T2")):
            return self.ladder(code)
        return {
            "T3": self.key_talents,
            "T4": self.graduate_total,
            "T5": self.platforms,
            "T6_BUILT": lambda: self.covered(active=False),
            "T6_ACTIVE": lambda: self.covered(active=True),
            "T7_CENTRE": lambda: self.areas_with("1", 2),
            "T7_HUB": lambda: self.areas_with("2", 3),
            "T7_ROOM": self.rooms,
        }[code]()

    def denominator(self, code: str, region: str) -> int | None:
        of = {"T6_BUILT": 4, "T6_ACTIVE": 4, "T7_CENTRE": 2, "T7_HUB": 3}
        if code not in of:
            return None
        return sum(1 for c in self.at_level(of[code]) if c.startswith(region))

    def totals(self, code: str) -> dict[str, int]:
        """Region in force -> figure; what has no place belongs to the province alone."""
        result: dict[str, int] = defaultdict(int)
        for _, place, weight in self.counted(code):
            place = self.standing_for(place) or PROVINCE
            for length in (2, 4, 6, 9):
                if length <= len(place) and self.in_force(place[:length]):
                    result[place[:length]] += weight
        return dict(result)
