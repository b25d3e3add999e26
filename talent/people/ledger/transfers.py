"""A row about a person of another county becomes a transfer request, never an overwrite."""

from __future__ import annotations

from typing import Any

from core.decisions import actions as decisions
from core.ledgers.ledger import ImportContext
from core.models import ImportBatch, ImportRow
from talent.moves.actions import TRANSFER
from talent.moves.models import TransferRequest
from talent.people.models import Person

_PLACE = ("id", "column", "name", "region", "kind")


def ask(person: Person, row: ImportRow, context: ImportContext) -> None:
    """Ask the person's county, once: an open request is left as it is."""
    if TransferRequest.objects.pending().filter(person=person).exists():
        return
    (staged,), posts = row.staged("talent.person"), row.staged("talent.post")
    request = TransferRequest(
        person=person,
        from_region_id=person.region_id,
        to_region_id=staged["region_id"],
        direction="in",
        post=_proposed(next(iter(posts), None), context.batch_id),
        reason="台账导入",
    )
    decisions.ask(TRANSFER, request, by=context.user, on=context.day)


def _proposed(post: dict[str, Any] | None, batch: Any) -> dict[str, Any]:
    """The post as a request keeps it: a place that is only planned by its name, and how it is
    to be created when the request is granted."""
    if not post:
        return {}
    planned = ImportBatch.objects.values_list("places", flat=True).get(pk=batch)
    places = {place["id"]: place for place in planned}
    given = {"kind": post["kind"], "employment": post["employment"]}
    given |= {"started_on": post["started_on"]}
    for column in ("station", "organization"):
        if key := post.get(f"{column}_id"):
            given[column] = places[key]["name"] if key in places else key
            if key in places:
                given["planned"] = {name: places[key][name] for name in _PLACE}
    return given


def withdraw(batch: ImportBatch) -> None:
    """Take back what was asked while a batch was applied, as far as nobody answered yet."""
    asked = ImportRow.objects.filter(batch=batch, outcome=ImportRow.Outcome.HELD)
    TransferRequest.objects.pending().filter(
        requested_by=batch.job.by_id,
        created_at__range=(batch.applied_at, batch.job.finished_at),
        person__in=asked.exclude(target=None).values("target"),
    ).withdraw("导入已撤销")
