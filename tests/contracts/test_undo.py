"""Whatever an entity declares as an action is taken back whole, and can be done again."""

from __future__ import annotations

import random
from typing import Any

import pytest

from core.entities.declarations import OTHER, Action
from core.entities.entity import Entity
from core.models import Step
from projects.codes import PAYMENT_STAGES
from tests.audit.doors import UNDOABLE, Act, Filler, post, undo
from tests.audit.sound import unsound
from tests.audit.worlds import World, differing, done, untold, world
from tests.conftest import COUNTY_B, TOWNSHIP_A, Cast
from tests.reports import build
from tests.rows import make_row, make_station

pytestmark = pytest.mark.django_db
TRIES = 20


def _serving() -> Any:
    return make_row("post", TOWNSHIP_A).person


def _in_conflict() -> Any:
    """R14: a full-time post in each of two counties."""
    held = make_row("post", TOWNSHIP_A)
    build.give_post(held.person, COUNTY_B, primary=False)
    return held


def _paid() -> Any:
    """As the rules want it: a payment of a stage that was reached."""
    payment = make_row("payment", TOWNSHIP_A)
    payment.stage = PAYMENT_STAGES[0]
    payment.save()
    payment.project.milestones.create(stage=payment.stage, reached_on=payment.paid_on)
    return payment


# Where a plain row is none that the action is offered for, whatever else is done to it before.
_READY = {
    "person reassign": _serving,
    "post part-time": _in_conflict,
    "payment deactivate": _paid,
    "payment reactivate": _paid,
}


def _made(entity: Entity, action: Action) -> Any:
    make = _READY.get(f"{entity.name} {action.code}")
    return make() if make else make_row(entity.name, TOWNSHIP_A)


def _ready(entity: Entity, action: Action, cast: Cast, filler: Filler) -> Any:
    """A record that the action is offered for, if need be after another verb."""
    record = _made(entity, action)
    if action.when(record):
        return record
    for other in entity.all_actions:
        for _ in range(TRIES if other.can_be_undone and other.when(record) else 0):
            act = filler.act(entity, other, record, cast.prefecture)
            if act.do().status_code != 302:
                continue
            record.refresh_from_db()
            if action.when(record):
                return record
            assert undo(act.step, cast.province).status_code == 302
            record.refresh_from_db()
    raise AssertionError(f"no record to try {action.label} on: name one in _READY")


def _done(
    entity: Entity, action: Action, record: Any, cast: Cast, filler: Filler
) -> tuple[Act, World]:
    """What the form takes, done; and the world before."""
    for _ in range(TRIES):
        act, before = filler.act(entity, action, record, cast.prefecture), world()
        answer = act.do()
        if answer.status_code == 302:
            return act, before
        assert differing(before, world()) == {}
    raise AssertionError(answer.context["form"].errors)


@pytest.fixture
def filler(cast: Cast) -> Filler:
    """Of a world with others to choose from."""
    build.person(TOWNSHIP_A)
    make_station(TOWNSHIP_A)
    return Filler(random.Random(1))


def _named(pairs: Any) -> dict[str, Any]:
    return {"argvalues": pairs, "ids": [f"{e.name} {a.code}" for e, a in pairs]}


@pytest.mark.parametrize(("entity", "action"), **_named(UNDOABLE))
def test_every_action_is_taken_back_whole_and_done_again(
    entity: Entity, action: Action, cast: Cast, filler: Filler
) -> None:
    record = _ready(entity, action, cast, filler)
    held = unsound()
    act, before = _done(entity, action, record, cast, filler)
    after = world()
    assert differing(before, after), "what has no history cannot be taken back"
    # By a second person, and by who did it: who takes back has given no value of her own.
    for by in (cast.province, act.by):
        is_refused = action.undo == OTHER and by == act.by
        assert undo(act.step, by).status_code == (422 if is_refused else 302)
        if is_refused:
            break
        assert differing(before, world()) == {}
        assert act.do().status_code == 302
        assert done(before, world()) == done(before, after)
    assert undo(act.step, cast.province).status_code == 302
    assert differing(before, world()) == {}
    assert unsound() == held
    assert untold() == []


@pytest.mark.parametrize(("entity", "action"), **_named([(e, a) for e, a in UNDOABLE if a.in_bulk]))
def test_what_is_done_to_several_at_once_is_taken_back_one_by_one(
    entity: Entity, action: Action, cast: Cast, filler: Filler
) -> None:
    records = [_ready(entity, action, cast, filler) for _ in range(2)]
    given = filler.act(entity, action, records[0], cast.prefecture).given
    before = world()
    sent = {"ids": [str(record.pk) for record in records], "confirmed": "2", **given}
    post(cast.prefecture, entity.url("bulk", verb=action.code), sent)
    assert len(differing(before, world())[entity.model._meta.label]) == 2
    for record in records:
        step = Step.objects.get(record_id=record.pk, action=action.code)
        assert undo(step, cast.province).status_code == 302
    assert differing(before, world()) == {}
