"""Main pages in a real browser: accessible, no sideways scroll, by keyboard, nothing stored."""

from __future__ import annotations

import datetime
import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from core.entities.deactivation import deactivate
from talent.models import Person
from tests.browser.axe import check_accessible
from tests.conftest import COUNTY_A, Cast
from tests.leaks import without_chance
from tests.rows import id_number, make_person, make_project, make_row, make_station

TOWN = "520102016"
LONG_NAME = "阿依古丽·买买提江·斯"
LONG_PROJECT = "黔西南布依族苗族自治州易地扶贫搬迁安置点儿童关爱与社区融入社会工作服务示范项目二期"
DERIVED = "出生日期 1988-12-24"
Visit = Callable[..., Page]
Shot = Look = Callable[[Page, str], None]


@pytest.fixture
def county(cast: Cast) -> dict[str, str]:
    """A county with one of everything, long names among them; addresses by page."""
    person = make_person(TOWN, LONG_NAME, phone="13885100001")
    for entity in (
        "certificate",
        "education",
        "title",
        "payment",
        "registrationperiod",
        "post",
        "organization",
        "graduatestat",
    ):
        make_row(entity, COUNTY_A)
    station = make_station(TOWN, "南明区新华路街道社会工作和志愿服务站")
    project = make_project(COUNTY_A, LONG_PROJECT)
    return {
        "home": "/",
        "people": "/people/",
        "people-filters": "/people/?filters=1",
        "people-none": "/people/?status=50",
        "person": f"/people/{person.pk}/",
        "person-edit": f"/people/{person.pk}/edit/",
        "person-history": f"/people/{person.pk}/history/",
        "person-new": "/people/new/",
        "certificates": "/certificates/",
        "educations": "/educations/",
        "titles": "/titles/",
        "payments": "/payments/",
        "registrations": "/registrations/",
        "posts": "/posts/",
        "stations": "/stations/",
        "station": f"/stations/{station.pk}/",
        "organizations": "/organizations/",
        "projects": "/projects/",
        "project": f"/projects/{project.pk}/",
        "project-new": "/projects/new/",
        "graduates": "/graduates/",
        "help": "/help/",
        "search": "/search/?q=张",
    }


def test_pages_fit_and_are_accessible(
    county: dict[str, str], cast: Cast, visit: Visit, look: Look
) -> None:
    """On a desk, a small screen and a phone, and with text twice as large."""
    page = visit("/", cast.reviewer_a)
    for name, path in county.items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, name
        assert len(answer.body()) <= 100_000, name
        look(page, name)
        for size, widths in (("100%", [1366]), ("200%", [390, 1440])):
            page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
            for width in widths:
                page.set_viewport_size({"width": width, "height": 900})
                fits = page.evaluate("document.documentElement.scrollWidth") <= width
                assert fits, (name, width, size)


