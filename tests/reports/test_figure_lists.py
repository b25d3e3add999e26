"""The lists behind figures are narrowed, sorted and taken away as every other list."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.figures.lists import members
from core.jobs import running as jobs
from core.models import Export, Job, ReadEvent
from reports.definitions.registry import BY_CODE
from reports.lists.listing import FigureListing
from reports.models import SettledMembers
from reports.sight import may_see
from reports.snapshots import actions
from stations.places.actions import update_station
from talent.models import Person
from tests.contracts.figures import settlement
from tests.reports import build
from tests.reports.build import on

pytestmark = pytest.mark.django_db
Login = Callable[[Any], Client]
T1 = "/dashboard/520102/list/T1/"
TOWN, NEXT, FOREIGN = "520102016", "520102018", "520111004"


@pytest.fixture
def people(cast: Any) -> dict[str, Person]:
    """Three who count in the county: by category, certificate and township."""
    made = {
        "甲": build.person(TOWN, category="3"),
        "乙": build.person(TOWN, category="11"),
        "丙": build.person(NEXT, category="2"),
    }
    for name, person in made.items():
        Person.objects.filter(pk=person.pk).update(name=f"欧阳{name}")
    build.certificate(made["乙"])
    build.certificate(made["丙"], "2")
    return made


def names(page: Any) -> str:
    """The last characters of the names listed, in their order."""
    assert page.status_code == 200
    return "".join(re.findall(r'class="name"><a href="[^"]+">欧阳(.)</a>', page.text))


def exported(client: Client, query: str, address: str = T1, **data: Any) -> str:
    answer = client.post(f"{address}export/", {"format": "csv", "filter": query, **data})
    return b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("query", "found", "words"),
    [
        ("region=520102016", "甲乙", "贵阳市 南明区 新华路街道"),
        ("category=2&category=3", "甲丙", "研究人才、管理人才"),
        ("fact=certified", "乙丙", "持全国社会工作者职业资格证书"),
        ("fact=certified&fact=certified_middle", "丙", "证书为社会工作师及以上"),
        ("lacks=certified", "甲", "不符合：持全国社会工作者职业资格证书"),
        ("fact=certified&lacks=certified_middle", "乙", "不符合：证书为社会工作师及以上"),
        ("q=欧阳丙", "丙", "“欧阳丙”"),
    ],
)
def test_what_is_asked_narrows_page_and_file_alike(
    people: Any, cast: Any, client_of: Login, query: str, found: str, words: str
) -> None:
    client = client_of(cast.reviewer_a)
    page = client.get(f"{T1}?{query}")
    assert names(page) == found
    assert f"其中符合筛选条件 <b>{len(found)}</b> 人" in page.text
    assert "现在 <b>3</b> 人" in page.text
    assert words in page.context["print_scope"]
    assert "，筛选：" in page.context["print_scope"]
    text = exported(client, query)
    assert "".join(re.findall("欧阳(.)", text)) == found
    event = ReadEvent.objects.order_by("-id").first()
    assert event is not None
    assert words in event.detail["filter"]
    assert "口径版本 T1 第 1 版" in event.detail["filter"]
    assert set(event.people) == {people[name].pk for name in found}


def test_a_filter_speaks_of_the_figures_day_or_says_that_it_does_not(
    people: Any, cast: Any, client_of: Login
) -> None:
    people["乙"].posts.update(ended_on=on("2024-05-01"))
    build.give_post(people["乙"], NEXT, since=on("2024-05-01"))
    client = client_of(cast.reviewer_a)
    assert names(client.get(f"{T1}?region={TOWN}")) == "甲"
    assert names(client.get(f"{T1}?on=2024-03-03&region={TOWN}")) == "甲乙"
    # One's certificate came later than that.
    build.certificate(people["甲"], day="2025-01-01")
    assert names(client.get(f"{T1}?on=2024-03-03&fact=certified")) == "乙丙"
    assert names(client.get(f"{T1}?fact=certified")) == "甲乙丙"
    drawer = client.get(f"{T1}?on=2024-03-03&filters=1").text
    for said in ("统计日所在地区", "统计日还符合", "人才类别（按现在的记录）"):
        assert said in drawer
    # By what everybody on the list counts there is nothing to choose.
    assert 'value="certified"' in drawer
    assert 'value="verified"' not in drawer


def test_the_day_is_kept_whatever_is_asked(people: Any, cast: Any, client_of: Login) -> None:
    client, day = client_of(cast.reviewer_a), "on=2024-03-03"
    page = client.get(f"{T1}?{day}&part=own&category=2&filters=1")
    assert page.context["clear_url"] == f"{T1}?{day}&part=own"
    drawer = page.text.partition('id="filters"')[2]
    assert '<input type="hidden" name="on" value="2024-03-03">' in drawer
    assert '<input type="hidden" name="part" value="own">' in drawer
    answer = client.post(f"{T1}?{day}", {"q": "欧阳丙", "keep": "category=2"})
    assert f"&{day}" in answer["Location"]
    assert names(client.get(answer["Location"])) == "丙"


def test_a_number_finds_whether_somebody_counts(people: Any, cast: Any, client_of: Login) -> None:
    client, day = client_of(cast.reviewer_a), "?on=2024-03-03"
    number = people["丙"].id_number
    page = client.post(f"{T1}{day}", {"q": number})
    assert names(page) == "丙"
    assert number not in page.text
    assert "截至 2024-03-03" in page.text
    assert "on=2024-03-03" in page.text.partition('class="list-search"')[2].partition(">")[0]
    event = ReadEvent.objects.order_by("-id").first()
    assert event is not None
    assert (event.kind, event.people) == ("search", [people["丙"].pk])
    elsewhere = build.person(FOREIGN)
    assert "没有符合条件的" in client.post(T1, {"q": elsewhere.id_number}).text


def test_it_is_sorted_and_so_is_its_file(people: Any, cast: Any, client_of: Login) -> None:
    client = client_of(cast.reviewer_a)
    assert names(client.get(T1)) == "甲乙丙"
    for sort, found in (
        ("category", "乙丙甲"), ("-category", "甲丙乙"), ("-name", "丙乙甲"),
        ("masked_id_number", "甲乙丙"), ("person__user__password", "甲乙丙"),
    ):  # fmt: skip
        assert names(client.get(f"{T1}?sort={sort}")) == found, sort
        assert "".join(re.findall("欧阳(.)", exported(client, f"sort={sort}"))) == found, sort
    assert names(client.get(f"{T1}?sort=place"))[-1] == "丙"
    assert names(client.get(f"{T1}?sort=-place"))[0] == "丙"


def test_a_list_that_is_too_long_to_sort_says_so(
    people: Any, cast: Any, client_of: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.take_all()
    for module in ("core.entities.listing", "core.entities.pages.list"):
        monkeypatch.setattr(f"{module}.SORT_ANYTHING_UP_TO", 2)
    page = client_of(cast.reviewer_a).get(f"{T1}?sort=-category")
    assert names(page) == "甲乙丙"
    assert "按默认顺序排列" in page.text
    assert "aria-sort" not in page.text


def test_chosen_columns_stay(people: Any, cast: Any, client_of: Login) -> None:
    client = client_of(cast.reviewer_a)
    shown = client.get(f"{T1}?cols=why").context["table"].columns.names()
    assert shown == ["name", "why"]
    assert client.cookies["cols_counted_person"].value == "why"
    for address in (T1, "/dashboard/520102/list/T2/"):
        assert client.get(address).context["table"].columns.names() == shown


def test_what_is_not_understood_lists_nobody(people: Any, cast: Any, client_of: Login) -> None:
    client = client_of(cast.reviewer_a)
    for query in ("fact=verified", "region=99", f"region={FOREIGN}", "category=99"):
        before = ReadEvent.objects.count()
        page = client.get(f"{T1}?{query}")
        assert names(page) == "", query
        assert "筛选条件有误" in page.text, query
        assert ReadEvent.objects.count() == before, query
        answer = client.post(f"{T1}export/", {"filter": f"on=2024-03-03&{query}"})
        assert answer.status_code == 302, query
        assert answer["Location"] == f"{T1}?on=2024-03-03"


def test_rows_chosen_one_by_one_are_of_the_list(people: Any, cast: Any, client_of: Login) -> None:
    """Neither from elsewhere nor of one's own who do not count."""
    foreign, idle = build.person(FOREIGN), build.person(TOWN, post=False)
    client = client_of(cast.reviewer_a)
    ids = [str(person.pk) for person in (people["甲"], foreign, idle)]
    text = exported(client, "", ids=ids)
    assert "欧阳甲" in text
    assert foreign.name not in text
    assert idle.name not in text
    event = ReadEvent.objects.order_by("-id").first()
    assert event is not None
    assert event.people == [people["甲"].pk]
    assert "，所选各行；" in event.detail["filter"]
    assert "口径版本 T1 第 1 版" in event.detail["filter"]


