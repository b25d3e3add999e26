"""Cleaning of what people type and paste, before any rule looks at it."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

# Zero-width characters, and the selectors of variants of a character.
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DOTS = re.compile("[•・･‧．·⋅∙]")
_ID = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE
)
# Marks of Chinese texts that NFKC would make half as wide, and those of them that have a twin.
_CHINESE = frozenset("（），：；！？…～")
_CHINESE_MARK = re.compile(f"([{''.join(sorted(_CHINESE))}])")
_FULL = dict(zip("(),:;!?~", "（），：；！？～", strict=True))
# Not in 10:30 and 1,200, nor before the // of an address.
_HALF = re.compile(r"[()~]|(?<![0-9])[,:;!?](?!//)|[,:;!?](?![0-9/])")
_HAN = re.compile("[\u3400-\u9fff]")
_NONE = frozenset({"", "无", "/", "\\", "-", "--", "—", "——", "－", "暂无", "没有", "空", "n/a"})

# Longer cells say something, whatever invisible characters pad them.
_LONGEST_NONE = 16
# Of the words, 暂无 and 没有: there is nothing in a longer one that could go.
_LONGEST_WORD = 2


def _standard_characters() -> dict[str, str]:
    """What systems of the GBK era keep in the private-use area (U+E815 to U+E864, the 80 characters
    FE50 to FEA0), as Unicode has it by now: GB 18030-2000 for most, GB 18030-2005 for the rest."""
    trail = (*range(0x50, 0x7F), *range(0x80, 0xA1))
    found = {chr(0xE815 + n): bytes((0xFE, byte)).decode("gb18030") for n, byte in enumerate(trail)}
    late = "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864"
    found |= {old: chr(0x9FB4 + n) for n, old in enumerate(late)}
    return found | {
        "\ue816": "\U00020087", "\ue817": "\U00020089", "\ue818": "\U000200cc",
        "\ue831": "\U000215d7", "\ue83b": "\U0002298f", "\ue855": "\U000241fe",
    }  # fmt: skip


_PRIVATE = re.compile("[\ue815-\ue864]")
_STANDARD = _standard_characters()


def _plain(value: str) -> str:
    """Without what nobody sees, the dots of names alike, each character the standard one."""
    text = _INVISIBLE.sub("", _DOTS.sub("·", value))
    return _PRIVATE.sub(lambda old: _STANDARD[old[0]], text)


def normalise(value: str) -> str:
    """A text as it is compared: NFKC, without zero-width characters, white space folded.

    The middle dots of minority names are made U+00B7; NFKC does not do that.
    """
    if value.isascii():
        # Most cells of a ledger: nothing below applies to them.
        return " ".join(value.split())
    # Nor the first of it to most of the others: no sign in them is a dot, or one nobody sees.
    plain = value if value.isalnum() else _plain(value)
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def tidy(value: str) -> str:
    """A text as it is kept: normalised, with its Chinese punctuation as it was written."""
    if value.isascii():
        return normalise(value)
    parts = [
        part if part in _CHINESE else unicodedata.normalize("NFKC", part)
        for part in _CHINESE_MARK.split(_plain(value))
    ]
    return " ".join("".join(parts).split())


def tidy_name(value: str) -> str:
    """A name as it is kept: in one writing, whichever way it was typed, so that equal names are
    equal texts. It follows from the normalised text alone.

    Official names of stations, projects and organisations have full-width brackets; a Chinese
    text has them and its other marks so, but between digits (10:30, 1,200).
    """
    text = normalise(value)
    if not _HAN.search(text):
        return text
    return _HALF.sub(lambda mark: _FULL[mark[0]], text.replace("...", "…"))


def is_none(value: object) -> bool:
    """Whether a cell says that there is nothing: empty, 无, /, - and the like."""
    if value is None:
        return True
    if not isinstance(value, str) or len(value.strip()) > _LONGEST_NONE:
        return False
    if len(value) > _LONGEST_WORD and value.isalnum():
        return False
    return normalise(value).lower() in _NONE


def without_ids(text: str) -> str:
    """A text of the same length without the ids of records (UUIDs) in it: of random ones, one
    in 125 holds eleven digits in a row, which are nobody's phone."""
    return _ID.sub(lambda found: "_" * len(found[0]), text)


