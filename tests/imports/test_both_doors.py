"""Every rule on people says the same in a form and in a ledger (ARCHITECTURE "Import").

A case is entered by both doors; what they answer is compared: stopped, or the rules of the
remarks that ask for a reason.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from core.entities.forms.record import RecordForm
from core.entities.made import form_of
from core.models import ImportRow
from core.secrecy.identity import check_character
from stations.models import Station
from talent.actions import record_death
from talent.credentials.actions import update_certificate
from talent.entities import CERTIFICATES, POSTS, REGISTRATIONS
from talent.entities import PEOPLE as PEOPLE_ENTITY
from talent.models import Certificate, Person, Post, RegistrationPeriod
from tests.conftest import COUNTY_B, TOWNSHIP_A, Cast
from tests.imports.ledgers import PEOPLE, STATION, apply, check, person, row_of, workbook
from tests.rows import id_number, make_organization, make_person, make_station

pytestmark = pytest.mark.django_db
D = datetime.date
PersonForm, PostForm, CertificateForm, RegistrationForm = map(
    form_of, (PEOPLE_ENTITY, POSTS, CERTIFICATES, REGISTRATIONS)
)
HEAD = (*PEOPLE, "性别", "证件类型", "登记有效期")
STOPPED = {"stopped"}
Outcome = ImportRow.Outcome


def by_ledger(cast: Cast, number: str, **cells: Any) -> set[str]:
    """What the ledger answers to a row of the cells."""
    extra = [cells.pop(label, "") for label in HEAD[len(PEOPLE) :]]
    row = [*person(cells.pop("姓名", "张三"), number, **cells), *extra]
    batch = check(cast.clerk_a, "people", workbook([HEAD, row]))
    found = row_of(batch, 2)
    if found.outcome in (Outcome.REFUSED, Outcome.HELD):
        return STOPPED
    return {m["rule"] for m in found.messages if m["level"] == "W"}


def by_form(form: RecordForm) -> set[str]:
    """What a form answers."""
    form.is_valid()
    if set(form.errors) - {"reason"}:
        return STOPPED
    return {flag.rule for flag in form.warnings}


def resident(first: str) -> str:
    return first + check_character(first)


def _ending_in_x() -> str:
    firsts = (f"52010219900307{serial:03d}" for serial in range(999))
    return next(number for first in firsts if (number := resident(first)).endswith("X"))


# --- The person -----------------------------------------------------------------------------
def _registered_elsewhere() -> dict[str, str]:
    return {"number": str(make_person(COUNTY_B, "王五").id_number)}


def _dead(cast: Cast) -> dict[str, str]:
    one = make_person(TOWNSHIP_A, "王五")
    record_death(person=one, by=cast.reviewer_a, died_on=D(2025, 1, 1), proof="证明", reason="")
    return {"number": str(one.id_number), "姓名": "王五"}


def _shared_phone() -> dict[str, str]:
    for name in ("甲", "乙", "丙"):
        make_person(TOWNSHIP_A, name, phone="13800001234")
    return {"联系电话": "13800001234"}


PERSONS: list[tuple[str, Callable[[Cast], dict[str, str]], set[str]]] = [
    ("nothing", lambda _: {}, set()),
    ("R1 check", lambda _: {"number": "520102199003071230"}, STOPPED),
    ("R1 length", lambda _: {"number": "52010219900307123"}, STOPPED),
    ("R1 letter", lambda _: {"number": "52O102199003077734"}, STOPPED),
    ("R1 cross", lambda _: {"number": _ending_in_x().replace("X", "×")}, set()),
    ("R1 old number", lambda _: {"number": "520102900307123"}, {"R1"}),
    ("R1 sex", lambda _: {"number": resident("52010219900307123"), "性别": "女"}, {"R1"}),
    ("R2", lambda _: {"number": resident("99999919900307123")}, {"R2"}),
    ("R3", lambda _: {"证件类型": "港澳台居民居住证"}, STOPPED),
    ("R4", lambda _: _registered_elsewhere(), STOPPED),
    ("R5", lambda _: {"number": "520102199003071000"}, STOPPED),
    ("R6 child", lambda _: {"number": resident("52010220120307123")}, STOPPED),
    ("R21", _dead, STOPPED),
    ("R22", lambda _: {"备注": "服务对象 520102199003071236"}, {"R22"}),
    ("R23 note", lambda _: {"备注": "卡号 6222 0212 3456 7890 12"}, {"R23"}),
    ("R23 phone", lambda _: _shared_phone(), {"R23"}),
    ("R24 digit", lambda _: {"姓名": "张3"}, STOPPED),
    ("R24 dot", lambda _: {"姓名": "买买提•艾力"}, set()),
    ("R24 rare", lambda _: {"姓名": "䶮㛃"}, set()),
    ("R24 length", lambda _: {"姓名": "张" * 51}, STOPPED),
]


@pytest.mark.parametrize(("case", "cells", "answer"), PERSONS, ids=[c for c, *_ in PERSONS])
def test_of_a_person(case: str, cells: Any, answer: set[str], cast: Cast) -> None:
    said = cells(cast)
    number = said.pop("number", "") or id_number()
    data = {
        "name": said.get("姓名", "张三"),
        "id_type": "2" if "证件类型" in said else "1",
        "id_number": number,
        "sex": "2" if said.get("性别") == "女" else "0",
        "phone": said.get("联系电话", ""),
        "remark": said.get("备注", ""),
        "residence": TOWNSHIP_A,
        "category": "1",
    }
    assert by_form(PersonForm(data, user=cast.clerk_a)) == answer
    assert by_ledger(cast, number, **said) == answer


# --- The post -------------------------------------------------------------------------------
def _serves_elsewhere(one: Person) -> None:
    Post.objects.create(
        person=one,
        organization=make_organization(COUNTY_B),
        region_id=COUNTY_B,
        is_primary=False,
        started_on=D(2022, 1, 1),
    )


def _served_until(day: datetime.date, **fields: Any) -> Callable[[Person], None]:
    def served(one: Person) -> None:
        Post.objects.create(
            person=one,
            organization=make_organization(TOWNSHIP_A),
            region_id=TOWNSHIP_A,
            started_on=D(2020, 1, 1),
            ended_on=day,
            **fields,
        )

    return served


def _old(one: Person) -> None:
    one.id_number = resident("52010219500307123")
    one.birth_date = D(1950, 3, 7)
    one.clean()
    one.save()


POSTS: list[tuple[str, Callable[[Person], None] | None, dict[str, str], set[str]]] = [
    ("nothing", None, {}, set()),
    ("R6 child", None, {"入职日期": "2006-03-06"}, STOPPED),
    ("R6 old", _old, {}, {"R6"}),
    ("R14", _serves_elsewhere, {}, {"R14"}),
    ("R14 volunteer", _serves_elsewhere, {"用工性质": "志愿/兼职"}, set()),
    ("R14 past", _served_until(D(2023, 3, 2)), {}, {"R14"}),
    ("R14 past, one after the other", _served_until(D(2023, 3, 1)), {}, set()),
    ("R14 past, beside", _served_until(D(2024, 1, 1), is_primary=False), {}, set()),
    ("R15 before it was built", None, {"入职日期": "2019-03-01"}, {"R15"}),
    ("R15 to come", None, {"入职日期": "2099-01-01"}, STOPPED),
]


@pytest.mark.parametrize(("case", "before", "cells", "answer"), POSTS, ids=[c for c, *_ in POSTS])
def test_of_a_post(
    case: str, before: Any, cells: dict[str, str], answer: set[str], cast: Cast
) -> None:
    one = make_person(TOWNSHIP_A)
    if before:
        before(one)
    station = make_station(TOWNSHIP_A, STATION, built_on=D(2020, 1, 1))
    data = {
        "station": str(station.pk),
        "kind": "3",
        "is_primary": "on",
        "employment": "8" if "用工性质" in cells else "1",
        "started_on": cells.get("入职日期", "2023-03-01"),
    }
    assert by_form(PostForm(data, instance=Post(person=one), user=cast.clerk_a)) == answer
    row = [*person("张三", str(one.id_number), 入职日期=data["started_on"]), cells.get("用工性质")]
    batch = check(cast.clerk_a, "people", workbook([[*PEOPLE, "用工性质"], row]))
    found = row_of(batch, 2)
    if case == "R15 to come":
        # The form refuses it, the ledger takes the person without the post.
        assert found.outcome == Outcome.UNCHANGED
        assert "晚于今天，任职没有登记" in found.messages[0]["message"]
        return
    if case == "R6 child":
        # So early nobody can have begun: without the day the post begins with the import.
        answer = {"R6", "R15"}
    if answer == STOPPED:
        assert found.outcome == Outcome.REFUSED
        return
    assert found.outcome == Outcome.CHANGED
    assert {m["rule"] for m in found.messages if m["level"] == "W"} == answer
    assert Station.objects.count() == 1


# --- The certificate ------------------------------------------------------------------------
def _taken() -> None:
    other = make_person(TOWNSHIP_A, "李四")
    Certificate.objects.create(
        person=other, level="2", number="20200100001", approved_on=D(2020, 9, 13)
    )


SOCIAL_WORKER = {"level": "2", "number": "20200100001", "approved_on": "2020-09-13"}
CERTIFICATES: list[tuple[str, Callable[[], None] | None, dict[str, str], set[str]]] = [
    ("nothing", None, {}, set()),
    ("R7 short", None, {"number": "12345"}, {"R7"}),
    ("R7 long", None, {"number": "A" * 33}, {"R7"}),
    ("R7 taken", _taken, {}, STOPPED),
    ("R8 before the first exam", None, {"approved_on": "2007-09-13"}, {"R8"}),
    ("R8 to come", None, {"approved_on": "2099-01-01"}, {"DATE", "R8"}),
    ("R9 senior first", None, {"level": "3"}, {"R9"}),
]


@pytest.mark.parametrize(
    ("case", "before", "given", "answer"), CERTIFICATES, ids=[c for c, *_ in CERTIFICATES]
)
def test_of_a_certificate(
    case: str, before: Any, given: dict[str, str], answer: set[str], cast: Cast
) -> None:
    one = make_person(TOWNSHIP_A)
    if before:
        before()
    data = SOCIAL_WORKER | given
    form = CertificateForm(data, instance=Certificate(person=one), user=cast.clerk_a)
    # What a form refuses in a cell that may be empty, a ledger leaves out and says so.
    is_left_out = case in ("R7 long", "R8 to come")
    assert by_form(form) == (STOPPED if is_left_out else answer)
    level = dict(Certificate._meta.get_field("level").flatchoices)[data["level"]]
    cells = {"证书级别": level, "管理号": data["number"], "批准日期": data["approved_on"]}
    assert by_ledger(cast, str(one.id_number), **cells) == answer


def test_of_a_certificate_before_the_eighteenth_birthday(cast: Cast) -> None:
    """R8; the day in the ledger is measured with the ID number, in the form with the record."""
    one = make_person(TOWNSHIP_A)
    data = SOCIAL_WORKER | {"approved_on": "2008-03-06", "level": "9"}
    form = CertificateForm(data, instance=Certificate(person=one), user=cast.clerk_a)
    assert by_form(form) == {"R8"}
    level = dict(Certificate._meta.get_field("level").flatchoices)["9"]
    cells = {"证书级别": level, "管理号": data["number"], "批准日期": data["approved_on"]}
    assert by_ledger(cast, str(one.id_number), **cells) == {"R8"}


@pytest.mark.parametrize("verification", ["0", "1", "2", "4"])
def test_a_corrected_certificate_is_as_verified_by_either_door(
    verification: str, cast: Cast
) -> None:
    """What staff enter or import stands at 2 (T1, T2), whoever vouched for what was there."""
    kept = []
    for name, number in (("张三", "20200100001"), ("李四", "20200100002")):
        one = make_person(TOWNSHIP_A, name)
        kept.append(
            Certificate.objects.create(
                person=one,
                level="2",
                number=number,
                approved_on=D(2020, 9, 13),
                verification=verification,
                verified_by_means="自述",
            )
        )
    by_hand, by_import = kept
    by_hand.approved_on = D(2021, 9, 13)
    update_certificate(certificate=by_hand, by=cast.clerk_a)
    cells = {"证书级别": "社会工作师", "管理号": "20200100002", "批准日期": "2021-09-13"}
    row = person("李四", str(by_import.person.id_number), **cells)
    batch = check(cast.clerk_a, "people", workbook([PEOPLE, row]))
    apply(batch)
    found = Certificate.objects.values_list("verification", "verified_by_means", "approved_on")
    assert list(found) == [("2", "", D(2021, 9, 13))] * 2


@pytest.mark.parametrize(
    ("starts", "ends", "answer"),
    [
        ("2020-10-20", "2023-10-19", set()),
        ("2022-10-20", "2025-10-19", {"R10"}),
        ("2020-10-20", "2021-10-19", STOPPED),
        ("2020-10-20", "2019-10-19", STOPPED),
        ("2018-10-20", "2021-10-19", STOPPED),
    ],
    ids=["good", "R10", "R11 length", "R11 order", "R11 overlap"],
)
def test_of_a_registration(starts: str, ends: str, answer: set[str], cast: Cast) -> None:
    """What a form refuses a ledger of people leaves out, by the same rule."""
    one = make_person(TOWNSHIP_A)
    Certificate.objects.create(person=one, level="1", approved_on=D(2020, 9, 13))
    RegistrationPeriod.objects.create(
        person=one, kind="1", state="7", starts_on=D(2016, 1, 1), ends_on=D(2018, 12, 31)
    )
    data = {"kind": "1", "starts_on": starts, "ends_on": ends, "state": "7"}
    form = RegistrationForm(data, instance=RegistrationPeriod(person=one), user=cast.clerk_a)
    assert by_form(form) == answer
    said = by_ledger(cast, str(one.id_number), 登记有效期=f"{starts}至{ends}")
    assert said == ({"R11"} if answer == STOPPED else answer)
