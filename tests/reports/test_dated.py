"""What counts is dated: a verification, an approval and a mistake say of which days they speak."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from core.dates import today
from core.entities import former
from core.entities.deactivation import deactivate, reactivate
from core.figures.counting import figures_on
from core.figures.lists import members
from core.ledgers import actions as imports
from core.models import FormerValue
from core.rules import RuleError
from reports.definitions.registry import BY_CODE
from stations.models import Station
from stations.organizations.actions import end_organization
from stations.places.actions import close_station, open_station, update_station
from talent.credentials.actions import update_certificate, verify_certificate
from talent.models import Certificate, Person, RegistrationPeriod, Title
from talent.people.actions import deactivate_person, reactivate_person
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.imports.ledgers import outcomes, people, person, take, workbook
from tests.reports import build
from tests.reports.build import DAY, on
from tests.rows import id_number

pytestmark = pytest.mark.django_db
D = datetime.date
BEFORE, SINCE = D(2024, 5, 1), D(2024, 6, 1)


def counts(code: str, *days: datetime.date) -> list[int | None]:
    """The province's figure on days; its list is as long on each."""
    found = []
    for day in days or (DAY, today()):
        value = figures_on(day, [BY_CODE[code]]).value(code, "52")
        listed = members(BY_CODE[code], day, "52").count()
        assert (value or 0) == listed or BY_CODE[code].weight
        found.append(value)
    return found


def reread(record: Any) -> Any:
    return type(record).objects.get(pk=record.pk)


# --- Verification -----------------------------------------------------------------------------
def verify(certificate: Any, by: Any, **fields: Any) -> None:
    verify_certificate(
        certificate=reread(certificate), by=by, **{"verification": "3", "means": "官网"} | fields
    )


def test_a_certificate_is_verified_since_it_was(cast: Cast) -> None:
    certificate = build.certificate(build.person())
    verify(certificate, cast.reviewer_a)
    assert counts("T2_CHECKED") == [0, 1]
    # It had been looked up earlier, and that is said now.
    verify(certificate, cast.reviewer_a, verification="4", verified_on=SINCE)
    assert counts("T2_CHECKED", BEFORE, SINCE, DAY, today()) == [0, 1, 1, 1]
    assert counts("T2", BEFORE) == [1]


def test_what_changes_in_a_certificate_is_to_be_verified_anew_from_now_on(cast: Cast) -> None:
    certificate = build.certificate(build.person(), verification="4", verified_on=SINCE)
    changed = reread(certificate)
    changed.number = "20221234567890"
    update_certificate(certificate=changed, by=cast.clerk_a)
    assert counts("T2_CHECKED") == [1, 0]
    verify(certificate, cast.reviewer_a)
    assert counts("T2_CHECKED") == [1, 1]


def test_a_ledger_that_corrects_a_number_and_its_undo(cast: Cast) -> None:
    number = id_number()

    def ledger(of: str) -> bytes:
        cells = {"证书级别": "社会工作师", "批准日期": "2022-06-12", "管理号": of}
        return people(person(number=number, **cells))

    take(cast.clerk_a, "people", ledger(""))
    Certificate.objects.update(verification="4", verified_on=SINCE)
    batch = take(cast.clerk_a, "people", ledger("20220612345678"))
    assert (outcomes(batch), counts("T2_CHECKED")) == ({"changed": 1}, [1, 0])
    assert imports.undo(batch=batch, by=cast.clerk_a) == []
    assert (FormerValue.objects.count(), counts("T2_CHECKED")) == (0, [1, 1])


def test_a_person_counts_since_she_is_verified() -> None:
    someone = build.person(verification="2")
    former.hold(Person, "verification", [(someone.pk, "1", SINCE)])
    assert counts("T1", BEFORE, SINCE, today()) == [0, 1, 1]
    evidence = BY_CODE["T1_L0"].population.reasons([someone], BEFORE)
    assert evidence[someone.pk]["verified"] == "核实级别：自填"


# --- What was held before ---------------------------------------------------------------------
def held(record: Any) -> list[tuple[str, Any, Any]]:
    rows = FormerValue.objects.filter(object_id=record.pk).order_by("until")
    return list(rows.values_list("value", "since", "until"))


def test_what_is_said_of_an_earlier_day_replaces_what_followed() -> None:
    someone = build.person()
    days = [D(2024, 1, 1), D(2024, 6, 1), D(2025, 1, 1)]
    for value, day in zip("123", days, strict=True):
        former.hold(Person, "verification", [(someone.pk, value, day)])
    assert held(someone) == [
        ("1", None, days[0]), ("2", days[0], days[1]), ("3", days[1], days[2]),
    ]  # fmt: skip
    former.hold(Person, "verification", [(someone.pk, "4", D(2024, 3, 1))])
    assert held(someone) == [("1", None, days[0]), ("2", days[0], D(2024, 3, 1))]
    # What was held before for longer than was known is one row.
    former.hold(Person, "verification", [(someone.pk, "2", D(2024, 9, 1))])
    assert held(someone) == [("1", None, days[0]), ("2", days[0], D(2024, 9, 1))]
    former.hold(Person, "verification", [(someone.pk, "1", D(2023, 1, 1))])
    assert held(someone) == [("1", None, D(2023, 1, 1))]


