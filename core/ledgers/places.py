"""What people call a region, resolved to its code within a scope.

Names are no keys: 46 township names repeat. A code or a name that is unique in the scope
is taken, an abolished one leads to its successor, and an ambiguous one is refused with
its candidates.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from core.regions.models import Region
from core.rules import RuleError
from core.text import normalise

# 「新华路街道办事处」 is 「新华路街道」, and so is 「新华路」 where nothing else is.
_OFFICE = re.compile("((?<=街道)办|办事处|人民政府|政府)$")
# The level below the counties.
_TOWNSHIP = 4
_ENDINGS = ("街道", "镇", "乡", "区", "县", "市")


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    name: str
    level: int
    is_current: bool
    successor: str | None


class OutsideScope(RuleError):
    """A place that there is, but not among those of who asks."""


class AmbiguousPlace(RuleError):
    """A name of several places."""


class PlaceIndex:
    """All regions in memory (some 1,700), with the scope of who asks."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.by_code: dict[str, _Place] = {}
        self.by_name: dict[str, list[_Place]] = {}
        for code, name, level, valid_to, successor in Region.objects.values_list(
            "code", "name", "level", "valid_to", "successor_id"
        ):
            found = _Place(code, name, level, valid_to is None, successor)
            self.by_code[code] = found
            self.by_name.setdefault(normalise(name), []).append(found)
        self._named_in: dict[str, str] = {}
        self._memo: dict[tuple[str, int | None, str], str | RuleError] = {}

    def name(self, code: str | None) -> str:
        place = self.by_code.get(code or "")
        return place.name if place else ""

    def path(self, code: str) -> str:
        """「贵阳市南明区兰花都街道」, without the province."""
        return "".join(self.name(code[:n]) for n in (4, 6, 9) if n <= len(code))

    def named_in(self, text: str) -> str:
        """The code of the deepest place in scope whose name stands in a text (贵阳市南明区民政局),
        "" where there is none, or several that nothing tells apart."""
        if text not in self._named_in:
            self._named_in[text] = self._find_in(normalise(text).replace(" ", ""))
        return self._named_in[text]

    def names_elsewhere(self, text: str) -> bool:
        """Whether a text (云岩区大营路街道…居委会) names a county or prefecture, and only such as
        neither lie in the scope nor hold it."""
        squeezed = normalise(text).replace(" ", "")
        if self.named_in(text):
            return False
        named = {
            self._today(place).code
            for name, places in self.by_name.items()
            if len(name) > 1 and name in squeezed
            for place in places
            if 1 < place.level < _TOWNSHIP
        }
        return bool(named) and not any(
            code.startswith(self.scope) or self.scope.startswith(code) for code in named
        )

    def _find_in(self, text: str) -> str:
        here = {
            self._today(place).code
            for name, places in self.by_name.items()
            if len(name) > 1 and name in text
            for place in places
            if place.level > 1 and self._lies_in(place, self.scope)
        }
        # Of what is named with what lies above it, and of the deepest of them.
        deepest = max(map(len, here), default=0)
        last = [code for code in here if len(code) == deepest]
        nested = [code for code in last if any(code.startswith(c) for c in here if c != code)]
        found = nested or last
        return found[0] if len(found) == 1 else ""

    def resolve(
        self, text: str, *, label: str = "地区", level: int | None = None, within: str = ""
    ) -> str:
        """The current code of a region in scope. Raises RuleError otherwise."""
        key = (text, level, within)
        if key not in self._memo:
            try:
                self._memo[key] = self._resolve(normalise(text), label, level, within)
            except RuleError as error:
                self._memo[key] = error
        found = self._memo[key]
        if isinstance(found, RuleError):
            raise found
        return found

    def _resolve(self, text: str, label: str, level: int | None, within: str) -> str:
        scope = within or self.scope
        if text.isdecimal():
            # 12-digit statistical codes end in zeros.
            stripped = text[:9] if len(text) == 12 and text.endswith("000") else text
            place = self.by_code.get(stripped) or self.by_code.get(stripped.rstrip("0"))
            if place is None:
                raise RuleError("PLACE", f"{label}代码「{text}」不存在，请核对。")
            return self._in_scope(self._today(place), scope, label)
        candidates = [p for p in self._named(text) if level is None or p.level == level]
        inside = self._distinct(p for p in candidates if self._lies_in(p, scope))
        if len(inside) == 1:
            return inside[0]
        if len(inside) > 1:
            same = f"{label}「{text}」有 {len(inside)} 处同名：{self._listed(inside)}。"
            raise AmbiguousPlace("PLACE", same + "请改填区划代码。")
        outside = self._distinct(candidates)
        if outside:
            # A bare name of several places means none of them (DOMAIN, fact 6).
            kind = OutsideScope if len(outside) == 1 else AmbiguousPlace
            raise kind(
                "PLACE",
                f"{label}「{text}」不在{self.name(scope)}，全省有：{self._listed(outside)}。"
                "请核对，或改填区划代码。",
            )
        close = self._close_to(text, scope, level)
        hint = f"，相近的有：{self._listed(close)}。" if close else "，"
        raise RuleError("PLACE", f"{label}「{text}」不存在{hint}请填写全称或区划代码。")

    def _close_to(self, text: str, scope: str, level: int | None) -> list[str]:
        """Codes of the places in scope that a misspelled name may mean, the likeliest first."""
        inside = {
            name: place.code
            for name, places in self.by_name.items()
            for place in places
            if place.is_current and place.code.startswith(scope) and level in (None, place.level)
        }
        return [inside[name] for name in difflib.get_close_matches(text, inside, n=3, cutoff=0.5)]

    def _named(self, text: str) -> list[_Place]:
        """Places of a name, else of what its office or its short form stands for."""
        squeezed = text.replace(" ", "").removeprefix(self.name(self.scope[:2]))
        short = _OFFICE.sub("", squeezed)
        found = self._exactly(squeezed) or self._exactly(short)
        if found or len(short) < 2:
            return found
        return [place for ending in _ENDINGS for place in self._exactly(short + ending)]

    def _exactly(self, squeezed: str) -> list[_Place]:
        """Places of a full name; a path in front (贵阳市南明区…) narrows them."""
        if squeezed in self.by_name:
            return self.by_name[squeezed]
        found = []
        for name, places in self.by_name.items():
            if squeezed.endswith(name) and len(name) < len(squeezed):
                above = squeezed[: -len(name)]
                found += [
                    p
                    for p in places
                    if (above in self.path(p.code) and self.path(p.code).startswith(above[:2]))
                    or self.path(p.code[:6]).endswith(above)
                ]
        return found

    def _today(self, place: _Place) -> _Place:
        """Where a place belongs by now; an abolished one where its successions end nowhere."""
        seen: set[str] = set()
        while not place.is_current and place.successor and place.code not in seen:
            seen.add(place.code)
            place = self.by_code[place.successor]
        return place

    def _lies_in(self, place: _Place, scope: str) -> bool:
        return self._today(place).code.startswith(scope)

    def _distinct(self, places: object) -> list[str]:
        codes = []
        for place in places:  # type: ignore[attr-defined]
            code = self._today(place).code
            if self.by_code[code].is_current and code not in codes:
                codes.append(code)
        return codes

    def _in_scope(self, place: _Place, scope: str, label: str) -> str:
        if not place.is_current:
            raise RuleError(
                "PLACE", f"{label}「{place.name}」已撤销且没有承接地区，请改填现行区划。"
            )
        if not place.code.startswith(scope):
            raise OutsideScope(
                "PLACE", f"{label}「{self.path(place.code)}」不在{self.name(scope)}，请核对。"
            )
        return place.code

    def _listed(self, codes: list[str]) -> str:
        shown = "；".join(f"{self.path(code)}（{code}）" for code in codes[:8])
        return shown + ("等" if len(codes) > 8 else "")
