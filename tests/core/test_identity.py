"""ID documents, phones, names, credit codes (R1-R5, R24)."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pinyin import name_pinyin
from core.rules import RuleError
from core.secrecy.identity import (
    check_character,
    check_credit_code,
    check_id_number,
    clean_id_number,
    clean_name,
    clean_phone,
    is_resident_number,
    mask_id_number,
    mask_phone,
)

NUMBER = "520102199003077734"
DAYS = st.dates(min_value=datetime.date(1900, 1, 1), max_value=datetime.date(2020, 12, 31))


@given(DAYS, st.integers(0, 999))
def test_every_valid_number_tells_birth_and_sex(born: datetime.date, serial: int) -> None:
    first = f"520102{born:%Y%m%d}{serial:03d}"
    identity = check_id_number(first + check_character(first))
    assert identity.birth_date == born
    assert identity.sex == ("1" if serial % 2 else "2")
    assert identity.region_prefix == "520102"


@given(DAYS, st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(
    born: datetime.date, serial: int, place: int, step: int
) -> None:
    first = f"520102{born:%Y%m%d}{serial:03d}"
    number = first + check_character(first)
    old = number[place]
    new = str((int(old) + step) % 10) if old.isdigit() else str(step)
    if new == old:
        return
    with pytest.raises(RuleError):
        check_id_number(number[:place] + new + number[place + 1 :])


@pytest.mark.parametrize(
    "written",
    [
        f" {NUMBER} ", "520102 19900307 7734", "５２０１０２１９９００３０７７７３４", f"'{NUMBER}",
        f"{NUMBER}\u200b", f"\ufeff{NUMBER}", "520102-19900307-7734", f"{NUMBER}\t",
    ],
)  # fmt: skip
def test_sane_ways_to_write_it(written: str) -> None:
    assert check_id_number(written).number == NUMBER


@pytest.mark.parametrize("sign", ["x", "Ｘ", "Ⅹ", "ⅹ", "×", "Х", "х", "Χ"])
def test_whatever_stands_for_an_x(sign: str) -> None:
    first = next(f for n in range(999) if check_character(f := f"52010219900307{n:03d}") == "X")
    assert check_id_number(f"{first}{sign}").number == f"{first}X"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("52O102199003077734", "身份证号第 3 位「O」（像数字 0）不是数字，请照证件改正。"),
        ("52o1 02l9900307773４", "身份证号第 3 位「o」（像数字 0）、第 7 位「l」（像数字 1）不是"),
        ("5201021990O307773", "应为 18 位（现在是 17 位），第 11 位「O」（像数字 0）不是数字，请"),
        ("52010219X003077734", "身份证号第 9 位「X」不是数字"),
        ("OOOO02199003077734", "第 3 位「O」（像数字 0）等不是数字"),
        (f"{NUMBER}\x00", "应为 18 位（现在是 19 位），第 19 位（看不见的字符）不是数字"),
        ("abcdefghijklmnopqr", "身份证号应为 17 位数字加一位数字或 X，请核对。"),
        ("身份证", "身份证号应为 18 位（现在是 3 位），请核对。"),
    ],
)
def test_what_only_looks_like_a_digit_is_named_and_not_guessed(written: str, said: str) -> None:
    with pytest.raises(RuleError) as refused:
        check_id_number(written)
    assert said in str(refused.value)
    assert "应为 18 位（现在是 18 位）" not in str(refused.value)


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (520102199003077730, "R5"), (5.20102199003077e17, "R5"), ("520102199003077000", "R5"),
        ("", "R1"), ("5.20102E+17", "R5"),
        ("52010219900307773", "R1"), ("520102199013077739", "R1"),
        ("٥٢٠١٠٢١٩٩٠٠٣٠٧٧٧٣١", "R1"), ("身份证", "R1"), (f"{NUMBER}\x00", "R1"),
    ],
)  # fmt: skip
def test_refused(value: object, rule: str) -> None:
    """A numeric cell always, whatever its value: a spreadsheet keeps 15 digits of it."""
    with pytest.raises(RuleError) as caught:
        check_id_number(value)
    assert caught.value.rule == rule
    assert not str(caught.value).isascii()


def test_future_births_and_old_numbers() -> None:
    first = f"520102{datetime.date.today().year + 1}0101001"
    with pytest.raises(RuleError):
        check_id_number(first + check_character(first))
    old = check_id_number("520102900307773")
    assert old.number.startswith("52010219900307773")
    assert [f.rule for f in old.flags] == ["R1"]


@pytest.mark.parametrize("prefix", ["522101", "520321", "522426", "520221"])
def test_abolished_divisions_are_known(prefix: str) -> None:
    first = f"{prefix}19900307773"
    assert not check_id_number(first + check_character(first)).flags


def test_unknown_divisions_only_warn() -> None:
    first = "52990119900307773"
    assert [f.rule for f in check_id_number(first + check_character(first)).flags] == ["R2"]


def test_other_documents() -> None:
    first = "81000019900307773"
    assert check_id_number(first + check_character(first), id_type="2").number
    with pytest.raises(RuleError):
        check_id_number(NUMBER, id_type="2")
    assert check_id_number("e 1234567", id_type="4").number == "E1234567"
    with pytest.raises(RuleError):
        check_id_number("护照", id_type="4")
    assert check_id_number("USA123456789012", id_type="3").number
    with pytest.raises(RuleError):
        check_id_number("USA1", id_type="3")


def test_masks() -> None:
    assert mask_id_number(NUMBER) == "52*************734"
    assert mask_id_number("E1234") == "*****"
    assert mask_phone("13885012345") == "138****2345"
    assert mask_phone("12345") == "*****"


@given(st.text(max_size=40))
def test_cleaning_never_fails(text: str) -> None:
    assert not set(clean_id_number(text)) & set(" '-\u200b")


@pytest.mark.parametrize(
    ("written", "phone"),
    [("138 8501 2345", "13885012345"), ("+86-13885012345", "13885012345"), (13885012345.0,
     "13885012345"), ("0851-85812345", "0851-85812345"), ("", ""), (None, "")],
)  # fmt: skip
def test_phones(written: object, phone: str) -> None:
    assert clean_phone(written) == phone


def test_a_letter_in_a_phone_or_credit_code_is_named() -> None:
    with pytest.raises(RuleError, match="第 4 位「O」（像数字 0）、第 8 位「l」（像数字 1）不是"):
        clean_phone("138 O501 l345")
    with pytest.raises(RuleError, match="第 3 位「O」（像数字 0）不在其中（没有字母"):
        check_credit_code("91O50100M000100Y43")
    assert clean_phone("１３８８５０１２３４５") == "13885012345"


@pytest.mark.parametrize("written", ["1388501234", "23885012345", "无", "1388501234x"])
def test_phones_refused(written: str) -> None:
    with pytest.raises(RuleError):
        clean_phone(written)


@pytest.mark.parametrize(
    ("written", "name"),
    [("张 三", "张三"), ("买买提•艾力", "买买提·艾力"), ("䶮㛃", "䶮㛃"), ("𬭎", "𬭎"),
     ("John  Smith", "John Smith")],
)  # fmt: skip
def test_names(written: str, name: str) -> None:
    assert clean_name(written) == name


@pytest.mark.parametrize("written", ["", "张3", "张\x00三", "张" * 51, "=cmd", "张三;"])
def test_names_refused(written: str) -> None:
    with pytest.raises(RuleError):
        clean_name(written)


def test_pinyin_of_surnames() -> None:
    assert name_pinyin("张三") == ("zhangsan", "zs")
    assert name_pinyin("单雄信")[0].startswith("shan")
    assert name_pinyin("仇英")[1] == "qy"
    assert len(name_pinyin("张" * 50)[0]) <= 120


def test_credit_codes() -> None:
    assert check_credit_code("") == ""
    assert check_credit_code("91350100M000100Y43") == "91350100M000100Y43"
    for wrong in ("91350100M000100Y44", "123", "I1350100M000100Y43"):
        with pytest.raises(RuleError):
            check_credit_code(wrong)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (NUMBER, True),
        (NUMBER[:-1] + "0", False),  # its last digit does not fit
        ("520102199013077734", False),  # no such day
        ("999999199003077734", False),  # no such division
        ("20221234567890", False),
    ],
)
def test_only_what_can_be_nothing_else_is_a_number_of_somebody(text: str, is_one: bool) -> None:
    assert is_resident_number(text) is is_one
