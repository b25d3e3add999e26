"""What is said of a figure in a few words."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Verdict(NamedTuple):
    """A short judgement and its meaning (good, attention, wrong, info or none)."""

    text: str
    kind: str


NOTHING = Verdict("", "")


class Read(Protocol):
    """Figures of several indicators and regions, as a check of one beside others reads them."""

    def value(self, indicator: str, region: str) -> int: ...

    def denominator(self, indicator: str, region: str) -> int | None: ...


def percent(part: int, whole: int | None) -> str:
    """「63.2%」, or nothing where there is no whole; 100.0% only where nothing is missing."""
    if not whole:
        return ""
    share = part * 100 / whole
    return f"{min(share, 99.9) if part < whole else share:.1f}%"
