"""The items of a correction: fields with their values, and what is asked in words."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from core.entities.display import label_of, words
from core.rules import RuleError
from core.secrecy.crypto import sign
from core.secrecy.identity import clean_name
from talent.corrections.models import ChangeRequest
from talent.people.models import Person

# What a worker may ask to have changed, as the form shows it; the ID number only a clerk
# changes from the document.
CORRECTION = (
    (
        "身份",
        (
            "name",
            "former_name",
            "sex",
            "birth_date",
            "ethnicity",
            "ethnicity_word",
            "political_status",
        ),
    ),
    ("地区", ("native_place", "household_place", "residence")),
    ("人才信息", ("category", "sources", "service_fields")),
)
CORRECTABLE = tuple(name for _, names in CORRECTION for name in names)
# The item that stands for `ChangeRequest.other`.
OTHER, OTHER_LABEL = "other", "其他更正"


@dataclass(frozen=True)
class Item:
    """One thing that a request asks for, in words: what it was, what is asked, what it is now,
    and what became of it (None while nobody has decided)."""

    name: str
    label: str
    old: str
    new: str
    now: str = ""
    is_overtaken: bool = False
    is_done: bool | None = None
    note: str = ""

    @property
    def is_other(self) -> bool:
        """Said in words, and mended by hand."""
        return self.name == OTHER

    @property
    def result(self) -> str:
        if self.is_done is None:
            return ""
        return "已改" if self.is_done else "不予采纳"


def names_of(request: ChangeRequest) -> list[str]:
    """The items by name, in the order of the record; what is said in words last."""
    return [*fields_of(request), *([OTHER] if request.other else [])]


def fields_of(request: ChangeRequest) -> list[str]:
    return [name for name in CORRECTABLE if name in request.changes]


def label_of_item(name: str) -> str:
    return OTHER_LABEL if name == OTHER else label_of(Person, name)


def items(request: ChangeRequest, person: Person) -> list[Item]:
    """Everything that is asked."""
    asked = differences(request, person)
    if request.other:
        answer = _answer(request, OTHER)
        asked.append(Item(name=OTHER, label=OTHER_LABEL, old="", new=request.other, **answer))
    return asked


def differences(request: ChangeRequest, person: Person) -> list[Item]:
    """Field by field: old, asked, now."""
    result = []
    for name in fields_of(request):
        values, now = request.changes[name], current_json(person, name)
        result.append(
            Item(
                name=name,
                label=label_of_item(name),
                old=_worded(name, values["old"]),
                new=_worded(name, values["new"]),
                now=_worded(name, now),
                is_overtaken=now != values["old"],
                **_answer(request, name),
            )
        )
    return result


def _answer(request: ChangeRequest, name: str) -> dict[str, Any]:
    result = request.results.get(name)
    return {"is_done": result["done"], "note": result["note"]} if result else {}


def present_mark(request: ChangeRequest, person: Person) -> str:
    """Stands for what the record now has in the fields that a request asks to change; keyed,
    since nothing of a number may be guessed from it."""
    now = [current_json(person, name) for name in sorted(request.changes)]
    return sign(json.dumps(now).encode()).hex()[:32]


# --- Values ---------------------------------------------------------------------------------
def _attribute(name: str) -> str:
    return Person._meta.get_field(name).attname  # type: ignore[union-attr]


def current_json(person: Person, name: str) -> Any:
    """A field of the record as a JSON value."""
    return as_json(person, name, getattr(person, _attribute(name)))


def as_json(person: Person, name: str, value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return sorted({str(v) for v in value})
    return getattr(value, "pk", value)


def fill(person: Person, values: dict[str, Any]) -> None:
    """Set checked values on the record. Raises ValidationError in Chinese."""
    for name, value in values.items():
        setattr(person, _attribute(name), _as_model_value(name, value))
    try:
        person.clean_fields(exclude={f.name for f in Person._meta.fields} - set(values))
    except ValidationError as error:
        raise RuleError("FIELD", "申请的内容不符合要求，请核对后重新填写。") from error
    person.clean()


def _as_model_value(name: str, value: Any) -> Any:
    if name in ("name", "former_name") and value:
        return clean_name(value)
    if name == "birth_date" and value:
        return datetime.date.fromisoformat(str(value))
    return value


def _worded(name: str, value: Any) -> str:
    field = Person._meta.get_field(name)
    if name == "birth_date" and value:
        value = datetime.date.fromisoformat(str(value))
    return words(field, value)
