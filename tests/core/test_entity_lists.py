"""Lists: counts in words, search, masks, read events, the same queries for 1 and 3 rows."""

from __future__ import annotations

import datetime
import re
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from django.core.cache import cache

from core.dates import today
from core.models import ReadEvent
from core.regions.names import place_names
from talent.models import Certificate, Person
from tests.conftest import COUNTY_A, COUNTY_B
from tests.rows import make_person, make_row


@pytest.fixture(autouse=True)
def _warm(db: None) -> None:
    cache.clear()
    place_names()


def test_words_say_scope_filter_and_count(cast: Any, client_of: Any) -> None:
    for name in ("张三", "李四"):
        person = make_person(COUNTY_A, name)
    Certificate.objects.create(person=person, level="2", approved_on="2020-06-01")
    page = client_of(cast.prefecture).get(f"/people/?region={COUNTY_A}&status=10&holding=yes")
    assert "贵阳市 南明区 在岗 持证" in page.text
    assert page.context["count"] == 1


@pytest.mark.parametrize("typed", ["张", "张三", "zs", "zhangs", "ZS"])
def test_people_are_found_by_name(typed: str, cast: Any, client_of: Any) -> None:
    found, other = make_person(COUNTY_A, "张三"), make_person(COUNTY_A, "李四")
    client = client_of(cast.clerk_a)
    answer = client.post("/people/", {"q": typed})
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert str(found.pk) in page.text
    assert str(other.pk) not in page.text


def test_numbers_are_searched_by_post_only(cast: Any, client_of: Any) -> None:
    person = make_person(COUNTY_A, "张三", phone="13885100001")
    Certificate.objects.create(
        person=person, level="2", approved_on="2020-06-01", number="20200652010200001"
    )
    foreign = make_person(COUNTY_B, "李四", phone="13885100002")
    client = client_of(cast.clerk_a)
    for number in (
        person.id_number,
        person.id_number.lower(),
        "138 8510 0001",
        "20200652010200001",
    ):
        page = client.post("/people/", {"q": number})
        assert page.status_code == 200
        assert str(person.pk) in page.text
        assert number not in page.text
    for number in (foreign.id_number, foreign.phone):
        page = client.post("/people/", {"q": number})
        assert str(foreign.pk) not in page.text
    by_address = client.get("/people/", {"q": person.id_number})
    assert by_address.status_code == 302
    assert by_address["Location"] == "/people/"
    assert ReadEvent.objects.filter(kind="search", people__contains=[person.pk]).count() == 4


def test_an_id_number_of_another_county_names_only_the_county(cast: Any, client_of: Any) -> None:
    foreign = make_person(COUNTY_B, "李四")
    page = client_of(cast.clerk_a).post("/people/", {"q": foreign.id_number})
    assert "归属贵阳市 花溪区" in page.text
    assert "/transfers/new/" in page.text
    assert "李四" not in page.text
    assert str(foreign.pk) not in page.text


def test_top_bar_search(cast: Any, client_of: Any) -> None:
    person = make_person(COUNTY_A, "张三", phone="13885100001")
    client = client_of(cast.clerk_a)
    assert client.post("/search/", {"q": "13885100001"})["Location"] == f"/people/{person.pk}/"
    answer = client.post("/search/", {"q": "张三"})
    assert answer["Location"].startswith("/search/?q=")
    nothing = client_of(cast.clerk_b).post("/search/", {"q": "13885100001"})
    assert "没有找到" in nothing.text
    assert client.get("/search/", {"q": "13885100001"})["Location"] == "/search/"


@pytest.mark.parametrize(
    "pasted",
    [
        "张三\t{id}",
        "{id}张三",
        "张三 {id} 13885100001",
        "张三，电话 138 8510 0001",
        "身份证 520102 19900307 7731",
        f"{'张' * 55}{{id}}",
    ],
)
@pytest.mark.parametrize("page", ["/people/", "/search/"])
def test_a_number_within_a_pasted_line_finds_and_stays_out_of_the_address(
    page: str, pasted: str, cast: Any, client_of: Any
) -> None:
    """T34: name and number copied together from a ledger."""
    number = "520102199003077731"
    person = make_person(COUNTY_A, "张三", id_number=number, phone="13885100001")
    client = client_of(cast.clerk_a)
    answer = client.post(page, {"q": pasted.format(id=number)})
    assert str(person.pk) in (answer.text + answer.headers.get("Location", ""))
    assert "q=" not in answer.headers.get("Location", "")
    typed = client.get(page, {"q": pasted.format(id=number)})
    assert typed["Location"] == page


