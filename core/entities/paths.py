"""Attributes at the end of a path ("person__region"), of models and of records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models


def field_at(model: Any, path: str) -> Any:
    """The model field at the end of a path, None for an attribute; "region_id" is "region"."""
    *parents, name = path.split("__")
    try:
        for parent in parents:
            model = model._meta.get_field(parent).related_model
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return field_at(model, name.removesuffix("_id")) if name.endswith("_id") else None


def reader(path: str) -> Callable[[Any], Any]:
    """A function from a record to the value at the end of a path; another record is its name."""
    *parents, name = path.split("__")
    if not parents:
        return lambda row: str(v) if isinstance(v := getattr(row, name), models.Model) else v

    def read(row: Any) -> Any:
        for parent in parents:
            row = getattr(row, parent)
            if row is None:
                return None
        value = getattr(row, name)
        return str(value) if isinstance(value, models.Model) else value

    return read
