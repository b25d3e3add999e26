"""Chance that is the same in each run: what a seed made is made again."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator

import pytest

from core.regions.tree import forget_divisions
from tests import rows


@pytest.fixture(autouse=True)
def by_the_dice_of_a_seed(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Random keys are those of a seed, numbers those of a first test; townships abolished by
    a test leave no memory of it. (Rows that the database gives in another order still make
    another history: what holds must hold in any.)"""
    monkeypatch.setattr(os, "urandom", random.Random(request.node.name).randbytes)
    monkeypatch.setattr(rows, "_numbers", itertools.count(1))
    forget_divisions()
    yield
    forget_divisions()
