"""在岗确认单 comes back: people are confirmed, posts end, newcomers wait; old ones are refused."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from core.dates import today
from core.jobs import running as jobs
from core.ledgers import actions
from core.models import ImportBatch, Job, User
from core.notices.waiting import WAITING
from talent.codes import PersonStatus, RosterAnswer, RosterState, Verification
from talent.models import Person, PersonState, Post, Roster, RosterArrival
from talent.people.merging import merge_person
from talent.posts.actions import end_post
from talent.rosters import workbooks
from talent.rosters.actions import dismiss_arrival
from tests.conftest import COUNTY_B, TOWNSHIP_A, Cast
from tests.figures import figure
from tests.imports.ledgers import apply, check, fresh, outcomes, row_of, take, words, workbook
from tests.rows import DAY, id_number, make_organization, make_person, make_station
from tests.talent.test_rosters import issued, serving

pytestmark = pytest.mark.django_db
D = datetime.date
THERE, LEFT = "在岗", "离岗"


def sheet_of(roster: Roster, fill: Callable[[Any, dict[str, int]], None]) -> bytes:
    """The workbook of a sheet as it was issued, filled by hand; `fill` gets the worksheet and the
    row of each name."""
    data = workbooks.workbook(roster, workbooks.lines_of(roster))
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.active
    rows = {str(row[2].value): row[0].row for row in sheet.iter_rows(min_row=5) if row[2].value}
    fill(sheet, rows)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def filled(roster: Roster, answers: dict[str, Any], *new: tuple[Any, ...]) -> bytes:
    """`answers` are by name: 在岗, or (离岗, last day), None for a row that was taken out; `new`
    are (name, post, since) of people written below."""

    def fill(sheet: Any, rows: dict[str, int]) -> None:
        first = max(rows.values()) + 2
        for number, (name, post, since) in enumerate(new):
            for column, value in ((3, name), (4, post), (6, since)):
                sheet.cell(first + number, column, value)
        for name, answer in answers.items():
            answer = answer if isinstance(answer, tuple) else (answer,)
            if answer == (None,):
                for column in range(1, 10):
                    sheet.cell(rows[name], column).value = None
            for column, value in enumerate(answer, start=7):
                sheet.cell(rows[name], column).value = value

    return sheet_of(roster, fill)


@pytest.fixture
def station(cast: Cast) -> Any:
    found = make_station(TOWNSHIP_A, "新华路社工站")
    for name in ("甲一", "乙二", "丙三", "丁四"):
        serving(name, found)
    PersonState.objects.update(valid_from=DAY)
    return found


def person(name: str) -> Person:
    return Person.objects.get(name=name)


def status_on(name: str, day: datetime.date) -> str:
    return str(person(name).states.in_force_on(day).get().status)


def message(batch: ImportBatch) -> str:
    assert batch.job.status == Job.Status.FAILED
    return str(batch.job.message)


# --- The round trip ---------------------------------------------------------------------------
def test_there_and_back(cast: Cast, station: Any, client_of: Any) -> None:
    """Issued, filled, told before it is confirmed, written, and taken back whole."""
    Person.objects.filter(name="甲一").update(verification="1", confirmed_on=D(2024, 1, 5))
    roster = issued(station, cast.clerk_a)
    data = filled(
        roster,
        {"甲一": THERE, "乙二": (LEFT, D(2026, 10, 31)), "丁四": None},
        ("戊五", "社工", "2026.11.3"),
    )
    batch = check(cast.clerk_a, "", data, name="返回.xlsx")
    assert (batch.kind, outcomes(batch)) == ("rosters", {"new": 1, "changed": 2, "unchanged": 1})
    said = " ".join(batch.reading["uncounted"])
    assert "1 人没有填在岗或离岗" in said
    assert "1 人在返回的表上没有：丁四。不当作离岗" in said
    assert "新增 1 人" in said
    page = client_of(cast.clerk_a).get(f"/imports/{batch.pk}/").text
    assert "列没有读" not in page
    before = Person.objects.count()
    batch = apply(batch)
    roster.refresh_from_db()
    assert (roster.state, roster.returned_on, roster.batch) == ("2", today(), batch.pk)
    answers = dict(roster.lines.values_list("person__name", "answer"))
    assert answers == {
        "甲一": RosterAnswer.THERE, "乙二": RosterAnswer.LEFT, "丙三": RosterAnswer.NONE,
        "丁四": RosterAnswer.UNSAID,
    }  # fmt: skip
    confirmed = person("甲一")
    assert (confirmed.confirmed_on, confirmed.confirmed_before) == (today(), [D(2024, 1, 5)])
    assert confirmed.verification == Verification.EMPLOYER
    assert person("丁四").confirmed_on is None
    left = Post.objects.get(person__name="乙二")
    assert (left.ended_on, left.end_reason) == (
        D(2026, 11, 1),
        f"用人单位确认离岗（{roster.serial}）",
    )
    assert person("乙二").status == PersonStatus.IDLE
    assert [status_on("乙二", D(2026, 10, day)) for day in (30, 31)] == ["10", "10"]
    assert status_on("乙二", D(2026, 11, 1)) == "20"
    assert Post.objects.unended().count() == 3
    # Nobody is registered by a name.
    assert Person.objects.count() == before
    arrival = RosterArrival.objects.get()
    assert (arrival.name, arrival.post, arrival.started_on) == ("戊五", "社工", D(2026, 11, 3))
    detail = client_of(cast.clerk_a).get(f"/rosters/{roster.pk}/").text
    assert "单上没有提到（1 人）" in detail
    assert "没有答复（1 人）" in detail
    shown = client_of(cast.clerk_a).get(f"/people/{confirmed.pk}/").text
    assert roster.serial in shown

    assert actions.undo(batch=batch, by=cast.clerk_a) == []
    roster.refresh_from_db()
    assert (roster.state, roster.returned_on, roster.batch) == ("1", None, None)
    assert set(roster.lines.values_list("answer", flat=True)) == {RosterAnswer.NONE}
    restored = person("甲一")
    assert (restored.confirmed_on, restored.verification) == (D(2024, 1, 5), "1")
    assert person("乙二").status == PersonStatus.SERVING
    assert status_on("乙二", D(2026, 11, 1)) == "10"
    assert Post.objects.unended().count() == 4
    assert not RosterArrival.objects.exists()


def test_figures_of_past_days_stay(cast: Cast, station: Any) -> None:
    """L1 is told by posts: 4 up to the last day, 3 from the next one on."""
    roster = issued(station, cast.clerk_a)
    take(cast.clerk_a, "rosters", filled(roster, {"乙二": (LEFT, "2026-10-31")}))

    days = (D(2026, 10, 31), D(2026, 11, 1))
    assert [figure("T1", "520102", day=day) for day in days] == [4, 3]


# --- What is not taken ------------------------------------------------------------------------
def test_the_sheet_of_last_period_is_refused(cast: Cast, station: Any) -> None:
    old = issued(station, cast.clerk_a)
    new = issued(station, cast.clerk_a)
    batch = check(cast.clerk_a, "rosters", filled(old, {"甲一": THERE}))
    assert f"单号 {old.serial} 是旧单，「新华路社工站」已有新单 {new.serial}" in message(batch)
    assert person("甲一").confirmed_on is None


def test_a_sheet_comes_back_once(cast: Cast, station: Any) -> None:
    """What was answered stands; a row that was left open may follow."""
    roster = issued(station, cast.clerk_a)
    first = {"甲一": THERE, "乙二": (LEFT, None)}
    batch = check(cast.clerk_a, "rosters", filled(roster, first))
    assert outcomes(batch) == {"changed": 1, "held": 1, "unchanged": 2}
    apply(batch)
    Person.objects.update(confirmed_on=D(2026, 1, 1))
    again = check(cast.clerk_a, "rosters", filled(roster, first | {"乙二": None}))
    assert outcomes(again) == {"unchanged": 3}
    said = " ".join(again.reading["uncounted"])
    assert f"已在 {today()} 返回（台账.xlsx），答复过的不再登记、不再确认" in said
    mended = first | {"甲一": (LEFT, D(2026, 11, 1)), "乙二": (LEFT, D(2026, 10, 31))}
    batch = check(cast.clerk_a, "rosters", filled(roster, mended))
    assert outcomes(batch) == {"changed": 1, "held": 1, "unchanged": 2}
    apply(batch)
    assert person("甲一").confirmed_on == D(2026, 1, 1)
    assert set(Post.objects.unended().values_list("person__name", flat=True)) == {
        "甲一", "丙三", "丁四",
    }  # fmt: skip
    # And the first import takes its own answers back, not those of the second.
    actions.undo(batch=fresh(batch), by=cast.clerk_a)
    roster.refresh_from_db()
    assert roster.state == RosterState.RETURNED
    assert person("乙二").status == PersonStatus.SERVING


def test_replaced_between_preview_and_writing(cast: Cast, station: Any) -> None:
    roster = issued(station, cast.clerk_a)
    batch = check(cast.clerk_a, "rosters", filled(roster, {"甲一": THERE}))
    issued(station, cast.clerk_a)
    batch = apply(batch)
    assert set(outcomes(batch)) == {"held"}
    roster.refresh_from_db()
    assert (roster.state, person("甲一").confirmed_on) == (RosterState.REPLACED, None)


def test_of_another_county_or_unknown(cast: Cast, station: Any) -> None:
    roster = issued(station, cast.clerk_a)
    batch = check(cast.clerk_b, "rosters", filled(roster, {"甲一": THERE}))
    assert "不是本辖区出的" in message(batch)
    assert "新华路" not in message(batch)
    Roster.objects.update(serial="ZGZZZZZZZZ")
    batch = check(cast.clerk_a, "rosters", filled(roster, {"甲一": THERE}))
    assert f"没有单号 {roster.serial} 的在岗确认单" in message(batch)


def test_without_its_number_it_is_asked_for(cast: Cast, station: Any) -> None:
    roster = issued(station, cast.clerk_a)
    data = workbook([
        ["人才编号", "姓名", "在岗情况"], [person("甲一").number, "甲一", THERE],
    ])  # fmt: skip
    batch = check(cast.clerk_a, "rosters", data)
    assert batch.job.message == "有必填列没有对应上，请核对列对应。"
    said = {"serial": roster.serial.lower()}
    actions.set_mapping(batch=batch, by=cast.clerk_a, mapping_by_header=batch.mapping, whole=said)
    assert jobs.run(batch.job_id)
    assert outcomes(fresh(batch)) == {"changed": 1}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((LEFT, None), "离岗要写最后在岗日"),
        ((LEFT, "2026年10月"), "离岗要写最后在岗日"),
        ((LEFT, D(2020, 1, 1)), "最后在岗日不能早于入职日期"),
        ((LEFT, D(2999, 1, 1)), "最后在岗日不能晚于今天"),
    ],
)
def test_a_leaving_without_a_day_of_its_own(
    answer: Any, says: str, cast: Cast, station: Any
) -> None:
    roster = issued(station, cast.clerk_a)
    batch = check(cast.clerk_a, "rosters", filled(roster, {"甲一": answer, "乙二": THERE}))
    row = batch.rows.get(shown__name="甲一")
    assert row.outcome == "held"
    assert says in words(batch, row.number)
    apply(batch)
    assert Post.objects.unended().filter(person__name="甲一").exists()


def test_a_number_goes_with_its_name(cast: Cast, station: Any) -> None:
    other = serving("己六", make_station(TOWNSHIP_A, "别站"))
    roster = issued(station, cast.clerk_a)

    def fill(sheet: Any, rows: dict[str, int]) -> None:
        sheet.cell(rows["甲一"], 3).value = "甲二"
        sheet.cell(rows["乙二"], 2).value = other.number
        sheet.cell(rows["丙三"], 2).value = "123"
        sheet.cell(rows["丁四"], 7).value = THERE

    batch = check(cast.clerk_a, "rosters", sheet_of(roster, fill))
    texts = {row.shown["name"]: words(batch, row.number) for row in batch.rows.all()}
    assert "在单上是「甲一」" in texts["甲二"]
    assert "没有这个人才编号" in texts["乙二"]
    assert "人才编号不对" in texts["丙三"]
    assert outcomes(batch) == {"changed": 1, "held": 2, "refused": 1}


def test_nothing_answered_is_not_returned(cast: Cast, station: Any) -> None:
    roster = issued(station, cast.clerk_a)
    batch = take(cast.clerk_a, "rosters", filled(roster, {}))
    assert outcomes(batch) == {"unchanged": 4}
    roster.refresh_from_db()
    assert roster.state == RosterState.OPEN


# --- Whom it is about -------------------------------------------------------------------------
def test_somebody_with_another_post_stays_in_service(cast: Cast, station: Any) -> None:
    """The other post becomes the primary one from the day after, and she is found there."""
    there = make_organization("520102018")
    other = Post.objects.create(
        person=person("甲一"), organization=there, region_id="520102018", started_on=DAY,
        is_primary=False, title="顾问",
    )  # fmt: skip
    roster = issued(station, cast.clerk_a)
    batch = take(cast.clerk_a, "rosters", filled(roster, {"甲一": (LEFT, D(2026, 10, 31))}))
    moved = person("甲一")
    assert (moved.status, moved.region_id) == (PersonStatus.SERVING, "520102018")
    held = Post.objects.unended().get(person=moved)
    assert (held.is_primary, held.started_on, held.title) == (True, D(2026, 11, 1), "顾问")
    other.refresh_from_db()
    assert other.ended_on == D(2026, 11, 1)
    assert actions.undo(batch=batch, by=cast.clerk_a) == []
    moved = person("甲一")
    assert moved.region_id == TOWNSHIP_A
    assert Post.objects.unended().get(person=moved, is_primary=True).station == station


def test_as_the_action_of_a_post_does_it(cast: Cast, station: Any) -> None:
    """One transition, two doors: the same rows but for their ids and reasons."""
    for name in ("甲一", "乙二"):
        Post.objects.create(
            person=person(name), organization=make_organization(TOWNSHIP_A, f"{name}所"),
            region_id=TOWNSHIP_A, started_on=D(2024, 5, 1), is_primary=False,
        )  # fmt: skip
    roster = issued(station, cast.clerk_a)
    for name in ("乙二", "丁四"):
        post = Post.objects.get(person__name=name, station=station)
        end_post(post=post, by=cast.clerk_a, ended_on=D(2026, 11, 1), reason="离职")
    answer = (LEFT, D(2026, 10, 31))
    take(cast.clerk_a, "rosters", filled(roster, {"甲一": answer, "丙三": answer}))

    def left(name: str) -> Any:
        found = person(name)
        posts = found.posts.order_by("started_on", "pk").values_list(
            "started_on", "ended_on", "is_primary", "kind", "employment", "region_id"
        )
        states = found.states.order_by("valid_from")
        return (
            found.status, found.region_id, set(posts),
            list(states.values_list("status", "residence_id", "valid_from", "valid_to")),
        )  # fmt: skip

    assert left("甲一") == left("乙二")
    assert left("丙三") == left("丁四")


def test_somebody_to_be_verified_is_in_service_again(cast: Cast, station: Any) -> None:
    Person.objects.filter(name="甲一").update(status="80")
    person("甲一").states.update(status="80")
    roster = issued(station, cast.clerk_a)
    take(cast.clerk_a, "rosters", filled(roster, {"甲一": THERE}))
    assert person("甲一").status == PersonStatus.SERVING
    assert status_on("甲一", today()) == "10"


def test_who_has_left_by_another_door(cast: Cast, station: Any) -> None:
    roster = issued(station, cast.clerk_a)
    for name in ("甲一", "乙二"):
        post = Post.objects.get(person__name=name)
        end_post(post=post, by=cast.clerk_a, ended_on=D(2026, 9, 1), reason="离职")
    answers = {"甲一": THERE, "乙二": (LEFT, D(2026, 10, 31))}
    batch = take(cast.clerk_a, "rosters", filled(roster, answers))
    assert outcomes(batch) == {"changed": 1, "held": 1, "unchanged": 2}
    assert Post.objects.get(person__name="乙二").ended_on == D(2026, 9, 1)
    assert roster.lines.get(person__name="乙二").answer == RosterAnswer.LEFT


def test_who_lies_elsewhere_by_now(cast: Cast, station: Any) -> None:
    roster = issued(station, cast.clerk_a)
    Person.objects.filter(name="甲一").update(region_id=COUNTY_B)
    batch = check(cast.clerk_a, "rosters", filled(roster, {"甲一": THERE, "乙二": THERE}))
    assert outcomes(batch) == {"changed": 1, "held": 1, "unchanged": 2}
    assert "已不在本辖区" in words(batch, batch.rows.get(shown__name="甲一").number)


def test_a_merged_record_leads_to_the_kept_one(cast: Cast, station: Any) -> None:
    roster = issued(station, cast.clerk_a)
    kept = make_person(TOWNSHIP_A, "甲一")
    double = Person.objects.get(name="甲一", rosterlines__roster=roster)
    merge_person(person=double, by=cast.reviewer_a, kept=kept, reason="同一人")
    take(cast.clerk_a, "rosters", filled(roster, {"甲一": THERE}))
    kept.refresh_from_db()
    assert kept.confirmed_on == today()


# --- Newcomers --------------------------------------------------------------------------------
def returned(cast: Cast, station: Any, *new: tuple[Any, ...]) -> Roster:
    roster = issued(station, cast.clerk_a)
    take(cast.clerk_a, "rosters", filled(roster, {"甲一": THERE}, *new))
    return roster


def waiting(user: User) -> int:
    return WAITING["roster-arrivals"].count(user)


def test_a_newcomer_waits_until_she_has_a_post_there(
    cast: Cast, station: Any, client_of: Any
) -> None:
    make_person(TOWNSHIP_A, "戊五")
    returned(cast, station, ("戊五", "社工", D(2026, 11, 3)))
    assert (waiting(cast.clerk_a), waiting(cast.clerk_b)) == (1, 0)
    client, arrival = client_of(cast.clerk_a), RosterArrival.objects.get()
    assert "新到人员待登记" in client.get("/").text
    assert str(arrival.pk) in client.get("/roster-arrivals/?state=todo").text
    page = client.get(f"/roster-arrivals/{arrival.pk}/").text
    assert "/people/new/?name=%E6%88%8A%E4%BA%94" in page
    new = client.get("/people/new/?name=戊五&id_number=PASSPORT").text
    assert 'value="戊五"' in new
    assert "PASSPORT" not in new.split("<main")[1]
    known = person("戊五")
    link = f"/posts/new/?person={known.pk}&station={station.pk}&organization=&started_on=2026-11-03"
    assert link.replace("&", "&amp;") in page or link in page
    form = client.get(link).text
    assert str(station.pk) in form
    assert 'value="2026-11-03"' in form
    assert client.get(f"/posts/new/?person={known.pk}&station=nonsense").status_code == 200
    post = Post.objects.create(
        person=known, station=station, region_id=TOWNSHIP_A, started_on=D(2026, 11, 3)
    )
    Post.objects.filter(pk=post.pk).update(created_at=arrival.created_at + datetime.timedelta(1))
    assert waiting(cast.clerk_a) == 0
    assert "已登记" in client.get(f"/roster-arrivals/{arrival.pk}/").text


@pytest.mark.django_db(transaction=True)
def test_or_until_somebody_says_why_not(cast: Cast, station: Any) -> None:
    roster = returned(cast, station, ("戊五", "", ""))
    arrival = RosterArrival.objects.get()
    batch = ImportBatch.objects.get(pk=Roster.objects.get(pk=roster.pk).batch)
    dismiss_arrival(rosterarrival=arrival, by=cast.clerk_a, reason="短期志愿者")
    assert waiting(cast.clerk_a) == 0
    # Somebody has acted on it: it outlasts the import.
    (kept,) = actions.undo(batch=batch, by=cast.clerk_a)
    assert row_of(batch, kept).shown["name"] == "戊五"
    assert RosterArrival.objects.exists()
    assert person("甲一").confirmed_on is None


def test_a_namesake_without_a_number_is_asked_about(cast: Cast, station: Any) -> None:
    roster = issued(station, cast.clerk_a)
    data = filled(roster, {"甲一": None}, ("甲一", "", ""), ("乙二", "社工", ""))
    batch = check(cast.clerk_a, "rosters", data)
    assert outcomes(batch) == {"held": 2, "unchanged": 3}
    rows = {row.shown["name"]: row for row in batch.rows.filter(outcome="held")}
    line = roster.lines.get(person__name="甲一")
    for name, decision in (("甲一", str(line.pk)), ("乙二", "new")):
        actions.decide(row=rows[name], by=cast.clerk_a, question="who", decision=decision)
    batch = apply(fresh(batch))
    # It says nothing of the one, whom it names; the other one is new.
    assert outcomes(batch) == {"new": 1, "unchanged": 4}
    assert RosterArrival.objects.get().name == "乙二"


def test_what_is_typed_of_people_stays_no_number(cast: Cast, station: Any) -> None:
    roster, number = issued(station, cast.clerk_a), id_number()

    def fill(sheet: Any, rows: dict[str, int]) -> None:
        sheet.cell(rows["甲一"], 7).value = THERE
        sheet.cell(rows["甲一"], 9).value = f"新号码 {number}"

    take(cast.clerk_a, "rosters", sheet_of(roster, fill))
    remark = roster.lines.get(person__name="甲一").remark
    assert remark.startswith("新号码")
    assert number not in remark
