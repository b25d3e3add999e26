"""Cells of a ledger of people that say more than one plain thing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from core.dates import parse_date
from core.ledgers import values
from core.ledgers.ledger import RowCheck
from core.ledgers.values import Choice, Choices, UnknownWord, as_text
from core.national import division_names, places_named
from core.rules import Flag, RuleError
from core.secrecy.identity import check_id_number, clean_id_number, clean_phone
from core.text import normalise
from talent.people.ledger import meanings
from talent.people.models import Person

# Of certificates: the word that stands for "one, but which".
SOME = "有"


def id_number(cell: Any, row: RowCheck) -> str:
    """Text only: a number is refused whatever its value (R5)."""
    if not isinstance(cell, str):
        check_id_number(cell)
    return clean_id_number(cell)


_BETWEEN_PHONES = re.compile(r"[/、,，;；|\n]|或|\s{2,}")
_EXTENSION = re.compile(r"(转|分机|ext\.?)\s*\d+$", re.IGNORECASE)
_ABROAD = re.compile(r"^(\+|00)86[\s-]*")
_ASIDE = re.compile(r"[(（][^)）\d]*[)）]")


def phone(cell: Any, row: RowCheck) -> str:
    """The first number of a cell; what else it says is remarked on. A masked one stays as it is:
    whether it may be so the row tells as a whole."""
    text = as_text(cell)
    if text.isascii() and text.isdigit():
        return clean_phone(text)
    if "*" in text:
        return normalise(text)
    parts = [part for part in _BETWEEN_PHONES.split(text) if any(c.isdigit() for c in part)]
    first = parts[0] if len(parts) > 1 else text
    plain = _EXTENSION.sub("", _ABROAD.sub("", _ASIDE.sub("", normalise(first)))).strip()
    number = clean_phone(plain)
    if len(parts) > 1:
        row.flag(Flag("PHONE", "I", "有多个号码，登记第一个。"), "联系电话")
    elif _EXTENSION.search(normalise(first)):
        row.flag(Flag("PHONE", "I", "分机号不登记。"), "联系电话")
    return number


def status(cell: Any, row: RowCheck) -> str:
    """A registered status as our export says it, else what an office says in its own words of
    somebody who is not there."""
    return meanings.STATUSES.get(normalise(as_text(cell))) or _being_there(cell, row, "状态")


def number(cell: Any, row: RowCheck) -> str:
    """Ours; a number by which an office calls its people names nobody here."""
    text = normalise(as_text(cell)).upper()
    return text if len(text) == Person._meta.get_field("number").max_length else ""


def place(label: str) -> Any:
    """The six-digit code of a place anywhere in the country."""

    def clean(cell: Any, row: RowCheck) -> str:
        text = normalise(as_text(cell))
        found = places_named(text) or [c for c, name in _provinces().items() if name == text]
        # 湖南邵阳 is the prefecture: of its county more would have been written.
        found = [code for code in found if code.endswith("00")] or found
        if len(found) != 1:
            raise RuleError("PLACE", f"{label}「{text[:20]}」认不出是哪里。")
        return found[0]

    return clean


@lru_cache(maxsize=1)
def _provinces() -> dict[str, str]:
    """Codes of the provinces by the name that is said alone: 四川."""
    names = division_names().items()
    return {code: _KIND.sub("", name) for code, name in names if code.endswith("0000")}


_KIND = re.compile("(省|市|(壮族|回族|维吾尔)?自治区|特别行政区)$")


class Ethnicity(Choice):
    """The code of a nationality; of whom the 56 do not name [code, what was written]."""

    def __call__(self, cell: Any, row: RowCheck) -> Any:
        code = super().__call__(cell, row)
        if code != "97":
            return code
        text = normalise(as_text(cell))
        inside = re.search(r"\((.+)\)", text)
        word = inside[1] if inside else text
        return code if word.startswith(("其他", "其它", "含")) else [code, word[:20]]


_HAS = re.compile("^(已经?|曾)?(取得|获得|考取|考过|通过|持有|拥有|具有)")
_WHEN = re.compile(
    r"[(]?\s*((?:19|20)\d{2})(?:[年.\-/](\d{1,2}))?[年月]?(取得|获得|通过|考取)?\s*[)]?$"
)


class CertificateLevels(Choices):
    """The levels in a cell, each a code, or [code, date] where the cell says since when:
    「助理社会工作师、社会工作师」, 「已取得助理社会工作师（2022年）」.

    有 and √ say that there is one: which, the office is asked once. 0 and × say there is none.
    """

    def __call__(self, cell: Any, row: RowCheck) -> Any:
        word = normalise(as_text(cell)).lower()
        if word in meanings.NOT_HELD:
            return None
        if word in meanings.HELD:
            message = f"{self.label}只写了「有」，没有写级别。"
            unknown = UnknownWord(message, SOME, self.options)
            unknown.known = []
            raise unknown
        found = super().__call__(cell, row)
        return [one for one in found if one] or None

    def one(self, cell: Any, row: RowCheck) -> Any:
        try:
            return super().one(cell, row)
        except UnknownWord:
            text = normalise(as_text(cell))
            when = _WHEN.search(text)
            plain = _HAS.sub("", text[: when.start()] if when else text).strip("：: ")
            if plain == text or not plain:
                raise
            code = super().one(plain, row)
            return [code, _day(when)] if code and when else code


def _day(when: re.Match[str]) -> list[str]:
    year, month = when[1], when[2]
    parsed = parse_date(f"{year}.{month}" if month else year)
    assert parsed is not None
    return [parsed.day.isoformat(), parsed.precision]


_BETWEEN_DAYS = re.compile(r"[、,，;；\n]")
_one_day = values.date("批准日期")


def days(cell: Any, row: RowCheck) -> Any:
    """A day as [ISO date, precision], or a list of them where a cell holds several."""
    parts = [p for p in _BETWEEN_DAYS.split(cell) if p.strip()] if isinstance(cell, str) else []
    if len(parts) < 2:
        return _one_day(cell, row)
    return [_one_day(part, row) for part in parts]


def registration_period(cell: Any, row: RowCheck) -> list[str]:
    """[first day, last day] of 「2025.10.20-2028.10.19」."""
    starts, ends, _ = values.period("登记有效期")(cell, row)
    if not (starts and ends):
        message = "登记有效期看不出起止日期，请写成 2025-10-20至2028-10-19。"
        raise RuleError("DATE", message)
    return [starts, ends]


_TITLE = re.compile(
    r"^(.{3,}?(?:民政局|工作部|[村居]委会|委员会|办事处|服务中心|服务站|指导中心|社工站|志愿服务站"
    r"|总站|有限公司|公司|协会|联合会|基金会|学院|大学|医院|学校|社区|局|中心|站))"
    r"[\s,，、;；/]*(.{2,20})$"
)


def employer_and_title(cell: Any, row: RowCheck) -> list[str]:
    """[employer, title] of 「南明区民政局科员」; without a title all of it is the employer."""
    text = str(_employer(cell, row))
    found = _TITLE.match(text)
    return [found[1], found[2]] if found else [text, ""]


_SCHOOL = re.compile(r"^(.{2,}?(?:大学|学院|党校|学校|电大|中学|高中|一中))[\s,，、;；/]*(.*)$")


def school_and_major(cell: Any, row: RowCheck) -> list[str]:
    """[school, major] of 「贵州民族大学社会工作专业」."""
    text = str(_school(cell, row))
    found = _SCHOOL.match(text)
    school, major = (found[1], found[2]) if found else (text, "")
    return [school, major.removesuffix("专业") or major]


_employer = values.text("单位及职务", 120)
_school = values.text("毕业院校及专业", 120)


class TitleLevels(Choice):
    """[level, series] of a title; the series is what the cell says beside the level."""

    def __call__(self, cell: Any, row: RowCheck) -> Any:
        code = super().__call__(cell, row)
        return [code, normalise(as_text(cell))[:40]] if code else None


def serving(cell: Any, row: RowCheck) -> str:
    """What a column about being there says, where it says that somebody is not: 离职, 死亡."""
    return _being_there(cell, row, "在岗状态")


def _being_there(cell: Any, row: RowCheck, label: str) -> str:
    text = normalise(as_text(cell))
    if text in meanings.NOT_THERE or re.search(meanings.LEFT, text):
        return text[:20]
    if text and text not in meanings.THERE and text not in meanings.STATUSES:
        message = f"{label}写的是「{text[:20]}」，认不出是否还在岗，按在岗登记，请核对。"
        row.flag(Flag("R21", "W", message), label)
    return ""
