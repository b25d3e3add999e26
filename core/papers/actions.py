"""A form is filled for somebody: within her scope, masked unless she says why, and noted."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied

from core.audit.models import ReadEvent
from core.entities.workbooks import check_unmasked
from core.papers.cells import Value
from core.papers.filling import Filled, Table, fill
from core.papers.lists import ListForm, rows_of, understand
from core.papers.stamping import stamp
from core.regions.names import place_name
from core.rules import RuleError
from core.scoping import in_scope


@dataclass
class Made:
    """A filled form: its bytes, what was done as `report`, who is in it."""

    data: bytes
    report: dict[str, Any]
    people: set[Any] = field(default_factory=set)


@dataclass
class _Counted:
    """What passes by while the lines of a list are written."""

    rows: int = 0
    filled: int = 0
    empty: int = 0

    def over(self, lines: Iterator[dict[int, Value]], width: int) -> Iterator[Mapping[int, Value]]:
        for line in lines:
            said = sum(value is not None for value in line.values())
            self.rows, self.filled = self.rows + 1, self.filled + said
            self.empty += width - said
            yield line


def fill_form(
    *, user: Any, name: str, data: bytes, region: str, on: datetime.date, reason: str = ""
) -> Made:
    """Fill the lists of a form for a region in the user's scope; with a `reason` ID numbers and
    phones are full. Leaves a ReadEvent. Raises Refused, RuleError or PermissionDenied."""
    if not user.has_perm("core.export"):
        raise PermissionDenied
    if region and not in_scope(region, user):
        raise RuleError("SCOPE", "这个地区不在您的辖区内，请重新选择。", field="region")
    forms = understand(data, user=user)
    for form in forms:
        if not user.has_perm(form.entity.permission("export")):
            raise PermissionDenied
        if reason:
            check_unmasked(user, reveal=form.entity.permission("reveal"), purpose=reason)
    made, tables = _fill(data, forms, user=user, region=region, on=on, is_clear=bool(reason))
    serial = uuid.uuid4().hex[:12].upper()
    if reason:
        said = f"{place_name(user.region_id)} {user} {on:%Y-%m-%d} {serial}"
        made.data = stamp(made.data, text=said, properties={"serial": serial})
    ReadEvent.record(
        user=user,
        kind=ReadEvent.Kind.EXPORT,
        people=sorted(made.people - {None}),
        reason=reason.strip()[:200],
        title=f"填表：{name}"[:120],
        filter=place_name(region) if region else "",
        rows=sum(table["rows"] for table in tables),
        format="xlsx",
        unmasked=bool(reason),
        serial=serial,
        sha256=hashlib.sha256(made.data).hexdigest(),
    )
    return made


def _fill(
    data: bytes, forms: list[ListForm], *, user: Any, region: str, on: datetime.date, is_clear: bool
) -> tuple[Made, list[dict[str, Any]]]:
    people: set[Any] = set()
    counted = [_Counted() for _ in forms]
    lists = [
        Table(
            form.sheet,
            form.first_row,
            form.ruled_rows,
            count.over(
                rows_of(form, user=user, region=region, on=on, is_clear=is_clear, seen=people),
                width=sum(bool(bound.heading) for bound in form.columns),
            ),
        )
        for form, count in zip(forms, counted, strict=True)
    ]
    filled: Filled = fill(data, fills=(), tables=lists)
    tables = [
        {"sheet": form.sheet, "rows": count.rows, "list": form.entity.list_label}
        for form, count in zip(forms, counted, strict=True)
    ]
    report = {
        "cells_filled": filled.filled,
        "cells_empty": sum(count.empty for count in counted),
        "unknown": [
            {"sheet": form.sheet, "cell": cell, "heading": heading}
            for form in forms
            for cell, heading in form.unknown
        ],
        "tables": tables,
        "locked": [list(place) for place in filled.locked],
    }
    return Made(filled.data, report, people), tables
