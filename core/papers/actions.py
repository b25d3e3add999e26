"""The forms of an office: kept, filled, their columns corrected, taken off its list."""

from __future__ import annotations

import datetime
import hashlib
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Now

from core.dates import today
from core.papers.addresses import address, cell_of
from core.papers.making import Asking, Made, make, note_read
from core.papers.models import Every, Filling, PaperForm
from core.papers.understanding import understand
from core.rules import RuleError
from core.secrecy import files as media
from core.secrecy.files import Refused

logger = logging.getLogger(__name__)
# A township has no office below it.
_LOWEST = 9
# Of the media store.
FOLDER = "papers"
GONE = "原件已不在，请重新上传这张表。"


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
    asked = understand(data, user=user, region=user.region_id, on=today())
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
                lists=asked.kinds,
                file_path=path,
                sha256=hashlib.sha256(data).hexdigest(),
            )
    except BaseException:
        media.remove(path)
        raise


def fill_kept(*, form: PaperForm, by: Any, **given: Any) -> Made:
    """Fill a kept form and note that; see fill_form."""
    asking = Asking(user=by, **given)
    try:
        data = media.load(form.file_path)
    except FileNotFoundError:
        raise Refused(GONE) from None
    made = make(asking, data, form.bindings)
    with transaction.atomic():
        note_read(made, asking, form.name)
        Filling.objects.create(
            form=form,
            by=by,
            region_id=asking.region,
            day=asking.on,
            rows=made.rows,
            cells=made.report["cells_filled"],
            figures=made.figures,
            typed=[one.as_json() for one in made.typed],
            narrowed=asking.words[:300] if asking.chosen else "",
            is_clear=asking.is_clear,
            reason=asking.reason.strip()[:200],
            serial=made.serial,
            sha256=made.sha256,
        )
        if form.lists != made.kinds:
            PaperForm.objects.filter(pk=form.pk).update(lists=made.kinds)
    return made


def learn_lists() -> None:
    """Look what the forms list that were kept before that was remembered. One that its sender may
    not have filled any more, or whose file is gone, lists nothing until somebody fills it."""
    for form in PaperForm.objects.filter(lists__isnull=True, removed_at=None).select_related("by"):
        given = {"user": form.by, "region": form.region_id, "on": today()}
        try:
            data = media.load(form.file_path)
            form.lists = understand(data, bindings=form.bindings, **given).kinds
        except (Refused, FileNotFoundError):
            form.lists = []
        except Exception:
            # The forms behind it are looked at all the same.
            logger.exception("form %s could not be understood", form.pk)
            form.lists = []
        form.save(update_fields=["lists"])


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


@transaction.atomic
def bind_cell(
    *, form: PaperForm, by: Any, sheet: str, cell: str, words: str, is_as_read: bool = False
) -> None:
    """Keep what a cell of a statistical table of one's own office counts, for all who fill it:
    `words` as headings say it, "" to leave it empty; or take it again as it is read. Raises
    PermissionDenied, and RuleError for what is no such cell or not understood."""
    if form.region_id != by.region_id:
        raise PermissionDenied
    kept = PaperForm.objects.select_for_update().get(pk=form.pk)
    at = cell_of(cell)
    if at is None:
        raise RuleError("PAPER", f"「{cell[:20]}」不是格的位置，请写成 D5 这样。", field="cell")
    place = address(*at)
    own = {name: said for name, said in kept.bindings.get(sheet, {}).items() if name != place}
    if not is_as_read:
        own[place] = words
    asked = understand(
        media.load(kept.file_path), user=by, region=by.region_id, on=today(),
        bindings=kept.bindings | {sheet: own},
    )  # fmt: skip
    grid = next((one for one in asked.grids if one.sheet == sheet), None)
    if grid is None:
        raise RuleError("PAPER", "这张表里没有这张统计表，请刷新页面。")
    if words and not is_as_read and at not in grid.cells:
        said = f"「{words[:40]}」没有认出要统计什么，请把统计的对象也写上，例如「持证人员、女」。"
        raise RuleError("PAPER", said, field="words")
    kept.bindings = kept.bindings | {sheet: own}
    kept.save(update_fields=["bindings"])


def remove_form(*, form: PaperForm, by: Any) -> None:
    """Take a form of one's own office off the list; what was filled stays on record."""
    if form.region_id != by.region_id:
        raise PermissionDenied
    PaperForm.objects.filter(pk=form.pk).update(removed_at=Now())


def changes_since(filling: Filling) -> list[dict[str, Any]]:
    """The figures of a filling that differ from those of the time before in the same area, each
    with what it was (None where it is new)."""
    if filling.narrowed:
        return []
    before = (
        filling.form.fillings.filter(region=filling.region_id, made_at__lt=filling.made_at)
        .filter(narrowed="")
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
        whole = form.fillings.filter(region=user.region_id, narrowed="")
        if not whole.filter(day__gte=begins).exists():
            due.add(form.pk)
    return due
