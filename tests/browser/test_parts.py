"""While developing the browser itself puts style sheet and scripts together from their parts."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from config.bundles import BUNDLES, bundle
from tests.conftest import COUNTY_A, Cast, source_of
from tests.rows import make_person

Visit = Callable[..., Page]
LOOK = """() => [...document.querySelectorAll("body *")].map((element) => {
  const { color, display, font, padding, backgroundColor } = getComputedStyle(element);
  const { x, y, width, height } = element.getBoundingClientRect();
  return [element.tagName, color, display, font, padding, backgroundColor, x, y, width, height];
})"""


def _of_parts(page: Page) -> list[str]:
    """From now on the files that name the others come as they are; what came of them."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))

    def answer(route: Route) -> None:
        name = route.request.url.partition("/static/")[2]
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        route.fulfill(body=source_of(name), content_type=kind)

    for name in BUNDLES:
        assert source_of(name) != bundle(name, source_of)
        page.route(f"**/static/{name}", answer)
    return asked


def test_a_page_of_parts_looks_and_works_as_the_collected_one(cast: Cast, visit: Visit) -> None:
    make_person(COUNTY_A, "王小丫")
    page = visit("/people/", cast.clerk_a)
    collected = page.evaluate(LOOK)
    asked = _of_parts(page)
    page.reload()
    assert {"nav.css", "print.css", "nav.js", "events.js"} <= set(asked)
    assert page.evaluate(LOOK) == collected
    page.get_by_role("button", name="收起导航").click()
    expect(page.locator("#shell")).to_have_class("shell is-narrow")
    page.locator("input[name=ids]").check()
    expect(page.locator(".bulk-bar")).to_contain_text("已选 1 人")
    page.get_by_text("导出", exact=True).click()
    expect(page.get_by_role("button", name="CSV 文件")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="CSV 文件")).to_be_hidden()


def test_the_pages_of_their_own_scripts_work_of_parts(cast: Cast, visit: Visit) -> None:
    page = visit("/", cast.province)
    asked = _of_parts(page)
    page.goto("/dashboard/", wait_until="networkidle")
    assert {"map.js", "trend.js", "picture.js", "charts.js", "numbers.js"} <= set(asked)
    page.goto("/targets/14_5/52/")
    page.locator("[name='5201-T1']").fill("1234567")
    expect(page.locator("[data-sum]").first).to_have_text("1,234,567")
