"""An official reads the board: on a desk, on a phone, on a projector, on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from python_calamine import CalamineWorkbook

from core.models import User
from reports.snapshots import actions
from tests.conftest import Cast
from tests.reference import made_once
from tests.reports import build

Visit = Callable[..., Page]
Shot = Callable[[Page, str], None]
LONG = "黔西南布依族苗族自治州"


@pytest.fixture
def board(cast: Cast, transactional_db: None) -> Cast:
    made_once(_board)
    return cast


def _board() -> None:
    """Three people in 南明区, one in 花溪区, two in the prefecture with the long name."""
    for place in ("520102016", "520102016", "520102018", "520111004", "522301001", "522301001"):
        build.certificate(build.person(place))
    build.person(None, post=False)
    build.station("520102016")
    actions.take_all()


@pytest.fixture
def leader(board: Cast) -> User:
    return User.objects.create_user(
        "leader", "Cast-2026-pass", role="viewer", region_id="52", display_name="省领导"
    )


def numbers(text: str) -> list[int]:
    return [int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text)]


def row_of(page: Page, region: str) -> Locator:
    return page.locator("#breakdown tbody tr").filter(has_text=region)


def dark_pixels(page: Page, place: str) -> int:
    """How many pixels of a chart are drawn."""
    canvas = page.locator(f"{place} canvas").first
    canvas.wait_for()
    return int(
        canvas.evaluate(
            """canvas => {
              const {width, height} = canvas;
              const data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
              let drawn = 0;
              for (let i = 3; i < data.length; i += 4) if (data[i] > 0) drawn++;
              return drawn;
            }"""
        )
    )


@pytest.mark.parametrize("width", [1440, 390, 1920])
def test_the_board_says_it_in_tiles_map_and_table(
    leader: User, visit: Visit, shot: Shot, width: int
) -> None:
    page = visit("/dashboard/", leader, width=width)
    tile = page.locator(".board-tile").filter(has_text="社工人才").first
    expect(tile).to_contain_text("目标 100,000，还差 99,994 人")
    expect(tile).to_contain_text("结算 6 未达标")
    assert dark_pixels(page, "#board-map") > 5_000
    assert dark_pixels(page, "#board-trend") > 500
    drawn = page.evaluate(
        """() => echarts.getInstanceByDom(document.getElementById("board-map"))
             .getOption().series[0].data.map(area => [area.name, area.value])"""
    )
    table = {
        link.get_attribute("href").split("/")[2].split("?")[0]: link  # type: ignore[union-attr]
        for link in page.locator("#breakdown .board-area a").all()
    }
    assert len(drawn) == len(table) == 9
    for code, value in drawn:
        cells = table[code].locator("xpath=ancestor::tr").locator("td")
        assert numbers(cells.nth(2).inner_text()) == [value]
    expect(row_of(page, LONG)).to_contain_text("2")
    expect(page.locator("#board-legend li").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width < 900:
        # On a phone nobody scrolls inside a box: 合计 stands in the page.
        ranking = page.locator("#breakdown .board-table")
        assert ranking.evaluate("box => box.scrollHeight - box.clientHeight") <= 0
    shot(page, "board")


LABELS = """() => {
  const chart = echarts.getInstanceByDom(document.getElementById("board-map"));
  return chart.getZr().storage.getDisplayList(true)
    .filter((one) => one.type === "tspan")
    .map(({style}) => [style.text, style.fill, style.stroke]);
}"""


def contrast(color: str, other: str) -> float:
    """That of WCAG, of two colors as #rrggbb."""

    def luminance(text: str) -> float:
        parts = [int(text[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4
                            for p in parts)  # fmt: skip
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(color), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(
    ("path", "least"), [("/dashboard/", 9), ("/dashboard/5201/", 9), ("/dashboard/?by=county", 30)]
)
def test_areas_are_named_on_the_map_and_readable(
    leader: User, visit: Visit, path: str, least: int, width: int
) -> None:
    """Without pointing at them, on areas of any color, around which each has a halo of it."""
    page = visit(path, leader, width=width)
    dark_pixels(page, "#board-map")
    labels = page.evaluate(LABELS)
    said = "".join(text for text, _, _ in labels)
    names = page.locator("#breakdown .board-area").all_inner_texts()
    assert sum(name in said for name in names) >= least
    for text, fill, halo in labels:
        assert contrast(fill, halo) >= 4.5, text
    shades = page.locator("#board-legend rect").evaluate_all(
        "all => all.map(one => one.getAttribute('fill'))"
    )
    assert {halo for _, _, halo in labels} <= set(shades)


@pytest.mark.parametrize("width", [1440, 390])
def test_a_chart_is_kept_as_a_picture_that_explains_itself(
    leader: User, visit: Visit, width: int
) -> None:
    """The picture holds the chart, and above and below it title, legend and versions."""
    page = visit("/dashboard/", leader, width=width)
    for chart in ("board-map", "board-trend"):
        dark_pixels(page, f"#{chart}")
        height = page.locator(f"#{chart} canvas").first.evaluate("canvas => canvas.clientHeight")
        with page.expect_download() as started:
            page.locator(f'[data-picture="{chart}"]').click()
        kind = {"board-map": "地图", "board-trend": "趋势图"}[chart]
        named = f"贵州省_社工人才_{kind}_{timezone.localdate():%Y-%m-%d}.png"
        assert started.value.suggested_filename == named
        head = Path(started.value.path()).read_bytes()[:24]
        assert head.startswith(b"\x89PNG")
        lines = (int.from_bytes(head[20:24]) / 2 - height) / 24
        assert lines >= (4 if chart == "board-map" else 3)


@pytest.mark.parametrize("code", ["T1", "T1_L0", "T2", "T6_BUILT"])
def test_a_number_is_as_long_as_its_list(leader: User, visit: Visit, code: str) -> None:
    page = visit(f"/dashboard/5201/?i={code}", leader)
    # What is loaded above the table may move it a little.
    page.wait_for_load_state("networkidle")
    cell = row_of(page, "南明区").locator("td").nth(2).get_by_role("link")
    value = numbers(cell.inner_text())[0]
    assert value > 0
    cell.click()
    expect(page.locator("tbody tr")).to_have_count(value)
    expect(page.locator("td.board-why").first).not_to_be_empty()
    assert not re.search(r"5201021990\d{8}", page.content())


def test_from_the_province_down_to_who_counts_and_why(
    leader: User, visit: Visit, shot: Shot
) -> None:
    page = visit("/dashboard/", leader)
    row_of(page, "贵阳市").locator(".board-area a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("贵阳市 看板")
    row_of(page, "南明区").locator(".board-area a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("南明区 看板")
    expect(page.locator("#breakdown tfoot")).to_contain_text("= 下级 3 + 本级 0")
    page.locator(".board-tile").filter(has_text="持证人才").locator(".board-value a").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("tbody")).to_contain_text("助理社会工作师，2022-06-12 批准")
    expect(page.get_by_text("现在 3 人，快照时 3")).to_be_visible()
    shot(page, "board-list")
    page.get_by_role("link", name="口径").click()
    expect(page.get_by_role("dialog")).to_contain_text("认定规则")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_region_is_entered_from_the_map(leader: User, visit: Visit) -> None:
    page = visit("/dashboard/", leader)
    page.locator("#board-map canvas").first.wait_for()
    at = page.evaluate(
        """() => {
          const chart = echarts.getInstanceByDom(document.getElementById("board-map"));
          const box = chart.getModel().getSeriesByIndex(0).coordinateSystem;
          const region = box.getRegion("5203");
          return box.dataToPoint(region.getCenter());
        }"""
    )
    page.locator("#board-map").click(position={"x": at[0], "y": at[1]})
    expect(page.get_by_role("heading", level=1)).to_have_text("遵义市 看板")


def test_any_day_and_any_indicator_can_be_chosen(leader: User, visit: Visit) -> None:
    page = visit("/dashboard/", leader)
    page.get_by_label("统计日期").fill("2023-05-01")
    page.get_by_role("button", name="看当日").click()
    expect(page.locator(".facts").get_by_text("截至 2023-05-01")).to_be_visible()
    expect(page.get_by_text("落后进度").first).to_be_visible()
    page.get_by_label("指标", exact=True).select_option("T2")
    expect(page.locator("#breakdown h2")).to_contain_text("持证人才")
    expect(page.locator(".facts").get_by_text("截至 2023-05-01")).to_be_visible()
    page.get_by_role("link", name="回到最新").click()
    expect(
        page.locator(".facts").get_by_text(f"截至 {timezone.localdate():%Y-%m-%d}")
    ).to_be_visible()
    page.get_by_label("按", exact=True).select_option("county")
    expect(page.locator("#breakdown tbody tr")).to_have_count(88)


def test_what_is_seen_goes_to_excel_and_to_paper(
    leader: User, visit: Visit, shot: Shot, tmp_path: Path
) -> None:
    page = visit("/dashboard/5201/", leader)
    with page.expect_download() as download:
        page.get_by_role("button", name="导出").click()
    path = tmp_path / "board.xlsx"
    download.value.save_as(path)
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    for row in page.locator("#breakdown tbody tr").all():
        name, value = row.locator("td").nth(1).inner_text(), row.locator("td").nth(2).inner_text()
        wanted = ["分地区", name, "T1", "社工人才", *numbers(value)]
        assert wanted in [[line[0], line[2], *line[4:7]] for line in rows]
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="导出")).to_be_hidden()
    expect(page.locator(".nav-side")).to_be_hidden()
    expect(page.locator(".print-line")).to_contain_text("打印人")
    expect(page.locator("#breakdown tbody tr").last).to_be_visible()
    shot(page, "board-print")
    assert len(page.pdf(format="A4")) > 10_000


def test_by_keyboard_alone(leader: User, visit: Visit) -> None:
    page = visit("/dashboard/5201/", leader)
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.board-value') !== null"):
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(4)


def test_large_text_stays_in_its_tile(leader: User, visit: Visit, shot: Shot) -> None:
    page = visit("/dashboard/", leader, width=390)
    # Six figures, as the province's target is.
    page.evaluate(
        """() => { document.querySelector(".board-value a").textContent = "100,000";
                   document.documentElement.style.fontSize = "200%"; }"""
    )
    spilt = """() => [...document.querySelectorAll(".board-value")]
                 .filter(value => value.scrollWidth > value.clientWidth).length"""
    assert page.evaluate(spilt) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "board-large-text")


