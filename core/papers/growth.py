"""Growth and shares in statistical forms: headings that ask for a figure of a year before, for what
was added since, or at which rate, or for the share of a whole."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from core.dates import add_months
from core.ledgers.spreadsheets.child import squeeze
from core.papers.wording import unnumbered

_AGO = r"(?:上|去)一?年度?"
_END = r"(?:年末|年底|末数|末|底)"
_THEN = rf"{_AGO}(?:同期|同月|同季度?|{_END})?"
_BEFORE = re.compile(rf"^(?P<head>{_THEN})(?:的|数)?(?P<rest>.*)$")
_AFTER = re.compile(rf"^(?P<rest>.+?)(?P<head>{_THEN})(?:数|人数|个数)?$")
_SINCE = rf"(?:(?:与|同|比|较|和)(?P<then>{_THEN})(?:相比|比)?|同比)"
_WORD = r"(?:净?增长|增减|净?增加|增幅|变化|变动|升降)"
_CHANGE = re.compile(
    rf"^(?P<rest>.*?)(?:{_SINCE}{_WORD}|同比|净?增长|增减|增幅)"
    r"(?P<what>量|数量|数|额|值|人数|率|幅度|幅|百分比|百分点|情况)?(?P<percent>%)?$"
)
_SHARE = re.compile(
    r"^(?P<rest>.*?)(?:人数|人员|数)?(?:所?占(?:总数|总人数|全部)?的?(?:比例|比重|比)"
    r"|所?占比例?|比例|比重|率)%?$"
)
_RATES = frozenset("率 幅度 幅 百分比 百分点".split())


class Asked(Enum):
    """What a heading asks for beside the figure itself."""

    BEFORE = "上年数"
    ADDED = "增减"
    RATE = "增长率"
    SHARE = "占比"


class Since(Enum):
    """Which time before a heading names."""

    SAME = "上年同期"
    YEAR = "上年"
    END = "上年末"


@dataclass(frozen=True)
class Versus:
    """What a heading asks for, since when where it says that."""

    asked: Asked
    since: Since | None = None

    def day(self, on: datetime.date, *, is_yearly: bool) -> datetime.date | None:
        """The day that a figure is laid beside, None where it is of the same day. One that adds up
        what fell into a year (`is_yearly`) is of all of 上年; only 同期 is as much of it as has
        passed of this one."""
        if self.asked is Asked.SHARE:
            return None
        if self.since is Since.END or (is_yearly and self.since is Since.YEAR):
            return datetime.date(on.year - 1, 12, 31)
        return add_months(on, -12)


def distinct(found: Iterable[Versus]) -> set[Versus]:
    """What headings ask for together: a bare 增长率 under 比上年增长 asks for nothing else."""
    said = set(found)
    named = {one.asked for one in said if one.since}
    return {one for one in said if one.since or one.asked not in named}


@lru_cache(maxsize=4_096)
def growth_of(heading: str) -> tuple[str, Versus | None]:
    """(what else a heading says, what it asks for), None where it asks for no growth."""
    text = squeeze(unnumbered(heading))
    if found := _CHANGE.fullmatch(text):
        asked = Versus(_change(heading, text, found), _since(text, found["then"]))
        return re.sub("本?年$", "", found["rest"]), asked
    if found := _BEFORE.fullmatch(text) or _AFTER.fullmatch(text):
        return found["rest"], Versus(Asked.BEFORE, _since(text, found["head"]))
    if found := _SHARE.fullmatch(text):
        return found["rest"], Versus(Asked.SHARE)
    return text, None


def _since(text: str, then: str | None) -> Since | None:
    if then is None:
        return Since.SAME if "同比" in text else None
    if re.search(rf"{_END}$", then):
        return Since.END
    return Since.SAME if "同" in then else Since.YEAR


def _change(heading: str, text: str, found: re.Match[str]) -> Asked:
    """A rate where it says so or speaks of growth by itself: 同比, 比上年增长; what was added where
    it names an amount or its unit, 增减 at all."""
    if is_in_percent(heading) or found["what"] in _RATES or "增幅" in text:
        return Asked.RATE
    if found["what"] not in {None, "情况"} or _has_unit(heading):
        return Asked.ADDED
    return Asked.RATE if text.endswith(("同比", "增长")) else Asked.ADDED


def is_in_percent(heading: str) -> bool:
    """Whether a heading says that its numbers are per cents."""
    return "%" in heading or "％" in heading or "百分" in heading


def _has_unit(heading: str) -> bool:
    return re.search(r"[（(][^）)]*[人个家名件元处][^）)]*[）)]", heading) is not None
