"""为什么没算我: which targets a worker counts in today, why, and what is missing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.dates import today
from core.figures.indicator import Indicator
from core.figures.lists import explain
from reports.definitions.registry import BY_CODE
from talent.models import Person
from talent.own.views import own_context, own_record

# Counts of people, in the order in which one builds on another.
OWN_CODES = ("T1", "T1_L0", "T1_L1", "T1_L2", "T1_L3", "T1_L4", "T2", "T3")


@dataclass(frozen=True)
class Standing:
    """Whether a person counts in an indicator: the facts that hold and those that do not."""

    indicator: Indicator
    counts: bool
    reasons: list[str]
    missing: list[str]


def standing(indicator: Indicator, person: Person, day: datetime.date) -> Standing:
    """By the very clauses that make the figure, asked of one person."""
    row = indicator.population.rows(day).filter(pk=person.pk).first()
    missing = [
        " 或 ".join(_words(indicator, name) for name in clause)
        for clause in indicator.where
        if not any(_holds(row, name) for name in clause)
    ]
    reasons = explain(indicator, [row], day)[person.pk] if row is not None else []
    return Standing(indicator, not missing, reasons, missing)


def _holds(row: Any, name: str) -> bool:
    negated = name.startswith("-")
    return bool(getattr(row, name.removeprefix("-"), False)) != negated


def _words(indicator: Indicator, name: str) -> str:
    words = indicator.population.facts[name.removeprefix("-")]
    return f"不是：{words}" if name.startswith("-") else words


@require_GET
def me_targets(request: HttpRequest) -> HttpResponse:
    """The worker's own standing in each count of people."""
    person, day = own_record(request), today()
    standings = [standing(BY_CODE[code], person, day) for code in OWN_CODES]
    context = own_context(person, "me_targets", standings=standings, day=day)
    return render(request, "me/targets.html", context)
