"""Cells that could be read in two ways: as they were meant, or refused, never otherwise."""

from __future__ import annotations

import datetime
import io
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from core.dates import parse_date
from core.entities.forms.fields import DecimalField
from core.ledgers.workbooks import refused_workbook
from core.rules import RuleError
from core.text import as_number, normalise
from projects.models import Project
from stations.models import Organization, Station
from talent.models import Certificate, Education, GraduateStat, Post
from tests.conftest import Cast
from tests.imports.ledgers import (
    PEOPLE,
    check,
    outcomes,
    people,
    person,
    take,
    words,
    workbook,
)
from tests.imports.malformed import open_document, packed, parts
from tests.rows import id_number

pytestmark = pytest.mark.django_db
D = datetime.date
PROJECT_HEAD = ["项目名称", "购买方", "实施地区", "预算", "合同额", "开始日期", "结束日期"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021/3/20 0:00", D(2021, 3, 20)),
        ("2020/10/30 0:00:00", D(2020, 10, 30)),
        ("2021-03-01 00:00", D(2021, 3, 1)),
        ("2021-03-10T00:00:00", D(2021, 3, 10)),
        ("2021/3/30 14:05", D(2021, 3, 30)),
        ("2021年3月20日 00:00:00.000", D(2021, 3, 20)),
    ],
)
def test_a_time_takes_nothing_from_the_day(text: str, day: datetime.date) -> None:
    parsed = parse_date(text)
    assert parsed is not None
    assert (parsed.day, parsed.precision) == (day, "D")


@pytest.mark.parametrize("text", ["2021/3/200:00", "0:00", "2021-13-01 00:00"])
def test_what_is_no_day_stays_none(text: str) -> None:
    with pytest.raises(RuleError):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1千万元", 10_000_000), ("3千万", 30_000_000), ("1.2亿", 120_000_000), ("5百万", 5_000_000),
     ("12万", 120_000), ("叁万捌仟元整", 38_000), ("三万八千", 38_000), ("两千万", 20_000_000),
     ("一亿三千万", 130_000_000), ("一百零五", 105), ("十五", 15), ("约二十人", 20),
     ("壹佰贰拾叁万肆仟伍佰陆拾柒元", 1_234_567)],
)  # fmt: skip
def test_all_of_a_multiple_counts(text: str, amount: int) -> None:
    assert as_number(text) == amount


@pytest.mark.parametrize(
    "text", ["1e999", "1e999999999", "0e-999999999", "1e9999999万", "inf", "NaN", "-Infinity",
             "三万八", "二三", "二〇二五", "百", "五零", "万", "一〇五", "一〇五万", "三零万",
             "二〇〇八年", "三万八万", "一百一千", "十十", "五零二十"],
)  # fmt: skip
def test_what_no_column_can_hold_is_no_number(text: str) -> None:
    """Nor is it written out: a billion noughts take all memory there is."""
    with pytest.raises(ValueError, match=text):
        as_number(text)
    with pytest.raises(ValidationError, match="不是数字，请只填数字"):
        DecimalField(max_digits=14).clean(text)


def test_a_number_that_no_computer_holds_is_an_error_of_the_row(cast: Cast) -> None:
    members = parts(people(person(), person("李四", 备注=7.5)))
    name = "xl/worksheets/sheet1.xml"
    data = packed(members | {name: members[name].replace(b"<v>7.5</v>", b"<v>1e999</v>")})
    batch = check(cast.clerk_a, "people", data)
    assert outcomes(batch) == {"new": 2}
    assert "#NUM!" in words(batch, 3)


def test_the_sum_of_a_group_is_no_school(cast: Cast) -> None:
    head = ["年度", "院校名称", "专业", "培养层次", "毕业人数"]
    rows = [
        ["2024", "贵州大学", "社会工作", "本科", 60],
        ["2024", "小计", "社会工作", "本科", 60],
        ["2023", "省内院校合计", "社会工作", "本科", 40],
    ]
    assert outcomes(take(cast.province, "graduates", workbook([head, *rows]))) == {"new": 1}
    assert GraduateStat.objects.get().school == "贵州大学"


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("社会工作师（中级）", "2"),
        ("社工师（中级）", "2"),
        ("助理社会工作师（初级）", "1"),
        ("社会工作师（初级）", ""),
        ("社工师（助理）", ""),
        ("社会工作师（高级）", ""),
        ("社会工作师（未通过）", ""),
        ("高级社会工作师（考试合格证明）", ""),
    ],
)
def test_a_bracket_that_takes_back_is_not_dropped(said: str, level: str, cast: Cast) -> None:
    batch = take(cast.clerk_a, "people", people(person(证书级别=said, 批准日期="2020-10-30")))
    if level:
        assert Certificate.objects.get().level == level
    else:
        # Who holds it is taken in; what it means is asked.
        assert not Certificate.objects.exists()
        assert [question["word"] for question in batch.questions] == [normalise(said)]
        assert "认不出" in words(batch, 2)


@pytest.mark.parametrize(
    "above",
    [
        pytest.param([["项目台账"], ["单位：万元"]], id="a line above"),
        pytest.param([["", "", "", "金额（万元）", "", "", ""]], id="a group of columns"),
    ],
)
def test_the_unit_above_the_header_counts(above: list[list[str]], cast: Cast) -> None:
    row = ["某项目", "南明区民政局", "南明区", 50, 45.6, "2024-01-01", "2024-12-31"]
    take(cast.clerk_a, "projects", workbook([*above, PROJECT_HEAD, row]))
    project = Project.objects.get()
    assert (project.budget, project.contract_amount) == (500_000, 456_000)


