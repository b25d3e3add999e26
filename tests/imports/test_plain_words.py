"""What clerks write in plain words in a cell: sums that are partly unknown or not exact, words for
having none, the long name of a body, a state beside a name."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from core.ledgers import showing
from projects.models import Funding, Project
from stations.models import Organization, Station
from talent.models import Post
from tests.conftest import COUNTY_A, Cast
from tests.imports.ledgers import (
    PEOPLE,
    answer,
    apply,
    check,
    outcomes,
    person,
    take,
    words,
    workbook,
)

pytestmark = pytest.mark.django_db


def test_of_sources_one_is_asked_about_none_has_the_whole(cast: Cast) -> None:
    head = ["项目名称", "采购人", "合同金额（万元）", "开始日期", "结束日期", "资金来源"]
    row = ["某项目", "南明区民政局", 20, "2024-01-01", "2024-12-31", "区里出15万，福彩5万"]
    batch = check(cast.prefecture, "projects", workbook([head, row]))
    (asked,) = batch.open_questions
    assert asked["word"] == "区里出"
    apply(batch)
    assert not Funding.objects.exists()
    assert Project.objects.get().fund == "9"
    again = check(cast.prefecture, "projects", workbook([head, row]))
    apply(answer(again, by=cast.prefecture, **{"word:fund:区里出": "4"}))
    found = Funding.objects.values_list("fund", "amount")
    assert set(found) == {("4", Decimal("150000.00")), ("5", Decimal("50000.00"))}


def test_the_only_source_that_is_named_has_what_it_says(cast: Cast) -> None:
    head = ["项目名称", "采购人", "合同金额（万元）", "开始日期", "结束日期", "资金来源"]
    rows = [
        ["甲", "南明区民政局", 20, "2024-01-01", "2024-12-31", "福彩5万"],
        ["乙", "南明区民政局", 20, "2024-01-01", "2024-12-31", "福彩20万"],
    ]
    take(cast.prefecture, "projects", workbook([head, *rows]))
    assert [(f.project.name, f.amount) for f in Funding.objects.all()] == [("甲", Decimal(50_000))]


def test_what_is_not_exact_and_what_is_taken_over_is_said(cast: Cast) -> None:
    head = ["项目名称", "采购人", "合同金额", "开始日期", "结束日期"]
    row = ["某项目", "南明区民政局", "约20万", "2024-01-01", "2024-12-31"]
    batch = check(cast.prefecture, "projects", workbook([head, row]))
    assert "「约20万」，按 200000 登记，请核对" in words(batch, 2)
    assert "没有写预算金额，按合同金额登记" in words(batch, 2)


def test_a_word_for_having_none_is_no_body(cast: Cast) -> None:
    head = ["项目名称", "采购人", "承接方", "合同金额", "开始日期", "结束日期"]
    days = ["2024-01-01", "2024-12-31"]
    rows = [["甲", "南明区民政局", "自管", 90_000, *days], ["乙", "同上二期", "", 90_000, *days]]
    batch = check(cast.prefecture, "projects", workbook([head, *rows]))
    assert outcomes(batch) == {"new": 1, "held": 1}
    asked = {q["column"]: (q["waits"], q["example"]) for q in showing.questions(batch)}
    assert asked == {
        "承接方": (False, "承接方「自管」不像单位的名称。"),
        "购买方": (True, "购买方「同上二期」不像单位的名称。"),
    }
    assert {place["name"] for place in batch.places} == {"南明区民政局"}
    both = {"point:no_body:承接方": "name", "point:no_body:购买方": "name"}
    batch = answer(batch, by=cast.prefecture, **both)
    assert outcomes(batch) == {"new": 2}
    assert {place["name"] for place in batch.places} == {"南明区民政局", "自管", "同上二期"}


def test_a_body_is_the_same_with_its_prefecture_before_it(cast: Cast) -> None:
    units = ("贵阳市南明区民政局", "南明区民政局", "贵州省贵阳市南明区民政局")
    rows = [person(工作单位=unit) for unit in units]
    batch = check(cast.clerk_a, "people", workbook([PEOPLE, *rows]))
    assert [place["name"] for place in batch.places] == ["贵阳市南明区民政局"]
    apply(batch)
    again = check(cast.clerk_a, "people", workbook([PEOPLE, person(工作单位="南明区民政局")]))
    assert again.places == []


def test_of_a_county_no_station_is_guessed(cast: Cast) -> None:
    row = person(工作单位="", **{"乡镇（街道）": ""}, 入职日期="2024-01-01")
    batch = check(cast.clerk_a, "people", workbook([PEOPLE, row]))
    assert batch.places == []
    assert "也没有写乡镇（街道），任职没有登记" in words(batch, 2)
    assert "1 人没有任职，不计入从业人员。" in batch.reading["uncounted"]


def test_a_name_that_says_preparation_is_no_other_station(cast: Cast) -> None:
    head = ["站点名称", "站点类型", "乡镇（街道）"]
    row = ["新华路街道社工站（筹）", "乡镇（街道）社工站", "新华路街道"]
    take(cast.clerk_a, "stations", workbook([head, row]))
    station = Station.objects.get()
    assert (station.name, station.status) == ("新华路街道社工站", "1")


@pytest.mark.parametrize("remark", ["去了花溪，2026.4走的", "2025年底走了", "已调走"])
def test_a_remark_in_plain_words_that_it_is_over(remark: str, cast: Cast) -> None:
    head, row = [*PEOPLE[:-1], "情况说明"], [*person()[:-1], remark]
    batch = check(cast.clerk_a, "people", workbook([head, row]))
    assert outcomes(batch) == {"held": 1}


@pytest.mark.parametrize(
    "remark",
    [
        "工资走的镇财政",
        "走的是公益性岗位",
        "招聘走了绿色通道",
        "从党政办调走后到社工站",
        "还没走的",
        "没离职",
    ],
)
def test_a_remark_that_only_sounds_so(remark: str, cast: Cast) -> None:
    head, row = [*PEOPLE[:-1], "情况说明"], [*person()[:-1], remark]
    assert outcomes(check(cast.clerk_a, "people", workbook([head, row]))) == {"new": 1}


def test_without_its_purchaser_a_project_is_refused(cast: Cast) -> None:
    head = ["项目名称", "采购人", "合同金额", "开始日期", "结束日期"]
    days = ["2024-01-01", "2024-12-31"]
    rows = [["甲", "南明区民政局", 90_000, *days], ["乙", "同上二期", 90_000, *days]]
    batch = check(cast.prefecture, "projects", workbook([head, *rows]))
    batch = answer(batch, by=cast.prefecture, **{"point:no_body:购买方": "none"})
    assert outcomes(batch) == {"new": 1, "refused": 1}
    assert "不是单位的名称，请改正" in words(batch, 3)
    apply(batch)
    assert Project.objects.get().name == "甲"


def test_both_spellings_may_be_registered(cast: Cast) -> None:
    long, short = "贵阳市南明区民政局", "南明区民政局"
    for name in (long, short):
        Organization.objects.create(name=name, region_id=COUNTY_A, kind="1")
    units = (long, short, f"贵州省{long}")
    rows = [person(工作单位=unit) for unit in units]
    batch = check(cast.clerk_a, "people", workbook([PEOPLE, *rows]))
    assert batch.places == []
    apply(batch)
    employers = Counter(post.organization.name for post in Post.objects.all())
    assert employers == {long: 1, short: 2}


def test_a_word_for_having_none_takes_nothing_away(cast: Cast) -> None:
    """Neither before it is answered nor then: it reads as an empty cell."""
    head = ["项目名称", "采购人", "承接方", "合同金额", "开始日期", "结束日期"]
    row = ["甲", "南明区民政局", "某服务中心", 90_000, "2024-01-01", "2024-12-31"]
    take(cast.prefecture, "projects", workbook([head, row]))
    row[2] = "自管"
    batch = check(cast.prefecture, "projects", workbook([head, row]))
    assert outcomes(batch) == {"unchanged": 1}
    batch = answer(batch, by=cast.prefecture, **{"point:no_body:承接方": "none"})
    assert outcomes(batch) == {"unchanged": 1}


def test_the_body_above_an_organisation_is_one(cast: Cast) -> None:
    head = ["机构名称", "机构类型", "主管单位", "地区"]
    row = ["同心社会工作服务中心", "社工机构", "自管", "南明区"]
    batch = check(cast.clerk_a, "organizations", workbook([head, row]))
    assert [question["point"] for question in batch.open_questions] == ["no_body:主管单位"]
    assert batch.places == []