def test_a_county_sees_its_own_people_and_its_neighbours_figures(
    board: Cast, visit: Visit, shot: Shot
) -> None:
    page = visit("/dashboard/", board.viewer_a, width=390)
    expect(page.get_by_role("heading", level=1)).to_have_text("南明区 看板")
    shot(page, "board-county")
    page.goto("/dashboard/5201/")
    expect(row_of(page, "花溪区").locator("td").nth(2)).to_have_text("1")
    expect(row_of(page, "花溪区").locator("td").nth(2).get_by_role("link")).to_have_count(0)
    expect(row_of(page, "南明区").locator("td").nth(2).get_by_role("link")).to_have_text("3")
    row_of(page, "南明区").locator("td").nth(2).get_by_role("link").click()
    # On a phone too each reason has its own line, below the one before.
    first, second = (page.locator("td.board-why").first.locator("span").nth(n) for n in (0, 1))
    above, below = first.bounding_box(), second.bounding_box()
    assert above
    assert below
    assert below["y"] >= above["y"] + above["height"]
    assert below["x"] == above["x"]
    shot(page, "board-why")


def test_a_block_is_pasted_into_the_table_of_targets(board: Cast, visit: Visit, shot: Shot) -> None:
    page = visit("/targets/14_5/52/", board.province)
    paste = """(input, text) => {
      const data = new DataTransfer();
      data.setData("text/plain", text);
      const how = {clipboardData: data, bubbles: true, cancelable: true};
      input.dispatchEvent(new ClipboardEvent("paste", how));
    }"""
    page.locator("[name='5201-T1']").evaluate(
        paste, "黔西南州\t12,000\t600\n贵阳\t90000\t1500\n火星\t1\t2\n"
    )
    expect(page.get_by_role("status").filter(has_text="没有对上地区")).to_contain_text("火星")
    expect(page.locator("[name='5223-T1']")).to_have_value("12,000")
    expect(page.locator("[data-difference]").first).to_have_text("多 2,000")
    page.locator("[name='5201-T1']").press("Enter")
    expect(page.locator("[name='5202-T1']")).to_be_focused()
    page.get_by_label("文号").fill("黔民发〔2023〕5号")
    page.get_by_role("button", name="保存目标").click()
    expect(page.get_by_text("已保存 4 个目标")).to_be_visible()
    shot(page, "targets-table")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/targets/")
    expect(page.get_by_text("比本级目标多 2,000")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "targets")
