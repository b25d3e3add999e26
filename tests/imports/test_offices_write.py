"""Ledgers as offices really write them (tests/samples/real and odd): what each must come to.

Every fault that a file stands for is held besides by another ledger of the same kind, made here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from core.dates import today
from core.ledgers import actions, checking
from core.models import ImportBatch, ImportRow
from projects.models import Project
from stations.models import Station
from talent.models import Certificate, GraduateStat, Person, Post, Title
from tests.conftest import Cast
from tests.imports.ledgers import (
    PEOPLE,
    SAMPLES,
    answer,
    apply,
    check,
    fresh,
    outcomes,
    person,
    row_of,
    take,
    words,
    workbook,
)
from tests.rows import id_number, make_station

pytestmark = pytest.mark.django_db


class Sample(NamedTuple):
    """A file of tests/samples: who brings it in as what, and what it comes to."""

    file: str
    user: str
    kind: str
    outcomes: dict[str, int]
    asked: tuple[str, ...] = ()


TABLE = (
    Sample("real/01", "clerk_a", "people", {"new": 30}, ("大专以下", "初级")),
    Sample("real/03", "clerk_a", "people", {"new": 30}, ("公开招考", "应届毕业生", "选举")),
    Sample("real/05", "clerk_a", "people", {"new": 20}, ("初级",)),
    Sample("real/07", "province", "stations", {"new": 12}),
    Sample("real/09", "prefecture", "projects", {"new": 12}),
    Sample("real/12", "province", "graduates", {"new": 8}),
    Sample("real/15", "clerk_a", "people", {"new": 18, "held": 6}),
    Sample("odd/02", "clerk_a", "people", {"new": 2, "held": 1}),
    Sample("odd/03_", "prefecture", "projects", {"held": 3}, ("merged", "merged")),
    Sample("odd/03b", "province", "graduates", {"held": 2}, ("merged", "merged")),
    Sample("odd/04_", "prefecture", "projects", {"new": 2}),
    Sample("odd/04c", "prefecture", "projects", {"new": 1}),
    Sample("odd/06", "province", "graduates", {"new": 2}),
    Sample("odd/18c", "clerk_a", "stations", {"held": 1}, ("place",)),
    Sample("odd/05", "clerk_a", "people", {"new": 3, "held": 2}),
    Sample("odd/07", "clerk_a", "people", {"new": 8}),
    Sample("odd/13", "clerk_a", "people", {"new": 2, "duplicate": 1}),
    Sample("odd/14_", "clerk_a", "people", {"new": 2}),
    Sample("odd/16", "clerk_a", "people", {"new": 11}),
    Sample("odd/19", "clerk_a", "people", {"new": 6}, ("有",)),
    Sample("odd/20", "clerk_a", "people", {"new": 12}, ("no_employer",)),
)


def read(sample: Sample, cast: Cast) -> ImportBatch:
    (path,) = SAMPLES.glob(f"{sample.file}*")
    return check(getattr(cast, sample.user), sample.kind, path.read_bytes(), name=path.name)


def of(file: str) -> Sample:
    return next(sample for sample in TABLE if sample.file.startswith(file))


@pytest.mark.parametrize("sample", TABLE, ids=[sample.file for sample in TABLE])
def test_each_comes_to_what_it_must(sample: Sample, cast: Cast) -> None:
    batch = read(sample, cast)
    assert outcomes(batch) == sample.outcomes
    asked = [q.get("word") or q["point"].partition(":")[0] for q in batch.open_questions]
    assert tuple(sorted(asked)) == tuple(sorted(sample.asked))


# --- Certificates: several, without a day, of a level that is not said ----------------------
def test_certificates_without_a_day_are_kept_and_count_on_none(cast: Cast) -> None:
    """real/01: 21 certificates, four rows hold two; 4 with a year only, 17 without a date."""
    apply(read(of("real/01"), cast))
    held = Certificate.objects.all()
    assert held.count() == 21
    assert held.filter(approved_on=None).count() == 17
    assert held.filter(approved_precision="Y", approved_on="2022-01-01").count() == 4
    twice = [p for p in Person.objects.all() if p.certificates.count() == 2]
    assert len(twice) == 4
    assert {c.level for p in twice for c in p.certificates.all()} == {"1", "2"}
    assert Post.objects.filter(started_on="2024-07-01").exists()
    # A count of any day is the same as if they were not there.
    assert not Certificate.objects.counting_on(today()).filter(approved_on=None).exists()


def test_rows_of_one_person_are_one_person_with_all_certificates(cast: Cast) -> None:
    """odd/13: a merged name over two rows."""
    batch = apply(read(of("odd/13"), cast))
    assert "第 2 行是同一人" in words(batch, 3)
    levels = {p.name: sorted(c.level for c in p.certificates.all()) for p in Person.objects.all()}
    assert levels == {"双一证": ["1", "2"], "双二证": ["2"]}
    again = read(of("odd/13"), cast)
    assert outcomes(again) == {"unchanged": 2, "duplicate": 1}


def test_a_second_certificate_of_somebody_known_is_added(cast: Cast) -> None:
    number = id_number()
    one = {"证书级别": "助理社会工作师", "管理号": "20190600520100", "批准日期": "2019-06-16"}
    two = {"证书级别": "社会工作师", "管理号": "20220900520100", "批准日期": "2022-09-10"}
    take(cast.clerk_a, "people", workbook([PEOPLE, person("双一", number, **one)]))
    rows = [person("双一", number, **said) for said in (one, two)]
    batch = take(cast.clerk_a, "people", workbook([PEOPLE, *rows]))
    assert outcomes(batch) == {"changed": 1, "duplicate": 1}
    assert row_of(batch, 2).diff == [["证书", "助理社会工作师", "助理社会工作师、社会工作师"]]
    assert Certificate.objects.count() == 2


def test_rows_of_one_person_that_say_different_things_are_asked(cast: Cast) -> None:
    number = id_number()
    rows = [person("双一", number), person("双一", number, 岗位="督导")]
    batch = check(cast.clerk_a, "people", workbook([PEOPLE, *rows]))
    assert outcomes(batch) == {"new": 1, "held": 1}


@pytest.mark.parametrize(
    ("cell", "levels"),
    [
        ("助理社会工作师、社会工作师", ["1", "2"]),
        ("社会工作师/高级社会工作师", ["2", "3"]),
        ("已取得助理社会工作师（2022年）", ["1"]),
        ("已获得社会工作师（2021.10）", ["2"]),
        ("持有社会工作师证", ["2"]),
        ("×", []),
        (0, []),
        ("备考中", []),
    ],
)
def test_what_a_cell_says_of_certificates(cell: Any, levels: list[str], cast: Cast) -> None:
    row = person("张三", 证书级别=cell, 批准日期="")
    batch = take(cast.clerk_a, "people", workbook([PEOPLE, row]))
    assert outcomes(batch) == {"new": 1}
    assert sorted(c.level for c in Certificate.objects.all()) == levels
    assert batch.open_questions == []


def test_days_of_several_certificates_belong_to_them_in_order(cast: Cast) -> None:
    said = {"证书级别": "助理社会工作师、社会工作师", "批准日期": "2019.6、2022.9"}
    take(cast.clerk_a, "people", workbook([PEOPLE, person("张三", **said)]))
    days = {c.level: f"{c.approved_on}" for c in Certificate.objects.all()}
    assert days == {"1": "2019-06-01", "2": "2022-09-01"}


def test_one_day_of_two_certificates_is_that_of_the_higher(cast: Cast) -> None:
    said = {"证书级别": "社会工作师、助理社会工作师", "批准日期": "2022.9"}
    batch = take(cast.clerk_a, "people", workbook([PEOPLE, person("张三", **said)]))
    assert "批准日期只有一个，记在社会工作师名下" in words(batch, 2)
    days = {c.level: c.approved_on and f"{c.approved_on}" for c in Certificate.objects.all()}
    assert days == {"1": None, "2": "2022-09-01"}


def test_that_there_is_one_is_no_level(cast: Cast) -> None:
    """odd/19: 1, 有, √ and 是 are asked once, for all of them; 0 and × are none."""
    batch = read(of("odd/19"), cast)
    (question,) = batch.open_questions
    assert (question["word"], question["rows"]) == ("有", 4)
    applied = apply(answer(batch, by=cast.clerk_a, **{question["id"]: "1"}))
    assert outcomes(applied) == {"new": 6}
    assert sorted(c.person.name for c in Certificate.objects.filter(level="1")) == [
        "证一有", "证三有", "证五是", "证四有",
    ]  # fmt: skip


# --- Words that are no employer, and words that say that it is over -------------------------
def test_words_for_no_employer_make_no_post_and_no_organisation(cast: Cast) -> None:
    """odd/20"""
    batch = read(of("odd/20"), cast)
    assert batch.open_questions[0]["rows"] == 12
    assert batch.places == []
    apply(batch)
    assert not Post.objects.exists()
    assert {p.name: p.status for p in Person.objects.exclude(status="20")} == {"业戊无": "40"}


def test_unless_that_is_the_name(cast: Cast) -> None:
    row = person("张三", 工作单位="在家")
    batch = check(cast.clerk_a, "people", workbook([PEOPLE, row]))
    apply(answer(batch, by=cast.clerk_a, **{"point:no_employer": "name"}))
    assert Post.objects.get().employer_name == "在家"


def test_who_has_left_by_the_rows_own_words_is_held(cast: Cast) -> None:
    """odd/05: who died or retired; of who left the day is told (test_leaving)."""
    batch = read(of("odd/05"), cast)
    assert row_of(batch, 2).outcome == "new"
    assert all("先不录入" in words(batch, number) for number in (4, 5))


@pytest.mark.parametrize(
    ("remark", "outcome"),
    [
        ("2024年12月离职", "new"),
        ("2024年离职", "held"),
        ("已于去年退休", "held"),
        ("2024年6月去世", "held"),
        ("退役军人", "new"),
        ("退休返聘", "new"),
        ("未离职", "new"),
        ("兼任儿童督导员", "new"),
    ],
)
def test_what_a_remark_says(remark: str, outcome: str, cast: Cast) -> None:
    batch = check(cast.clerk_a, "people", workbook([PEOPLE, person("张三", 备注=remark)]))
    assert outcomes(batch) == {outcome: 1}


@pytest.mark.parametrize("heading", ["状态", "人员状态"])
@pytest.mark.parametrize(
    ("status", "remark", "outcome"),
    [
        ("在职", "", "new"),
        ("离职", "", "held"),
        ("已离职", "", "held"),
        ("退休", "", "held"),
        ("死亡", "", "held"),
        ("不在了", "", "held"),
        # The remark is read all the same.
        ("在岗", "已于去年退休", "held"),
    ],
)
def test_what_a_column_says_of_being_there(
    heading: str, status: str, remark: str, outcome: str, cast: Cast
) -> None:
    row = [*person("张三", 备注=remark), status]
    batch = check(cast.clerk_a, "people", workbook([[*PEOPLE, heading], row]))
    assert outcomes(batch) == {outcome: 1}
    assert "认不出" not in words(batch, 2)


def test_that_nobody_can_tell_whether_somebody_is_there_is_said(cast: Cast) -> None:
    row = [*person("张三"), "借调"]
    batch = check(cast.clerk_a, "people", workbook([[*PEOPLE, "状态"], row]))
    assert "状态写的是「借调」，认不出是否还在岗" in words(batch, 2)


def test_a_held_row_is_taken_in_once_somebody_says_so(cast: Cast) -> None:
    batch = check(cast.clerk_a, "people", workbook([PEOPLE, person("张三", 备注="已离职")]))
    row = row_of(batch, 2)
    actions.decide(row=row, by=cast.clerk_a, question="left", decision="ledger")
    assert outcomes(fresh(batch)) == {"new": 1}
    actions.decide(row=row, by=cast.clerk_a, question="left", decision="")
    assert outcomes(fresh(batch)) == {"held": 1}
    actions.decide_all(batch=batch, by=cast.clerk_a, question="left", decision="ledger")
    apply(batch)
    assert Person.objects.get().status == "10"


# --- What else a row says of a person --------------------------------------------------------
def test_a_title_is_no_post(cast: Cast) -> None:
    """real/03: 职务 is what somebody is called there."""
    apply(read(of("real/03"), cast))
    assert Post.objects.count() == 30
    assert Post.objects.filter(title="居委会副主任").count() > 3
    assert set(Post.objects.values_list("kind", flat=True)) == {"3"}
    assert Person.objects.filter(sources__contains=["06"]).exists()


def test_whom_the_56_do_not_name_keeps_the_word(cast: Cast) -> None:
    """odd/07"""
    apply(read(of("odd/07"), cast))
    found = dict(Person.objects.values_list("name", "ethnicity_word"))
    assert Person.objects.filter(ethnicity="97").count() == 7
    assert Person.objects.get(name="龙八苗").ethnicity == "06"
    assert (found["龙一青"], found["龙三僅"], found["龙五他"]) == ("穿青人", "亻革家人", "")
    assert found["龙七其"] == "穿青人"


def test_the_phone_of_somebody_else_is_not_taken(cast: Cast) -> None:
    """odd/14: the only one is that of the emergency contact."""
    apply(read(of("odd/14_"), cast))
    assert [p.phone for p in Person.objects.all()] == ["", ""]


def test_of_several_phones_the_first(cast: Cast) -> None:
    """odd/16"""
    batch = apply(read(of("odd/16"), cast))
    phones = {p.name: p.phone for p in Person.objects.all()}
    assert phones["电一话"] == "13800002101"
    assert phones["电三话"] == "13800002103"
    assert phones["电五话"] == "13800002105"
    assert phones["电七话"] == "0851-85991234"
    assert phones["电八话"] == ""
    assert phones["电土话"] == "13800002111"
    assert "登记第一个" in words(batch, 2)
    assert "这一格没有录入" in words(batch, 9)


def test_places_titles_and_sources_of_a_person(cast: Cast) -> None:
    head = [*PEOPLE, "籍贯", "户籍所在地", "专业技术职务", "人员来源"]
    more = ["湖南邵阳", "遵义市播州区", "助理工程师", "退役士兵、儿童主任"]
    take(cast.clerk_a, "people", workbook([head, [*person("张三"), *more]]))
    one = Person.objects.get()
    assert (one.native_place, one.household_place) == ("430500", "520304")
    assert one.sources == ["06", "05"]
    title = Title.objects.get()
    assert (title.level, title.series) == ("4", "助理工程师")


def test_a_day_of_entry_before_the_sixteenth_birthday_costs_only_itself(cast: Cast) -> None:
    row = person("张三", id_number(birth="20000101"), 入职日期="2010-01-01")
    batch = take(cast.clerk_a, "people", workbook([PEOPLE, row]))
    assert outcomes(batch) == {"new": 1}
    assert Post.objects.get().started_on == today()
    assert "未满 16 周岁" in words(batch, 2)


def test_a_place_elsewhere_is_asked_and_the_person_not_lost(cast: Cast) -> None:
    row = person("张三", **{"乡镇（街道）": "青岩镇"})
    batch = check(cast.clerk_a, "people", workbook([PEOPLE, row]))
    assert outcomes(batch) == {"held": 1}
    actions.decide(row=row_of(batch, 2), by=cast.clerk_a, question="place", decision="ledger")
    apply(batch)
    assert Person.objects.get().residence_id == "520102"


def test_a_place_that_nobody_knows_is_left_out(cast: Cast) -> None:
    row = person("张三", **{"乡镇（街道）": "无此街道"})
    batch = take(cast.clerk_a, "people", workbook([PEOPLE, row]))
    assert outcomes(batch) == {"new": 1}
    assert "先登记在南明区" in words(batch, 2)
    assert Person.objects.get().residence_id == "520102"


def test_of_a_row_that_was_answered_nothing_is_lost(cast: Cast) -> None:
    batch = read(of("real/01"), cast)
    asked = {q["id"]: q["proposed"] or "-" for q in batch.open_questions}
    answered = answer(batch, by=cast.clerk_a, **{k: v for k, v in asked.items() if v != "-"})
    apply(answered)
    assert Certificate.objects.count() == 25
    assert ImportRow.objects.filter(batch=batch).count() == 30


# --- A cell is what a person sees -------------------------------------------------------------
def test_what_is_struck_out_is_not_there(cast: Cast) -> None:
    """odd/02: the struck row is held, of the other one the unstruck part is read."""
    batch = apply(read(of("odd/02"), cast))
    assert "已划去" in words(batch, 3)
    posts = {p.name: p.posts.get() for p in Person.objects.all()}
    assert posts["柯三改"].employer_name == "南明区新单位服务中心"
    assert Person.objects.get(name="柯三改").phone == "13800002002"


@pytest.mark.parametrize("file", ["odd/04_", "odd/04c"])
def test_the_unit_is_read_where_a_person_sees_it(file: str, cast: Cast) -> None:
    """In the number format, in the note below."""
    apply(read(of(file), cast))
    found = Project.objects.values_list("contract_amount", flat=True)
    assert set(found) == {Decimal("456000.00")}


# --- One amount is one amount -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "amounts"),
    [
        ("share", ["300000.00", "300000.00", "300000.00"]),
        ("each", ["900000.00", "900000.00", "900000.00"]),
    ],
)
def test_a_merged_amount_is_asked_and_never_doubled(
    said: str, amounts: list[str], cast: Cast
) -> None:
    """odd/03"""
    batch = read(of("odd/03_"), cast)
    answers = {"point:merged:contract_amount": said, "point:merged:paid": "none"}
    apply(answer(batch, by=cast.prefecture, **answers))
    found = Project.objects.order_by("name").values_list("contract_amount", flat=True)
    assert [str(amount) for amount in found] == amounts


@pytest.mark.parametrize(
    ("cell", "first", "others"),
    [
        (90, "30.00", "30.00"),
        ("90万元", "300000.00元", "300000.00元"),
        ("1亿", "33333333.34元", "33333333.33元"),
    ],
)
def test_a_share_keeps_its_unit(cell: Any, first: str, others: str) -> None:
    """Under a header in 万元 what named its own unit is not multiplied once more."""
    shares = [checking._share(cell, 3, is_first=n == 0, is_money=True) for n in range(3)]
    assert shares == [first, others, others]


def test_what_cannot_be_shared_evenly_falls_to_the_first(cast: Cast) -> None:
    """odd/03b: 60 and 40 over two majors."""
    batch = read(of("odd/03b"), cast)
    answers = {"point:merged:graduates": "share", "point:merged:stayed": "first"}
    apply(answer(batch, by=cast.province, **answers))
    found = GraduateStat.objects.order_by("major").values_list("graduates", "stayed")
    assert sorted(found, key=str) == [(30, 40), (30, None)]


# --- Parts and wholes, headings of several rows ------------------------------------------------
def test_parts_and_wholes_are_no_records(cast: Cast) -> None:
    """odd/06"""
    apply(read(of("odd/06"), cast))
    schools = GraduateStat.objects.values_list("school", "graduates")
    assert set(schools) == {("测试甲学院", 60), ("测试乙学院", 50)}


@pytest.mark.parametrize(
    "cells",
    [
        ["1", "2", "3", "4", "5", "6"],
        ["（1）", "（2）", "（3）", "（4）", "（5）", "（6）"],
        ["甲", "乙", "1", "2", "3", "4=2+3"],
        ["其中：女", "社会工作", "本科", 2024, 10, 5],
        ["南明区小计", "", "", "", 10, 5],
        ["本省", "社会工作", "本科", 2024, 10, 5],
    ],
)
def test_rows_that_are_none(cells: list[Any], cast: Cast) -> None:
    head = ["院校名称", "专业", "培养层次", "毕业年度", "毕业人数", "其中留黔人数"]
    row = ["贵州大学", "社会工作", "本科", 2024, 60, 40]
    batch = check(cast.province, "graduates", workbook([head, cells, row]))
    assert outcomes(batch) == {"new": 1}


def test_a_name_may_begin_like_a_whole(cast: Cast) -> None:
    batch = check(cast.clerk_a, "people", workbook([PEOPLE, person("全省"), person("本县")]))
    assert outcomes(batch) == {"new": 2}


def test_a_heading_of_several_rows_with_both_degrees(cast: Cast) -> None:
    """real/15: 18 come in with their 12 certificates, 籍贯, 职称 and both degrees."""
    batch = apply(read(of("real/15"), cast))
    assert Person.objects.count() == 18
    assert Certificate.objects.count() == 12
    one = Person.objects.get(name="蒙丽")
    assert {(e.level, e.school, e.major) for e in one.educations.all()} == {
        ("31", "贵州民族大学", "社会工作"),
        ("21", "贵州大学", "法学"),
    }
    assert one.native_place == "520100"
    assert Title.objects.filter(level="3").exists()
    assert Post.objects.filter(title="社区事务中心主任").exists()
    said = " ".join(batch.reading["uncounted"])
    assert "新增 18 人，登记证书 12 本" in said
    assert "18 人没有写明入职日期" in said


# --- What the sheet implies ---------------------------------------------------------------------
def test_stations_lie_where_their_names_say(cast: Cast) -> None:
    """real/07: names and stars only, none lands in the province."""
    make_station("520102016", "新华路街道社会工作和志愿服务站")
    batch = read(of("real/07"), cast)
    assert outcomes(batch) == {"new": 11, "changed": 1}
    assert "是同一站点" in words(batch, 6)
    # Known by its township; the list adds what it says of its stars.
    assert [line[0] for line in row_of(batch, 6).diff] == ["评估等次"]
    apply(batch)
    assert {len(s.region_id) for s in Station.objects.all()} == {9}
    assert set(Station.objects.values_list("kind", flat=True)) == {"3"}
    assert Station.objects.get(name__contains="桔山").region.name == "桔山街道"


def test_a_station_without_a_place_asks_for_it(cast: Cast) -> None:
    """odd/18c"""
    batch = read(of("odd/18c"), cast)
    applied = apply(answer(batch, by=cast.clerk_a, **{"point:place:4:520102": "520102016"}))
    assert outcomes(applied) == {"new": 1}
    assert Station.objects.get().region_id == "520102016"


def test_contracts_of_one_name_and_day_are_told_apart_by_their_number(cast: Cast) -> None:
    """real/09: three share purchaser, name and start."""
    apply(read(of("real/09"), cast))
    assert Project.objects.count() == 12
    one = Project.objects.get(contract_number__endswith="20258824-1")
    assert (f"{one.started_on}", f"{one.ends_on}") == ("2025-09-01", "2026-08-31")
    assert one.region_id == "520102"
    months = Project.objects.get(contract_number__endswith="20255856-1")
    assert (f"{months.started_on}", f"{months.ends_on}") == ("2025-09-04", "2026-09-03")
    assert set(Project.objects.values_list("procurement", flat=True)) == {"1", "4", "5", "8"}
    assert outcomes(read(of("real/09"), cast)) == {"unchanged": 12}


def test_the_year_of_graduates_stands_in_the_title(cast: Cast) -> None:
    """real/12"""
    batch = apply(read(of("real/12"), cast))
    assert batch.whole == {"year": "2025"}
    assert set(GraduateStat.objects.values_list("year", flat=True)) == {2025}
    assert GraduateStat.objects.get(school="贵州师范大学").stayed == 21


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("2023年12月至2024年12月", ("2023-12-01", "2024-12-31")),
        ("2024.01-2024.12", ("2024-01-01", "2024-12-31")),
        ("2024年度", ("2024-01-01", "2024-12-31")),
        ("自合同签订之日起一年", ("2025-09-01", "2026-08-31")),
        ("2024年3月1日至2025年2月28日，实施周期为1年", ("2024-03-01", "2025-02-28")),
        ("2024-01-01—2024-06-30", ("2024-01-01", "2024-06-30")),
        ("18个月", ("2025-09-01", "2027-02-28")),
    ],
)
def test_a_period_in_one_cell(cell: str, days: tuple[str, str], cast: Cast) -> None:
    head = ["项目名称", "采购人", "合同金额（万元）", "服务期限", "合同签订日期"]
    row = ["某项目", "南明区民政局", 20, cell, "2025-09-01"]
    batch = take(cast.prefecture, "projects", workbook([head, row]))
    assert outcomes(batch) == {"new": 1}, words(batch, 2)
    one = Project.objects.get()
    assert (f"{one.started_on}", f"{one.ends_on}") == days


def test_several_sources_of_money_have_an_amount_each(cast: Cast) -> None:
    head = ["项目名称", "采购人", "合同金额（万元）", "开始日期", "结束日期", "资金来源"]
    row = ["某项目", "南明区民政局", 30, "2024-01-01", "2024-12-31", "中央20、省级10"]
    take(cast.prefecture, "projects", workbook([head, row]))
    one = Project.objects.get()
    assert one.fund == "1"
    found = one.fundings.values_list("fund", "amount")
    assert set(found) == {("1", Decimal("200000.00")), ("2", Decimal("100000.00"))}
    again = check(cast.prefecture, "projects", workbook([head, row]))
    assert outcomes(again) == {"unchanged": 1}


@pytest.mark.parametrize(
    ("amount", "day", "question"),
    [(45.6, "2024-01-01", "amount"), (4.5e9, "2024-01-01", "amount"), (20000, 28000, "day")],
)
def test_what_was_most_probably_not_meant_is_asked_back(
    amount: float, day: Any, question: str, cast: Cast
) -> None:
    head = ["项目名称", "采购人", "合同金额", "开始日期", "结束日期"]
    row = ["某项目", "南明区民政局", amount, day, "2024-12-31"]
    batch = check(cast.prefecture, "projects", workbook([head, row]))
    assert outcomes(batch) == {"held": 1}
    asked = [m["question"] for m in row_of(batch, 2).messages if "question" in m]
    assert asked == [question]


def test_two_blocks_side_by_side_are_refused_in_words(cast: Cast) -> None:
    (path,) = SAMPLES.glob("odd/14b*")
    batch = check(cast.clerk_a, "people", path.read_bytes())
    assert "左右两栏并排" in batch.job.message


def test_blank_rows_are_counted_not_refused(cast: Cast) -> None:
    rows = [[number, *[""] * 11] for number in range(2, 202)]
    head = ["序号", *PEOPLE]
    batch = check(cast.clerk_a, "people", workbook([head, [1, *person("张三")], *rows]))
    assert outcomes(batch) == {"new": 1}
    assert batch.reading["blank"] == 200


@pytest.mark.parametrize("mark", ["同上", "〃", "″", '"', "同左", ".."])
def test_a_cell_may_repeat_the_one_above(mark: str, cast: Cast) -> None:
    below = person("李四", **{"乡镇（街道）": mark, "工作单位": mark, "入职日期": mark})
    third = person("王五", **{"乡镇（街道）": mark})
    batch = take(cast.clerk_a, "people", workbook([PEOPLE, person("张三"), below, third]))
    assert outcomes(batch) == {"new": 3}
    posts = Post.objects.values_list("station__name", "started_on", "region_id")
    assert len(set(posts)) == 1
