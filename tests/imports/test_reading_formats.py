"""Number formats: what a person reads where a number is stored."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.ledgers.spreadsheets.looks import number_format, shown

YUAN = 456000
ORDINARY = [
    *("", "General", "G/通用格式", "0", "0.00", "0_ ", "0_);[Red]\\(0\\)", "#,##0", "#,##0.00"),
    *("@", "00000", "000-0000-0000", "0;-0;;@", ";;;", "0.0?", "# ??/??", "0.00E+00", "##0.0E+0"),
    *("yyyy-mm-dd", 'yyyy"年"m"月"d"日"', 'e"年"m"月"', "[h]:mm:ss", 'h"时"mm"分"', "[$-804]aaaa"),
    *(
        '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ',
        '"¥"#,##0.00',
        "￥#,##0.00;￥-#,##0.00",
    ),
    *(
        "[$¥-804]#,##0.00",
        "#,##0.00 [$€-407]",
        "[$CNY] #,##0",
        '#,##0"-"',
        "[DBNum1][$-804]General",
    ),
    *(
        "[红色]0.00",
        "[蓝色][>100]0;[红色]0",
        "0.00 ",
        "0(",
        '0""',
        '0"',
        "\\",
        "!",
        "_",
        "*",
        "[",
        "]",
    ),
]


@pytest.mark.parametrize("code", ORDINARY)
def test_an_ordinary_format_changes_nothing(code: str) -> None:
    assert number_format(code) == []


@pytest.mark.parametrize(
    ("code", "number", "seen"),
    [
        # A unit.
        ('0.0"万元"', 45.6, "45.6万元"),
        ('0.0"万元"', 45.6789, "45.6789万元"),
        ('0.0"万元"', 45.599999999999994, "45.6万元"),
        ('0"万元"', 20.0, "20万元"),
        ('#,##0.00"元"', 456000.0, "456000元"),
        ('#,##0.00"元"_);[Red]\\(#,##0.00"元"\\)', -12.5, "-12.5元"),
        ('0.00"亿"', 1.25, "1.25亿"),
        ('0"人"', 0.0, "0人"),
        ('0"人"', -0.0, "0人"),
        ('0"㎡"', 80, "80㎡"),
        ('0" ㎡"', 80, "80㎡"),
        ("0\\人", 3, "3人"),
        ("0!万!元", 3, "3万元"),
        ("0.00元", 3.5, "3.5元"),
        ('General"人"', 7.0, "7人"),
        ('G/通用格式"人"', 7.0, "7人"),
        ('@"人"', 7.0, "7人"),
        ('¥#,##0.00"万元"', 45.6, "45.6万元"),
        ('[$¥-804]0.0"万元";[红色]-0.0"万元"', 45.6, "45.6万元"),
        ('[红色]0"（人）"', 2, "2人"),
        ('0"万"0000"元"', YUAN, "456000元"),
        ('0"万元', 3, "3万元"),
        ('0"kg"', 3, "3kg"),
        # A scale.
        ("0,", YUAN, 456.0),
        ("#,##0,", YUAN, 456.0),
        ("0,.0", YUAN, 456.0),
        ("0.0,,", 45_600_000, 45.6),
        ("0.00,,_ ", 45_600_000, 45.6),
        ("0!.0,", YUAN, 45.6),
        ("0\\.0,", YUAN, 45.6),
        ('0"."0,', YUAN, 45.6),
        ("#,##0!.0,", YUAN, 45.6),
        ("0!.0000", YUAN, 45.6),
        ("#0!.0000_ ;-#0!.0000", -YUAN, -45.6),
        # Both.
        ('0!.0,"万元"', YUAN, "45.6万元"),
        ('0\\.0,"万"', 456789, "45.6789万"),
        ('0!.0000"万元"', YUAN, "45.6万元"),
        ('#,##0.0,,"百万"', 45_600_000, "45.6百万"),
        ('0.0,,"M"', 45_600_000, "45.6M"),
        # A point that is one, and one behind the number.
        ('0.0"."', 45.6, 45.6),
        ('0"."', 45.6, 45.6),
        # A share.
        ("0.00%", 0.855, "85.5%"),
        ("0%", 0.29, "29%"),
        ("0.0%_ ", 1, "100%"),
        ('0"%"', 85.5, "85.5%"),
        ("0.0\\%", 85.5, "85.5%"),
        # Some numbers only.
        ('[>=10000]0!.0,"万元";0"元"', YUAN, "45.6万元"),
        ('[>=10000]0!.0,"万元";0"元"', 456, "456元"),
        ('[<0]0.0"亏";[<=1.5]0.0"小"', 1.5, "1.5小"),
        ('[<0]0.0"亏";[<=1.5]0.0"小"', 2, 2),
        ('[=1]"男";[=2]"女"', 1.0, "男"),
        ('[=1]"男";[=2]"女"', 2.0, "女"),
        ('[=1]"男";[=2]"女"', 3.0, 3.0),
        ('[<>1]0"个";0', 2, "2个"),
        ('[>5]0"人"', 5, 5),
        # A number whose last digits are Excel's own stays one.
        ('0"号"', 520102199003071200.0, 520102199003071200.0),
    ],
)
def test_what_a_format_shows(code: str, number: Any, seen: Any) -> None:
    found = shown(number, number_format(code))
    assert found == seen
    assert isinstance(found, str) == isinstance(seen, str)


@pytest.mark.parametrize(
    "sign", ['"', "[", "[<1]", "\\", "!", "_", "0,", ",", "0!.", "%", ";", "元"]
)
def test_a_format_without_end_costs_nothing(sign: str) -> None:
    begun = time.perf_counter()
    found = number_format(f"0{sign * 1_000_000}")
    assert found == []
    assert time.perf_counter() - begun < 1


def test_no_more_sections_are_asked_than_a_format_can_have() -> None:
    sections = number_format('[=1]"甲";[=2]"乙";[=3]"丙";[=4]"丁"')
    assert [section.unit for section in sections] == ["甲", "乙", "丙"]
