"""Values of a record as people read them: the one place that words, masks and links them."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.timezone import localtime

from core.dates import KNOWN_LENGTH, precision_name
from core.entities.paths import field_at
from core.national import PlaceField, place_label
from core.regions.models import Region
from core.regions.names import place_name
from core.scoping import ScopedModel, in_scope
from core.secrecy.fields import EncryptedTextField
from core.timeline import said_day

# Text of this length has a line of its own.
_LONG = 200
# Said only once they have happened.
ENDINGS = frozenset({"ended_on", "true_until", "end_reason"})


def words(field: Any, value: Any) -> str:
    """A plain value of a model field in words, of an encrypted one its mask."""
    if value is None or value in ("", []):
        return ""
    if isinstance(field, EncryptedTextField):
        return field.masked(str(value))
    value = said_day(field, value)
    if isinstance(field, ArrayField):
        labels = dict(getattr(field.base_field, "flatchoices", ()))
        return "、".join(str(labels.get(v, v)) for v in value)
    if getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    return _plain_words(value) or _place_words(field, value)


def own_words(field: Any) -> str:
    """The method by which a record itself says what a choice means, "" where the list of
    choices does: one word for a thing, wherever it stands."""
    name = f"get_{field.name}_display" if getattr(field, "choices", None) else ""
    return name if inspect.isfunction(field.model.__dict__.get(name)) else ""


def _plain_words(value: Any) -> str:
    """Truth values, dates and numbers; "" for anything else."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.datetime):
        return localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, datetime.date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return str(value) if isinstance(value, int) else ""


def _place_words(field: Any, value: Any) -> str:
    if isinstance(value, Region):
        return place_name(value.pk)
    if isinstance(field, models.ForeignKey) and field.remote_field.model is Region:
        return place_name(str(value))
    if isinstance(field, PlaceField):
        return place_label(str(value))
    return str(value)


def date_as_known(record: Any, name: str, value: datetime.date) -> str:
    """「2021-03-01」, or 「2021-03」 and 「2021」 where the record knows only that much."""
    value = said_day(field_at(type(record), name), value)
    precision = getattr(record, precision_name(name), "D")
    return value.isoformat()[: KNOWN_LENGTH.get(precision, 10)]


def record_url(record: Any) -> str:
    """Address of a record's page, "" where it has none."""
    try:
        return reverse(f"{record._meta.model_name}_detail", kwargs={"pk": record.pk})
    except NoReverseMatch:
        return ""


def shown(record: Any, name: str, user: Any = None) -> Any:
    """An attribute of a record for a page: masked, worded, linked where it may be opened."""
    field = field_of(record, name)
    if isinstance(field, EncryptedTextField):
        masked = getattr(record, f"masked_{name}", "")
        return format_html('<span class="mono">{}</span>', masked) if masked else ""
    if field is not None and (said := own_words(field)):
        return getattr(record, said)()
    value = getattr(record, name)
    if isinstance(value, ScopedModel):
        url = record_url(value) if user is None or in_scope(value.scope_code(), user) else ""
        return format_html('<a href="{}">{}</a>', url, value) if url else str(value)
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        unsaid: str = getattr(record, "unsaid", {}).get(name, "")
        return date_as_known(record, name, value) if value else unsaid
    if field is None and not isinstance(value, str | int):
        return words(models.Field(), value)
    return words(field, value)


def in_words(record: Any, name: str) -> str:
    """An attribute of a record as text alone, for a line that is a link itself."""
    value = getattr(record, name)
    return str(value if isinstance(value, ScopedModel) else shown(record, name))


def field_of(record: Any, name: str) -> Any:
    try:
        return record._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def label_of(record: Any, name: str, labels: Mapping[str, str] | None = None) -> str:
    if labels and name in labels:
        return labels[name]
    field = field_of(record, name)
    return str(getattr(field, "verbose_name", name))


def facts(
    record: Any, names: tuple[str, ...], *, user: Any, labels: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Items of <c-facts> for some attributes of a record."""
    items = []
    for name in names:
        if name in ENDINGS and not getattr(record, name, None):
            continue
        field = field_of(record, name)
        is_long = getattr(field, "max_length", 0) == _LONG
        items.append({
            "label": label_of(record, name, labels),
            "value": shown(record, name, user),
            "wide": is_long or isinstance(field, ArrayField | models.TextField),
        })  # fmt: skip
    return items
