"""Stations and organisations as ledgers call them: found, or planned as 待完善."""

from __future__ import annotations

import datetime
import re
import uuid
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef

from core.ledgers.ledger import ImportContext
from core.ledgers.plain import stable_id
from core.regions.names import place_name, place_names
from core.rules import RuleError
from stations.codes import OrganizationKind, StationKind, StationStatus
from stations.organizations.models import Organization
from stations.places.models import Station, StationCoverage, StationState
from stations.places.names import short_name
from stations.places.states import enter_stations

# Digits of a township's code.
_TOWNSHIP = 9


_ENDING = re.compile(r"(街道|镇|(.{1,3}族)?乡)$")


# Such a name says of a station no more than where it is.
PLAIN_STATION = re.compile("(社会工作|社工)(和志愿)?(服务)?站$")
_STATION = re.compile(r"(社工|社会工作).{0,10}(站|室|指导中心)$")


# Offices that every county has: the name alone says nothing of another county's.
_ANYWHERE = re.compile(
    r"(民政局|社会工作部|团委|妇联|残联|总工会|司法局|教育局|卫健局|人社局|财政局|政法委|信访局"
    r"|街道办事处|镇政府|乡政府|社会事务办(公室)?|社会事务服务中心|居委会|村委会)"
)


class Employer(NamedTuple):
    """Where a post is: column of the post ("station_id", "organization_id"), id, region;
    the day of building where it is known."""

    column: str
    id: str
    region: str
    opened_on: datetime.date | None = None
    name: str = ""


def find_employer(name: str, region: str, context: ImportContext) -> Employer:
    """The open station or organisation of a name: in the region, else alone in its county,
    else alone in the scope; else one is planned with the batch, to be completed later.

    「社工站」 of another township is another one. Raises RuleError for a
    name of several places where the row does not say which.
    """
    candidates = [e for e in _called(name, context) if not _is_elsewhere(e, name, region)]
    for reach in (region, region[:6]):
        near = _as_written(name, [e for e in candidates if e.region.startswith(reach)])
        if reach == region and len({e.region for e in near}) > 1:
            places = "、".join(place_name(e.region) for e in near[:3])
            message = f"工作单位「{name[:30]}」有多个（{places}等），请写明乡镇（街道）。"
            raise RuleError("PLACE", message)
        if near and (reach == region or len({e.region for e in near}) == 1):
            return near[0]
    if len(candidates) == 1 and len(candidates[0].region) <= 4:
        return candidates[0]
    return _plan(name, region, context)


def _called(name: str, context: ImportContext) -> list[Employer]:
    """All that a name may mean, known or planned."""
    shorts = context.memory.setdefault("shorts", {})
    if (short := shorts.get(name)) is None:
        short = shorts[name] = short_name(name)
    return _known(context).get(short, [])


def _as_written(name: str, found: list[Employer]) -> list[Employer]:
    """Those that are called exactly so, else all that one may call so, the plainest name first."""
    exact = [e for e in found if e.name == name]
    return exact or sorted(found, key=lambda e: (len(e.name), e.name, e.id))


def _is_elsewhere(employer: Employer, name: str, region: str) -> bool:
    """Whether it is the station of another township, of a name that says no township."""
    if employer.column != "station_id" or employer.region == region:
        return False
    if min(len(region), len(employer.region)) < _TOWNSHIP:
        return False
    return _ENDING.sub("", place_names().get(employer.region[:_TOWNSHIP], "")) not in name


def find_organization(name: str, region: str, context: ImportContext) -> Employer:
    """Like find_employer, but never a station: purchasers, contractors, operators."""
    known = [e for e in _called(name, context) if e.column == "organization_id"]
    known = _as_written(name, [*known, *context.memory["named"].get(short_name(name), [])])
    for reach in (region, region[:6]):
        if near := [e for e in known if e.region.startswith(reach)]:
            return near[0]
    above = [e for e in known if region.startswith(e.region)]
    if _ANYWHERE.fullmatch(name):
        near = above
    else:
        near = above or [e for e in known if e.region.startswith(region[:4])] or known
    return near[0] if near else _plan(name, region, context, is_station=False)


def stations_named(name: str, context: ImportContext) -> list[Employer]:
    """The open stations of a name in the scope; none that only ledgers speak of."""
    return [e for e in _called(name, context) if e.column == "station_id" and e.name]


