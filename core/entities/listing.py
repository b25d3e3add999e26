"""What a list is of: the rows of its filters and search, in words, in an order, in pages.

The list shows it, the export writes it, an action in bulk is done to it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce, Collate
from django.http import QueryDict

from core.entities.filters import RecordFilter
from core.entities.made import filters_of, table_of
from core.entities.paging import Page, Paginator, count_rows, page_number
from core.entities.reach import Reach
from core.regions.names import place_name, working_region_code
from core.rules import RuleError
from core.secrecy.numbers import Secret
from core.text import tidy_name

# Parameters of a list's address that are not filters.
_VIEW_PARAMS = frozenset({"page", "per", "sort", "cols", "filters", "view"})
PAGE_SIZES = (20, 30, 50)
# Above this many rows only orders that an index serves are offered.
SORT_ANYTHING_UP_TO = 150_000
_PATTERN_LIMIT = 100_000
# Rows that can be chosen one by one.
_CHOSEN = 200
_CHUNK = 2_000
# What rows are ordered by that is no field of theirs.
_ORDER = "order_value"


class Listing:
    """The rows that some parameters ask for; `secret` is a number that was typed instead.

    A list of something else than the records in reach is a subclass that says `everything`.
    """

    default_size: ClassVar[int] = PAGE_SIZES[1]

    def __init__(
        self, reach: Reach, request: Any, params: QueryDict, secret: Secret | None = None
    ) -> None:
        self.reach, self.entity, self.request = reach, reach.entity, request
        self.params, self.secret = params, secret
        # Names of the columns that are shown, None for all there are.
        self.shown: list[str] | None = None

    @property
    def title(self) -> str:
        return self.entity.list_label

    # --- Rows --------------------------------------------------------------------------

    @cached_property
    def everything(self) -> Any:
        """All that may be listed, whatever is asked."""
        return self.reach.rows()

    @property
    def rows(self) -> Any:
        """What is listed without a condition: of the region one works in now."""
        code = self.scope_code
        is_narrower = code and code != self.reach.user.region_id
        if is_narrower and hasattr(self.everything, "in_region"):
            return self.everything.in_region(code)
        return self.everything

    @cached_property
    def scope_code(self) -> str:
        """The region the list is about before any filter: where one works in now."""
        return working_region_code(self.request)

    @cached_property
    def filterset(self) -> RecordFilter:
        """The bound filterset over the rows in scope, the search text applied."""
        rows = self.everything if self.params.get("region") else self.rows
        made = filters_of(self.entity)(
            self.params, queryset=rows, request=self.request, listing=self
        )
        if text := tidy_name(self.params.get("q", "")):
            matching = rows.filter(made.search(text))
            # Fenced by the limit: with an order and a pattern together the planner walks
            # the index of the order (900 ms against 3).
            ids = matching.order_by().values("pk")[:_PATTERN_LIMIT]
            fenced = self.everything.filter(pk__in=ids)
            made.queryset = fenced if made.is_fenced else matching
        return made

    @cached_property
    def queryset(self) -> QuerySet[Any]:
        if self.secret is None:
            return self.filterset.qs
        condition = self.entity.found_by(self.secret) if self.entity.found_by else None
        rows = self.everything
        return rows.filter(condition) if condition is not None else rows.none()

    def chosen(self, ids: list[str]) -> QuerySet[Any]:
        """The selected rows, or without any all that the list shows.

        Raises RuleError where a condition is not understood: nobody is taken for everybody.
        """
        if ids:
            return self.everything.filter(
                pk__in=[pk for pk in ids[:_CHOSEN] if _is_key(self.entity.model, pk)]
            )
        if wrong := self.filterset.not_understood:
            raise RuleError("FILTER", f"筛选条件有误，没有办理：{'；'.join(wrong)}")
        return self.queryset

    # --- Pages -------------------------------------------------------------------------

    def page(self) -> Page:
        key = self._key() if self._is_read else ""
        return self.pages(self.queryset, count=self.size, key=key).page(self.number)

    @property
    def _is_read(self) -> bool:
        return bool(self.request.method == "GET")

    @cached_property
    def size(self) -> int:
        """How many rows there are, or no less than there are."""
        return (
            count_rows(self.queryset, key=self._key()) if self._is_read else self.queryset.count()
        )

    @property
    def number(self) -> int:
        return page_number(self.params.get("page"))

    @property
    def per_page(self) -> int:
        asked = str(self.params.get("per", ""))
        per = int(asked) if asked.isdecimal() else 0
        return per if per in PAGE_SIZES else self.default_size

    def pages(self, queryset: QuerySet[Any], **options: Any) -> Paginator:
        return Paginator(
            queryset.alias(**self._goes_by),
            per_page=self.per_page,
            order=self.order,
            fetch=self.fetch,
            **options,
        )

    def _key(self) -> str:
        """Names scope and filter, for counts and marks that are remembered."""
        plain = QueryDict(mutable=True)
        for name, values in self.params.lists():
            if name not in _VIEW_PARAMS:
                plain.setlist(name, sorted(values))
        user = self.reach.user
        # Rows of its own may be other ones for each who asks.
        whose = user.pk if self.entity.rows is not None else user.region_id
        return f"{self.entity.name}|{whose}|{self.scope_code}|{plain.urlencode()}|list"

    def fetch(self, ids: list[Any]) -> Iterable[Any]:
        """The rows of a page, by key."""
        return self.complete(list(self.entity.joined(self.reach.rows().filter(pk__in=ids))))

    def complete(self, records: list[Any]) -> list[Any]:
        """Rows with what a list says of them besides their fields, found for all at once."""
        gathers = table_of(self.entity).gathers
        asked = gathers if self.shown is None else [n for n in self.shown if n in gathers]
        return gather(self.entity, records, {gathers[column] for column in asked})

    def read(self, rows: QuerySet[Any]) -> Iterator[Any]:
        """All of some rows, a chunk at a time."""
        found = rows.iterator(chunk_size=_CHUNK)
        while chunk := list(islice(found, _CHUNK)):
            yield from self.complete(chunk)

    @property
    def order(self) -> list[str]:
        """Field names, a unique one last; what cannot be sorted stays in the default order."""
        default = self.entity.order.split() or list(self.entity.model._meta.ordering)
        default = default if default[-1].lstrip("-") in {"id", "pk"} else [*default, "pk"]
        return self.sorted_by or default

    @cached_property
    def sorted_by(self) -> list[str]:
        """The order asked for, none where there is none or it cannot be had."""
        name, minus = self._sort_asked
        table = table_of(self.entity)
        column = table.base_columns.get(name)
        if column is None or column.orderable is False:
            return []
        fields = table.sorts.get(name)
        if fields is None:
            if self.size > SORT_ANYTHING_UP_TO:
                return []
            own = tuple(column.order_by or (column.accessor or name,))
            fields = (_ORDER,) if name in table.goes_by else own
        fields = tuple(str(f).replace(".", "__") for f in fields)
        return [*(f"-{f}" if minus else f for f in fields), "-pk" if minus else "pk"]

    @property
    def _sort_asked(self) -> tuple[str, bool]:
        """The column, and whether it goes down."""
        wanted = self.params.get("sort", "")
        return wanted.lstrip("-"), wanted.startswith("-")

    @property
    def _goes_by(self) -> dict[str, Any]:
        """What the order asked for goes by, where that is no field of the rows."""
        name, minus = self._sort_asked
        expression = table_of(self.entity).goes_by.get(name)
        if expression is None or not self.sorted_by:
            return {}
        return {_ORDER: _blanks_last(expression, is_descending=minus)}

    def in_order(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows as the list puts them."""
        return rows.alias(**self._goes_by).order_by(*self.sorted_by) if self.sorted_by else rows

    # --- In words ----------------------------------------------------------------------

    @cached_property
    def described(self) -> list[tuple[str, str]]:
        return self.filterset.described()

    @property
    def has_conditions(self) -> bool:
        return bool(self.described or self.params.get("q") or self.secret)

    def words(self) -> str:
        """「南明区 在岗 持证」: the scope and what is filtered, for count, print and export."""
        if self.secret is not None:
            return f"{place_name(self.reach.user.region_id)} 按{self.secret.label}查找"
        region = next((words for name, words in self.described if name == "region"), "")
        parts = [region or place_name(self.scope_code)] if self.scope_code or region else []
        parts += [words for name, words in self.described if name != "region"]
        if self.params.get("q"):
            parts.append(f"“{self.params['q']}”")
        return " ".join(parts)

    def chips(self) -> list[dict[str, str]]:
        """Each condition in words, with the address without it."""
        chips = [(name, words) for name, words in self.described]
        if self.params.get("q"):
            chips.insert(0, ("q", f"“{self.params['q']}”"))
        result = []
        for name, words in chips:
            rest = self.params.copy()
            for part in (name, f"{name}_text", f"{name}_pick", "page"):
                rest.pop(part, None)
            result.append({"label": words, "remove": f"?{rest.urlencode()}"})
        return result

    def file_words(self, *, is_chosen: bool) -> str:
        """What a file says of its rows: those chosen one by one, or all that the list shows."""
        return "所选各行" if is_chosen else self.words()

    def trace(self) -> dict[str, Any]:
        """The question as the read log keeps it: without the search text."""
        asked = [(n, v) for n, vs in self.params.lists() for v in vs if n != "q"]
        return {"query": urlencode(asked)[:500]}


def gather(entity: Any, records: list[Any], names: Iterable[str]) -> list[Any]:
    """Records with what is found of them in the rows of others, for all of them at once."""
    for name in names:
        found = entity.gathered[name]([record.pk for record in records])
        for record in records:
            setattr(record, name, found.get(record.pk))
    return records


def _blanks_last(expression: Any, *, is_descending: bool) -> Any:
    """The expression with what stands behind every value where it has none."""
    if isinstance(expression.output_field, models.DateField):
        blank: Any = datetime.date.min if is_descending else datetime.date.max
        return Coalesce(expression, Value(blank))
    blank = "" if is_descending else "\U0010ffff"
    # In bytes' order nothing stands behind the last character there is.
    return Collate(Coalesce(expression, Value(blank)), "C")


def _is_key(model: Any, text: str) -> bool:
    try:
        model._meta.pk.to_python(text)
    except ValidationError:
        return False
    return True
