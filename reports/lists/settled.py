"""The list behind a signed figure: exactly what was counted, and what was corrected since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime

from core.entities.changes import FieldChange
from core.entities.paging import Paginator, page_number
from core.entities.workbooks import ExportColumn, export_table
from core.figures.indicator import condition
from core.figures.lists import explain
from core.regions.names import place_name
from reports.definitions import stamps
from reports.lists.asking import PER_PAGE, Asked, leave_trace
from reports.periods import settlements
from reports.periods.causes import causes
from reports.periods.models import Settlement
from reports.periods.settlements import CORRECTED, Correction

NO_LONGER = "结算时计入，按现在的数据不再计入"
_CHUNK = 500


class Line(NamedTuple):
    """A record, why it counts or what became of it, and the changes that made it so."""

    record: Any
    why: list[str]
    changes: list[FieldChange]


def _changes_in_words(line: Line) -> str:
    return "；".join(
        f"{c.record}{c.label and f' {c.label}'}：{c.old or '空'} → {c.new or '空'}"
        f"（{c.who}，{localtime(c.at):%Y-%m-%d}{c.reason and f'，{c.reason}'}）"
        for c in line.changes
    )


_CHANGES = ExportColumn("改动（栏目、原值、新值、何人、何时、事由）", _changes_in_words, 80)


def settled_list(request: HttpRequest, asked: Asked, settlement: Settlement) -> HttpResponse:
    """The list as it was frozen; with part=corrected the differences to today's data."""
    found = _Found(asked, settlement)
    length = found.rows.count()
    page = Paginator(
        found.rows, per_page=PER_PAGE, count=length,
        order=list(asked.indicator.population.order),
        fetch=lambda ids: found.rows.model.objects.for_user(asked.user).filter(pk__in=ids),
    ).page(page_number(request.GET.get("page")))  # fmt: skip
    leave_trace(asked, page.object_list)
    lines = [
        {
            "url": asked.kind.url(line.record),
            "cells": [(c.label, c.get(line.record)) for c in asked.kind.columns],
            "why": line.why,
            "changes": line.changes,
        }
        for line in found.lines(page.object_list)
    ]
    context = {
        "asked": asked,
        "settlement": settlement,
        "is_corrected": asked.part == CORRECTED,
        "total": found.total,
        "net": sum(c.now - c.before for c in found.corrections.values()),
        "hidden": found.total - length,
        "page": page,
        "lines": lines,
        "print_scope": found.stamp,
        "version": found.version,
    }
    return render(request, "reports/settled.html", context)


def settled_export(asked: Asked, settlement: Settlement) -> HttpResponse:
    """The whole of such a list, numbers masked."""
    found = _Found(asked, settlement)
    order = asked.indicator.population.order
    rows = found.rows.order_by(*order).iterator(chunk_size=_CHUNK)
    what = "决算后更正" if asked.part == CORRECTED else "决算名单"
    return export_table(
        user=asked.user,
        title=f"{asked.indicator.name}{what}",
        columns=[
            *asked.kind.export_columns,
            *([_CHANGES] if asked.part == CORRECTED else []),
        ],
        rows=found.all_lines(rows),
        people=(lambda row: row.record.pk) if asked.kind.people else None,
        filter_text=found.stamp,
    )


class _Found:
    """What was asked for: its rows in the user's sight, and what is said of each."""

    def __init__(self, asked: Asked, settlement: Settlement) -> None:
        self.asked, self.settlement = asked, settlement
        self.corrections: dict[str, Correction] = {}
        indicator, region = asked.indicator, asked.region
        if asked.part == CORRECTED:
            differences = settlements.corrections(settlement, indicator, region)
            self.corrections = {c.key: c for c in differences}
            model: Any = indicator.population.rows(asked.day).model
            self.rows = model.objects.for_user(asked.user).filter(pk__in=list(self.corrections))
            self.total = len(self.corrections)
        else:
            self.rows = settlements.settled_members(
                settlement, indicator, region, asked.part, user=asked.user
            )
            self.total = settlements.settled_count(settlement, indicator, region, asked.part)

    @property
    def version(self) -> str:
        """The version of the definition that was signed (R25)."""
        assert self.settlement.snapshot is not None
        indicator = self.asked.indicator
        return str(self.settlement.snapshot.versions.get(indicator.code, indicator.version))

    @property
    def stamp(self) -> str:
        asked, settlement = self.asked, self.settlement
        assert settlement.snapshot is not None
        version = stamps.version(asked.indicator, self.version)
        stamp = stamps.stamp(asked.day, version, settlement.snapshot.divisions_version)
        return (
            f"{place_name(asked.region)} {asked.indicator.name}，{stamp}，"
            f"{settlement.document}，名单校验码 {settlement.digest}"
        )

    def all_lines(self, records: Iterable[Any]) -> Iterator[Line]:
        records = iter(records)
        while chunk := list(islice(records, _CHUNK)):
            yield from self.lines(chunk)

    def lines(self, records: list[Any]) -> list[Line]:
        """Each record with the place where it counted, and what is to be said of it."""
        asked, indicator = self.asked, self.asked.indicator
        keys = [record.pk for record in records]
        then = settlements.as_settled(
            self.settlement, indicator, asked.region, [str(k) for k in keys]
        )
        counted = indicator.population.rows(asked.day).filter(pk__in=keys)
        live = {row.pk: row for row in counted.filter(condition(indicator.where))}
        why = explain(indicator, list(live.values()), asked.day)
        for record in records:
            settled, now = then.get(str(record.pk)), live.get(record.pk)
            record.place = settled.region if settled else now.place if now else None
        changed = self._changes(keys)
        return [Line(r, self._said(r, why.get(r.pk)), changed.get(r.pk, [])) for r in records]

    def _changes(self, keys: list[Any]) -> dict[Any, list[FieldChange]]:
        """Of what was corrected what was changed since the signature."""
        if self.asked.part != CORRECTED:
            return {}
        population = self.asked.indicator.population
        return causes(population, keys, since=self.settlement.frozen_at)

    def _said(self, record: Any, why: list[str] | None) -> list[str]:
        correction = self.corrections.get(str(record.pk))
        if correction is None:
            return why or [NO_LONGER]
        unit = self.asked.indicator.unit
        if self.asked.indicator.weight:
            return [f"结算时 {correction.before:,} {unit}，现为 {correction.now:,} {unit}"]
        if correction.now:
            return ["结算后补计", *(why or [])]
        return [NO_LONGER if why is None else "结算时计入本地区，按现在的数据计入别处"]
