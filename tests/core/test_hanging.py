"""撤销 looks beside what a step wrote: at what its rows hang on, and at what hangs on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.dates import today
from core.entities.entity import ENTITIES
from core.models import Step
from projects.codes import PAYMENT_STAGES
from projects.models import Payment
from stations.models import Organization, Station
from talent.models import Person, Post
from tests.audit.doors import post, refusals, undo
from tests.audit.sound import unsound
from tests.audit.worlds import differing, world
from tests.conftest import TOWNSHIP_A, Cast
from tests.reports import build
from tests.rows import make_project

# The clock of the database stands still inside a transaction.
pytestmark = pytest.mark.django_db(transaction=True)
LAST_DAY = {"last_day": "2026-06-30", "reason": "辞职"}
SINCE = {"why": "since", "since": "2026-07-31", "reason": "注销"}


def act(cast: Cast, record: Any, verb: str, **given: Any) -> Step:
    record.refresh_from_db()
    url = ENTITIES[record._meta.model_name].url("act", record, verb=verb)
    answer = post(cast.reviewer_a, url, {"version": record.version, **given})
    assert answer.status_code == 302, refusals(answer)
    return Step.objects.latest("at")


def refused(cast: Cast, step: Step) -> str:
    """Why a step is not taken back; nothing changed by that, and nothing is wrong."""
    before, held = world(), unsound()
    answer = undo(step, cast.reviewer_a)
    assert answer.status_code == 422
    assert differing(before, world()) == {}
    assert held == set()
    return "".join(refusals(answer))


@pytest.fixture
def held(cast: Cast) -> Post:
    station = build.station(TOWNSHIP_A)
    someone = build.person(TOWNSHIP_A)
    return build.give_post(someone, TOWNSHIP_A, station=station, primary=False)


def _close_station(cast: Cast, held: Post) -> Step:
    given = {"closed_on": today().isoformat(), "reason": "撤并"}
    return act(cast, Station.objects.get(pk=held.station_id), "close", **given)


def _leave(cast: Cast, held: Post) -> Step:
    given = {"left_on": today().isoformat(), "reason": "外出"}
    return act(cast, Person.objects.get(pk=held.person_id), "leave", **given)


@pytest.mark.parametrize(
    ("since", "name"), [(_close_station, "站点"), (_leave, "人员")], ids=["station", "person"]
)
def test_a_post_comes_back_where_it_may_be_held_still(
    since: Callable[[Cast, Post], Step], name: str, cast: Cast, held: Post
) -> None:
    step = act(cast, held, "end", **LAST_DAY)
    later = since(cast, held)
    words = refused(cast, step)
    assert f"之后{name}的状态又有变动" in words
    assert "请先撤回之后的办理" in words
    for one in (later, step):
        assert undo(one, cast.reviewer_a).status_code == 302
    held.refresh_from_db()
    assert held.ended_on is None


def test_a_record_goes_out_of_use_again_only_while_nothing_was_entered_under_it(
    cast: Cast,
) -> None:
    employer = build.employer(TOWNSHIP_A)
    act(cast, employer, "end", **SINCE)
    step = act(cast, employer, "reactivate", reason="误停")
    taken = build.give_post(build.person(TOWNSHIP_A, post=False), TOWNSHIP_A)
    Post.objects.filter(pk=taken.pk).update(organization=employer)
    Person.objects.filter(pk=taken.person_id).update(status="10")
    assert "之后又登记或修改了任职" in refused(cast, step)
    assert Organization.objects.get(pk=employer.pk).ended_on is None


def test_what_was_taken_back_by_now_is_no_obstacle(cast: Cast, held: Post) -> None:
    """Nor is what the undo itself writes: her dated states."""
    someone = Person.objects.get(pk=held.person_id)
    act(cast, someone, "deactivate", why="since", since="2026-07-31", reason="注销")
    before = world()
    step = act(cast, someone, "reactivate", reason="误停")
    moved = act(
        cast, someone, "move", residence="520102017", moved_on=today().isoformat(), reason="迁居"
    )
    for one in (moved, step):
        assert undo(one, cast.reviewer_a).status_code == 302
    assert differing(before, world()) == {}


def test_what_was_paid_since_stands_against_a_payment_of_before(cast: Cast) -> None:
    """R18, by the sum of all payments."""
    project = make_project(TOWNSHIP_A)
    project.milestones.create(stage=PAYMENT_STAGES[0], reached_on=project.started_on)
    paid = {"project": project, "stage": PAYMENT_STAGES[0], "paid_on": project.started_on}
    first = Payment.objects.create(amount=60000, **paid)
    step = act(cast, first, "deactivate", reason="误录")
    Payment.objects.create(amount=60000, **paid)
    assert "超过合同金额" in refused(cast, step)
