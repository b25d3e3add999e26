"""What a rule of the registry answers with, wherever it is called from.

A rule is a function on plain values. It raises RuleError where the value must be refused
(level E of DOMAIN "Validation rules") and yields Flags where it is accepted after a
reason (W) or only remarked on (I). Forms, the API and the importer all call the same
functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import ValidationError

Level = Literal["W", "I"]


class RuleError(ValidationError):
    """A value refused by a rule. `rule` is its number (R1 ...), `message` Chinese."""

    def __init__(self, rule: str, message: str, *, field: str = "") -> None:
        super().__init__(message, code=rule)
        self.rule = rule
        self.field = field

    def __str__(self) -> str:
        return str(self.message)

    @property
    def each(self) -> tuple[RuleError, ...]:
        """The refusals that it holds, one by one."""
        return (self,)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What was remarked on beside the refusals."""
        return ()


class RuleErrors(RuleError):
    """What several rules refused, each on its own field, and what others remarked on."""

    def __init__(self, refusals: Iterable[RuleError], flags: Iterable[Flag]) -> None:
        self._each, self._flags = tuple(refusals), tuple(flags)
        first = self._each[0]
        super().__init__(first.rule, "".join(str(r) for r in self._each), field=first.field)

    @property
    def each(self) -> tuple[RuleError, ...]:
        return self._each

    @property
    def flags(self) -> tuple[Flag, ...]:
        return self._flags


class Answers:
    """What rules that do not depend on one another say: all of it at once, whatever is refused."""

    def __init__(self) -> None:
        self._flags: list[Flag] = []
        self._refusals: list[RuleError] = []

    def ask(self, rule: Callable[..., Iterable[Flag] | None], *args: Any, **values: Any) -> None:
        """Hear a rule: its flags up to where it refuses, and the refusal."""
        try:
            for flag in rule(*args, **values) or ():
                self._flags.append(flag)
        except RuleError as error:
            self._flags += error.flags
            self._refusals += error.each

    def refuse(self, rule: str, message: str, *, field: str = "") -> None:
        self._refusals.append(RuleError(rule, message, field=field))

    def settle(self) -> list[Flag]:
        """The flags. Raises all that was refused, as one RuleError."""
        if len(self._refusals) == 1 and not self._flags:
            raise self._refusals[0]
        if self._refusals:
            raise RuleErrors(self._refusals, self._flags)
        return self._flags


@dataclass(frozen=True, slots=True)
class Flag:
    """A value accepted, with something the clerk should know or explain."""

    rule: str
    level: Level
    message: str
    field: str = ""

    def as_remark(self, column: str) -> dict[str, str]:
        """As it stands among the messages of a ledger's row."""
        return {
            "column": column,
            "message": self.message,
            "rule": self.rule,
            "level": self.level,
        }


def warnings(flags: Iterable[Flag]) -> list[Flag]:
    """Only the flags that ask for a reason (level W)."""
    return [flag for flag in flags if flag.level == "W"]
