"""A lost line, a lost session, a closed browser in the middle of a long form: each alone loses
nothing, and what was sent last is offered whatever comes together."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from core.models import Draft
from tests.browser.axe import check_accessible
from tests.conftest import COUNTY_A, PASSWORD, Cast
from tests.rows import make_person, make_station

Visit = Callable[..., Page]
OFFER = "在这里填过、没有保存的内容还在"


def _kept(page: Page, count: int = 1) -> list[dict[str, str]]:
    """What the server has, as soon as it has that many."""
    for _ in range(60):
        if (drafts := list(Draft.objects.order_by("saved_at"))) and len(drafts) == count:
            return [dict(parse_qsl(str(d.fields), keep_blank_values=True)) for d in drafts]
        page.wait_for_timeout(50)
    raise AssertionError(list(Draft.objects.values_list("form", flat=True)))


def test_a_closed_browser(cast: Cast, visit: Visit) -> None:
    """Nothing was sent before; the closing window sends it."""
    page = visit("/people/new/", cast.clerk_a)
    page.get_by_label("姓名", exact=True).fill("王小丫")
    page.get_by_label("女", exact=True).check()
    page.get_by_role("checkbox", name="村（社区）干部").check()
    page.get_by_label("备注").fill("返聘，周三在岗")
    page.locator("#id_residence_text").press_sequentially("新华路")
    page.locator("#id_residence_list [role=option]").filter(has_text="新华路街道").click()
    expect(page.locator("#id_residence")).not_to_have_value("")
    page.close(run_before_unload=False)
    again = visit("/people/new/", cast.clerk_a, width=390)
    _kept(again)
    again.reload()
    expect(again.get_by_text(OFFER)).to_be_visible()
    expect(again.get_by_label("备注")).to_have_value("")
    check_accessible(again, "draft")
    again.get_by_role("button", name="接着填").click()
    expect(again.get_by_label("备注")).to_have_value("返聘，周三在岗")
    expect(again.get_by_label("姓名", exact=True)).to_have_value("王小丫")
    expect(again.get_by_label("女", exact=True)).to_be_checked()
    expect(again.get_by_role("checkbox", name="村（社区）干部")).to_be_checked()
    expect(again.locator("#id_residence_text")).to_have_value("贵阳市 南明区 新华路街道")
    expect(again.get_by_text(OFFER)).to_be_hidden()
    stored = again.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert not {"王小丫", "返聘"} & set(re.findall("王小丫|返聘", stored))


def test_every_fifteen_seconds_and_then_saved(cast: Cast, visit: Visit) -> None:
    person = make_person(COUNTY_A, "王小丫")
    page = visit(f"/people/{person.pk}/edit/", cast.clerk_a)
    page.clock.install()
    page.get_by_label("备注").fill("返聘")
    page.clock.fast_forward(14_000)
    assert Draft.objects.count() == 0
    page.clock.fast_forward(2_000)
    assert _kept(page)[0]["remark"] == "返聘"
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存对「王小丫」的修改。")).to_be_visible()
    _kept_none(page)
    page.goto(f"/people/{person.pk}/edit/")
    expect(page.get_by_label("备注")).to_have_value("返聘")
    expect(page.get_by_text(OFFER)).to_be_hidden()


def test_what_was_refused_and_mended_leaves_none(cast: Cast, visit: Visit) -> None:
    """Kept, refused, mended at once and saved: the next form of the kind is an empty one."""
    page = visit("/stations/new/", cast.clerk_a, tolerant=True)
    page.clock.install()
    page.get_by_label("站点名称").fill("甲社工站")
    page.clock.fast_forward(16_000)
    assert "token" not in _kept(page)[0]
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("还没有保存，请先改正以下内容")).to_be_visible()
    page.locator("#id_kind").select_option("4")
    page.get_by_label("筹建").check()
    page.locator("#id_region_text").fill("新华路街道")
    page.get_by_role("button", name="保存").click()
    if page.get_by_text("说明").count():
        page.get_by_label("说明").fill("原件如此")
        page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已新增站点「甲社工站」。")).to_be_visible()
    _kept_none(page)


def _kept_none(page: Page) -> None:
    for _ in range(60):
        if not Draft.objects.exists():
            return
        page.wait_for_timeout(50)
    raise AssertionError("a draft stays behind")


def test_a_section_that_was_left(cast: Cast, visit: Visit) -> None:
    """The part of a record that is edited in place is a long form too."""
    person = make_person(COUNTY_A, "王小丫")
    page = visit(f"/people/{person.pk}/", cast.clerk_a)
    page.get_by_role("link", name="修改人才信息").click()
    page.get_by_label("备注").fill("返聘")
    page.close(run_before_unload=False)
    again = visit(f"/people/{person.pk}/", cast.clerk_a)
    _kept(again)
    again.get_by_role("link", name="修改人才信息").click()
    again.get_by_role("button", name="接着填").click()
    expect(again.get_by_label("备注")).to_have_value("返聘")
    again.get_by_role("button", name="保存").click()
    expect(again.get_by_text("已保存对「王小丫」的修改。")).to_be_visible()
    person.refresh_from_db()
    assert person.remark == "返聘"


def test_a_draft_of_before_somebody_else_saved(cast: Cast, visit: Visit) -> None:
    """It remembers the version that it is of: nothing is overwritten unseen."""
    person = make_person(COUNTY_A, "王小丫", remark="旧")
    page = visit(f"/people/{person.pk}/edit/", cast.clerk_a)
    page.get_by_label("备注").fill("我的")
    page.close(run_before_unload=False)
    person.remark, person.version = "别人的", person.version + 1
    person.save()
    again = visit(f"/people/{person.pk}/edit/", cast.clerk_a, tolerant=True)
    _kept(again)
    again.reload()
    again.get_by_role("button", name="接着填").click()
    expect(again.get_by_label("备注")).to_have_value("我的")
    again.get_by_role("button", name="保存").click()
    expect(again.get_by_role("heading", name="核对修改")).to_be_visible()


def test_a_lost_line_and_a_closed_browser(cast: Cast, visit: Visit) -> None:
    """Together they give what was sent last."""
    page = visit("/people/new/", cast.clerk_a, tolerant=True)
    page.clock.install()
    page.get_by_label("备注").fill("第一句")
    page.clock.fast_forward(16_000)
    assert _kept(page)[0]["remark"] == "第一句"
    page.context.set_offline(True)
    page.get_by_label("备注").fill("第一句，第二句")
    page.clock.fast_forward(16_000)
    page.close(run_before_unload=False)
    again = visit("/people/new/", cast.clerk_a)
    again.get_by_role("button", name="接着填").click()
    expect(again.get_by_label("备注")).to_have_value("第一句")


def test_what_is_not_wanted(cast: Cast, visit: Visit) -> None:
    station = make_station(COUNTY_A)
    page = visit(f"/stations/{station.pk}/edit/", cast.clerk_a)
    page.get_by_label("站点名称").fill("改名")
    page.close(run_before_unload=False)
    again = visit(f"/stations/{station.pk}/edit/", cast.clerk_a)
    _kept(again)
    again.reload()
    again.get_by_role("button", name="不要了").click()
    expect(again.get_by_text(OFFER)).to_be_hidden()
    _kept_none(again)


def test_a_session_that_ended_long_ago(cast: Cast, visit: Visit) -> None:
    """The window that may be the only one: the log-in comes to the form, and the form is saved."""
    page = visit("/people/new/", cast.clerk_a, tolerant=True, width=390)
    page.get_by_label("备注").fill("辛苦写的备注")
    Session.objects.all().delete()
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="重新登录").click()
    dialog = page.get_by_role("dialog", name="重新登录")
    expect(dialog.get_by_label("用户名")).to_be_focused()
    check_accessible(page, "login over a form")
    dialog.get_by_label("用户名").fill(cast.clerk_a.username)
    dialog.get_by_label("密码").fill("wrong-password-1")
    dialog.get_by_role("button", name="登录").click()
    expect(dialog.get_by_text("用户名或密码")).to_be_visible()
    dialog.get_by_label("密码").fill(PASSWORD)
    dialog.get_by_role("button", name="登录").click()
    expect(page.get_by_text("已重新登录，内容还在本页，请再保存一次。")).to_be_visible()
    assert len(page.context.pages) == 1
    expect(page.get_by_label("备注")).to_have_value("辛苦写的备注")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("还没有保存，请先改正以下内容")).to_be_visible()