def test_numbers_run_together_are_nobodys_and_not_in_the_address(cast: Any, client_of: Any) -> None:
    answer = client_of(cast.clerk_a).post("/search/", {"q": "520102199003077731 13885100001 7"})
    assert answer.status_code == 302 or "没有找到" in answer.text
    assert "q=" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("path", ["/people/export/", "/people/bulk/confirm/"])
def test_ids_that_are_none_select_nobody(path: str, cast: Any, client_of: Any) -> None:
    person = make_person(COUNTY_A, "欧阳甲")
    client = client_of(cast.reviewer_a)
    answer = client.post(path, {"ids": ["abc", "52-1"]})
    assert answer.status_code in {200, 302}
    assert not ReadEvent.objects.filter(people__contains=[person.pk]).exists()
    if answer.streaming:
        b"".join(answer.streaming_content)
    client.post("/people/bulk/confirm/", {"ids": ["abc", str(person.pk)]})
    assert ReadEvent.objects.filter(people__contains=[person.pk]).exists()


def test_the_mark_is_on_every_page_of_whoever_is_signed_in(cast: Any, client_of: Any) -> None:
    """T58: on figures, stations, boards and accounts too, with the account and the time."""
    station = make_row("station", COUNTY_A)
    client = client_of(cast.reviewer_a)
    for path in (
        "/", "/stations/", f"/stations/{station.pk}/", "/search/", "/dashboard/", "/people/",
        "/dashboard/520102/list/T1/", "/accounts/", "/transfers/",
    ):  # fmt: skip
        page = client.get(path, follow=True)
        assert page.status_code == 200, path
        mark = re.search(r'<img class="watermark" src="data:image/svg[+]xml,([^"]+)"', page.text)
        assert mark is not None, path
        drawn = unquote(mark[1])
        for said in (str(cast.reviewer_a), cast.reviewer_a.username[-4:], f"{today()} "):
            assert said in drawn, path
        assert "127.0.0.1" in drawn, path
        assert ElementTree.fromstring(drawn).tag.endswith("svg")
    cast.reviewer_a.display_name = "<b>&"
    cast.reviewer_a.save()
    drawn = unquote(client.get("/help/").text)
    assert "&lt;b&gt;&amp;" in drawn
    assert 'class="watermark"' not in client_of(cast.anonymous).get("/login/").text


def test_reading_people_leaves_events(cast: Any, client_of: Any) -> None:
    """T16: list with its ids, record, history; nothing when nobody was shown."""
    client = client_of(cast.viewer_a)
    client.get("/people/")
    assert not ReadEvent.objects.exists()
    people = [make_person(COUNTY_A), make_person(COUNTY_A)]
    client.get("/people/?status=10&q=张")
    event = ReadEvent.objects.get()
    assert (event.kind, set(event.people), event.user) == (
        "list",
        {p.pk for p in people},
        cast.viewer_a,
    )
    assert "张" not in str(event.detail)
    client.get(f"/people/{people[0].pk}/")
    client.get(f"/people/{people[0].pk}/history/")
    assert (
        list(ReadEvent.objects.filter(kind="detail").values_list("people", flat=True))
        == [[people[0].pk]] * 2
    )


def test_sort_columns_pages(cast: Any, client_of: Any) -> None:
    names = [f"{'甲乙丙丁戊己庚辛壬癸'[i % 10]}{'一二三四五'[i // 10]}" for i in range(45)]
    for name in names:
        make_person(COUNTY_A, name)
    client = client_of(cast.clerk_a)
    first, last = (client.get(f"/people/?per=20&page={n}").context["page"] for n in (1, 3))
    assert len(first) == 20
    assert len(last) == 5
    every = [
        r.pk
        for n in (1, 2, 3)
        for r in client.get(f"/people/?per=20&page={n}").context["page"].object_list
    ]
    assert len(set(every)) == 45
    backwards = client.get("/people/?per=20&sort=-name").context["page"].object_list
    assert [r.pk for r in backwards] == list(reversed(every))[:20]
    beyond = client.get("/people/?per=20&page=99").context["page"]
    assert beyond.number == 3
    chosen = client.get("/people/?cols=birth_date")
    assert '<th scope="col"' in chosen.text
    assert [c.name for c in chosen.context["table"].columns] == ["name", "birth_date"]
    assert [c.name for c in client.get("/people/").context["table"].columns] == [
        "name",
        "birth_date",
    ]


def test_htmx_gets_the_piece(cast: Any, client_of: Any) -> None:
    make_person(COUNTY_A)
    page = client_of(cast.clerk_a).get(
        "/people/", headers={"HX-Request": "true", "HX-Target": "list"}
    )
    assert "<html" not in page.text
    assert 'id="list"' in page.text


