"""People are found by a name in any writing, and by the numbers that name them."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper

from core.secrecy.crypto import blind_index
from core.secrecy.identity import is_resident_number
from core.secrecy.numbers import Secret
from core.text import normalise
from talent.credentials.models import Certificate, RegistrationPeriod
from talent.people.known import kept_for

# A 人才编号, as core gives them (talent.people.models.new_number).
_NUMBER = re.compile(r"[0-9A-HJKMNP-TV-Z]{12}")
# From so many letters on the index of sounds finds them anywhere in a name.
_LETTERS = 3
_NOT_IN_A_NUMBER = re.compile(r"[\W_]")
# People whom one number may name: a level of certificate each, or a slip of the pen.
_MOST = 20


def person_condition(text: str, *, prefix: str = "", inside: bool = False) -> Q:
    """People by their name, its pinyin or initials (张三, zhangsan, zs), or by 人才编号.

    Letters mean a name from any syllable on (oyjh, guiyue): initials from two letters, pinyin
    from three. `inside` says that there are few people, as in a county: above it two letters
    and characters begin a name.
    """
    if not text.isascii():
        return Q(**{f"{prefix}name__{'contains' if inside else 'startswith'}": text})
    word = text.lower().replace(" ", "")
    is_long = len(word) >= _LETTERS
    initials = "contains" if is_long or inside else "startswith"
    pinyin = "contains" if is_long else "startswith"
    found = Q(**{f"{prefix}initials__{initials}": word}) | Q(**{f"{prefix}pinyin__{pinyin}": word})
    number = word.upper()
    return found | Q(**{f"{prefix}number": number}) if _NUMBER.fullmatch(number) else found


def by_person(text: str, filterset: Any) -> Q:
    """The search of what belongs to people."""
    named = person_condition(text, prefix="person__", inside=len(text) >= 3)
    has_digits = any(character.isdigit() for character in text)
    return named | _holder_of(text, path="person__") if has_digits else named


def search_people(text: str, filterset: Any) -> Q:
    """In a county anywhere in the name; above it from the start, else (3 characters) inside.

    One letter is a range of the index that also orders the list.
    """
    if len(text) == 1 and text.isascii() and text.isalpha():
        filterset.is_fenced = False
        letter = text.lower()
        return Q(pinyin__gte=letter, pinyin__lt=chr(ord(letter) + 1))
    if any(character.isdigit() for character in text):
        return person_condition(text) | _holder_of(text)
    if len(filterset.scope) >= 6:
        return person_condition(text, inside=True)
    begins = person_condition(text)
    if len(text) < 3 or text.isascii() or filterset.queryset.filter(begins).exists():
        return begins
    return person_condition(text, inside=True)


def _holder_of(number: str, *, path: str = "") -> Q:
    """Who holds a certificate or a registration with that number on it, however it is written.

    Their keys are read first: a million people are not asked one by one.
    """
    plain = _NOT_IN_A_NUMBER.sub("", normalise(number)).upper()
    certificates = Certificate.objects.filter(number=plain).values_list("person", flat=True)
    written = Upper(
        Func(F("voucher"), Value(r"[^[:alnum:]]"), Value(""), Value("g"), function="regexp_replace")
    )
    registrations = RegistrationPeriod.objects.exclude(voucher="").alias(plain=written)
    holders = registrations.filter(plain=plain).values_list("person", flat=True)
    return Q(**{f"{path}pk__in": [*certificates[:_MOST], *holders[:_MOST]]})


def named_by(secret: Secret, *, path: str = "") -> Q:
    """The person whom a number names, at a path ("person__"): that of the ID card, the phone,
    the certificate, the registration, or the 人才编号."""
    if secret.kind == "certificate":
        return Q(**{f"{path}number": secret.value}) | _holder_of(secret.value, path=path)
    index = blind_index(secret.value, purpose=secret.kind)
    if secret.kind == "phone":
        return Q(**{f"{path}phone_index": index})
    kept = kept_for(index)
    named = Q(**({f"{path}id_index": index} if kept is None else {f"{path}pk": kept}))
    # As long as an ID number, and none: most certificates are numbered so.
    return (
        named if is_resident_number(secret.value) else named | _holder_of(secret.value, path=path)
    )


def holder_named_by(secret: Secret) -> Q:
    return named_by(secret, path="person__")
