"""What is made of a declaration, once an entity: its table, filters, forms and API."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from core.entities.api.records import RecordAPI, api_for
from core.entities.columns import export_columns_for, table_for
from core.entities.filters import RecordFilter, filterset_for
from core.entities.forms.record import RecordForm, form_for
from core.entities.tables import RecordTable
from core.entities.workbooks import ExportColumn

if TYPE_CHECKING:
    from core.entities.entity import Entity


@cache
def table_of(entity: Entity) -> type[RecordTable]:
    return table_for(entity)


@cache
def filters_of(entity: Entity) -> type[RecordFilter]:
    return filterset_for(entity)


@cache
def form_of(entity: Entity, *, is_new: bool = False) -> type[RecordForm]:
    return form_for(entity, is_new=is_new)


@cache
def api_of(entity: Entity) -> type[RecordAPI]:
    return api_for(entity)


@cache
def export_of(entity: Entity) -> tuple[ExportColumn, ...]:
    return tuple(export_columns_for(entity))
