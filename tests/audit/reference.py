"""A second, naive count of every figure, written from the counting definitions alone.

It shares no code with reports/: all rows are read into lists, and each figure is a loop over
them. `Reference(day).counted(code)` gives (key, place, weight) of everything counted; places
are recorded codes, resolved and rolled up here too.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from functools import cached_property
from typing import Any

from tests.audit.places_counted import PlacesCounted
from tests.audit.records import PROVINCE, Counted, Row, is_dated

RELATED = (
    "社会工作", "社会学", "心理学", "社会保障", "社区管理", "青少年工作", "司法矫治", "民政管理",
)  # fmt: skip
BASELINE = datetime.date(2020, 12, 31)


class Reference(PlacesCounted):
    """What counts on a day."""

    # --- People ---------------------------------------------------------------------------
    def state_of(self, person: Any) -> Row | None:
        found = [
            s
            for s in self.states
            if s["person_id"] == person and is_dated(s, self.day, "valid_from", "valid_to")
        ]
        assert len(found) <= 1, "two states on one day"
        return found[0] if found else None

    def primary_post_of(self, person: Any) -> Row | None:
        found = [
            p
            for p in self.posts
            if p["person_id"] == person
            and p["is_primary"]
            and is_dated(p, self.day, "started_on", "ended_on")
        ]
        # Told of the past, an old post may end after the next began: the later one counts.
        return max(found, key=lambda p: (p["started_on"], p["id"]), default=None)

    def _of(self, rows: list[Row], person: Any) -> list[Row]:
        return [r for r in rows if r["person_id"] == person and self.in_use(r)]

    def counting_certificates(self, person: Any) -> list[Row]:
        return [
            c
            for c in self._of(self.certificates, person)
            if c["level"] in "123"
            and self.was(c, "verification") >= "2"
            and c["approved_on"] <= self.day
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
        if self.was(person, "verification") < "2" or state is None:
            return set()
        result = set()
        if state["status"] in ("10", "20", "80"):
            result.add("T1_L0")
        serves = state["status"] in ("10", "20", "80", "40")
        if not (serves and post is not None and post["employment"] not in "78"):
            return result
        result |= {"T1", "T1_L1"}
        held = self.counting_certificates(key)
        certified = bool(held)
        studied = self._studied(key)
        higher = any(e["level"] in ("11", "14", "21", "31") for e in studied)
        if higher or self._has_middle_title(key) or certified:
            result.add("T1_L2")
            related = any(major in e["major"] for e in studied for major in RELATED)
            if certified or related:
                result.add("T1_L3")
        if certified:
            result |= {"T1_L4", "T2"}
        if any(self.was(c, "verification") >= "3" for c in held):
            result.add("T2_CHECKED")
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
            c["level"] in "23"
            and c["approved_on"] <= BASELINE
            and (c["ended_on"] is None or (c["true_until"] or BASELINE) > BASELINE)
            for c in self.certificates
            if c["person_id"] == person
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
            "T8": self.agencies,
        }[code]()

    def denominator(self, code: str, region: str) -> int | None:
        of = {"T6_BUILT": 4, "T6_ACTIVE": 4, "T7_CENTRE": 2, "T7_HUB": 3}
        if code not in of:
            return None
        return self._inside[of[code]][region]

    @cached_property
    def _inside(self) -> dict[int, Counter[str]]:
        """Level -> region -> how many divisions of the level lie in it."""
        return {
            level: Counter(c[:n] for c in codes for n in (2, 4, 6, 9) if n <= len(c))
            for level, codes in self._levels.items()
        }

    def totals(self, code: str) -> dict[str, int]:
        """Region in force -> figure; what has no place belongs to the province alone."""
        result: dict[str, int] = defaultdict(int)
        for _, place, weight in self.counted(code):
            place = self.standing_for(place) or PROVINCE
            for length in (2, 4, 6, 9):
                if length <= len(place) and self.in_force(place[:length]):
                    result[place[:length]] += weight
        return dict(result)
