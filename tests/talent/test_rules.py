"""Every rule with a value that it refuses or remarks on and one that it lets pass."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from core.dates import add_months
from core.rules import RuleError
from talent.credentials.rules import (
    check_certificate_date,
    check_no_overlap,
    check_registration,
    check_senior,
    clean_certificate_number,
)
from talent.graduates.entity import check_graduates
from talent.people.rules import check_birth_date, check_death, check_free_text, check_phone_shared
from talent.posts.rules import (
    check_age_at_post,
    check_one_primary,
    check_other_county,
    check_post_order,
    check_post_within,
    check_primary_overlap,
)
from tests.rows import id_number

D = datetime.date
TODAY = D(2026, 1, 1)

REFUSED: list[tuple[str, Callable[[], Any]]] = [
    ("R1", lambda: check_birth_date(D(1899, 12, 31))),
    ("R1", lambda: check_birth_date(D(2026, 1, 2), on=TODAY)),
    ("R6", lambda: check_birth_date(D(2010, 1, 2), on=TODAY)),
    ("R6", lambda: check_age_at_post(D(2010, 6, 2), D(2026, 6, 1))),
    ("R7", lambda: clean_certificate_number("A" * 33)),
    ("R7", lambda: clean_certificate_number(id_number())),
    ("R14", lambda: check_one_primary(is_primary=True, has_open_primary=True)),
    ("R15", lambda: check_post_within(started_on=D(2024, 1, 1), closed_on=D(2025, 1, 1))),
    (
        "R15",
        lambda: check_post_within(
            started_on=D(2025, 1, 1), ended_on=D(2025, 1, 1), closed_on=D(2025, 1, 1)
        ),
    ),
    ("R15", lambda: check_post_order(D(2024, 1, 2), D(2024, 1, 1))),
    (
        "R11",
        lambda: check_registration(kind="1", starts_on=D(2024, 1, 1), ends_on=D(2024, 1, 1)),
    ),
    (
        "R11",
        lambda: check_registration(
            kind="2", starts_on=D(2024, 1, 1), ends_on=D(2027, 1, 1), previous_end=D(2024, 1, 1)
        ),
    ),
    (
        "R11",
        lambda: check_registration(kind="1", starts_on=D(2024, 1, 1), ends_on=D(2025, 1, 1)),
    ),
    (
        "R11",
        lambda: check_registration(
            kind="2", starts_on=D(2024, 6, 1), ends_on=D(2027, 5, 31), previous_end=D(2024, 1, 1)
        ),
    ),
    (
        "R11",
        lambda: check_no_overlap(
            D(2024, 1, 1), D(2026, 12, 31), [(D(2026, 12, 31), D(2029, 12, 30))]
        ),
    ),
    ("R21", lambda: check_death(None, "证明")),
    ("R21", lambda: check_death(D(2025, 1, 1), " ")),
    ("R21", lambda: check_death(D(1980, 1, 1), "证明", birth_date=D(1990, 1, 1))),
    ("DATE", lambda: check_death(D(2999, 1, 1), "证明")),
]

FLAGGED: list[tuple[str, Callable[[], Any]]] = [
    ("R6", lambda: check_age_at_post(D(1950, 1, 1), D(2016, 1, 1))),
    ("R7", lambda: clean_certificate_number("12345")[1]),
    ("R8", lambda: check_certificate_date("1", D(2008, 5, 31), on=TODAY)),
    ("R8", lambda: check_certificate_date("1", D(2020, 1, 1), birth_date=D(2003, 1, 1))),
    ("R9", lambda: check_senior("3", held_levels=["1"])),
    (
        "R10",
        lambda: check_registration(
            kind="1", starts_on=D(2024, 1, 1), ends_on=D(2026, 12, 31), passed_on=D(2022, 6, 1)
        ),
    ),
    (
        "R14",
        lambda: check_other_county(is_full_time=True, county="520102", other_counties=["520111"]),
    ),
    (
        "R14",
        lambda: check_primary_overlap(
            D(2020, 1, 1), [(D(2022, 1, 1), D(2023, 1, 1))], ended_on=D(2022, 1, 2)
        ),
    ),
    (
        "R15",
        lambda: check_post_within(started_on=D(2020, 1, 1), opened_on=D(2021, 1, 1)),
    ),
    ("R20", lambda: check_graduates(40, 41)),
    ("R22", lambda: check_free_text(f"服务对象 {id_number()} 已走访")),
    ("R23", lambda: check_free_text("卡号 6222 0212 3456 7890 12")),
    ("R23", lambda: check_phone_shared(3)),
]

PASSED: list[Callable[[], Any]] = [
    lambda: check_birth_date(D(2010, 1, 1), on=TODAY),
    lambda: check_birth_date(None, on=TODAY),
    lambda: check_age_at_post(D(2010, 6, 1), D(2026, 6, 1)),
    lambda: check_age_at_post(D(1950, 1, 2), D(2016, 1, 1)),
    lambda: check_age_at_post(None, D(2016, 1, 1)),
    lambda: clean_certificate_number("2022 0615a 3456789")[1],
    lambda: check_certificate_date("1", D(2008, 6, 1), birth_date=D(1990, 6, 1), on=TODAY),
    lambda: check_certificate_date("9", D(2006, 6, 1), on=TODAY),
    lambda: check_senior("3", held_levels=["2"]),
    lambda: check_senior("2", held_levels=[]),
    lambda: check_registration(
        kind="1", starts_on=D(2024, 1, 1), ends_on=D(2026, 12, 31), passed_on=D(2023, 1, 1)
    ),
    lambda: check_registration(
        kind="2", starts_on=D(2024, 1, 2), ends_on=D(2027, 1, 1), previous_end=D(2024, 1, 1)
    ),
    lambda: check_registration(kind="1", starts_on=D(2024, 2, 29), ends_on=D(2027, 2, 28)),
    lambda: check_no_overlap(D(2024, 1, 1), D(2026, 12, 31), [(D(2027, 1, 1), D(2029, 12, 31))]),
    lambda: check_one_primary(is_primary=False, has_open_primary=True),
    lambda: check_one_primary(is_primary=True, has_open_primary=False),
    lambda: check_other_county(is_full_time=True, county="520102", other_counties=["520102"]),
    lambda: check_primary_overlap(
        D(2020, 1, 1), [(D(2022, 1, 1), D(2023, 1, 1))], ended_on=D(2022, 1, 1)
    ),
    lambda: check_primary_overlap(D(2020, 1, 1), [(D(2020, 6, 1), D(2020, 6, 1))]),
    lambda: check_post_within(
        started_on=D(2020, 1, 1), ended_on=D(2021, 1, 1), closed_on=D(2021, 1, 1)
    ),
    lambda: check_post_order(D(2024, 1, 1), D(2024, 1, 1)),
    lambda: check_graduates(40, 40),
    lambda: check_death(D(2025, 1, 1), "火化证明 12 号", birth_date=D(1990, 1, 1)),
    lambda: check_free_text("2025 年 8 月走访 12 户，联系电话 13800001111"),
    lambda: check_phone_shared(2),
]


@pytest.mark.parametrize(("rule", "call"), REFUSED)
def test_refused(rule: str, call: Callable[[], Any]) -> None:
    with pytest.raises(RuleError) as error:
        call()
    assert error.value.rule == rule
    assert str(error.value).endswith("。")


@pytest.mark.parametrize(("rule", "call"), FLAGGED)
def test_flagged(rule: str, call: Callable[[], Any]) -> None:
    flags = call()
    assert [flag.rule for flag in flags] == [rule]
    assert flags[0].level == "W"


@pytest.mark.parametrize("call", PASSED)
def test_passed(call: Callable[[], Any]) -> None:
    assert not call()


def test_a_month_without_the_day_ends_on_its_last() -> None:
    assert add_months(D(2024, 2, 29), 36) == D(2027, 2, 28)
    assert add_months(D(2024, 1, 31), -2) == D(2023, 11, 30)


def test_a_certificate_number_is_cleaned() -> None:
    assert clean_certificate_number(" 2022 0615a 3456789 ")[0] == "20220615A3456789"
