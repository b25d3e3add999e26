"""What the registry exported it knows again: nothing is doubled, nothing moved."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from python_calamine import CalamineWorkbook

from core.ledgers.workbooks import template_workbook
from core.models import ImportBatch, User
from core.secrecy.identity import check_character
from stations.models import Organization, Station
from talent.codes import PersonStatus
from talent.models import Certificate, Education, Person, Post, RegistrationPeriod, Title
from talent.people.ledger import PEOPLE_LEDGER
from tests.conftest import COUNTY_A, COUNTY_B, PREFECTURE, TOWNSHIP_A, Cast
from tests.imports.ledgers import apply, check, outcomes, take, words, workbook
from tests.rows import DAY, id_number, make_organization, make_person, make_project, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def again(client_of: Callable[[Any], Any]) -> Callable[[User, str], dict[str, int]]:
    """Export the list of a kind as a user and take the file in; the outcomes of its rows."""

    def run(user: User, kind: str, **asked: str) -> dict[str, int]:
        answer = client_of(user).post(f"/{kind}/export/", {"format": "xlsx", **asked})
        data = b"".join(answer.streaming_content)
        return outcomes(take(user, kind, data))

    return run


@pytest.mark.parametrize("who", ["clerk_a", "prefecture", "province"])
def test_stations_of_every_level(cast: Cast, again: Any, who: str) -> None:
    """The export says the place in one column, 所在地区."""
    make_station(TOWNSHIP_A)
    make_station(COUNTY_A, kind="2")
    if who != "clerk_a":
        make_station(PREFECTURE, "实训基地", kind="6")
    assert again(getattr(cast, who), "stations") == {"unchanged": 2 if who == "clerk_a" else 3}


def test_an_operator_above_the_office(cast: Cast, again: Any) -> None:
    """A township cannot see the county's organisation, but its station names it."""
    make_station(TOWNSHIP_A, operator=make_organization(COUNTY_A))
    assert again(cast.township_a, "stations") == {"unchanged": 1}
    assert Organization.objects.count() == 1


def test_a_purchaser_above_the_office(cast: Cast, again: Any) -> None:
    make_project(COUNTY_A, purchaser=make_organization(PREFECTURE, "贵阳市民政局"))
    assert again(cast.clerk_a, "projects") == {"unchanged": 1}
    assert Organization.objects.count() == 1


IN_FULL = {"unmasked": "1", "reason": "核对花名册"}


@pytest.mark.parametrize("asked", [{}, IN_FULL], ids=["masked", "in full"])
def test_people_whatever_became_of_them(cast: Cast, again: Any, asked: dict[str, str]) -> None:
    """The retired and departed stay so: the file says of them what the registry does."""
    became = [s for s in PersonStatus if s not in (PersonStatus.MERGED, PersonStatus.DEACTIVATED)]
    people = [
        make_person(COUNTY_A, f"张{name}", status=status)
        for name, status in zip("甲乙丙丁戊己庚", became, strict=True)
    ]
    make_person(COUNTY_A, "李四", phone="13885012345", ethnicity="02", remark="骨干")
    before = list(Person.objects.order_by("pk").values())
    assert again(cast.reviewer_a, "people", **asked) == {"unchanged": len(people) + 1}
    assert list(Person.objects.order_by("pk").values()) == before


def _full(region: str, name: str, station: str, **post: Any) -> Person:
    """Somebody with everything that the file says, known to the month or the day."""
    person = make_person(region, name, phone="13885012345", ethnicity="02", remark="骨干，返聘")
    given = {"started_on": datetime.date(2021, 3, 1), "started_precision": "M", "kind": "2"}
    Post.objects.create(
        person=person, station=make_station(region, station), region_id=region, **given | post
    )
    Post.objects.create(
        person=person, organization=make_organization(region), region_id=region,
        started_on=DAY, is_primary=False, employment="8",
    )  # fmt: skip
    for level, day in (("1", "2019-06-12"), ("2", "2021-06-12")):
        Certificate.objects.create(
            person=person,
            level=level,
            approved_on=day,
            number=f"{2019 + int(level)}{person.number}",
        )
    for level, major in (("31", "护理"), ("21", "社会工作"), ("21", "法学")):
        Education.objects.create(person=person, level=level, major=major, school="贵州大学（花溪）")
    Title.objects.create(person=person, series="社会工作", level="3")
    RegistrationPeriod.objects.create(
        person=person, starts_on=DAY, ends_on=datetime.date(2026, 2, 28), voucher="黔登1号"
    )
    Person.objects.filter(pk=person.pk).update(status=PersonStatus.SERVING)
    return person


HELD = (Person, Post, Certificate, Education, Title, RegistrationPeriod, Station, Organization)


@pytest.mark.parametrize("asked", [{}, IN_FULL], ids=["masked", "in full"])
@pytest.mark.parametrize("who", ["township_a", "reviewer_a", "prefecture", "province"])
def test_people_with_all_they_hold(cast: Cast, again: Any, who: str, asked: dict[str, str]) -> None:
    """Two stations of one name in two counties: each office knows which is meant."""
    _full(TOWNSHIP_A, "张三", "社工站（总站）")
    _full(TOWNSHIP_A, "李四", "新华社工站", started_on=DAY, started_precision="D", kind="1")
    if who not in ("township_a",):
        _full(COUNTY_A, "王五", "南明社工指导站")
    if who in ("prefecture", "province"):
        _full(COUNTY_B, "赵六", "社工站（总站）")
    before = [list(model.objects.order_by("pk").values()) for model in HELD]
    count = {"township_a": 2, "reviewer_a": 3}.get(who, 4)
    user = getattr(cast, who)
    assert again(user, "people", **asked) == {"unchanged": count}
    assert [list(model.objects.order_by("pk").values()) for model in HELD] == before