def without_control_characters(value: str) -> str:
    """A text of which PostgreSQL refuses nothing."""
    return _CONTROL.sub("", value)


def has_control_characters(value: str) -> bool:
    """Whether a text holds NUL or other control characters that PostgreSQL refuses."""
    return bool(_CONTROL.search(value))


_UNIT = re.compile(
    r"\s*([元圆]整?|人次|人|个|名|年度|年|届|分|平方米|平米|平方|m2|户|家|场|次|项|小时)$"
)
_INEXACT = "约|大约|近"
_ABOUT = re.compile(f"^({_INEXACT}|共计?|合计)")
_DIGITS = {
    sign: value
    for value, signs in enumerate(
        ("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for sign in signs
}
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000}
_GROUPS = {"万": 10_000, "萬": 10_000, "亿": 10**8, "億": 10**8}
_COUNTED = "".join(sign for sign, value in _DIGITS.items() if value)
# Up to 9999, the places from above: 三千零五十.
_FOUR = (
    f"(?=[{_COUNTED}零〇十拾])(?:[{_COUNTED}][千仟])?(?:[零〇]?[{_COUNTED}][百佰])?"
    f"(?:[零〇]?[{_COUNTED}]?[十拾])?(?:[零〇]?[{_COUNTED}])?"
)
_WRITTEN = re.compile(
    f"[零〇]|(?=[{_COUNTED}十拾])(?:{_FOUR}[亿億])?(?:[零〇]?{_FOUR}[万萬])?(?:[零〇]?{_FOUR})?"
)
# 三万八 leaves open what it means.
_OPEN = re.compile(f"[百佰千仟万萬亿億][{_COUNTED}]$")
_FACTORS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
# Before and behind the point.
_MOST_PLACES = 30
_MULTIPLES = re.compile(rf"\s*([{''.join(_FACTORS)}]+)$")


def is_about(value: str) -> bool:
    """Whether a number is said not to be exact: 「约20万」."""
    return bool(re.match(_INEXACT, normalise(value)))


def _written(text: str) -> int | None:
    """A whole number in words, 「三万八千」 or 「叁万捌仟」; None where it is none."""
    if not _WRITTEN.fullmatch(text) or _OPEN.search(text):
        return None
    total = group = 0
    digit: int | None = None
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign] or digit
        elif sign in _PLACES:
            group, digit = group + (1 if digit is None else digit) * _PLACES[sign], None
        else:
            group += digit or 0
            # 一亿三千万: of the larger group all before it, of the smaller what is its own.
            if _GROUPS[sign] > _GROUPS["万"]:
                total = (total + group) * _GROUPS[sign]
            else:
                total += group * _GROUPS[sign]
            group, digit = 0, None
    return total + group + (digit or 0)


def as_number(value: str) -> Decimal:
    """A number as people write it: 「1,200」, 「¥3000元」, 「12.5万」, 「5 人」, 「叁万元整」.

    Raises ValueError.
    """
    text = _ABOUT.sub("", normalise(value).replace(",", "").replace("，", ""))
    text = _UNIT.sub("", text.lstrip("¥ "))
    if (written := _written(text)) is not None:
        return Decimal(written)
    multiples = _MULTIPLES.search(text)
    try:
        number = Decimal(_MULTIPLES.sub("", text))
    except InvalidOperation:
        raise ValueError(value) from None
    # 1e999 fits no column, and 1e999999999 written out no memory.
    if not number.is_finite() or abs(number.adjusted()) > _MOST_PLACES:
        raise ValueError(value)
    for sign in multiples[1] if multiples else "":
        number *= _FACTORS[sign]
    return number
