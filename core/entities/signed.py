"""Figures that were signed: who changes what they counted says why, and is told what it does.

Nothing here knows what a figure is. The app that signs registers a witness, which says of some
records what the signed figures make of them; a write is looked at before and after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.rules import RuleError

REASON = "correction_reason"


@dataclass
class Effect:
    """What a write did to signed figures, in words; `takes` where one had counted it."""

    said: list[str] = field(default_factory=list)
    takes: bool = False

    def __str__(self) -> str:
        """What is added to the message of a write; nothing where nothing signed was touched."""
        return f"列为决算后更正：{'；'.join(self.said)}。" if self.said else ""


class Witness(Protocol):
    def look(self, records: Sequence[Any]) -> Any:
        """What signed figures make of the records now; falsy where nothing is signed."""

    def effect(self, before: Any, records: Sequence[Any]) -> Effect:
        """What has become of it since."""

    def deciding(self) -> dict[str, list[str]]:
        """Label of each model -> its columns that signed figures may hang on; empty where
        nothing is signed."""

    def counted(self, model: type[Any], keys: Sequence[Any]) -> int:
        """How many of the records of these keys a signed figure counted."""


_witnesses: list[Witness] = []


def register(witness: Witness) -> None:
    _witnesses.append(witness)


@contextmanager
def explained(records: Sequence[Any], *, reason: str) -> Iterator[Effect]:
    """Let the writes inside change what signed figures counted only with a reason.

    Raises RuleError where there is none; then the caller's transaction undoes the writes. The
    effect is filled in at the end.
    """
    looks = [(witness, witness.look(records)) for witness in _witnesses]
    effect = Effect()
    yield effect
    for witness, before in looks:
        if before:
            found = witness.effect(before, records)
            effect.said += found.said
            effect.takes |= found.takes
    if effect.takes and len(reason.strip()) < 2:
        words = "；".join(effect.said)
        raise RuleError(
            "SIGNED",
            f"这项改动涉及已冻结的决算（{words}），请写明事由，列入决算后更正。",
            field=REASON,
        )


def deciding() -> dict[str, list[str]]:
    """Label of each model -> its columns that signed figures may hang on."""
    return {label: names for w in _witnesses for label, names in w.deciding().items()}


def counted(model: type[Any], keys: Sequence[Any]) -> int:
    """How many of the records of these keys a signed figure counted."""
    return max((witness.counted(model, keys) for witness in _witnesses), default=0)
