"""The tree of divisions as it stood on a day, and where older and newer codes lie in it."""

from __future__ import annotations

import datetime
from functools import cached_property, lru_cache

from django.conf import settings

from core.kept import Kept
from core.regions.models import Region
from core.regions.names import forget_places

# Code, name, level, parent's code, valid from and to, and the successor's code.
Row = tuple[str, str, int, str | None, datetime.date | None, datetime.date | None, str | None]


class Divisions:
    """Regions in force on a day.

    A code that was abolished by then stands for its successor; one that did not exist yet
    for the region it came from. Where neither is known it belongs to the nearest region
    above that is in force (待划转): nobody is lost and nobody counts twice.
    """

    def __init__(self, day: datetime.date, rows: tuple[Row, ...]) -> None:
        self.day = day
        self._rows = {row[0]: row for row in rows}
        self._before: dict[str, list[str]] = {}
        for row in rows:
            if row[6]:
                self._before.setdefault(row[6], []).append(row[0])

    def is_valid(self, code: str) -> bool:
        row = self._rows.get(code)
        if row is None:
            return False
        start, end = row[4], row[5]
        return (start is None or start <= self.day) and (end is None or end > self.day)

    @cached_property
    def version(self) -> str:
        """The day of the latest change of divisions that this tree contains."""
        days = [d for row in self._rows.values() for d in row[4:6] if d and d <= self.day]
        return max(days).isoformat() if days else "规划前"

    @cached_property
    def _effective(self) -> dict[str, str]:
        return {code: self._resolve(code) for code in self._rows}

    def effective(self, code: str | None) -> str | None:
        """The code in force that a recorded code stands for; None for no place at all."""
        if code is None:
            return None
        return self._effective.get(code) or self._above(code)

    def counterpart(self, code: str) -> str:
        """The region in force whose figures a code asks for: of its own level, else itself,
        so that what lies in no other is 0 and never the figure of the region above."""
        found = self.effective(code) or code
        is_above = found in self._rows and len(found) < len(code)
        return code if is_above else found

    def parts(self, code: str) -> list[str]:
        """The regions in force whose figures together are what a code asks for.

        One, its `counterpart`; of a region that several were later merged into, all of them.
        """
        found = self.counterpart(code)
        if self.is_valid(found) or found not in self._rows:
            return [found]
        return self._origins(found) or [found]

    def _origins(self, code: str, seen: frozenset[str] = frozenset()) -> list[str]:
        """The regions in force that a later code came from, through any that came between."""
        seen |= {code}
        found: list[str] = []
        for before in self._before.get(code, []):
            if self.is_valid(before):
                found.append(before)
            elif before not in seen:
                found += self._origins(before, seen)
        return found

    def absorbed(self, code: str) -> list[tuple[str, datetime.date]]:
        """(code, day of its end) of the regions that became, or joined, a region by the day.

        Each ended before the region itself did, so that no chain of them leads back.
        """
        until = self._rows[code][5] if code in self._rows else None
        rows = (self._rows[before] for before in self._before.get(code, []))
        return [
            (r[0], r[5])
            for r in rows
            if len(r[0]) == len(code) and r[5] and r[5] <= self.day and (not until or r[5] < until)
        ]

    def is_made_of(self, code: str, before: str) -> bool:
        """Whether a region began when another ended: it did not exist beside it."""
        began, ended = self._rows[code][4], self._rows[before][5]
        return began is not None and ended is not None and began >= ended

    def renamed(self, code: str) -> str | None:
        """The later code of a region that became one of its own, None where it did not."""
        later = self._rows[code][6] if code in self._rows else None
        if later is None or self._before[later] != [code]:
            return None
        return later if self.is_made_of(later, code) else None

    def _resolve(self, code: str) -> str:
        seen = {code}
        current = code
        while not self.is_valid(current):
            row = self._rows[current]
            if row[5] is not None and row[5] <= self.day:
                step = row[6]
            else:
                earlier = self._origins(current)
                step = earlier[0] if len(earlier) == 1 else _common(earlier)
            if step is None or step in seen or step not in self._rows:
                return self._above(current)
            seen.add(step)
            current = step
        return current

    def _above(self, code: str) -> str:
        """The nearest region in force above a code, the province at last."""
        for length in (9, 6, 4):
            shorter = code[:length]
            if length >= len(code) or shorter not in self._rows:
                continue
            if self.is_valid(shorter):
                return shorter
            return self._resolve(shorter)
        return str(settings.PROVINCE_CODE)

    def path(self, code: str | None) -> list[str]:
        """Codes in force from the province down to `code`; just the province for None."""
        if code is None:
            return [settings.PROVINCE_CODE]
        return [code[:n] for n in (2, 4, 6, 9) if n <= len(code) and self.is_valid(code[:n])]

    def sources(self, region: str, *, own: bool = False) -> list[str]:
        """Recorded codes that count for a region (`own`: for itself and none below)."""
        # Another code's figures are asked for by that code; only what was several has none.
        is_several = self.counterpart(region) == region
        wanted = tuple(self.parts(region)) if is_several else (region,)
        return [
            code
            for code, stands_for in self._effective.items()
            if (stands_for in wanted if own else stands_for.startswith(wanted))
        ]

    @cached_property
    def _children(self) -> dict[str | None, list[str]]:
        found: dict[str | None, list[str]] = {}
        for code in sorted(self._rows):
            if self.is_valid(code):
                found.setdefault(self._rows[code][3], []).append(code)
        return found

    def children(self, region: str) -> list[str]:
        """Codes in force directly below a region, in order."""
        return list(self._children.get(region, ()))

    def at_level(self, level: int, *, under: str = "") -> list[str]:
        return sorted(
            code
            for code, row in self._rows.items()
            if row[2] == level and code.startswith(under) and self.is_valid(code)
        )

    def name(self, code: str | None) -> str:
        return self._rows[code][1] if code in self._rows else "未定位"

    def level(self, code: str) -> int:
        return self._rows[code][2]

    def parent(self, code: str) -> str | None:
        return self._rows[code][3]


def _common(codes: list[str]) -> str | None:
    """The region that several codes share, None when they share none below the province."""
    for length in (6, 4):
        if len({code[:length] for code in codes}) == 1:
            return codes[0][:length]
    return None


@lru_cache(maxsize=16)
def _tree(day: datetime.date, rows: tuple[Row, ...]) -> Divisions:
    return Divisions(day, rows)


def _read() -> tuple[Row, ...]:
    return tuple(
        Region.objects.order_by("code").values_list(
            "code", "name", "level", "parent", "valid_from", "valid_to", "successor"
        )
    )


_ROWS = Kept(_read, seconds=300)


def divisions_on(day: datetime.date) -> Divisions:
    """The tree of a day; the list of all codes is read at most every five minutes."""
    return _tree(day, _ROWS.get())


def forget_divisions() -> None:
    """After a change of divisions."""
    forget_places()
    _ROWS.forget()
    _tree.cache_clear()
