"""A form is filled for somebody: within her scope, masked unless she says why, and noted."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Now

from core.audit.models import ReadEvent
from core.dates import today
from core.entities.workbooks import check_unmasked
from core.papers.addresses import address
from core.papers.cells import Value
from core.papers.filling import Filled, Table, fill
from core.papers.lists import ListForm, listed, rows_of
from core.papers.models import Every, Filling, PaperForm
from core.papers.stamping import stamp
from core.papers.understanding import Bindings, Understood, understand
from core.regions.names import place_name
from core.rules import RuleError
from core.scoping import in_scope
from core.secrecy import files as media
from core.secrecy.files import Refused

# Some ten seconds.
MOST_ROWS = 20_000
# A township has no office below it.
_LOWEST = 9
# Of the media store.
FOLDER = "papers"
# What the tables of a report call those of figures.
FIGURES = "统计数"
GONE = "原件已不在，请重新上传这张表。"


@dataclass
class Made:
    """A filled form: its bytes, what was done as `report`, who is in it."""

    data: bytes
    report: dict[str, Any]
    people: set[Any] = field(default_factory=set)
    serial: str = ""
    figures: list[dict[str, Any]] = field(default_factory=list)


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
    *,
    user: Any,
    name: str,
    data: bytes,
    region: str,
    on: datetime.date,
    reason: str = "",
    bindings: Bindings | None = None,
) -> Made:
    """Fill the lists of a form for a region in the user's scope; with a `reason` ID numbers and
    phones are full. Leaves a ReadEvent. Raises Refused, RuleError or PermissionDenied."""
    if not user.has_perm("core.export"):
        raise PermissionDenied
    if region and not in_scope(region, user):
        raise RuleError("SCOPE", "这个地区不在您的辖区内，请重新选择。", field="region")
    asked = understand(data, user=user, region=region or user.region_id, on=on, bindings=bindings)
    for form in asked.lists:
        if not user.has_perm(form.entity.permission("export")):
            raise PermissionDenied
        if reason:
            check_unmasked(user, reveal=form.entity.permission("reveal"), purpose=reason)
    _check_size(asked.lists, user=user, region=region)
    made, tables = _fill(data, asked, user=user, region=region, on=on, is_clear=bool(reason))
    made.serial = serial = uuid.uuid4().hex[:12].upper()
    if reason:
        said = f"{place_name(user.region_id)} {user} {today():%Y-%m-%d} {serial}"
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


def _check_size(forms: list[ListForm], *, user: Any, region: str) -> None:
    """What is made while somebody waits ends somewhere. Raises RuleError."""
    if any(listed(form, user=user, region=region).count() > MOST_ROWS for form in forms):
        raise RuleError("PAPER", f"超过 {MOST_ROWS} 行，请切换到下级地区分别填写。")


def keep_form(
    *,
    user: Any,
    name: str,
    data: bytes,
    asker: str,
    document: str,
    every: str = "",
    is_shared: bool = False,
) -> PaperForm:
    """Keep a blank form for the user's office. Raises Refused where nothing of it is understood,
    and PermissionDenied."""
    if not user.has_perm("core.export") or not user.region_id:
        raise PermissionDenied
    understand(data, user=user, region=user.region_id, on=today())
    path = media.store(data, folder=FOLDER)
    try:
        with transaction.atomic():
            return PaperForm.objects.create(
                region_id=user.region_id,
                by=user,
                name=media.plain_name(name, default="表格.xlsx"),
                asker=asker,
                document=document,
                every=every,
                is_shared=is_shared and len(user.region_id) < _LOWEST,
                file_path=path,
                sha256=hashlib.sha256(data).hexdigest(),
            )
    except BaseException:
        media.remove(path)
        raise


@transaction.atomic
def fill_kept(
    *, form: PaperForm, by: Any, region: str, on: datetime.date, reason: str = ""
) -> Made:
    """Fill a kept form and note that; see fill_form."""
    try:
        data = media.load(form.file_path)
    except FileNotFoundError:
        raise Refused(GONE) from None
    made = fill_form(
        user=by, name=form.name, data=data, region=region, on=on, reason=reason,
        bindings=form.bindings,
    )  # fmt: skip
    Filling.objects.create(
        form=form,
        by=by,
        region_id=region,
        day=on,
        rows=sum(table["rows"] for table in made.report["tables"]),
        cells=made.report["cells_filled"],
        figures=made.figures,
        is_clear=bool(reason),
        reason=reason.strip()[:200],
        serial=made.serial,
        sha256=hashlib.sha256(made.data).hexdigest(),
    )
    return made


@transaction.atomic
def bind_columns(*, form: PaperForm, by: Any, sheet: str, chosen: Mapping[str, str]) -> None:
    """Keep what fills the columns of a list of a form of one's own office, for all who fill it.

    `chosen` is {number of a column: attribute, "" to leave it empty}. Raises PermissionDenied, and
    RuleError for what the list does not have.
    """
    if form.region_id != by.region_id:
        raise PermissionDenied
    kept = PaperForm.objects.select_for_update().get(pk=form.pk)
    asked = understand(media.load(kept.file_path), user=by, region=by.region_id, on=today())
    table = next((one for one in asked.lists if one.sheet == sheet), None)
    if table is None:
        raise RuleError("PAPER", "这张表里没有这张名单，请刷新页面。")
    numbers = {str(column.column) for column in table.columns}
    known = {"", *(name for name, _ in table.choices)}
    if not set(chosen) <= numbers or not set(chosen.values()) <= known:
        raise RuleError("PAPER", "选的列这张表里没有，请刷新页面。")
    said = [name for name in chosen.values() if name]
    if len(said) != len(set(said)):
        raise RuleError("PAPER", "同一项内容选给了两列，请改正。")
    proposed = {str(column.column): column.name for column in table.columns}
    changed = {number: name for number, name in chosen.items() if proposed[number] != name}
    kept.bindings = kept.bindings | {sheet: changed}
    kept.save(update_fields=["bindings"])


def remove_form(*, form: PaperForm, by: Any) -> None:
    """Take a form of one's own office off the list; what was filled stays on record."""
    if form.region_id != by.region_id:
        raise PermissionDenied
    PaperForm.objects.filter(pk=form.pk).update(removed_at=Now())


