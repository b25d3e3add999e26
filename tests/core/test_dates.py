"""Dates as ledgers write them."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from core.dates import parse_date, today
from core.rules import RuleError

DAY = datetime.date(2021, 3, 1)


@pytest.mark.parametrize(
    ("written", "precision"),
    [
        ("2021-03-01", "D"), ("2021-3-1", "D"), ("2021.3.1", "D"), ("2021/3/1", "D"),
        ("2021年3月1号", "D"), ("2021、3、1", "D"), ("2021—3—1", "D"), ("2021--3-1", "D"),
        ("2021年3月1日", "D"), ("20210301", "D"), (" 2021 - 3 - 1 ", "D"),
        ("２０２１．３．１", "D"), ("2021。3。1", "D"),
        ("2021-03-01 00:00:00", "D"), (20210301, "D"), (44256, "D"), (44256.0, "D"),
        (DAY, "D"), (datetime.datetime(2021, 3, 1, 8), "D"),
        ("2021.3", "M"), ("2021年3月", "M"), ("202103", "M"), (202103, "M"), (2021.3, "M"),
        ("2021年3月份", "M"),
    ],
)  # fmt: skip
def test_written(written: object, precision: str) -> None:
    parsed = parse_date(written)
    assert parsed is not None
    assert (parsed.day, parsed.precision) == (DAY, precision)


def test_years_and_nothing() -> None:
    assert parse_date("2021年") == (datetime.date(2021, 1, 1), "Y")
    assert parse_date(2021) == (datetime.date(2021, 1, 1), "Y")
    assert parse_date("") is None
    assert parse_date(None) is None
    for dash in ("-", "—", "/", " . "):
        assert parse_date(dash) is None


@pytest.mark.parametrize(
    "written",
    ["6/1/20", "2021-13-01", "2021-02-30", "某日", "1899-01-01", "2021-3-1-1", -5, True, "\x00"],
)
def test_refused_in_chinese(written: object) -> None:
    with pytest.raises(RuleError) as caught:
        parse_date(written, label="批准日期")
    assert "批准日期" in str(caught.value)


@pytest.mark.parametrize("written", ["2021-13-01", "2021-02-30", "20210230"])
def test_days_that_do_not_exist_are_told_apart_from_other_writing(written: str) -> None:
    with pytest.raises(RuleError, match="不存在"):
        parse_date(written)


@given(st.dates(min_value=datetime.date(1900, 1, 1), max_value=datetime.date(2100, 12, 31)))
def test_round_trip(day: datetime.date) -> None:
    for form in ("%Y-%m-%d", "%Y%m%d", "%Y年%m月%d日", "%Y/%m/%d"):
        assert parse_date(day.strftime(form)) == (day, "D")


def test_today_is_beijings() -> None:
    with time_machine.travel("2026-12-31T15:59:59Z", tick=False):
        assert today() == datetime.date(2026, 12, 31)
    with time_machine.travel("2026-12-31T16:00:01Z", tick=False):
        assert today() == datetime.date(2027, 1, 1)
