"""Growth in statistical forms: headings that ask for a figure of a year before, for what was added
since, or at which rate."""

from __future__ import annotations

import datetime
import re
from enum import Enum
from functools import lru_cache

from core.dates import add_months
from core.ledgers.spreadsheets.child import squeeze

_AGO = r"(?:上|去)一?年度?"
_END = r"(?:年末|年底|末数|末|底)"
_THEN = rf"{_AGO}(?:同期|同月|同季度?|{_END})?"
_BEFORE = re.compile(rf"^(?P<head>{_THEN})(?:的|数)?(?P<rest>.*)$")
_AFTER = re.compile(rf"^(?P<rest>.+?)(?P<head>{_THEN})(?:数|人数|个数)?$")
_SINCE = rf"(?:(?:与|同|比|较|和){_THEN}(?:相比|比)?|同比)"
_WORD = r"(?:净?增长|增减|净?增加|增幅|变化|变动|升降)"
_CHANGE = re.compile(
    rf"^(?P<rest>.*?)(?:{_SINCE}{_WORD}|同比|净?增长|增减|增幅)"
    r"(?P<what>量|数量|数|额|值|人数|率|幅度|幅|百分比|百分点|情况)?(?P<percent>%)?$"
)
_RATES = frozenset("率 幅度 幅 百分比 百分点".split())


class Versus(Enum):
    """What a heading asks for beside the figure itself."""

    BEFORE = "上年同期"
    END_BEFORE = "上年末"
    ADDED = "增减"
    RATE = "增长率"

    def day(self, on: datetime.date) -> datetime.date:
        """The day that a figure is laid beside."""
        if self is Versus.END_BEFORE:
            return datetime.date(on.year - 1, 12, 31)
        return add_months(on, -12)


@lru_cache(maxsize=4_096)
def growth_of(heading: str) -> tuple[str, Versus | None]:
    """(what else a heading says, what it asks for), None where it asks for no growth."""
    text = squeeze(heading)
    if found := _CHANGE.fullmatch(text):
        return re.sub("本?年$", "", found["rest"]), _change(heading, text, found)
    if found := _BEFORE.fullmatch(text) or _AFTER.fullmatch(text):
        is_end = re.search(rf"{_END}$", found["head"]) is not None
        return found["rest"], Versus.END_BEFORE if is_end else Versus.BEFORE
    return text, None


def _change(heading: str, text: str, found: re.Match[str]) -> Versus:
    """A rate where it says so or speaks of growth by itself: 同比, 比上年增长; what was added where
    it names an amount or its unit, 增减 at all."""
    if is_in_percent(heading) or found["what"] in _RATES or "增幅" in text:
        return Versus.RATE
    if found["what"] not in {None, "情况"} or _has_unit(heading):
        return Versus.ADDED
    return Versus.RATE if text.endswith(("同比", "增长")) else Versus.ADDED


def is_in_percent(heading: str) -> bool:
    """Whether a heading says that its numbers are per cents."""
    return "%" in heading or "％" in heading or "百分" in heading


def _has_unit(heading: str) -> bool:
    return re.search(r"[（(][^）)]*[人个家名件元处][^）)]*[）)]", heading) is not None
