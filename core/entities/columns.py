"""Columns of a list, each declared once: the table, the choice of columns and the export.

A token is a path from the row: "school", "person__region", "masked_phone". With `*` the cell
stays on the card that a row becomes on a phone; with `?` the column is hidden until chosen.
What a column looks like follows from its model field; a Column says what does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.db import models
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from core.entities import tables as looks
from core.entities.display import label_of, words
from core.entities.entity import is_dated
from core.entities.export_values import export_column
from core.entities.paths import field_at
from core.entities.workbooks import ExportColumn
from core.regions.models import Region
from core.secrecy.fields import EncryptedTextField

if TYPE_CHECKING:
    from core.entities.entity import Entity

# Text that may be longer than this breaks inside its cell.
_SHORT = 60


@dataclass(frozen=True)
class Column:
    """A column that its token does not say all about.

    path     to the value, from the row
    label    heading, where it is not the field's name
    value    function of a row: what the cell says, instead of the value at the path
    gathers  what that function reads of the entity's `gathered`
    sort     fields that the order by this column means
    by       expression that it means instead, of what stands in rows of others; blanks come last
    served   whether an index serves that order whatever the number of rows
    filed    the column of a file, where that is not the text of the cell
    words    value -> word, where the value is no word itself
    colours  value -> colour of its tag
    """

    path: str
    label: str = ""
    value: Callable[[Any], Any] | None = None
    gathers: str = ""
    sort: tuple[str, ...] = ()
    by: Any = None
    served: bool = False
    filed: ExportColumn | None = None
    words: Mapping[Any, str] = field(default_factory=dict)
    colours: Mapping[Any, str] = field(default_factory=dict)
    css: str = ""
    card: bool = False
    optional: bool = False

    @property
    def name(self) -> str:
        """As parameters call it: the last name of the path, or whose name it is."""
        return self.path.removesuffix("__name").rsplit("__", maxsplit=1)[-1]


def columns_of(entity: Entity) -> list[Column]:
    """The declared columns, tokens as Columns."""
    given = (entity.columns,) if isinstance(entity.columns, str) else entity.columns
    found: list[Column] = []
    for item in given:
        found += [_column(token) for token in item.split()] if isinstance(item, str) else [item]
    return [_known(entity, column) for column in found]


def _column(token: str) -> Column:
    return Column(token.rstrip("*?"), card="*" in token, optional="?" in token)


def _known(entity: Entity, column: Column) -> Column:
    """The column with what its field and its entity say of it."""
    own = entity.colours.get(column.path, {})
    label = column.label or entity.labels.get(column.path) or _label(entity.model, column.path)
    return replace(column, label=label, colours=column.colours or own)


def _label(model: Any, path: str) -> str:
    """Another record is called by what it is to this one: 承接机构, not 机构名称."""
    owner = field_at(model, path.removesuffix("__name"))
    return str(owner.verbose_name) if owner is not None else label_of(model, path)


# --- The table ------------------------------------------------------------------------
def table_for(entity: Entity) -> type[looks.RecordTable]:
    """The table of an entity's list; its first column leads to the record."""
    found = columns_of(entity)
    # The library puts columns in the order in which they were made.
    first, *rest = found or [Column("pk", "编号")]
    made: dict[str, Any] = {first.name: _first(entity, first)}
    made |= {column.name: _made(entity, column) for column in rest}

    class Meta(looks.RecordTable.Meta):
        model = entity.model
        fields = ()

    return type(
        f"{entity.model.__name__}Table",
        (looks.RecordTable,),
        {
            **made,
            "Meta": Meta,
            "always": (first.name,),
            "optional": tuple(c.name for c in found if c.optional),
            "sorts": {c.name: c.sort for c in found if c.served},
            "gathers": {c.name: c.gathers for c in found if c.gathers},
            "goes_by": {c.name: c.by for c in found if c.by is not None},
        },
    )


def _first(entity: Entity, column: Column) -> tables.Column:
    """The record's name, which is the link to it where it has a page."""
    if not entity.is_opened:
        # Without a link, and on a phone's card all the same: it is what the row is.
        return _made(entity, replace(column, card=True))
    orderable = column.value is None and field_at(entity.model, column.path) is not None
    return looks.NameColumn(
        verbose_name=column.label,
        url_name=entity.address_name("detail"),
        accessor=column.path,
        orderable=orderable,
        **({"order_by": column.sort} if column.sort else {}),
    )


