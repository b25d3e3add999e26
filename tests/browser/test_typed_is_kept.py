"""What somebody typed is not lost: by another section, a dialog, or a click beside it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.conftest import COUNTY_A, Cast
from tests.rows import make_person, make_row

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
    page.get_by_role("link", name="修改基本信息").click()
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
    reason = page.get_by_role("dialog").get_by_label("事由")
    expect(reason).to_be_focused()
    page.keyboard.type("重复填报")
    page.mouse.click(10, 500)
    expect(reason).to_have_value("重复填报")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_section_of_a_closed_record_shows_the_record(cast: Cast, visit: Visit) -> None:
    from core.deactivation import deactivate

    row = make_row("certificate", COUNTY_A)
    page = visit(f"/certificates/{row.pk}/", cast.clerk_a)
    deactivate(record=row, by=cast.reviewer_a, reason="重复")
    page.locator(".box-head a[hx-get]").first.click()
    expect(page.get_by_text("已停用").first).to_be_visible()
