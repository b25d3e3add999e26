"""Rows whose number is masked, as in our own exports: they mean whom 人才编号, name and what
the mask leaves agree on, and nobody new."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from core.models import ImportRow
from core.secrecy.crypto import blind_index
from talent.people.models import Person

_MASKED = re.compile(r"[0-9A-Z]{2}\*+[0-9A-Z]{3}|\*+")
# What to do about it, of whichever number.
_ADVICE = "请用「导出完整号码」的文件，或填写完整号码。"
UNFIT = f"证件号码是隐去的（带 *），按人才编号和姓名没有找到与各号码相符的在册人员；{_ADVICE}"
UNNAMED = f"证件号码全部隐去，又没有人才编号，认不出是谁；{_ADVICE}"
PHONE = f"联系电话是隐去的（带 *），不能登记；{_ADVICE}"


def names_nobody(number: str) -> bool:
    """Whether a mask leaves nothing that tells one person from another."""
    return not number.strip("*")


def is_hidden(number: str) -> bool:
    return _MASKED.fullmatch(number) is not None


def key_of(number: str) -> bytes:
    """What identifies a row with this 人才编号, in the place of the ID number's index."""
    return blind_index(number, purpose="number")


def key_of_shown(name: str, number: str) -> bytes:
    """What identifies a row by a name and what a mask leaves of the number."""
    return blind_index(f"{name}|{number}", purpose="masked")


def people_of(rows: Iterable[ImportRow], user: Any) -> dict[bytes, Person]:
    """Whom masked rows belong to, by the rows' keys: by their 人才编号, else the one person in
    the user's reach of that name whose number looks so."""
    masked = [row for row in rows if "hidden" in row.shown]
    numbers = [row.shown["hidden"]["number"] for row in masked]
    people = {
        key_of(person.number): person
        for person in Person.objects.filter(number__in=filter(None, numbers)).order_by()
    }
    names = {row.shown["name"] for row in masked if not row.shown["hidden"]["number"]}
    alike: dict[bytes, list[Person]] = {}
    for person in Person.objects.for_user(user).filter(name__in=names).order_by():
        alike.setdefault(key_of_shown(person.name, person.masked_id_number), []).append(person)
    return people | {key: found[0] for key, found in alike.items() if len(found) == 1}


def fits(row: ImportRow, person: Person) -> bool:
    """Whether a masked row is about this person: all that it shows is as registered."""
    said = row.shown["hidden"]
    return (
        row.shown["name"] == person.name
        and said["id_number"] == person.masked_id_number
        and said["phone"] in ("", person.masked_phone)
    )
