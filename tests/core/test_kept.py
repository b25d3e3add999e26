"""What a process keeps by it: read once, read again when it is old, empty or forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from core.kept import Kept


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """The time that Kept sees; a test moves it."""
    now = {"at": 1000.0}
    monkeypatch.setattr("core.kept.time.monotonic", lambda: now["at"])
    return now


def test_a_value_is_read_again_only_when_it_is_old(clock: dict[str, float]) -> None:
    answers = iter([["a"], ["b"], ["c"]])
    kept = Kept(lambda: next(answers), seconds=300)
    first = kept.get()
    assert first == ["a"]
    clock["at"] += 299
    assert kept.get() is first
    clock["at"] += 1
    assert kept.get() == ["b"]
    kept.forget()
    assert kept.get() == ["c"]


def test_an_empty_answer_is_soon_asked_again(clock: dict[str, float]) -> None:
    answers: Any = iter([{}, {"52": "贵州省"}])
    kept = Kept(lambda: next(answers), seconds=300)
    assert kept.get() == {}
    clock["at"] += 2
    assert kept.get() == {"52": "贵州省"}
