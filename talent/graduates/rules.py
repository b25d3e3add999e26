"""Rules on graduate figures (R20): pure functions on plain values."""

from __future__ import annotations

import datetime

from core.dates import today
from core.rules import Flag, RuleError

FIRST_GRADUATES = 1990


def check_graduation_year(year: int | None, *, on: datetime.date | None = None) -> None:
    """Nobody has graduated in a year to come, nor in one that was mistyped. Raises RuleError."""
    if year is not None and year > (on or today()).year:
        raise RuleError("DATE", "毕业年度晚于今年，请核对。", field="year")
    if year is not None and year < FIRST_GRADUATES:
        raise RuleError("DATE", f"毕业年度早于 {FIRST_GRADUATES} 年，请核对。", field="year")


def check_graduates(graduates: int | None, stayed: int | None) -> list[Flag]:
    """R20: those who stayed are among those who graduated; else both figures are shown."""
    if graduates is not None and stayed is not None and stayed > graduates:
        message = f"留黔人数 {stayed} 超过毕业人数 {graduates}，请核对。"
        return [Flag("R20", "W", message, "stayed")]
    return []
