"""People are found by a name in any writing, and by the numbers that name them."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from core.secrecy.crypto import blind_index
from core.secrecy.numbers import Secret
from talent.credentials.models import Certificate
from talent.people.known import kept_for


def name_condition(text: str, *, prefix: str = "", inside: bool = False) -> Q:
    """People whose name, pinyin or initials a text begins (zs, zhangsan, 张三).

    `inside` matches anywhere in the name: for a county, or three characters and more.
    """
    if text.isascii():
        word = text.lower().replace(" ", "")
        return Q(**{f"{prefix}initials__startswith": word}) | Q(
            **{f"{prefix}pinyin__startswith": word}
        )
    return Q(**{f"{prefix}name__{'contains' if inside else 'startswith'}": text})


def by_person(text: str, filterset: Any) -> Q:
    """The search of what belongs to people."""
    return name_condition(text, prefix="person__", inside=len(text) >= 3)


def search_people(text: str, filterset: Any) -> Q:
    """In a county anywhere in the name; above it from the start, else (3 characters) inside.

    One letter is a range of the index that also orders the list.
    """
    if len(text) == 1 and text.isascii() and text.isalpha():
        filterset.is_fenced = False
        letter = text.lower()
        return Q(pinyin__gte=letter, pinyin__lt=chr(ord(letter) + 1))
    if len(filterset.scope) >= 6:
        return name_condition(text, inside=True)
    begins = name_condition(text)
    if len(text) < 3 or text.isascii() or filterset.queryset.filter(begins).exists():
        return begins
    return name_condition(text, inside=True)


def named_by(secret: Secret, *, path: str = "") -> Q:
    """The person whom an ID number, phone or certificate number names, at a path ("person__")."""
    if secret.kind == "certificate":
        held = Certificate.objects.filter(person=OuterRef(f"{path}pk"), number=secret.value)
        return Q(Exists(held))
    index = blind_index(secret.value, purpose=secret.kind)
    if secret.kind == "phone":
        return Q(**{f"{path}phone_index": index})
    kept = kept_for(index)
    return Q(**({f"{path}id_index": index} if kept is None else {f"{path}pk": kept}))


def holder_named_by(secret: Secret) -> Q:
    return named_by(secret, path="person__")
