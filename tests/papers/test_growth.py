"""Growth in statistical forms: a year before, what was added, at which rate; money by source."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest

from core.models import Filling, Region
from core.papers.actions import changes_since, fill_kept, keep_form
from core.papers.growth import Asked, Since, Versus, distinct, growth_of
from core.papers.making import FIGURES, Made, fill_form
from core.papers.standing import STANDING
from core.regions.tree import forget_divisions
from projects.models import Funding, Project
from talent.models import Certificate, PersonState
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.imports.ledgers import workbook
from tests.papers.test_grids import serving
from tests.rows import DAY, make_project

pytestmark = pytest.mark.django_db
ON = datetime.date(2025, 12, 31)
BEFORE, BEFORE_SAME, BEFORE_END = (
    Versus(Asked.BEFORE, since) for since in (Since.YEAR, Since.SAME, Since.END)
)


@pytest.mark.parametrize(
    ("heading", "rest", "versus"),
    [
        ("上年同期", "", BEFORE_SAME),
        ("去年数", "", BEFORE),
        ("上一年", "", BEFORE),
        ("上年投入", "投入", BEFORE),
        ("上年末", "", BEFORE_END),
        ("上年末持证人数", "持证人数", BEFORE_END),
        ("持证人数上年同期", "持证人数", BEFORE_SAME),
        ("同比", "", Versus(Asked.RATE, Since.SAME)),
        ("同比增长", "", Versus(Asked.RATE, Since.SAME)),
        ("同比增减（%）", "", Versus(Asked.RATE, Since.SAME)),
        ("增长率", "", Versus(Asked.RATE)),
        ("年增长率", "", Versus(Asked.RATE)),
        ("比上年增长（％）", "", Versus(Asked.RATE, Since.YEAR)),
        ("较上年增长量", "", Versus(Asked.ADDED, Since.YEAR)),
        ("比上年增减", "", Versus(Asked.ADDED, Since.YEAR)),
        ("比上年末增减", "", Versus(Asked.ADDED, Since.END)),
        ("比上年同期增长（人）", "", Versus(Asked.ADDED, Since.SAME)),
        ("从业人数较去年增加数", "从业人数", Versus(Asked.ADDED, Since.YEAR)),
        ("增长率排名", "增长率排名", None),
        ("本年增加", "本年增加", None),
        ("年末从业人数", "年末从业人数", None),
    ],
)
def test_what_a_heading_asks_for(heading: str, rest: str, versus: Versus | None) -> None:
    assert growth_of(heading) == (rest, versus)


def test_a_bare_heading_asks_for_what_the_one_around_it_says() -> None:
    rate = Versus(Asked.RATE, Since.YEAR)
    assert distinct([rate, Versus(Asked.RATE)]) == {rate}
    assert distinct([BEFORE, Versus(Asked.RATE)]) == {BEFORE, Versus(Asked.RATE)}


def filled(cast: Cast, *rows: list[Any], on: datetime.date = ON) -> tuple[list[Any], Made]:
    made = fill_form(
        user=cast.prefecture, name="表.xlsx", data=workbook(list(rows)), region="5201", on=on
    )
    book = openpyxl.load_workbook(io.BytesIO(made.data))
    return list(book.active.iter_rows(values_only=True)), made


def certified(region: str, day: str) -> None:
    person = serving(region)
    PersonState.objects.filter(person=person).update(valid_from=DAY)
    Certificate.objects.create(person=person, level="1", approved_on=day, verification="2")


@pytest.fixture
def two_years(cast: Cast) -> None:
    """南明区: two with a certificate by the end of 2024, three a year later; 花溪区: none, one."""
    for day in ("2020-09-01", "2024-09-01", "2025-09-01"):
        certified(TOWNSHIP_A, day)
    certified(COUNTY_B, "2025-09-01")


def test_beside_the_figure_that_they_are_of(cast: Cast, two_years: None) -> None:
    head = ["地区", "持证人数", "上年同期", "比上年增减", "增长率", "同比增长（%）", "排名"]
    rows, made = filled(cast, head, ["南明区"], ["花溪区"])
    assert rows[1][1:] == (3, 2, 1, "50.0%", 50, None)
    # Nothing to reckon a rate from.
    assert rows[2][1:] == (1, 0, 1, None, None, None)
    assert [one["cell"] for one in made.report["baseless"]] == ["E3", "F3"]
    assert [one["heading"] for one in made.report["unknown"]] == ["排名"]


def test_one_line_of_an_area_is_of_figures(cast: Cast, two_years: None) -> None:
    """Stations have a place and how many with a certificate they tell of, too."""
    rows, made = filled(cast, ["地区", "持证人数", "增长率"], ["南明区"])
    assert rows[1:] == [("南明区", 3, "50.0%")]
    assert [table["list"] for table in made.report["tables"]] == [FIGURES]
    # What has a column of names is a list.
    _, made = filled(cast, ["地区", "站点名称", "持证人数", "增长率"], ["南明区"])
    assert [table["list"] for table in made.report["tables"]] != [FIGURES]


def test_down_the_lines(cast: Cast, two_years: None) -> None:
    rows, _ = filled(cast, ["指标", "南明区", "花溪区"], ["持证人数"], ["上年末"], ["较上年增长量"])
    assert [row[1:] for row in rows[1:]] == [(3, 1), (2, 0), (1, 1)]


def test_under_a_heading_of_their_own(cast: Cast, two_years: None) -> None:
    file, book = io.BytesIO(), openpyxl.Workbook()
    for row in (["地区", "从业人数", None, "持证人数", None, None],
                [None, "今年", "女", "本年", "去年", "增幅"], ["南明区"]):  # fmt: skip
        book.active.append(row)
    for area in ("A1:A2", "B1:C1", "D1:F1"):
        book.active.merge_cells(area)
    book.active["F3"].number_format = "0.0%"
    book.save(file)
    made = fill_form(
        user=cast.prefecture, name="表.xlsx", data=file.getvalue(), region="5201", on=ON
    )
    cells = openpyxl.load_workbook(io.BytesIO(made.data)).active[3]
    assert [cell.value for cell in cells[1:]] == [3, 0, 3, 2, 0.5]


def test_what_had_no_base_is_named_by_its_form(cast: Cast, two_years: None, client_of: Any) -> None:
    data = workbook([["地区", "持证人数", "增长率"], ["南明区"], ["花溪区"]])
    form = keep_form(user=cast.prefecture, name="表.xlsx", data=data, asker="", document="")
    fill_kept(form=form, by=cast.prefecture, region="5201", on=ON)
    page = client_of(cast.prefecture).get(f"/papers/{form.pk}/").text
    assert "没有上年的数可比，留空" in page
    assert "C3 花溪区 增长率" in page
    (filling,) = Filling.objects.all()
    assert changes_since(filling) == []


def test_a_rate_that_changed_is_told_as_the_form_says_it(cast: Cast, two_years: None) -> None:
    data = workbook([["地区", "持证人数", "增长率", "同比（%）"], ["南明区"]])
    form = keep_form(user=cast.prefecture, name="表.xlsx", data=data, asker="", document="")
    fill_kept(form=form, by=cast.prefecture, region="5201", on=ON)
    Filling.objects.update(made_at="2026-01-01T00:00:00Z")
    certified(TOWNSHIP_A, "2025-10-01")
    fill_kept(form=form, by=cast.prefecture, region="5201", on=ON)
    changed = changes_since(Filling.objects.latest("made_at"))
    assert [(one["was"], one["value"]) for one in changed] == [
        (3, 4), ("50.0%", "100.0%"), (50, 100)
    ]  # fmt: skip


# --- Regions with another code -------------------------------------------------------------------
@pytest.fixture
def renumbered(cast: Cast) -> Iterator[None]:
    """甲县 (one with a certificate by the end of 2024) and 乙县 (one) became 新城县 in 2025, where
    one more has one since; 另城县 came from nowhere."""
    fields: dict[str, Any] = {"level": 3, "parent_id": "5201"}
    new = Region.objects.create(code="520199", name="新城县", valid_from="2025-07-01", **fields)
    Region.objects.create(code="520196", name="另城县", valid_from="2025-07-01", **fields)
    for code, name in (("520198", "甲县"), ("520197", "乙县")):
        Region.objects.create(code=code, name=name, valid_to="2025-07-01", successor=new, **fields)
    forget_divisions()
    for code in ("520198", "520197"):
        certified(code, "2020-09-01")
    certified("520199", "2025-09-01")
    yield
    forget_divisions()


def test_beside_the_regions_that_it_came_from(cast: Cast, renumbered: None) -> None:
    head = ["地区", "持证人数", "上年同期", "增长率"]
    rows, made = filled(cast, head, ["新城县"], ["另城县"])
    assert rows[1][1:] == (3, 2, "50.0%")
    assert rows[2][1:] == (0, None, None)
    assert [one["cell"] for one in made.report["baseless"]] == ["C3", "D3"]


# --- Money ---------------------------------------------------------------------------------------
def funded(region: str, day: str, fund: str, amount: int, **fields: Any) -> Project:
    project = make_project(region)
    given = {"started_on": day, "ends_on": "2026-12-31", "fund": fund, "budget": amount,
             "contract_amount": amount, **fields}  # fmt: skip
    Project.objects.filter(pk=project.pk).update(**given)
    return project


@pytest.fixture
def money(cast: Cast) -> None:
    """南明区: 30万 fiscal and 12.34万 of lotteries in 2025, 20万 fiscal in 2024."""
    funded(TOWNSHIP_A, "2024-03-01", "4", 200_000)
    both = funded(TOWNSHIP_A, "2025-03-01", "4", 423_400)
    Funding.objects.create(project=both, fund="4", amount=300_000)
    Funding.objects.create(project=both, fund="D", amount=123_400)
    # What is wanted but not contracted is not spent, nor what begins later.
    funded(TOWNSHIP_A, "2025-03-01", "4", 900_000, stage="20")
    funded(TOWNSHIP_A, "2026-01-01", "4", 900_000)


def test_table_8(cast: Cast, money: None) -> None:
    blank = STANDING["table8"].blank("5201", ON)
    made = fill_form(user=cast.prefecture, name="表8.xlsx", data=blank, region="5201", on=ON)
    rows = list(openpyxl.load_workbook(io.BytesIO(made.data)).active.iter_rows(values_only=True))
    row = next(row for row in rows if row[0] == "南明区")
    assert row[1:] == (42.3, 22.3, 30, 10, 12.3, None, None, None)
    # Without any project it is not known to be nothing.
    assert set(next(row for row in rows if row[0] == "花溪区")[1:]) == {None}
    says = {one["says"] for one in made.report["baseless"] if "南明区" in one["says"]}
    assert says == {
        "南明区 福彩公益金 较上年增长量（万元）", "南明区 其他资金 较上年增长量（万元）"
    }  # fmt: skip


def test_within_the_year_only_the_same_period_is_a_part_of_the_last(
    cast: Cast, money: None
) -> None:
    """On 1 March 2025; of 2024 there are 20万 by then and 10万 later."""
    funded(TOWNSHIP_A, "2024-09-01", "4", 100_000)
    head = ["地区", "资金投入（元）", "上年", "上年投入（元）", "上年同期", "较上年增长量",
            "比上年同期增长额", "比上年增长率"]  # fmt: skip
    rows, _ = filled(cast, head, ["南明区"], on=datetime.date(2025, 3, 1))
    assert rows[1][1:] == (423_400, 300_000, 300_000, 200_000, 123_400, 223_400, "41.1%")


@pytest.mark.parametrize(
    ("amounts", "whole", "fiscal", "lottery"),
    [
        ({"4": None, "D": None}, 100_000, None, None),
        # None of them is what the project itself names.
        ({"A": None, "D": None}, 100_000, None, None),
        ({"4": 60_000, "D": None}, 100_000, 60_000, None),
        ({"4": 60_000, "D": 10_000}, 100_000, 60_000, 10_000),
        # Of a budget that the contract did not use up.
        ({"4": 60_000, "D": 50_000}, 110_000, 60_000, 50_000),
        ({"D": 0}, 100_000, None, 0),
    ],
)
def test_what_sources_do_not_share_out_is_of_none(
    amounts: dict[str, int | None], whole: int, fiscal: Any, lottery: Any, cast: Cast
) -> None:
    project = funded(COUNTY_A, "2025-03-01", "4", 100_000)
    for fund, amount in amounts.items():
        Funding.objects.create(project=project, fund=fund, amount=amount)
    rows, _ = filled(cast, ["单位：元"], ["地区", "资金投入", "财政资金", "福彩资金"], ["南明区"])
    assert rows[2][1:] == (whole, fiscal, lottery)


def test_a_lone_source_without_an_amount_is_the_whole(cast: Cast) -> None:
    project = funded(COUNTY_A, "2025-03-01", "4", 100_000)
    Funding.objects.create(project=project, fund="D")
    rows, _ = filled(cast, ["指标", "计量单位", "南明区"], ["资金投入", "万元"],
                     ["其中：福彩资金", "万元"], ["财政资金", "万元"])  # fmt: skip
    assert [row[2] for row in rows[1:]] == [10, 10, None]


def test_other_is_of_money_only_where_money_is_named(cast: Cast, money: None) -> None:
    rows, made = filled(cast, ["地区", "从业人数", "女", "其他"], ["南明区"])
    assert rows[1][3] is None
    assert [one["heading"] for one in made.report["unknown"]] == ["其他"]
