"""Pages of a list that may have a million rows.

Three things make any page cheap (ARCHITECTURE "Lists at a million rows"): the ids of the
page are read from the index alone and the rows by id afterwards; the second half is
read backwards; and the count is kept for a minute where counting is the expensive part.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet

# Counts above this are kept: below it counting takes a few milliseconds.
_WORTH_KEEPING = 20_000
_SECONDS = 60


def count_rows(queryset: QuerySet[Any], *, key: str) -> int:
    """How many rows; large counts are at most a minute old. `key` names scope and filter."""
    digest = hashlib.sha256(f"{queryset.model._meta.label}|{key}".encode()).hexdigest()
    cached = cache.get(f"count-{digest}")
    if cached is not None:
        return int(cached)
    count = queryset.order_by().count()
    if count > _WORTH_KEEPING:
        cache.set(f"count-{digest}", count, _SECONDS)
    return count


def page_number(text: str | None) -> int:
    """The page that an address asks for; the first where it asks for none."""
    return int(text) if text and re.fullmatch("[0-9]{1,9}", text) else 1


class Page:
    """One page: its rows and its place among the others."""

    def __init__(self, rows: list[Any], number: int, paginator: Paginator) -> None:
        self.object_list, self.number, self.paginator = rows, number, paginator

    def __len__(self) -> int:
        return len(self.object_list)

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.paginator.num_pages

    @property
    def has_other_pages(self) -> bool:
        return self.paginator.num_pages > 1

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1

    @property
    def numbers(self) -> list[int | None]:
        """Page numbers to show: first, around this one, last; None for a gap."""
        last = self.paginator.num_pages
        shown = sorted({1, last, *range(max(1, self.number - 2), min(last, self.number + 2) + 1)})
        result: list[int | None] = []
        for previous, number in zip([0, *shown], shown, strict=False):
            if number - previous > 1:
                result.append(None)
            result.append(number)
        return result


class Paginator:
    """Pages of `queryset` in `order` (field names, a unique one last).

    `fetch(ids)` gives the rows of some ids with all that a page shows, in any order.
    """

    def __init__(
        self,
        queryset: QuerySet[Any],
        *,
        per_page: int,
        count: int,
        order: list[str],
        fetch: Callable[[list[Any]], QuerySet[Any]],
    ) -> None:
        self.queryset, self.per_page, self.count = queryset, per_page, count
        self.order, self.fetch = order, fetch

    @property
    def num_pages(self) -> int:
        return max(1, -(-self.count // self.per_page))

    def page(self, number: int) -> Page:
        """The page of that number; numbers outside are the nearest page."""
        number = min(max(1, number), self.num_pages)
        start = (number - 1) * self.per_page
        ids = self._ids(start, min(start + self.per_page, max(self.count, self.per_page)))
        rows = {row.pk: row for row in self.fetch(ids)} if ids else {}
        return Page([rows[pk] for pk in ids if pk in rows], number, self)

    def _ids(self, start: int, stop: int) -> list[Any]:
        if start <= self.count // 2 or stop > self.count:
            chosen = self.queryset.order_by(*self.order).values_list("pk", flat=True)
            return list(chosen[start:stop])
        backwards = [name[1:] if name.startswith("-") else f"-{name}" for name in self.order]
        chosen = self.queryset.order_by(*backwards).values_list("pk", flat=True)
        return list(reversed(chosen[self.count - stop : self.count - start]))
