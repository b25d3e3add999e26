"""A list of another office laid beside the registry, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from core.jobs import running as jobs
from core.models import ImportBatch
from talent.models import Person
from tests.conftest import Cast
from tests.imports.ledgers import PEOPLE, people, person, take
from tests.papers.test_comparing import changed
from tests.papers.test_marking import looks

NAME = "中共黔西南布依族苗族自治州委组织部2026年度社会工作人才名单（最终版）.xlsx"


def test_from_upload_to_the_record(
    cast: Cast,
    transactional_db: None,
    visit: Callable[..., Page],
    look: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    rows = [person("张三", 联系电话="13800001234"), person("阿依古丽·买买提"), person("孙七")]
    take(cast.clerk_a, "people", people(*rows))
    listed = [
        changed(rows[0], 联系电话="13900005678", 学历="本科"), rows[1],
        *(person(f"李{chr(0x6000 + n)}") for n in range(40)), person("赵六", "123"),
    ]  # fmt: skip
    path = tmp_path / NAME
    path.write_bytes(looks(*listed))

    page = visit("/papers/", cast.clerk_a, width=390)
    page.get_by_role("link", name="倒查名单").click()
    look(page, "compare-empty")
    page.get_by_role("radio", name="人员").check()
    page.get_by_label("名单文件").set_input_files(path)
    page.get_by_role("button", name="上传并比对").press("Enter")
    expect(page.get_by_role("button", name="不比对了")).to_be_visible()
    look(page, "compare-progress")
    batch = ImportBatch.objects.comparisons().get()
    jobs.run(batch.job_id)
    expect(page.get_by_text("已比对").first).to_be_visible()
    expect(page.get_by_text("联系电话：")).to_be_visible()
    look(page, "compare-differing")
    for tab in ("名单上有、在册没有 40", "在册有、名单上没有 1", "读不了或待核实 1", "一致 1"):
        page.get_by_role("link", name=tab, exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name=tab, exact=True)).to_have_attribute(
            "aria-current", "page"
        )
        look(page, f"compare-{tab.split(' ')[0]}")
    page.goto(f"/papers/compare/{batch.pk}/?tab=only_there")
    page.get_by_label("在「名单上有、在册没有」中查找").fill("没有的人")
    page.keyboard.press("Enter")
    expect(page.get_by_text("没有找到「没有的人」")).to_be_visible()
    look(page, "compare-nobody")
    page.get_by_role("link", name="清除查找").click()
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_text("第 2 / 2 页")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载标好的名单").click()
    assert download.value.suggested_filename.startswith("倒查_中共黔西南")
    page.get_by_role("link", name="不同 1", exact=True).click()
    page.get_by_role("link", name="张三").click()
    expect(page.get_by_role("heading", name="张三")).to_be_visible()
    page.goto(f"/papers/compare/{batch.pk}/")
    page.get_by_role("button", name="把名单上的这些人员导入").click()
    expect(page.get_by_role("button", name="取消导入")).to_be_visible()
    page.goto("/papers/compare/")
    look(page, "compare-list")
    assert Person.objects.count() == 3


def test_columns_are_asked(
    cast: Cast,
    transactional_db: None,
    visit: Callable[..., Page],
    tmp_path: Path,
    look: Callable[[Page, str], None],
) -> None:
    row = person("张三")
    head = ["大名" if label == "姓名" else label for label in PEOPLE]
    path = tmp_path / "名单.csv"
    path.write_text("\n".join(",".join(line) for line in (head, row)), encoding="utf-8")
    page = visit("/papers/compare/", cast.clerk_a, width=390)
    page.get_by_role("radio", name="人员").check()
    page.get_by_label("名单文件").set_input_files(path)
    page.get_by_role("button", name="上传并比对").click()
    expect(page.get_by_role("button", name="不比对了")).to_be_visible()
    jobs.run(ImportBatch.objects.get().job_id)
    expect(page.get_by_role("button", name="按此比对")).to_be_visible()
    look(page, "compare-columns")
    page.get_by_label("姓名", exact=True).select_option(label="大名")
    page.get_by_role("button", name="按此比对").click()
    expect(page.get_by_role("button", name="不比对了")).to_be_visible()
    jobs.run(ImportBatch.objects.get().job_id)
    expect(page.get_by_role("link", name="名单上有、在册没有 1", exact=True)).to_be_visible()
