"""The dashboard and its lists, for everybody who may and may not see them."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags
from python_calamine import CalamineWorkbook

from core.models import ReadEvent
from reports.board import charts
from reports.board.board import Board
from reports.definitions.registry import INDICATORS
from reports.lists.kinds import LISTS
from reports.models import Plan, Snapshot
from reports.snapshots import actions
from reports.targets.actions import Amount, set_targets
from talent.models import Person
from tests.reports import build
from tests.reports.build import on

pytestmark = pytest.mark.django_db
Login = Callable[[Any], Client]


def body(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def sheet(response: Any) -> list[list[Any]]:
    data = io.BytesIO(b"".join(response.streaming_content))
    return CalamineWorkbook.from_filelike(data).get_sheet_by_index(0).to_python()


def test_the_board_says_where_and_as_of_when(world: None, cast: Any, client_of: Login) -> None:
    page = body(client_of(cast.province).get("/dashboard/"))
    assert f"截至 <b>{timezone.localdate():%Y-%m-%d}</b>" in page
    assert "期满" in page
    assert "目标 100,000，还差 99,996 人" in page
    assert "结算 4" in strip_tags(page)
    assert "未达标" in page
    assert 'style="' not in page


def test_the_workbench_says_what_is_still_to_do(world: None, cast: Any, client_of: Login) -> None:
    client = client_of(cast.province)
    assert 'hx-get="/dashboard/progress/"' in body(client.get("/"))
    part = body(client.get("/dashboard/progress/", headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert "社工人才目标 100,000，还差 99,996 人" in "".join(strip_tags(part).split("\n"))
    assert "没有等您办理" not in body(client_of(cast.viewer_a).get("/"))
    assert "dashboard/progress" not in body(client_of(cast.security).get("/"))


def test_the_settlement_stays_beside_the_figures_of_the_next_plan(
    world: None, cast: Any, client_of: Login
) -> None:
    following = Plan.objects.create(
        code="15_5", name="“十五五”规划", starts_on=on("2026-01-01"), ends_on=on("2030-12-31"),
        baseline_on=on("2025-12-31"),
    )  # fmt: skip
    page = body(client_of(cast.province).get("/dashboard/"))
    assert "上期结算 4" in strip_tags(page)
    assert "目标和进度按“十五五”规划" in page
    assert "目标 100,000" not in page
    targets = {("T1", "52"): Amount(150_000)}
    set_targets(by=cast.province, plan=following, year=2030, targets=targets, document="黔1号")
    page = body(client_of(cast.province).get("/dashboard/"))
    assert "目标 150,000，还差 149,996 人" in page
    assert "落后进度" in page
    assert "上期结算 4" in strip_tags(page)
    # Who was there when the plan began is no progress; graduates are counted anew.
    targets = {("T1", "52"): Amount(5), ("T4", "52"): Amount(24)}
    set_targets(by=cast.province, plan=following, year=2030, targets=targets, document="黔1号")
    build.graduates(2026, 0)
    page = body(client_of(cast.province).get("/dashboard/?on=2026-06-01"))
    assert "进度正常，按进度应达 4" in page
    assert "落后进度 2 人次" in page


def test_the_reconciliation_line_adds_up(world: None, cast: Any, client_of: Login) -> None:
    page = body(client_of(cast.province).get("/dashboard/52/?i=T1_L0"))
    assert "= 下级 5 + 本级 0 + 未定位 1" in page
    by_county = body(client_of(cast.province).get("/dashboard/52/?i=T1_L0&by=county"))
    assert "= 下级 5 + 市（州）以上本级 0 + 未定位 1" in by_county
    county = body(client_of(cast.clerk_a).get("/dashboard/520102/?i=T1_L0"))
    assert "= 下级 2 + 本级 1" in county
    assert "part=own" in county


def test_by_county_what_prefectures_hold_themselves_is_called_theirs(
    cast: Any, client_of: Login
) -> None:
    for place in ("5201", "520102"):
        build.person(place)
    actions.take_all()
    client = client_of(cast.province)
    page = body(client.get("/dashboard/52/?by=county"))
    assert "= 下级 1 + 市（州）以上本级 1 + 未定位 0" in page
    assert "直接属于贵州省或市（州）" in page
    rows = sheet(client.post("/dashboard/52/export/", {"by": "county", "part": "areas"}))
    assert "贵州省市（州）以上本级" in [row[2] for row in rows]
    # The address is kept on the way down, where there is nothing to go past.
    below = body(client.get("/dashboard/5201/?by=county"))
    assert "= 下级 1 + 本级 1" in below
    assert "/dashboard/5201/list/T1/?on=" in below
    assert "part=own" in below


def test_any_day_can_be_asked(world: None, cast: Any, client_of: Login) -> None:
    client = client_of(cast.province)
    assert "未存档" in body(client.get("/dashboard/?on=2023-05-01"))
    assert "未存档" not in body(client.get("/dashboard/?on=2025-12-31"))
    assert "统计日期请写成" in body(client.get("/dashboard/?on=yesterday"))
    assert "统计日期应在" in body(client.get("/dashboard/?on=2099-01-01"))
    old = body(client.get("/dashboard/520221/?on=2023-05-01"))
    assert "水城区" in old


def test_pace_during_a_plan(world: None, cast: Any, client_of: Login) -> None:
    page = body(client_of(cast.province).get("/dashboard/?on=2023-07-01"))
    assert "落后进度" in page
    assert "board-bar-pace" in page


def test_without_snapshots_figures_are_computed(cast: Any, client_of: Login) -> None:
    build.person()
    page = body(client_of(cast.clerk_a).get("/dashboard/"))
    assert "未存档" in page
    assert Snapshot.objects.count() == 0


def test_a_county_sees_its_neighbours_figures_not_their_lists(
    world: None, cast: Any, client_of: Login
) -> None:
    client = client_of(cast.clerk_a)
    prefecture = body(client.get("/dashboard/5201/"))
    assert "花溪区" in prefecture
    assert "/dashboard/520111/list/" not in prefecture
    assert "/dashboard/520102/list/T1/" in prefecture
    assert "/dashboard/5201/list/" not in prefecture
    assert body(client.get("/dashboard/520111/"))
    province = body(client.get("/dashboard/52/"))
    assert "黔西南" not in province
    assert "合计" not in province
    for hidden in ("/dashboard/5223/", "/dashboard/522301/", "/dashboard/520111/list/T1/",
                   "/dashboard/5201/list/T1/", "/dashboard/999999/", "/dashboard/520111004/",
                   "/dashboard/522301/map/county.json"):  # fmt: skip
        assert client.get(hidden).status_code == 404, hidden


def test_only_roles_with_the_permission_enter(world: None, cast: Any, client_of: Login) -> None:
    for user in (cast.worker_a, cast.security, cast.auditor, cast.system):
        for path in ("/dashboard/", "/dashboard/520102/list/T1/", "/targets/",
                     "/dashboard/definitions/", "/dashboard/52/map/county.json"):  # fmt: skip
            assert client_of(user).get(path).status_code == 403, (user, path)
    assert client_of(cast.anonymous).get("/dashboard/").status_code == 302
    assert body(client_of(cast.viewer_a).get("/dashboard/520102/list/T1/"))


def test_a_list_names_each_and_says_why(world: None, cast: Any, client_of: Login) -> None:
    page = body(client_of(cast.clerk_a).get("/dashboard/520102/list/T2/"))
    assert "现在 <b>2</b> 人，快照时 <b>2</b>" in page
    assert page.count("助理社会工作师，2022-06-12 批准") == 2
    assert "5201021990" not in page
    event = ReadEvent.objects.latest("at")
    assert len(event.people) == 2


def test_a_list_says_when_it_moved_since_the_snapshot(
    world: None, cast: Any, client_of: Login
) -> None:
    build.person("520102016")
    page = body(client_of(cast.clerk_a).get("/dashboard/520102/list/T1/?page=7"))
    assert "现在 <b>3</b> 人，快照时 <b>2</b>" in page
    assert "快照之后有变动" in page


def test_lists_of_every_kind_open_and_export(world: None, cast: Any, client_of: Login) -> None:
    client = client_of(cast.province)
    for indicator in INDICATORS:
        address = f"/dashboard/52/list/{indicator.code}/"
        page = body(client.get(f"{address}?on=2025-12-31"))
        assert "5201021990" not in page
        rows = sheet(client.post(f"{address}export/", {"on": "2025-12-31"}))
        assert rows[0][-1] == "计入理由"
    assert "没有计入" in body(client.get("/dashboard/52/list/T3/?part=own"))
    assert "未定位" in body(client.get("/dashboard/52/list/T1_L0/?part=unlocated"))
    assert client.get("/dashboard/52/list/NOPE/").status_code == 404


def test_the_list_costs_the_same_for_one_and_for_three(
    cast: Any, client_of: Login, django_assert_num_queries: Any
) -> None:
    client = client_of(cast.clerk_a)
    build.certificate(build.person())
    client.get("/dashboard/520102/list/T2/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/dashboard/520102/list/T2/")
    for _ in range(2):
        build.certificate(build.person())
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/dashboard/520102/list/T2/")


LIST_QUERIES = 15


@pytest.fixture
def crowded(world: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every region counts as one with too many people to count while one waits."""
    monkeypatch.setattr("reports.lists.listing._CROWD", 0)
    monkeypatch.setattr("reports.lists.listing.FigureListing.default_size", 1)


