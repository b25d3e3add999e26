"""Telling an ID number, phone or certificate number from a name in a search field."""

import re
from dataclasses import dataclass

from core.identity import check_id_number, clean_id_number, clean_phone
from core.rules import RuleError


@dataclass(frozen=True)
class Secret:
    """What was typed, cleaned; kind is id_number, phone or certificate."""

    kind: str
    value: str
    label: str


def secret_in(text: str) -> Secret | None:
    """The number a text is, None when it is an ordinary word (names, codes up to 9 digits)."""
    cleaned = clean_id_number(text or "")
    if re.fullmatch(r"\d{15}|\d{17}[\dX]", cleaned):
        try:
            return Secret("id_number", check_id_number(cleaned).number, "证件号")
        except RuleError:
            return Secret("id_number", cleaned, "证件号")
    if re.fullmatch(r"(\+?86)?1[3-9]\d{9}|0\d{9,11}", cleaned):
        try:
            return Secret("phone", clean_phone(cleaned), "电话")
        except RuleError:
            return None
    if re.fullmatch(r"[A-Z0-9]{10,32}", cleaned) and sum(c.isdigit() for c in cleaned) >= 6:
        return Secret("certificate", cleaned, "证书号")
    return None
