"""What employers have answered, counted a sheet: to see what is still open on it, never to compare
employers or areas."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count

from talent.codes import RosterAnswer, RosterState
from talent.rosters.models import RosterLine

# What is open comes last.
_ORDER = (RosterAnswer.THERE, RosterAnswer.LEFT, RosterAnswer.UNSAID, RosterAnswer.NONE)


def answers_of(keys: list[Any]) -> dict[Any, str]:
    """「在岗 5，离岗 1，没有答复 2」 of each sheet that has come back."""
    found: dict[Any, Counter[str]] = defaultdict(Counter)
    lines = RosterLine.objects.filter(roster__in=keys, roster__state=RosterState.RETURNED)
    for roster, answer, count in lines.values_list("roster", "answer").annotate(Count("pk")):
        found[roster][answer] = count
    return {
        roster: "，".join(f"{code.label} {counts[code]}" for code in _ORDER if counts[code])
        for roster, counts in found.items()
    }
