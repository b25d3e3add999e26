"""The areas that headings of a form name."""

from __future__ import annotations

import re
from itertools import chain

from core.ledgers.spreadsheets.child import squeeze
from core.regions.tree import Divisions

_KIND = re.compile(r"(特区|新区|自治州|自治县|[区县市州])$")
# 黔西南州, 威宁县: an autonomous one by the name that everybody uses.
_PEOPLES = re.compile(r"(?:(?:布依|苗|侗|彝|回|水|仡佬|土家)族)+(?:各族)?自治(?=[州县]$)")
# 「一、贵阳市（6个）」, 「（二）南明区」
_NUMBER = re.compile(r"^\s*[（(]?[一二三四五六七八九十百\d]+(?:[）)]|[、.．])\s*")


class Areas:
    """The areas that a form filled for a region may name: it and those below it."""

    def __init__(self, region: str, divisions: Divisions) -> None:
        self.region, self.year = region, divisions.day.year
        found: dict[str, set[str]] = {}
        level = divisions.level(region)
        below = (divisions.at_level(level + n, under=region) for n in (1, 2))
        inside = [region, *chain.from_iterable(below)]
        for code in inside:
            name = squeeze(divisions.name(code))
            short = _PEOPLES.sub("", name)
            for said in {name, _KIND.sub("", name), short, _KIND.sub("", short)}:
                if len(said) > 1:
                    found.setdefault(said, set()).add(code)
        self._codes = {name: codes.pop() for name, codes in found.items() if len(codes) == 1}

    def named(self, text: str) -> str:
        """The code of the area that a heading names, "" for none."""
        return self._codes.get(squeeze(text), "")

    def heading(self, text: str) -> str:
        """The same for one with its number in front of it."""
        return self.named(_NUMBER.sub("", text))
