"""R16, R17, R19 and R20, each refused or remarked on once and passed once."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from core.rules import RuleError
from stations.months.rules import (
    check_monthly,
    check_monthly_outlier,
    check_reported,
    check_said,
    check_spans,
)
from stations.places.rules import (
    approval_flag,
    check_built_on,
    check_coverage,
    check_kind_level,
    check_one_per_township,
    check_state_change,
)

D = datetime.date


def coverage(**fields: Any) -> None:
    given = {
        "kind": "3", "operating_model": "", "region_codes": ["520102016"],
        "own_region": "520102016",
    }  # fmt: skip
    check_coverage(**(given | fields))


REFUSED: list[tuple[str, Callable[[], Any]]] = [
    ("R17", lambda: check_built_on(D(2026, 1, 2), on=D(2026, 1, 1))),
    ("R16", lambda: coverage(kind="4")),
    ("R16", lambda: coverage(region_codes=[])),
    ("R16", lambda: coverage(region_codes=["520102"])),
    ("R16", lambda: coverage(region_codes=["520102017"])),
    ("R16", lambda: coverage(operating_model="3")),
    ("R15", lambda: check_state_change("5", "3")),
    ("R15", lambda: check_state_change("3", "5")),
    ("R15", lambda: check_state_change("3", "3")),
    ("R19", lambda: check_monthly({"cases_new": 3, "cases_open": 1, "cases_closed": 1})),
    ("R19", lambda: check_monthly({"cases_new": 1, "cases_closed": 3}, open_before=1)),
    ("R19", lambda: check_monthly({"groups": 3, "group_sessions": 2})),
    ("R19", lambda: check_monthly({"workers": 1, "certified_workers": 2})),
    ("R19", lambda: check_monthly({"cases_closed": 3, "cases_new": 0}, open_before=2)),
    ("SPAN", lambda: check_spans(D(2025, 4, 1), "Q", [(D(2025, 6, 1), "M")])),
    ("SPAN", lambda: check_spans(D(2025, 6, 1), "M", [(D(2025, 4, 1), "Q")])),
    ("REQUIRED", lambda: check_said({})),
]
FLAGGED: list[tuple[str, Callable[[], Any]]] = [
    ("R17", lambda: approval_flag(approval_number="", is_confirmed=False)),
    ("R17", lambda: check_built_on(None, status="3")),
    ("R16", lambda: check_kind_level("3", 3)),
    ("R16", lambda: check_one_per_township(kind="3", is_branch=False, others=["甲站"])),
    ("R19", lambda: check_monthly_outlier(51, [10] * 12, field="visits", label="探访")),
    ("R20", lambda: check_reported(5, 4, field="workers")),
]
PASSED: list[Callable[[], Any]] = [
    lambda: check_built_on(D(2026, 1, 1), status="3", on=D(2026, 1, 1)),
    lambda: coverage(),
    lambda: coverage(operating_model="3", region_codes=["520102016", "520102017"]),
    lambda: check_state_change("2", "3"),
    lambda: check_monthly({"cases_new": 2, "cases_open": 1, "cases_closed": 1}),
    lambda: check_monthly({"cases_new": 1, "cases_closed": 3}, open_before=2),
    lambda: check_monthly({"cases_closed": 900}),
    # What is not said is not zero.
    lambda: check_monthly({"cases_closed": 900}, open_before=1),
    lambda: check_monthly({"cases_new": 9, "cases_closed": 1}),
    lambda: check_monthly({"groups": 9}),
    lambda: check_monthly({"certified_workers": 9}),
    lambda: check_said({"visits": 0}),
    lambda: check_spans(D(2025, 4, 1), "Q", [(D(2025, 7, 1), "M"), (D(2025, 1, 1), "Q")]),
    lambda: check_spans(D(2025, 4, 1), "M", [(D(2025, 5, 1), "M"), (D(2025, 1, 1), "Q")]),
    lambda: approval_flag(approval_number="黔民〔2021〕1号", is_confirmed=False),
    lambda: approval_flag(approval_number="", is_confirmed=True),
    lambda: check_kind_level("3", 4),
    lambda: check_kind_level("5", 2),
    lambda: check_one_per_township(kind="3", is_branch=True, others=["甲站"]),
    lambda: check_one_per_township(kind="4", is_branch=False, others=["甲站"]),
    lambda: check_monthly_outlier(50, [10] * 12, field="visits", label="探访"),
    lambda: check_monthly_outlier(50, [], field="visits", label="探访"),
    lambda: check_reported(None, 4, field="workers"),
]


@pytest.mark.parametrize(("rule", "call"), REFUSED)
def test_refused(rule: str, call: Callable[[], Any]) -> None:
    with pytest.raises(RuleError) as error:
        call()
    assert error.value.rule == rule


@pytest.mark.parametrize(("rule", "call"), FLAGGED)
def test_flagged(rule: str, call: Callable[[], Any]) -> None:
    assert [flag.rule for flag in call()] == [rule]


@pytest.mark.parametrize("call", PASSED)
def test_passed(call: Callable[[], Any]) -> None:
    assert not call()
