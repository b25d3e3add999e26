"""What somebody typed is not lost: not by another section, a click, or an ended session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from talent.actions import request_change
from tests.conftest import COUNTY_A, PASSWORD, Cast
from tests.rows import id_number, make_person, make_row

Visit = Callable[..., Page]


def _asked(page: Page) -> list[str]:
    """What the browser asks from now on; every question is answered by staying."""
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    return asked


def test_one_section_is_edited_at_a_time(cast: Cast, visit: Visit) -> None:
    person = make_person(COUNTY_A, "王小丫")
    page = visit(f"/people/{person.pk}/", cast.clerk_a)
    asked = _asked(page)
    page.get_by_role("link", name="修改人才信息").click()
    expect(page.get_by_label("备注")).to_be_visible()
    # Nothing typed: the other section takes over.
    page.get_by_role("link", name="修改联系与地区").click()
    expect(page.locator(".section-body form")).to_have_count(1)
    page.get_by_label("通讯地址").fill("新华路 1 号")
    page.get_by_role("link", name="修改人才信息").click()
    expect(page.get_by_text("请先保存或取消正在修改的部分")).to_be_visible()
    expect(page.get_by_label("通讯地址")).to_have_value("新华路 1 号")
    # A form beside it (the search) does not take the question away.
    page.locator("nav").get_by_role("link", name="站点").click(no_wait_after=True)
    page.get_by_role("searchbox").first.fill("王")
    page.get_by_role("searchbox").first.press("Enter", no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload", "beforeunload"]
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存对「王小丫」的修改。")).to_be_visible()


def test_a_click_beside_a_dialog_keeps_what_was_typed(cast: Cast, visit: Visit) -> None:
    figures = make_row("graduatestat", COUNTY_A)
    page = visit(f"/graduates/{figures.pk}/", cast.clerk_a)
    page.get_by_text("办理").click()
    page.get_by_role("link", name="停用").click()
    reason = page.get_by_role("dialog").get_by_label("停用原因")
    expect(reason).to_be_focused()
    page.keyboard.type("重复填报")
    page.mouse.click(10, 500)
    expect(reason).to_have_value("重复填报")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_section_of_a_closed_record_shows_the_record(cast: Cast, visit: Visit) -> None:
    from core.entities.deactivation import deactivate

    row = make_row("certificate", COUNTY_A)
    page = visit(f"/certificates/{row.pk}/", cast.clerk_a)
    deactivate(record=row, by=cast.reviewer_a, reason="重复")
    page.locator(".box-head a[hx-get]").first.click()
    expect(page.get_by_text("已停用").first).to_be_visible()


def _log_in(page: Page, user: Any) -> None:
    """In the same window, over the form, as the note says."""
    page.get_by_role("link", name="重新登录").click()
    dialog = page.get_by_role("dialog", name="重新登录")
    dialog.get_by_label("用户名").fill(user.username)
    dialog.get_by_label("密码").fill(PASSWORD)
    dialog.get_by_role("button", name="登录").click()
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize("how", ["cookies", "session"])
def test_an_ended_session_keeps_what_was_typed(how: str, cast: Cast, visit: Visit) -> None:
    person = make_person(COUNTY_A, "王小丫")
    page = visit(f"/people/{person.pk}/edit/", cast.clerk_a, tolerant=True)
    page.get_by_label("备注").fill("辛苦写的备注")
    if how == "cookies":
        page.context.clear_cookies()
    else:
        Session.objects.all().delete()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("您的登录已过期，内容没有送出，还在本页")).to_be_visible()
    expect(page.get_by_label("备注")).to_have_value("辛苦写的备注")
    _log_in(page, cast.clerk_a)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存对「王小丫」的修改。")).to_be_visible()
    person.refresh_from_db()
    assert person.remark == "辛苦写的备注"


def test_a_save_right_after_the_log_in_is_sent(cast: Cast, visit: Visit) -> None:
    """The server is still being asked who is logged in when the clerk saves again."""
    person = make_person(COUNTY_A, "王小丫")
    page = visit(f"/people/{person.pk}/edit/", cast.clerk_a, tolerant=True)
    page.get_by_label("备注").fill("辛苦写的备注")
    page.context.clear_cookies()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("您的登录已过期")).to_be_visible()
    held: list[Route] = []
    asked = page.locator("body").get_attribute("data-session")
    page.route(f"**{asked}", lambda route: held.append(route))
    _log_in(page, cast.clerk_a)
    page.get_by_role("button", name="保存").click()
    page.wait_for_timeout(100)
    assert len(held) == 1
    held.pop().continue_()
    expect(page.get_by_text("已保存对「王小丫」的修改。")).to_be_visible()


def test_suggestions_of_an_ended_session_stay_on_the_form(cast: Cast, visit: Visit) -> None:
    page = visit("/people/new/", cast.clerk_a, tolerant=True)
    asked = _asked(page)
    page.get_by_label("备注").fill("辛苦写的备注")
    page.context.clear_cookies()
    page.locator("#id_residence_text").press_sequentially("新华路")
    expect(page.get_by_text("您的登录已过期，内容没有送出，还在本页")).to_be_visible()
    expect(page.get_by_label("备注")).to_have_value("辛苦写的备注")
    assert asked == []
    _log_in(page, cast.clerk_a)
    page.locator("#id_residence_text").fill("新华")
    expect(page.locator("#id_residence_choices")).to_contain_text("新华路街道")


def test_a_dialog_of_an_ended_session_keeps_its_reason(cast: Cast, visit: Visit) -> None:
    figures = make_row("graduatestat", COUNTY_A)
    page = visit(f"/graduates/{figures.pk}/", cast.clerk_a, tolerant=True)
    page.get_by_text("办理").click()
    page.get_by_role("link", name="停用").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("停用原因").fill("重复填报")
    page.context.clear_cookies()
    dialog.get_by_role("button", name="停用").click()
    expect(dialog.get_by_text("您的登录已过期")).to_be_visible()
    _log_in(page, cast.clerk_a)
    expect(dialog.get_by_label("停用原因")).to_have_value("重复填报")
    dialog.get_by_role("button", name="停用").click()
    expect(page.get_by_text("已停用「")).to_be_visible()


def test_a_lost_line_or_another_account_sends_nothing(cast: Cast, visit: Visit) -> None:
    person = make_person(COUNTY_A, "王小丫")
    page = visit(f"/people/{person.pk}/edit/", cast.clerk_a, tolerant=True)
    page.get_by_label("备注").fill("辛苦写的备注")
    page.context.set_offline(True)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("网络连接中断，内容没有送出，还在本页")).to_be_visible()
    page.context.set_offline(False)
    page.context.clear_cookies()
    page.get_by_role("button", name="保存").click()
    _log_in(page, cast.reviewer_a)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("现在登录的是另一个账号")).to_be_visible()
    expect(page.get_by_label("备注")).to_have_value("辛苦写的备注")
    person.refresh_from_db()
    assert person.remark == ""


def test_what_came_back_with_errors_is_kept_too(cast: Cast, visit: Visit) -> None:
    page = visit("/people/new/", cast.clerk_a, tolerant=True)
    asked = _asked(page)
    page.get_by_label("备注").fill("辛苦写的备注")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("还没有保存，请先改正以下内容")).to_be_visible()
    page.locator("nav").get_by_role("link", name="站点").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    person = make_person(COUNTY_A, "王小丫")
    page = visit(f"/people/{person.pk}/", cast.clerk_a, tolerant=True)
    page.get_by_text("办理").click()
    page.get_by_role("link", name="离省").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("去向和原因")).to_be_visible()
    page.wait_for_function("!document.querySelector('.htmx-request, .htmx-settling')")
    dialog.get_by_label("去向和原因").fill("去外省工作")
    dialog.get_by_label("离省日期").fill("2099-01-01")
    dialog.get_by_role("button", name="离省").click()
    expect(dialog.get_by_text("还没有保存，请先改正以下内容")).to_be_visible()
    page.mouse.click(10, 500)
    expect(dialog.get_by_label("去向和原因")).to_have_value("去外省工作")


def test_an_id_number_fills_only_what_nobody_chose(cast: Cast, visit: Visit) -> None:
    page = visit("/people/new/", cast.clerk_a, tolerant=True)
    number, born = page.get_by_label("证件号码"), page.get_by_label("出生日期")
    man, woman = page.get_by_label("男", exact=True), page.get_by_label("女", exact=True)
    page.get_by_label("姓名", exact=True).fill("王小丫")
    for birth in ("19881224", "19900307"):
        number.fill(id_number(birth=birth, woman=birth > "1990"))
        number.press("Tab")
        expect(born).to_have_value(f"{birth[:4]}-{birth[4:6]}-{birth[6:]}")
    expect(woman).to_be_checked()
    # Chosen against the number, and told why: the form that asks for it keeps the choice.
    man.check()
    page.get_by_label("常住地").last.fill("新华路")
    with page.expect_response("**/people/id-number/"):
        page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("性别与身份证号不一致")).to_be_visible()
    page.wait_for_timeout(300)
    expect(man).to_be_checked()
    expect(born).to_have_value("1990-03-07")


def test_every_form_of_words_asks_before_it_is_left(cast: Cast, visit: Visit) -> None:
    """What asks is also what is kept when the session has ended."""
    person = make_person(COUNTY_A, "王小丫", user=cast.worker_a)
    request = request_change(by=cast.worker_a, changes={"sex": "2"}, reason="登记有误")
    assert request.person == person
    for path, field, user in (
        ("/me/contact/", "通讯地址", cast.worker_a),
        ("/transfers/new/", "转入原因", cast.clerk_a),
        (f"/changes/{request.pk}/", "意见", cast.reviewer_a),
    ):
        page = visit(path, user)
        asked = _asked(page)
        page.get_by_label(field).fill("辛苦写的话")
        page.locator(".nav-brand").click(no_wait_after=True)
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"], path
        expect(page.get_by_label(field)).to_have_value("辛苦写的话")
