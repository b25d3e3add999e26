"""Registrations in a ledger of people: 登记证书号 and 登记有效期 beside the certificate."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from core.ledgers import actions
from core.models import ImportBatch
from talent.models import Person, RegistrationPeriod
from tests.conftest import Cast
from tests.imports.ledgers import (
    PEOPLE,
    apply,
    check,
    outcomes,
    person,
    row_of,
    take,
    words,
    workbook,
)
from tests.rows import id_number

pytestmark = pytest.mark.django_db
D = datetime.date
HEAD = (*PEOPLE, "登记证书号", "登记有效期")
CERTIFIED = {"证书级别": "助理社会工作师", "管理号": "20250100001", "批准日期": "2025-06-20"}


def ledger(*rows: list[Any]) -> bytes:
    return workbook([HEAD, *rows])


def registered(
    number: str, period: str = "2025.10.20-2028.10.19", voucher: str = "520198110", **cells: str
) -> list[Any]:
    return [*person("张三", number, **CERTIFIED | cells), voucher, period]


def read(cast: Cast, *rows: list[Any]) -> ImportBatch:
    return check(cast.clerk_a, "people", ledger(*rows))


def test_a_registration_comes_with_the_person_and_is_known_again(cast: Cast) -> None:
    row = registered(id_number())
    batch = apply(read(cast, row))
    assert outcomes(batch) == {"new": 1}
    made = RegistrationPeriod.objects.get()
    assert (made.person, made.kind, made.voucher) == (Person.objects.get(), "1", "520198110")
    assert (made.starts_on, made.ends_on, made.state) == (D(2025, 10, 20), D(2028, 10, 19), "7")
    assert outcomes(read(cast, row)) == {"unchanged": 1}
    assert actions.undo(batch=batch, by=cast.clerk_a) == []
    assert not RegistrationPeriod.objects.exists()


def test_of_a_known_person_it_is_a_change(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", ledger(registered(number, "", "")))
    batch = read(cast, registered(number))
    assert outcomes(batch) == {"changed": 1}
    assert row_of(batch, 2).diff == [["登记", "", "2025-10-20 至 2028-10-19"]]
    apply(batch)
    assert actions.undo(batch=batch, by=cast.clerk_a) == []
    assert not RegistrationPeriod.objects.exists()


def test_what_follows_is_a_renewal(cast: Cast) -> None:
    number = id_number()
    early = {"批准日期": "2019-06-20"}
    take(cast.clerk_a, "people", ledger(registered(number, "2019-10-20至2022-10-19", **early)))
    take(cast.clerk_a, "people", ledger(registered(number, "2022-10-20至2025-10-19", **early)))
    assert [p.kind for p in RegistrationPeriod.objects.order_by("starts_on")] == ["1", "2"]


def test_two_rows_of_a_person_tell_of_both(cast: Cast) -> None:
    number, early = id_number(), {"批准日期": "2019-06-20"}
    rows = [registered(number, span, **early)
            for span in ("2022-10-20至2025-10-19", "2019-10-20至2022-10-19")]  # fmt: skip
    assert outcomes(take(cast.clerk_a, "people", ledger(*rows))) == {"new": 1, "duplicate": 1}
    assert [p.kind for p in RegistrationPeriod.objects.order_by("starts_on")] == ["1", "2"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"证书级别": "", "管理号": "", "批准日期": ""}, "先登记证书再登记"),
        ({"period": "2025.10.20-2026.10.19"}, "登记有效期应为 3 年"),
        ({"period": "2028.10.19-2025.10.20"}, "有效期至应晚于登记起始"),
        ({"period": "2028年"}, "看不出起止日期"),
        ({"period": ""}, "有登记证书号但没有登记有效期"),
    ],
)
def test_what_does_not_fit_costs_only_itself(cells: dict[str, str], said: str, cast: Cast) -> None:
    batch = apply(read(cast, registered(id_number(), **cells)))
    assert outcomes(batch) == {"new": 1}
    assert said in words(batch, 2)
    assert not RegistrationPeriod.objects.exists()


def test_a_late_first_registration_is_remarked_on(cast: Cast) -> None:
    """R10"""
    batch = apply(read(cast, registered(id_number(), 批准日期="2020-06-20")))
    assert "超过 1 年" in words(batch, 2)
    assert RegistrationPeriod.objects.exists()


def test_what_the_registry_has_otherwise_stays(cast: Cast) -> None:
    number = id_number()
    take(cast.clerk_a, "people", ledger(registered(number, voucher="")))
    take(cast.clerk_a, "people", ledger(registered(number)))
    known = RegistrationPeriod.objects.get()
    assert known.voucher == "520198110"
    batch = read(cast, registered(number, "2025.10.20-2028.10.18", "520198999"))
    assert outcomes(batch) == {"unchanged": 1}
    assert "到 2028-10-19" in words(batch, 2)
    assert "保留在册的" in words(batch, 2)
    batch = read(cast, registered(number, "2026.1.1-2028.12.31"))
    assert outcomes(batch) == {"unchanged": 1}
    assert "重叠" in words(batch, 2)
