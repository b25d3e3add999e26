"""What is taken back leaves no trace in what stands and what is counted, after years of chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from core.entities.steps import recorded, take_back
from core.models import Step
from core.rules import RuleError
from tests.audit.driver import REFUSED, Office
from tests.audit.test_counts import DAYS, FIRST, LAST, compare
from tests.audit.worlds import differing, world
from tests.histories import seeds

pytestmark = pytest.mark.django_db
# A ledger is taken back as a batch; a division is no action of an office.
OTHERWISE = {"people_ledger", "station_ledger", "graduates", "abolish"}


class Undoing(Office):
    """Every third act is taken back at once, and now and then one of long ago is tried."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.undone: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()

    def step(self, action: Callable[[], Any]) -> None:
        name = action.__name__
        if name in OTHERWISE:
            super().step(action)
            return
        is_at_once = self.dice.random() < 0.33
        before = world() if is_at_once else {}
        try:
            by = self.clerks["52"]
            with (
                transaction.atomic(),
                recorded(by, code=name, label=name, by=by, reason="试") as step,
            ):
                action()
        except (*REFUSED, IndexError):
            return
        self.done[name] += 1
        if is_at_once:
            self.take_back(step)
            assert differing(before, world()) == {}, name
            self.undone[name] += 1
        elif self.dice.random() < 0.2:
            older = self.one(Step.objects.filter(undone_at=None).order_by("at", "pk"))
            try:
                self.take_back(older)
                self.undone[older.action] += 1
            except RuleError:
                self.kept[older.action] += 1

    def take_back(self, step: Step) -> None:
        with transaction.atomic():
            take_back(step=step, record=step.by, by=self.reviewers["52"], reason="点错了")


@pytest.mark.parametrize("seed", seeds(1, 40))
def test_acts_are_taken_back_whole(seed: int) -> None:
    office = Undoing(seed)
    office.work(160, since=FIRST, until=LAST)
    assert [line for day in DAYS[-2:] for line in compare(day)] == []
    # It was tried with most of what offices do, and the rules against going over others held.
    assert len(office.undone) > 10
    assert sum(office.undone.values()) > 25
    assert office.kept
