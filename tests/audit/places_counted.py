"""The second count of stations, agencies and places, and of what nothing is known."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from tests.audit.records import PROVINCE, Counted, Records, Row, is_dated

SERVICES = (
    "cases_new", "cases_open", "cases_closed", "groups", "group_sessions", "activities",
    "visits", "consultations",
)  # fmt: skip
BEIJING = ZoneInfo("Asia/Shanghai")


class PlacesCounted(Records):
    # --- Stations -------------------------------------------------------------------------
    def status_of(self, station: Any) -> str:
        for row in self.station_states:
            if row["station_id"] == station and is_dated(row, self.day, "valid_from", "valid_to"):
                return str(row["status"])
        return ""

    def is_approved(self, station: Row) -> bool:
        return bool(self.was(station, "approval_number") or self.was(station, "approved_on"))

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
        return [c["region_id"] for c in listed if is_dated(c, self.day, "valid_from", "valid_to")]

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
            and p["person_id"] not in self.mistaken
            and p["employment"] not in "78"
            and is_dated(p, self.day, "started_on", "ended_on")
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

    def has_reported(self, station: Row) -> bool:
        latest = self.day.year * 12 + self.day.month
        return any(
            m["station_id"] == station["id"]
            and 0 <= latest - (m["month"].year * 12 + m["month"].month) < 6
            for m in self.months
        )

    def agencies(self) -> list[Counted]:
        return [(o["id"], self.place_of_agency(o), 1) for o in self.living_agencies(known=True)]

    def living_agencies(self, *, known: bool) -> list[Row]:
        """Those that are known to have existed on the day, or those of which nobody knows."""
        found = []
        for row in self.organizations.values():
            ended = row["deregistered_on"] is not None and row["deregistered_on"] <= self.day
            if row["kind"] != "4" or ended or not self.in_use(row):
                continue
            entered = row["created_at"].astimezone(BEIJING).date()
            begins = row["registered_on"] or entered
            if known and begins <= self.day:
                found.append(row)
            if not known and row["registered_on"] is None and entered > self.day:
                found.append(row)
        return found

    def place_of_agency(self, row: Row) -> str:
        moves = [
            m for m in self.moves
            if m["object_id"] == row["id"] and m["until"] > self.day
        ]  # fmt: skip
        first = min(moves, key=lambda m: m["until"], default=None)
        return str(first["region_id"] if first else row["region_id"])

    def unknown(self, code: str) -> set[str]:
        """Regions of which nothing on record says what their figure is."""
        evidence: list[str | None]
        doubt: list[str | None] | None = None
        if code == "T4":
            # Before the first plan what came before it is word enough.
            first = 2021 if self.day.year > 2020 else 0
            evidence = [
                g["region_id"]
                for g in self.graduates
                if g["ended_on"] is None
                and g["school_place"] == "1"
                and first <= g["year"] <= self.day.year
            ]
        elif code == "T8":
            evidence = [self.place_of_agency(o) for o in self.living_agencies(known=True)]
            doubt = [self.place_of_agency(o) for o in self.living_agencies(known=False)]
        elif code == "T6_ACTIVE":
            evidence, silent = [], []
            townships = self.townships()
            for station in self.stations.values():
                if station["kind"] == "3" and self.status_of(station["id"]) in ("2", "3", "4"):
                    to = evidence if self.has_reported(station) else silent
                    places = {self.standing_for(c) for c in self.covered_by(station)}
                    # What became of no other township is none that could be known.
                    to += [c for c in places if c in townships]
            doubt = [c for c in silent if c not in evidence]
        else:
            return set()
        known, doubtful = self._above(evidence), self._above(doubt or [])
        return {
            c
            for c in self.regions
            if self.in_force(c) and c not in known and (doubt is None or c in doubtful)
        }

    def _above(self, places: list[str | None]) -> set[str]:
        """Regions that places lie in; those without a place are the province's."""
        codes = [self.standing_for(place) or PROVINCE for place in places]
        return {c[:n] for c in codes for n in (2, 4, 6, 9) if n <= len(c)}

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
