"""What is taken out of the product says what it is: files, pictures, paper."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags
from python_calamine import CalamineWorkbook

from reports.definitions.registry import BY_CODE

pytestmark = pytest.mark.django_db
Login = Callable[[Any], Client]


def book(answer: Any) -> CalamineWorkbook:
    assert answer.status_code == 200, answer.status_code
    return CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def sheet(answer: Any) -> list[list[Any]]:
    return book(answer).get_sheet_by_index(0).to_python()


def test_what_is_seen_can_be_exported(world: None, cast: Any, client_of: Login) -> None:
    client = client_of(cast.province)
    asked = {"i": "T1_L0", "on": "2025-12-31"}
    names, *found = sheet(client.post("/dashboard/52/export/", asked))
    rows = [dict(zip(names, row, strict=True)) for row in found]
    head = {row["指标代码"]: row for row in rows if row["部分"] == "指标"}
    assert (head["T1"]["数值"], head["T1"]["目标"]) == (4, 100000)
    assert head["T1"]["差距"] == "还差 99,996 人"
    assert head["T1"]["目标文号"] == "黔民发〔2022〕21号（三）"
    areas = {row["地区"]: row for row in rows if row["部分"] == "分地区"}
    sums = {"贵州省本级": 0, "贵州省未定位": 1, "贵州省合计": 6}
    assert {name: areas[name]["数值"] for name in sums} == sums
    assert (areas["贵阳市"]["名次"], areas["贵阳市"]["数值"]) == (1, 4)
    trend = [row for row in rows if row["部分"] == "趋势"]
    assert trend[-1]["数值"] == 6
    # R25: each figure with its day, the version of its definition and that of the divisions.
    for row in rows:
        assert row["截至"]
        code = row["指标代码"]
        assert row["口径版本"] == f"{code} 第 {BY_CODE[code].version} 版"
        assert row["区划版本"]
    # As on the page: beside the verdict of a plan that is over there is none of the pace.
    over = dict(zip(*sheet(client.post("/dashboard/52/export/"))[:2], strict=True))
    assert (over["结算结论"], over["进度"]) == ("未达标", "")


def test_a_chart_has_its_table_as_a_file(world: None, cast: Any, client_of: Login) -> None:
    client = client_of(cast.province)
    page = text(client.get("/dashboard/52/?i=T2"))
    assert 'data-picture="board-map"' in page
    names, *rows = sheet(client.post("/dashboard/52/export/", {"i": "T2", "part": "trend"}))
    assert {row[0] for row in rows} == {"趋势"}
    days = [row[names.index("截至")] for row in rows]
    for day in days:
        assert f"/dashboard/52/list/T2/?on={day:%Y-%m-%d}" in page


def test_what_is_taken_away_says_its_versions(world: None, cast: Any, client_of: Login) -> None:
    """R25: a chart's picture, a printed list and its file."""
    client = client_of(cast.province)
    day, versions = "截至 2025-12-31", "口径版本 T2 第 1 版，区划版本 2022-10-31"
    page = client.get("/dashboard/5201/", {"i": "T2", "on": "2025-12-31"})
    assert page.context["chart_data"]["stamp"] == f"{day}，{versions}"
    asked = {"on": "2025-12-31"}
    listed = client.get("/dashboard/5201/list/T2/", asked)
    assert listed.context["print_scope"] == f"贵阳市 持证人才，{day}"
    form = client.get("/reports/progress/5201/", asked)
    # They stand last: nobody asks for them before two figures differ.
    for shown in (page, listed, form):
        head, _, foot = text(shown).partition("page-foot")
        assert "口径版本" not in strip_tags(head)
        assert "区划版本 2022-10-31" in foot
    assert versions in text(listed)
    file = client.post("/dashboard/5201/list/T2/export/", asked)
    said = dict(book(file).get_sheet_by_name("说明").to_python())["筛选条件"]
    assert said.startswith(f"贵阳市 持证人才，{day}")
    assert said.endswith(versions)


def test_no_two_files_of_a_board_have_one_name(world: None, cast: Any, client_of: Login) -> None:
    """Which indicator, of which area, by what, as of when."""
    client = client_of(cast.province)
    asked = [{}, {"i": "T2"}, {"i": "T2", "by": "county", "part": "areas"}]
    asked += [{"i": "T2", "part": part} for part in ("areas", "trend")]
    answers = [client.post("/dashboard/52/export/", data) for data in asked]
    names = [unquote(answer["Content-Disposition"]) for answer in answers]
    for answer in answers:
        book(answer)
    assert len(set(names)) == len(names)
    day = f"{timezone.localdate():%Y-%m-%d}"
    for name, said in zip(names, ("社工人才_看板", "持证人才_看板", "持证人才_分县",
                                  "持证人才_分地区", "持证人才_趋势"), strict=True):  # fmt: skip
        assert f"贵州省_{said}_{day}" in name


def test_shares_are_numbers_that_look_like_the_page(
    world: None, cast: Any, client_of: Login
) -> None:
    client = client_of(cast.province)
    answer = client.post("/dashboard/52/export/", {"i": "T6_BUILT"})
    cells = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    head = [cell.value for cell in cells[1]]
    shares = {
        (row[0].value, row[head.index("指标代码")].value, row[head.index("地区")].value): cell
        for row in cells.iter_rows(min_row=2)
        for cell in (row[head.index("比率")], row[head.index("完成")])
        if cell.value is not None
    }
    assert {place for place, _, _ in shares} == {"指标", "分地区", "趋势"}
    assert ("指标", "T6_MISSING", "贵州省") in shares
    assert ("分地区", "T6_BUILT", "贵州省合计") in shares
    assert {(c.data_type, c.number_format) for c in shares.values()} == {("n", "0.0%")}
    page = client.get("/dashboard/52/?i=T6_BUILT").context
    line = next(x for t in page["tiles"] for x in t.lines if x.indicator.code == "T6_MISSING")
    assert f"{shares['指标', 'T6_MISSING', '贵州省'].value:.1%}" == line.share
