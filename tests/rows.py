"""One valid row of every entity in a county, for tests that walk all entities."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

from core.decisions.actions import ask
from core.models import User
from core.secrecy.identity import check_character
from projects.models import Funding, Milestone, Payment, Project
from stations.models import Organization, Station, StationMonthly, StationState, StationTarget
from talent.corrections.actions import CORRECTION
from talent.models import (
    Certificate,
    ChangeRequest,
    Education,
    GraduateStat,
    KeyTalentClaim,
    NameList,
    Person,
    Post,
    RegistrationPeriod,
    Roster,
    RosterArrival,
    RosterLine,
    Title,
    TransferRequest,
)
from talent.moves.actions import TRANSFER
from talent.name_lists.actions import NAME_LIST, as_said
from talent.people.states import enter

_numbers = itertools.count(1)
DAY = datetime.date(2023, 3, 1)


def id_number(*, prefix: str = "520102", birth: str = "19900307", woman: bool = False) -> str:
    """A valid and new ID number; at most 499 for one prefix, birth date and sex."""
    serial = next(_numbers) % 500 * 2 + (0 if woman else 1)
    first = f"{prefix}{birth}{serial:03d}"
    return first + check_character(first)


def make_person(region: str, name: str = "张三", **fields: Any) -> Person:
    person = Person(
        name=name,
        id_number=fields.pop("id_number", None) or id_number(),
        residence_id=region,
        birth_date=datetime.date(1990, 3, 7),
        sex="1",
        **fields,
    )
    person.clean()
    enter(person)
    return person


def make_organization(region: str, name: str = "", **fields: Any) -> Organization:
    name = name or f"同心社会工作服务中心{next(_numbers)}"
    return Organization.objects.create(name=name, kind="4", region_id=region, **fields)


def make_station(region: str, name: str = "", **fields: Any) -> Station:
    name = name or f"某街道社工站{next(_numbers)}"
    fields.setdefault("kind", "3")
    station = Station.objects.create(name=name, region_id=region, status="3", **fields)
    StationState.objects.create(station=station, status="3", valid_from=DAY)
    return station


def make_project(region: str, name: str = "", **fields: Any) -> Project:
    fields.setdefault("purchaser", None)
    purchaser = fields.pop("purchaser") or make_organization(region)
    return Project.objects.create(
        name=name or f"服务项目{next(_numbers)}",
        purchaser=purchaser,
        region_id=region,
        service_field="02",
        fund="4",
        budget=100000,
        contract_amount=90000,
        started_on=DAY,
        ends_on=datetime.date(2024, 2, 28),
        stage="50",
        **fields,
    )


def make_row(entity: str, region: str) -> Any:
    """A row of the entity with that model name, in the region."""
    if entity in _OF_PERSON:
        model, fields = _OF_PERSON[entity]
        row = model(person=make_person(region, f"李{'甲乙丙丁'[next(_numbers) % 4]}"), **fields)
        if entity == "certificate":
            row.number = f"2023000{next(_numbers):08d}"
        row.save(force_insert=True)
        return row
    return _OTHERS[entity](region)


_OF_PERSON: dict[str, tuple[Any, dict[str, Any]]] = {
    "certificate": (Certificate, {"level": "1", "approved_on": DAY}),
    "registrationperiod": (
        RegistrationPeriod,
        {"starts_on": DAY, "ends_on": datetime.date(2026, 2, 28)},
    ),
    "education": (Education, {"level": "21", "major": "社会工作"}),
    "title": (Title, {"series": "社会工作", "level": "3"}),
    "keytalentclaim": (
        KeyTalentClaim,
        {"claim_class": "A", "qualified_on": DAY, "native_basis": "1", "evidence": "证书"},
    ),
}


def _post(region: str) -> Post:
    station = make_station(region)
    return Post.objects.create(
        person=make_person(region), station=station, region_id=region, started_on=DAY
    )


def _graduates(region: str) -> GraduateStat:
    return GraduateStat.objects.create(
        school=f"某学院{next(_numbers)}", region_id=region, level="21", year=2023, graduates=40
    )


def make_user(region: str, role: str = "clerk", name: str = "某录入员") -> User:
    """An account that plays no other part."""
    number = next(_numbers)
    return User.objects.create(
        username=f"row{number}", role=role, region_id=region or None, display_name=name
    )


def make_transfer(region: str) -> TransferRequest:
    """Out to a county that plays in no test, so that no two of the cast's share it."""
    request = TransferRequest(
        person=make_person(region, "赵六"), from_region_id=region, to_region_id="522301",
        direction="out", reason="工作调动",
    )  # fmt: skip
    made: TransferRequest = ask(TRANSFER, request, by=make_user(region))
    return made


def make_change(region: str) -> ChangeRequest:
    person = make_person(region, "钱七")
    changes = {"former_name": {"old": "", "new": "钱八"}}
    request = ChangeRequest(person=person, changes=changes, reason="更正")
    made: ChangeRequest = ask(CORRECTION, request, by=make_user("", "worker", person.name))
    return made


def make_name_list(region: str, by: User | None = None) -> NameList:
    certificate = make_row("certificate", region)
    request = NameList(region_id=region, name="合格人员名单", said=[as_said(certificate)], count=1)
    made: NameList = ask(NAME_LIST, request, by=by or make_user(region))
    return made


def make_roster(region: str, **fields: Any) -> Roster:
    """A sheet that has come back; of a station of its own where none is named."""
    fields = {"state": "2", "returned_on": DAY, **fields}
    if not {"station", "organization"} & fields.keys():
        fields["station"] = make_station(region)
    return Roster.objects.create(region_id=region, as_of=DAY, issued_by=make_user(region), **fields)


def make_roster_line(region: str) -> RosterLine:
    roster = make_roster(region)
    person = make_person(region, "孙九")
    Post.objects.create(person=person, station=roster.station, region_id=region, started_on=DAY)
    return RosterLine.objects.create(roster=roster, person=person, kind="3", started_on=DAY)


def make_arrival(region: str) -> RosterArrival:
    return RosterArrival.objects.create(roster=make_roster(region), name="周新")


_OTHERS: dict[str, Any] = {
    "person": make_person,
    "organization": make_organization,
    "station": make_station,
    "project": make_project,
    "post": _post,
    "graduatestat": _graduates,
    "stationmonthly": lambda region: StationMonthly.objects.create(
        station=make_station(region), month=datetime.date(2025, 1, 1), visits=3
    ),
    "stationtarget": lambda region: StationTarget.objects.create(
        station=make_station(region), year=2025, number="visits", target=600
    ),
    "transferrequest": make_transfer,
    "changerequest": make_change,
    "namelist": make_name_list,
    "roster": make_roster,
    "rosterline": make_roster_line,
    "rosterarrival": make_arrival,
    "milestone": lambda region: Milestone.objects.create(project=make_project(region), stage="50"),
    "funding": lambda region: Funding.objects.create(project=make_project(region), fund="1"),
    "payment": lambda region: Payment.objects.create(
        project=make_project(region), amount=100, paid_on=DAY
    ),
}
