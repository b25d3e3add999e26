"""The person: name, phone and what else a cell may say otherwise."""

from __future__ import annotations

from typing import Any

from core.entities.display import words
from core.ledgers.asking import ask
from core.national import PlaceField, place_label
from core.text import normalise
from talent.people.ledger.meeting.encounter import PERSON, Encounter
from talent.people.ledger.meeting.questions import LEDGER, NAME
from talent.people.models import Person

_COLUMNS = (
    "former_name", "ethnicity", "ethnicity_word", "political_status", "native_place",
    "household_place", "remark",
)  # fmt: skip


def meet_name(m: Encounter) -> None:
    """The same ID number under two names waits for a decision (R4)."""
    new, old = m.said[PERSON]["name"], m.person.name
    if new == old:
        return
    message = f"在册姓名是「{old}」，台账是「{new}」，以哪个为准？"
    if ask(m.row, NAME, message, rule="R4") == LEDGER:
        m.show("姓名", old, new)
        said = m.said[PERSON]
        pinyin, initials = said.get("pinyin", ""), said.get("initials", "")
        m.update_person(name=new, pinyin=pinyin, initials=initials)


def meet_fields(m: Encounter) -> None:
    for column in _COLUMNS:
        if new := m.said[PERSON].get(column):
            _change(m, column, new)
    category = m.said[PERSON]["category"]
    # 实务人才 says nothing against one of its kinds.
    if "category" in m.given and not m.person.category.startswith(category):
        _change(m, "category", category)
    for column in ("sources", "service_fields"):
        _add(m, column)
    _phone(m)


def _add(m: Encounter, column: str) -> None:
    """A ledger adds to a list: what it does not name it says nothing against."""
    before = list(getattr(m.person, column))
    field: Any = Person._meta.get_field(column)
    if new := [code for code in m.said[PERSON].get(column, []) if code not in before]:
        after = sorted([*before, *new])
        m.show(str(field.verbose_name), *(words(field, codes) for codes in (before, after)))
        m.update_person(**{column: after})


def _change(m: Encounter, column: str, new: str) -> None:
    old = getattr(m.person, column)
    if normalise(new) == normalise(old):
        return
    field: Any = Person._meta.get_field(column)
    words = dict(field.flatchoices)
    named = place_label if isinstance(field, PlaceField) else lambda code: words.get(code, code)
    m.show(str(field.verbose_name), named(old), named(new))
    m.update_person(**{column: new})


def _phone(m: Encounter) -> None:
    said, person = m.said[PERSON], m.person
    index = said.get("phone_index")
    if index and index != "\\x" + bytes(person.phone_index or b"").hex():
        m.show("联系电话", person.masked_phone, "（新号码）")
        m.update_person(phone=said["phone"], phone_index=index)
