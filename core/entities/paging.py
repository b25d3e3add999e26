"""Pages of a list that may have a million rows.

Four things make any page cheap (ARCHITECTURE "Lists at a million rows"): the ids of the
page are read from the index alone and the rows by id afterwards; the second half is
read backwards; the count is kept for a minute where counting is the expensive part; and
so is where a page deep inside began, from which the pages after it are read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.cache import cache
from django.db.models import Model, Q, QuerySet

# Counts above this are kept: below it counting takes a few milliseconds.
_WORTH_KEEPING = 20_000
_SECONDS = 60
# Reading over this many entries of an index takes about two milliseconds.
_WORTH_MARKING = 10_000


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

    `fetch(ids)` gives the rows of some ids with all that a page shows, in any order. With
    `is_exact=False` the count is what was stored some time ago: pages are read from the
    front, and there is a next one as long as there are rows. `key` names scope and filter,
    as for count_rows; without it nothing is remembered.
    """

    def __init__(
        self,
        queryset: QuerySet[Any],
        *,
        per_page: int,
        count: int,
        order: list[str],
        fetch: Callable[[list[Any]], Iterable[Any]],
        is_exact: bool = True,
        key: str = "",
    ) -> None:
        self.queryset, self.per_page, self.count = queryset, per_page, count
        self.is_exact, self.key = is_exact, key
        self.order, self.fetch = order, fetch

    @property
    def num_pages(self) -> int:
        return max(1, -(-self.count // self.per_page))

    def page(self, number: int) -> Page:
        """The page of that number; numbers outside are the nearest page."""
        number = max(1, min(number, self.num_pages) if self.is_exact else number)
        start = (number - 1) * self.per_page
        ids = self._ids_from(start) if self.is_exact else self._ids_and_more(start)
        rows = {row.pk: row for row in self.fetch(ids)} if ids else {}
        return Page([rows[pk] for pk in ids if pk in rows], number, self)

    def _ids_from(self, start: int) -> list[Any]:
        return self._ids(start, min(start + self.per_page, max(self.count, self.per_page)))

    def _ids_and_more(self, start: int) -> list[Any]:
        stop = start + self.per_page
        chosen = self.queryset.order_by(*self.order).values_list("pk", flat=True)
        ids = list(chosen[start : stop + 1])
        self.count = max(self.count, start + len(ids))
        return ids[: self.per_page]

    def _ids(self, start: int, stop: int) -> list[Any]:
        if start <= self.count // 2 or stop > self.count:
            return self._read(self.order, start, stop - start)
        backwards = [name[1:] if name.startswith("-") else f"-{name}" for name in self.order]
        return list(reversed(self._read(backwards, self.count - stop, stop - start)))

    def _read(self, order: list[str], first: int, size: int) -> list[Any]:
        """Keys of rows first..first+size-1 of an order, from the nearest mark before them."""
        queryset = self.queryset.order_by(*order)
        marks = _Marks(queryset.model, order, self.key)
        at, after = marks.before(first)
        rows = queryset.filter(after).values_list(*marks.columns)
        found = list(rows[first - at : first - at + size])
        if found and first - at > _WORTH_MARKING:
            marks.add(first, found[0])
        return [row[0] for row in found]


class _Marks:
    """Where pages deep inside a list began: position -> (key, value it is ordered by)."""

    def __init__(self, model: type[Model], order: list[str], key: str) -> None:
        self.name = order[0].lstrip("-")
        self._ahead = "lt" if order[0].startswith("-") else "gt"
        self._ahead_of_same = "lt" if order[-1].startswith("-") else "gt"
        digest = hashlib.sha256(f"{model._meta.label}|{key}|{order}".encode()).hexdigest()
        is_plain = len(order) == 2 and self.name in {f.name for f in model._meta.fields}
        # A null has no place among values that are compared.
        may_mark = key and is_plain and not model._meta.get_field(self.name).null  # type: ignore[union-attr]
        self._key = f"marks-{digest}" if may_mark else ""
        self.columns = ("pk", self.name) if may_mark else ("pk",)
        self._found: dict[int, tuple[Any, ...]] = cache.get(self._key, {}) if may_mark else {}

    def before(self, first: int) -> tuple[int, Q]:
        """(position, condition) of the nearest mark at or before a position; (0, all)."""
        at = max((n for n in self._found if n <= first), default=0)
        if not at:
            return 0, Q()
        pk, value = self._found[at]
        further = Q(**{f"{self.name}__{self._ahead}": value})
        same = Q(**{f"pk__{self._ahead_of_same}e": pk})
        # The first condition is what the index is entered by.
        return at, Q(**{f"{self.name}__{self._ahead}e": value}) & (further | same)

    def add(self, first: int, row: tuple[Any, ...]) -> None:
        if self._key:
            cache.set(self._key, {**self._found, first: row}, _SECONDS)
