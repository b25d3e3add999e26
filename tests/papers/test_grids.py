"""Statistical tables of other offices: what their headings mean together is counted."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client

from core.dates import today
from core.models import ReadEvent
from core.papers.areas import Areas
from core.papers.figures import COUNTABLES, meant
from core.papers.grids import grid_of
from core.papers.layouts import layout
from core.papers.making import FIGURES, fill_form
from core.papers.standing import STANDING
from core.papers.understanding import understand
from core.papers.wording import says_nothing
from core.regions.tree import divisions_on
from core.secrecy.files import Refused
from stations.models import Organization
from talent.models import Certificate, Education, Person, Post
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.imports.ledgers import workbook
from tests.papers.books import SHEET, edited
from tests.rows import DAY, make_organization, make_person, make_station

pytestmark = pytest.mark.django_db
TOWNSHIP_B = "520111100"
ON = today()


def serving(region: str, name: str = "张三", office: Any = None, **fields: Any) -> Person:
    """Somebody who works there, at a station or an organisation."""
    person = make_person(region, name, verification="2", **fields)
    at = {"organization": office} if office else {"station": make_station(region)}
    Post.objects.create(person=person, region_id=region, started_on=DAY, **at)
    return person


def born(person: Person, year: int, sex: str = "1") -> Person:
    Person.objects.filter(pk=person.pk).update(birth_date=f"{year}-03-07", sex=sex)
    return person


@pytest.fixture
def staff(cast: Cast) -> None:
    """南明区: a woman of 30 with a certificate and a party card, a man of 40, one of 58;
    花溪区: a woman of 50."""
    first = born(serving(TOWNSHIP_A, political_status="01"), 1996, sex="2")
    Certificate.objects.create(person=first, level="1", approved_on=DAY, verification="2")
    Education.objects.create(person=first, level="21", school="贵州大学")
    second = born(serving(TOWNSHIP_A), 1986)
    Education.objects.create(person=second, level="31")
    for level in ("1", "2"):
        Certificate.objects.create(person=second, level=level, approved_on=DAY, verification="2")
    born(serving(TOWNSHIP_A), 1968)
    born(serving(COUNTY_B), 1976, sex="2")
    # Nobody of these works in social work.
    make_person(TOWNSHIP_A, political_status="01")


def filled(cast: Cast, data: bytes, **options: Any) -> list[tuple[Any, ...]]:
    given: dict[str, Any] = {"region": COUNTY_A, "on": ON, **options}
    user = given.pop("user", cast.prefecture)
    made = fill_form(user=user, name="表.xlsx", data=data, **given)
    book = openpyxl.load_workbook(io.BytesIO(made.data))
    return list(book.active.iter_rows(values_only=True))


def form(*rows: list[Any]) -> bytes:
    return workbook(list(rows))


STAFF_HEAD = (
    "地区 年末从业人数 其中：女 中共党员 大学专科 大学本科及以上 助理社会工作师 社会工作师 "
    "35岁及以下 36–45 46–55 56及以上"
).split()


def test_the_staff_row_of_each_county(cast: Cast, staff: None) -> None:
    rows = filled(
        cast, form(STAFF_HEAD, ["合计"], ["南明区"], ["花溪"], ["填表人：王芳"]), region="5201"
    )
    assert rows[1][1:] == (4, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    assert rows[2][1:] == (3, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1)
    assert rows[3][1:] == (1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0)
    assert rows[4][1:] == (None,) * 11


def test_a_line_under_the_headings_is_the_regions_own(cast: Cast, staff: None) -> None:
    rows = filled(cast, form(["从业人员情况"], STAFF_HEAD[1:4], [None, None, None]))
    assert rows[2][:3] == (3, 1, 1)


def test_headings_of_both_sides_count_together(cast: Cast, staff: None) -> None:
    rows = filled(
        cast, form(["项目", "合计", "女", "党员"], ["持证人数"], ["未持证"], ["35岁及以下"])
    )
    assert [row[1:] for row in rows[1:]] == [(2, 1, 1), (1, 0, 0), (1, 1, 1)]


def test_areas_across_and_items_down(cast: Cast, staff: None) -> None:
    data = form(
        ["序号", "指标名称", "计量单位", "南明区", "花溪区"],
        ["1", "社会工作人才数", "人"], ["2", "其中：女性", "人"], ["3", "满意度", "%"],
    )  # fmt: skip
    rows = filled(cast, data, region="5201")
    assert [row[3:] for row in rows[1:]] == [(3, 1), (1, 1), (None, None)]


def test_headings_of_two_levels_and_a_title(cast: Cast, staff: None) -> None:
    file = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["人才统计表"], ["地区", "性别", None, "政治面貌"], [None, "男", "女", "党员"],
                ["南明区"]):  # fmt: skip
        sheet.append(row)
    for area in ("A1:D1", "A2:A3", "B2:C2"):
        sheet.merge_cells(area)
    sheet["B5"] = "=SUM(B4:B4)"
    sheet["A5"] = "合计"
    book.save(file)
    rows = filled(cast, file.getvalue())
    assert rows[3] == ("南明区", 2, 1, 1)
    # What the form computes itself stays a formula.
    assert rows[4][1] == "=SUM(B4:B4)"


def test_what_has_no_source_is_named_once(cast: Cast, staff: None) -> None:
    data = form(["地区", "从业人数", "满意度排名", "女"], ["南明区"], ["花溪区"])
    asked = understand(data, user=cast.prefecture, region="5201", on=ON)
    (grid,) = asked.grids
    assert grid.unknown == [("C1", "满意度排名")]
    assert asked.unknown == [("Sheet1", "C1", "满意度排名")]
    made = fill_form(user=cast.prefecture, name="表.xlsx", data=data, region="5201", on=ON)
    assert made.report["tables"] == [{"sheet": "Sheet1", "rows": 2, "list": FIGURES}]
    assert (made.report["cells_filled"], made.report["cells_empty"]) == (4, 0)


def test_what_has_no_source_at_the_edge_is_named_too(cast: Cast) -> None:
    data = form(
        ["指标", "数量", "满意度排名"], ["从业人数"], ["其中：女"], ["满意度"], ["填表人：王芳"]
    )
    (grid,) = understand(data, user=cast.clerk_a, region=COUNTY_A, on=ON).grids
    assert set(grid.cells) == {(2, 2), (3, 2)}
    assert grid.unknown == [("A4", "满意度"), ("C1", "满意度排名")]


def test_a_figure_without_a_record_stays_empty(cast: Cast) -> None:
    """Units whose day of registration nobody knows count on no day before they were entered."""
    make_organization(COUNTY_A)
    rows = filled(cast, form(["地区", "机构数", "县级"], ["南明区"], ["花溪区"]), region="5201",
                  on=today() - datetime.timedelta(days=30))  # fmt: skip
    assert rows[1][1:] == (0, 0)


def test_stations_and_agencies(cast: Cast) -> None:
    make_station(TOWNSHIP_A)
    office = make_organization(COUNTY_A, registration_level="3", party_branch="2",
                               registered_on=DAY)  # fmt: skip
    make_organization(COUNTY_A, registration_level="1", registered_on=DAY)
    born(serving(TOWNSHIP_A, office=office, political_status="02"), 1990)
    data = form(
        "地区 社工站数 机构数 县级 党组织数 社工机构专职人员数 专职人员中的党员".split(),
        ["南明区"], ["花溪区"],
    )  # fmt: skip
    rows = filled(cast, data, region="5201")
    assert rows[1][1:] == (1, 2, 1, 1, 1, 1)


def test_people_by_system(cast: Cast) -> None:
    office = Organization.objects.create(
        name="南明区司法局", kind="3", region_id=COUNTY_A, system="03"
    )
    serving(TOWNSHIP_A, office=office)
    rows = filled(cast, form(["系统", "人数", "女"], ["司法行政"], ["妇联系统"], ["公安（禁毒）"]))
    # 人数 alone says nothing of what is counted, the system does.
    assert [row[1] for row in rows[1:]] == [1, 0, 0]


def test_a_list_with_sums_below_stays_a_list(cast: Cast) -> None:
    make_person(TOWNSHIP_A, "王芳")
    data = form(["姓名", "性别", "民族"], [None, None, None], ["合计"])
    asked = understand(data, user=cast.clerk_a, region=COUNTY_A, on=ON)
    assert (len(asked.lists), len(asked.grids)) == (1, 0)


def test_what_is_none_of_ours_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="没有认出"):
        understand(
            form(["地区", "粮食产量"], ["南明区"]), user=cast.clerk_a, region=COUNTY_A, on=ON
        )


def test_who_may_see_no_figures_gets_none(cast: Cast) -> None:
    assert meant(["女"], cast.system) is None
    assert meant(["女"], cast.clerk_a) is not None
    assert meant(["合计"], cast.clerk_a) is None
    assert meant([], cast.clerk_a) is None


@pytest.mark.parametrize(
    ("heading", "clauses"),
    [
        ("35岁及以下", (("aged_16",), ("-aged_36",))),
        ("不满35岁", None),
        ("不满35岁以下", (("aged_16",), ("-aged_35",))),
        ("36－45岁", (("aged_36",), ("-aged_46",))),
        ("46至55周岁", (("aged_46",), ("-aged_56",))),
        ("45-36岁", None),
        ("56岁以上", (("aged_56",),)),
        ("99岁以上", None),
        ("10岁以下", None),
        ("女性人数（人）", (("woman",),)),
        ("其中：中共党员", (("party",),)),
        ("星座", None),
    ],
)
def test_what_a_heading_says_of_people(heading: str, clauses: Any, cast: Cast) -> None:
    found = meant([heading], cast.clerk_a)
    base = (("verified",), ("employed",))
    assert (found and found.where) == (clauses and (*base, *clauses))


@pytest.mark.parametrize(
    ("text", "is_silent"),
    [("人", True), ("12", True), ("甲", True), ("其中：", True), ("女", False)],
)
def test_units_and_numbers_of_lines_say_nothing(text: str, is_silent: bool) -> None:
    assert says_nothing(text) is is_silent


def test_every_fact_that_a_word_means_is_counted() -> None:
    """A condition of a word is a fact of what it is about."""
    for what in COUNTABLES:
        for clauses in (what.base, *what.conditions.values()):
            for clause in clauses:
                for fact in clause:
                    assert fact.removeprefix("-") in what.population.facts


# --- Tables that everybody is asked for --------------------------------------------------------
@pytest.mark.parametrize("code", STANDING)
def test_each_standing_form_is_understood_whole(code: str, cast: Cast, staff: None) -> None:
    blank = STANDING[code].blank("5201", ON)
    asked = understand(blank, user=cast.prefecture, region="5201", on=ON)
    (grid,) = asked.grids
    assert grid.unknown == []
    sheet = openpyxl.load_workbook(io.BytesIO(blank)).active
    empty = [
        cell for row in sheet.iter_rows() for cell in row
        if cell.value is None and cell.border.left.style and cell.row > 3
        and cell.coordinate not in sheet.merged_cells
    ]  # fmt: skip
    assert {(cell.row, cell.column) for cell in empty} == set(grid.cells)


def test_a_standing_form_by_the_page(
    cast: Cast, staff: None, client_of: Callable[[Any], Client]
) -> None:
    client = client_of(cast.prefecture)
    page = client.get("/papers/").content.decode()
    assert "年年都要的统计表" in page
    assert "样式待核" in page
    answer = client.post("/papers/standing/staff/", {"on": f"{ON}"})
    assert answer.status_code == 200
    rows = list(
        openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active.iter_rows(values_only=True)
    )
    whole = next(row for row in rows if row[0] == "合计")
    assert whole[1:] == (4, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    assert ReadEvent.objects.filter(kind="export").count() == 1
    assert client.post("/papers/standing/nothing/", {"on": f"{ON}"}).status_code == 404
    assert client.post("/papers/standing/staff/", {"on": "x"}).status_code == 422


# --- What would take the memory of the process ------------------------------------------------
@pytest.mark.parametrize(
    "merged", ["A1:CV1048576", " ".join(f"A{n}:CV{n + 2000}" for n in range(2, 200))]
)
def test_a_sheet_of_millions_of_cells_is_no_table(merged: str, cast: Cast) -> None:
    """A few bytes merge a million rows, or the same rows again and again."""
    data = form(["地区", *[None] * 98, "从业人数"], *[["南明区"] for _ in range(1_500)])
    refs = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged.split())
    told = f"</sheetData><mergeCells>{refs}</mergeCells>"
    data = edited(data, {SHEET: lambda xml: xml.replace("</sheetData>", told)})
    areas = Areas(COUNTY_A, divisions_on(ON))
    assert grid_of(layout(data)[0], areas, cast.clerk_a) is None


def test_many_merged_cells_are_refused_in_words(cast: Cast) -> None:
    refs = '<mergeCell ref="A1:B1"/>' * 20_001
    told = f"</sheetData><mergeCells>{refs}</mergeCells>"
    data = edited(form(["地区"]), {SHEET: lambda xml: xml.replace("</sheetData>", told)})
    with pytest.raises(Refused, match="合并的单元格超过 20,000 处"):
        layout(data)
