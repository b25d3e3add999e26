"""Filters of lists: choices inside the scope, and what is filtered said in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import django_filters as filters
from django import forms
from django.db import models
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema_field

from core.entities.forms.fields import DateField, LastDayField, LookupField, RegionField, narrow
from core.entities.paths import field_at
from core.regions.models import Region
from core.regions.names import place_name
from core.scoping import ScopedModel

if TYPE_CHECKING:
    from core.entities.entity import Entity
    from core.entities.listing import Listing


@extend_schema_field({"type": "string", "description": "区划代码"})
class RegionFilter(filters.ModelChoiceFilter):
    """Rows of a region and below it, by the scope of the model."""

    field_class = RegionField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label", "地区")
        kwargs.setdefault("queryset", Region.objects.none())
        super().__init__(*args, **kwargs)

    def filter(self, qs: Any, value: Region | None) -> Any:
        return qs.in_region(value.pk) if value else qs


class LookupFilter(filters.ModelChoiceFilter):
    field_class = LookupField


class DateFilter(filters.Filter):
    """A day; as an upper bound (`lte`) the last one of the month or year that was written."""

    field_class = DateField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", DateField.MONTH_HINT)
        if kwargs.get("lookup_expr") == "lte":
            self.field_class = LastDayField
        super().__init__(*args, **kwargs)


class ChecksFilter(filters.MultipleChoiceFilter):
    """Any of several values, as boxes to check."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(*args, **kwargs)
        self.distinct = False


class ChoiceFilter(ChecksFilter):
    """Any of several values of a plain column: one IN, no duplicates."""

    def filter(self, qs: Any, value: list[str]) -> Any:
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class ChosenFilter(filters.ChoiceFilter):
    """One of a few named conditions: `conditions` maps a value to a Q or a callable of it."""

    def __init__(self, *args: Any, conditions: dict[str, Any], **kwargs: Any) -> None:
        self.conditions = conditions
        kwargs.setdefault("empty_label", "不限")
        super().__init__(*args, **kwargs)

    def filter(self, qs: Any, value: str) -> Any:
        condition = self.conditions[value]
        return qs.filter(condition() if callable(condition) else condition)


class RecordFilter(filters.FilterSet):
    """Base of entity filters.

    Choices that are rows are narrowed to the user's scope whatever a subclass declares.
    `search` maps a text to a condition; it is matched before sorting (see Listing).
    """

    entity: ClassVar[Entity]
    # What is listed unless the entity's `current_by` asks for something else.
    current: ClassVar[Q | None] = None
    # Whether a search must be matched before sorting; the entity's search may say that it need
    # not, where one index serves both.
    is_fenced = True

    def __init__(self, *args: Any, listing: Listing | None = None, **kwargs: Any) -> None:
        # The list that is narrowed, None for an API or a search.
        self.listing = listing
        super().__init__(*args, **kwargs)
        user = getattr(self.request, "user", None)
        self.form.fields  # noqa: B018  builds the form
        for field in self.form.fields.values():
            narrow(field, user)
            if isinstance(field, RegionField | LookupField):
                field.help_text = ""

    @property
    def scope(self) -> str:
        """The code of the user's region, "" without one."""
        return str(getattr(getattr(self.request, "user", None), "region_id", "") or "")

    def search(self, text: str) -> Q:
        """The condition of the search field: the entity's own, or its fields hold the text."""
        search = self.entity.search
        if callable(search):
            return search(text, self)
        condition = Q()
        for name in search.split():
            condition |= Q(**{f"{name}__contains": text})
        return condition

    @property
    def not_understood(self) -> list[str]:
        """What of the conditions cannot be meant, in sentences; nothing is listed then."""
        return [
            f"{self.form.fields[name].label}：{message}"
            for name, messages in self.form.errors.items()
            for message in messages
        ]

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.form.errors:
            return queryset.none()
        used = set()
        for name, value in self.form.cleaned_data.items():
            if value not in (None, "", []):
                used.add(name)
                queryset = self.filters[name].filter(queryset, value)
        if self.current is not None and self.entity.current_by not in used:
            queryset = queryset.filter(self.current)
        return queryset

    def described(self) -> list[tuple[str, str]]:
        """(parameter, words) of every filter in use, in the declared order."""
        # Those that are valid, whatever the others are.
        self.form.is_valid()
        result = []
        for name, field in self.form.fields.items():
            value = self.form.cleaned_data.get(name)
            if value not in (None, "", []):
                result.append((name, self._words(name, field, value)))
        return result

    def _words(self, name: str, field: forms.Field, value: Any) -> str:
        if isinstance(value, Region):
            return place_name(value.pk)
        if isinstance(value, list):
            labels = {str(k): str(v) for k, v in field.choices}
            return "、".join(labels.get(str(v), str(v)) for v in value)
        if hasattr(field, "choices") and not isinstance(field, forms.ModelChoiceField):
            return str({str(k): v for k, v in field.choices}.get(str(value), value))
        if isinstance(field, DateField):
            return f"{field.label} {value:%Y-%m-%d}"
        if isinstance(value, bool):
            return f"{field.label}：{'是' if value else '否'}"
        return str(value)


