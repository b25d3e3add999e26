"""R16 for a ledger: second stations of a township, in the registry or earlier in the file."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from core.ledgers.asking import say
from core.ledgers.ledger import ImportContext
from core.models import ImportRow
from stations.codes import StationKind
from stations.places.models import Station
from stations.places.rules import check_one_per_township

Outcome = ImportRow.Outcome


def remark_second_stations(rows: list[ImportRow], context: ImportContext) -> None:
    """Remark on the rows, new or changed, whose township has another open station."""
    regions = {_station(row)["region_id"] for row in rows}
    known: dict[str, dict[str, str]] = defaultdict(dict)
    branches: set[str] = set()
    stations = Station.objects.open().filter(kind=StationKind.TOWNSHIP, region__in=regions)
    for pk, region, name, is_branch in stations.order_by("name").values_list(
        "pk", "region", "name", "is_branch"
    ):
        if is_branch:
            branches.add(str(pk))
        else:
            known[region][str(pk)] = name
    earlier: dict[str, dict[int, str]] = context.memory.setdefault("townships", {})
    for row in rows:
        station = _station(row)
        if station["kind"] != StationKind.TOWNSHIP or row.outcome == Outcome.HELD:
            continue
        own, listed = str(row.target or ""), earlier.setdefault(station["region_id"], {})
        others = {pk: name for pk, name in known[station["region_id"]].items() if pk != own}
        before = [name for number, name in listed.items() if number < row.number]
        if row.target is None:
            listed[row.number] = station["name"]
        if row.outcome == Outcome.UNCHANGED:
            continue
        for flag in check_one_per_township(
            kind=station["kind"], is_branch=own in branches, others=[*others.values(), *before]
        ):
            say(row, flag.message, rule=flag.rule, level=flag.level, column="站点名称")


def _station(row: ImportRow) -> dict[str, Any]:
    return row.staged("stations.station")[0]
