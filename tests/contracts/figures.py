"""Lists behind figures, as the walks over all lists open them: where one lies, a row of it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from core.models import Job, Region, User
from reports.definitions.registry import BY_CODE
from reports.lists.kinds import LISTS
from reports.models import Plan, SettledMembers, Settlement, Snapshot
from tests.reports import build

# Kind of rows -> an indicator that counts them, and what makes one at a place.
ROWS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "person": ("T1_L0", build.person),
    "station": ("T5", lambda place: build.station(place[:6], "2")),
    "organization": ("T8", lambda place: build.employer(place, registered_on=build.EARLY)),
    "graduatestat": ("T4_ALL", lambda place: build.graduates(2022, 12, region_id=place)),
    "region": ("T6_BUILT", lambda place: build.station(place).region),
}
FIGURES = sorted({entity.name for kind in LISTS.values() for entity in kind})


def question(entity: str) -> dict[str, str]:
    """What the address of such a list says besides region and indicator."""
    which = entity.partition("_")[0]
    on = {"on": build.DAY.isoformat()}
    return {"counted": {}, "settled": on, "corrected": on | {"part": "corrected"}}[which]


def address(entity: str, page: str = "list") -> str:
    """Where such a list of the province lies."""
    code = ROWS[entity.partition("_")[2]][0]
    name = {"list": "dashboard_list", "export": "dashboard_list_export"}[page]
    return reverse(name, kwargs={"region": "52", "code": code})


def settlement(by: User) -> Settlement:
    """The signed settlement, of which the tests say what it counted; all came after it."""
    found = Settlement.objects.first()
    if found is not None:
        return found
    job = Job.objects.create(kind="freeze", by=by, region_id="52", status="done")
    snapshot = Snapshot.objects.create(
        as_of=build.DAY, definitions_version="1", divisions_version="2022-10-31",
        is_settlement=True,
    )  # fmt: skip
    before = timezone.now() - datetime.timedelta(hours=1)
    return Settlement.objects.create(
        plan=Plan.objects.get(code="14_5"), job=job, by=by, document="黔民发〔2026〕1号",
        snapshot=snapshot, digest=uuid.uuid4().hex * 2, frozen_at=before,
    )  # fmt: skip


def add(entity: str, by: User) -> Any:
    """One more row of the list."""
    which, _, kind = entity.partition("_")
    code, make = ROWS[kind]
    model: Any = BY_CODE[code].population.rows(build.DAY).model
    taken = build.Station.objects.count() + model.objects.count() + SettledMembers.objects.count()
    townships = Region.objects.filter(level=Region.Level.TOWNSHIP, valid_to=None)
    place = townships.filter(code__startswith="5201").order_by("code")[taken % 100].pk
    row = make(place)
    if which != "counted":
        signed = settlement(by)
    if which == "settled":
        SettledMembers.objects.create(
            settlement=signed, indicator=code, region_id=place, ids=[str(row.pk)]
        )
    return row