# --- Approval -------------------------------------------------------------------------------
def change(station: Station, by: Any, **fields: Any) -> None:
    station = reread(station)
    for name, value in fields.items():
        setattr(station, name, value)
    update_station(station=station, by=by)


def test_a_number_that_is_found_later_counts_since_its_day(cast: Cast) -> None:
    station = build.station(COUNTY_A, "2", approval="")
    change(station, cast.clerk_a, approval_number="民发〔2024〕9号")
    assert counts("T5") == [0, 1]
    change(station, cast.clerk_a, approval_date=SINCE)
    assert counts("T5", BEFORE, SINCE, DAY, today()) == [0, 1, 1, 1]
    change(station, cast.clerk_a, approval_date=D(2025, 1, 1))
    assert counts("T5", SINCE, DAY) == [0, 1]
    # Another number is no other fact; without one it is approved no longer.
    change(station, cast.clerk_a, approval_number="民发〔2024〕10号")
    assert counts("T5", SINCE, DAY, today()) == [0, 1, 1]
    change(station, cast.clerk_a, approval_number="")
    assert counts("T5", SINCE, DAY, today()) == [0, 1, 0]


def test_a_day_of_approval_needs_an_approval_and_lies_behind(cast: Cast) -> None:
    station = build.station(COUNTY_A, "2", approval="")
    for fields in (
        {"approval_date": SINCE},
        {"approval_number": "1号", "approval_date": today() + datetime.timedelta(days=1)},
    ):
        with pytest.raises(RuleError):
            change(station, cast.clerk_a, **fields)


def test_a_new_station_that_was_approved_after_it_was_built(cast: Cast) -> None:
    fields = {"kind": "2", "region_id": COUNTY_A, "status": "3", "built_on": D(2023, 1, 1)}
    new = Station(name="总站", approval_number="1号", approval_date=SINCE, **fields)
    open_station(station=new, by=cast.clerk_a)
    assert counts("T5", BEFORE, SINCE) == [0, 1]


def test_ledgers_of_stations_bring_the_day_too(cast: Cast) -> None:
    header = ("站点名称", "站点类型", "建成日期", "运行状态", "批复文号", "批复日期")

    def ledger(*paper: str) -> bytes:
        return workbook([header, ("南明区总站", "县级总站", "2023-01-01", "运行", *paper)])

    take(cast.clerk_a, "stations", ledger("1号", "2024-06-01"))
    assert counts("T5", BEFORE, SINCE) == [0, 1]
    Station.objects.update(approval_number="", approval_date=None)
    FormerValue.objects.all().delete()
    batch = take(cast.clerk_a, "stations", ledger("1号", ""))
    assert (outcomes(batch), counts("T5")) == ({"changed": 1}, [0, 1])
    assert imports.undo(batch=batch, by=cast.clerk_a) == []
    assert (counts("T5"), FormerValue.objects.count()) == ([0, 0], 0)


# --- 停用 -----------------------------------------------------------------------------------
def test_a_mistake_was_never_true(cast: Cast) -> None:
    """On no day, in no figure: not where she worked, and the station had nobody either."""
    station = build.station(TOWNSHIP_A)
    build.served(station, "2025-10-01")
    someone = build.person(TOWNSHIP_A, post=False)
    build.give_post(someone, TOWNSHIP_A, station=station)
    build.certificate(someone)
    build.claim(someone)
    codes = ("T1", "T2", "T3", "T6_ACTIVE")
    assert [counts(code, DAY) for code in codes] == [[1]] * 4
    deactivate_person(person=reread(someone), by=cast.reviewer_a, reason="误录")
    assert [counts(code, DAY) for code in codes] == [[0]] * 4
    # It was none: the days before count again, those in between do not.
    reactivate_person(person=reread(someone), by=cast.reviewer_a, reason="没有录错")
    assert [counts(code, DAY) for code in codes] == [[1]] * 4


def test_who_is_out_of_use_for_another_reason_was_there_until_then(cast: Cast) -> None:
    someone = build.person(TOWNSHIP_A)
    build.certificate(someone)
    deactivate_person(person=reread(someone), by=cast.reviewer_a, reason="本人撤回", since=SINCE)
    assert [counts(code, BEFORE, SINCE, DAY) for code in ("T1", "T2")] == [[1, 0, 0]] * 2
    tomorrow = today() + datetime.timedelta(days=1)
    with pytest.raises(RuleError):
        deactivate_person(
            person=build.person(TOWNSHIP_A), by=cast.reviewer_a, reason="撤回", since=tomorrow
        )