def names(page: str) -> list[str]:
    return re.findall(r'class="name"><a href="[^"]+">(.+?)</a>', page)


def test_a_crowd_is_listed_first_and_counted_afterwards(
    crowded: None, cast: Any, client_of: Login
) -> None:
    client = client_of(cast.clerk_a)
    address = "/dashboard/520102/list/T1/"
    first = body(client.get(address))
    assert "清点现在的数" in first
    assert "快照时 <b>2</b>" in first
    assert "现在 <b>" not in first
    build.person("520102016")
    later = body(client.get(f"{address}?count=1", headers={"HX-Request": "true"}))
    assert "现在 <b>3</b> 人，快照时 <b>2</b>" in later
    assert "快照之后有变动" in later
    assert "<html" not in later
    assert "现在 <b>3</b> 人" in body(client.get(f"{address}?count=1"))


@pytest.mark.parametrize("gathering", [0, 10_000])
def test_a_crowd_is_turned_to_its_end_though_it_grew_or_shrank(
    crowded: None, cast: Any, client_of: Login, monkeypatch: pytest.MonkeyPatch, gathering: int
) -> None:
    monkeypatch.setattr("reports.lists.listing._GATHERING", gathering)
    build.person("520102016")
    client = client_of(cast.clerk_a)
    pages = [names(body(client.get(f"/dashboard/520102/list/T1/?page={n}"))) for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [1, 1, 1]
    assert len({page[0] for page in pages}) == 3
    assert 'rel="next"' not in body(client.get("/dashboard/520102/list/T1/?page=3"))
    Person.objects.update(verification="0")
    assert names(body(client.get("/dashboard/520102/list/T1/?page=2"))) == []


def test_a_million_is_not_counted_and_cut_where_it_says(
    crowded: None, cast: Any, client_of: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.lists.listing._TOO_MANY_TO_COUNT", 1)
    monkeypatch.setattr("reports.lists.listing._DEEPEST", 3)
    page = body(client_of(cast.province).get("/dashboard/52/list/T1/"))
    assert "快照时 <b>4</b>" in page
    assert "现在" not in page.split("</h1>")[1].split("page-actions")[0]
    assert "列出前 3 人" in page
    assert "第 1 / 3 页" in page


def test_new_figures_can_be_asked_for(world: None, cast: Any, client_of: Login) -> None:
    client = client_of(cast.clerk_a)
    with patch("reports.tasks.refresh_stale.delay") as delay:
        assert client.post("/dashboard/520102/refresh/").status_code == 302
        delay.assert_called_once()
        delay.side_effect = OSError
        page = client.post("/dashboard/520102/refresh/", follow=True).content.decode()
    assert "后台暂时没有应答" in page


def test_every_number_has_its_card(cast: Any, client_of: Login) -> None:
    client = client_of(cast.viewer_a)
    page = body(client.get("/dashboard/definitions/"))
    for indicator in INDICATORS:
        assert indicator.rule in page
        assert indicator.clause in body(client.get(f"/dashboard/definitions/{indicator.code}/"))
    dialog = body(client.get("/dashboard/definitions/T3/", headers={"HX-Request": "true"}))
    assert dialog.lstrip().startswith("<dialog")
    assert f"{timezone.localdate():%Y-%m-%d}，区划版本 2022-10-31" in dialog
    assert "基期 2020-12-31，文件公布 2023-01-31" in dialog
    then = body(client.get("/dashboard/definitions/T6_BUILT/?on=2021-06-30"))
    assert "2021-06-30，区划版本 " in then
    assert "区划版本 2022-10-31" not in then
    assert "基期" not in then
    assert client.get("/dashboard/definitions/NOPE/").status_code == 404


def test_the_map_is_joined_by_code_inside_the_region(cast: Any, client_of: Login) -> None:
    response = client_of(cast.clerk_a).get("/dashboard/520102/map/county.json")
    assert [f["properties"]["code"] for f in response.json()["features"]] == ["520102"]
    codes = {f["properties"]["code"] for f in charts.map_of("52", "county")["features"]}
    assert len(codes) == 88
    assert len(charts.map_of("52", "prefecture")["features"]) == 9
    board = Board(user=cast.province, region="52", by_county=True)
    assert codes == set(board.codes)
    assert charts.map_level(Board(user=cast.province, region="520102")) == ""


def test_each_population_has_its_list_and_its_rows_lead_to_their_pages() -> None:
    assert {i.population.code for i in INDICATORS} == set(LISTS)
    for population in {i.population for i in INDICATORS}:
        assert LISTS[population.code].counted.order == " ".join(population.order)
    for entity in (entity for kind in LISTS.values() for entity in kind):
        found = entity.url("detail", Snapshot(pk=uuid.uuid4()))
        assert bool(found) == entity.is_opened, entity.name
    assert LISTS["people"].counted.url("detail", Person()).startswith("/people/")


def test_a_township_stands_among_its_neighbours(world: None, cast: Any, client_of: Login) -> None:
    page = body(client_of(cast.township_a).get("/dashboard/520102016/?i=T1"))
    rows = re.findall(r'<tr[^>]*class="board-here">.*?</tr>', page, re.S)
    assert len(rows) == 1
    assert "新华路街道" in rows[0]
    assert "/dashboard/520102016/list/T1/" in rows[0]
    # A neighbour's figure, not its list; the county's sum is the county's.
    assert "水口寺街道" in page
    assert "/dashboard/520102018/list/" not in page
    assert "合计" not in page
