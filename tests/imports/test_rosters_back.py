"""在岗确认单 that came back: what an undo leaves of it, rows about one person, who is missing."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from core.dates import today
from core.ledgers import actions
from core.ledgers.keeping import forget_expired
from core.models import ImportBatch, ReadEvent
from core.notices.waiting import WAITING
from stations.models import Organization, Station
from talent.codes import PersonStatus, RosterAnswer, RosterState
from talent.models import Person, PersonState, Post, Roster, RosterArrival
from talent.people.merging import merge_person
from talent.posts.actions import end_post
from talent.rosters.actions import issue
from tests.conftest import TOWNSHIP_A, Cast
from tests.contracts.test_ledgers import SAMPLES, sheet
from tests.imports import ledgers
from tests.imports.ledgers import apply, check, fresh, outcomes, people, take, words
from tests.imports.test_rosters import LEFT, THERE, filled, sheet_of
from tests.rows import DAY, id_number, make_person, make_station
from tests.talent.test_rosters import issued, serving

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


# --- Undone ----------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_undone_behind_the_next_sheet(cast: Cast, station: Any) -> None:
    """Its answers go with it, though the next sheet names the same people."""
    roster = issued(station, cast.clerk_a)
    batch = taken(cast, roster, 甲一=THERE)
    issued(station, cast.clerk_a)
    assert undone(cast, batch, roster) == []
    assert answers(roster) == {}
    assert (roster.state, roster.returned_on) == (RosterState.REPLACED, None)


@pytest.mark.django_db(transaction=True)
def test_what_stands_has_come_back(cast: Cast, station: Any) -> None:
    """Somebody has worked on a confirmed person: her answer stays, and so does the sheet's day."""
    roster = issued(station, cast.clerk_a)
    batch = taken(cast, roster, 甲一=THERE, 乙二=THERE, 丁四=None)
    Person.objects.filter(name="甲一").update(remark="改了")
    (row,) = undone(cast, batch, roster)
    assert batch.rows.get(number=row).shown["name"] == "甲一"
    assert answers(roster) == {"甲一": RosterAnswer.THERE, "丁四": RosterAnswer.UNSAID}
    assert (roster.state, roster.returned_on) == (RosterState.RETURNED, today())
    assert roster.batch == batch.pk
    again = taken(cast, roster, 甲一=THERE, 乙二=THERE)
    assert outcomes(again) == {"changed": 1, "unchanged": 4}
    assert f"{today()} 返回时已登记为「在岗」" in words(again, row)


@pytest.mark.parametrize("order", ["first", "last"])
def test_two_imports_of_one_sheet(order: str, cast: Cast, station: Any) -> None:
    """As long as one of them stands it has come back; without both it is awaited again."""
    roster = issued(station, cast.clerk_a)
    first = taken(cast, roster, 甲一=THERE, 丁四=None)
    second = taken(cast, roster, 乙二=THERE)
    one, other = (first, second) if order == "first" else (second, first)
    undone(cast, one, roster)
    assert (roster.state, roster.returned_on) == (RosterState.RETURNED, today())
    undone(cast, other, roster)
    assert (roster.state, roster.returned_on, roster.batch) == (RosterState.OPEN, None, None)
    assert answers(roster) == {}


def test_an_answer_without_a_day(cast: Cast, station: Any) -> None:
    roster = issued(station, cast.clerk_a)
    roster.lines.filter(person__name__in=["甲一", "乙二"]).update(answer=RosterAnswer.THERE)
    data = filled(roster, {"甲一": THERE, "乙二": (LEFT, D(2026, 10, 31))})
    batch = check(cast.clerk_a, "rosters", data)
    said = "".join(words(batch, row.number) for row in batch.rows.all())
    assert "上次返回时已登记为「在岗」" in said
    assert "上次返回时答复的是「在岗」" in said
    assert "None" not in said


# --- Two rows about one person ---------------------------------------------------------------
def below(name: str, *answer: Any) -> Callable[[Any, dict[str, int]], None]:
    """Somebody who is written once more under the table, without her number."""

    def fill(page: Any, rows: dict[str, int]) -> None:
        at = max(rows.values()) + 2
        for column, value in ((3, name), *enumerate(answer, start=7)):
            page.cell(at, column).value = value

    return fill