def station_of(region: str, context: ImportContext) -> Employer | None:
    """The only open township station of a township, None when there is none or several."""
    _known(context)
    found = context.memory["stations_by_region"].get(region, [])
    return found[0] if len(found) == 1 else None


def _known(context: ImportContext) -> dict[str, list[Employer]]:
    if "employers" not in context.memory:
        _read_registry(context)
    known: dict[str, list[Employer]] = context.memory["employers"]
    planned = context.memory.setdefault("places", {})
    # Those that were planned since the last time, here or by another process.
    for place in islice(planned.values(), context.memory["places_known"], None):
        found = Employer(place["column"], place["id"], place["region"])
        known.setdefault(short_name(place["name"]), []).append(found)
    context.memory["places_known"] = len(planned)
    return known


def _read_registry(context: ImportContext) -> None:
    employers: dict[str, list[Employer]] = {}
    by_region: dict[str, list[Employer]] = {}
    stations = Station.objects.for_user(context.user).open()
    columns = ("pk", "name", "region_id", "kind", "built_on")
    for pk, name, region, kind, built_on in stations.values_list(*columns):
        found = Employer("station_id", str(pk), region, built_on, name)
        employers.setdefault(short_name(name), []).append(found)
        if kind == StationKind.TOWNSHIP:
            by_region.setdefault(region, []).append(found)
    organizations = Organization.objects.for_user(context.user).filter(ended_on=None)
    for pk, name, region in organizations.values_list("pk", "name", "region_id"):
        found = Employer("organization_id", str(pk), region, name=name)
        employers.setdefault(short_name(name), []).append(found)
    context.memory |= {
        "employers": employers,
        "stations_by_region": by_region,
        "named": _named_elsewhere(context),
        "places_known": 0,
    }


def _named_elsewhere(context: ImportContext) -> dict[str, list[Employer]]:
    """Organisations outside the scope that stations, projects and organisations in it name:
    贵阳市民政局 as purchaser of a county's project. A row that says the name means the same one."""
    found: dict[str, list[Employer]] = {}
    for relation in ("stations", "purchases", "contracts", "organization"):
        field: Any = Organization._meta.get_field(relation)
        named = field.related_model.objects.for_user(context.user).values(field.field.name)
        elsewhere = Organization.objects.filter(ended_on=None, pk__in=named).exclude(
            pk__in=Organization.objects.for_user(context.user).values("pk")
        )
        for pk, name, region in elsewhere.values_list("pk", "name", "region_id"):
            one = Employer("organization_id", str(pk), region, name=name)
            found.setdefault(short_name(name), []).append(one)
    return found


def _plan(
    name: str, region: str, context: ImportContext, *, is_station: bool | None = None
) -> Employer:
    if is_station is None:
        is_station = bool(_STATION.search(name)) and len(region) >= 4
    column = "station_id" if is_station else "organization_id"
    parts = (column, region, short_name(name))
    planned = Employer(column, str(stable_id(*parts)), region)
    key = "|".join(parts)
    context.memory.setdefault("places", {})[key] = {
        "key": key,
        "column": column,
        "id": planned.id,
        "name": name,
        "region": region,
        "kind": _kind(name, region) if is_station else _organization_kind(name),
    }
    return planned


def _kind(name: str, region: str) -> str:
    if name.endswith("总站"):
        return StationKind.HUB
    if name.endswith("指导中心"):
        return StationKind.CENTRE
    if name.endswith("室"):
        return StationKind.ROOM
    return StationKind.TOWNSHIP if len(region) >= 9 else StationKind.SERVICE_POINT


def _organization_kind(name: str) -> str:
    for ending, kind in (
        ("民政局", OrganizationKind.BUREAU),
        ("民政厅", OrganizationKind.BUREAU),
        ("委员会", OrganizationKind.COMMITTEE),
        ("居委会", OrganizationKind.COMMITTEE),
        ("村委会", OrganizationKind.COMMITTEE),
        ("社区", OrganizationKind.COMMITTEE),
        ("大学", OrganizationKind.UNIVERSITY),
        ("学院", OrganizationKind.UNIVERSITY),
        ("服务中心", OrganizationKind.AGENCY),
    ):
        if name.endswith(ending):
            return str(kind)
    return str(OrganizationKind.OTHER)


