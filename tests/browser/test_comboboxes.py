"""Look-ups by keyboard: arrows walk the list, Enter picks, Escape closes the list and nothing
else, and a reader of the screen is told all of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import check_accessible
from tests.conftest import COUNTY_A, Cast
from tests.rows import make_person, make_station

Visit = Callable[..., Page]


def _options(page: Page, field: str) -> Locator:
    return page.locator(f"#id_{field}_list [role=option]")


def _type(page: Page, box: Locator, text: str, field: str, count: int) -> None:
    box.click()
    page.keyboard.type(text)
    expect(_options(page, field)).to_have_count(count)


@pytest.fixture
def stations(cast: Cast) -> list[str]:
    names = [f"{name}街道社工站" for name in ("东", "南", "西")]
    for name in names:
        make_station(COUNTY_A, name)
    return names


def test_a_record_by_keyboard(stations: list[str], cast: Cast, visit: Visit) -> None:
    person = make_person(COUNTY_A, "王小丫")
    page = visit(f"/posts/new/?person={person.pk}", cast.clerk_a)
    box = page.locator("#id_station_text")
    expect(box).to_have_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "false")
    _type(page, box, "街道", "station", 3)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#id_station_said")).to_have_text("3 项，按上下键选择，回车确定。")
    check_accessible(page, "combobox")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#id_station_list [aria-selected=true]")
    expect(chosen).to_have_count(1)
    active = chosen.get_attribute("id") or ""
    expect(box).to_have_attribute("aria-activedescendant", active)
    check_accessible(page, "combobox")
    name = (chosen.text_content() or "").split()[0]
    page.keyboard.press("Enter")
    expect(box).to_have_value(name)
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(_options(page, "station")).to_have_count(0)
    assert page.locator("#id_station").input_value()


def test_the_ends_of_the_list(stations: list[str], cast: Cast, visit: Visit) -> None:
    person = make_person(COUNTY_A, "王小丫")
    page = visit(f"/posts/new/?person={person.pk}", cast.clerk_a)
    box = page.locator("#id_station_text")
    _type(page, box, "街道", "station", 3)
    page.keyboard.press("ArrowUp")
    expect(_options(page, "station").nth(2)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(_options(page, "station").nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")
    expect(_options(page, "station")).to_have_count(0)
    expect(box).to_have_value("街道")


def test_enter_takes_the_only_one(stations: list[str], cast: Cast, visit: Visit) -> None:
    person = make_person(COUNTY_A, "王小丫")
    page = visit(f"/posts/new/?person={person.pk}", cast.clerk_a)
    box = page.locator("#id_station_text")
    _type(page, box, "南街", "station", 1)
    page.keyboard.press("Enter")
    expect(box).to_have_value("南街道社工站")


def test_escape_closes_the_list_and_not_the_dialog(
    stations: list[str], cast: Cast, visit: Visit
) -> None:
    page = visit("/people/", cast.clerk_a)
    page.get_by_role("link", name="筛选").click()
    dialog = page.get_by_role("dialog")
    box = dialog.get_by_role("combobox", name="任职站点")
    _type(page, box, "街道", "station", 3)
    page.keyboard.press("Escape")
    expect(_options(page, "station")).to_have_count(0)
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_region_by_keyboard_and_by_mouse(cast: Cast, visit: Visit) -> None:
    page = visit("/people/new/", cast.clerk_a)
    box = page.get_by_role("combobox", name="常住地")
    box.click()
    page.keyboard.type("xhl")
    options = _options(page, "residence")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_residence")).not_to_have_value("")
    box.fill("")
    page.keyboard.type("新华")
    options.filter(has_text="新华路街道").click()
    expect(box).to_have_value("贵阳市 南明区 新华路街道")


def test_what_is_not_there_is_said(stations: list[str], cast: Cast, visit: Visit) -> None:
    person = make_person(COUNTY_A, "王小丫")
    page = visit(f"/posts/new/?person={person.pk}", cast.clerk_a, width=390)
    box = page.locator("#id_station_text")
    box.click()
    page.keyboard.type("没有的站")
    expect(page.locator("#id_station_said")).to_contain_text("没有名称含「没有的站」的记录")
    page.keyboard.press("Enter")
    expect(box).to_have_value("没有的站")
    check_accessible(page, "combobox")


def test_a_closed_list_by_keyboard_and_by_mouse(cast: Cast, visit: Visit) -> None:
    """The choices stand in the page: name, any word of it, letters and initials find them."""
    page = visit("/people/new/", cast.clerk_a)
    box = page.get_by_role("combobox", name="民族")
    box.focus()
    page.keyboard.press("ArrowDown")
    assert _options(page, "ethnicity").count() > 50
    page.keyboard.type("buyi")
    expect(_options(page, "ethnicity")).to_have_text(["布依族"])
    expect(page.locator("#id_ethnicity_said")).to_have_text("1 项，按上下键选择，回车确定。")
    check_accessible(page, "closed list")
    page.keyboard.press("Enter")
    expect(box).to_have_value("布依族")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    box.fill("火星族")
    expect(page.locator("#id_ethnicity_said")).to_have_text("没有「火星族」。")
    box.fill("苗")
    _options(page, "ethnicity").filter(has_text="苗族").click()
    expect(box).to_have_value("苗族")
    expect(_options(page, "ethnicity")).to_have_count(0)


def test_a_county_of_a_dialog(cast: Cast, visit: Visit) -> None:
    person = make_person(COUNTY_A, "王小丫")
    page = visit(f"/people/{person.pk}/", cast.clerk_a, width=390)
    page.goto(f"/people/{person.pk}/transfer-out/")
    box = page.get_by_role("combobox", name="转入县（市、区）")
    box.click()
    page.keyboard.type("xingyi")
    expect(_options(page, "to_region")).to_have_text(["黔西南布依族苗族自治州 兴义市"])
    page.keyboard.press("Enter")
    expect(box).to_have_value("黔西南布依族苗族自治州 兴义市")
