"""在岗确认单: who stands on a sheet, what it looks like, what becomes of the one before."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.jobs import running as jobs
from core.models import Export, ReadEvent
from core.rules import RuleError
from stations.models import Organization, Station
from talent.codes import RosterState
from talent.models import Person, Post, Roster
from talent.rosters import actions
from talent.rosters.actions import issue, posts_of
from talent.rosters.models import SERIAL, RosterQuerySet
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.rows import DAY, make_organization, make_person, make_station

pytestmark = pytest.mark.django_db
Client = Any


def serving(name: str, place: Any, **fields: Any) -> Person:
    """Somebody with a post at a station or an organisation."""
    person = make_person(fields.pop("lives", place.region_id), name)
    at = {"station" if isinstance(place, Station) else "organization": place}
    Post.objects.create(
        person=person, region_id=place.region_id, **{"started_on": DAY, **at, **fields}
    )
    return person


def issued(place: Any, by: Any) -> Roster:
    (roster,) = issue(posts=posts_of(place, by=by), by=by)
    return roster


def names(roster: Roster) -> set[str]:
    return set(roster.lines.values_list("person__name", flat=True))


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data)).active


# --- Who stands on it -------------------------------------------------------------------------
def test_a_post_is_asked_about_once(cast: Cast) -> None:
    """At the station, where there is one; whoever has left or lives elsewhere stands on none."""
    station, agency = make_station(TOWNSHIP_A), make_organization(TOWNSHIP_A)
    serving("甲", station, organization=agency)
    serving("乙", agency)
    serving("丙", station, ended_on=datetime.date(2024, 1, 1))
    serving("丁", station, lives=COUNTY_B, is_primary=False)
    Person.objects.filter(name="丁").update(region_id=COUNTY_B)
    assert names(issued(station, cast.clerk_a)) == {"甲"}
    assert names(issued(agency, cast.clerk_a)) == {"乙"}


def test_two_posts_at_one_employer_are_one_line(cast: Cast) -> None:
    station = make_station(TOWNSHIP_A)
    person = serving("甲", station, kind="1")
    Post.objects.create(
        person=person, station=station, region_id=TOWNSHIP_A, kind="2", started_on=DAY,
        is_primary=False,
    )  # fmt: skip
    line = issued(station, cast.clerk_a).lines.get()
    assert (line.person, line.kind) == (person, "1")


def test_a_new_sheet_takes_the_place_of_an_open_one(cast: Cast) -> None:
    station, other = make_station(TOWNSHIP_A), make_station(TOWNSHIP_A, kind="4")
    serving("甲", station)
    serving("乙", other)
    first, beside = issued(station, cast.clerk_a), issued(other, cast.clerk_a)
    second = issued(station, cast.clerk_a)
    for roster in (first, beside):
        roster.refresh_from_db()
    assert (first.state, beside.state) == (RosterState.REPLACED, RosterState.OPEN)
    assert first.successor() == second
    assert second.successor() is None
    assert SERIAL.fullmatch(second.serial)


def test_of_two_at_once_the_second_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    station = make_station(TOWNSHIP_A)
    serving("甲", station)
    first = issued(station, cast.clerk_a)
    # What the other one has just written is not seen yet.
    monkeypatch.setattr(RosterQuerySet, "open", lambda rows: rows.none())
    with pytest.raises(RuleError, match="刚刚有人"):
        issued(station, cast.clerk_a)
    assert Roster.objects.get() == first


def test_nobody_is_no_sheet(cast: Cast) -> None:
    with pytest.raises(RuleError, match="没有在任的人"):
        issued(make_station(TOWNSHIP_A), cast.clerk_a)


def test_who_may_issue(cast: Cast) -> None:
    station = make_station(TOWNSHIP_A)
    serving("甲", station)
    with pytest.raises(PermissionDenied):
        issue(posts=posts_of(station, by=cast.viewer_a), by=cast.viewer_a)
    # Nor anybody of another county: nobody of this one is in reach.
    with pytest.raises(RuleError):
        issue(posts=posts_of(station, by=cast.clerk_b), by=cast.clerk_b)


def test_an_employer_elsewhere_is_given_none(cast: Cast) -> None:
    """It has moved to another county, and its people's posts have not."""
    moved, stays = make_organization(TOWNSHIP_A), make_organization(TOWNSHIP_A)
    for name, place in (("甲", moved), ("乙", stays)):
        serving(name, place)
    Organization.objects.filter(pk=moved.pk).update(region_id=COUNTY_B)
    made = issue(posts=Post.objects.for_user(cast.clerk_a), by=cast.clerk_a)
    assert [roster.organization for roster in made] == [stays]
    with pytest.raises(RuleError, match="没有在任的人"):
        issued(moved, cast.clerk_a)