def test_filters_come_into_a_drawer_or_with_the_page(cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    drawer = client.get(
        "/people/?filters=1", headers={"HX-Request": "true", "HX-Target": "dialog-place"}
    )
    assert "<html" not in drawer.text
    for page in (drawer, client.get("/people/?filters=1")):
        assert 'name="status"' in page.text


def test_an_action_on_all_that_match(cast: Any, client_of: Any) -> None:
    """Asked first, done one by one, only in the scope, and what was not done is said."""
    people = [make_person(COUNTY_A, name) for name in ("张三", "张四", "李五")]
    foreign = make_person(COUNTY_B, "张六")
    Person.objects.filter(pk=people[1].pk).update(status="50")
    client = client_of(cast.clerk_a)
    url = "/people/bulk/confirm/"
    ids = {"ids": [str(p.pk) for p in (*people[:1], foreign)], "filter": "q=张"}
    page = client.post(url, ids | {"all_matching": "1"})
    assert "将对以下 2 人" in page.text
    assert not Person.objects.filter(confirmed_on__isnull=False).exists()
    # Somebody came or went since: the number that was confirmed is not the one to be done.
    changed = client.post(url, ids | {"all_matching": "1", "confirmed": "3"})
    assert "您核对之后名单有变化，现在是 2 人" in changed.text
    assert 'name="confirmed" value="2"' in changed.text
    assert not Person.objects.filter(confirmed_on__isnull=False).exists()
    done = client.post(url, ids | {"all_matching": "1", "confirmed": "2"}, follow=True)
    assert "已为 1 人办理「确认在册」" in done.text
    assert "1 人没有办理（张四）" in done.text
    assert list(Person.objects.filter(confirmed_on__isnull=False)) == [people[0]]
    assert "没有选中记录" in client.post(url, {"filter": ""}, follow=True).text
    client.post(url, ids | {"confirmed": "1"})
    assert Person.objects.get(pk=foreign.pk).confirmed_on is None
    assert client_of(cast.viewer_a).post(url, ids).status_code == 403
    assert client.post("/people/bulk/death/", ids).status_code == 404
    assert client.get(url).status_code == 405


def test_empty_list_says_the_next_step(cast: Any, client_of: Any) -> None:
    page = client_of(cast.clerk_a).get("/people/")
    assert "本辖区还没有人员" in page.text
    assert "/people/new/" in page.text
    assert "没有符合条件的人员" in client_of(cast.clerk_a).get("/people/?status=50").text
    # Who only reads is not told to add or import.
    assert "可以逐个新增" in page.text
    assert "新增" not in client_of(cast.viewer_a).get("/people/").text


@pytest.mark.parametrize(
    ("entity", "others"),
    [("education", ["证书", "职称"]), ("title", ["证书", "学历"]), ("payment", ["项目"])],
)
def test_a_list_under_its_parent_is_reached_by_a_tab(
    entity: str, others: list[str], cast: Any, client_of: Any
) -> None:
    """No entry of its own in the navigation: tabs lead there, the parent's entry is current."""
    row = make_row(entity, COUNTY_A)
    client = client_of(cast.clerk_a)
    text = client.get(f"/{entity}s/").text
    assert f'href="/{entity}s/{row.pk}/"' in text
    tabs = text.split('class="page-tabs')[1].split("</nav>")[0]
    for label in others:
        assert f">{label}</a>" in tabs
    assert f'href="/{entity}s/" aria-current="page"' in tabs
    assert 'aria-current="page"' in text.split('id="nav"')[1].split("</nav>")[0]
    exported = client.post(f"/{entity}s/export/", {"format": "csv"})
    heads = b"".join(exported.streaming_content).decode("utf-8-sig").splitlines()
    assert not any(re.search(r"(^|,)[a-z_]+(,|$)", line) for line in heads), heads


def test_what_the_top_bar_finds_is_told_in_words(cast: Any, client_of: Any) -> None:
    person = make_person(COUNTY_A, "汪洁")
    for entity in ("certificate", "project"):
        make_row(entity, COUNTY_A)
    Certificate.objects.update(person=person)
    client = client_of(cast.clerk_a)
    for text in ("汪洁", "服务项目"):
        answer = client.get("/search/", {"q": text}, follow=True).text
        assert "&lt;a" not in answer
    found = client.get("/search/", {"q": "汪洁"}).text
    assert re.search(r"汪洁 · 2023-03-01", found)


def test_a_date_says_as_much_as_is_known(cast: Any, client_of: Any) -> None:
    """A month without a day is no first of the month, in the list, the record and beside it."""
    row = make_row("certificate", COUNTY_A)
    type(row).objects.filter(pk=row.pk).update(
        approved_on=datetime.date(2022, 6, 1), approved_precision="M"
    )
    client = client_of(cast.clerk_a)
    for path in ("/certificates/", f"/certificates/{row.pk}/", f"/people/{row.person_id}/"):
        page = client.get(path).text
        assert "2022-06" in page
        assert "2022-06-01" not in page


def test_months_and_milestones_are_lists_of_their_own(cast: Any, client_of: Any) -> None:
    """Beside stations and projects, filtered by time, and written to Excel."""
    month, late = make_row("stationmonthly", COUNTY_A), make_row("milestone", COUNTY_A)
    type(late).objects.filter(pk=late.pk).update(
        planned_on=datetime.date(2020, 5, 1), reached_on=None
    )
    client = client_of(cast.clerk_a)
    assert 'href="/station-months/"' in client.get("/stations/").text
    assert 'href="/milestones/"' in client.get("/projects/").text
    assert f"/station-months/{month.pk}/" in client.get("/station-months/").text
    ahead = f"{month.month.year + 1}-01"
    assert f"{month.pk}" not in client.get(f"/station-months/?month_from={ahead}").text
    assert f"{late.pk}" in client.get("/milestones/?progress=late").text
    assert f"{late.pk}" not in client.get("/milestones/?progress=reached").text
    for path in ("/station-months/export/", "/milestones/export/"):
        answer = client.post(path, {"filter": "", "format": "csv"})
        assert b"".join(answer.streaming_content).count(b"\r\n") == 2


def test_certificates_are_verified_and_stations_approved_in_bulk(cast: Any, client_of: Any) -> None:
    """What a ledger of hundreds brings is not opened one by one; one's own stays for others."""
    rows = [make_row("certificate", COUNTY_A) for _ in range(2)]
    stations = [make_row("station", COUNTY_A) for _ in range(2)]
    type(stations[0]).objects.update(approval_number="", approved_on=None, approved_by=None)
    client = client_of(cast.reviewer_a)
    assert "核验" in client.get("/certificates/").text
    answers = {"verification": "3", "means": "纸质原件", "verified_on": "2026-01-05"}
    for path, chosen, given in (
        ("/certificates/bulk/verify/", rows, answers),
        ("/stations/bulk/approve/", stations, {"reason": "现场核查"}),
    ):
        data = {"ids": [str(row.pk) for row in chosen], "confirmed": "2", **given}
        assert "已为 2 " in client.post(path, data, follow=True).text
        assert client_of(cast.clerk_a).post(path, data).status_code == 403
    assert {type(rows[0]).objects.get(pk=row.pk).verification for row in rows} == {"3"}
    assert all(type(s).objects.get(pk=s.pk).is_approved for s in stations)


def test_what_is_too_long_to_sort_stays_in_its_order(
    cast: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is a page of it sorted by itself, as if the list were."""
    first, last = make_person(COUNTY_A, "阿甲"), make_person(COUNTY_A, "左乙")
    Person.objects.filter(pk=last.pk).update(birth_date="1980-01-01")
    client = client_of(cast.clerk_a)
    page = client.get("/people/?sort=birth_date&cols=birth_date")
    assert page.context["page"].object_list == [last, first]
    assert "aria-sort" in page.text
    for module in ("core.entities.listing", "core.entities.pages.list"):
        monkeypatch.setattr(f"{module}.SORT_ANYTHING_UP_TO", 1)
    page = client.get("/people/?sort=birth_date&cols=birth_date")
    assert [row.record for row in page.context["table"].paginated_rows] == [first, last]
    assert "按默认顺序排列" in page.text
    assert "aria-sort" not in page.text


def test_a_remembered_count_is_that_of_one_list_and_one_reader(
    cast: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two lists of one table, and one list of two readers, count other rows."""
    cache.clear()
    monkeypatch.setattr("core.entities.paging._WORTH_KEEPING", 3)
    person = make_row("person", COUNTY_A)
    for _ in range(7):
        ReadEvent.record(
            user=cast.clerk_a, kind=ReadEvent.Kind.DETAIL, people=[person.pk],
            entity="talent.person",
        )  # fmt: skip
    assert client_of(cast.auditor).get("/security/reads/").context["count"] == 7
    assert client_of(cast.province).get("/exports/").context["count"] == 0


def test_a_nul_inside_the_conditions_of_an_export_is_refused(cast: Any, client_of: Any) -> None:
    for path, data in (
        ("/people/export/", {}),
        ("/certificates/bulk/verify/", {"all_matching": "1"}),
    ):
        answer = client_of(cast.reviewer_a).post(path, data | {"filter": "q=%00"})
        assert answer.status_code == 400, path