@pytest.mark.parametrize(
    ("column", "said", "meant"),
    [
        ("证书级别", "初级社会工作师", "1"), ("证书级别", "中级社会工作师", "2"),
        ("证书级别", "未持证", ""), ("证书级别", "未取得", ""), ("证书级别", "否", ""),
        ("学历", "大学本科学历", "21"), ("学历", "高中学历", "61"), ("学历", "在职本科", "21"),
        ("学历", "本科（函授）", "21"),
    ],
)  # fmt: skip
def test_words_that_offices_use(column: str, said: str, meant: str, cast: Cast) -> None:
    approved = {"批准日期": "2022-09-10"} if meant and column == "证书级别" else {}
    take(cast.clerk_a, "people", people(person(**{column: said}, **approved)))
    model: Any = Certificate if column == "证书级别" else Education
    assert [row.level for row in model.objects.all()] == [meant] * bool(meant)


def test_of_two_like_headers_none_is_guessed(cast: Cast) -> None:
    """The first 取得时间 is that of the degree."""
    head = ["姓名", "身份证号", "学历", "取得时间", "证书级别", "取得时间"]
    row = ["张三", id_number(), "本科", "2015-07-01", "社会工作师", "2020-10-30"]
    batch = check(cast.clerk_a, "people", workbook([head, row]))
    assert "approved_on" not in batch.mapping


def test_our_own_names_come_before_what_offices_say(cast: Cast) -> None:
    head = ["姓名", "身份证号", "单位", "职务", "乡镇（街道）", "工作单位", "岗位", "入职日期"]
    row = ["张三", id_number(), "南明区民政局", "主任", "新华路街道", "某社工站", "督导",
           "2023-03-01"]  # fmt: skip
    take(cast.clerk_a, "people", workbook([head, row]))
    post = Post.objects.select_related("station").get()
    assert post.station is not None
    assert (post.station.name, post.get_kind_display()) == ("某社工站", "督导")


def test_each_county_has_its_own_bureau(cast: Cast) -> None:
    rows = [
        ["社工站运营项目", "民政局", county, 50_000, 45_000, "2024-01-01", "2024-12-31"]
        for county in ("南明区", "花溪区")
    ]
    batch = take(cast.prefecture, "projects", workbook([PROJECT_HEAD, *rows]))
    assert outcomes(batch) == {"new": 2}
    bureaus = Organization.objects.filter(name="民政局").values_list("region", flat=True)
    assert sorted(bureaus) == ["520102", "520111"]


def test_not_every_station_is_one_of_social_work(cast: Cast) -> None:
    take(cast.clerk_a, "people", people(person(工作单位="新华路街道退役军人服务站")))
    assert not Station.objects.exists()
    assert Organization.objects.get().name == "新华路街道退役军人服务站"


def test_a_number_that_excel_kept_comes_back(cast: Cast, tmp_path: Any) -> None:
    """Only what it has rounded is left out."""
    first = person("李四", 证书级别="社会工作师", 管理号="20201000012", 批准日期="2020-10-30")
    take(cast.clerk_a, "people", people(first))
    cells: dict[str, Any] = {"证书级别": "社会工作师", "管理号": 20201000012}
    held = person("张三", 联系电话=13800001111, 批准日期="2020-10-30", **cells)
    batch = take(cast.clerk_a, "people", people(held))
    assert outcomes(batch) == {"held": 1}
    sheet = openpyxl.load_workbook(io.BytesIO(refused_workbook(batch))).worksheets[0]
    values = [str(cell) for row in sheet.values for cell in row]
    assert "20201000012" in values
    assert "13800001111" in values
    assert len(PEOPLE) <= sheet.max_column


@pytest.mark.usefixtures("parser_here")
def test_a_cell_merged_downwards_in_an_ods_stands_in_each_row(cast: Cast) -> None:
    """As in an .xlsx: two people, whose place of work stands once beside both."""
    text = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    wide = ' table:number-rows-spanned="2"'
    shared = [text.format(wide, said) for said in ("新华路街道", "某社工站", "2023-03-01")]
    names = [
        "".join(text.format("", said) for said in (name, id_number())) for name in ("张三", "李四")
    ]
    covered = '<table:covered-table-cell table:number-columns-repeated="3"/>'
    below = "".join(
        f"<table:table-row>{cells}</table:table-row>"
        for cells in (names[0] + "".join(shared), names[1] + covered)
    )
    head = ["姓名", "身份证号", "乡镇（街道）", "工作单位", "入职日期"]
    batch = take(cast.clerk_a, "people", open_document([head], below=below), name="台账.ods")
    assert outcomes(batch) == {"new": 2}
    assert Post.objects.filter(station__name="某社工站").count() == 2


def test_a_header_is_read_with_the_group_it_stands_in(cast: Cast) -> None:
    above = ["姓名", "身份证号", "乡镇（街道）", "学历", "职业资格证书", "", ""]
    head = ["", "", "", "", "级别", "编号", "取得时间"]
    row = [
        "张三",
        id_number(),
        "新华路街道",
        "本科",
        "社会工作师",
        "2022091252010001",
        "2022-09-10",
    ]
    book = openpyxl.Workbook()
    sheet = book.active
    for cells in (above, head, row):
        sheet.append(cells)
    for place in ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:G1"):
        sheet.merge_cells(place)
    book.save(file := io.BytesIO())
    take(cast.clerk_a, "people", file.getvalue())
    found = Certificate.objects.get()
    assert (found.level, found.number) == ("2", "2022091252010001")
    assert found.approved_on == datetime.date(2022, 9, 10)