@pytest.mark.parametrize("width", [1366, 390, 320])
def test_mark_and_bar_hold_text_twice_as_large(
    cast: Cast, visit: Visit, shot: Shot, width: int
) -> None:
    """The first sign of the name is a picture of a letter: it grows with its square."""
    make_row("changerequest", COUNTY_A)
    page = visit("/login/", width=width)
    own = page.url.split("/login/")[0]
    pages = [page, visit("/", cast.reviewer_a, width=width)]
    pages += [visit("/", cast.reviewer_a, width=width)]
    pages[2].context.add_cookies([{"name": "nav", "value": "narrow", "url": own}])
    for number, page in enumerate(pages):
        page.reload()
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        shot(page, f"bar-200-{number}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for box in page.locator(".nav-mark, .nav-brand, .bar-button, .bar-count, .bar").all():
            if box.is_visible():
                over = box.evaluate(
                    "e => [e.className, e.scrollWidth - e.clientWidth,"
                    " e.scrollHeight - e.clientHeight]"
                )
                assert max(over[1:]) <= 1, over
        name = page.locator(".nav-brand .nav-text")
        if name.is_visible():
            # On two lines, not a column of letters beside its mark.
            assert name.evaluate("e => e.getClientRects()[0].height") < 3 * 1.3 * 28


def test_first_visit_is_light_and_asks_no_other_host(
    cast: Cast, visit: Visit, client_of: Any
) -> None:
    """At most 250 KB over the wire; the test server does not compress, whitenoise does."""
    page = visit("/login/")
    bodies: dict[str, bytes] = {}
    page.on("response", lambda answer: bodies.update({answer.url: answer.body()}))
    page.context.clear_cookies()
    page.goto("/people/new/", wait_until="networkidle")
    own = page.url.split("/login/")[0]
    assert all(url.startswith((own, "data:")) for url in bodies)
    assert any(url.endswith("htmx.min.js") for url in bodies) is False
    cookie = client_of(cast.clerk_a).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": own}])
    page.goto("/people/", wait_until="networkidle")
    assert all(url.startswith((own, "data:")) for url in bodies)
    assert any(url.endswith("htmx.min.js") for url in bodies)
    assert sum(len(gzip.compress(body)) for body in bodies.values()) <= 250_000


def test_person_by_keyboard(cast: Cast, visit: Visit, shot: Shot) -> None:
    """A clerk enters a person without the mouse; the ID number fills what it tells."""
    page = visit("/people/new/", cast.clerk_a)
    page.get_by_label("姓名", exact=True).focus()
    page.keyboard.type("王小丫")
    page.get_by_label("证件号码").focus()
    page.keyboard.type(id_number(birth="19881224", woman=True))
    page.keyboard.press("Tab")
    expect(page.get_by_text(DERIVED)).to_be_visible()
    expect(page.get_by_label("女", exact=True)).to_be_checked()
    expect(page.get_by_label("出生日期")).to_have_value("1988-12-24")
    shot(page, "person-new-derived")
    # Enter in a field does not send half a form.
    page.get_by_label("联系电话").focus()
    page.keyboard.type("138 8510 0001")
    page.keyboard.press("Enter")
    assert page.url.endswith("/people/new/")
    page.locator("#id_residence_text").focus()
    # The suggestions for the whole word, not those for its beginning, which they replace.
    with page.expect_response(lambda answer: "residence_text=xinhualu" in answer.url):
        page.keyboard.type("xinhualu")
    page.wait_for_timeout(300)
    page.locator("#id_residence_list [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_residence")).to_have_value(TOWN)
    expect(page.locator("#id_residence_choices")).to_be_empty()
    expect(page.locator("#id_residence_text")).to_be_focused()
    # htmx gives the focus once more when the piece has settled, 20 ms later.
    page.wait_for_timeout(300)
    page.get_by_role("button", name="保存").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="王小丫")).to_be_visible()
    person = Person.objects.get(name="王小丫")
    assert person.birth_date == datetime.date(1988, 12, 24)
    assert person.phone == "13885100001"


def test_the_keyboard_stays_on_the_select_of_a_region(cast: Cast, visit: Visit) -> None:
    page = visit("/people/new/", cast.clerk_a)
    select = page.locator("select[name=residence_pick]").first
    select.focus()
    with page.expect_response("**/regions/cascade/**"):
        page.keyboard.press("ArrowDown")
    expect(page.locator("#id_residence")).not_to_have_value("")
    expect(select).to_be_focused()


def test_errors_take_the_focus_and_link(cast: Cast, visit: Visit, shot: Shot) -> None:
    page = visit("/people/new/", cast.clerk_a, tolerant=True)
    page.get_by_role("button", name="保存").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("请填写姓名。")
    summary.get_by_role("link", name="请填写姓名").click()
    expect(page.get_by_label("姓名", exact=True)).to_be_focused()
    check_accessible(page, "form with errors")
    shot(page, "person-new-errors")


