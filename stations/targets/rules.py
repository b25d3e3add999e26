"""What must hold of a yearly target."""

from __future__ import annotations

from collections.abc import Iterable

from core.dates import today
from core.rules import Answers, Flag
from stations.targets.models import LEAST, StationTarget

# The year of a target is near; another one was mistyped.
_FIRST_YEAR, _AHEAD = 2015, 5


def check(target: StationTarget) -> Iterable[Flag]:
    answers, last = Answers(), today().year + _AHEAD
    if target.target is not None and target.target < 1:
        answers.refuse("NUMBER", LEAST, field="target")
    if target.year is not None and not _FIRST_YEAR <= target.year <= last:
        answers.refuse("DATE", f"年度应在 {_FIRST_YEAR} 至 {last} 之间，请核对。", field="year")
    return answers.settle()
