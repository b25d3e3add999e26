"""Demo stations and organisations over the real townships."""

import datetime
import random
import uuid
from dataclasses import dataclass, field

from django.conf import settings

from core.dates import add_months
from core.models import Region
from demo.entering import enter
from stations.codes import (
    OrganizationKind,
    PartyBranch,
    Rating,
    RegistrationLevel,
    Span,
    StationKind,
    StationStatus,
    System,
)
from stations.models import (
    Organization,
    Station,
    StationCoverage,
    StationMonthly,
    StationState,
    StationTarget,
)
from stations.months.spans import first_day

# One of them in each prefecture.
_SECTORS = (
    ("公安局", System.POLICE), ("司法局", System.JUSTICE), ("总工会", System.UNIONS),
    ("教育局", System.EDUCATION), ("卫生健康局", System.HEALTH), ("妇联", System.WOMEN),
    ("残联", System.DISABLED), ("信访局", System.PETITIONS),
    ("人力资源和社会保障局", System.LABOUR),
)  # fmt: skip
_AGENCIES = ("星火", "同心", "黔行", "彩虹", "阳光里", "益路", "山水", "乡伴")


def new_id(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


@dataclass
class Places:
    """What people can be posted to: by township, county and prefecture code."""

    townships: list[Region]
    names: dict[str, str]
    stations: dict[str, list[Station]] = field(default_factory=dict)
    bureaus: dict[str, Organization] = field(default_factory=dict)
    agencies: dict[str, list[Organization]] = field(default_factory=dict)
    committees: dict[str, Organization] = field(default_factory=dict)
    schools: list[Organization] = field(default_factory=list)
    built: dict[uuid.UUID, datetime.date] = field(default_factory=dict)


def build_places(rng: random.Random, today: datetime.date) -> Places:
    regions = list(Region.objects.current().order_by("code"))
    names = {r.code: r.name for r in regions}
    places = Places([r for r in regions if r.level == Region.Level.TOWNSHIP], names)
    _organizations(rng, places, regions)
    _stations(rng, places, regions, today)
    return places


def _organizations(rng: random.Random, places: Places, regions: list[Region]) -> None:
    rows: list[Organization] = []

    def add(name: str, kind: str, region: str, **fields: object) -> Organization:
        organization = Organization(
            id=new_id(rng), name=name, kind=kind, region_id=region, **fields
        )
        rows.append(organization)
        return organization

    for region in regions:
        if region.level == Region.Level.TOWNSHIP:
            places.committees[region.code] = add(
                f"{region.name}中心社区居民委员会", OrganizationKind.COMMITTEE, region.code
            )
            continue
        suffix = {1: "民政厅"}.get(region.level, "民政局")
        places.bureaus[region.code] = add(
            region.name + suffix,
            OrganizationKind.BUREAU,
            region.code,
            is_lead=True,
            system=System.CIVIL_AFFAIRS,
        )
        if region.level == Region.Level.COUNTY:
            places.agencies[region.code] = [
                add(
                    f"{region.name}{word}社会工作服务中心",
                    OrganizationKind.AGENCY,
                    region.code,
                    registered_on=_registered_on(f"{region.code}{word}"),
                    parent=places.bureaus[region.code],
                    system=System.CIVIL_AFFAIRS,
                    registration_level=RegistrationLevel.COUNTY,
                    **_assessed(f"{region.code}{word}"),
                )
                for word in rng.sample(_AGENCIES, k=2)
            ]
    for school in ("贵州大学", "贵州民族大学", "贵州师范大学", "贵州财经大学", "铜仁学院"):
        places.schools.append(add(school, OrganizationKind.UNIVERSITY, settings.PROVINCE_CODE))
    prefectures = [region for region in regions if region.level == Region.Level.PREFECTURE]
    for region, (name, system) in zip(prefectures, _SECTORS, strict=False):
        dice = random.Random(region.code)  # noqa: S311  nothing secret
        sector = Organization(id=new_id(dice), name=region.name + name, region=region)
        sector.kind, sector.system = OrganizationKind.SECTOR_DEPARTMENT, system
        rows.append(sector)
    enter(rows)


def _registered_on(agency: str) -> datetime.date | None:
    """Of one in ten nobody has filled it in. By dice of its own: the other data stay the same."""
    dice = random.Random(agency)  # noqa: S311  nothing secret
    if dice.random() < 0.1:
        return None
    return datetime.date(dice.randint(2014, 2024), dice.randint(1, 12), dice.randint(1, 28))


def _assessed(agency: str) -> dict[str, object]:
    """What forms ask of an agency; of one in five nobody has said it."""
    dice = random.Random(f"{agency}评估")  # noqa: S311  nothing secret
    if dice.random() < 0.2:
        return {}
    rating = dice.choices([*Rating], [2, 4, 8, 2, 1, 6])[0]
    until = datetime.date(dice.randint(2025, 2029), 12, 31)
    exempt, deductible = dice.random() < 0.5, dice.random() < 0.2
    return {
        "party_branch": dice.choices([*PartyBranch], [3, 4, 3])[0],
        "rating": rating,
        "rated_until": None if rating == Rating.NONE else until,
        "tax_exempt": str(int(exempt)),
        "tax_exempt_until": until if exempt else None,
        "deductible": str(int(deductible)),
        "deductible_until": until if deductible else None,
    }


def _stations(
    rng: random.Random, places: Places, regions: list[Region], today: datetime.date
) -> None:
    stations: list[Station] = []
    states: list[StationState] = []
    coverages: list[StationCoverage] = []
    months: list[StationMonthly] = []
    targets: list[StationTarget] = []

    def add(name: str, kind: str, region: Region, status: str, built: datetime.date) -> Station:
        approved = rng.random() < 0.9
        station = Station(
            id=new_id(rng),
            name=name,
            kind=kind,
            region_id=region.code,
            status=status,
            built_on=built if status != StationStatus.PREPARING else None,
            # Some of them should have been built by now.
            planned_on=add_months(today.replace(day=1), len(name) % 9 - 2)
            if status == StationStatus.PREPARING
            else None,
            planned_precision="M",
            approval_number=f"{region.code[:6]}民发〔{built.year}〕{rng.randrange(1, 90)}号"
            if approved and status != StationStatus.PREPARING
            else "",
            operator=rng.choice(places.agencies[region.code[:6]])
            if len(region.code) >= 6 and rng.random() < 0.5
            else None,
            area=rng.randrange(50, 400),
            capacity=rng.randrange(2, 7),
            village_count=len(name) % 9 + 4,
            rating=("", "二星级", "三星级")[len(name) % 3] if approved else "",
        )
        stations.append(station)
        states.append(
            StationState(id=new_id(rng), station=station, status=status, valid_from=built)
        )
        places.stations.setdefault(region.code, []).append(station)
        places.built[station.id] = built
        return station

    def on(first: int, last: int) -> datetime.date:
        return datetime.date(rng.randint(first, last), rng.randint(1, 12), 15)

    running, built, preparing, stalled = "3", "2", "1", "4"
    for region in regions:
        if region.level == Region.Level.PREFECTURE:
            add(
                f"{region.name}社会工作指导中心",
                StationKind.CENTRE,
                region,
                running,
                on(2020, 2022),
            )
        elif region.level == Region.Level.COUNTY:
            status = running if rng.random() < 0.95 else built
            add(f"{region.name}社会工作总站", StationKind.HUB, region, status, on(2020, 2023))
            if rng.random() < 0.06:
                kind = rng.choice([StationKind.TRAINING_BASE, StationKind.FIELDWORK_BASE])
                name = f"{region.name}社会工作{StationKind(kind).label}"
                add(name, kind, region, running, on(2021, 2024))
        elif region.level == Region.Level.TOWNSHIP:
            if rng.random() < 0.03:
                continue
            status = rng.choices([running, built, preparing, stalled], [88, 6, 3, 3])[0]
            station = add(
                f"{region.name}社会工作和志愿服务站",
                StationKind.TOWNSHIP,
                region,
                status,
                on(2020, 2025),
            )
            coverages.append(
                StationCoverage(
                    id=new_id(rng),
                    station=station,
                    region_id=region.code,
                    valid_from=places.built[station.id],
                )
            )
            if status == running and rng.random() < 0.9:
                reported = _months(rng, station, today)
                by_quarter = int(region.code[:6]) % _BY_QUARTER == 0
                months.extend(_quarters(reported) if by_quarter else reported)
                targets.extend(_targets(station, today.year))
            if rng.random() < 0.08:
                add(
                    f"{region.name}中心社区社工室",
                    StationKind.ROOM,
                    region,
                    running,
                    on(2022, 2025),
                )
    enter(stations)
    enter(states)
    enter(coverages)
    enter(months)
    enter(targets)


def _months(rng: random.Random, station: Station, today: datetime.date) -> list[StationMonthly]:
    """What the station did in the last six whole months and at the end of 十四五."""
    firsts = {datetime.date(2025, month, 1) for month in (10, 11, 12)}
    first = today.replace(day=1)
    for _ in range(6):
        first = (first - datetime.timedelta(days=1)).replace(day=1)
        firsts.add(first)
    rows = []
    # By dice of its own: the other data stay the same.
    dice = random.Random(f"{station.pk}")  # noqa: S311  nothing secret
    says_more = dice.random() < 0.7
    for month in sorted(m for m in firsts if m < today):
        groups = rng.randrange(0, 3)
        row = StationMonthly(
            id=new_id(rng),
            station=station,
            month=month,
            workers=rng.randrange(1, 5),
            cases_new=rng.randrange(0, 6),
            cases_open=rng.randrange(2, 15),
            cases_closed=rng.randrange(0, 3),
            groups=groups,
            group_sessions=groups * rng.randrange(2, 6),
            group_attendance=groups * rng.randrange(10, 60),
            activities=rng.randrange(1, 6),
            activity_attendance=rng.randrange(20, 300),
            visits=rng.randrange(5, 80),
            consultations=rng.randrange(0, 40),
            volunteer_hours=dice.randrange(0, 120),
            resources=dice.randrange(0, 40) * 250,
            volunteers=dice.randrange(0, 30),
        )
        row.cases_new = min(row.cases_new or 0, (row.cases_open or 0) + (row.cases_closed or 0))
        if not says_more:
            # Who answers what is asked, and no more.
            for name in set(StationMonthly.NUMBERS) - set(StationMonthly.ASKED):
                setattr(row, name, None)
        rows.append(row)
    return rows


# One county in so many reports by quarter.
_BY_QUARTER = 4
# What is there at a time does not add up.
_STOCKS = ("workers", "certified_workers", "cases_open")


def _quarters(months: list[StationMonthly]) -> list[StationMonthly]:
    """The same, reported by quarter."""
    found: dict[datetime.date, StationMonthly] = {}
    for row in months:
        first = first_day(row.month, Span.QUARTER)
        row.month, row.span = first, Span.QUARTER
        whole = found.setdefault(first, row)
        for name in StationMonthly.NUMBERS if whole is not row else ():
            said, more = getattr(whole, name), getattr(row, name)
            if more is not None:
                setattr(whole, name, more if name in _STOCKS else (said or 0) + more)
    for whole in found.values():
        if whole.cases_open is not None:
            left = (whole.cases_new or 0) - (whole.cases_closed or 0)
            whole.cases_open = max(whole.cases_open, left)
    return list(found.values())


def _targets(station: Station, year: int) -> list[StationTarget]:
    """Of every other station, for last year and this."""
    dice = random.Random(f"{station.pk}任务")  # noqa: S311  nothing secret
    if dice.random() < 0.5:
        return []
    asked = {
        "cases_new": dice.randrange(20, 60),
        "activities": dice.randrange(24, 60),
        "visits": dice.randrange(200, 600),
        "resources": dice.randrange(20, 80) * 1000,
        "volunteer_hours": dice.randrange(300, 900),
    }
    return [
        StationTarget(id=new_id(dice), station=station, year=which, number=number, target=target)
        for which in (year - 1, year)
        for number, target in asked.items()
    ]