def test_dialog_opens_acts_and_returns(cast: Cast, visit: Visit, shot: Shot) -> None:
    figures = make_row("graduatestat", COUNTY_A)
    page = visit(f"/graduates/{figures.pk}/", cast.clerk_a, tolerant=True)
    page.get_by_text("办理").click()
    page.get_by_role("link", name="停用").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    shot(page, "dialog")
    dialog.get_by_role("button", name="停用").click()
    expect(dialog).to_contain_text("请填写停用原因。")
    check_accessible(page, "dialog with an error")
    dialog.get_by_label("停用原因").fill("重复填报")
    dialog.get_by_role("button", name="停用").click()
    expect(page.get_by_text("已停用「")).to_be_visible()
    page.goto(f"/graduates/{figures.pk}/")
    page.get_by_text("办理", exact=True).click()
    page.get_by_role("link", name="恢复使用").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    # The menu has closed behind the dialog, and the keyboard is back where it was.
    expect(page.get_by_role("link", name="恢复使用")).to_be_hidden()
    expect(page.locator("summary", has_text="办理")).to_be_focused()


def test_a_dialog_of_an_old_page_says_what_happened(cast: Cast, visit: Visit, shot: Shot) -> None:
    """Somebody else was faster: said in the dialog, as on the page that is opened anew."""
    figures = make_row("graduatestat", COUNTY_A)
    page = visit(f"/graduates/{figures.pk}/", cast.clerk_a, tolerant=True)
    page.get_by_text("办理").click()
    page.get_by_role("link", name="停用").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="停用").click()
    expect(dialog.get_by_text("还没有保存，请先改正以下内容")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("summary", has_text="办理")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="停用").click()
    dialog.get_by_label("停用原因").fill("重复填报")
    deactivate(record=figures, by=cast.reviewer_a, reason="别人先办了")
    dialog.get_by_role("button", name="停用").click()
    expect(dialog).to_contain_text("刚被别人修改过，现在不能办理「停用」")
    shot(page, "dialog-over")
    dialog.get_by_role("link", name="查看现在的内容").click()
    expect(page.get_by_text("已停用").first).to_be_visible()


def test_a_section_is_edited_in_place(cast: Cast, visit: Visit, shot: Shot) -> None:
    person = make_person(TOWN, "王小丫", phone="13885100001")
    page = visit(f"/people/{person.pk}/", cast.clerk_a, width=390)
    page.get_by_role("link", name="修改身份").click()
    expect(page.get_by_label("姓名", exact=True)).to_be_focused()
    assert page.url.endswith(f"/people/{person.pk}/")
    expect(page.get_by_label("备注")).to_be_hidden()
    # The title stays, and the first field does not lie behind the top bar.
    expect(page.get_by_role("heading", name="身份")).to_be_visible()
    bar, label = page.locator(".bar").bounding_box(), page.locator("#field-name").bounding_box()
    assert bar is not None
    assert label is not None
    assert label["y"] >= bar["y"] + bar["height"]
    page.get_by_role("combobox", name="民族").fill("buyi")
    check_accessible(page, "a section being edited")
    shot(page, "person-section")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存对「王小丫」的修改。")).to_be_visible()
    person.refresh_from_db()
    assert (person.get_ethnicity_display(), person.phone) == ("布依族", "13885100001")


def test_a_record_prints_what_it_says_and_nothing_to_click(
    county: dict[str, str], cast: Cast, visit: Visit, shot: Shot
) -> None:
    page = visit(county["person"], cast.clerk_a, width=760)
    expect(page.get_by_role("button", name="打印")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".print-line")).to_contain_text("打印人")
    expect(page.get_by_role("heading", name=LONG_NAME)).to_be_visible()
    for words in ("打印", "办理", "待完善", "修改历史", "角色与权限", "添加证书"):
        expect(page.get_by_text(words, exact=True).first).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 760
    shot(page, "person-print")


def test_leaving_with_changes_asks(county: dict[str, str], cast: Cast, visit: Visit) -> None:
    page = visit(county["person-edit"], cast.clerk_a)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("备注").press_sequentially("改")
    page.goto("/people/")
    assert asked == ["beforeunload"]


def test_selection_bar_says_how_many(cast: Cast, visit: Visit) -> None:
    for name in ("张三", "李四", "王五"):
        make_person(TOWN, name)
    page = visit("/people/", cast.clerk_a)
    bar = page.locator(".bulk-bar")
    expect(bar).to_be_hidden()
    page.get_by_label("选择 张三").check()
    expect(bar).to_contain_text("已选 1 人")
    page.get_by_label("选择本页全部").check()
    expect(bar).to_contain_text("已选 3 人")
    page.get_by_role("button", name="取消选择").click()
    expect(bar).to_be_hidden()