# --- From a declaration ---------------------------------------------------------------
@dataclass(frozen=True)
class Between:
    """Two filters of a day, `<name>_from` and `<name>_to`."""

    path: str
    name: str
    label: str = ""


@dataclass(frozen=True)
class Chosen:
    """One of a few named conditions: value -> (words, Q or a callable of it)."""

    name: str
    label: str
    options: dict[str, tuple[str, Any]]

    def made(self) -> ChosenFilter:
        return ChosenFilter(
            label=self.label,
            conditions={value: condition for value, (_, condition) in self.options.items()},
            choices=[(value, words) for value, (words, _) in self.options.items()],
        )


@dataclass(frozen=True)
class ChosenFor:
    """As Chosen, of conditions that ask who looks: value -> (words, function of the user)."""

    name: str
    label: str
    options: dict[str, tuple[str, Any]]

    def made(self) -> ChosenFilter:
        return _ChosenForFilter(
            label=self.label,
            conditions={value: condition for value, (_, condition) in self.options.items()},
            choices=[(value, words) for value, (words, _) in self.options.items()],
        )


class _ChosenForFilter(ChosenFilter):
    def filter(self, qs: Any, value: str) -> Any:
        return qs.filter(self.conditions[value](self.parent.request.user))


# 在用, 已停用 or both; unused it means 在用.
ENDED = Chosen(
    "state",
    "停用",
    {"ended": ("已停用", Q(ended_on__isnull=False)), "all": ("含已停用", Q())},
)
IN_USE = Q(ended_on=None)


def filterset_for(entity: Entity, given: Any = None) -> type[RecordFilter]:
    """The filters of an entity's list."""
    items = entity.filters if given is None else given
    items = (items,) if isinstance(items, str) else tuple(items)
    filters_by_name: dict[str, Any] = {}
    for item in items:
        filters_by_name |= _filters(entity, item)
    current = entity.current if entity.current is not None else IN_USE if ENDED in items else None

    class Meta:
        model = entity.model
        fields: ClassVar[list[str]] = []

    return type(
        f"{entity.model.__name__}Filter",
        (RecordFilter,),
        {**filters_by_name, "Meta": Meta, "entity": entity, "current": current},
    )


def _filters(entity: Entity, item: Any) -> dict[str, Any]:
    """Parameter -> filter of one declared item."""
    if isinstance(item, Chosen | ChosenFor):
        return {item.name: item.made()}
    if isinstance(item, Between):
        column = field_at(entity.model, item.path)
        label = item.label or str(column.verbose_name)
        # Of a moment its day counts, in Beijing.
        path = f"{item.path}__date" if isinstance(column, models.DateTimeField) else item.path
        return {
            f"{item.name}_{end}": DateFilter(
                label=f"{label}{words}", field_name=path, lookup_expr=lookup
            )
            for end, words, lookup in (("from", "自", "gte"), ("to", "至", "lte"))
        }
    if isinstance(item, str):
        found: dict[str, Any] = {}
        for token in item.split():
            name, _, path = token.partition("=")
            found[name] = _filter(entity, path or name)
        return found
    name, made = item
    return {name: made}


def _filter(entity: Entity, path: str) -> Any:
    """The filter that the field at a path asks for."""
    if path == "region":
        return RegionFilter()
    column = field_at(entity.model, path)
    label = entity.labels.get(path) or str(column.verbose_name)
    options = {"label": label, "field_name": path}
    if isinstance(column, models.ForeignKey):
        if not issubclass(column.related_model, ScopedModel):
            raise TypeError(f"{path}: choices outside any scope")
        return LookupFilter(queryset=column.related_model.objects.none(), **options)
    if column.choices:
        return ChoiceFilter(choices=column.choices, **options)
    if isinstance(column, models.BooleanField):
        return filters.BooleanFilter(**options)
    if isinstance(column, models.IntegerField):
        return filters.NumberFilter(**options)
    raise TypeError(f"{path}: say by a filter of its own how it is filtered")
