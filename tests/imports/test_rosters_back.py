"""在岗确认单 that came back: what an undo leaves of it, rows about one person, who is missing."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from core.ledgers import actions
from core.models import ImportBatch
from stations.models import Organization, Station
from talent.codes import RosterAnswer
from talent.models import Person, PersonState, Post, Roster
from talent.rosters.actions import issue
from tests.conftest import TOWNSHIP_A, Cast
from tests.contracts.test_ledgers import SAMPLES, sheet
from tests.imports import ledgers
from tests.imports.ledgers import fresh, outcomes, people, take
from tests.imports.test_rosters import filled
from tests.rows import DAY, id_number, make_station
from tests.talent.test_rosters import serving

pytestmark = pytest.mark.django_db
D = datetime.date
NAMES = ("甲一", "乙二", "丙三", "丁四", "戊五")


@pytest.fixture
def station(cast: Cast) -> Any:
    found = make_station(TOWNSHIP_A, "新华路社工站")
    for name in NAMES:
        serving(name, found)
    PersonState.objects.update(valid_from=DAY)
    return found


def taken(cast: Cast, roster: Roster, **answers: Any) -> ImportBatch:
    batch = take(cast.clerk_a, "rosters", filled(roster, answers))
    roster.refresh_from_db()
    return batch


def undone(cast: Cast, batch: ImportBatch, roster: Roster) -> list[int]:
    touched = actions.undo(batch=fresh(batch), by=cast.clerk_a)
    roster.refresh_from_db()
    return touched


def answers(roster: Roster) -> dict[str, str]:
    said = roster.lines.exclude(answer=RosterAnswer.NONE)
    return dict(said.values_list("person__name", "answer"))


# --- Imports from before a sheet -------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_sheet_holds_only_whom_an_import_has_made(cast: Cast) -> None:
    """It names people; nothing that is known of them changes by that."""
    number = id_number()
    first = take(cast.clerk_a, "people", people(ledgers.person("张三", number)))
    second = take(cast.clerk_a, "people", people(ledgers.person("张三", number, 备注="改了")))
    (roster,) = issue(posts=Post.objects.for_user(cast.clerk_a), by=cast.clerk_a)
    assert actions.undo(batch=second, by=cast.clerk_a) == []
    assert Person.objects.get().remark != "改了"
    assert actions.undo(batch=first, by=cast.clerk_a) == [2]
    assert roster.lines.get().person == Person.objects.get()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kind", "model"), [("stations", Station), ("organizations", Organization)]
)
def test_nor_an_import_about_its_employer(kind: str, model: Any, cast: Cast) -> None:
    cells = SAMPLES[kind].cells()
    take(cast.clerk_a, kind, sheet(cells))
    serving("甲一", model.objects.get(name=cells.get("站点名称") or cells["机构名称"]))
    changed = take(cast.clerk_a, kind, sheet(cells | SAMPLES[kind].change))
    assert outcomes(changed) == {"changed": 1}
    issue(posts=Post.objects.for_user(cast.clerk_a), by=cast.clerk_a)
    assert actions.undo(batch=changed, by=cast.clerk_a) == []
