"""What a cell of an export says: the value of an attribute in words, cheap for 200,000 rows."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.db import models

from core.dates import KNOWN_LENGTH, precision_name
from core.entities.display import own_words, words
from core.entities.paths import field_at, reader
from core.entities.workbooks import ExportColumn
from core.national import PlaceField
from core.regions.models import Region
from core.regions.names import place_name, place_names
from core.secrecy.fields import EncryptedTextField
from core.timeline import EndField, said_day


def export_column(model: Any, path: str, label: str) -> ExportColumn:
    """The export column of an attribute ("birth_date", "person__name", "masked_phone")."""
    *parents, name = path.split("__")
    field = field_at(model, path)
    if isinstance(field, EncryptedTextField):
        masked = reader("__".join([*parents, f"masked_{name}"]))
        return ExportColumn(label, masked, 22, is_text=True, clear=reader(path))
    if name.startswith("masked_"):
        clear = "__".join([*parents, name.removeprefix("masked_")])
        return ExportColumn(label, reader(path), 22, is_text=True, clear=reader(clear))
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return ExportColumn(label, _dated(path, field), 12)
    if is_place(field):
        is_key = name.endswith("_id") or not isinstance(field, models.ForeignKey)
        return ExportColumn(label, _placed(path if is_key else f"{path}_id", field), 26)
    if isinstance(field, models.ForeignKey):
        return ExportColumn(label, reader(path), 26)
    if field is not None and (field.choices or not _is_number(field)):
        return ExportColumn(label, _worded(path, field), 16, is_text=True)
    return ExportColumn(label, reader(path), 16)


def is_place(field: Any) -> bool:
    """Whether a field holds a code that is told by its name."""
    is_region = isinstance(field, models.ForeignKey) and field.related_model is Region
    return is_region or isinstance(field, PlaceField)


def _is_number(field: Any) -> bool:
    return isinstance(field, models.IntegerField | models.DecimalField | models.FloatField)


def _worded(path: str, field: Any) -> Callable[[Any], Any]:
    """The words of a value; those of a choice are looked up once."""
    if own := own_words(field):
        said = reader("__".join([*path.split("__")[:-1], own]))
        return lambda row: said(row)()
    value_of = reader(path)
    labels = {v: str(label) for v, label in getattr(field, "flatchoices", None) or ()}
    each = {v: str(k) for v, k in getattr(getattr(field, "base_field", None), "flatchoices", ())}
    if each:
        return lambda row: "、".join(each.get(v, v) for v in value_of(row) or ())
    if labels:
        return lambda row: labels.get(value := value_of(row), value)
    if isinstance(field, models.CharField | models.TextField):
        return value_of
    return lambda row: words(field, value_of(row))


def _dated(path: str, field: Any) -> Callable[[Any], Any]:
    """A date, or 「2021-03」 and 「2021」 where only that much is known."""
    stored = reader(path)
    value_of = (lambda row: said_day(field, stored(row))) if isinstance(field, EndField) else stored
    precision = precision_name(path)
    if field_at(field.model, precision.rsplit("__", maxsplit=1)[-1]) is None:
        return value_of
    precision_of = reader(precision)

    def get(row: Any) -> Any:
        value = value_of(row)
        cut = KNOWN_LENGTH.get(precision_of(row))
        return value.isoformat()[:cut] if cut and isinstance(value, datetime.date) else value

    return get


def _placed(path: str, field: Any) -> Callable[[Any], Any]:
    """The path of a region's names, each code worked out once an export."""
    value_of = reader(path)
    known: dict[Any, str] = {None: "", "": ""}
    place_names()

    def get(row: Any) -> str:
        code = value_of(row)
        if code not in known:
            is_national = isinstance(field, PlaceField)
            known[code] = words(field, code) if is_national else place_name(code)
        return known[code]

    return get
