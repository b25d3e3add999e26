"""Figures in a form: what its headings say together is a number that the registry can count.

    countable(Countable(
        population=STAFF, base=(("employed",),), nouns="年末从业人数 社工人数",
        conditions={"女": (("woman",),)}, permission="reports.view_dashboard",
    ))

A cell 「女」 in the row of a county is then the women among the staff of that county, counted like
any indicator: as of a day, in the tree of divisions of that day.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.figures.counting import Figures, figures_on
from core.figures.indicator import Clause, Indicator
from core.figures.population import Population
from core.ledgers.spreadsheets.child import squeeze

Clauses = tuple[Clause, ...]

# All of what is counted, wherever it stands.
_ALL = frozenset(
    "合计 总计 小计 总数 数量 数值 本期 本期数 本年 本年数 本年度 今年 今年数 当年 本年末".split()
)
# Beside a heading it says nothing of what is counted.
_SILENT = re.compile(
    r"(人|个|家|名|件|处|[万千亿]?元|%|单位|计量单位|其中|[甲乙丙丁一二三四五六七八九十]|\d{0,3})?"
)
_WITHIN = re.compile(r"^(其中|年末|期末|现有|在册|本年末|按\w{2,6}分组?)[:：、\s]*")
_ENDING = re.compile(r"(的?人数|的?人员|的|数|人)$")


@dataclass(frozen=True, kw_only=True, eq=False)
class Countable:
    """What forms may count.

    nouns       what it is called in forms, separated by spaces
    base        clauses that make a thing one of them
    conditions  word -> clauses that it adds
    read        clauses of a word that no list can hold (35岁及以下), None where it is none
    neutral     words that say no more than that it is them, and are not enough by themselves
    weight      a column in yuan that is summed instead of counting things
    vague       conditions that may be of anything (其他), and are not enough by themselves
    is_yearly   its base holds what fell into the year of the day alone
    permission  who may have it counted
    """

    population: Population
    nouns: str
    base: Clauses = ()
    conditions: Mapping[str, Clauses] = field(default_factory=dict)
    read: Callable[[str], Clauses | None] = lambda text: None
    neutral: str = ""
    weight: str = ""
    vague: str = ""
    is_yearly: bool = False
    permission: str

    def clauses(self, text: str) -> Clauses | None:
        """What a squeezed heading adds, None where it says nothing of these things."""
        if text in self._nouns or self.is_neutral(text):
            return ()
        if text in self._conditions:
            return self._conditions[text]
        return self.read(text)

    def is_telling(self, text: str) -> bool:
        """Whether a heading says by itself that it is of these."""
        return not self.is_neutral(text) and not self.is_vague(text)

    def is_vague(self, text: str) -> bool:
        return text in self.vague.split()

    def is_neutral(self, text: str) -> bool:
        return text in _ALL or text in self.neutral.split()

    @property
    def _nouns(self) -> frozenset[str]:
        return frozenset(map(squeeze, self.nouns.split()))

    @property
    def _conditions(self) -> dict[str, Clauses]:
        return {squeeze(word): clauses for word, clauses in self.conditions.items()}


# In the order in which they are tried.
COUNTABLES: list[Countable] = []


def countable(declared: Countable) -> Countable:
    COUNTABLES.append(declared)
    return declared


@dataclass(frozen=True)
class Meant:
    """What headings mean together: things under clauses."""

    what: Countable
    where: Clauses

    @property
    def indicator(self) -> Indicator:
        said = ",".join("|".join(clause) for clause in self.where)
        return Indicator(
            code=f"{self.what.population.code}:{self.what.weight}:{said}",
            name="", unit="", clause="", rule="",
            population=self.what.population, where=self.where, weight=self.what.weight,
            # A sum of nothing is not known to be 0.
            evidence=self.where if self.what.weight else (),
        )  # fmt: skip


def says_nothing(text: str) -> bool:
    """Whether a heading is a unit, a number of a line and the like."""
    return _SILENT.fullmatch(squeeze(text)) is not None


def meant(headings: Iterable[str], user: object) -> Meant | None:
    """What the headings of a cell mean together: the first things that all of them speak of."""
    said = [text for heading in headings if (text := squeeze(heading))]
    for what in COUNTABLES:
        if not user.has_perm(what.permission):  # type: ignore[attr-defined]
            continue
        found = [_clauses(what, text) for text in said]
        if not found or None in found or not any(what.is_telling(text) for text in said):
            continue
        added = [clause for clauses in found for clause in clauses or ()]
        return Meant(what, tuple(dict.fromkeys((*what.base, *added))))
    return None


def is_known(heading: str, user: object) -> bool:
    """Whether a heading says something of anything that may be counted."""
    text = squeeze(heading)
    return any(
        _clauses(what, text) is not None and not what.is_vague(text)
        for what in COUNTABLES
        if user.has_perm(what.permission)  # type: ignore[attr-defined]
    )


def _clauses(what: Countable, text: str) -> Clauses | None:
    found = (what.clauses(form) for form in _forms(text) if form)
    return next((clauses for clauses in found if clauses is not None), None)


def _forms(text: str) -> tuple[str, str, str]:
    """As it stands, else without what a form puts around it: 其中女性人数."""
    plain = _WITHIN.sub("", text)
    return text, plain, _ENDING.sub("", plain)


def counted(
    asked: Iterable[tuple[Meant, str]], *, on: datetime.date
) -> dict[tuple[str, str], int | None]:
    """(code of an indicator, region) -> the number of what is meant there as of a day, None where
    there is no record that it could rest on."""
    pairs = list(asked)
    indicators: Sequence[Indicator] = list(
        {one.code: one for one in (meaning.indicator for meaning, _ in pairs)}.values()
    )
    figures = figures_on(on, indicators) if indicators else None
    return {
        (meaning.indicator.code, region): _over_parts(figures, meaning.indicator.code, region)
        for meaning, region in pairs
        if figures is not None
    }


def _over_parts(figures: Figures, indicator: str, region: str) -> int | None:
    """The figure of a region that had another code on that day, or was several; None where it
    lay in no region of its own then, or nothing is known of any."""
    divisions = figures.divisions
    parts = [part for part in divisions.parts(region) if divisions.is_valid(part)]
    known = [n for part in parts if (n := figures.value(indicator, part)) is not None]
    return sum(known) if known else None
