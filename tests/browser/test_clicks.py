"""Clicks as people make them: twice, quickly after one another, on a slow line."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.conftest import COUNTY_A, Cast
from tests.rows import make_person

Visit = Callable[..., Page]


def test_after_a_download_the_list_goes_on(cast: Cast, visit: Visit) -> None:
    for name in ("王小丫", "李大为"):
        make_person(COUNTY_A, name)
    page = visit("/people/", cast.clerk_a)
    boxes, export = page.locator("input[name=ids]"), page.get_by_role("button", name="导出所选")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "export" in request.url else None)
    boxes.nth(0).check()
    with page.expect_download():
        export.dblclick()
    assert len(sent) == 1
    boxes.nth(1).check()
    with page.expect_download():
        export.click()
    page.get_by_role("button", name="确认在册").click()
    expect(page.get_by_role("heading", name="确认在册：2 人")).to_be_visible()
