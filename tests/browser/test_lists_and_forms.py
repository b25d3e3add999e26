"""Lists without ID numbers and forms of other offices, on a desk and on a phone."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from core.models import PaperForm
from talent.models import Certificate, NameList
from tests.conftest import TOWNSHIP_A, Cast
from tests.imports.ledgers import SAMPLES, check, take
from tests.imports.test_name_lists import line, sheet, working
from tests.rows import make_person

LONG = "贵州省2025年度社会工作者职业水平考试（助理社会工作师）合格人员名单（最终公示版）.xlsx"


def test_a_list_is_asked_about_and_says_who_is_missing(
    cast: Cast, transactional_db: None, visit: Callable[..., Page],
    look: Callable[[Page, str], None],
) -> None:  # fmt: skip
    working("黄朝阳")
    make_person(TOWNSHIP_A, "龙志强")
    (path,) = SAMPLES.glob("real/04*")
    batch = check(cast.clerk_a, "certificates", path.read_bytes(), name=LONG)
    page = visit(f"/imports/{batch.pk}/", cast.clerk_a, width=390)
    expect(page.get_by_text("这份名单不会新建人员")).to_be_visible()
    expect(page.get_by_text("待处理的 1 行请在下面选择")).to_be_visible()
    expect(page.get_by_text("有 38 行不录入，下面写明了原因")).to_be_visible()
    look(page, "name-list-preview")
    # Who is proposed stands on the second page of the rows.
    page.goto(f"/imports/{batch.pk}/?tab=held&page=2")
    page.get_by_role("button", name="龙志强").press("Enter")
    expect(page.get_by_text("待处理的 1 行")).to_be_hidden()
    expect(page.get_by_role("button", name="写入 2 行")).to_be_visible()


def test_a_list_is_verified_by_somebody_else(
    cast: Cast, transactional_db: None, visit: Callable[..., Page],
    look: Callable[[Page, str], None],
) -> None:  # fmt: skip
    working("王芳")
    take(cast.clerk_a, "certificates", sheet(line("王芳")), name=LONG)
    request = NameList.objects.get()
    page = visit("/name-lists/", cast.reviewer_a, width=390)
    look(page, "name-lists")
    page.goto(f"/name-lists/{request.pk}/")
    expect(page.get_by_role("heading", name="名单上的证书")).to_be_visible()
    look(page, "name-list")
    page.get_by_role("button", name="核验整份名单").press("Enter")
    expect(page.get_by_text("1 本证书已为凭证核验")).to_be_visible()
    assert Certificate.objects.get().verification == "4"


def test_a_statistical_form_is_sent_up_and_comes_back_filled(
    cast: Cast, transactional_db: None, visit: Callable[..., Page],
    look: Callable[[Page, str], None], tmp_path: Path,
) -> None:  # fmt: skip
    working("王芳")
    book = openpyxl.Workbook()
    for row in (["地区", "从业人数", "其中：女", "满意度排名"], ["合计"], ["新华路街道"]):
        book.active.append(row)
    path = tmp_path / "贵阳市社会工作人才队伍建设情况统计表（各县、市、区填报）2026年.xlsx"
    book.save(path)
    page = visit("/papers/", cast.clerk_a, width=390)
    look(page, "papers")
    page.get_by_label("空白表格").set_input_files(path)
    page.get_by_label("多久一次").select_option("每季")
    page.get_by_role("button", name="上传并认表").press("Enter")
    expect(page.get_by_text("这些栏目没有来源，或者没有认出要填什么，留空")).to_be_visible()
    expect(page.get_by_text("D1 满意度排名")).to_be_visible()
    look(page, "paper-figures")
    with page.expect_download() as download:
        page.get_by_role("button", name="填好并下载").click()
    filled = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert [cell.value for cell in filled[2]] == ["合计", 1, 0, None]
    assert PaperForm.objects.get().fillings.count() == 1
    page.goto("/papers/")
    expect(page.get_by_text("本月少填 1 张表、4 格")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="填好并下载：社会工作从业人员基本情况").press("Enter")
    assert download.value.suggested_filename.endswith(".xlsx")


def test_the_columns_of_a_form_are_corrected(
    cast: Cast, transactional_db: None, visit: Callable[..., Page],
    look: Callable[[Page, str], None], tmp_path: Path,
) -> None:  # fmt: skip
    book = openpyxl.Workbook()
    book.active.append(["序号", "姓名", "民族", "星座"])
    path = tmp_path / "名单.xlsx"
    book.save(path)
    page = visit("/papers/", cast.clerk_a, width=390)
    page.get_by_label("空白表格").set_input_files(path)
    page.get_by_role("button", name="上传并认表").press("Enter")
    page.get_by_text("改列的来源").click()
    page.get_by_label("星座填什么").select_option("备注")
    look(page, "paper-columns")
    page.get_by_role("button", name="记住").press("Enter")
    expect(page.get_by_text("每一列都有来源。")).to_be_visible()
