"""What a form about people is filled with where no column of the export says it."""

from __future__ import annotations

import datetime
import re
from typing import Any

from core.dates import full_years
from core.ledgers.ledger import AGAIN
from core.regions.names import place_names
from talent.codes import PersonStatus

_COUNTY, _TOWNSHIP = 6, 9
_VILLAGE = re.compile("(社区|村|居委会|村委会|居民委员会|村民委员会)$")


def _place(length: int) -> Any:
    """The name of the county, or the township, of where somebody is."""

    def get(person: Any, on: datetime.date) -> str:
        code = person.region_id or ""
        return place_names().get(code[:length], "") if len(code) >= length else ""

    return get


def _title(person: Any, on: datetime.date) -> str:
    """职务: what she is called there, else the kind of the post."""
    post = person.held_post
    return (post.title or post.kind) if post else ""


def _employer_and_title(person: Any, on: datetime.date) -> str:
    post = person.held_post
    return f"{post.employer}{post.title}" if post else ""


def _village(person: Any, on: datetime.date) -> str:
    """村（社区）: a ledger that has such a column and no employer means by it where she works."""
    post = person.held_post
    return post.employer if post and _VILLAGE.search(post.employer) else ""


def _school_and_major(person: Any, on: datetime.date) -> str:
    study = person.held_education
    return f"{study.school}{study.major}" if study else ""


def _registered(person: Any, on: datetime.date) -> str:
    held = person.held_registration
    return f"{held.starts_on}至{held.ends_on}" if held else ""


def _voucher(person: Any, on: datetime.date) -> str:
    held = person.held_registration
    return held.voucher if held else ""


def _one(held: str, number: int, *parts: str) -> Any:
    """What is to be said of the first of several that somebody holds, or of the second."""

    def get(person: Any, on: datetime.date) -> Any:
        found = [one for one in getattr(person, held) or () if one is not None]
        if len(found) < number:
            return ""
        first, *others = (getattr(found[number - 1], part) for part in parts)
        return "".join((first, *others)) if others else first

    return get


def _twice(held: str, name: str, *parts: str) -> dict[str, Any]:
    """The columns of a sheet that has a part twice."""
    return {f"{name}{AGAIN}{number}": _one(held, number, *parts) for number in (1, 2)}


def _age(person: Any, on: datetime.date) -> int | None:
    return full_years(person.birth_date, on) if person.birth_date else None


def _born(person: Any, on: datetime.date) -> str:
    return f"{person.birth_date:%Y.%m}" if person.birth_date else ""


def _is_certified(person: Any, on: datetime.date) -> str:
    return "是" if person.held_certificate else "否"


FILLS = {
    "county": _place(_COUNTY),
    "township": _place(_TOWNSHIP),
    "title": _title,
    "village": _village,
    "employer_and_title": _employer_and_title,
    "school_and_major": _school_and_major,
    "registration_period": _registered,
    "registration_voucher": _voucher,
    **_twice("held_courses", "education", "level"),
    **_twice("held_courses", "school", "school"),
    **_twice("held_courses", "major", "major"),
    **_twice("held_courses", "school_and_major", "school", "major"),
    **_twice("held_certificates", "certificate_level", "level"),
    **_twice("held_certificates", "certificate_number", "number"),
    **_twice("held_certificates", "approved_on", "approved_on"),
    "serving": lambda person, on: PersonStatus(person.status).label,
    "年龄": _age,
    "出生年月": _born,
    "是否持证": _is_certified,
}
