"""Files, messages and saved views in a real browser, on a desk and on a phone."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from core.dates import today
from core.models import Attachment, Notice, SavedView
from core.notices.reminders import remind
from talent.models import RegistrationPeriod
from tests.attachments.papers import photo_with_words
from tests.conftest import COUNTY_A, Cast
from tests.rows import make_person, make_station

Visit = Callable[..., Page]
Look = Callable[[Page, str], None]


def test_a_photograph_comes_and_goes(cast: Cast, visit: Visit, look: Look, tmp_path: Path) -> None:
    taken = tmp_path / "门口.jpg"
    taken.write_bytes(photo_with_words())
    station = make_station(COUNTY_A)
    page = visit(f"/stations/{station.pk}/", cast.clerk_a, width=390)
    page.locator("#attachments").get_by_role("link", name="添加").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("文件").set_input_files(taken)
    dialog.get_by_label("这是什么").fill("挂牌照片")
    look(page, "attachment-add")
    dialog.get_by_role("button", name="上传").click()
    box = page.locator("#attachments")
    expect(box.get_by_role("link", name="挂牌照片", exact=True)).to_be_visible()
    with page.expect_download() as download:
        box.get_by_role("link", name="挂牌照片", exact=True).click()
    assert download.value.suggested_filename == "门口.jpg"
    assert b"SecretPhone" not in Path(download.value.path()).read_bytes()
    box.get_by_role("link", name="移除").click()
    page.get_by_role("dialog").get_by_label("移除原因").fill("拍倒了")
    page.get_by_role("dialog").get_by_role("button", name="移除").click()
    box.get_by_text("已移除 1 个").click()
    look(page, "attachment-removed")
    box.get_by_role("button", name="恢复").click()
    expect(page.get_by_text("已恢复「门口.jpg」")).to_be_visible()
    assert Attachment.objects.get().removed_at is None


def test_one_knows(cast: Cast, visit: Visit, look: Look) -> None:
    person = make_person(COUNTY_A, "阿依古丽·买买提江·斯")
    for days in (20, 100):
        ends = today() + datetime.timedelta(days=days * 8 + 5)
        RegistrationPeriod.objects.create(
            person=person if days == 20 else make_person(COUNTY_A),
            starts_on=ends - datetime.timedelta(days=1095), ends_on=ends,
        )  # fmt: skip
    assert remind(day=today() + datetime.timedelta(days=150)) == 1
    page = visit("/", cast.clerk_a, width=390)
    look(page, "notices-home")
    page.get_by_role("button", name="知道了").first.click()
    expect(page.get_by_text("已收起")).to_be_visible()
    expect(page.get_by_text("没有新的提醒")).to_be_visible()
    page.goto("/notices/?state=past")
    look(page, "notices-past")
    page.get_by_role("button", name="放回").click()
    page.goto("/notices/")
    look(page, "notices")
    assert Notice.objects.open().count() == 1


def test_a_view_is_saved(cast: Cast, visit: Visit, look: Look) -> None:
    make_person(COUNTY_A, "有电话", phone="13885100001")
    make_person(COUNTY_A, "没电话")
    page = visit("/people/?missing=phone", cast.clerk_a, width=390)
    page.get_by_text("保存为常用筛选").click()
    page.get_by_label("名称").fill("缺电话")
    page.get_by_label("打开名单时先看这个").check()
    look(page, "view-save")
    page.get_by_role("button", name="保存", exact=True).click()
    page.goto("/people/")
    views = page.get_by_role("navigation", name="常用筛选")
    expect(views.get_by_role("link", name="缺电话")).to_have_attribute("aria-current", "true")
    expect(page.get_by_text("有电话")).to_have_count(0)
    views.get_by_label("管理「缺电话」").click()
    look(page, "view-manage")
    page.keyboard.press("Escape")
    views.get_by_role("link", name="全部").click()
    expect(page.get_by_text("有电话")).to_be_visible()
    views.get_by_role("link", name="缺电话").click()
    views.get_by_label("管理「缺电话」").click()
    views.get_by_role("button", name="删除").click()
    expect(page.get_by_text("已删除「缺电话」")).to_be_visible()
    assert not SavedView.objects.exists()