def test_a_finger_opens_what_a_phone_shows(county: dict[str, str], cast: Cast,
                                           visit: Visit) -> None:  # fmt: skip
    page = visit("/people/?status=10", cast.clerk_a, width=390)
    wanted = "td.name a, .chip a, .box-foot > a, .has-cards td a, .page-foot a"
    for path in ("/people/?status=10", county["person"], "/certificates/"):
        page.goto(path)
        for link in page.locator(wanted).filter(visible=True).all():
            box = link.bounding_box()
            assert box
            assert min(box["height"], box["width"]) >= 24, link.inner_text()
            assert box["height"] >= 40, link.inner_text()


def test_a_sorted_list_goes_on_by_keyboard(cast: Cast, visit: Visit) -> None:
    """What stands beside the rows knows the order too; the focus stays in the list."""
    for index in range(35):
        make_person(TOWN, f"张{'一二三四五六七八九十'[index % 10]}")
    page = visit("/people/", cast.clerk_a)
    by_employer = page.get_by_role("link", name="工作单位")
    by_employer.press("Enter")
    expect(page).to_have_url(re.compile("sort=employer"))
    expect(by_employer).to_be_focused()
    page.get_by_role("link", name="下一页").press("Enter")
    expect(page).to_have_url(re.compile("page=2"))
    expect(page.get_by_role("region", name="人员，可左右滚动")).to_be_focused()
    page.locator("summary").filter(has_text="列").click()
    page.get_by_role("button", name="应用").click()
    expect(page).to_have_url(re.compile("sort=employer.*cols="))


def test_expired_session_leads_to_the_login_page(cast: Cast, visit: Visit) -> None:
    """A piece that is fetched must not hold the log-in page: the whole page goes there."""
    for index in range(35):
        make_person(TOWN, f"张{'一二三四五六七八九十'[index % 10]}")
    page = visit("/people/", cast.clerk_a)
    page.context.clear_cookies()
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    assert "/login/?next=" in page.url
    expect(page.locator("#nav")).to_have_count(0)


def test_the_browser_keeps_nothing_of_people(
    county: dict[str, str], cast: Cast, visit: Visit
) -> None:
    """T33: local, session and indexed storage and caches hold no name and no number."""
    page = visit("/people/", cast.clerk_a)
    for path in (county["person"], county["person-edit"], "/people/", county["person-history"]):
        page.goto(path)
    stored = page.evaluate(
        """async () => JSON.stringify([
            {...localStorage}, {...sessionStorage},
            (await indexedDB.databases()).length, (await caches.keys()).length])"""
    )
    assert json.loads(stored)[2:] == [0, 0]
    assert LONG_NAME not in stored
    assert not re.search(r"\d{11}", without_chance(stored))


def test_the_pages_work_without_a_script(county: dict[str, str], cast: Cast, chromium: Any,
                                         live_server: Any, client_of: Any) -> None:  # fmt: skip
    cookie = client_of(cast.clerk_a).cookies[settings.SESSION_COOKIE_NAME]
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/people/?filters=1")
    page.locator("dialog").get_by_label("在岗", exact=True).check()
    page.locator("dialog").get_by_role("button", name="查看结果").click()
    assert "status=10" in page.url
    page.get_by_role("checkbox", name="选择 阿依古丽").check()
    page.get_by_role("button", name="确认在册").click()
    page.get_by_role("heading", name="确认在册：1 人").wait_for()
    page.goto("/people/new/")
    page.get_by_label("姓名", exact=True).fill("无脚本")
    page.get_by_label("证件号码").fill(id_number())
    page.locator("select[name=residence_pick]").select_option(TOWN)
    page.get_by_role("button", name="保存").click()
    page.get_by_role("heading", name="无脚本").wait_for()
    context.close()
    assert Person.objects.get(name="无脚本").residence_id == TOWN
