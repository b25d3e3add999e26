"""Whatever anybody did and took back, in whichever order: history, figures, lists and what was
signed agree."""

from __future__ import annotations

import datetime

import pytest
import time_machine

from core.dates import today
from core.decisions.actions import settle_due
from tests.audit.everybody import Everybody
from tests.audit.worlds import untold
from tests.histories import seeds

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, LAST = datetime.date(2025, 3, 1), datetime.date(2026, 9, 30)
ROUNDS = 5


@pytest.mark.parametrize("seed", seeds(2, 300))
def test_acts_and_their_undoing_leave_all_consistent(seed: int) -> None:
    office = Everybody(seed)
    office.work(30, since=FIRST, until=LAST)
    # A plan is signed in one of three histories: that takes as long as all the others do.
    signs_at = office.dice.randrange(ROUNDS - 2) if seed % 3 == 0 else ROUNDS
    checks_at = office.dice.randrange(ROUNDS)
    for number in range(ROUNDS):
        # Now and then what nobody answered in 15 days is granted.
        day = LAST + datetime.timedelta(days=1 + 6 * number)
        with time_machine.travel(datetime.datetime.combine(day, datetime.time(4)), tick=True):
            settle_due()
            if number == signs_at:
                office.freeze()
            for _ in range(office.dice.randint(0, 3)):
                office.step(office.dice.choice(office.actions))
            office.stack()
            for _ in range(office.dice.randint(0, 2)):
                office.late()
            if number in (checks_at, ROUNDS - 1):
                office.check_figures(office.dice.choice((today(), datetime.date(2025, 12, 31))))
                if office.signed:
                    office.signed.check()
    assert untold() == []
    assert office.undone
