"""What follows from a field of a model for its column of a plain ledger."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models

from core.entities.entity import is_dated
from core.ledgers import values
from core.regions.models import Region
from core.text import normalise

_WIDE, _NARROW = 34, 12
# 合同金额（元）
UNIT = re.compile(r"（[^（]*）$")


def cleaner(column: Any, label: str, means: Mapping[str, str], *, may_be_future: bool) -> Any:
    """What a cell of a model field's column goes through."""
    plain = UNIT.sub("", label)
    if column.choices:
        return values.choice(plain, [(str(c), str(w)) for c, w in column.choices], means)
    if is_dated(column):
        return values.date(plain, may_be_future=may_be_future)
    if isinstance(column, models.DecimalField):
        return values.money(plain)
    if isinstance(column, models.IntegerField):
        return values.integer(plain)
    if isinstance(column, models.ForeignKey) and column.remote_field.model is Region:
        return values.place(plain)
    return values.text(plain, column.max_length)


def width(column: Any) -> int:
    if is_dated(column):
        return _NARROW
    length = getattr(column, "max_length", None) or 0
    return min(_WIDE, max(14, length // 3))


def is_ours(column: Any) -> bool:
    """What staging gives: not the key, nor what the database fills by itself."""
    by_database = column.primary_key or column.generated or column.name in {
        "version", "created_at", "updated_at",
    }  # fmt: skip
    return not by_database


def as_json(value: Any) -> Any:
    """A value as JSON holds it; a date and an amount as text."""
    if isinstance(value, datetime.date | Decimal):
        return str(value)
    return value


def is_same(old: Any, new: Any) -> bool:
    if old is None:
        return False
    if isinstance(old, str):
        # In another punctuation it is the same text.
        return normalise(old) == normalise(str(new))
    try:
        return bool(float(old) == float(new))
    except (TypeError, ValueError):
        return str(old) == str(new)