def _made(entity: Entity, column: Column) -> tables.Column:
    """The table's column, in the look that its field asks for."""
    model_field = field_at(entity.model, column.path)
    options: dict[str, Any] = {"verbose_name": column.label, "card": column.card}
    if column.css:
        options["css"] = column.css
    if column.sort or _is_stored(model_field):
        # What the cell says may be no field: the words of a code.
        options["order_by"] = column.sort or (column.path,)
    if column.value is not None:
        is_sorted = bool(column.sort) or column.by is not None
        options |= {"empty_values": (), "orderable": is_sorted}
        return looks.ComputedColumn(column.value, accessor="pk", **options)
    options["orderable"] = bool(column.sort) or _is_stored(model_field)
    if column.colours or column.words:
        shown = _display(column.path, model_field)
        return looks.TagColumn(
            accessor=shown,
            field=column.path,
            colours=dict(column.colours),
            words=dict(column.words),
            **options,
        )
    return _plain(column, model_field, options)


def _plain(column: Column, model_field: Any, options: dict[str, Any]) -> tables.Column:
    name = column.path.rsplit("__", maxsplit=1)[-1]
    if isinstance(model_field, EncryptedTextField):
        masked = column.path.removesuffix(name) + f"masked_{name}"
        return looks.MaskedColumn(accessor=masked, **options)
    if name.startswith("masked_"):
        return looks.MaskedColumn(accessor=column.path, **options | {"orderable": False})
    if isinstance(model_field, models.ForeignKey) and model_field.related_model is Region:
        return looks.PlaceColumn(accessor=f"{column.path}_id", **options)
    if isinstance(model_field, models.DateTimeField):
        return looks.MomentColumn(accessor=column.path, **options)
    if is_dated(model_field):
        return looks.DateColumn(accessor=column.path, **options)
    if getattr(model_field, "choices", None) or isinstance(model_field, models.BooleanField):
        return looks.Column(accessor=_display(column.path, model_field), **options)
    if isinstance(model_field, models.IntegerField | models.DecimalField):
        # The number of a year has no thousands.
        look = looks.Column if column.css else looks.NumberColumn
        return look(accessor=column.path, **options)
    if getattr(model_field, "max_length", None) and model_field.max_length > _SHORT:
        options.setdefault("css", "wrap")
    return looks.Column(accessor=column.path, **options)


def _display(path: str, model_field: Any) -> str:
    """The path to the words of a value."""
    *parents, name = path.split("__")
    if getattr(model_field, "choices", None):
        name = f"get_{name}_display"
    return "__".join([*parents, name])


def _is_stored(model_field: Any) -> bool:
    """Whether the database can put rows in the order of a field."""
    return model_field is not None and not isinstance(model_field, EncryptedTextField)


# --- The export -----------------------------------------------------------------------
def export_columns_for(entity: Entity) -> list[ExportColumn]:
    """Every column of the list, then every other attribute of the record's sections."""
    found = {c.label: _exported(entity, c) for c in columns_of(entity)}
    for name in (*entity.shown, *entity.export_extra.split()):
        label = label_of(entity.model, name, entity.labels)
        found.setdefault(label, export_column(entity.model, name, label))
    return list(found.values())


def _exported(entity: Entity, column: Column) -> ExportColumn:
    if column.filed is not None:
        return column.filed
    if column.value is not None:
        return ExportColumn(column.label, _said(column.value))
    if column.words:
        model_field, read = field_at(entity.model, column.path), dict(column.words)
        value = export_column(entity.model, column.path, column.label).get
        named = {words(model_field, key): word for key, word in read.items()}
        return ExportColumn(column.label, lambda row: named.get(said := value(row), said))
    return export_column(entity.model, column.path, column.label)


def _said(value: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What a computed cell says, without the colour of a label, "" for its dash."""

    def get(row: Any) -> Any:
        said = value(row)
        if isinstance(said, SafeString):
            said = unescape(strip_tags(said))
        return "" if said == looks.EMPTY else said

    return get