def create_used(batch: Any, path: str, columns: tuple[str, ...]) -> None:
    """Create the planned places that rows to be applied name in `columns` of the record
    that they insert (`path`, "talent.post"), before the rows are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT v.value FROM core_importrow r,"
            " jsonb_array_elements(r.writes->'insert'->%s) j, jsonb_each_text(j) v"
            " WHERE r.batch_id = %s AND r.outcome IN ('new', 'changed') AND v.key = ANY(%s)"
            " UNION SELECT DISTINCT v.value FROM core_importrow r,"
            " jsonb_array_elements(r.writes->'update'->%s) j, jsonb_each_text(j) v"
            " WHERE r.batch_id = %s AND r.outcome = 'changed' AND v.key = ANY(%s)",
            [path, batch.pk, list(columns)] * 2,
        )
        used = {value for (value,) in cursor.fetchall()}
        moved = create_planned([p for p in batch.places if p["id"] in used])
        for planned, real in moved.items():
            cursor.execute(
                "UPDATE core_importrow SET writes = replace(writes::text, %s, %s)::jsonb"
                " WHERE batch_id = %s AND writes::text LIKE %s",
                [planned, real, batch.pk, f"%{planned}%"],
            )


def create_planned(places: list[dict[str, Any]]) -> dict[str, str]:
    """Insert the planned places that still do not exist, in sets; returns
    {planned id: real id} of those that somebody created meanwhile."""
    stations = [p for p in places if p["column"] == "station_id"]
    organizations = [p for p in places if p["column"] == "organization_id"]
    open_now = Station.objects.exclude(status__in=[StationStatus.CLOSED, StationStatus.RENAMED])
    known_stations = {
        (name, region, kind): pk
        for pk, name, region, kind in open_now.filter(
            name__in=[p["name"] for p in stations]
        ).values_list("pk", "name", "region_id", "kind")
    }
    known_organizations = {
        (name, region): pk
        for pk, name, region in Organization.objects.filter(
            ended_on=None, name__in=[p["name"] for p in organizations]
        ).values_list("pk", "name", "region_id")
    }
    still_open = _still_open([p["id"] for p in places])
    moved: dict[str, str] = {}
    new_stations: list[Station] = []
    new_organizations: list[Organization] = []
    for place in places:
        key = (place["name"], place["region"])
        if place["column"] == "station_id":
            found = known_stations.get((*key, place["kind"]))
        else:
            found = known_organizations.get(key)
        if found is None and still_open.get(place["id"]):
            # Completed under another name since a ledger planned it.
            continue
        if found is not None:
            if str(found) != place["id"]:
                moved[place["id"]] = str(found)
            continue
        pk = place["id"]
        if pk in still_open:
            moved[place["id"]] = pk = str(uuid.uuid4())
        values = {
            "pk": pk,
            "name": place["name"],
            "region_id": place["region"],
            "kind": place["kind"],
            "is_incomplete": True,
        }
        if place["column"] == "station_id":
            new_stations.append(Station(**values))
        else:
            new_organizations.append(Organization(**values))
    enter_stations(new_stations)
    Organization.objects.bulk_create(new_organizations, batch_size=2000)
    return moved


def remove_unused(batch: Any) -> None:
    """Take back the places that an undone batch created and that nothing names any more,
    as long as nobody completed them."""
    planned = [place["id"] for place in batch.places]
    for model, own in ((Station, (StationState, StationCoverage)), (Organization, ())):
        left = model.objects.filter(
            pk__in=planned, created_at__gte=batch.applied_at, is_incomplete=True, version=1
        )
        for relation in model._meta.related_objects:
            child: Any = relation.related_model
            if child not in own and not hasattr(child, "pgh_tracked_model"):
                named = child._base_manager.filter(**{relation.field.name: OuterRef("pk")})
                left = left.exclude(Exists(named))
        keys = list(left.values_list("pk", flat=True))
        for dated in own:
            dated._base_manager.filter(station__in=keys).delete()
        model.objects.filter(pk__in=keys).delete()


def _still_open(ids: list[str]) -> dict[str, bool]:
    """Which planned ids were taken by an earlier batch, and whether that place is open."""
    stations = Station.objects.filter(pk__in=ids).values_list("pk", "status")
    organizations = Organization.objects.filter(pk__in=ids).values_list("pk", "ended_on")
    closed = (StationStatus.CLOSED, StationStatus.RENAMED)
    return {str(pk): status not in closed for pk, status in stations} | {
        str(pk): ended_on is None for pk, ended_on in organizations
    }