def told_who(cast: Cast, roster: Roster, data: bytes, name: str) -> ImportBatch:
    """A sheet whose row without a number is said to be about somebody on it."""
    batch = check(cast.clerk_a, "rosters", data)
    line = roster.lines.get(person__name=name)
    row = batch.rows.get(shown__name=name, shown__number="")
    actions.decide(row=row, by=cast.clerk_a, question="who", decision=str(line.pk))
    return fresh(batch)


def test_one_of_two_rows_about_her_is_taken(cast: Cast, station: Any) -> None:
    roster = issued(station, cast.clerk_a)

    def fill(page: Any, rows: dict[str, int]) -> None:
        page.cell(rows["甲一"], 7).value = THERE
        below("甲一", LEFT, D(2026, 10, 31))(page, rows)

    batch = told_who(cast, roster, sheet_of(roster, fill), "甲一")
    assert outcomes(batch) == {"changed": 1, "held": 1, "unchanged": 4}
    row = batch.rows.get(outcome="held")
    first = batch.rows.get(outcome="changed")
    assert f"与第 {first.number} 行是同一人" in words(batch, row.number)
    apply(batch)
    assert answers(roster) == {"甲一": RosterAnswer.THERE}
    assert Post.objects.unended().filter(person__name="甲一").exists()


def test_a_row_that_says_nothing_gives_way(cast: Cast, station: Any) -> None:
    roster = issued(station, cast.clerk_a)
    data = sheet_of(roster, below("甲一", LEFT, D(2026, 10, 31)))
    batch = told_who(cast, roster, data, "甲一")
    assert outcomes(batch) == {"changed": 1, "unchanged": 5}
    apply(batch)
    assert answers(roster) == {"甲一": RosterAnswer.LEFT}


# --- Who is missing --------------------------------------------------------------------------
def test_only_who_is_on_no_row_is_missing(cast: Cast, station: Any) -> None:
    """Rows that were not taken in are about somebody too."""
    roster = issued(station, cast.clerk_a)

    def fill(page: Any, rows: dict[str, int]) -> None:
        page.cell(rows["甲一"], 2).value = "123"
        page.cell(rows["乙二"], 2).value = None
        page.cell(rows["丙三"], 3).value = None
        page.cell(rows["戊五"], 7).value = THERE
        for column in range(1, 10):
            page.cell(rows["丁四"], column).value = None

    batch = check(cast.clerk_a, "rosters", sheet_of(roster, fill))
    assert outcomes(batch) == {"changed": 1, "held": 1, "refused": 2}
    said = " ".join(batch.reading["uncounted"])
    assert "单上的 1 人在返回的表上没有：丁四。" in said
    apply(batch)
    assert answers(roster) == {"戊五": RosterAnswer.THERE, "丁四": RosterAnswer.UNSAID}


def test_who_was_told_to_be_her_is_not_missing(cast: Cast, station: Any) -> None:
    """Also by the record into which hers was merged meanwhile."""
    roster = issued(station, cast.clerk_a)
    kept = make_person(TOWNSHIP_A, "甲一")
    double = Person.objects.get(name="甲一", rosterlines__roster=roster)
    merge_person(person=double, by=cast.reviewer_a, kept=kept, reason="同一人")

    def fill(page: Any, rows: dict[str, int]) -> None:
        page.cell(rows["甲一"], 2).value = None
        page.cell(rows["乙二"], 7).value = THERE

    batch = told_who(cast, roster, sheet_of(roster, fill), "甲一")
    apply(batch)
    assert answers(roster) == {"乙二": RosterAnswer.THERE}


# --- Left by another door --------------------------------------------------------------------
def test_of_a_post_that_has_ended_only_the_answer_is_noted(cast: Cast, station: Any) -> None:
    roster = issued(station, cast.clerk_a)
    Post.objects.filter(person__name="甲一").update(ended_on=D(2026, 9, 1))
    taken(cast, roster, 甲一=(LEFT, D(2026, 10, 31)))
    assert answers(roster) == {"甲一": RosterAnswer.LEFT}
    assert Person.objects.get(name="甲一").status == PersonStatus.SERVING


