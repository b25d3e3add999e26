"""A sheet goes out to an employer and comes back, on a wide screen and on a phone."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
from playwright.sync_api import Page, expect

from core.jobs import running as jobs
from core.models import ImportBatch
from tests.conftest import TOWNSHIP_A, Cast
from tests.rows import make_station
from tests.talent.test_rosters import serving


def _fill(path: Path, target: Path) -> None:
    """One is there, one has left, one is new."""
    book = openpyxl.load_workbook(path)
    sheet: Any = book.active
    sheet["G5"], sheet["G6"], sheet["H6"] = "在岗", "离岗", "2026-10-31"
    sheet["C8"], sheet["F8"] = "戊五", "2026-11-03"
    book.save(target)


def test_a_sheet_goes_out_and_comes_back(
    cast: Cast,
    transactional_db: None,
    visit: Callable[..., Page],
    look: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    station, other = make_station(TOWNSHIP_A, "新华路社工站"), make_station(TOWNSHIP_A, "中华路站")
    for name, place in (("甲一", station), ("乙二", station), ("丙三", other)):
        serving(name, place)
    page = visit("/rosters/", cast.clerk_a, width=390)
    page.get_by_role("link", name="出确认单").first.click()
    expect(page.get_by_text("将出 2 张单，共 3 人")).to_be_visible()
    look(page, "issue")
    page.get_by_role("button", name="出单").click()
    expect(page.get_by_text("已出 2 张在岗确认单")).to_be_visible()
    look(page, "rosters")
    page.get_by_role("link", name="打印这 2 张单").click()
    expect(page.get_by_role("heading", name="在岗确认单", exact=True)).to_have_count(2)
    look(page, "paper")
    # Each begins a page, and neither needs a second one.
    paper = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert ["单号" in sheet.extract_text() for sheet in paper.pages] == [True, True]
    page.go_back()
    page.get_by_role("link", name="新华路社工站").first.click()
    expect(page.get_by_role("button", name="下载", exact=True)).to_be_visible()
    look(page, "roster-open")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载", exact=True).click()
    filled = tmp_path / "返回.xlsx"
    download.value.save_as(issued := tmp_path / "单.xlsx")
    _fill(issued, filled)
    page.goto("/imports/new/")
    page.get_by_label("台账文件").set_input_files(filled)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("button", name="取消导入")).to_be_visible()
    batch = ImportBatch.objects.get()
    jobs.run(batch.job_id)
    expect(page.get_by_role("button", name="写入 3 行")).to_be_visible()
    look(page, "roster-preview")
    page.get_by_role("button", name="写入 3 行").click()
    expect(page.get_by_text("排队中").first).to_be_visible()
    jobs.run(batch.job_id)
    expect(page.get_by_text("已入库").first).to_be_visible()
    page.goto("/")
    page.get_by_role("link", name="新到人员待登记").click()
    page.get_by_role("link", name="戊五").first.click()
    look(page, "roster-arrival")
    page.get_by_role("link", name="新增人员").click()
    expect(page.get_by_label("姓名", exact=True)).to_have_value("戊五")
    page.goto("/rosters/?state=2")
    page.get_by_role("link", name="新华路社工站").first.click()
    expect(page.get_by_text("已返回").first).to_be_visible()
    look(page, "roster-returned")