def _fill(
    data: bytes, asked: Understood, *, user: Any, region: str, on: datetime.date, is_clear: bool
) -> tuple[Made, list[dict[str, Any]]]:
    forms = asked.lists
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
    figures = [grid.fill(on) for grid in asked.grids]
    filled: Filled = fill(data, fills=figures, tables=lists)
    tables = [
        {"sheet": form.sheet, "rows": count.rows, "list": form.entity.list_label}
        for form, count in zip(forms, counted, strict=True)
    ]
    tables += [{"sheet": grid.sheet, "rows": grid.rows, "list": FIGURES} for grid in asked.grids]
    unfilled = sum(
        len(grid.cells) - len(one.cells) for grid, one in zip(asked.grids, figures, strict=True)
    )
    report = {
        "cells_filled": filled.filled,
        "cells_empty": sum(count.empty for count in counted) + unfilled,
        "unknown": [
            {"sheet": sheet, "cell": cell, "heading": heading}
            for sheet, cell, heading in asked.unknown
        ],
        "tables": tables,
        "locked": [list(place) for place in filled.locked],
    }
    numbers = [
        {"sheet": grid.sheet, "cell": address(*at), "says": grid.says[at], "value": one.cells[at]}
        for grid, one in zip(asked.grids, figures, strict=True)
        for at in grid.cells
        if at in one.cells
    ]
    return Made(filled.data, report, people, figures=numbers), tables


def changes_since(filling: Filling) -> list[dict[str, Any]]:
    """The figures of a filling that differ from those of the time before in the same area, each
    with what it was (None where it is new)."""
    before = (
        filling.form.fillings.filter(region=filling.region_id, made_at__lt=filling.made_at)
        .order_by("-made_at", "-id")
        .first()
    )
    if before is None:
        return []
    were = {(one["sheet"], one["cell"]): one["value"] for one in before.figures}
    return [
        one | {"was": were.get((one["sheet"], one["cell"]))}
        for one in filling.figures
        if were.get((one["sheet"], one["cell"])) != one["value"]
    ]


def spared(user: Any, *, on: datetime.date) -> dict[str, int]:
    """本期少填: how many forms and cells the portal has filled for an office this month."""
    mine = Filling.objects.filter(region=user.region_id, made_at__date__gte=on.replace(day=1))
    found = mine.aggregate(forms=Count("pk"), cells=Sum("cells"))
    return {"forms": found["forms"], "cells": found["cells"] or 0}


def due_forms(forms: Iterable[PaperForm], user: Any, *, on: datetime.date) -> set[Any]:
    """The keys of the forms that are asked for regularly and were not filled yet in the period of
    a day, for the user's own area."""
    due = set()
    for form in forms:
        months = Every(form.every).months
        if not months:
            continue
        begins = on.replace(month=(on.month - 1) // months * months + 1, day=1)
        if not form.fillings.filter(region=user.region_id, day__gte=begins).exists():
            due.add(form.pk)
    return due
