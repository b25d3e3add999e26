"""A form of figures that an office is sent: areas down, figures across, declared once.

    PROGRESS = ReportForm(
        code="progress", title="发展目标进展表", clause=GOALS,
        columns=tuple(column for i in HEADLINES for column in (value(i), goal(i), gap(i))),
    )

Page, print and Excel derive from it; it stands under 报表. Every number is read from the same
stored figures as the board, never copied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.figures.indicator import Indicator
from core.figures.verdict import NO_DATA, share
from reports.targets.goals import Goal

# Code -> form, in the order of 报表; pages and tests walk them all.
FORMS: dict[str, ReportForm] = {}


@dataclass(frozen=True)
class FormFigure:
    """What a cell is made of: an indicator's figure in an area, and its target there."""

    value: int | None
    denominator: int | None
    goal: Goal | None


@dataclass(frozen=True)
class FormColumn:
    """A column under the name of its indicator. `get` makes the cell of a FormFigure: a number, a
    text, or None for an empty one; `is_link` where the number leads to its list."""

    indicator: Indicator
    head: str
    get: Callable[[FormFigure], Any]
    is_link: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class ReportForm:
    """`clause`: where the form comes from; `note`: what stands under it."""

    code: str
    title: str
    clause: str
    columns: tuple[FormColumn, ...]
    note: str = ""

    def __post_init__(self) -> None:
        FORMS[self.code] = self

    @property
    def groups(self) -> list[tuple[Indicator, int]]:
        """(indicator, how many columns stand under its name), in order."""
        found: dict[Indicator, int] = {}
        for column in self.columns:
            found[column.indicator] = found.get(column.indicator, 0) + 1
        return list(found.items())


def value(indicator: Indicator, head: str = "实有") -> FormColumn:
    """Empty where there is nothing that could have it: centres of a county."""

    def get(figure: FormFigure) -> int | str | None:
        if indicator.out_of is not None and not figure.denominator:
            return None
        return NO_DATA if figure.value is None else figure.value

    return FormColumn(indicator, head, get, is_link=True)


def denominator(indicator: Indicator, head: str = "应有") -> FormColumn:
    return FormColumn(indicator, head, lambda f: f.denominator)


def rate(indicator: Indicator, head: str = "比率") -> FormColumn:
    return FormColumn(indicator, head, lambda f: share(f.value, f.denominator))


def goal(indicator: Indicator, head: str = "目标") -> FormColumn:
    return FormColumn(indicator, head, lambda f: f.goal.value if f.goal else None)


def done(indicator: Indicator, head: str = "完成") -> FormColumn:
    return FormColumn(indicator, head, lambda f: share(f.value, f.goal.value) if f.goal else None)


def gap(indicator: Indicator, head: str = "差额") -> FormColumn:
    """How much is missing, 0 where the target is reached."""
    return FormColumn(
        indicator,
        head,
        lambda f: max(0, f.goal.value - f.value) if f.goal and f.value is not None else None,
    )
