"""The ledger of people: how rows meet each other and the registry."""

from __future__ import annotations

import datetime

import pytest

from core.ledgers import actions
from stations.models import Organization, Station
from talent.codes import PersonStatus
from talent.models import Certificate, Education, Person, PersonState, Post, TransferRequest
from tests.conftest import Cast
from tests.imports.ledgers import (
    FULL,
    PEOPLE,
    apply,
    check,
    fresh,
    outcomes,
    people,
    person,
    row_of,
    take,
    words,
    workbook,
)
from tests.rows import id_number

pytestmark = pytest.mark.django_db


def test_the_same_row_twice_is_a_duplicate(cast: Cast) -> None:
    row = person()
    batch = take(cast.clerk_a, "people", people(row, row))
    assert outcomes(batch) == {"new": 1, "duplicate": 1}
    assert Person.objects.count() == 1


def test_one_number_with_two_names_is_held(cast: Cast) -> None:
    number = id_number()
    batch = take(cast.clerk_a, "people", people(person("张三", number), person("李四", number)))
    assert outcomes(batch) == {"held": 2}
    assert not Person.objects.exists()


def test_skipping_one_of_two_names_lets_the_other_in(cast: Cast) -> None:
    number = id_number()
    batch = check(cast.clerk_a, "people", people(person("张三", number), person("李四", number)))
    actions.decide(row=row_of(batch, 3), by=cast.clerk_a, question="row", decision="skip")
    assert outcomes(fresh(batch)) == {"new": 1, "held": 1}
    apply(fresh(batch))
    assert Person.objects.get().name == "张三"


@pytest.mark.parametrize(("decision", "name"), [("ledger", "张三丰"), ("registry", "张三")])
def test_a_name_that_differs_from_the_registry_is_decided(
    decision: str, name: str, cast: Cast
) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number)))
    batch = check(cast.clerk_a, "people", people(person("张三丰", number)))
    assert outcomes(batch) == {"held": 1}
    assert "张三" in words(batch, 2)
    actions.decide(row=row_of(batch, 2), by=cast.clerk_a, question="name", decision=decision)
    apply(fresh(batch))
    assert Person.objects.get().name == name


def test_what_is_held_is_not_applied(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number)))
    batch = take(
        cast.clerk_a, "people", people(person("张三丰", number, 备注="新"), person("李四"))
    )
    assert outcomes(batch) == {"held": 1, "new": 1}
    assert Person.objects.get(name="张三").remark == ""


def test_empty_cells_never_erase(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number, **FULL)))
    before = Person.objects.values().get()
    batch = take(cast.clerk_a, "people", people(person("张三", number)))
    assert outcomes(batch) == {"unchanged": 1}
    assert Person.objects.values().get() == before
    assert (Certificate.objects.count(), Education.objects.count()) == (1, 1)


def test_changes_are_shown_with_before_and_after(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number, **FULL)))
    batch = check(
        cast.clerk_a, "people", people(person("张三", number, 备注="主任", 联系电话="13900005678"))
    )
    assert outcomes(batch) == {"changed": 1}
    diff = row_of(batch, 2).diff
    assert ["备注", "骨干", "主任"] in diff
    assert not any("13900005678" in str(part) for part in diff)
    version = Person.objects.get().version
    apply(batch)
    one = Person.objects.get()
    assert (one.remark, one.phone, one.version) == ("主任", "13900005678", version + 1)


def test_a_higher_certificate_is_added_beside_the_lower(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number, **FULL)))
    higher = {"证书级别": "高级", "管理号": "20230100009", "批准日期": "2023-06-10"}
    batch = take(cast.clerk_a, "people", people(person("张三", number, **higher)))
    assert outcomes(batch) == {"changed": 1}
    assert set(Certificate.objects.values_list("level", flat=True)) == {"2", "3"}


def test_a_new_employer_ends_the_old_post(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number)))
    moved = person("张三", number, 工作单位="南明区民政局", 入职日期="2024-07-01")
    batch = take(cast.clerk_a, "people", people(moved))
    assert outcomes(batch) == {"changed": 1}
    old, new = Post.objects.order_by("started_on")
    assert old.ended_on == new.started_on == datetime.date(2024, 7, 1)
    assert new.organization is not None
    assert Person.objects.get().region_id == new.region_id


