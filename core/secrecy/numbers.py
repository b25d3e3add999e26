"""Telling an ID number, phone or certificate number from a name, in fields and addresses."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from core.rules import RuleError
from core.secrecy.identity import (
    check_credit_code,
    check_id_number,
    clean_id_number,
    clean_phone,
    joined_numbers,
    odd_places,
)
from core.text import normalise, without_ids

_NUMBERS_WITHIN = (
    r"(?<![0-9A-Z])(?:[0-9]{17}[0-9X]|[0-9]{15})(?![0-9A-Z])",
    r"(?<![0-9A-Z])1[3-9][0-9]{9}(?![0-9A-Z])",
    # Numbers run together: nobody's, but not to be kept in an address either.
    r"[0-9]{11,}",
)
# Of a landline.
_FEWEST_DIGITS = 10


@dataclass(frozen=True)
class Secret:
    """What was typed, cleaned; kind is id_number, phone or certificate."""

    kind: str
    value: str
    label: str


def secret_in(text: str) -> Secret | None:
    """The number a text is or holds, None when it is ordinary words (names, short codes, ids)."""
    words = without_ids(text or "")
    return _whole(clean_id_number(words)) or _within(words)


def misread(text: str) -> str:
    """Why a text is not the ID number or mobile that it is as long as, where a sign in it is
    no digit; "" for anything else."""
    typed = clean_id_number(text)
    checks: dict[int, Callable[[str], object]] = {18: check_id_number, 11: clean_phone}
    check = checks.get(len(typed))
    if check is None or not odd_places(typed, last="X") or _is_credit_code(typed):
        return ""
    try:
        check(text)
    except RuleError as error:
        return str(error)
    return ""


def _is_credit_code(text: str) -> bool:
    try:
        return bool(check_credit_code(text))
    except RuleError:
        return False


def without_numbers(url: str) -> str:
    """An address without the parameters that hold somebody's ID number or phone (T34)."""
    parts = urlsplit(url)
    given = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in given if not any(_names_somebody(text) for text in pair)]
    return url if kept == given else urlunsplit(parts._replace(query=urlencode(kept)))


def _names_somebody(text: str) -> bool:
    if sum(character.isdigit() for character in without_ids(text)) < _FEWEST_DIGITS:
        return False
    secret = secret_in(text)
    return secret is not None and secret.kind != "certificate"


def _within(text: str) -> Secret | None:
    """The ID number or mobile of a pasted line (「张三 520102…」), however it is grouped."""
    for pattern in _NUMBERS_WITHIN:
        for words in (normalise(text).upper(), joined_numbers(text).upper()):
            if (found := re.search(pattern, words)) and (secret := _whole(found[0])):
                return secret
    return None


def _whole(cleaned: str) -> Secret | None:
    if re.fullmatch(r"\d{15}|\d{17}[\dX]", cleaned):
        try:
            return Secret("id_number", check_id_number(cleaned).number, "证件号")
        except RuleError:
            return Secret("id_number", cleaned, "证件号")
    if re.fullmatch(r"(\+?86)?1[3-9]\d{9}|0\d{9,11}", cleaned):
        return Secret("phone", clean_phone(cleaned), "电话")
    if re.fullmatch(r"[A-Z0-9]{10,32}", cleaned) and sum(c.isdigit() for c in cleaned) >= 6:
        return Secret("certificate", cleaned, "证书号")
    return None
