"""What a tile says about its own figure: sums that must agree, and what 100 is made of.

DOMAIN facts 4 and 5: 97 + 3 platforms, the certified are inside the 100,000, and the
classes of key talents less the overlap are the total.
"""

from __future__ import annotations

from collections.abc import Callable

from reports.plans import Goal
from reports.snapshots import Reading
from reports.words import Verdict, percent

_NONE = Verdict("", "")


def check(indicator: str, reading: Reading, region: str, goal: Goal | None) -> Verdict:
    """The check of a headline in a region; empty for one without any."""
    made = _CHECKS.get(indicator)
    return made(reading, region, goal) if made else _NONE


def _inside(reading: Reading, region: str, goal: Goal | None) -> Verdict:
    certified, everybody = reading.value("T2", region), reading.value("T1", region)
    if certified > everybody:
        return Verdict(f"超过社工人才总数 {everybody:,}，请核对", "wrong")
    share = percent(certified, everybody)
    return Verdict(f"在社工人才 {everybody:,} 人之内，占 {share}", "good") if everybody else _NONE


def _classes(reading: Reading, region: str, goal: Goal | None) -> Verdict:
    total = reading.value("T3", region)
    a, b, c = (reading.value(code, region) for code in ("T3_A", "T3_B", "T3_C"))
    twice = a + b + c - total
    words = f"A {a:,} + B {b:,} + C {c:,} − 重复 {twice:,} = {total:,}"
    # Who is in all three classes is one person who is counted twice too often.
    overlap = reading.value("T3_OVERLAP", region)
    if not overlap <= twice <= 2 * overlap:
        return Verdict(f"{words}，与同属两类以上 {overlap:,} 人不符，请核对", "wrong")
    return Verdict(words, "good") if total else _NONE


def _platforms(reading: Reading, region: str, goal: Goal | None) -> Verdict:
    """Centres and stations of prefectures and counties, and bases for the rest of the goal."""
    seats = sum(reading.denominator(code, region) or 0 for code in ("T7_CENTRE", "T7_HUB"))
    if goal is None or goal.value <= seats:
        return _NONE
    bases, wanted = reading.value("T5_BASE", region), goal.value - seats
    held = reading.value("T5", region) - bases
    words = f"{seats} + {wanted}：中心和总站 {held:,} / {seats:,}，基地 {bases:,} / {wanted:,}"
    return Verdict(words, "good" if held >= seats and bases >= wanted else "attention")


_CHECKS: dict[str, Callable[[Reading, str, Goal | None], Verdict]] = {
    "T2": _inside,
    "T3": _classes,
    "T5": _platforms,
}
