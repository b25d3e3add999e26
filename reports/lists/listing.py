"""The rows behind a figure: those that count, why, and how long the list is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings

from core.entities.listing import Listing
from core.entities.paging import Page
from core.figures.lists import WHOLE, amount, explain, is_known, members
from core.regions.names import place_name
from core.regions.tree import divisions_on
from reports.asking import region_then
from reports.definitions import stamps
from reports.lists.asking import Asked
from reports.snapshots.reading import latest, read

# In a region of more people than this the list is shown first and counted afterwards ...
_CROWD = 3_000
# ... and from this length on the stored figure stands alone: counting would take too long.
_TOO_MANY_TO_COUNT = 50_000
# How far such a list can be turned; what lies behind is in the lists below and the export.
_DEEPEST = 20_000
# Gathering the people of a region costs about as much as meeting this many others.
_GATHERING = 4_000


@dataclass(frozen=True)
class Stored:
    """What is stored of a list for its day: its figure, and how many people are around."""

    snapshot: Any = None
    figure: int | None = None
    around: int = 0
    in_scope: int = 0

    @property
    def is_crowded(self) -> bool:
        """Whether the list is shown before it is counted."""
        return self.figure is not None and self.around > _CROWD

    def walks(self, first: int) -> bool:
        """Whether rows up to `first` are met sooner than the region's people are gathered."""
        met = first * self.in_scope / max(1, self.figure or 0)
        return self.is_crowded and met < self.around + _GATHERING


def _stored(asked: Asked) -> Stored:
    """Parts of a list are not stored."""
    snapshot = latest(asked.day)
    if snapshot is None or asked.part != WHOLE:
        return Stored()
    code, size = asked.indicator.code, asked.indicator.population.size
    reading = read(
        snapshot, user=asked.user, regions=[asked.region, asked.user.region_id],
        indicators=[code, size],
    )  # fmt: skip
    return Stored(
        snapshot,
        reading.value(code, asked.region),
        reading.value(size, asked.region),
        reading.value(size, asked.user.region_id),
    )