def test_a_person_of_another_county_becomes_a_request(cast: Cast) -> None:
    number = id_number(prefix="520111")
    own = person("王五", number, **{"乡镇（街道）": "青岩镇", "工作单位": "青岩镇社工站"})
    take(cast.clerk_b, "people", people(own))
    before = Person.objects.values().get()
    batch = check(cast.clerk_a, "people", people(person("王五", number, 备注="来了")))
    assert outcomes(batch) == {"held": 1}
    said = words(batch, 2)
    assert "花溪区" in said
    assert "青岩" not in said
    assert "将自动申请转入" in said
    apply(batch)
    assert "已申请转入" in words(batch, 2)
    assert Person.objects.values().get() == before
    request = TransferRequest.objects.get()
    assert (request.from_region_id[:6], request.to_region_id) == ("520111", "520102016")
    assert request.requested_by == cast.clerk_a
    # Once only, however often the ledger comes.
    batch = take(cast.clerk_a, "people", people(person("王五", number, 备注="又来")))
    assert "已有待处理的转入转出申请" in words(batch, 2)
    assert TransferRequest.objects.count() == 1


def test_a_foreign_name_is_not_told(cast: Cast) -> None:
    """With another name in the ledger nothing of the record may be said but the county."""
    number = id_number(prefix="520111")
    take(cast.clerk_b, "people", people(person("王五", number, **{"乡镇（街道）": "青岩镇"})))
    batch = check(cast.clerk_a, "people", people(person("赵六", number)))
    row = row_of(batch, 2)
    assert "王五" not in f"{row.messages}{row.diff}{row.shown}{row.before}"


def test_a_deactivated_person_is_reactivated(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", people(person("张三", number)))
    one = Person.objects.get()
    Post.objects.update(ended_on="2024-01-01")
    PersonState.objects.update(valid_to="2024-01-01")
    PersonState.objects.create(person=one, status="70", valid_from="2024-01-01", reason="误录")
    Person.objects.update(status=PersonStatus.DEACTIVATED)
    batch = take(cast.clerk_a, "people", people(person("张三", number, 入职日期="2024-03-01")))
    assert outcomes(batch) == {"changed": 1}
    one.refresh_from_db()
    assert (Person.objects.count(), one.status) == (1, PersonStatus.SERVING)
    last = PersonState.objects.order_by("valid_from").last()
    assert last is not None
    assert (last.status, last.valid_to) == ("10", None)
    assert Post.objects.filter(ended_on=None).count() == 1


def test_a_certificate_number_of_two_people_is_held(cast: Cast) -> None:
    take(cast.clerk_a, "people", people(person("张三", **FULL)))
    batch = check(cast.clerk_a, "people", people(person("李四", **FULL)))
    assert outcomes(batch) == {"held": 1}
    assert "管理号" in words(batch, 2)
    assert "张三" not in words(batch, 2)


def test_unknown_employers_are_created_once(cast: Cast) -> None:
    rows = [person(f"张{n}", 工作单位="某某社会工作服务中心") for n in "一二三"]
    take(cast.clerk_a, "people", people(*rows, person("张四", 工作单位="某某社区居委会")))
    assert Organization.objects.filter(is_incomplete=True).count() == 2
    take(cast.clerk_a, "people", people(person("张五", 工作单位="某某社会工作服务中心")))
    assert Organization.objects.count() == 2
    assert not Station.objects.exists()


def test_a_volunteer_who_goes_elsewhere_is_not_employed_by_that(cast: Cast) -> None:
    number = id_number()
    entered = [*person("张三", number), "志愿/兼职"]
    take(cast.clerk_a, "people", workbook([[*PEOPLE, "用工性质"], entered]))
    moved = people(person("张三", number, 工作单位="南明区民政局", 入职日期="2025-01-01"))
    batch = take(cast.clerk_a, "people", moved)
    assert Post.objects.get(ended_on=None).employment == "8"
    assert "沿用在册的「志愿/兼职」" in str(row_of(batch, 2).messages)
