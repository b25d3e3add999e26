"""What is said of a figure in a few words."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from core.shares import Share


class Verdict(NamedTuple):
    """A short judgement and its meaning (good, attention, wrong, info or none)."""

    text: str
    kind: str


NOTHING = Verdict("", "")
# What is not on record is not 0.
NO_DATA = "无资料"


class Read(Protocol):
    """Figures of several indicators and regions, as a check of one beside others reads them."""

    def value(self, indicator: str, region: str) -> int | None: ...

    def denominator(self, indicator: str, region: str) -> int | None: ...


def counted(read: Read, region: str, *codes: str) -> list[int]:
    """Figures that are always known, as numbers."""
    return [read.value(code, region) or 0 for code in codes]


def share(part: int | None, whole: int | None) -> Share | None:
    """None where there is no whole; 100.0% only where nothing is missing."""
    if not whole or part is None:
        return None
    return Share(round(min(part / whole, 0.999) if part < whole else part / whole, 3))


def percent(part: int | None, whole: int | None) -> str:
    """「63.2%」, or nothing where there is no whole."""
    found = share(part, whole)
    return "" if found is None else str(found)
