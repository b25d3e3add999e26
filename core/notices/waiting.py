"""What waits for a user: a declared list, counted through for_user, shown on the workbench.

An app adds its own by calling `register_waiting` in its waiting.py (a room of core in its own
module), for example

    register_waiting(Waiting(
        code="transfers",
        label="待接收的转入申请",
        hint="15 天内不处理将自动接收",
        permission="talent.decide_transferrequest",
        count=lambda user: TransferRequest.objects.incoming(user).count(),
        url="transferrequest_list",
        query="?state=todo",
        is_decision=True,
    ))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.urls import reverse

_SECONDS = 60


@dataclass(frozen=True)
class Waiting:
    """One kind of matter. `count(user)` must go through for_user; `url` lists the same rows.

    `url` is an address, or the name of one; what has no page is not shown. `applies(user)`
    may leave a kind to the counties. `is_decision`: nothing goes on without the user's word,
    so it counts in the top bar; otherwise it is upkeep (an expiring registration).
    """

    code: str
    label: str
    permission: str
    count: Callable[[Any], int]
    url: str
    hint: str = ""
    is_decision: bool = False
    query: str = ""
    applies: Callable[[Any], bool] = lambda user: True

    @property
    def address(self) -> str:
        return reverse(self.url) + self.query

    def address_in(self, region: str) -> str:
        """The address with the region that was counted, whatever one works in now."""
        mark = "&" if "?" in self.address else "?"
        return f"{self.address}{mark}region={region}" if region else self.address


def is_county_or_below(user: Any) -> bool:
    """Upkeep is done where the records are kept; above that its sum is no task."""
    return len(user.region_id or "") >= 6


WAITING: dict[str, Waiting] = {}


def register_waiting(waiting: Waiting) -> None:
    WAITING[waiting.code] = waiting


def _kinds_for(user: Any) -> list[Waiting]:
    kinds = WAITING.values()
    return [w for w in kinds if user.has_perm(w.permission) and w.applies(user) and w.address]


def waiting_for(user: Any) -> list[tuple[Waiting, int]]:
    """Everything that waits, decisions first; kinds with nothing waiting are left out.

    The top bar of the same page says their sum.
    """
    found = [(w, count) for w in _kinds_for(user) if (count := w.count(user))]
    cache.set(_key(user.pk), sum(count for w, count in found if w.is_decision), _SECONDS)
    return sorted(found, key=lambda item: not item[0].is_decision)


def waiting_total(request: Any) -> int:
    """Decisions that wait, at most a minute old: it stands on every page."""
    user = request.user
    kinds = [w for w in _kinds_for(user) if w.is_decision]
    if not kinds:
        return 0
    key = _key(user.pk)
    total = cache.get(key)
    if total is None:
        total = sum(w.count(user) for w in kinds)
        cache.set(key, total, _SECONDS)
    return total


def forget_total(user_id: Any) -> None:
    """After an act of a user the number in the top bar is counted anew."""
    cache.delete(_key(user_id))


def _key(user_id: Any) -> str:
    return f"waiting-{user_id}"
