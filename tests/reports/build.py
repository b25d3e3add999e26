"""Small worlds to count: each function makes one row with sane defaults."""

from __future__ import annotations

import datetime
import itertools
from types import SimpleNamespace
from typing import Any

from django.http import QueryDict

from core.entities.reach import Reach
from core.figures.lists import WHOLE, is_known, members
from core.models import Region, User
from reports.definitions.registry import BY_CODE
from reports.lists.asking import Asked
from reports.lists.kinds import LISTS
from reports.lists.listing import FigureListing
from stations.models import (
    Organization,
    Station,
    StationCoverage,
    StationMonthly,
    StationState,
)
from talent.models import (
    Certificate,
    Education,
    GraduateStat,
    KeyTalentClaim,
    Person,
    PersonState,
    Post,
)
from tests.figures import figure

DAY = datetime.date(2025, 12, 31)
EARLY = datetime.date(2022, 1, 1)
_numbers = itertools.count(1)


def on(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def employer(region: str = "520102", **fields: Any) -> Organization:
    return Organization.objects.create(
        name=f"机构{next(_numbers)}", region_id=region, **{"kind": "4", **fields}
    )


def person(
    place: str | None = "520102016",
    *,
    post: bool = True,
    status: str = "10",
    since: datetime.date = EARLY,
    employment: str = "1",
    **fields: Any,
) -> Person:
    """Somebody living in `place` since `since`, with a primary post there unless post=False."""
    number = next(_numbers)
    made = Person.objects.create(
        name=f"人{number}",
        pinyin=f"ren{number:05d}",
        id_number=f"52010219900101{number:04d}",
        residence_id=place,
        region_id=place,
        status=status,
        **fields,
    )
    PersonState.objects.create(person=made, status=status, residence_id=place, valid_from=since)
    if post and place:
        give_post(made, place, since=since, employment=employment)
    return made


def give_post(
    someone: Person,
    region: str,
    *,
    since: datetime.date = EARLY,
    until: datetime.date | None = None,
    primary: bool = True,
    station: Station | None = None,
    employment: str = "1",
) -> Post:
    return Post.objects.create(
        person=someone,
        organization=None if station else employer(region),
        station=station,
        region_id=region,
        started_on=since,
        ended_on=until,
        is_primary=primary,
        employment=employment,
    )


def change_state(someone: Person, day: datetime.date, status: str, residence: str | None) -> None:
    PersonState.objects.filter(person=someone, valid_to=None).update(valid_to=day)
    PersonState.objects.create(
        person=someone, status=status, residence_id=residence, valid_from=day
    )


def certificate(someone: Person, level: str = "1", day: str = "2022-06-12", **fields: Any) -> Any:
    return Certificate.objects.create(
        person=someone, level=level, approved_on=on(day), **{"verification": "2", **fields}
    )


def study(someone: Person, level: str = "21", major: str = "会计", **fields: Any) -> Education:
    return Education.objects.create(person=someone, level=level, major=major, **fields)


def claim(someone: Person, kind: str = "A", day: str = "2022-06-12", **fields: Any) -> Any:
    defaults = {"state": "2", "native_basis": "1", "evidence": "证书"}
    return KeyTalentClaim.objects.create(
        person=someone, claim_class=kind, qualified_on=on(day), **defaults | fields
    )


def station(
    region: str,
    kind: str = "3",
    status: str = "3",
    *,
    since: datetime.date = EARLY,
    approval: str = "民发〔2022〕1号",
    covers: tuple[str, ...] = (),
    **fields: Any,
) -> Station:
    made = Station.objects.create(
        name=f"站{next(_numbers)}", kind=kind, region_id=region, status=status,
        built_on=since, approval_number=approval, **fields,
    )  # fmt: skip
    StationState.objects.create(station=made, status=status, valid_from=since)
    for code in covers:
        StationCoverage.objects.create(station=made, region_id=code, valid_from=since)
    return made


def close(made: Station, day: datetime.date, status: str = "5") -> None:
    StationState.objects.filter(station=made, valid_to=None).update(valid_to=day)
    StationState.objects.create(station=made, status=status, valid_from=day)


def served(made: Station, month: str, **counts: Any) -> None:
    StationMonthly.objects.create(station=made, month=on(month), **(counts or {"visits": 3}))


def graduates(year: int, number: int, **fields: Any) -> GraduateStat:
    defaults = {"school": f"学院{next(_numbers)}", "region_id": "52", "level": "21"}
    return GraduateStat.objects.create(year=year, graduates=number, **defaults | fields)


def divide(code: str, **fields: Any) -> Region:
    """A region as a test needs it; the loaded list is left as it is."""
    level = {2: 1, 4: 2, 6: 3, 9: 4}[len(code)]
    parent = code[:-3] if level == 4 else code[:-2]
    return Region.objects.create(
        code=code, name=fields.pop("name", f"区{code}"), level=level, parent_id=parent, **fields
    )


def reviewer(region: str) -> User:
    return User.objects.create_user(
        f"r{region}", "Cast-2026-pass", role="reviewer", region_id=region, display_name="审核"
    )


def exported(indicator: Any, region: str, day: datetime.date = DAY) -> list[Any]:
    """The rows that the file of a list has, for somebody who may see all."""
    user = User(username="x", role="reviewer", region_id="52")
    asked = Asked(indicator, region, day, WHOLE, user)
    reach = Reach(LISTS[indicator.population.code].counted, user)
    request = SimpleNamespace(user=user, method="POST", session={})
    listing = FigureListing(asked, reach, request, QueryDict())
    return list(listing.read(listing.chosen([])))


def count(code: str, region: str = "52", day: datetime.date = DAY) -> int | None:
    """The figure, after checking that its list is as long; of what is unknown it is empty."""
    value = figure(code, region, day=day)
    indicator = BY_CODE[code]
    rows = members(indicator, day, region)
    listed = sum(getattr(r, indicator.weight) for r in rows) if indicator.weight else len(rows)
    assert (value or 0) == listed
    assert is_known(indicator, day, region) == (value is not None)
    return value
