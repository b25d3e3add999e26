"""What a board is made of: tiles with their lines, areas, and points of the trend."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import NamedTuple

from core.figures.indicator import Indicator
from core.figures.verdict import Verdict, percent
from reports.board import words
from reports.targets.goals import Goal


@dataclass(frozen=True)
class Line:
    """One figure under a tile; None is unknown."""

    indicator: Indicator
    value: int | None
    url: str
    whole: int | None = None

    @property
    def share(self) -> str:
        return percent(self.value, self.whole)


class Point(NamedTuple):
    """A figure of the trend, its list, and the versions it was counted by.

    `restarts`: the first of a new plan, for what is counted from 0 in each.
    """

    on: datetime.date
    value: int
    url: str
    version: str
    divisions_version: str
    denominator: int | None = None
    restarts: bool = False

    @property
    def rate(self) -> str:
        return percent(self.value, self.denominator)


class Correction(NamedTuple):
    """决算后更正: the net change since the signature, and where its list is."""

    net: int
    url: str


@dataclass(frozen=True)
class Tile:
    """A headline figure with target, gap and pace in words."""

    indicator: Indicator
    value: int | None
    denominator: int | None
    goal: Goal | None
    verdict: Verdict
    check: Verdict
    url: str
    lines: list[Line] = field(default_factory=list)
    settlement: int | None = None
    settlement_url: str = ""
    settlement_verdict: Verdict | None = None
    correction: Correction | None = None
    is_settled: bool = False
    pace_mark: int | None = None
    later: Goal | None = None

    @property
    def later_gap(self) -> str:
        return words.gap(self.indicator, self.value, self.later)

    @property
    def rate(self) -> str:
        return percent(self.value, self.denominator)

    @property
    def gap(self) -> str:
        return words.gap(self.indicator, self.value, self.goal)

    @property
    def filled(self) -> float:
        """How far the bar is filled, 0 to 100."""
        whole = self.goal.value if self.goal else self.denominator
        return round(min(100.0, (self.value or 0) * 100 / whole), 1) if whole else 0.0


@dataclass(frozen=True)
class Area:
    """A row of the breakdown; `code` is empty for 本级 and 未定位."""

    code: str
    name: str
    value: int | None
    denominator: int | None
    goal: Goal | None
    url: str
    list_url: str
    rank: int = 0

    @property
    def rate(self) -> str:
        whole = self.goal.value if self.goal else self.denominator
        return percent(self.value, whole)

    @property
    def measure(self) -> float | None:
        """What regions are compared by: the share where there is a denominator. None for what
        is unknown."""
        if self.value is None or not self.denominator:
            return self.value
        return round(self.value * 100 / self.denominator, 1)
