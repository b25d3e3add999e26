"""A ledger as an office keeps it goes in with few clicks, and nothing is typed."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from core.jobs import running as jobs
from core.models import ImportBatch
from talent.models import Person
from tests.conftest import Cast
from tests.imports.ledgers import SAMPLES

# LEDGERS, real/03: so many at most.
MOST = 8


def test_the_list_of_a_district_goes_in(
    cast: Cast,
    transactional_db: None,
    visit: Callable[..., Page],
    look: Callable[[Page, str], None],
) -> None:
    clicked: list[str] = []

    def click(target: Locator) -> None:
        clicked.append(target.inner_text())
        target.click()

    (path,) = SAMPLES.glob("real/03*")
    page = visit("/imports/new/", cast.clerk_a)
    clicked.append("选择文件")
    page.get_by_label("台账文件").set_input_files(path)
    click(page.get_by_role("button", name="上传并核对"))
    expect(page.get_by_role("button", name="取消导入")).to_be_visible()
    jobs.run(ImportBatch.objects.get().job_id)
    expect(page.get_by_text("请先答复这几处（3 处）")).to_be_visible()
    clicked.extend(["选举", "村（社区）干部"])
    page.get_by_label("选举").select_option(label="村（社区）干部")
    look(page, "questions")
    click(page.get_by_role("button", name="按此登记，没有选的都不登记"))
    expect(page.get_by_role("button", name="取消导入")).to_be_visible()
    jobs.run(ImportBatch.objects.get().job_id)
    click(page.get_by_role("button", name="资料待补，先行录入"))
    expect(page.get_by_label("提示项说明")).to_have_value("资料待补，先行录入")
    look(page, "wordings")
    click(page.get_by_role("button", name="写入 30 行"))
    expect(page.get_by_text("排队中").first).to_be_visible()
    jobs.run(ImportBatch.objects.get().job_id)
    expect(page.get_by_text("写入 30 行").first).to_be_visible()
    assert len(clicked) <= MOST, clicked
    assert Person.objects.count() == 30
    assert ImportBatch.objects.get().reason == "资料待补，先行录入"
    assert not [one for one in ImportBatch.objects.get().open_questions if "word" in one]