def _row(person: Person, **other: Any) -> dict[str, Any]:
    """As the export says it, with its numbers masked."""
    return {
        "姓名": person.name,
        "证件号码": person.masked_id_number,
        "联系电话": person.masked_phone,
        "状态": person.get_status_display(),
        "人才编号": person.number,
        **other,
    }


def _taken(user: User, row: dict[str, Any]) -> ImportBatch:
    return check(user, "people", workbook([list(row), list(row.values())]))


def test_another_status_is_asked_about_as_ever(cast: Cast) -> None:
    retired = make_person(COUNTY_A, status=PersonStatus.RETIRED)
    batch = _taken(cast.clerk_a, _row(retired, 状态="在岗"))
    assert outcomes(batch) == {"held": 1}
    assert "是否已回来工作" in words(batch, 2)
    # A word of the office's own says nothing of it.
    batch = _taken(cast.clerk_a, _row(retired, 状态="正常"))
    assert "是否已回来工作" in words(batch, 2)


def test_a_masked_row_says_the_rest_as_any_other(cast: Cast) -> None:
    person = make_person(COUNTY_A, phone="13885012345")
    batch = _taken(cast.clerk_a, _row(person, 曾用名="张珊"))
    assert outcomes(batch) == {"changed": 1}
    assert outcomes(apply(batch)) == {"changed": 1}
    person.refresh_from_db()
    assert (person.former_name, person.phone) == ("张珊", "13885012345")


def test_a_new_phone_in_a_masked_row_is_taken_and_lies_nowhere_in_clear(cast: Cast) -> None:
    person = make_person(COUNTY_A, phone="13885012345")
    batch = _taken(cast.clerk_a, _row(person, 联系电话="13985054321"))
    assert outcomes(batch) == {"changed": 1}
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM core_importrow r")
        assert "13985054321" not in cursor.fetchall()[0][0]
    apply(batch)
    person.refresh_from_db()
    assert person.phone == "13985054321"


def test_what_an_office_calls_so_is_its_own_matter(cast: Cast) -> None:
    """A number and a place that are not ours refuse nobody."""
    row = {
        "姓名": "张三", "身份证号": id_number(), "人才编号": "南明社工-2026-00017-甲",
        "所在地区": "城区",
    }  # fmt: skip
    assert outcomes(_taken(cast.clerk_a, row)) == {"new": 1}


@pytest.mark.parametrize(
    "other",
    [
        {"人才编号": "R00000000000"},
        {"姓名": "李四"},
        {"证件号码": "53*************999"},
        {"联系电话": "139****0000"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_masked_row_that_fits_nobody_says_what_to_do(cast: Cast, other: dict[str, str]) -> None:
    person = make_person(COUNTY_A, phone="13885012345")
    batch = _taken(cast.clerk_a, _row(person, **other))
    (outcome,) = outcomes(batch)
    assert outcome in {"held", "refused"}
    assert "是隐去的（带 *）" in words(batch, 2)
    assert "完整号码" in words(batch, 2)
    apply(batch)
    assert Person.objects.count() == 1


def test_a_number_that_is_all_mask_means_nobody(cast: Cast) -> None:
    row = _row(make_person(COUNTY_A), 人才编号="", 证件号码="***")
    batch = _taken(cast.clerk_a, row)
    assert outcomes(batch) == {"refused": 1}
    assert "又没有人才编号，认不出是谁" in words(batch, 2)


def test_without_our_number_a_name_and_a_mask_mean_the_one_person_of_both(cast: Cast) -> None:
    person = make_person(COUNTY_A)
    assert outcomes(_taken(cast.clerk_a, _row(person, 人才编号=""))) == {"unchanged": 1}
    # Of two of that name whose numbers look so nobody is meant.
    others = (f"5201021991{month:02d}{day:02d}" for month in range(1, 13) for day in range(1, 29))
    numbers = (f + s for f in others for s in (f"{n:03d}" for n in range(1000)))
    last = str(person.id_number)[-3:]
    alike = next(n + check_character(n) for n in numbers if (n + check_character(n))[-3:] == last)
    twin = make_person(COUNTY_A, id_number=alike)
    assert twin.masked_id_number == person.masked_id_number
    assert outcomes(_taken(cast.clerk_a, _row(person, 人才编号=""))) == {"held": 1}


def test_a_masked_row_does_not_tell_of_another_county(cast: Cast) -> None:
    """A 人才编号 leads no further than the office's own area."""
    batch = _taken(cast.clerk_a, _row(make_person(COUNTY_B)))
    assert outcomes(batch) == {"held": 1}
    assert "是隐去的（带 *）" in words(batch, 2)
    assert "花溪" not in words(batch, 2)


def test_a_full_number_beside_a_masked_phone_is_refused(cast: Cast) -> None:
    person = make_person(COUNTY_A, phone="13885012345")
    batch = _taken(cast.clerk_a, _row(person, 证件号码=person.id_number))
    assert outcomes(batch) == {"refused": 1}
    assert "联系电话是隐去的（带 *）" in words(batch, 2)


def test_what_only_our_own_files_have_is_not_asked_for(cast: Cast) -> None:
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(template_workbook(PEOPLE_LEDGER, cast.clerk_a))
    )
    told = str(
        [sheet for name in book.sheet_names for sheet in book.get_sheet_by_name(name).to_python()]
    )
    assert "身份证号" in told
    assert "人才编号" not in told
    assert "状态" not in told
