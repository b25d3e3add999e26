"""Rows whose number is masked, as in our own exports: they mean whom 人才编号, name and what
the mask leaves agree on, and nobody new."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.models import ImportRow
from core.secrecy.crypto import blind_index
from talent.people.models import Person

_MASKED = re.compile(r"[0-9A-Z]{2}\*+[0-9A-Z]{3}|\*+")
# What to do about it, of whichever number.
_ADVICE = "请用「导出完整号码」的文件，或填写完整号码。"
UNFIT = f"证件号码是隐去的（带 *），按人才编号和姓名没有找到与各号码相符的在册人员；{_ADVICE}"
UNNAMED = f"证件号码是隐去的（带 *），又没有人才编号，认不出是谁；{_ADVICE}"
PHONE = f"联系电话是隐去的（带 *），不能登记；{_ADVICE}"


def is_hidden(number: str) -> bool:
    return _MASKED.fullmatch(number) is not None


def key_of(number: str) -> bytes:
    """What identifies a row with this 人才编号, in the place of the ID number's index."""
    return blind_index(number, purpose="number")


def people_of(rows: Iterable[ImportRow]) -> dict[bytes, Person]:
    """Whom the 人才编号 of masked rows belong to, by the rows' keys."""
    numbers = [row.shown["hidden"]["number"] for row in rows if "hidden" in row.shown]
    found = Person.objects.filter(number__in=numbers).order_by() if numbers else ()
    return {key_of(person.number): person for person in found}


def fits(row: ImportRow, person: Person) -> bool:
    """Whether a masked row is about this person: all that it shows is as registered."""
    said = row.shown["hidden"]
    return (
        row.shown["name"] == person.name
        and said["id_number"] == person.masked_id_number
        and said["phone"] in ("", person.masked_phone)
    )