def test_who_leaves_two_employers_at_once_leaves_one_by_one(cast: Cast, station: Any) -> None:
    """In one file neither row could see that nothing is left."""
    other = make_station(TOWNSHIP_A, "中华路站")
    somebody = Person.objects.get(name="甲一")
    Post.objects.create(
        person=somebody, station=other, region_id=TOWNSHIP_A, started_on=DAY, is_primary=False
    )
    sheets = [issued(place, cast.clerk_a) for place in (station, other)]
    head = ["单号", "人才编号", "姓名", "在岗情况", "最后在岗日"]
    rows = [[one.serial, somebody.number, "甲一", "离岗", "2026-10-31"] for one in sheets]
    data = ledgers.workbook([["在岗确认单"], head, *rows])
    batch = take(cast.clerk_a, "rosters", data)
    assert outcomes(batch) == {"changed": 1, "held": 1}
    assert "在人员的任职里办理" in words(batch, 4)
    post = Post.objects.unended().get(person=somebody)
    end_post(post=post, by=cast.clerk_a, ended_on=D(2026, 11, 1), reason="离岗")
    somebody.refresh_from_db()
    assert somebody.status == PersonStatus.IDLE


def test_who_is_named_as_missing_is_on_record_and_forgotten(
    cast: Cast, station: Any, client_of: Any
) -> None:
    """T16: the preview names her; after 30 days nothing does."""
    roster = issued(station, cast.clerk_a)
    batch = check(cast.clerk_a, "rosters", filled(roster, {"甲一": THERE, "乙二": None}))
    ReadEvent.objects.all().delete()
    page = client_of(cast.clerk_a).get(f"/imports/{batch.pk}/").content.decode()
    assert "在返回的表上没有：乙二。" in page
    assert Person.objects.get(name="乙二").pk in ReadEvent.objects.get().people
    forget_expired(before=timezone.now())
    assert "乙二" not in str(fresh(batch).reading)


def test_a_newer_sheet_of_another_county_is_not_named(cast: Cast, station: Any) -> None:
    """The employer has moved there."""
    old = issued(station, cast.clerk_a)
    new = issued(station, cast.clerk_a)
    Roster.objects.filter(pk=new.pk).update(region="520111004")
    batch = check(cast.clerk_a, "rosters", filled(old, {"甲一": THERE}))
    assert new.serial not in batch.job.message
    assert "由现在所在的地区" in batch.job.message


def test_a_post_that_began_since_becomes_the_primary_one(cast: Cast, station: Any) -> None:
    """Whichever of the two rows is written first."""
    other = make_station(TOWNSHIP_A, "中华路站")
    everybody = Person.objects.order_by("name")
    for somebody in everybody:
        Post.objects.create(
            person=somebody, station=other, region_id=TOWNSHIP_A, started_on=D(2026, 11, 15),
            is_primary=False,
        )  # fmt: skip
    roster = issued(station, cast.clerk_a)
    batch = taken(cast, roster, **dict.fromkeys(NAMES, (LEFT, D(2026, 10, 31))))
    assert outcomes(batch) == {"changed": len(NAMES)}
    now = Post.objects.unended()
    assert set(now.values_list("station", "is_primary", "started_on")) == {
        (other.pk, True, D(2026, 11, 15))
    }
    assert undone(cast, batch, roster) == []
    assert not Post.objects.unended().filter(station=other, is_primary=True).exists()


# --- Newcomers -------------------------------------------------------------------------------
def test_registered_before_the_sheet_came_back(cast: Cast, station: Any) -> None:
    """The to-do is done, and stays so when she leaves."""
    roster = issued(station, cast.clerk_a)
    Roster.objects.update(created_at=F("created_at") - datetime.timedelta(days=9))
    serving("己六", station, started_on=D(2026, 9, 1))
    before = F("created_at") - datetime.timedelta(days=5)
    post = Post.objects.filter(person__name="己六")
    post.update(created_at=before)
    take(cast.clerk_a, "rosters", filled(roster, {"甲一": THERE}, ("己六", "", "")))
    assert RosterArrival.objects.exists()

    def waiting() -> int:
        return WAITING["roster-arrivals"].count(cast.clerk_a)

    assert waiting() == 0
    post.update(ended_on=D(2026, 11, 1))
    assert waiting() == 0
    # A post that was held on no day was a mistake.
    post.update(ended_on=F("started_on"))
    assert waiting() == 1
