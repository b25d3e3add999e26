"""The simple kind of ledger: one row, one record of one model, found by a natural key.

Stations, projects and graduates are such; their resources keep the natural key and the
comparison here, and add what is special beside it.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models

from core.ledgers.asking import hold
from core.ledgers.models import ImportRow
from core.ledgers.resources import ImportContext
from core.regions.names import place_name
from core.rules import RuleError
from core.secrecy.crypto import sign

Outcome = ImportRow.Outcome


def natural_key(*parts: object) -> bytes:
    return hashlib.blake2b(json.dumps([str(p) for p in parts]).encode(), digest_size=16).digest()


def stable_id(*parts: object) -> uuid.UUID:
    """A random-looking id that is the same for the same parts: two ledgers that name the
    same unknown place plan the same record."""
    return uuid.UUID(bytes=sign(json.dumps([str(p) for p in parts]).encode())[:16], version=4)


@dataclass(frozen=True)
class PlainLedger:
    """Comparison of staged rows of one model.

    `key` are the columns of the natural key, `labels` the columns that a ledger may change
    with what they are called; a row's `shown["given"]` names those that it did give.
    `follow(row, record, incoming)` adds what hangs on the record, or raises RuleError, which
    holds the row. `ended` finds the records that no longer count.
    """

    model: str
    key: tuple[str, ...]
    labels: dict[str, str]
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    ended: dict[str, Any] = field(default_factory=dict)
    follow: Callable[[ImportRow, Any, dict[str, Any]], None] | None = None

    @property
    def model_class(self) -> type[models.Model]:
        return apps.get_model(self.model)

    def given(self, values: dict[str, Any]) -> list[str]:
        """The columns that a row fills in: only these may change a known record."""
        said = {name for name, value in values.items() if value not in (None, "")}
        return [c for c in self.labels if c in said or c.removesuffix("_id") in said]

    def candidates(self, batch: Any) -> set[int]:
        rows = ImportRow.objects.filter(batch=batch).exclude(outcome=Outcome.REFUSED)
        return set(rows.values_list("number", flat=True))

    def compare(self, rows: list[ImportRow], context: ImportContext) -> None:
        """New, changed or unchanged by the natural key; foreign records are refused."""
        wanted = {self._key_of(r.writes["insert"][self.model]): r for r in rows}
        found = self._existing(rows)
        visible = set(
            self.model_class.objects.for_user(context.user)  # type: ignore[attr-defined]
            .filter(pk__in=[record.pk for record in found.values()])
            .values_list("pk", flat=True)
        )
        for key, row in wanted.items():
            record = found.get(key)
            if record is None:
                continue
            row.target = record.pk
            if record.pk not in visible:
                place = place_name(getattr(record, "region_id", "") or "") or "其他地区"
                hold(row, f"同样的记录已由{place}登记，要修改请联系对方。")
                continue
            try:
                self._diff(row, record)
            except RuleError as error:
                row.diff = []
                column = self.labels.get(error.field, "")
                hold(row, str(error), rule=error.rule, column=column)

    def _existing(self, rows: list[ImportRow]) -> dict[tuple[str, ...], Any]:
        first = self.key[-1]
        values = {str(r.writes["insert"][self.model].get(first) or "") for r in rows}
        queryset = self.model_class._default_manager.filter(**{f"{first}__in": values})
        if any(f.name == "ended_on" for f in self.model_class._meta.fields):
            queryset = queryset.filter(ended_on=None)
        if self.ended:
            queryset = queryset.exclude(**self.ended)
        return {
            tuple(str(getattr(record, column) or "") for column in self.key): record
            for record in queryset.iterator(chunk_size=2000)
        }

    def _key_of(self, values: dict[str, Any]) -> tuple[str, ...]:
        return tuple(str(values.get(column) or "") for column in self.key)

    def _diff(self, row: ImportRow, record: Any) -> None:
        incoming = row.writes["insert"][self.model]
        update: dict[str, Any] = {}
        for column in row.shown.get("given", []):
            label, new, old = self.labels[column], incoming[column], getattr(record, column)
            if _same(old, new):
                continue
            update[column] = new
            row.diff.append([label, self._shown(row, column, old), self._shown(row, column, new)])
        staged = row.writes["staged"]
        row.writes = {"insert": {}, "update": {}, "staged": staged}
        if update:
            row.writes["update"][self.model] = {"id": str(record.pk), **update}
        if self.follow:
            self.follow(row, record, incoming)
        changed = bool(row.writes["insert"] or row.writes["update"])
        row.outcome = Outcome.CHANGED if changed else Outcome.UNCHANGED

    def _shown(self, row: ImportRow, column: str, value: Any) -> str:
        if value in (None, ""):
            return ""
        if column.endswith("_id"):
            return str(row.shown.get("names", {}).get(str(value), "（原单位）"))
        return self.choices.get(column, {}).get(str(value), str(value))


def _same(old: Any, new: Any) -> bool:
    if old is None:
        return False
    if isinstance(old, str):
        return old == str(new)
    try:
        return bool(float(old) == float(new))
    except (TypeError, ValueError):
        return str(old) == str(new)
