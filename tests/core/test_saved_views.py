"""Saved views: kept for one, opened by default, without anybody's number."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import IntegrityError, transaction

from core.entities import saved
from core.entities.entity import ENTITIES
from core.entities.saved import NUMBERS, plain_query, save_view, saved_views, views_of
from core.models import SavedView
from core.rules import RuleError
from tests.conftest import COUNTY_A, COUNTY_B
from tests.rows import make_person, make_station

NUMBER, PHONE = "520102199003077731", "13885012345"


def save(client: Any, name: str, query: str, entity: str = "person", **more: str) -> Any:
    given = {"name": name, "query": query, **more}
    return client.post(f"/views/{entity}/save/", given, follow=True)


def change(client: Any, view: SavedView, verb: str, **given: str) -> Any:
    return client.post(f"/views/{view.pk}/{verb}/", given, follow=True)


# --- Kept -----------------------------------------------------------------------------------
def test_a_way_of_looking_is_kept_under_a_name(cast: Any, client_of: Any) -> None:
    """Filters, columns and order; not the page one happened to be on."""
    make_person(COUNTY_A, "有电话", phone=PHONE)
    make_person(COUNTY_A, "没电话")
    client = client_of(cast.clerk_a)
    query = "missing=phone&cols=name&cols=sex&sort=-updated_at&page=1&filters=1&q="
    answer = save(client, " 缺电话 ", query)
    view = SavedView.objects.get()
    assert (view.name, view.user, view.entity) == ("缺电话", cast.clerk_a, "person")
    assert view.query == "cols=name&cols=sex&missing=phone&sort=-updated_at"
    assert "已保存「缺电话」" in answer.text
    assert "没电话" in answer.text
    assert "有电话" not in answer.text
    url = answer.redirect_chain[-1][0]
    page = client.get(url).text
    assert f'href="{url.replace("&", "&amp;")}" aria-current="true"' in page
    assert "保存为常用筛选" not in page
    # Without a view the list is as it was, its columns too.
    plain = client.get("/people/")
    assert "有电话" in plain.text
    assert "cols_person" not in client.cookies
    assert 'aria-current="true">全部' in plain.text


def test_it_is_offered_where_there_is_something_to_keep(cast: Any, client_of: Any) -> None:
    make_person(COUNTY_A)
    client = client_of(cast.clerk_a)
    assert "常用筛选" not in client.get("/people/").text
    assert "保存为常用筛选" in client.get("/people/?status=10").text
    piece = client.get("/people/?status=10", headers={"HX-Request": "true", "HX-Target": "list"})
    assert "保存为常用筛选" in piece.text
    # A number that was looked up stands in no address and can be no view.
    assert "保存为常用筛选" not in client.post("/people/", {"q": NUMBER}).text


def test_columns_chosen_before_belong_to_it(cast: Any, client_of: Any) -> None:
    make_station(COUNTY_A)
    client = client_of(cast.clerk_a)
    client.get("/stations/?cols=name&cols=area")
    page = client.get("/stations/?kind=3").text
    assert 'name="query" value="cols=area&amp;cols=name&amp;kind=3"' in page
    # On its own address a view shows its columns and does not change those of the list.
    view = save_view(
        by=cast.clerk_a, entity=ENTITIES["station"], name="乡镇站", query="kind=3&cols=name"
    )
    client.get(saved.address_of(ENTITIES["station"], view))
    assert client.cookies["cols_station"].value == "name.area"


def test_the_same_name_is_the_same_view(cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    save(client, "在岗", "status=10")
    save(client, "在岗", "status=20")
    assert SavedView.objects.get().query == "status=20"
    save(client_of(cast.clerk_b), "在岗", "status=30")
    save(client, "在岗", "status=3", entity="station")
    assert SavedView.objects.count() == 3


@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        ("", "status=10", "起个名称"),
        ("\u200b ", "status=10", "起个名称"),
        ("长" * 21, "status=10", "最多 20 个字"),
        ("空的", "", "没有筛选条件"),
        ("空的", "page=3&filters=1&view=saved", "没有筛选条件"),
        ("太多", "q=" + "甲" * 500, "条件太多"),
        (NUMBER, "status=10", "证件号"),
        (f"张三{PHONE}", "status=10", NUMBERS),
    ],
)
def test_what_is_no_view_says_why(
    name: str, query: str, words: str, cast: Any, client_of: Any
) -> None:
    answer = save(client_of(cast.clerk_a), name, query)
    assert answer.status_code == 200
    assert words in answer.text
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        f"q={NUMBER}",
        f"q={PHONE}",
        f"q=张三 {NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
        f"status=10&unknown={NUMBER}",
        f"{PHONE}=1",
        "q=20230001234567890123456789",
        f"region={NUMBER}",
    ],
)
def test_numbers_of_people_never_get_in(query: str, cast: Any, client_of: Any) -> None:
    """As in addresses, and the answer leads to none that holds one (T34)."""
    with pytest.raises(RuleError, match="证件号、电话、证书号"):
        save_view(by=cast.clerk_a, entity=ENTITIES["person"], name="某人", query=query)
    client = client_of(cast.clerk_a)
    answer = client.post("/views/person/save/", {"name": "某人", "query": query})
    assert answer.status_code == 302
    for number in (NUMBER, PHONE):
        assert number not in answer.headers["Location"]
    assert not SavedView.objects.exists()


def test_ids_and_codes_are_no_numbers_of_people(cast: Any) -> None:
    """A station or a township one looks at again and again."""
    for number, query in enumerate(
        (
            f"station={uuid.UUID('5a1c7d0e-8b1f-4c7e-9a52-aabbccddeeff')}",
            "region=520102016",
            "approved_from=2024-01-01&approved_to=2024-12-31",
        )
    ):
        save_view(by=cast.clerk_a, entity=ENTITIES["post"], name=f"视图{number}", query=query)
    assert SavedView.objects.count() == 3


def test_a_list_has_not_hundreds(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "_MOST", 2)
    given = {"by": cast.clerk_a, "entity": ENTITIES["person"], "query": "status=10"}
    for name in ("甲", "乙", "甲"):
        save_view(name=name, **given)
    with pytest.raises(RuleError, match="最多存 2 个"):
        save_view(name="丙", **given)
    assert save_view(name="丙", **given | {"entity": ENTITIES["station"]})


# --- Opened by default ----------------------------------------------------------------------
def test_the_default_opens_without_parameters_alone(cast: Any, client_of: Any) -> None:
    make_person(COUNTY_A, "有电话", phone=PHONE)
    make_person(COUNTY_A, "没电话")
    client = client_of(cast.clerk_a)
    answer = save(client, "缺电话", "missing=phone", is_default="on")
    assert "默认" in answer.text
    opened = client.get("/people/", follow=True)
    assert parse_qs(urlsplit(opened.redirect_chain[-1][0]).query) == {
        "missing": ["phone"], "view": ["saved"],
    }  # fmt: skip
    assert "有电话" not in opened.text
    # Everything, by the tab, by 清除 and by any other condition.
    assert 'href="/people/?view=all"' in opened.text
    for url in ("/people/?view=all", "/people/?status=10"):
        assert "有电话" in client.get(url).text
    assert "有电话" in client_of(cast.reviewer_a).get("/people/").text


def test_one_is_the_default(cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    save(client, "甲", "status=10", is_default="on")
    save(client, "乙", "status=20", is_default="on")
    assert SavedView.objects.get(is_default=True).name == "乙"
    first = SavedView.objects.get(name="甲")
    assert "以后打开名单先看「甲」" in change(client, first, "default").text
    assert SavedView.objects.get(is_default=True) == first
    assert "以后打开名单看全部" in change(client, first, "plain").text
    assert not SavedView.objects.filter(is_default=True).exists()
    assert client.get("/people/").status_code == 200
    SavedView.objects.filter(name="乙").update(is_default=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.filter(name="甲").update(is_default=True)


# --- Renamed, deleted -----------------------------------------------------------------------
def test_renamed_and_deleted(cast: Any, client_of: Any) -> None:
    client = client_of(cast.clerk_a)
    save(client, "甲", "status=10")
    save(client, "乙", "status=20")
    view = SavedView.objects.get(name="甲")
    assert "已改名" in change(client, view, "rename", name="丙").text
    assert "已有一个叫「乙」" in change(client, view, "rename", name="乙").text
    assert "最多 20 个字" in change(client, view, "rename", name="长" * 30).text
    view.refresh_from_db()
    assert view.name == "丙"
    answer = change(client, view, "delete")
    assert "已删除「丙」" in answer.text
    assert answer.redirect_chain[-1][0] == "/people/?view=all"
    assert [v.name for v in SavedView.objects.all()] == ["乙"]


def test_nobody_elses(cast: Any, client_of: Any) -> None:
    view = save_view(
        by=cast.clerk_b, entity=ENTITIES["person"], name="花溪的", query=f"region={COUNTY_B}"
    )
    client = client_of(cast.clerk_a)
    assert "花溪的" not in client.get("/people/?status=10").text
    for verb in ("rename", "default", "plain", "delete"):
        assert client.post(f"/views/{view.pk}/{verb}/", {"name": "x"}).status_code == 404
    own = save_view(by=cast.clerk_a, entity=ENTITIES["person"], name="我的", query="status=10")
    assert client.post(f"/views/{own.pk}/burn/").status_code == 404
    saved.delete_view(view=view, by=cast.clerk_a)
    saved.set_default(view=view, by=cast.clerk_a, is_default=True)
    saved.rename_view(view=view, by=cast.clerk_a, name="抢来的")
    view.refresh_from_db()
    assert (view.name, view.is_default) == ("花溪的", False)
    assert not SavedView.objects.for_user(cast.anonymous).exists()


@pytest.mark.parametrize(("entity", "status"), [("nothing", 404), ("user", 403), ("person", 403)])
def test_only_of_lists_one_may_open(entity: str, status: int, cast: Any, client_of: Any) -> None:
    user = cast.worker_a if entity == "person" else cast.clerk_a
    if entity == "user" and entity not in ENTITIES:
        status = 404
    answer = client_of(user).post(f"/views/{entity}/save/", {"name": "x", "query": "status=10"})
    assert answer.status_code == status


def test_names_are_text(cast: Any, client_of: Any) -> None:
    """T39."""
    client = client_of(cast.clerk_a)
    page = save(client, "<b onclick=x>", "q=<script>&status=10").text
    assert "&lt;b onclick=x&gt;" in page
    assert "<b onclick" not in page


# --- Its parts ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "plain"),
    [
        ("?b=2&a=1&a=0", "a=0&a=1&b=2"),
        ("a=1&page=2&view=saved&filters=1&csrfmiddlewaretoken=x&b=", "a=1"),
        ("", ""),
    ],
)
def test_the_same_conditions_are_the_same_text(query: str, plain: str) -> None:
    assert plain_query(query) == plain


def test_the_views_of_a_list_cost_one_query(
    cast: Any, rf: Any, django_assert_num_queries: Any
) -> None:
    for name in "甲乙丙":
        save_view(by=cast.clerk_a, entity=ENTITIES["person"], name=name, query=f"q={name}")
    with django_assert_num_queries(1):
        views = views_of(ENTITIES["person"], cast.clerk_a)
    given = rf.get("/people/?q=乙&page=2").GET
    found = saved_views(ENTITIES["person"], views, params=given)
    assert found["current"].name == "乙"
    assert not found["may_save"]


def test_what_cannot_be_read_is_not_kept(cast: Any, client_of: Any) -> None:
    """Opened by default it would shut one out of the list."""
    client = client_of(cast.clerk_a)
    sent = {"name": "坏", "query": "q=x%00", "is_default": "on"}
    answer = client.post("/views/person/save/", sent, follow=True)
    assert "看不见的字符" in answer.text
    assert not SavedView.objects.exists()
    assert client.get("/people/").status_code == 200
