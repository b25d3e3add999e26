"""The simple kind of ledger: one row, one record of one model, found by a natural key.

Stations, projects and graduates are such. Columns, template, what a row would write, what is
checked and how it meets the registry follow from the entity; its room adds what is special.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q

from core.dates import KNOWN_LENGTH, precision_name, says_otherwise
from core.entities.display import date_as_known
from core.entities.entity import Entity, is_dated
from core.ledgers.asking import hold
from core.ledgers.columns import UNIT, as_json, cleaner, is_ours, is_same, width
from core.ledgers.ledger import (
    ImportContext,
    Ledger,
    LedgerColumn,
    RowCheck,
    nothing,
    tied_by_key,
)
from core.ledgers.meeting import Known, hold_twins, record_of
from core.ledgers.models import ImportRow
from core.regions.models import Region
from core.regions.names import place_name
from core.rules import Answers, Flag, RuleError
from core.secrecy.crypto import sign

Outcome = ImportRow.Outcome


def natural_key(*parts: object) -> bytes:
    return hashlib.blake2b(json.dumps([str(p) for p in parts]).encode(), digest_size=16).digest()


def stable_id(*parts: object) -> uuid.UUID:
    """A random-looking id that is the same for the same parts: two ledgers that name the
    same unknown place plan the same record."""
    return uuid.UUID(bytes=sign(json.dumps([str(p) for p in parts]).encode())[:16], version=4)


def all_rows(batch: Any) -> set[int]:
    """Every row may meet a record: numbers of those that were not refused."""
    rows = ImportRow.objects.filter(batch=batch).exclude(outcome=Outcome.REFUSED)
    return set(rows.values_list("number", flat=True))


@dataclass(frozen=True, kw_only=True, eq=False)
class PlainLedger(Ledger):
    """A ledger of one model, bound to its entity, from which most of it follows.

    fields      names of the columns in the order of the template, each a field of the model,
                or a LedgerColumn where it is none or is cleaned otherwise
    key         columns of the natural key
    number      a column that, where it is filled in, is the key by itself
    within      columns of the key without which a number says nothing: each numbers its own
    is_one      of one natural key there is one record, whatever the number
    synonyms    field -> other names of its column, separated by spaces
    means       field -> {word in a cell: code}
    hints, examples     field -> text for the template
    prepare     (row, values): what is special about a row; fills `values`, the columns it
                would insert, and row.insert of other models. May raise RuleError or refuse
    follow      (row, record, incoming): what hangs on a known record; a RuleError holds the row
    before_compare      takes rows out of the comparison (returns those that stay)
    after_compare       remarks on the rows as they met the registry
    gone        finds the records that no longer count
    """

    label: str = ""
    models: tuple[str, ...] = ()
    permission: str = ""
    build: Callable[[RowCheck], None] = field(init=False)
    compare: Callable[[list[Any], ImportContext], None] = field(init=False)
    tell: Callable[[Any, list[Any]], dict[int, list[tuple[str, str]]]] = field(init=False)
    candidates: Callable[[Any], set[int]] = all_rows
    fields: tuple[str | LedgerColumn, ...] = ()
    key: str = ""
    number: str = ""
    within: str = ""
    is_one: bool = False
    synonyms: Mapping[str, str] = field(default_factory=dict)
    means: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    # Words that the template offers, where they are not all of the field's.
    offered: Mapping[str, list[str]] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[RowCheck, dict[str, Any]], None] = nothing
    follow: Callable[[ImportRow, Any, dict[str, Any]], None] | None = None
    before_compare: Callable[[list[ImportRow]], list[ImportRow]] | None = None
    after_compare: Callable[[list[ImportRow], ImportContext], None] | None = None
    gone: Mapping[str, Any] = field(default_factory=dict)
    # Columns that every row must fill in, where those are not what the model asks for; days
    # that may lie ahead; columns that a ledger cannot change, though it may say them.
    required: str = ""
    future: str = ""
    fixed: str = ""
    # Columns in which an empty cell means something that counts, besides those with a default.
    decisive: str = ""
    # Required ones that may follow from the rest of a row, by `prepare`.
    follows: str = ""
    # field -> what a text around the sheet says of it for all rows.
    told: Mapping[str, Callable[[str], str]] = field(default_factory=dict)

    entity: Entity = field(init=False)

    def bind(self, entity: Entity) -> None:
        """Take over what follows from the entity; called by its declaration."""
        meta = entity.model._meta
        own: dict[str, Any] = {
            "entity": entity,
            "models": self.models or (meta.label_lower,),
            "permission": self.permission or entity.permission("add"),
            "label": self.label or entity.list_label,
            "build": self._build,
            "compare": self._compare,
            "tell": self._tell,
        }
        if self.number and self.tied is tied_by_key:
            # A row without its number may be about what one with it is about.
            own["tied"] = lambda batch, numbers: all_rows(batch)
        for name, value in own.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "columns", tuple(self._columns()))

    # --- Columns -----------------------------------------------------------------------

    def _columns(self) -> list[LedgerColumn]:
        found = []
        for item in self.fields:
            names = item.split() if isinstance(item, str) else [item]
            found += [self._column(n) if isinstance(n, str) else n for n in names]
        return found

    def _column(self, name: str) -> LedgerColumn:
        """The column of a model field: cleaned, offered and required as the field is."""
        column = self.entity.model._meta.get_field(name)
        label = str(column.verbose_name)
        means = self.means.get(name, {})
        is_asked = not (column.blank or column.null or column.has_default())
        offered = [str(words) for _, words in column.choices or ()]
        return LedgerColumn(
            name,
            label,
            cleaner(column, label, means, may_be_future=name in self.future.split()),
            synonyms=self.synonyms.get(name, "").split(),
            is_required=name in self.required.split() if self.required else is_asked,
            follows=name in self.follows.split(),
            told_by=self.told.get(name),
            choices=self.offered.get(name, offered),
            hint=self.hints.get(name, str(column.help_text)),
            example=self.examples.get(name, ""),
            width=width(column),
            is_money=isinstance(column, models.DecimalField) and "（元）" in label,
            is_decisive=name in self.decisive.split()
            or column.get_default() not in (None, "")
            or column.related_model is Region,
            is_count=isinstance(column, models.IntegerField)
            and not (column.choices or name in self.key_columns),
        )

    @cached_property
    def model(self) -> str:
        return str(self.entity.model._meta.label_lower)

    @cached_property
    def key_columns(self) -> tuple[str, ...]:
        return tuple(self.key.split())

    @cached_property
    def changeable(self) -> dict[str, str]:
        """Column of the table -> what it is called: what a ledger may change."""
        kept = {*self.key_columns, *self.fixed.split()}
        found = {}
        for column in self.columns:
            name = column.attribute
            if name in self.entity.field_names:
                attname = self.entity.model._meta.get_field(name).attname
                if attname not in kept:
                    found[attname] = UNIT.sub("", column.label)
        return found

    # --- A row by itself -----------------------------------------------------------------

    def _build(self, row: RowCheck) -> None:
        """From row.values to row.key, row.shown and row.insert; may refuse or flag."""
        written = self._defaults()
        for column in self.columns:
            value = row.values.get(column.attribute)
            if value in (None, "") or column.attribute not in self.entity.field_names:
                continue
            model_field = self.entity.model._meta.get_field(column.attribute)
            # A record that is named in words is found by `prepare`.
            if not model_field.is_relation or model_field.related_model is Region:
                written |= self._written(model_field, value)
        self.prepare(row, written)
        if row.errors:
            return
        record = self._record(written)
        self._check(row, record)
        parts = self.key_of(written)
        row.key = natural_key(*parts)
        key = str(stable_id(self.model, row.context.batch_id, *parts))
        row.write(self.model, {"id": key, **written})
        said = {name for name, value in row.values.items() if value not in (None, "")}
        row.shown = {
            "name": str(record),
            "detail": "",
            "given": [c for c in self.changeable if c.removesuffix("_id") in said or c in said],
        } | row.shown

    def _written(self, model_field: Any, value: Any) -> dict[str, Any]:
        """The columns that a value fills: of a day, also how much of it was written."""
        if not is_dated(model_field):
            return {model_field.attname: value}
        day, precision = value
        beside = precision_name(model_field.name)
        known = {beside: precision} if beside in self.entity.field_names else {}
        return {model_field.attname: day, **known}

    def _defaults(self) -> dict[str, Any]:
        """What a row that says nothing would insert: JSON values by column."""
        columns = self.entity.model._meta.concrete_fields
        return {f.attname: as_json(f.get_default()) for f in columns if is_ours(f)}

    def _record(self, written: dict[str, Any]) -> Any:
        """The record that would be inserted, unsaved, with its values as Python has them."""
        record = self.entity.model()
        for column in self.entity.model._meta.concrete_fields:
            if column.attname in written:
                setattr(record, column.attname, column.to_python(written[column.attname]))
        return record

    def _check(self, row: RowCheck, record: Any) -> None:
        """The entity's own rules; those that speak of other rows are asked in sets."""
        if self.entity.check is None:
            return
        answers = Answers()
        answers.ask(self.entity.check, record)
        try:
            flags: Iterable[Flag] = answers.settle()
        except RuleError as error:
            flags = error.flags
            for each in error.each:
                row.refuse(self.label_of(each.field), str(each), each.rule)
        for flag in flags:
            row.flag(flag, self.label_of(flag.field))

    # --- Rows beside the registry ------------------------------------------------------------

    def _compare(self, rows: list[ImportRow], context: ImportContext) -> None:
        """New, changed or unchanged by the natural key; what is another's is not touched."""
        rows = self.before_compare(rows) if self.before_compare else rows
        known = Known(self, self._existing(rows))
        met = [(row, record_of(row, known)) for row in rows]
        keys = [record.pk for _, record in met if record is not None]
        inside = self.entity.reachable(context.user).filter(pk__in=keys)
        visible = set(inside.values_list("pk", flat=True))
        for row, record in met:
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
                hold(row, str(error), rule=error.rule, column=self.label_of(error.field))
        if self.number:
            hold_twins(self, rows, context)
        if self.after_compare:
            self.after_compare(rows, context)

    def _existing(self, rows: list[ImportRow]) -> Iterator[Any]:
        """The records that have the number of a row, or the last column of its natural key."""
        told = Q()
        for column in filter(None, (self.key_columns[-1], self.number)):
            told |= Q(**{f"{column}__in": {str(self.said(r).get(column) or "") for r in rows}})
        queryset = self.entity.model._default_manager.filter(told).order_by("pk")
        if "ended_on" in self.entity.field_names:
            queryset = queryset.filter(ended_on=None)
        if self.gone:
            queryset = queryset.exclude(**self.gone)
        return iter(queryset.iterator(chunk_size=2000))

    def said(self, row: ImportRow) -> dict[str, Any]:
        """The columns of the record that a row would insert if it met none."""
        return row.staged(self.model)[0]

    def has_number(self, written: Mapping[str, Any]) -> bool:
        return bool(self.number and written.get(self.number))

    def key_of(self, written: Mapping[str, Any]) -> tuple[str, ...]:
        """What identifies a record, by the columns of its table: its number, else the natural
        key."""
        if self.has_number(written):
            columns = (*self.within.split(), self.number)
            return ("", *(str(written.get(column) or "") for column in columns))
        return self.plain_key(written)

    def plain_key(self, written: Mapping[str, Any]) -> tuple[str, ...]:
        """The natural key without regard to a number."""
        return tuple(str(written.get(column) or "") for column in self.key_columns)

    def _diff(self, row: ImportRow, record: Any) -> None:
        incoming = self.said(row)
        update: dict[str, Any] = {}
        for column in row.shown.get("given", []):
            new, old = incoming[column], getattr(record, column)
            beside = precision_name(column)
            if beside in incoming:
                if old is not None and not says_otherwise(old, new, incoming[beside]):
                    was, now = getattr(record, beside), incoming[beside]
                    if KNOWN_LENGTH.get(now, 10) <= KNOWN_LENGTH.get(was, 10):
                        continue
                update[beside] = incoming[beside]
                new = new[: KNOWN_LENGTH.get(incoming[beside])]
                old = old and date_as_known(record, column, old)
            elif is_same(old, new):
                continue
            update[column] = incoming[column]
            before, after = self._shown(row, column, old), self._shown(row, column, new)
            row.diff.append([self.changeable[column], before, after])
        staged = row.writes["staged"]
        row.writes = {"insert": {}, "update": {}, "staged": staged}
        if update:
            row.change(self.model, record.pk, **update)
        if self.follow:
            self.follow(row, record, incoming)
        row.outcome = Outcome.CHANGED if row.has_writes else Outcome.UNCHANGED

    def _tell(self, batch: Any, rows: list[ImportRow]) -> dict[int, list[tuple[str, str]]]:
        """What the cells of each row come to, as it will be stored; of a new record also what is
        chosen where they say nothing."""
        found = {}
        for row in rows:
            insert = row.writes.get("staged", row.writes).get("insert", {})
            for said in insert.get(self.model, [])[:1]:
                given = row.shown.get("given", [])
                facts = [(self.changeable[c], self._shown(row, c, said.get(c))) for c in given]
                if row.outcome == Outcome.NEW:
                    facts += [
                        (self.changeable[c], f"{text}（没有填写，按此登记）")
                        for c in self._chosen
                        if c not in given and (text := self._shown(row, c, said.get(c)))
                    ]
                found[row.number] = [(label, text) for label, text in facts if text]
        return found

    @property
    def _chosen(self) -> list[str]:
        """The columns that hold one of a list."""
        field = self.entity.model._meta.get_field
        return [c for c in self.changeable if not c.endswith("_id") and field(c).choices]

    def _shown(self, row: ImportRow, column: str, value: Any) -> str:
        if value in (None, ""):
            return ""
        model_field = self.entity.model._meta.get_field(column.removesuffix("_id"))
        if model_field.is_relation:
            return str(row.shown.get("names", {}).get(str(value), "（原单位）"))
        choices = {str(code): str(label) for code, label in model_field.choices or ()}
        if isinstance(model_field, models.DecimalField):
            return f"{Decimal(value):,.2f}"
        return choices.get(str(value), str(value))
