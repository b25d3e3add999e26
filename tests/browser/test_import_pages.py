"""A clerk's import in a real browser, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from core.jobs import running as jobs
from core.models import ImportBatch
from talent.models import Person
from tests.conftest import COUNTY_A, Cast
from tests.imports.ledgers import PEOPLE, check, fresh, people, person, workbook
from tests.rows import make_person


def test_from_upload_to_undo(
    cast: Cast,
    transactional_db: None,
    visit: Callable[..., Page],
    look: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    known = make_person(COUNTY_A, "张三")
    head: list[Any] = ["大名" if label == "姓名" else label for label in PEOPLE]
    rows = [
        person("张山", known.id_number),
        person("阿依古丽·买买提"),
        person("王五", "123"),
        *(person(f"李{chr(0x6000 + n)}") for n in range(40)),
    ]
    path = tmp_path / "南明区新华路街道办事处2023年度社会工作人才信息汇总表（最终版）.xlsx"
    path.write_bytes(workbook([["南明区社工名册"], head, *rows]))
    page = visit("/imports/", cast.clerk_a, width=390)
    look(page, "import-empty")
    page.get_by_role("link", name="导入台账").first.click()
    page.get_by_role("radio", name="人员").check()
    page.get_by_label("台账文件").set_input_files(path)
    look(page, "import-upload")
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("button", name="取消导入")).to_be_visible()
    look(page, "import-progress")
    batch = ImportBatch.objects.get()
    jobs.run(batch.job_id)
    expect(page.get_by_role("button", name="按此核对")).to_be_visible()
    look(page, "import-columns")
    page.get_by_label("姓名", exact=True).select_option(label="大名")
    page.get_by_role("button", name="按此核对").click()
    expect(page.get_by_text("排队中").first).to_be_visible()
    jobs.run(batch.job_id)
    expect(page.get_by_role("button", name="写入 41 行")).to_be_visible()
    look(page, "import-preview-held")
    page.get_by_role("button", name="以台账为准").click()
    expect(page.get_by_role("button", name="写入 42 行")).to_be_visible()
    page.goto(f"{page.url.split('?')[0]}?tab=changed")
    look(page, "import-preview-changed")
    page.goto(f"{page.url.split('?')[0]}?tab=new")
    page.get_by_role("button", name="写入 42 行").click()
    expect(page.get_by_text("排队中").first).to_be_visible()
    jobs.run(batch.job_id)
    expect(page.get_by_text("已入库").first).to_be_visible()
    look(page, "import-result")
    assert Person.objects.count() == 42
    with page.expect_download() as download:
        page.get_by_role("link", name="下载退回表（1 行）").click()
    assert download.value.suggested_filename.startswith("退回_南明区")
    page.get_by_role("button", name="撤销这一批").click()
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.get_by_text("已撤销").first).to_be_visible()
    assert Person.objects.get().name == "张三"
    page.goto("/imports/")
    look(page, "import-list")


def test_words_are_asked_once(cast: Cast, visit: Any, look: Any) -> None:
    """Seven rows, two words, one button: by keyboard, and nobody is left behind."""
    said = ("省社会工作师（中级）证", "见过没有的一种很长很长的证书名称怎么也认不出来")
    rows = [person(f"王{'甲乙丙丁戊己庚'[i]}", 证书级别=said[i % 2]) for i in range(7)]
    batch = check(cast.clerk_a, "people", people(*rows))
    page = visit(f"/imports/{batch.pk}/", cast.clerk_a, width=390)
    expect(page.get_by_role("heading", name="请先答复这几处（2 处）")).to_be_visible()
    expect(page.get_by_label(said[0])).to_have_value("2")
    look(page, "import-words")
    page.get_by_label(said[1]).select_option("不登记这个词")
    page.get_by_role("button", name="按此登记", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="正在核对")).to_be_visible()
    assert jobs.run(batch.job_id)
    expect(page.get_by_role("heading", name="已按答复办理")).to_be_visible()
    look(page, "import-words-answered")
    assert fresh(batch).counts["new"] == 7
