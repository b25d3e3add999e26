"""The list behind a number: who or what counts, and why, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from core.entities.paging import Page, Paginator, page_number
from core.entities.workbooks import export_table
from core.figures.indicator import Indicator
from core.figures.lists import WHOLE, amount, explain, is_known, members
from core.regions.names import place_name
from reports.asking import needs
from reports.lists.asking import PER_PAGE, Asked, leave_trace, list_asked
from reports.lists.settled import settled_export, settled_list
from reports.periods.settlements import settlement_of
from reports.snapshots.reading import latest, read

# In a region of more people than this the list is shown first and counted afterwards ...
_CROWD = 3_000
# ... and from this length on the stored figure stands alone: counting would take too long.
_TOO_MANY_TO_COUNT = 50_000
# How far such a list can be turned; what lies behind is in the lists below and the export.
_DEEPEST = 20_000
# Gathering the people of a region costs about as much as meeting this many others.
_GATHERING = 4_000
_CHUNK = 500


@dataclass(frozen=True)
class Stored:
    """What is stored of a list for its day: its figure, and how many people are around."""

    snapshot: Any = None
    figure: int | None = None
    around: int = 0
    in_scope: int = 0

    @property
    def is_crowded(self) -> bool:
        """Whether the list is shown before it is counted."""
        return self.figure is not None and self.around > _CROWD

    def walks(self, first: int) -> bool:
        """Whether rows up to `first` are met sooner than the region's people are gathered."""
        met = first * self.in_scope / max(1, self.figure or 0)
        return self.is_crowded and met < self.around + _GATHERING


def _stored(asked: Asked) -> Stored:
    """Parts of a list are not stored."""
    snapshot = latest(asked.day)
    if snapshot is None or asked.part != WHOLE:
        return Stored()
    code, size = asked.indicator.code, asked.indicator.population.size
    reading = read(
        snapshot, user=asked.user, regions=[asked.region, asked.user.region_id],
        indicators=[code, size],
    )  # fmt: skip
    return Stored(
        snapshot,
        reading.value(code, asked.region),
        reading.value(size, asked.region),
        reading.value(size, asked.user.region_id),
    )


@require_GET
@needs("reports.view_indicator_list")
def indicator_list(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """The list; to htmx asking `count` only how long it is now."""
    asked = list_asked(request, region, code)
    if settlement := settlement_of(asked.day):
        return settled_list(request, asked, settlement)
    stored = _stored(asked)
    may_count = (stored.figure or 0) <= _TOO_MANY_TO_COUNT
    is_counted = not stored.is_crowded or (may_count and "count" in request.GET)
    length = asked.rows.count() if is_counted else stored.figure
    now = _now(asked, length) if is_counted else None
    hidden = _hidden(asked, now, stored.figure)
    context = {
        "asked": asked,
        "now": now,
        "hidden": hidden,
        "has_moved": None not in (now, stored.figure) and (now or 0) + hidden != stored.figure,
        "may_count": may_count,
        "is_known": bool(now) or is_known(asked.indicator, asked.day, asked.region),
        "stored": stored.figure,
        "snapshot": stored.snapshot,
        "print_scope": f"{place_name(asked.region)} {asked.indicator.name}，{asked.stamp}",
    }
    htmx: Any = request
    if htmx.htmx and "count" in request.GET:
        return render(request, "reports/list.html#now", context)
    page = _page(asked, stored, length or 0, page_number(request.GET.get("page")))
    leave_trace(asked, page.object_list)
    context |= {"page": page, "lines": _lines(asked, page.object_list)}
    context["cut_at"] = _DEEPEST if stored.is_crowded and (length or 0) > _DEEPEST else None
    return render(request, "reports/list.html", context)


def _now(asked: Asked, length: int | None) -> int | None:
    return amount(asked.indicator, asked.rows) if asked.indicator.weight else length


def _hidden(asked: Asked, now: int | None, stored: int | None) -> int:
    """How much of the figure lies in other areas by now, out of the reader's sight."""
    if now is None or now == stored:
        return 0
    whole = members(asked.indicator, asked.day, asked.region, part=asked.part)
    return max(0, amount(asked.indicator, whole) - now)


def _page(asked: Asked, stored: Stored, length: int, number: int) -> Page:
    if stored.is_crowded:
        length = min(length, _DEEPEST)
        number = min(number, _DEEPEST // PER_PAGE)
    walk = stored.walks((number * PER_PAGE) + 1)
    return Paginator(
        asked.select(walk=walk), per_page=PER_PAGE, count=length,
        order=list(asked.indicator.population.order), fetch=asked.fetch,
        is_exact=not stored.is_crowded,
    ).page(number)  # fmt: skip


def _lines(asked: Asked, records: list[Any]) -> list[dict[str, Any]]:
    why = explain(asked.indicator, records, asked.day)
    return [
        {
            "url": asked.kind.url(record),
            "cells": [(c.label, c.get(record)) for c in asked.kind.columns],
            "why": why[record.pk],
        }
        for record in records
    ]


@require_POST
@needs("reports.view_indicator_list")
def indicator_export(request: HttpRequest, region: str, code: str) -> HttpResponse:
    """The whole list with the reasons, numbers masked."""
    request.GET = request.POST.copy()  # the form repeats the address
    asked = list_asked(request, region, code)
    if settlement := settlement_of(asked.day):
        return settled_export(asked, settlement)
    return export_table(
        user=asked.user,
        title=f"{asked.indicator.name}名单",
        columns=asked.kind.export_columns,
        rows=export_rows(asked.indicator, asked.rows, asked.day),
        people=(lambda row: row[0].pk) if asked.kind.people else None,
        filter_text=(
            f"{place_name(asked.region)} {asked.indicator.name}，{asked.stamp}{_left_out(asked)}"
        ),
    )


def _left_out(asked: Asked) -> str:
    """What the file says of who is counted for a past day and lies elsewhere by now."""
    hidden = _hidden(asked, amount(asked.indicator, asked.rows), None)
    unit = asked.indicator.unit
    return f"；另有 {hidden} {unit}现已归别的辖区，只计数，不列" if hidden else ""


def export_rows(indicator: Indicator, rows: Any, day: Any) -> Any:
    """(record, reasons) pairs of the whole list, read in chunks."""
    chunk: list[Any] = []
    for record in rows.order_by(*indicator.population.order).iterator(chunk_size=_CHUNK):
        chunk.append(record)
        if len(chunk) == _CHUNK:
            yield from _with_reasons(indicator, chunk, day)
            chunk = []
    yield from _with_reasons(indicator, chunk, day)


def _with_reasons(indicator: Indicator, chunk: list[Any], day: Any) -> Any:
    why = explain(indicator, chunk, day)
    return [(record, why[record.pk]) for record in chunk]
