"""Tables of lists: one look, masked numbers, choice of columns, cards on phones."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, ClassVar

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django_tables2.data import TableListData

from core.entities.display import date_as_known
from core.regions.names import place_name

EMPTY = "—"


class CardMixin:
    """`card=True` keeps the cell when a list becomes cards on a phone."""

    def __init__(self, *args: Any, card: bool = False, **kwargs: Any) -> None:
        label = str(kwargs.get("verbose_name", ""))
        css = kwargs.pop("css", "")
        cell: dict[str, str] = {"class": css} if css else {}
        if card:
            cell |= {"data-card": "", "data-label": label}
        kwargs.setdefault("attrs", {"td": cell, "th": {"class": css} if css else {}})
        super().__init__(*args, **kwargs)


class Column(CardMixin, tables.Column):
    pass


class NameColumn(tables.Column):
    """The record's name, which is the link to it."""

    def __init__(self, *args: Any, url_name: str, **kwargs: Any) -> None:
        kwargs["linkify"] = (url_name, {"pk": tables.A("pk")})
        kwargs.setdefault("attrs", {"td": {"class": "name"}})
        super().__init__(*args, **kwargs)


class DateColumn(CardMixin, tables.Column):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"css": "nowrap", **kwargs})

    def render(self, value: Any, record: Any, bound_column: Any) -> str:
        return date_as_known(record, str(bound_column.accessor), value)


class MomentColumn(CardMixin, tables.Column):
    """A day of a moment; who needs the minute opens the record."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"css": "nowrap", **kwargs})

    def render(self, value: Any) -> str:
        return f"{localtime(value):%Y-%m-%d}"


class ComputedColumn(CardMixin, tables.Column):
    """What a function says of the row."""

    def __init__(self, said: Callable[[Any], Any], *args: Any, **kwargs: Any) -> None:
        self.said = said
        super().__init__(*args, **kwargs)

    def render(self, record: Any) -> Any:
        said = self.said(record)
        if isinstance(said, datetime.date):
            return f"{said:%Y-%m-%d}"
        return EMPTY if said in (None, "") else said


class NumberColumn(CardMixin, tables.Column):
    """Right-aligned, with thousands separated."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"css": "num", **kwargs})

    def render(self, value: Any) -> str:
        return f"{value:,}" if value is not None else EMPTY


class MaskedColumn(CardMixin, tables.Column):
    """An ID number or phone as the model masks it, in a fixed-width face."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("orderable", False)
        super().__init__(*args, **{"css": "mono", **kwargs})


class PlaceColumn(CardMixin, tables.Column):
    """A region code as its path; no query."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"css": "nowrap", **kwargs})

    def render(self, value: Any, table: Any) -> str:
        return place_name(str(value), below=table.below)


class TagColumn(CardMixin, tables.Column):
    """A state as a word in the colour of its meaning: `colours` maps values to good, wrong …

    `words` maps values that are not words themselves, such as a boolean.
    """

    def __init__(
        self,
        *args: Any,
        colours: dict[Any, str],
        field: str = "",
        words: dict[Any, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.colours, self.field, self.words = colours, field, words or {}
        super().__init__(*args, **{"css": "nowrap", **kwargs})

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString | str:
        raw = getattr(record, self.field or bound_column.name, None)
        kind = self.colours.get(value) or self.colours.get(raw, "")
        word = self.words.get(raw, value)
        if not self.colours:
            return word
        return format_html('<span class="tag{}">{}</span>', f" is-{kind}" if kind else "", word)


class AsRead(TableListData):
    """Rows as they come: the database has put them in order, a page is not sorted once more."""

    def order_by(self, aliases: Any) -> None:
        pass


class RecordTable(tables.Table):
    """Base of entity tables.

    `always` columns cannot be hidden, `optional` ones are hidden until chosen; at most
    eight columns are seen at first. `sorts` maps a column to the order it means on an
    index that serves any number of rows; other columns sort only shorter lists, `goes_by`
    maps those whose order is that of an expression, `gathers` those that say what is gathered.
    """

    # Set by the list: whether rows can be selected, and the region below which places are named.
    is_selectable = False
    below = ""

    always: ClassVar[tuple[str, ...]] = ("name",)
    optional: ClassVar[tuple[str, ...]] = ()
    sorts: ClassVar[dict[str, tuple[str, ...]]] = {}
    goes_by: ClassVar[dict[str, Any]] = {}
    gathers: ClassVar[dict[str, str]] = {}

    class Meta:
        template_name = "entity/table.html"
        attrs: ClassVar[dict[str, str]] = {"class": "data has-cards"}
        order_by_field = "sort"
        orderable = True
        default = EMPTY

    @classmethod
    def choosable(cls) -> list[tuple[str, str]]:
        """(name, label) of the columns that can be shown or hidden."""
        return [
            (name, str(column.verbose_name or name))
            for name, column in cls.base_columns.items()
            if name not in cls.always
        ]

    @classmethod
    def shown(cls, chosen: list[str]) -> list[str]:
        """Names of the columns to show, in the table's order."""
        wanted = set(chosen) if chosen else set(cls.base_columns) - set(cls.optional)
        return [n for n in cls.base_columns if n in wanted or n in cls.always]