def test_nobody_takes_full_numbers_out_of_it(people: Any, cast: Any, client_of: Login) -> None:
    client = client_of(cast.reviewer_a)
    assert cast.reviewer_a.has_perm("talent.reveal_person")
    assert "导出完整号码" not in client.get(T1).text
    text = exported(client, "", unmasked="1", reason="核对")
    assert people["甲"].masked_id_number in text
    assert people["甲"].id_number not in text


def test_what_is_read_is_on_record(people: Any, cast: Any, client_of: Login) -> None:
    client_of(cast.viewer_a).get(f"{T1}?on=2024-03-03&fact=certified&q=欧阳")
    event = ReadEvent.objects.get()
    assert (event.kind, set(event.people)) == ("list", {people["乙"].pk, people["丙"].pk})
    told = {name: event.detail[name] for name in ("indicator", "region", "on", "query")}
    assert told == {
        "indicator": "T1", "region": "520102", "on": "2024-03-03",
        "query": "on=2024-03-03&fact=certified",
    }  # fmt: skip


def test_a_long_page_asks_no_more_than_a_short_one(
    people: Any, cast: Any, client_of: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(50):
        build.certificate(build.person(TOWN))
    client = client_of(cast.reviewer_a)
    client.get(T1)
    asked = []
    for size in (5, 50):
        monkeypatch.setattr(FigureListing, "default_size", size)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(f"{T1}?fact=certified&sort=-place")
        assert len(page.context["page"].object_list) == size
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_no_view_is_saved_of_a_list_without_an_address(
    people: Any, cast: Any, client_of: Login
) -> None:
    client = client_of(cast.reviewer_a)
    assert "保存为常用筛选" not in client.get(f"{T1}?fact=certified").text
    data = {"name": "持证", "query": "fact=certified"}
    assert client.post("/views/counted_person/save/", data).status_code == 404


# --- Among many ---------------------------------------------------------------------------
def test_in_a_crowd_conditions_are_counted_when_asked(
    people: Any, cast: Any, client_of: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.take_all()
    monkeypatch.setattr("reports.lists.listing._CROWD", 0)
    monkeypatch.setattr(FigureListing, "default_size", 1)
    client = client_of(cast.reviewer_a)
    first = client.get(f"{T1}?fact=certified")
    assert names(first) == "乙"
    assert "清点现在的数" in first.text
    assert "其中符合筛选条件" not in first.text
    assert 'rel="next"' in first.text
    last = client.get(f"{T1}?fact=certified&page=2")
    assert names(last) == "丙"
    assert 'rel="next"' not in last.text
    said = client.get(f"{T1}?fact=certified&count=1", headers={"HX-Request": "true"}).text
    assert "现在 <b>3</b> 人，快照时 <b>3</b>" in said
    assert "其中符合筛选条件 <b>2</b> 人" in said
    piece = {"HX-Request": "true", "HX-Target": "list"}
    assert names(client.get(f"{T1}?count=1&sort=-name", headers=piece)) == "丙"


# --- Settled ------------------------------------------------------------------------------
@pytest.fixture
def signed(people: dict[str, Person], cast: Any) -> dict[str, Person]:
    """Settled when 甲, 乙 and 丙 counted; then 甲 left, 乙 moved on, and 丁 was found."""
    found = settlement(cast.province)
    for place, mine in ((TOWN, "甲乙"), (NEXT, "丙")):
        found.members.create(
            indicator="T1", region_id=place, ids=[str(people[name].pk) for name in mine]
        )
    people["甲"].posts.update(ended_on=on("2025-06-01"))
    people["乙"].posts.update(region=NEXT)
    people["丁"] = build.person(NEXT)
    Person.objects.filter(pk=people["丁"].pk).update(name="欧阳丁")
    return people


def test_a_settled_list_is_narrowed_by_where_each_counted(
    signed: Any, cast: Any, client_of: Login
) -> None:
    client, day = client_of(cast.reviewer_a), "on=2025-12-31"
    assert names(client.get(f"{T1}?{day}")) == "甲乙丙"
    page = client.get(f"{T1}?{day}&region={TOWN}")
    assert names(page) == "甲乙"
    assert "名单 <b>3</b> 条，其中符合筛选条件 <b>2</b> 条" in page.text
    assert "统计日还符合" not in client.get(f"{T1}?{day}&filters=1").text
    assert names(client.get(f"{T1}?{day}&sort=-category")) == "甲丙乙"
    assert "".join(re.findall("欧阳(.)", exported(client, f"{day}&region={NEXT}"))) == "丙"
    event = ReadEvent.objects.order_by("-id").first()
    assert event is not None
    assert "名单校验码" in event.detail["filter"]
    assert "水口寺街道" in event.detail["filter"]


def test_corrections_are_told_apart(signed: Any, cast: Any, client_of: Login) -> None:
    client, asked = client_of(cast.reviewer_a), "on=2025-12-31&part=corrected"
    for became, found in (("", "甲丁"), ("gone", "甲"), ("added", "丁"), ("moved", "")):
        page = client.get(f"{T1}?{asked}&became={became}")
        assert names(page) == found, became
        assert "更正 <b>2</b> 项" in page.text
        text = exported(client, f"{asked}&became={became}")
        assert "".join(re.findall("^欧阳(.)", text, re.MULTILINE)) == found
        assert "改动（栏目、原值、新值、何人、何时、事由）" in text
    assert names(client.get(f"{T1}?{asked}&region={TOWN}")) == "甲"
    assert "最后在岗日" in client.get(f"{T1}?{asked}&became=gone").text
    assert client_of(cast.clerk_b).get(f"{T1}?{asked}").status_code == 404


def test_who_may_see_whom(cast: Any) -> None:
    assert may_see(cast.township_a, "520102018")
    assert not may_see(cast.township_a, "520111")
    assert not may_see(cast.worker_a, "52")


def test_a_signed_list_of_what_is_missing_says_no_more_than_it_knows(
    cast: Any, client_of: Login
) -> None:
    """What is missing counts by what does not hold; that is not 「不再计入」."""
    signed = settlement(cast.province)
    keys = members(BY_CODE["T6_MISSING"], build.DAY, "520102").values_list("pk", flat=True)
    for key in keys:
        SettledMembers.objects.create(
            settlement=signed, indicator="T6_MISSING", region_id=key, ids=[key]
        )
    page = client_of(cast.clerk_a).get(f"/dashboard/520102/list/T6_MISSING/?on={build.DAY}")
    assert len(page.context["page"].object_list) == len(keys) > 20
    assert "不再计入" not in page.text


def test_corrections_are_those_of_a_settlement(cast: Any, client_of: Login) -> None:
    """Without one the whole list is meant, 未定位 too."""
    build.person(None, post=False)
    build.person(TOWN, post=False)
    address = f"/dashboard/52/list/T1_L0/?on={build.DAY}"
    for part in ("", "&part=corrected"):
        page = client_of(cast.province).get(address + part)
        assert page.context["page"].paginator.count == 2


def test_corrections_of_many_ask_as_much_as_those_of_few(cast: Any, client_of: Login) -> None:
    """What foreign keys name is read at once."""
    settlement(cast.province)
    made = [build.station("520102", "2") for _ in range(12)]
    offices = [build.employer("520102") for _ in range(3)]
    counts = []
    for some in (made[:2], made[2:]):
        for station in some:
            for office in offices:
                station.refresh_from_db()
                station.operator = office
                update_station(station=station, by=cast.clerk_a)
        with CaptureQueriesContext(connection) as queries:
            client_of(cast.clerk_a).get(f"/dashboard/520102/list/T5/?on={build.DAY}&part=corrected")
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 2


@pytest.mark.parametrize("query", ["", "on=2024-03-03", "on=昨天", "fact=certified&q=欧阳"])
def test_a_worker_makes_the_same_file(
    query: str, people: Any, cast: Any, client_of: Login, settings: Any
) -> None:
    client = client_of(cast.reviewer_a)
    at_once = exported(client, query)
    settings.EXPORT_JOB_ROWS = 0
    answer = client.post(f"{T1}export/", {"format": "csv", "filter": query})
    export = Export.objects.get()
    assert answer["Location"] == f"/exports/{export.pk}/"
    jobs.run(export.job_id)
    export.job.refresh_from_db()
    assert export.job.status == Job.Status.DONE, export.job.message
    later = client.post(f"/exports/{export.pk}/file/").content.decode("utf-8-sig")
    assert later == at_once
    assert later.count("欧阳") >= 2
