"""The ways a file comes onto the upload page: chosen, dropped, dropped beside it."""

from __future__ import annotations

import base64
from collections.abc import Callable

from playwright.sync_api import Page, expect

from core.jobs import running as jobs
from core.models import ImportBatch, Job, WordMemory
from tests.conftest import Cast
from tests.imports.ledgers import PEOPLE, apply, check, people, person, workbook
from tests.rows import id_number

DROP = """([selector, files]) => {
  const bag = new DataTransfer();
  for (const [name, content] of files) {
    const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
    bag.items.add(new File([bytes], name));
  }
  const place = document.querySelector(selector);
  for (const type of ["dragover", "drop"])
    place.dispatchEvent(new DragEvent(type, {dataTransfer: bag, bubbles: true, cancelable: true}));
}"""


def drop(page: Page, selector: str, *names: str) -> None:
    content = base64.b64encode(people(person())).decode()
    page.evaluate(DROP, [selector, [[name, content] for name in names]])


# A picture of a page, or also whether it fits and is accessible.
Look = Callable[[Page, str], None]


def test_a_file_may_be_dropped(
    cast: Cast,
    transactional_db: None,
    visit: Callable[..., Page],
    shot: Look,
) -> None:
    page = visit("/imports/new/", cast.clerk_a)
    expect(page.get_by_text("也可以把文件拖到这个框里")).to_be_visible()
    drop(page, "h1", "旁边.xlsx")
    drop(page, ".drop", "一.xlsx", "二.xlsx")
    expect(page.get_by_role("alert")).to_contain_text("一次只能上传一个文件")
    assert page.get_by_label("台账文件").evaluate("input => input.files.length") == 0
    drop(page, ".drop", "南明台账.xlsx")
    shot(page, "import-dropped")
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("heading", name="南明台账.xlsx")).to_be_visible()
    assert ImportBatch.objects.get().file_name == "南明台账.xlsx"


def test_the_same_file_may_be_checked_again(
    cast: Cast,
    transactional_db: None,
    visit: Callable[..., Page],
    shot: Look,
) -> None:
    page = visit("/imports/new/", cast.clerk_a, tolerant=True)
    file = {"name": "台账.xlsx", "mimeType": "application/octet-stream", "buffer": people(person())}
    for _ in range(2):
        page.goto("/imports/new/")
        page.get_by_label("台账文件").set_input_files(file)  # type: ignore[arg-type]
        page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("这个文件已经上传过")).to_be_visible()
    shot(page, "import-again")
    page.get_by_role("button", name="再核对一次").click()
    expect(page.get_by_text("排队中").first).to_be_visible()
    assert ImportBatch.objects.count() == 2


def test_sheets_decisions_cancelling_and_going_on(
    cast: Cast,
    transactional_db: None,
    visit: Callable[..., Page],
    shot: Look,
) -> None:
    number = id_number()
    first = [PEOPLE, person("张三", number), person("张三", number, 备注="第二行")]
    data = workbook(first, [PEOPLE, person("李四")], names=["新华路街道", "西湖路街道"])
    page = visit("/imports/new/", cast.clerk_a)
    file = {"name": "台账.xlsx", "mimeType": "application/octet-stream", "buffer": data}
    page.get_by_label("台账文件").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("button", name="取消导入")).to_be_visible()
    Job.objects.update(status="failed", attempts=3, message="处理多次中断，请点「继续」重试。")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("button", name="取消导入")).to_be_visible()
    jobs.run(Job.objects.get().pk)
    page.get_by_role("button", name="改为录入这一行").click()
    expect(page.get_by_text("已选择跳过，不录入。")).to_be_visible()
    shot(page, "import-sheets")
    page.get_by_role("button", name="导入「西湖路街道」（1 行）").click()
    expect(page.get_by_role("button", name="取消导入")).to_be_visible()
    page.get_by_role("button", name="取消导入").click()
    expect(page.get_by_text("已取消，没有写入任何数据。")).to_be_visible()


def test_each_question_of_a_row_is_answered_by_itself(
    cast: Cast,
    transactional_db: None,
    visit: Callable[..., Page],
    shot: Look,
) -> None:
    certificate = {"证书级别": "社会工作师（中级）", "批准日期": "2020-09-13"}
    numbers = [id_number() for _ in range(3)]
    old, new = {"入职日期": "2024-01-01"}, {"工作单位": "南明区民政局", "入职日期": "2023-01-01"}
    for names, corrected, cells in (("一二三", "0", old), ("甲乙丙", "5", new)):
        rows = [
            person(f"张{name}", number, 管理号=f"2020{corrected}10000{i}", **certificate | cells)
            for i, (name, number) in enumerate(zip(names, numbers, strict=True))
        ]
        batch = check(cast.clerk_a, "people", people(*rows))
        if cells is old:
            apply(batch)
    for width in (390, 1440):
        page = visit(f"/imports/{batch.pk}/", cast.clerk_a, width=width)
        expect(page.get_by_text("姓名与在册不同，一次处理：")).to_be_visible()
        shot(page, "import-questions")
    row = page.get_by_role("row").filter(has_text="张甲")
    row.get_by_role("button", name="以台账为准").click()
    expect(row.get_by_text("已选择：以台账为准")).to_be_visible()
    row.get_by_role("button", name="保留在册岗位").click()
    expect(row.get_by_role("button", name="按台账更正管理号")).to_be_visible()
    shot(page, "import-questions-answered")
    row.get_by_role("button", name="按台账更正管理号").click()
    page.get_by_role("link", name="变更 1").click()
    expect(row.get_by_text("已选择：按台账更正管理号")).to_be_visible()
    shot(page, "import-questions-changed")


