"""What the pages of a comparison show: its sections with their counts, and their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from core.entities.display import record_url
from core.entities.listing import Listing
from core.entities.made import table_of
from core.entities.paging import Page
from core.entities.reach import Reach
from core.entities.tables import AsRead
from core.jobs.models import Job
from core.ledgers import beside, showing
from core.ledgers.models import ImportBatch, ImportRow

Status = Job.Status
# In the order in which they are looked through; the one of the registry is no part of the list.
SECTIONS = {
    beside.DIFFERING: "不同",
    beside.ONLY_THERE: "名单上有、在册没有",
    beside.ONLY_HERE: "在册有、名单上没有",
    beside.OPEN: "读不了或待核实",
    beside.TWICE: "名单内重复",
    beside.SAME: "一致",
}
BY_PLACE = "place"


def stage_of(batch: ImportBatch) -> str:
    """Which page a comparison is on: progress, columns, result or ended."""
    status = batch.job.status
    if status in (Status.QUEUED, Status.RUNNING):
        return "progress"
    if status == Status.WAITING:
        return "columns"
    return "result" if status == Status.DONE else "ended"


def state_of(batch: ImportBatch) -> tuple[str, str]:
    """(words, colour) of a comparison's state."""
    if batch.job.status == Status.WAITING:
        return "待对应列", "attention"
    if batch.job.status == Status.DONE:
        return "已比对", "good"
    return showing.state_of(batch)


def counts_of(batch: ImportBatch) -> dict[str, int]:
    return {name: batch.counts.get(name, 0) for name in SECTIONS}


def tabs(counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    return [
        {"code": code, "label": label, "count": counts[code], "is_current": code == chosen}
        for code, label in SECTIONS.items()
        if counts[code] or code == chosen
    ]


def first_tab(counts: dict[str, int]) -> str:
    return next((code for code in SECTIONS if counts[code]), beside.SAME)


def rows_of(batch: ImportBatch, section: str, text: str = "") -> QuerySet[ImportRow]:
    """The rows of a section, those whose name has a text."""
    rows = ImportRow.objects.filter(beside.SECTIONS[section], batch=batch)
    return rows.filter(shown__name__icontains=text) if text else rows


def order_of(sort: str) -> list[str]:
    """By the place that a row names, or as the list has them."""
    return ["shown__detail", "number", "id"] if sort == BY_PLACE else ["number", "id"]


def shown_rows(batch: ImportBatch, rows: list[ImportRow], user: Any) -> list[dict[str, Any]]:
    """Rows as the page shows them: the link of those that the user may open, and the records
    that are called like those the registry does not have."""
    entity = beside.entity_for(batch.kind)
    met = [row.target for row in rows if row.target]
    within = set(Reach(entity, user).rows().filter(pk__in=met).values_list("pk", flat=True))
    unmet = [row.shown.get("name", "") for row in rows if row.target is None]
    alike = _records_called(batch, user, unmet)
    shown = showing.shown_rows(batch, rows, may_decide=False)
    return [
        one
        | {
            "url": record_url(entity.model(pk=row.target)) if row.target in within else "",
            "alike": alike.get(one["name"], []),
        }
        for row, one in zip(rows, shown, strict=True)
    ]


def _records_called(
    batch: ImportBatch, user: Any, names: Iterable[str]
) -> dict[str, list[dict[str, Any]]]:
    """By name the records of the region that no row is about: a number may be mistyped."""
    wanted, found = {name for name in names if name}, defaultdict(list)
    entity = beside.entity_for(batch.kind)
    if wanted and "name" in entity.field_names:
        for record in beside.not_listed(batch, user).filter(name__in=wanted).order_by("pk"):
            found[record.name].append({"pk": record.pk, "url": record_url(record)})
    return dict(found)


class NotListed(Listing):
    """The records that a list lacks; of its parameters only the search and the page are used."""

    def __init__(self, batch: ImportBatch, request: Any, params: QueryDict) -> None:
        super().__init__(Reach(beside.entity_for(batch.kind), request.user), request, params)
        self.batch = batch
        self.shown = table_of(self.entity).shown([])

    @cached_property
    def everything(self) -> Any:
        return beside.not_listed(self.batch, self.reach.user)

    @property
    def rows(self) -> Any:
        return self.everything

    @cached_property
    def scope_code(self) -> str:
        return self.batch.compared_region_id or ""

    @property
    def order(self) -> list[str]:
        place = ["region_id"] if "region" in self.entity.field_names else []
        return [*place, *(name for name in super().order if name != "region_id")]

    def _key(self) -> str:
        return f"{super()._key()}|{self.batch.pk}"

    def table(self, page: Page) -> Any:
        made = table_of(self.entity)
        hidden = [name for name in made.base_columns if name not in (self.shown or [])]
        table = made(AsRead(page.object_list), exclude=hidden, orderable=False)
        table.below, table.is_selectable = self.scope_code, False
        return table

    def rows_called(self, page: Page) -> list[tuple[int, str]]:
        """(number, name) of rows that met nobody and are called like a record of a page."""
        if "name" not in self.entity.field_names:
            return []
        names = [record.name for record in page.object_list]
        unmet = ImportRow.objects.filter(batch=self.batch, target=None)
        rows = unmet.exclude(outcome=ImportRow.Outcome.DUPLICATE).filter(shown__name__in=names)
        return list(rows.order_by("number").values_list("number", "shown__name"))
