"""Whether the security log is what was written: every seal follows from the one before."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import get_user_model

from core.audit.models import SecurityEvent


@dataclass(frozen=True)
class ChainReport:
    """`broken` is the id of the first row whose seal does not fit, None when all fit.

    0 is a log without a row where somebody has logged in, which leaves one.
    """

    checked: int
    broken: int | None
    last_id: int | None
    last_seal: str

    @property
    def is_intact(self) -> bool:
        return self.broken is None

    @property
    def words(self) -> str:
        if self.broken == 0:
            return "没有任何记录，而已有人登录过，可能被清空"
        if self.broken is not None:
            return f"第 {self.broken} 条与前后不符，可能被改动或删除"
        return f"核验 {self.checked} 条，前后相符"

    def as_dict(self) -> dict[str, object]:
        return {
            "checked": self.checked,
            "broken": self.broken,
            "last_id": self.last_id,
            "last_seal": self.last_seal,
        }


def verify_chain(*, limit: int | None = None, expected: str | None = None) -> ChainReport:
    """Recompute the seals, of the whole log or of its last `limit` rows.

    A removed end of the log cannot be seen from what is left: keep "id:seal" of the last
    row elsewhere (the command prints it) and give it as `expected`.
    """
    if expected and (lost := _lost(expected)) is not None:
        return ChainReport(0, lost, lost, "")
    rows = SecurityEvent.objects.order_by("id")
    previous = b""
    if limit is not None:
        tail = list(rows.reverse().values_list("id", flat=True)[: limit + 1])
        if len(tail) > limit:
            previous = bytes(SecurityEvent.objects.get(id=tail[-1]).seal)
            rows = rows.filter(id__gt=tail[-1])
    checked, last = 0, None
    for event in rows.iterator(chunk_size=1000):
        if event.digest(previous) != bytes(event.seal):
            return ChainReport(checked, event.id, event.id, "")
        previous, last = bytes(event.seal), event.id
        checked += 1
    if not checked and get_user_model().objects.exclude(last_login=None).exists():
        return ChainReport(0, 0, None, "")
    return ChainReport(checked, None, last, previous.hex())


def _lost(expected: str) -> int | None:
    """The id of an earlier last row that is gone or carries another seal."""
    number, _, seal = expected.partition(":")
    event = SecurityEvent.objects.filter(id=int(number)).first()
    return None if event is not None and bytes(event.seal).hex() == seal else int(number)
