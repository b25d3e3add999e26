"""What every ledger's rows are built with."""

from __future__ import annotations

import itertools
import uuid

from core import resources
from core.resources import ImportContext


def test_ids_are_random_valid_and_ascend_for_long_stretches() -> None:
    context = ImportContext(user=None, places=None, day=None)
    count = 2 * resources._IDS + 10
    ids = [context.new_id() for _ in range(count)]
    assert len(set(ids)) == count
    parsed = [uuid.UUID(text) for text in ids[:500]]
    assert {(p.version, p.variant) for p in parsed} == {(4, uuid.RFC_4122)}
    assert [str(p) for p in parsed] == ids[:500]
    falls = sum(a > b for a, b in itertools.pairwise(ids))
    assert falls == 2
    # All of the range, so nobody guesses a neighbour from the first id.
    assert len({text[:2] for text in ids[: resources._IDS]}) == 256
