"""What a rule of the registry answers with, wherever it is called from.

A rule is a function on plain values. It raises RuleError where the value must be refused
(level E of DOMAIN "Validation rules") and yields Flags where it is accepted after a
reason (W) or only remarked on (I). Forms, the API and the importer all call the same
functions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

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
