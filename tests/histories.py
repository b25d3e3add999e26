"""How long chance plays: a few seeds that are always the same in make test, many in make drill.

Nothing in an ordinary run is left to chance, so that a red one says something of the change.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import settings

SHORT, LONG = "short", "long"
# Examples of a property in make drill, drawn anew each time.
LONG_EXAMPLES = 2000

settings.register_profile(SHORT, derandomize=True, database=None, deadline=None)
settings.register_profile(LONG, max_examples=LONG_EXAMPLES, deadline=None, print_blob=True)


def load(*, is_long: bool) -> None:
    """Before test modules are read, since a property takes its settings as it is read."""
    settings.load_profile(LONG if is_long else SHORT)


def seeds(short: int, long: int) -> list[Any]:
    """Seeds for parametrize: the first few in every run, all the others in make drill alone.

    SEEDS=400 make drill ARGS=tests/audit takes more than there is time for every night.
    """
    last = max(short, int(os.environ.get("SEEDS") or long))
    rest = [pytest.param(seed, marks=pytest.mark.drill) for seed in range(short, last)]
    return [*range(short), *rest]


def examples(short: int, long: int) -> int:
    """As many examples as a property that is slow has time for."""
    return long if settings.get_current_profile_name() == LONG else short