def test_the_words_of_the_confirmation_outlast_a_decision(
    cast: Cast, transactional_db: None, visit: Callable[..., Page]
) -> None:
    number = id_number()
    twice = person("张三", number), person("张三", number, 备注="第二行")
    batch = check(cast.clerk_a, "people", people(*twice, person("李四", 入职日期="")))
    page = visit(f"/imports/{batch.pk}/", cast.clerk_a)
    page.get_by_label("提示项说明").fill("名册没有入职日期")
    page.get_by_role("button", name="改为录入这一行").click()
    expect(page.get_by_text("行已记下。")).to_be_visible()
    expect(page.get_by_label("提示项说明")).to_have_value("名册没有入职日期")
    page.get_by_role("button", name="写入 2 行").click()
    expect(page.get_by_text("排队中").first).to_be_visible()
    batch.refresh_from_db()
    assert batch.reason == "名册没有入职日期"


PASTE = """([selector, text]) => {
  const bag = new DataTransfer();
  bag.setData("text/plain", text);
  document.querySelector(selector).dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: bag, bubbles: true, cancelable: true}));
}"""
STATIONS = (
    "站点名称\t乡镇（街道）\t建成时间\t备注\r\n"
    '新华路街道社会工作和志愿服务站\t新华路街道\t2023-08-15\t"两行\n备注"\r\n'
)


def test_cells_are_pasted_and_the_kind_is_changed(
    cast: Cast,
    transactional_db: None,
    visit: Callable[..., Page],
    look: Look,
) -> None:
    page = visit("/imports/new/", cast.clerk_a, width=390)
    expect(page.get_by_role("radio", name="自动判断")).to_be_checked()
    page.evaluate(PASTE, ["h1", STATIONS])
    field = page.get_by_label("或粘贴表格内容")
    expect(field).to_be_focused()
    expect(page.get_by_text("已贴入 2 行（含列名）")).to_be_visible()
    look(page, "import-pasted")
    kept = "() => JSON.stringify([{...localStorage}, {...sessionStorage}])"
    assert "新华路" not in page.evaluate(kept)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("button", name="取消导入")).to_be_visible()
    jobs.run(Job.objects.get().pk)
    expect(page.get_by_role("button", name="写入 1 行")).to_be_visible()
    # Coming back shows an empty field.
    page.goto("/imports/new/")
    expect(field).to_have_value("")
    page.goto(f"/imports/{ImportBatch.objects.get().pk}/")
    page.get_by_text("看起来是站点台账 · 改").click()
    look(page, "import-kind")
    page.get_by_role("button", name="人员台账").click()
    expect(page.get_by_role("button", name="取消导入")).to_be_visible()
    jobs.run(ImportBatch.objects.get(kind="people").job_id)
    expect(page.get_by_text("看表头，这像是站点台账")).to_be_visible()
    look(page, "import-kind-better")
    page.get_by_role("button", name="改按站点台账核对").click()
    expect(page.get_by_role("button", name="取消导入")).to_be_visible()
    jobs.run(ImportBatch.objects.latest("created_at").job_id)
    expect(page.get_by_role("button", name="写入 1 行")).to_be_visible()


def test_what_the_headings_do_not_say_is_chosen(
    cast: Cast,
    transactional_db: None,
    visit: Callable[..., Page],
    look: Look,
) -> None:
    page = visit("/imports/new/", cast.clerk_a)
    page.get_by_label("或粘贴表格内容").fill("名称\t地址\n某处\t某路1号")
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("button", name="取消导入")).to_be_visible()
    jobs.run(Job.objects.get().pk)
    expect(page.get_by_text("请选择台账类别")).to_be_visible()
    look(page, "import-kind-asked")
    page.get_by_role("radio", name="机构").check()
    page.get_by_role("button", name="按此核对").click()
    expect(page.get_by_role("button", name="取消导入")).to_be_visible()
    jobs.run(Job.objects.get().pk)
    expect(page.get_by_role("button", name="写入 1 行")).to_be_visible()


def test_an_answer_is_adopted_for_all_offices(
    cast: Cast,
    transactional_db: None,
    visit: Callable[..., Page],
    look: Look,
) -> None:
    word = {"kind": "people", "attribute": "certificate_level", "word": "甲级社工"}
    for region, code in (("520102", "2"), ("520111", "2"), ("522301", "1")):
        WordMemory.objects.create(region_id=region, code=code, by=cast.clerk_a, **word)
    page = visit("/imports/words/", cast.clerk_a, width=390)
    look(page, "words")
    page.get_by_role("link", name="甲级社工").click()
    page.get_by_label("意思是").select_option(label="不登记这个词")
    page.get_by_role("button", name="改过来").click()
    expect(page.get_by_text("已改过，以后的台账照此办理")).to_be_visible()
    look(page, "word-own")
    page = visit("/imports/common-words/", cast.province, width=390)
    look(page, "words-common")
    page.get_by_role("link", name="甲级社工").click()
    look(page, "word-given")
    page.get_by_role("button", name="全省采用", exact=True).click()
    expect(page.get_by_text("已全省采用")).to_be_visible()
    look(page, "word-adopted")
    page.get_by_role("button", name="取消全省采用").click()
    expect(page.get_by_text("已取消全省采用")).to_be_visible()
