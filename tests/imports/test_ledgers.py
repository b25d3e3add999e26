"""What every ledger's rows are built with."""

from __future__ import annotations

import itertools
import uuid

from core.ledgers import ledger
from core.ledgers.ledger import ImportContext


def test_ids_are_random_valid_and_ascend_for_long_stretches() -> None:
    context = ImportContext(user=None, places=None, day=None)
    count = 2 * ledger._IDS + 10
    ids = [context.new_id() for _ in range(count)]
    assert len(set(ids)) == count
    parsed = [uuid.UUID(text) for text in ids[:500]]
    assert {(p.version, p.variant) for p in parsed} == {(4, uuid.RFC_4122)}
    assert [str(p) for p in parsed] == ids[:500]
    falls = sum(a > b for a, b in itertools.pairwise(ids))
    assert falls == 2
    # Side by side in an index, at a place of the run's own, and still not to be guessed:
    # behind the beginning the whole range is used.
    assert len({text[:8] for text in ids}) == 1
    assert ImportContext(user=None, places=None, day=None).new_id()[:8] != ids[0][:8]
    assert len({text[9:11] for text in ids[: ledger._IDS]}) == 256
    assert len({text[-12:] for text in ids}) == count