def test_a_sheet_of_elsewhere_is_not_replaced(cast: Cast, client_of: Client) -> None:
    """Nor does it keep the others from theirs."""
    moved, other = make_organization(TOWNSHIP_A), make_organization(COUNTY_B)
    serving("甲", moved)
    first = issued(moved, cast.clerk_a)
    Organization.objects.filter(pk=moved.pk).update(region_id=COUNTY_B)
    for name, place in (("乙", moved), ("丙", other)):
        place.refresh_from_db()
        serving(name, place)
    with pytest.raises(RuleError, match="别的地区出的"):
        issued(moved, cast.clerk_b)
    page = client_of(cast.clerk_b).get(f"/rosters/new/?organization={moved.pk}")
    assert "别的地区出的" in page.text
    made = issue(posts=Post.objects.for_user(cast.clerk_b), by=cast.clerk_b)
    assert [roster.organization for roster in made] == [other]
    first.refresh_from_db()
    assert first.state == RosterState.OPEN


def test_sheets_are_counted_before_they_are_made(
    cast: Cast, client_of: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the database: neither the page nor too large an order reads all posts of a county."""
    station, agency = make_station(TOWNSHIP_A), make_organization(TOWNSHIP_A)
    person = serving("甲", station, organization=agency)
    serving("乙", station, organization=agency, kind="2")
    issued(station, cast.clerk_a)
    Post.objects.create(
        person=person, organization=agency, region_id=TOWNSHIP_A, started_on=DAY, is_primary=False
    )
    monkeypatch.setattr(actions, "plan_of", lambda *args, **more: pytest.fail("read them all"))
    found = client_of(cast.clerk_a).get("/rosters/new/").context
    assert [found[name] for name in ("rosters", "people", "replaced")] == [2, 2, 1]
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    with pytest.raises(RuleError, match="一次最多出 1 张单，这里有 2 个用人单位"):
        issue(posts=Post.objects.for_user(cast.clerk_a), by=cast.clerk_a)


# --- As a workbook ----------------------------------------------------------------------------
def test_the_workbook_names_people_without_numbers(cast: Cast, client_of: Client) -> None:
    station = make_station(TOWNSHIP_A, "=新华路社工站")
    person = serving("甲", station, title="副站长", started_precision="M")
    person.phone = "13800001234"
    person.save()
    roster = issued(station, cast.clerk_a)
    answer = client_of(cast.clerk_a).post("/rosters/workbooks/", {"ids": [roster.pk]})
    sheet = opened(body(answer))
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [t for t in texts if str(person.id_number) in t or "13800001234" in t]
    assert f"单号：{roster.serial}" in sheet["A2"].value
    assert [cell.value for cell in sheet[5]][:7] == [
        1, person.number, "甲", "一线社工", "副站长", "2023-03", None,
    ]  # fmt: skip
    rule = sheet.data_validations.dataValidation[0]
    assert (str(rule.sqref), rule.formula1) == ("G5", '"在岗,离岗"')
    setup = sheet.page_setup
    assert (str(setup.paperSize), setup.orientation, sheet.print_title_rows) == (
        "9", "landscape", "$4:$4",
    )  # fmt: skip
    event = ReadEvent.objects.get(kind="export")
    assert (event.people, event.detail["rows"]) == ([person.pk], 1)


def test_all_of_a_county_are_one_zip(cast: Cast, client_of: Client) -> None:
    for number in range(3):
        serving(f"甲{number}", make_station(TOWNSHIP_A, f"站{number}"))
    abroad = make_station(COUNTY_B, "外县站")
    serving("乙", abroad)
    issued(abroad, cast.clerk_b)
    client = client_of(cast.clerk_a)
    page = client.get("/rosters/new/")
    assert (page.context["rosters"], page.context["people"]) == (3, 3)
    assert client.post("/rosters/new/").status_code == 302
    answer = client.post("/rosters/workbooks/", {"filter": "state=1"})
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(body(answer))) as archive:
        serials = {SERIAL.search(name).group() for name in archive.namelist()}  # type: ignore[union-attr]
        first = opened(archive.read(archive.namelist()[0]))
    assert serials == set(Roster.objects.for_user(cast.clerk_a).values_list("serial", flat=True))
    assert len(serials) == 3
    assert first["A1"].value == "在岗确认单"


def test_many_are_made_by_a_worker(cast: Cast, client_of: Client, settings: Any) -> None:
    settings.EXPORT_JOB_ROWS = 10
    for number in range(2):
        place = make_station(TOWNSHIP_A, f"站{number}")
        serving(f"甲{number}", place)
        issued(place, cast.clerk_a)
    client = client_of(cast.clerk_a)
    answer = client.post("/rosters/workbooks/")
    export = Export.objects.get()
    assert answer["Location"] == f"/exports/{export.pk}/"
    assert jobs.run(export.job_id)
    answer = client.post(f"/exports/{export.pk}/file/")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert len(archive.namelist()) == 2


def test_without_a_sheet_nothing_is_downloaded(cast: Cast, client_of: Client) -> None:
    answer = client_of(cast.clerk_a).post("/rosters/workbooks/", follow=True)
    assert "没有可以下载的在岗确认单" in answer.text


def test_paper_begins_a_page_for_each(cast: Cast, client_of: Client) -> None:
    for number in range(2):
        issued_at = make_station(TOWNSHIP_A, f"站{number}")
        serving(f"甲{number}", issued_at)
        issued(issued_at, cast.clerk_a)
    page = client_of(cast.clerk_a).get("/rosters/paper/?state=1").text
    assert page.count("roster-sheet") == 2
    assert "□在岗 □离岗" in page
    assert ReadEvent.objects.filter(kind="list", detail__page="paper").exists()


def test_many_sheets_ask_no_more_than_two(cast: Cast, client_of: Client) -> None:
    client = client_of(cast.clerk_a)

    def asked(add: int) -> tuple[int, int]:
        for _ in range(add):
            place = make_station(TOWNSHIP_A)
            serving("甲", place)
            issued(place, cast.clerk_a)
        with CaptureQueriesContext(connection) as paper:
            client.get("/rosters/paper/?state=1")
        with CaptureQueriesContext(connection) as archive:
            body(client.post("/rosters/workbooks/", {"filter": "state=1"}))
        return len(paper), len(archive)

    asked(1)
    assert asked(1) == asked(2)


# --- Pages ------------------------------------------------------------------------------------
def test_from_the_page_of_an_employer(cast: Cast, client_of: Client) -> None:
    station = make_station(TOWNSHIP_A)
    serving("甲", station)
    client = client_of(cast.clerk_a)
    link = f"/rosters/new/?station={station.pk}"
    assert link in client.get(f"/stations/{station.pk}/").text
    assert client.get(link).context["employer"] == station
    answer = client.post(link, {"station": station.pk})
    roster = Roster.objects.get()
    assert answer["Location"] == f"/rosters/{roster.pk}/"
    assert client.get(link).context["replaced"] == 1
    assert client_of(cast.clerk_b).get(link).status_code == 404
    assert client.get("/rosters/new/?station=nonsense").status_code == 404


def test_an_employer_without_people_is_told_so(cast: Cast, client_of: Client) -> None:
    agency = make_organization(COUNTY_A)
    client = client_of(cast.clerk_a)
    link = f"/rosters/new/?organization={agency.pk}"
    assert "没有在任的人" in client.get(link).text
    assert "没有在任的人" in client.post(link, {"organization": agency.pk}, follow=True).text