RECORDS = {
    "T2": lambda someone: build.certificate(someone),
    "T2_VALID": lambda someone: RegistrationPeriod.objects.create(
        person=someone, starts_on=D(2023, 6, 1), ends_on=D(2026, 5, 31)
    ),
    "T1_L2": lambda someone: Title.objects.create(person=someone, series="教学", level="2"),
    "T1_L3": lambda someone: build.study(someone, major="社会工作"),
    "T3": lambda someone: build.claim(someone),
}


@pytest.mark.parametrize("code", RECORDS)
def test_every_record_says_whether_it_ever_was_true(cast: Cast, code: str) -> None:
    someone = build.person(TOWNSHIP_A)
    if code == "T2_VALID":
        build.certificate(someone)
    record = RECORDS[code](someone)
    deactivate(record=record, by=cast.reviewer_a, reason="被撤销", since=SINCE)
    assert counts(code, BEFORE, SINCE, DAY) == [1, 0, 0]
    record = reread(record)
    assert (record.ended_on, record.true_until) == (SINCE, SINCE)
    reactivate(record=record, by=cast.reviewer_a, reason="弄错了")
    assert counts(code, BEFORE, DAY) == [1, 1]
    deactivate(record=reread(record), by=cast.reviewer_a, reason="录错了")
    assert counts(code, BEFORE, DAY) == [0, 0]
    assert reread(record).true_until is None


def test_a_station_and_an_agency_that_never_were(cast: Cast) -> None:
    agency = build.employer(COUNTY_A, registered_on=D(2021, 1, 1))
    station = build.station(COUNTY_A, "2")
    assert counts("T5", DAY) + counts("T8", DAY) == [1, 1]
    close_station(
        station=station, by=cast.reviewer_a, closed_on=today(), reason="录重了", is_mistake=True
    )
    end_organization(organization=agency, by=cast.reviewer_a, reason="录重了")
    assert counts("T5", DAY) + counts("T8", DAY) == [0, 0]


def test_the_dialog_asks_since_when(cast: Cast, client_of: Any) -> None:
    someone = reread(build.person(TOWNSHIP_A))
    client, path = client_of(cast.clerk_a), f"/people/{someone.pk}/deactivate/"
    data = {"version": str(someone.version), "reason": "本人撤回"}
    assert client.post(path, data).status_code == 422
    answer = client.post(path, data | {"why": "since"})
    assert (answer.status_code, "请填写自何时起不再有效" in answer.text) == (422, True)
    assert client.post(path, data | {"why": "since", "since": "2024-06-01"}).status_code == 302
    assert counts("T1", BEFORE, SINCE) == [1, 0]
    certificate = build.certificate(build.person(TOWNSHIP_A))
    path = f"/certificates/{certificate.pk}/deactivate/"
    mistake = {"version": "1", "reason": "录错了", "why": "mistake", "since": "2024-06-01"}
    assert client.post(path, mistake).status_code == 302
    certificate = reread(certificate)
    assert (certificate.ended_on, certificate.true_until) == (today(), None)


# --- 无资料 ----------------------------------------------------------------------------------
def figure(code: str, region: str = "52", day: datetime.date = DAY) -> int | None:
    return figures_on(day, [BY_CODE[code]]).value(code, region)


def test_without_monthly_numbers_nothing_is_known_of_stations_that_stood() -> None:
    station = build.station("520102016")
    build.give_post(build.person("520102016", post=False), "520102016", station=station)
    assert [figure("T6_ACTIVE", code) for code in ("52", "520102", "520102016")] == [None] * 3
    # Where there is no station there is none that works, and that is known.
    assert [figure("T6_ACTIVE", code) for code in ("520111", "520102017")] == [0, 0]
    assert figure("T6_BUILT") == 1
    build.served(station, "2025-11-01", visits=0)
    assert [figure("T6_ACTIVE", code) for code in ("52", "520102016")] == [0, 0]
    build.served(station, "2025-10-01", visits=4)
    assert [figure("T6_ACTIVE", code) for code in ("52", "520102016")] == [1, 1]
    assert figure("T6_ACTIVE", day=on("2024-12-31")) is None


def test_graduates_are_not_divided_where_no_school_reports() -> None:
    assert figure("T4") is None
    build.graduates(2021, 30)
    assert [figure("T4", code) for code in ("52", "5201", "520102")] == [30, None, None]
    build.graduates(2022, 5, region_id="5201")
    assert [figure("T4", code) for code in ("52", "5201", "5203")] == [35, 5, None]
    assert [figure(code) for code in ("T4_STAYED", "T4_OUTSIDE")] == [None, None]
    build.graduates(2022, 8, stayed=0)
    assert figure("T4_STAYED") == 0
