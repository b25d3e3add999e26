"""Lists that a form groups by place: headings over the lines, merged names at their left."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Border, Side

from core.papers.actions import keep_form
from core.papers.areas import Areas
from core.papers.making import Made, fill_form
from core.regions.tree import divisions_on
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.papers.test_lists import DAY
from tests.rows import make_person, make_station

pytestmark = pytest.mark.django_db
THIN = Side(style="thin")


def form(rows: list[list[Any]], *merges: str) -> bytes:
    """A sheet whose lines are ruled."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    width = max(map(len, rows))
    for row in rows:
        book.active.append([*row, *[None] * (width - len(row))])
    for line in book.active.iter_rows(min_row=2, max_row=len(rows), max_col=width):
        for cell in line:
            cell.border = Border(THIN, THIN, THIN, THIN)
    for area in merges:
        book.active.merge_cells(area)
    book.save(file)
    return file.getvalue()


def filled(user: Any, data: bytes, region: str) -> tuple[list[tuple[Any, ...]], Made]:
    made = fill_form(user=user, name="表.xlsx", data=data, region=region, on=DAY)
    book = openpyxl.load_workbook(io.BytesIO(made.data))
    return list(book.active.iter_rows(values_only=True)), made


def test_each_heading_has_its_own_lines(cast: Cast) -> None:
    """As real/07 has them, one with too few lines, and one of which there is nothing."""
    for name in ("一站", "七站", "三站"):
        make_station(COUNTY_A, name)
    make_station(COUNTY_B, "丁站")
    data = form(
        [["示范社工站名单"], ["序号", "社工站名称", "星级"], ["一、南明区（3个）"], [], [],
         ["二、花溪区（1个）"], [], [], ["三、云岩区"], [], ["注：以上排名不分先后"]],
        "A1:C1", "A3:C3", "A6:C6", "A9:C9",
    )  # fmt: skip
    rows, made = filled(cast.prefecture, data, "5201")
    assert [row[:2] for row in rows[2:]] == [
        ("一、南明区（3个）", None), (1, "一站"), (2, "七站"), (3, "三站"),
        ("二、花溪区（1个）", None), (4, "丁站"), (None, None),
        ("三、云岩区", None), (None, None), ("注：以上排名不分先后", None),
    ]  # fmt: skip
    assert made.report["tables"] == [{"sheet": "Sheet", "rows": 4, "list": "站点"}]


def test_a_merged_name_stays_beside_its_lines(cast: Cast) -> None:
    """As real/05 has them, with a line of sums under each."""
    for name in ("张三", "李四", "王五"):
        make_person(TOWNSHIP_A, name)
    make_person("520102017", "赵六")
    make_person(COUNTY_A, "无处")
    data = form(
        [["补贴汇总表"], ["序号", "街道", "姓名", "身份证号"],
         [None, "新华路街道"], [], ["小计"], [None, "西湖路街道"], [], ["小计"], ["合计"]],
        "B3:B4", "B6:B7", "A1:D1",
    )  # fmt: skip
    rows, made = filled(cast.clerk_a, data, COUNTY_A)
    assert [row[:2] for row in rows[2:]] == [
        (1, "新华路街道"), (2, None), (3, None), ("小计", None),
        (4, "西湖路街道"), (None, None), ("小计", None), ("合计", None),
    ]  # fmt: skip
    assert {row[2] for row in rows[2:5]} == {"张三", "李四", "王五"}
    assert rows[6][2] == "赵六"
    # Whom no group takes in is not lost in silence.
    assert made.report["tables"][0]["left_out"] == 1


def test_who_is_in_no_group_is_said(cast: Cast, client_of: Any) -> None:
    make_person(COUNTY_A, "无处")
    make_person(TOWNSHIP_A, "有处")
    data = form([["序号", "街道", "姓名", "身份证号"], [None, "新华路街道"]])
    kept = keep_form(user=cast.clerk_a, name="表.xlsx", data=data, asker="", document="")
    client = client_of(cast.clerk_a)
    assert client.post(f"/papers/{kept.pk}/fill/", {"on": f"{DAY}"}).status_code == 200
    assert "1 行不在其中任何一组" in client.get(f"/papers/{kept.pk}/").text
    # A list goes into it as a whole or not at all.
    asked = {"format": str(kept.pk)}
    assert "1 行不在其中任何一组" in client.post("/people/export/", asked, follow=True).text
    asked["filter"] = f"region={TOWNSHIP_A}"
    assert client.post("/people/export/", asked).status_code == 200


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("一、贵阳市（6个）", "5201"),
        ("（二）黔西南州", "5223"),
        ("3.黔东南苗族侗族自治州", "5226"),
        ("威宁县", "520526"),
        ("十分满意", ""),
    ],
)
def test_headings_name_areas(text: str, code: str) -> None:
    assert Areas("52", divisions_on(DAY)).heading(text) == code
