"""Many people act through pages and take back what they, or others, did; years go on beside."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any

from core.accounts.privacy import NOTICE_VERSION
from core.entities.reach import Reach
from core.figures.counting import figures_on
from core.figures.indicator import Indicator
from core.figures.lists import amount, members
from core.models import Step, User
from reports.definitions.registry import INDICATORS
from reports.definitions.talents import T1
from reports.models import Plan, Settlement
from reports.periods.settlements import corrections, digest_of
from tests.audit.beside import PLAN, BesideDesk
from tests.audit.doors import UNDOABLE, Act, Filler, is_said, may_undo, refusals, undo
from tests.audit.driver import Office
from tests.audit.sound import unsound
from tests.audit.worlds import World, differing, done, world
from tests.reports import build

TOWNSHIP = "520102016"
REGIONS = ("52", "5201", "520102", "520111", "522301", TOWNSHIP)
# So many indicators are looked at at a time; by the dice all of them, in time.
SOME = 4


def counted(indicator: Indicator, region: str, day: datetime.date) -> dict[str, int]:
    """What an indicator counts, and how much each adds."""
    return {
        str(row.pk): getattr(row, indicator.weight) if indicator.weight else 1
        for row in members(indicator, day, region)
    }


@dataclass
class Signed:
    """A settlement, and what some indicators counted in some region when it was signed."""

    settlement: Settlement
    then: dict[tuple[Indicator, str], dict[str, int]]

    def check(self) -> int:
        """It stays as it is, and 决算后更正 are what differs now and nothing else; how many."""
        assert digest_of(self.settlement) == self.settlement.digest
        found = 0
        for (indicator, region), was in self.then.items():
            now = counted(indicator, region, self.settlement.plan.ends_on)
            expected = {
                (key, was.get(key, 0), now.get(key, 0))
                for key in {*was, *now}
                if was.get(key) != now.get(key)
            }
            told = corrections(self.settlement, indicator, region)
            assert {(c.key, c.before, c.now) for c in told} == expected, indicator.code
            found += len(told)
        return found


class Everybody(Office, BesideDesk):
    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.filler = Filler(self.dice)
        self.users = [
            *self.clerks.values(),
            *self.reviewers.values(),
            self._user("viewer", "520102"),
            self._user("clerk", TOWNSHIP),
            # Of what the one did that only a second person takes back.
            self._user("reviewer", "52", "another"),
        ]
        self.undone: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()
        self.signed: Signed | None = None
        rare = [self.contract, self.pay, self.pay, self.ask, self.ask, self.answer_correction]
        self.actions += [*rare, self.count_graduates, self.withdraw] * 4

    @staticmethod
    def _user(role: str, region: str, name: str = "") -> User:
        return User.objects.create(
            username=name or f"{role}{region}", role=role, region_id=region, display_name=role,
            notice_version=NOTICE_VERSION,
        )  # fmt: skip

    def freeze(self) -> None:
        settlement, day = self.sign(), Plan.objects.get(code=PLAN).ends_on
        asked = [(T1, "52"), *((i, self.dice.choice(REGIONS)) for i in self._some())]
        self.signed = Signed(settlement, {(i, r): counted(i, r, day) for i, r in asked})

    # --- Through pages --------------------------------------------------------------------
    def chosen(self) -> Act | None:
        """Something that somebody may do."""
        entity, action = self.dice.choice(UNDOABLE)
        for by in self.dice.sample(self.users, len(self.users)):
            if not by.has_perm(action.permission):
                continue
            rows = Reach(entity, by).rows().order_by("pk")
            if records := [record for record in rows if action.when(record)]:
                record = self.dice.choice(records)
                try:
                    return self.filler.act(entity, action, record, by)
                except IndexError:
                    return None  # Nothing there to choose.
        return None

    def act(self) -> tuple[Act, World] | None:
        """Something that was done, and the world before. What is refused changes nothing."""
        before = world()
        for _ in range(20):
            act = self.chosen()
            if act is None:
                continue
            answer = act.do()
            if answer.status_code == 302:
                self.done[act.name] += 1
                return act, before
            assert answer.status_code == 422, act.name
            assert all(is_said(words) for words in refusals(answer)), refusals(answer)
            assert differing(before, world()) == {}, act.name
        return None

    def stack(self) -> None:
        """Some act one after the other, all of it is taken back, the last first, and done
        again."""
        taken = [found for _ in range(self.dice.randint(1, 3)) if (found := self.act())]
        worlds = [*(before for _, before in taken), world()]
        for act, before in reversed(taken):
            self.take_back(act)
            assert differing(before, world()) == {}, act.name
        known = {key for rows in worlds[0].values() for key in rows}
        for (act, _), after in zip(taken, worlds[1:], strict=True):
            if act.record.pk not in known:
                break  # What was made by an act before is another one now.
            answer = act.do()
            assert answer.status_code == 302, (act.name, refusals(answer))
            assert done(worlds[0], world()) == done(worlds[0], after), act.name

    def take_back(self, act: Act) -> None:
        """By anybody who may, after somebody who may not has tried."""
        step, before = act.step, world()
        allowed = [user for user in self.users if may_undo(act, user)]
        others = [user for user in self.users if user not in allowed]
        self._refused(undo(step, self.dice.choice(others)), before)
        answer = undo(step, self.dice.choice(allowed))
        if answer.status_code != 302:
            # What was written with it lies elsewhere.
            self._refused(answer, before)
            assert "共同的上级" in "".join(refusals(answer)), (act.name, refusals(answer))
            above = next(user for user in allowed if user.region_id == "52")
            answer = undo(step, above)
        assert answer.status_code == 302, (act.name, refusals(answer))
        self.undone[act.name] += 1

    def late(self) -> None:
        """Somebody tries to take back something of before: as a whole, or not at all."""
        steps = Step.objects.filter(undone_at=None).order_by("at", "pk")
        if not steps:
            return
        step, before, held = self.dice.choice(steps), world(), unsound()
        answer = undo(step, self.dice.choice(self.users))
        if answer.status_code == 302:
            self.undone[step.action] += 1
            assert unsound() - held == set(), step.action
        else:
            self.kept[step.action] += 1
            self._refused(answer, before)

    def _refused(self, answer: Any, before: World) -> None:
        assert answer.status_code in (403, 404, 422), (answer.wsgi_request.user, answer.headers)
        if answer.status_code == 422:
            assert all(is_said(words) for words in refusals(answer)), refusals(answer)
        assert differing(before, world()) == {}

    # --- What holds -----------------------------------------------------------------------
    def _some(self) -> list[Indicator]:
        return self.dice.sample(INDICATORS, SOME)

    def check_figures(self, day: datetime.date) -> None:
        """Of a region by the dice: a figure is its list and its file."""
        region, some = self.dice.choice(REGIONS), self._some()
        figures = figures_on(day, some)
        for indicator in some:
            rows = members(indicator, day, region)
            value = figures.value(indicator.code, region) or 0
            assert value == amount(indicator, rows), (indicator.code, region, day)
            assert len(build.exported(indicator, region, day)) == rows.count(), indicator.code
