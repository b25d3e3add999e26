"""Which list is asked for: an indicator in a region on a day, as the address says it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone

from core.figures.indicator import Indicator, fact_of
from core.figures.lists import OWN, UNLOCATED, WHOLE, members
from core.regions.tree import divisions_on
from reports.asking import day_asked, region_asked, region_then
from reports.definitions import stamps
from reports.definitions.registry import BY_CODE
from reports.periods.models import Settlement
from reports.periods.settlements import CORRECTED, settlement_of
from reports.sight import may_list


@dataclass(frozen=True)
class Asked:
    """An indicator in a region on a day, or a part of it, and who asks."""

    indicator: Indicator
    region: str
    day: Any
    part: str
    user: Any

    @property
    def versions(self) -> str:
        """What the list says of itself wherever it is taken (R25)."""
        version = stamps.version(self.indicator, self.indicator.version)
        return stamps.versions(version, divisions_on(self.day).version)

    @property
    def open_facts(self) -> dict[str, str]:
        """Facts in words that hold for some of what is counted and not for others."""
        given = {fact_of(clause[0]) for clause in self.indicator.where if len(clause) == 1}
        facts = self.indicator.population.facts
        return {name: words for name, words in facts.items() if name not in given}

    @cached_property
    def settlement(self) -> Settlement | None:
        """The signed figures that stand for the day, if any."""
        return settlement_of(self.day)

    @property
    def rows(self) -> Any:
        return self.select()

    def select(self, *, walk: bool = False) -> Any:
        return members(
            self.indicator, self.day, self.region, part=self.part, user=self.user, walk=walk
        )

    def fetch(self, ids: list[Any]) -> Any:
        """Rows of the list by key; where they lie was decided when the keys were read."""
        rows = self.indicator.population.rows(self.day)
        return rows.for_user(self.user).filter(pk__in=ids)  # type: ignore[attr-defined]


def list_asked(request: HttpRequest, region: str, code: str) -> Asked:
    indicator = BY_CODE.get(code)
    day = day_asked(request) or timezone.localdate()
    place = region_then(region_asked(request, region), day)
    if indicator is None or not may_list(request.user, place):
        raise Http404
    part = request.GET.get("part", WHOLE)
    part = part if part in (OWN, UNLOCATED, CORRECTED) else WHOLE
    asked = Asked(indicator, place, day, part, request.user)
    # What was corrected since a signature needs one.
    is_lost = part == CORRECTED and asked.settlement is None
    return replace(asked, part=WHOLE) if is_lost else asked
