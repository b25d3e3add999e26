"""Names of regions by code, for pages: read once and kept for some minutes.

Lists show a region's name on every row; joining four levels of parents for that would
cost more than the 1,700 names that exist.
"""

from typing import Any

from django.conf import settings
from django.core.cache import cache

_KEY, _SECONDS = "place-names", 300


def place_names() -> dict[str, str]:
    """Code -> name of every region, those of the past included."""
    names = cache.get(_KEY)
    if names is None:
        from core.models import Region

        names = dict(Region.objects.values_list("code", "name"))
        cache.set(_KEY, names, _SECONDS if names else 1)
    return names


def forget_place_names() -> None:
    cache.delete(_KEY)


def place_path(code: str | None) -> list[tuple[str, str]]:
    """(code, name) from the province down to the region itself."""
    if not code:
        return []
    names = place_names()
    return [(code[:n], names[code[:n]]) for n in (2, 4, 6, 9) if n <= len(code) and code[:n] in names]


def place_name(code: str | None, *, below: str = "") -> str:
    """「贵阳市 南明区 新华路街道」: the path without the province, or from below `below` on."""
    path = [(c, n) for c, n in place_path(code) if c != settings.PROVINCE_CODE or c == code]
    if below:
        path = [(c, n) for c, n in path if len(c) > len(below)] or path[-1:]
    return " ".join(name for _, name in path) or (code or "未定位")


def working_region_code(request: Any) -> str:
    """The region one works in now: the one switched to, else the user's own.

    Only ever inside the user's own region; "" for users without one.
    """
    own = getattr(request.user, "region_id", None) or ""
    chosen = request.session.get("working_region", "") if own else ""
    return chosen if chosen.startswith(own) and chosen in place_names() else own
