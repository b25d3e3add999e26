"""The list behind a figure, on a desk and on a phone: narrowed, sorted, with other columns."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core.jobs import running as jobs
from reports.models import Plan
from reports.periods.actions import freeze_plan
from reports.snapshots import actions
from tests.conftest import Cast
from tests.reference import made_once
from tests.reports import build

Visit = Callable[..., Page]
Look = Callable[[Page, str], None]
T1 = "/dashboard/520102/list/T1/"


@pytest.fixture
def counted(cast: Cast, transactional_db: None) -> Cast:
    made_once(_counted)
    return cast


def _counted() -> None:
    for number, place in enumerate(("520102016", "520102016", "520102018")):
        someone = build.person(place, category=("11", "2", "3")[number])
        if number:
            build.certificate(someone, str(number))
    actions.take_all()


@pytest.fixture
def settled(counted: Cast) -> Cast:
    settlement = freeze_plan(
        by=counted.province, plan=Plan.objects.get(code="14_5"), document="黔民发〔2026〕1号"
    )
    assert jobs.run(settlement.job_id)
    someone = build.Person.objects.order_by("pinyin").first()
    assert someone is not None
    someone.posts.update(ended_on=build.on("2025-06-01"))
    build.person("520102018")
    return counted


def test_a_list_is_narrowed_and_sorted(counted: Cast, visit: Visit, look: Look) -> None:
    page = visit(T1, counted.reviewer_a)
    rows = page.locator("#list tbody tr")
    expect(rows).to_have_count(3)
    look(page, "figure-list")
    page.get_by_role("link", name="筛选").click()
    page.get_by_role("checkbox", name="持全国社会工作者职业资格证书", exact=True).check()
    look(page, "figure-list-filters")
    page.get_by_role("button", name="查看结果").click()
    expect(rows).to_have_count(2)
    expect(page.locator("#list-now")).to_contain_text("其中符合筛选条件 2 人")
    look(page, "figure-list-narrowed")
    page.get_by_role("link", name="去掉条件").click()
    expect(rows).to_have_count(3)
    page.locator("#sort-category").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("人才类别")
    page.locator("summary", has_text="列").first.click()
    page.get_by_role("checkbox", name="人才类别").uncheck()
    page.get_by_role("button", name="应用").click()
    expect(page.locator("#sort-category")).to_have_count(0)
    page.goto(page.url.partition("?")[0])
    expect(page.locator("#sort-category")).to_have_count(0)


def test_what_was_settled_and_corrected(settled: Cast, visit: Visit, look: Look) -> None:
    page = visit(f"{T1}?on=2025-12-31", settled.reviewer_a)
    rows = page.locator("#list tbody tr")
    expect(rows).to_have_count(3)
    look(page, "settled-list")
    page.get_by_role("link", name="看决算后更正").click()
    expect(rows).to_have_count(2)
    look(page, "corrected-list")
    page.get_by_role("link", name="筛选").click()
    page.locator("#filters [name=became]").select_option("不再计入")
    page.get_by_role("button", name="查看结果").click()
    expect(rows).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_contain_text("决算后更正")


def test_all_targets(counted: Cast, visit: Visit, look: Look) -> None:
    page = visit("/targets/", counted.province)
    page.get_by_role("link", name="全部目标").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("全部目标")
    expect(page.locator("#list tbody tr").first).to_contain_text("社工人才")
    look(page, "all-targets")
