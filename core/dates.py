"""Dates as people write them in ledgers, and as the registry counts them."""

from __future__ import annotations

import calendar
import datetime
import re
from typing import Literal, NamedTuple

from django.utils import timezone

from core.rules import RuleError
from core.text import normalise

Precision = Literal["D", "M", "Y"]

_NUMERIC = re.compile(r"(\d{4})[-./年](\d{1,2})(?:(?:[-./]|月份?)(\d{1,2})?[日号]?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_YEAR = re.compile(r"(\d{4})年?")
_EXCEL_EPOCH = datetime.date(1899, 12, 30)
_EPOCH_1904 = datetime.date(1904, 1, 1)
EARLIEST = datetime.date(1900, 1, 1)


class Number1904(float):
    """A number of a workbook that counts its days from 1904, as Excel for Mac once did."""


class PreciseDate(NamedTuple):
    """A date and how much of it was written: day, month ("M": first of the month) or year."""

    day: datetime.date
    precision: Precision


def today() -> datetime.date:
    """Today in Beijing, which is the day the registry counts by."""
    return timezone.localdate()


def days_left(day: datetime.date | None) -> str:
    """「还有 40 天」, 「今天到期」, 「已过 12 天」."""
    if not day:
        return ""
    days = (day - today()).days
    if days > 0:
        return f"还有 {days} 天"
    return "今天到期" if days == 0 else f"已过 {-days} 天"


def parse_date(value: object, *, label: str = "日期") -> PreciseDate | None:
    """The date in a cell or a form field, None when there is none.

    Accepts real dates, 2021-3-1, 2021.3.1, 2021/3/1, 2021年3月1日, 20210301, 202103,
    2021.3, 2021年3月, 2021年, and Excel serials given as numbers (1900 system, or 1904 for
    Number1904). Months without a day mean the first of the month (DOMAIN "Further defaults").
    Raises RuleError for anything else, 6/1/20 included, which is ambiguous.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime.datetime):
        return PreciseDate(value.date(), "D")
    if isinstance(value, datetime.date):
        return PreciseDate(value, "D")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value, label)
    # A time of day goes while a space still parts it from the day.
    text = _TIME.sub("", normalise(str(value)))
    # The middle dot of names is the full-width stop of dates; the Chinese stop is typed too.
    text = re.sub("[·。、]", ".", text).replace(" ", "")
    text = re.sub("[—–-]+", "-", text).rstrip(".-/")
    if not text:
        return None
    for pattern in (_NUMERIC, _COMPACT, _YEAR):
        if match := pattern.fullmatch(text):
            year, month, day = ([*match.groups(), "", ""])[:3]
            precision: Precision = "D" if day else "M" if month else "Y"
            return PreciseDate(_date(year, month or "1", day or "1", text, label), precision)
    raise _refusal(text, label)


_TIME = re.compile(r"[T ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
# 1954-10-03; what is smaller was not meant as Excel's count of days.
FIRST_SERIAL = 20_000


def _from_number(number: float, label: str) -> PreciseDate | None:
    epoch = _EPOCH_1904 if isinstance(number, Number1904) else _EXCEL_EPOCH
    number = float(number)
    if number.is_integer() and (19000101 <= number <= 21001231):
        return parse_date(str(int(number)), label=label)
    if number.is_integer() and 190001 <= number <= 210012:
        return parse_date(str(int(number)), label=label)
    if number.is_integer() and FIRST_SERIAL <= number < 80000:
        return PreciseDate(epoch + datetime.timedelta(days=int(number)), "D")
    return parse_date(f"{number:g}", label=label)


def _date(year: str, month: str, day: str, text: str, label: str) -> datetime.date:
    try:
        result = datetime.date(int(year), int(month), int(day))
    except ValueError:
        raise RuleError("DATE", f"{label}「{text}」这一天不存在，请核对。") from None
    if result < EARLIEST:
        raise _refusal(text, label)
    return result


def _refusal(text: str, label: str) -> RuleError:
    return RuleError("DATE", f"{label}「{text}」不是有效日期，请写成 2021-03-01 这样的格式。")


class Period(NamedTuple):
    """From a day to a day, or for some months from a day that is said elsewhere."""

    starts: PreciseDate | None
    ends: PreciseDate | None
    months: int | None = None

    def last_day(self, begun: datetime.date | None) -> datetime.date | None:
        """Its last day; of a number of months, counted from `begun`."""
        if self.ends:
            return last_day_of(self.ends)
        if self.months and begun:
            return add_months(begun, self.months) - datetime.timedelta(days=1)
        return None


def last_day_of(date: PreciseDate) -> datetime.date:
    """The last day that a month or a year means."""
    if date.precision == "D":
        return date.day
    months = 1 if date.precision == "M" else 12
    return add_months(date.day, months) - datetime.timedelta(days=1)


_DAY = r"\d{4}(?:[-./年]\d{1,2}(?:[-./月]\d{1,2}日?|月)?|年)?"
_FROM_TO = re.compile(
    rf"({_DAY})(?:起|开始)?(?:起至|至|到|—+|–|~|-+)({_DAY}|\d{{1,2}}月(?:\d{{1,2}}日)?)"
)
_LONG = re.compile(r"([一二两三四五六七八九十]|十[一二]|\d{1,3})(?:个)?(周年|年|月)(?!\d)")
_WHOLE_YEAR = re.compile(r"(\d{4})年?度")
_DIGITS = {word: number for number, word in enumerate("一二三四五六七八九十", start=1)} | {
    "两": 2, "十一": 11, "十二": 12,
}  # fmt: skip


def parse_period(value: object, *, label: str = "期限") -> Period:
    """The period in a cell: 2023年12月至2024年12月, 2024.01-2024.12, 2024年度, 12个月,
    自合同签订之日起一年, 三年（合同一年一签）. What else the cell says is passed over.

    Raises RuleError where it says neither days nor a length.
    """
    text = normalise(str(value)).replace(" ", "")
    if found := _FROM_TO.search(text):
        starts = parse_date(found[1], label=label)
        last = found[2] if found[2][:4].isdigit() else f"{found[1][:4]}年{found[2]}"
        return Period(starts, parse_date(last, label=label))
    if found := _WHOLE_YEAR.search(text):
        year = parse_date(found[1], label=label)
        return Period(year, year)
    if found := _LONG.search(text):
        count = int(found[1]) if found[1].isdigit() else _DIGITS[found[1]]
        return Period(None, None, count * (1 if found[2] == "月" else 12))
    raise RuleError(
        "DATE", f"{label}「{text[:30]}」看不出起止日期，请写成 2024-01-01至2024-12-31。"
    )


PRECISIONS = [("D", "日"), ("M", "月"), ("Y", "年")]


def precision_name(name: str) -> str:
    """The name of the column that says how much of a day is known: built_on, built_precision."""
    return f"{name.removesuffix('_on')}_precision"


# How much of a written date is known, by its precision.
KNOWN_LENGTH = {"M": 7, "Y": 4}


def says_otherwise(registered: datetime.date, said: str, precision: str) -> bool:
    """Whether a day in a ledger (ISO, precision D, M or Y) is another one: 2021.3 says
    nothing against 2021-03-15."""
    length = KNOWN_LENGTH.get(precision, 10)
    return registered.isoformat()[:length] != said[:length]


def full_years(born: datetime.date, on: datetime.date) -> int:
    """Age in full years on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day `months` later (or earlier), or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


def check_not_future(
    day: datetime.date | None, *, label: str, field: str = "", on: datetime.date | None = None
) -> None:
    """What has happened cannot lie ahead. Raises RuleError."""
    if day and day > (on or today()):
        raise RuleError("DATE", f"{label}不能晚于今天，请核对。", field=field)
