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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from core.figures.counting import Figures, figures_on
from core.figures.indicator import Clause, Indicator
from core.figures.population import Population
from core.ledgers.spreadsheets.child import squeeze
from core.papers.wording import either_of, forms_of, lists_things

Clauses = tuple[Clause, ...]

# All of what is counted, wherever it stands.
_ALL = frozenset(
    "合计 总计 小计 总数 总量 数量 数值 指标值 本期 本期数 本年 本年数 本年度 今年 今年数 当年 "
    "本年末 完成 完成数 完成量 实际完成 完成情况".split()
)
# Between the words of one heading: 具有税前扣除资格的机构.
_BETWEEN = frozenset("的 中 中的 数 个数 已 有 总 现有 具有 取得 获得 持有 建有 设有".split())
# Words of one sign that may stand in a heading of several.
_SHORT = frozenset("男女")
# One of the codes of a list; an age is none.
_CODED = re.compile(r"((?!aged)\w+_)([0-9A-Z]{1,2})")
# Signs of a heading that is taken apart.
_LONGEST = 30


@dataclass(frozen=True)
class Said:
    """What a heading says of things: the clauses that it adds, whether it tells by itself that it
    is of them, or could be of anything, whether it names them."""

    clauses: Clauses = ()
    is_telling: bool = False
    is_vague: bool = False
    is_naming: bool = False

    @classmethod
    def together(cls, parts: Sequence[Said]) -> Said:
        is_telling = any(one.is_telling for one in parts)
        return cls(
            tuple(dict.fromkeys(clause for one in parts for clause in one.clauses)),
            is_telling,
            not is_telling and any(one.is_vague for one in parts),
            any(one.is_naming for one in parts),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Countable:
    """What forms may count.

    nouns       what it is called in forms, separated by spaces
    base        clauses that make a thing one of them
    conditions  word -> clauses that it adds
    read        clauses of a word that no list can hold (35岁及以下), None where it is none
    neutral     words that say no more than that it is them, and are not enough by themselves
    weight      a column that is summed instead of counting things
    units       what it is counted in: a heading in another unit is of something else
    vague       conditions that may be of anything (其他), and are not enough by themselves
    naming      conditions that are names of things of their own (重点实训基地)
    is_yearly   its base holds what fell into the year of the day alone
    permission  who may have it counted

    A heading may also put several of these words one after the other (社工机构专职人员中的党员).
    """

    population: Population
    nouns: str
    base: Clauses = ()
    conditions: Mapping[str, Clauses] = field(default_factory=dict)
    read: Callable[[str], Clauses | None] = lambda text: None
    neutral: str = ""
    weight: str = ""
    units: str = ""
    vague: str = ""
    naming: str = ""
    is_yearly: bool = False
    permission: str

    def word(self, text: str) -> Said | None:
        """What a squeezed word says, None where it says nothing of these things."""
        found = self._words.get(text)
        if found is None and (clauses := self.read(text)) is not None:
            return Said(clauses, is_telling=True)
        return found

    def is_in(self, units: frozenset[str]) -> bool:
        """Whether what is said in one of these units may be of these."""
        return not units or not self.units or not units.isdisjoint(self.units.split())

    @property
    def is_money(self) -> bool:
        return "元" in self.units.split()

    @cached_property
    def _words(self) -> dict[str, Said]:
        vague, naming = (set(map(squeeze, words.split())) for words in (self.vague, self.naming))
        found = {
            word: Said(clauses, word not in vague, word in vague, word in naming)
            for word, clauses in ((squeeze(w), c) for w, c in self.conditions.items())
        }
        found |= {
            word: Said(is_telling=word not in vague, is_vague=word in vague, is_naming=True)
            for word in map(squeeze, self.nouns.split())
        }
        return found | dict.fromkeys([*_ALL, *map(squeeze, self.neutral.split())], Said())


# In the order in which they are tried.
COUNTABLES: list[Countable] = []


def countable(declared: Countable) -> Countable:
    COUNTABLES.append(declared)
    return declared


@dataclass(frozen=True)
class Meant:
    """What headings mean together: things under clauses; whether the headings name them."""

    what: Countable
    where: Clauses
    is_named: bool = field(default=False, compare=False)

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


def meant(
    headings: Iterable[str],
    user: object,
    *,
    within: Iterable[str] = (),
    units: frozenset[str] = frozenset(),
) -> Meant | None:
    """What the headings of a cell mean together, `within` what others around them say: the first
    things that all of them speak of."""
    own, around = list(headings), list(within)
    for what in COUNTABLES:
        if not (what.is_in(units) and user.has_perm(what.permission)):  # type: ignore[attr-defined]
            continue
        found = [_heard(what, text) for text in (*own, *around)]
        if None in found or _exclude(found[: len(own)], found[len(own) :]):
            continue
        said = Said.together([one for one in found if one])
        if said.is_telling:
            is_named = any(one is not None and one.is_naming for one in found[: len(own)])
            return Meant(what, tuple(dict.fromkeys((*what.base, *said.clauses))), is_named)
    return None


def _exclude(own: Iterable[Said | None], around: Iterable[Said | None]) -> bool:
    """Whether what headings say is another one of a kind than what those around them say, of which
    it can be no part: 重点实训基地 below 培训基地."""

    def kinds(said: Iterable[Said | None]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for fact in (c[0] for one in said if one for c in one.clauses if len(c) == 1):
            if coded := _CODED.fullmatch(fact):
                found.setdefault(coded[1], set()).add(coded[2])
        return found

    there = kinds(around)
    return any(codes != there.get(kind, codes) for kind, codes in kinds(own).items())


def share_of(found: Meant, others: Iterable[str]) -> Meant:
    """The whole that something is a share of: the same things as the other headings say."""
    said = Said.together([one for text in others if (one := _heard(found.what, text))])
    return Meant(found.what, tuple(dict.fromkeys((*found.what.base, *said.clauses))))


def is_word(text: str) -> bool:
    """Whether a squeezed text is a word of anything that may be counted."""
    return any(what.word(text) is not None for what in COUNTABLES)


def is_known(heading: str, user: object) -> bool:
    """Whether a heading says something of anything that may be counted."""
    return any(not said.is_vague for said in _said(heading, user))


def names_things(heading: str, user: object) -> bool:
    """Whether a heading names things that may be counted."""
    return any(said.is_naming for said in _said(heading, user))


def _said(heading: str, user: object) -> Iterator[Said]:
    for what in COUNTABLES:
        if user.has_perm(what.permission) and (said := _heard(what, heading)):  # type: ignore[attr-defined]
            yield said


@lru_cache(maxsize=50_000)
def _heard(what: Countable, heading: str) -> Said | None:
    """What a heading says of things: a word, one of several words, or words that go together."""
    forms = forms_of(heading)
    words = (what.word(form) for form in forms)
    whole = next((said for said in words if said is not None), None)
    if forms and what.word(forms[0]) is None and _is_name(forms[0]):
        # Of 社工站数 those who work there are not meant.
        return None
    return whole or _either(what, heading) or _taken_apart(what, heading, forms)


def _is_name(text: str) -> bool:
    """Whether a squeezed text as it stands names what is counted."""
    return any((said := what.word(text)) is not None and said.is_naming for what in COUNTABLES)


def _either(what: Countable, heading: str) -> Said | None:
    """儿童福利和未成年人保护: one of them is enough, where each is one fact or several."""
    parts = either_of(heading)
    found = [next(filter(None, map(what.word, forms_of(part))), None) for part in parts]
    clauses = [one.clauses[0] for one in found if one and len(one.clauses) == 1]
    facts = tuple(dict.fromkeys(fact for clause in clauses for fact in clause))
    if len(clauses) < len(parts) or not facts or any(fact[0] == "-" for fact in facts):
        return None
    return replace(Said.together([one for one in found if one]), clauses=(facts,))


def _taken_apart(what: Countable, heading: str, forms: Sequence[str]) -> Said | None:
    """The fewest words that a heading is made of from its first sign to its last, all known."""
    if lists_things(heading):
        return None
    for text in forms:
        # Where a word ends -> the words up to there.
        best: dict[int, list[Said]] = {0: []}
        for start in range(len(text) if len(text) <= _LONGEST else 0):
            for end in range(start + 1, len(text) + 1) if start in best else ():
                said = _piece(what, text, start, end)
                if said and (end not in best or len(best[start]) + 1 < len(best[end])):
                    best[end] = [*best[start], said]
        if found := best.get(len(text)):
            return Said.together(found)
    return None


def _piece(what: Countable, text: str, start: int, end: int) -> Said | None:
    piece = text[start:end]
    if piece in _BETWEEN:
        return Said()
    # 男女比例 is of neither.
    is_told = len(piece) > 1 or (piece in _SHORT and len(_SHORT & set(text)) == 1)
    return what.word(piece) if is_told else None


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
