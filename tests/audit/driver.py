"""Year after year of what offices do, by the dice of a seed.

Every step is a real action or import by somebody who may do it, on the day that the clock
shows. What the rules refuse is refused as in the product and counted; anything else that is
raised is a fault. `is_correcting=False` leaves out whatever says that the past was otherwise
(earlier dates, merges, certificates found later), so that no past figure may change.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable
from typing import Any

import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from core.decisions.actions import settle_due
from core.rules import RuleError
from core.scoping import OutOfScope
from tests.audit.people import PeopleDesk
from tests.audit.places import PlacesDesk

REFUSED = (RuleError, OutOfScope, PermissionDenied, ValidationError)


class Office(PeopleDesk, PlacesDesk):
    """The clerks and reviewers of the counties, the records they have made, and the dice."""

    def __init__(self, seed: int, *, is_correcting: bool = True) -> None:
        super().__init__(seed, is_correcting=is_correcting)
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.actions: list[Callable[[], Any]] = self._all()

    def _all(self) -> list[Callable[[], Any]]:
        common: list[Callable[[], Any]] = (
            [self.enter] * 20 + [self.start] * 12 + [self.monthly] * 12
        )
        common += [self.open_station] * 9 + [self.certify] * 6 + [self.study] * 6
        common += [self.claim] * 4 + [self.decide] * 4 + [self.people_ledger] * 2
        rare = [
            self.second_post, self.end_post, self.transfer_in, self.transfer_out, self.answer,
            self.leave, self.die, self.retire, self.come_back, self.deactivate, self.reactivate,
            self.verify, self.register, self.cancel, self.title, self.title, self.state,
            self.approve, self.approve, self.cover, self.close, self.graduates,
            self.station_ledger, self.move, self.part_time, self.abolish, self.abolish,
            self.end_organization, self.number, self.number, self.renumber, self.verify,
            self.check_person,
        ]  # fmt: skip
        correcting = [self.merge, self.redate_post, self.wrong_region, self.recategorise]
        # What somebody lost on a day is no correction; that she never had it is one.
        rare += [self.wrong_row]
        return [*common, *rare, *(correcting if self.is_correcting else [])]

    # --- The clock ------------------------------------------------------------------------
    def work(self, steps: int, *, since: datetime.date, until: datetime.date) -> None:
        """Some steps spread evenly over the days."""
        span = (until - since).days
        for step in range(steps):
            day = since + datetime.timedelta(days=span * step // steps)
            with time_machine.travel(datetime.datetime.combine(day, datetime.time(4)), tick=True):
                settle_due()
                self.step(self.dice.choice(self.actions))

    def step(self, action: Callable[[], Any]) -> None:
        try:
            with transaction.atomic():
                action()
            self.done[action.__name__] += 1
        except REFUSED:
            self.refused[action.__name__] += 1
        except IndexError:
            pass  # Nobody and nothing there yet to do it with.
