"""Ledgers as offices write them, where a shortcut of theirs must not become a wrong fact."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from core.dates import parse_date, today
from core.decisions.actions import settle_due
from core.ledgers import actions, workbooks
from core.ledgers.spreadsheets import read_sheet
from core.rules import RuleError
from projects.models import Project
from stations.models import Organization, Station
from stations.organizations.actions import end_organization
from stations.places.actions import close_station
from talent.models import ActivationCode, Person, Post, TransferRequest
from tests.conftest import Cast
from tests.imports.ledgers import (
    STATION,
    check,
    outcomes,
    people,
    person,
    take,
    words,
    workbook,
)
from tests.rows import id_number

pytestmark = pytest.mark.django_db
D = datetime.date
FAR = D(2099, 1, 1)


def test_a_station_of_another_township_is_another_one(cast: Cast) -> None:
    towns = ("新华路街道", "中华南路街道", "西湖路街道")
    rows = [person(工作单位="社工站", **{"乡镇（街道）": town}) for town in towns]
    assert outcomes(take(cast.clerk_a, "people", people(*rows))) == {"new": 3}
    assert Station.objects.values("region").distinct().count() == 3
    assert Post.objects.values("region").distinct().count() == 3
    unsaid = check(
        cast.clerk_a, "people", people(person(工作单位="社工站", **{"乡镇（街道）": ""}))
    )
    assert "有多个" in words(unsaid, 2)
    assert "请写明乡镇" in words(unsaid, 2)


@pytest.mark.parametrize(
    ("cell", "amount"), [(12.5, "125000"), ("12.5", "125000"), ("3000元", "3000")]
)
def test_the_unit_of_an_amount_stands_in_the_header(cast: Cast, cell: Any, amount: str) -> None:
    head = ["项目名称", "购买方", "承接方", "合同金额（万元）", "开始日期", "结束日期"]
    row = ["某项目", "南明区民政局", "某中心", cell, "2024-01-01", "2024-12-31"]
    assert outcomes(take(cast.clerk_a, "projects", workbook([head, row]))) == {"new": 1}
    assert Project.objects.get().contract_amount == Decimal(amount)


@pytest.mark.parametrize("then", ["renamed", "closed"])
def test_a_place_that_was_completed_under_another_name(cast: Cast, then: str) -> None:
    for name in ("新华社工站", "新华社工中心"):
        take(cast.clerk_a, "people", people(person(工作单位=name)))
    if then == "renamed":
        Station.objects.update(name="南明区新华路街道社会工作站", is_incomplete=False)
        Organization.objects.update(name="南明区新华社会工作服务中心", is_incomplete=False)
    else:
        Station.objects.update(status="5")
        Organization.objects.update(ended_on=D(2026, 1, 1), end_reason="注销")
    for name in ("新华社工站", "新华社工中心"):
        assert outcomes(take(cast.clerk_a, "people", people(person(工作单位=name)))) == {"new": 1}
    kept = 1 if then == "renamed" else 2
    assert (Station.objects.count(), Organization.objects.count()) == (kept, kept)


def test_a_transfer_brings_the_post_of_the_ledger(cast: Cast) -> None:
    number = id_number()
    elsewhere = {"乡镇（街道）": "", "工作单位": ""}
    take(cast.clerk_b, "people", people(person("张三", number, **elsewhere)))
    take(cast.clerk_a, "people", people(person("李四")))
    take(cast.clerk_a, "people", people(person("张三", number)))
    settle_due(on=FAR)
    someone = Person.objects.get(name="张三")
    post = someone.posts.unended().get()
    assert post.station is not None
    assert (post.station.name, someone.status, someone.county) == (STATION, "10", "520102")


@pytest.mark.parametrize("employer", ["新华社工站", "新华社工中心"])
def test_a_transfer_creates_the_unknown_place_of_the_ledger(cast: Cast, employer: str) -> None:
    number = id_number()
    elsewhere = {"乡镇（街道）": "", "工作单位": ""}
    take(cast.clerk_b, "people", people(person("张三", number, **elsewhere)))
    take(cast.clerk_a, "people", people(person("张三", number, 工作单位=employer)))
    for places in (Station, Organization):
        assert not places.objects.filter(name=employer).exists()
    settle_due(on=FAR)
    someone = Person.objects.get()
    assert someone.posts.unended().get().employer_name == employer
    assert (someone.status, someone.county) == ("10", "520102")


def test_a_request_that_cannot_be_carried_out_holds_up_nobody(cast: Cast) -> None:
    numbers = [id_number(), id_number()]
    elsewhere = {"乡镇（街道）": "", "工作单位": ""}
    take(cast.clerk_b, "people", people(*(person("张三", n, **elsewhere) for n in numbers)))
    take(cast.clerk_a, "people", people(*(person("张三", n) for n in numbers)))
    first = TransferRequest.objects.order_by("due_on", "pk").first()
    assert first is not None
    Person.objects.filter(pk=first.person_id).update(status="50")
    TransferRequest.objects.filter(pk=first.pk).update(due_on=D(2020, 1, 1))
    assert settle_due(on=FAR) == 1
    states = dict(TransferRequest.objects.values_list("pk", "state"))
    assert states.pop(first.pk) == "4"
    assert list(states.values()) == ["5"]


def test_who_died_elsewhere_is_not_asked_for(cast: Cast) -> None:
    number = id_number()
    elsewhere = {"乡镇（街道）": "", "工作单位": ""}
    take(cast.clerk_b, "people", people(person("张三", number, **elsewhere)))
    Person.objects.update(status="50")
    batch = take(cast.clerk_a, "people", people(person("张三", number)))
    assert outcomes(batch) == {"held": 1}
    assert "不允许转入" in words(batch, 2)
    assert not TransferRequest.objects.exists()


def test_no_employer_says_nothing_against_the_registered_one(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number, 工作单位="南明区民政局")))
    later = person("张三", number, 工作单位="", 入职日期="")
    assert outcomes(take(cast.clerk_a, "people", people(later))) == {"unchanged": 1}
    assert Post.objects.get().employer_name == "南明区民政局"


@pytest.mark.parametrize("value", [21.3, 21, 300.0, 36526.5])
def test_a_small_number_is_no_date(value: float) -> None:
    with pytest.raises(RuleError, match="不是有效日期"):
        parse_date(value, label="建成日期")


def test_a_numeric_id_number_does_not_come_back_as_a_text(cast: Cast, tmp_path: Any) -> None:
    batch = check(cast.clerk_a, "people", people(person("张三", 520102197001226000)))  # type: ignore[arg-type]
    assert outcomes(batch) == {"refused": 1}
    path = tmp_path / "again.xlsx"
    path.write_bytes(workbooks.refused_workbook(batch))
    with read_sheet(path, labels=["姓名"]) as sheet:
        cells = [cell for _, row in sheet.rows for cell in row]
    assert "张三" in cells
    assert not any("5201021970012" in str(cell) for cell in cells)


def test_undo_leaves_people_who_have_a_code(cast: Cast) -> None:
    batch = take(cast.clerk_a, "people", people(person("李四"), person("张三")))
    now = datetime.datetime.now(datetime.UTC)
    ActivationCode.objects.create(
        person=Person.objects.get(name="张三"),
        code_hash="x",
        expires_at=now,
        issued_by=cast.reviewer_a,
    )
    assert actions.undo(batch=batch, by=cast.clerk_a) == [3]
    assert Person.objects.get().name == "张三"


@pytest.mark.parametrize("name", ["新华社工站", "某某服务中心"])
def test_nobody_begins_where_a_ledger_s_place_has_closed(name: str, cast: Cast) -> None:
    """R15: the next ledger that names it makes another place, with the people in it."""
    take(cast.clerk_a, "people", people(person("张三", 工作单位=name)))
    old = Post.objects.get().station or Post.objects.get().organization
    if isinstance(old, Station):
        close_station(station=old, by=cast.reviewer_a, closed_on=today(), reason="撤并")
    else:
        end_organization(organization=old, by=cast.reviewer_a, since=today(), reason="注销")
    rows = [person(n, 工作单位=name) for n in ("李四", "王五")]
    take(cast.clerk_a, "people", people(*rows))
    places = {post.station or post.organization for post in Post.objects.unended()}
    assert len(places) == 1
    assert old not in places