class FigureListing(Listing):
    """What counts in a figure by the data of now."""

    default_size: ClassVar[int] = 50

    def __init__(self, asked: Asked, *args: Any) -> None:
        super().__init__(*args)
        self.asked = asked

    @property
    def title(self) -> str:
        return f"{self.asked.indicator.name}名单"

    @property
    def scope_code(self) -> str:  # type: ignore[override]
        return self.asked.region

    # --- Rows --------------------------------------------------------------------------

    @cached_property
    def everything(self) -> Any:
        return self.asked.rows

    @property
    def rows(self) -> Any:
        return self.everything

    def within(self, rows: Any, code: str) -> Any:
        """Those of some rows that lay in a region, or below it, on the figure's day."""
        place, day = region_then(code, self.asked.day), self.asked.day
        if place == settings.PROVINCE_CODE:
            return rows
        codes = divisions_on(day).sources(place)
        narrowed = self.asked.indicator.population.narrowed(rows, codes, day)
        return narrowed.filter(place__in=codes)

    def fetch(self, ids: list[Any]) -> Any:
        return self.complete(list(self.asked.fetch(ids)))

    def complete(self, records: list[Any]) -> list[Any]:
        why = explain(self.asked.indicator, records, self.asked.day)
        for record in records:
            record.why = why[record.pk]
        return records

    def read(self, rows: Any) -> Any:
        return super().read(rows.order_by(*self.order))

    # --- Pages -------------------------------------------------------------------------

    @cached_property
    def stored(self) -> Stored:
        return _stored(self.asked)

    @property
    def may_count(self) -> bool:
        return (self.stored.figure or 0) <= _TOO_MANY_TO_COUNT

    @property
    def is_counted(self) -> bool:
        return not self.stored.is_crowded or (self.may_count and "count" in self.params)

    @property
    def is_whole(self) -> bool:
        return not (self.has_conditions or self.filterset.not_understood)

    @cached_property
    def length(self) -> int:
        """Of the whole list: counted, or as it was stored."""
        return self.everything.count() if self.is_counted else self.stored.figure or 0

    @cached_property
    def count(self) -> int | None:
        """How many rows the list shows, None where conditions leave it open."""
        if self.is_whole:
            return self.length
        return self.queryset.count() if self.is_counted else None

    @cached_property
    def size(self) -> int:
        return self.length if self.count is None else self.count

    def page(self) -> Page:
        length, number = self.count or 0, self.number
        is_crowded = self.stored.is_crowded
        if is_crowded:
            length, number = min(length, _DEEPEST), min(number, _DEEPEST // self.per_page)
        is_plain = self.is_whole and not self.sorted_by
        walks = is_plain and self.stored.walks(number * self.per_page + 1)
        pages = self.pages(
            self.asked.select(walk=True) if walks else self.queryset,
            count=length,
            is_exact=not is_crowded,
        )
        return pages.page(number)

    # --- In words ----------------------------------------------------------------------

    @property
    def stamp(self) -> str:
        asked = self.asked
        return f"{place_name(asked.region)} {asked.indicator.name}，{stamps.as_of(asked.day)}"

    @property
    def versions(self) -> str:
        return self.asked.versions

    def words(self) -> str:
        chosen = [words for _, words in self.described]
        chosen += [f"“{self.params['q']}”"] if self.params.get("q") else []
        chosen += [f"按{self.secret.label}查找"] if self.secret else []
        return f"{self.stamp}，筛选：{' '.join(chosen)}" if chosen else self.stamp

    def file_words(self, *, is_chosen: bool) -> str:
        which = "，所选各行" if is_chosen else self._left_out()
        return f"{self.words()}{which}；{self.versions}"

    def _left_out(self) -> str:
        """What the file says of who is counted for a past day and lies elsewhere by now."""
        hidden = self._hidden(amount(self.asked.indicator, self.everything), None)
        unit = self.asked.indicator.unit
        return f"；另有 {hidden} {unit}现已归别的辖区，只计数，不列" if hidden else ""

    def _hidden(self, now: int | None, stored: int | None) -> int:
        """How much of the figure lies in other areas by now, out of the reader's sight."""
        if now is None or now == stored:
            return 0
        asked = self.asked
        whole = members(asked.indicator, asked.day, asked.region, part=asked.part)
        return max(0, amount(asked.indicator, whole) - now)

    def trace(self) -> dict[str, Any]:
        asked = self.asked
        return super().trace() | {
            "indicator": asked.indicator.code,
            "region": asked.region,
            "on": asked.day.isoformat(),
        }

    def figures(self) -> dict[str, Any]:
        """The figure as it stands, beside the stored one and what the conditions leave of it."""
        indicator, stored = self.asked.indicator, self.stored
        now = matching = None
        if self.is_counted:
            now = amount(indicator, self.everything) if indicator.weight else self.length
            if not self.is_whole:
                matching = amount(indicator, self.queryset) if indicator.weight else self.count
        hidden = self._hidden(now, stored.figure)
        return {
            "asked": self.asked,
            "versions": self.versions,
            "now": now,
            "matching": matching,
            "hidden": hidden,
            "has_moved": None not in (now, stored.figure) and (now or 0) + hidden != stored.figure,
            "may_count": self.may_count,
            "stored": stored.figure,
            "snapshot": stored.snapshot,
        }

    def said(self) -> dict[str, Any]:
        """What the page says besides its rows."""
        asked, figures = self.asked, self.figures()
        length = figures["now"] or 0
        seen = "您可见的范围内" if figures["hidden"] else ""
        is_long = self.stored.is_crowded and self.size > _DEEPEST
        return figures | {
            "is_known": bool(length) or is_known(asked.indicator, asked.day, asked.region),
            "cut_at": _DEEPEST if is_long and self.is_whole else None,
            "empty_title": f"{seen}没有计入的{asked.indicator.population.name}",
            "empty_hint": asked.indicator.rule,
        }
