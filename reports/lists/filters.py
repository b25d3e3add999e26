"""By what a list behind a figure is narrowed: as of the figure's day, or it says otherwise."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms

from core.entities.filters import ChecksFilter, ChoiceFilter, RegionFilter

# What became of something since the signature.
ADDED, GONE, MOVED = "added", "gone", "moved"


def as_now(model: Any, name: str) -> tuple[str, ChoiceFilter]:
    """A field that has no days: whatever day is asked, it is what the record says now."""
    field = model._meta.get_field(name)
    label = f"{field.verbose_name}（按现在的记录）"
    return name, ChoiceFilter(label=label, field_name=name, choices=field.choices)


class PlaceFilter(RegionFilter):
    """A region and what lay below it on the figure's day."""

    def __init__(self) -> None:
        super().__init__(label="统计日所在地区")

    def filter(self, qs: Any, value: Any) -> Any:
        return self.parent.listing.within(qs, value.pk) if value else qs


class FactFilter(ChecksFilter):
    """Facts of the day that hold, or do not, besides those by which everything on the list
    counts. `said`: what stands before the words of each where they do not hold."""

    def __init__(self, label: str, *, holds: bool, said: str = "") -> None:
        super().__init__(label=label, choices=[])
        self.holds, self.said = holds, said

    @property
    def field(self) -> forms.Field:
        """The field of one request, which is copied with its choices."""
        made = super().field
        facts = self.parent.listing.asked.open_facts
        made.choices = [(name, f"{self.said}{words}") for name, words in facts.items()]
        return made

    def filter(self, qs: Any, value: list[str]) -> Any:
        return qs.filter(**dict.fromkeys(value, self.holds))


class BecameFilter(django_filters.ChoiceFilter):
    """Corrections by what they add to what was signed."""

    def __init__(self) -> None:
        choices = [(ADDED, "结算后补计"), (GONE, "不再计入"), (MOVED, "数值有变")]
        super().__init__(label="更正", choices=choices, empty_label="不限")

    def filter(self, qs: Any, value: str) -> Any:
        if not value:
            return qs
        found = self.parent.listing.corrections.values()
        return qs.filter(pk__in=[c.key for c in found if became(c) == value])


def became(correction: Any) -> str:
    if not correction.before:
        return ADDED
    return MOVED if correction.now else GONE
