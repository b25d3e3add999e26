"""What officials take into a meeting: boards, lists, forms and settlements on A4."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

import pypdf
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.jobs import running as jobs
from core.models import User
from reports.models import Plan
from reports.periods.actions import freeze_plan
from reports.snapshots import actions
from tests.conftest import Cast
from tests.reference import made_once
from tests.reports import build

Visit = Callable[..., Page]
A4 = (595, 842)
# Where a font draws a radical and a character alike, the file names the radical.
RADICALS = str.maketrans(
    "⺠⻋⻓⻔⻉⻅⻚⻛⻢⻥⻦⻩⻬⻰⻘⻄⻆⻣⻤⻨⻮", "民车长门贝见页风马鱼鸟黄齐龙青西角骨鬼麦齿"
)
# What is read on the screen and must be found on paper.
READ = ":is(h1, h2, td, th, .facts span, .board-value, .board-steps li, .print-line):visible"


class Paper(NamedTuple):
    """The texts of printed pages without their blanks, and the size of each in points."""

    pages: list[str]
    sizes: list[tuple[int, int]]

    @property
    def text(self) -> str:
        return "".join(self.pages)

    def lacks(self, page: Page) -> list[str]:
        """What the page says and the paper does not. What lies beyond its edge is not in it."""
        said = page.locator(READ).all_inner_texts()
        lines = {plain(line) for text in said for line in text.splitlines()}
        return [line for line in lines if line not in self.text]


def plain(text: str) -> str:
    """Without blanks, and with the characters that stand for others on paper."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).translate(RADICALS)


def printed(page: Page) -> Paper:
    page.wait_for_load_state("networkidle")
    file = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    page.emulate_media(media="print")
    return Paper(
        [plain(sheet.extract_text()) for sheet in file.pages],
        [(round(sheet.mediabox.width), round(sheet.mediabox.height)) for sheet in file.pages],
    )


@pytest.fixture
def counted(cast: Cast, transactional_db: None) -> Cast:
    made_once(_counted)
    return cast


def _counted() -> None:
    for place in ("520102016", "520102018", "520111004"):
        build.certificate(build.person(place))
    build.station("520102016")
    actions.take_all()


@pytest.fixture
def leader(counted: Cast) -> User:
    return User.objects.create_user(
        "leader", "Cast-2026-pass", role="viewer", region_id="52", display_name="欧阳省"
    )


def says_whose(paper: Paper, title: str, area: str) -> None:
    """The head: the document, its area and day, who printed it and when."""
    now = timezone.localtime()
    for said in (title, f"截至{now:%Y-%m-%d}", f"打印时间{now:%Y-%m-%d}", f"打印人欧阳省({area}"):
        assert said in paper.pages[0], said


@pytest.mark.parametrize("width", [1440, 390])
def test_a_board_of_many_areas(leader: User, visit: Visit, width: int) -> None:
    page = visit("/dashboard/?i=T2&by=county", leader, width=width)
    expect(page.locator(".board-steps li")).not_to_have_count(0)
    paper = printed(page)
    assert len(paper.pages) > 2
    says_whose(paper, "贵州省看板", "贵州省")
    # A sum at the foot of every page reads like the page's own.
    assert paper.text.count("合计") == 1
    assert paper.text.count("没有岗位也没有常住地") == 1
    for said in ("还差谁", "乡镇(街道)未建站", "分项", "建成未核"):
        assert said in paper.text, said
    assert paper.lacks(page) == []
    # What was unfolded for paper is folded again.
    assert page.locator(".board-lines[open]").count() == 0


@pytest.mark.parametrize("form", ["progress", "strongholds"])
def test_a_form_of_many_columns(leader: User, visit: Visit, form: str) -> None:
    page = visit(f"/reports/{form}/", leader)
    paper = printed(page)
    says_whose(paper, "贵州省", "贵州省")
    assert paper.lacks(page) == []
    assert set(paper.sizes) == {A4[::-1]}


def test_a_list_behind_a_figure(leader: User, visit: Visit) -> None:
    page = visit("/dashboard/5201/list/T6_MISSING/", leader)
    paper = printed(page)
    says_whose(paper, "贵阳市未覆盖名单", "贵州省")
    assert len(paper.pages) > 1
    assert paper.lacks(page) == []
    assert set(paper.sizes) == {A4}


def test_a_record(counted: Cast, visit: Visit) -> None:
    station = build.station("520102018")
    page = visit(f"/stations/{station.pk}/", counted.viewer_a)
    paper = printed(page)
    assert plain(f"{station}") in paper.pages[0]
    assert plain(f"打印人 {counted.viewer_a}（贵阳市 南明区") in paper.pages[0]
    assert paper.lacks(page) == []


def test_a_settlement(leader: User, counted: Cast, visit: Visit) -> None:
    plan = Plan.objects.get(code="14_5")
    settlement = freeze_plan(by=counted.province, plan=plan, document="黔民发〔2026〕1号")
    assert jobs.run(settlement.job_id)
    for path, title in (
        ("/dashboard/520102/?on=2025-12-31", "南明区看板"),
        ("/dashboard/520102/list/T1/?on=2025-12-31", "南明区社工人才决算名单"),
    ):
        page = visit(path, leader)
        paper = printed(page)
        for said in (title, "截至2025-12-31", plain("黔民发〔2026〕1号"), "打印人欧阳省(贵州省"):
            assert said in paper.text, (path, said)
        assert paper.text.count("合计") <= 1
        assert paper.lacks(page) == []
