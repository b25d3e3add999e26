"""Clicks as people make them: twice, quickly after one another, on a slow line."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.conftest import COUNTY_A, Cast
from tests.rows import make_person

Visit = Callable[..., Page]


def test_after_a_download_the_list_goes_on(cast: Cast, visit: Visit) -> None:
    for name in ("王小丫", "李大为"):
        make_person(COUNTY_A, name)
    page = visit("/people/", cast.clerk_a)
    boxes, export = page.locator("input[name=ids]"), page.get_by_role("button", name="导出所选")
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.url) if "export" in request.url else None
    )
    boxes.nth(0).check()
    with page.expect_download():
        export.dblclick()
    assert len(sent) == 1
    boxes.nth(1).check()
    with page.expect_download():
        export.click()
    page.get_by_role("button", name="确认在册").click()
    expect(page.get_by_role("heading", name="确认在册：2 人")).to_be_visible()
    page.go_back()
    expect(page.locator(".bulk-bar")).to_contain_text("已选 2 人")


def _slow(page: Page) -> None:
    """A line that takes half a second a request."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 500, "downloadThroughput": -1, "uploadThroughput": -1},
    )


def test_a_late_answer_keeps_what_was_typed(cast: Cast, visit: Visit) -> None:
    person = make_person(COUNTY_A, "王小丫")
    page = visit(f"/people/{person.pk}/", cast.clerk_a)
    _slow(page)
    with page.expect_response("**/edit/**"):
        page.get_by_role("link", name="修改联系与地区").dblclick()
    address = page.get_by_label("通讯地址")
    with page.expect_response("**/edit/**"):
        address.fill("新华路 1 号")
    page.wait_for_timeout(200)
    expect(address).to_have_value("新华路 1 号")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存对「王小丫」的修改。")).to_be_visible()
    page.goto("/people/")
    with page.expect_response("**/people/?filters=1"):
        page.get_by_role("link", name="筛选").dblclick()
    region = page.get_by_role("dialog").locator("input[name=region_text]")
    with page.expect_response("**/people/?filters=1"):
        region.fill("新华路")
    page.wait_for_timeout(200)
    expect(region).to_have_value("新华路")


def test_nothing_is_looked_up_while_a_word_is_composed(cast: Cast, visit: Visit) -> None:
    page = visit("/people/new/", cast.clerk_a)
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "suggest" in request.url else None
    )
    page.locator("#id_residence_text").click()
    method = page.context.new_cdp_session(page)
    for letters in ("xin", "xin'h", "xin'hua'l"):
        end = len(letters)
        method.send(
            "Input.imeSetComposition",
            {"text": letters, "selectionStart": end, "selectionEnd": end},
        )
        page.wait_for_timeout(400)
    assert asked == []
    method.send("Input.insertText", {"text": "新华路"})
    expect(page.locator("#id_residence_choices")).to_contain_text("新华路街道")
    assert len(asked) == 1


def test_a_long_upload_is_not_begun_anew(cast: Cast, visit: Visit) -> None:
    page = visit("/imports/new/", cast.clerk_a)
    page.clock.install()
    sent: list[str] = []

    def answer(route: Route) -> None:
        """Nothing that leaves the page, as while the file is on its way."""
        sent.append(route.request.method)
        route.fulfill(status=204)

    page.route("**/imports/new/", answer)
    page.get_by_role("radio", name="人员").check()
    file = {"name": "台账.csv", "mimeType": "text/csv", "buffer": b"x"}
    page.get_by_label("台账文件").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="上传并核对").click()
    sending = page.get_by_role("button", name="正在上传，请不要关闭本页…")
    page.clock.fast_forward(10_000)
    sending.click()
    page.wait_for_timeout(300)
    assert sent == ["POST"]


def test_an_upload_that_was_stopped_can_be_begun_again(cast: Cast, visit: Visit) -> None:
    page = visit("/imports/new/", cast.clerk_a)
    sent: list[Route] = []
    page.route("**/imports/new/", lambda route: sent.append(route))
    page.get_by_role("radio", name="人员").check()
    file = {"name": "台账.csv", "mimeType": "text/csv", "buffer": b"x"}
    page.get_by_label("台账文件").set_input_files(file)  # type: ignore[arg-type]
    for times in (1, 2):
        # As by Esc; nothing can be asked of a page that is on its way elsewhere.
        page.evaluate("() => { setTimeout(() => window.stop(), 1000); }")
        page.get_by_role("button", name="上传并核对").click(no_wait_after=True)
        page.wait_for_timeout(1500)
        assert len(sent) == times
