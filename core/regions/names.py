"""Names of regions by code, for pages: read once and kept for some minutes.

Lists show a region's name on every row; joining four levels of parents for that would
cost more than the 1,700 names that exist.
"""

from typing import Any

from django.conf import settings
from django.db.models import Q

from core.kept import Kept
from core.regions.models import Region


def _read() -> dict[str, str]:
    return dict(Region.objects.values_list("code", "name"))


_NAMES = Kept(_read, seconds=300)


def place_names() -> dict[str, str]:
    """Code -> name of every region, those of the past included."""
    return _NAMES.get()


def forget_places() -> None:
    """After a change of divisions."""
    _NAMES.forget()


def place_path(code: str | None) -> list[tuple[str, str]]:
    """(code, name) from the province down to the region itself."""
    if not code:
        return []
    names = place_names()
    return [
        (code[:n], names[code[:n]]) for n in (2, 4, 6, 9) if n <= len(code) and code[:n] in names
    ]


def place_name(code: str | None, *, below: str = "") -> str:
    """「贵阳市 南明区 新华路街道」: the path without the province, or from below `below` on."""
    path = [(c, n) for c, n in place_path(code) if c != settings.PROVINCE_CODE or c == code]
    if below:
        path = [(c, n) for c, n in path if len(c) > len(below)] or path[-1:]
    return " ".join(name for _, name in path) or (code or "未定位")


def working_region_code(request: Any) -> str:
    """The region one works in now: that of the page whose form was sent, whatever another window
    switched to since, else the one switched to, else the user's own.

    Only ever inside the user's own region; "" for users without one.
    """
    own = getattr(request.user, "region_id", None) or ""
    sent = request.POST.get("scope", "") if request.method == "POST" else ""
    chosen = (sent or request.session.get("working_region", "")) if own else ""
    return chosen if chosen.startswith(own) and chosen in place_names() else own


def resolve_regions(text: str, user: Any, *, limit: int = 12) -> list[Any]:
    """Regions in the user's scope that a typed text means, best first.

    A code, a name (with or without its last word 区/县/镇 …), a path such as 「贵阳市 南明区」,
    pinyin or initials. An exact match stands alone; codes and names of the past mean what
    became of them.
    """
    text = " ".join(text.split())
    current = Region.objects.for_user(user).current()
    if text.isdigit():
        found = list(current.filter(code=text)) or _successors(user, code=text)
        return found or list(current.filter(code__startswith=text)[:limit])
    if text.isascii():
        return _by_pinyin(current, text.lower().replace(" ", ""), limit)
    *above, last = text.split(" ")
    exact = [r for r in current.filter(name=last)[:limit] if _lies_under(r.pk, above)]
    if exact:
        return exact
    begins = [r for r in current.filter(name__startswith=last)[:limit] if _lies_under(r.pk, above)]
    return begins or _successors(user, name=last)


def _successors(user: Any, **past: str) -> list[Any]:
    """What became of the abolished regions of a code or name, as far as in the user's scope."""

    abolished = Region.objects.filter(valid_to__isnull=False, **past)
    found = {
        r.pk: r for r in (a.final_successor() for a in abolished) if r and r.is_in_scope_of(user)
    }
    return list(found.values())


def _by_pinyin(current: Any, text: str, limit: int) -> list[Any]:
    exact = list(current.filter(Q(pinyin=text) | Q(initials=text))[:limit])
    return exact or list(
        current.filter(Q(pinyin__startswith=text) | Q(initials__startswith=text))[:limit]
    )


def _lies_under(code: str, names: list[str]) -> bool:
    above = [name for _, name in place_path(code)]
    return all(any(a.startswith(n) for a in above) for n in names)
