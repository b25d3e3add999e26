"""Cells that look like one thing and are another: what is read right, remarked or refused."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.ledgers import mapping
from core.ledgers.spreadsheets import Refused, read_sheet
from core.models import Job
from projects.models import Project
from talent.models import Certificate, Person, Post
from talent.people.ledger import PEOPLE_LEDGER
from tests.conftest import COUNTY_A, Cast
from tests.imports.ledgers import (
    PEOPLE,
    apply,
    check,
    outcomes,
    people,
    person,
    take,
    words,
    workbook,
)
from tests.imports.malformed import HEADER, TWO, packed, parts
from tests.imports.test_projects import HEAD as PROJECT_HEAD
from tests.imports.test_projects import row as project

pytestmark = pytest.mark.django_db


def written(data: bytes) -> bytes:
    """A workbook whose _x0000_ is not escaped as text, but the character itself."""
    members = parts(data)
    name = "xl/sharedStrings.xml"
    return packed(members | {name: members[name].replace(b"_x005F_x", b"_x")})


class TestControlCharacters:
    """_x0000_ in a workbook is NUL to the reader, and PostgreSQL takes it nowhere."""

    @pytest.mark.parametrize("label", PEOPLE)
    def test_in_any_column_are_said(self, label: str, cast: Cast) -> None:
        for odd in ("_x0000_甲", "甲_x0001_乙"):
            data = written(people(person(), person("李四", **{label: odd})))
            batch = check(cast.clerk_a, "people", data)
            assert batch.job.status == Job.Status.WAITING, batch.job.message
            is_needed = label in ("姓名", "身份证号")
            assert outcomes(batch) == ({"new": 1, "refused": 1} if is_needed else {"new": 2})
            assert "控制字符" in words(batch, 3)
            assert ("这一格没有录入" in words(batch, 3)) is not is_needed

    @pytest.mark.parametrize("rows_before", [0, 60], ids=["in the beginning", "far below"])
    def test_in_a_csv_are_too(self, rows_before: int, cast: Cast) -> None:
        rows = [PEOPLE, *[person() for _ in range(rows_before)], person("李\x00四"), person()]
        data = "\n".join(",".join(row) for row in rows).encode()
        batch = check(cast.clerk_a, "people", data)
        assert outcomes(batch) == {"new": rows_before + 1, "refused": 1}
        assert "控制字符" in words(batch, rows_before + 2)

    def test_in_a_header_are_left_out(self, cast: Cast) -> None:
        data = written(workbook([["_x0000_姓名", *PEOPLE[1:], "_x0001_其他"], person()]))
        assert outcomes(check(cast.clerk_a, "people", data)) == {"new": 1}
        data = written(workbook([["_x0000_谁", "号"], ["_x0000_张", "1"]]))
        strange = check(cast.clerk_a, "people", data)
        assert strange.job.status == Job.Status.WAITING
        assert strange.samples[0][0] == "张"


class TestNumbers:
    def test_october_may_have_lost_its_zero(self, cast: Cast) -> None:
        rows = [person(n, 入职日期=2021.1) for n in ("张三", "李四")]
        batch = check(
            cast.clerk_a,
            "people",
            people(*rows, person("王五", 入职日期="2021.1"), person("赵六", 入职日期=2021.11)),
        )
        assert outcomes(batch) == {"new": 4}
        assert all("2021.10" in words(batch, n) for n in (2, 3))
        assert not any("2021.1" in words(batch, n) for n in (4, 5))

    def test_a_certificate_number_that_excel_rounded_is_left_out(self, cast: Cast) -> None:
        odd = {"证书级别": "社会工作师", "批准日期": "2020-11-01"}
        batch = check(
            cast.clerk_a,
            "people",
            people(person(管理号=20200100001520100000, **odd), person(管理号=2020010000, **odd)),
        )
        assert outcomes(batch) == {"new": 2}
        assert "15 位，后面的已不可信" in words(batch, 2)
        apply(batch)
        assert set(Certificate.objects.values_list("number", flat=True)) == {"", "2020010000"}

    @pytest.mark.parametrize(
        ("unit", "said", "yuan"),
        [("千元", "12.5", 12_500), ("万元", "12.5", 125_000), ("元", "12500.5", 12_500.5)],
    )
    def test_a_header_may_name_the_unit(
        self, unit: str, said: str, yuan: float, cast: Cast
    ) -> None:
        header = [
            "项目名称",
            "购买方",
            "承接方",
            f"预算金额（{unit}）",
            "合同金额",
            "开始日期",
            "结束日期",
        ]
        row = ["甲项目", "南明区民政局", "某社工中心", said, "1.2千", "2024-01-01", "2024-12-31"]
        take(cast.clerk_a, "projects", workbook([header, row]))
        project = Project.objects.get()
        assert (project.budget, project.contract_amount) == (Decimal(str(yuan)), 1_200)

    @pytest.mark.parametrize("amount", [-5, "-0.01", 10**12, "1万亿"])
    def test_an_amount_that_cannot_be_is_refused(self, amount: Any, cast: Cast) -> None:
        rows = [project(合同金额=amount, 预算金额=""), project("另一项目")]
        batch = take(cast.clerk_a, "projects", workbook([PROJECT_HEAD, *rows]))
        assert outcomes(batch) == {"new": 1, "refused": 1}
        assert "合同金额应为 0 以上、1 万亿元以下的金额" in words(batch, 2)

    @pytest.mark.parametrize(
        ("number", "is_one"),
        [(0, True), ("40人", True), (12.5, False), ("-1", False), (10_000_001, False)],
    )
    def test_a_number_of_people_is_a_whole_one(self, number: Any, is_one: bool, cast: Cast) -> None:
        head = ["院校名称", "专业", "培养层次", "毕业年度", "毕业人数"]
        rows = [head, ["贵州大学", "社会工作", "本科", 2023, number]]
        batch = take(cast.province, "graduates", workbook(rows))
        assert outcomes(batch) == ({"new": 1} if is_one else {"refused": 1})
        assert ("毕业人数应为 0 至 10000000 之间的整数" in words(batch, 2)) != is_one


class TestDaysFrom1904:
    def test_a_bare_number_counts_from_1904(self, cast: Cast) -> None:
        book = openpyxl.Workbook()
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        book.active.append(PEOPLE)
        row = person()
        row[PEOPLE.index("入职日期")] = 42794  # 2021-03-01 there, 2017-02-28 from 1900
        book.active.append(row)
        dated = person("李四")
        dated[PEOPLE.index("入职日期")] = datetime.date(2021, 3, 1)
        book.active.append(dated)
        buffer = io.BytesIO()
        book.save(buffer)
        take(cast.clerk_a, "people", buffer.getvalue())
        days = Post.objects.values_list("started_on", flat=True)
        assert list(days) == [datetime.date(2021, 3, 1)] * 2
        # The same number in the next workbook, checked by the same process.
        take(cast.clerk_a, "people", people(person("王五", 入职日期=42794)))
        assert Post.objects.get(person__name="王五").started_on == datetime.date(2017, 2, 28)

    def test_other_workbooks_count_from_1900(self, cast: Cast) -> None:
        take(cast.clerk_a, "people", people(person(入职日期=44256)))
        assert Post.objects.get().started_on == datetime.date(2021, 3, 1)


class TestRowsThatAreNone:
    @pytest.mark.parametrize(
        "text",
        [
            *["合计", "合　计", "合 计：", "合计：3人", "合计3人", "本页小计", "总计（人）"],
            *["全县合计", "「总计」", "“小计”", "（合计）", "【合 计】"],
        ],
    )
    def test_sums_below_are_no_people(self, text: str, cast: Cast) -> None:
        total = [text, *[""] * (len(PEOPLE) - 4), "3", "2", "1"]
        batch = check(cast.clerk_a, "people", people(person(), total))
        assert outcomes(batch) == {"new": 1}

    @pytest.mark.parametrize("name", ["总计划", "王永计", "张小计"])
    def test_a_name_that_only_begins_or_ends_so_is_one(self, name: str, cast: Cast) -> None:
        batch = check(cast.clerk_a, "people", people(person(), person(name)))
        assert batch.counts["rows"] == 2

    def test_a_number_that_excel_rounded_is_refused_under_such_a_name_too(self, cast: Cast) -> None:
        odd = person("张小计", 520102198501017000)  # type: ignore[arg-type]
        assert outcomes(check(cast.clerk_a, "people", people(person(), odd))) == {
            "new": 1,
            "refused": 1,
        }

    def test_the_sum_of_a_group_of_people_is_none(self, cast: Cast) -> None:
        group = person("第一组小计", "2人", 备注="2")
        batch = check(cast.clerk_a, "people", people(person(), group))
        assert outcomes(batch) == {"new": 1}

    def test_a_header_that_is_repeated_on_every_page_is_none(self, cast: Cast) -> None:
        rows = [person("张三"), [f" {label} " for label in PEOPLE], person("李四")]
        assert outcomes(check(cast.clerk_a, "people", people(*rows))) == {"new": 2}


def test_wide_merged_cells_stand_in_their_rows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["县区", "", *HEADER])
    for row in TWO[1:3]:
        sheet.append(["", "", *row])
    sheet["A2"] = "南明区"
    sheet.merge_cells("A2:B3")
    path = tmp_path / "a.xlsx"
    book.save(path)
    with read_sheet(path, labels=HEADER) as read:
        rows = dict(read.rows)
    assert [rows[n][:2] for n in (2, 3)] == [["南明区", None], ["南明区", None]]


@pytest.mark.usefixtures("parser_here")
class TestQuotes:
    def read(self, tmp_path: Path, text: str) -> list[Any]:
        path = tmp_path / "a.csv"
        path.write_text(text, encoding="utf-8")
        with read_sheet(path, labels=HEADER) as sheet:
            return [cells for _, cells in sheet.rows]

    @pytest.mark.parametrize(
        "rest",
        ["", '王五,520102199003071236,"甲,乙"\n'],
        ids=["no quote behind", "another quote behind"],
    )
    def test_without_its_pair_swallows_nothing(self, tmp_path: Path, rest: str) -> None:
        lines = [",".join(HEADER), '张三,"520102199003071236', "李四,52010219900307124X"]
        with pytest.raises(Refused, match="第 2 行有一个引号"):
            self.read(tmp_path, "\n".join(lines) + "\n" + rest)

    def test_a_cell_of_two_lines_is_read(self, tmp_path: Path) -> None:
        rows = self.read(tmp_path, ",".join(HEADER) + '\n张三,"甲\n乙"\n李四,丙\n')
        assert rows[1][:2] == ["张三", "甲\n乙"]
        assert rows[2][:2] == ["李四", "丙"]


def test_a_header_that_stands_twice_is_remembered_by_its_place(cast: Cast) -> None:
    resource = PEOPLE_LEDGER
    header = ["姓名", "身份证号", "时间", "等级", "时间", "", ""]
    chosen = {"name": 0, "id_number": 1, "started_on": 2, "certificate_level": 3, "approved_on": 4}
    mapping.remember(resource, header, chosen, region=COUNTY_A)
    assert mapping.match(resource, header, region=COUNTY_A) == chosen
    swapped = {**chosen, "started_on": 4, "approved_on": 2}
    mapping.remember(resource, header, swapped, region=COUNTY_A)
    assert mapping.match(resource, header, region=COUNTY_A) == swapped


def test_what_is_left_of_a_refused_row_is_nothing(cast: Cast) -> None:
    take(cast.clerk_a, "people", people(person("_x0000_张三")))
    assert not Person.objects.exists()
    assert not Certificate.objects.exists()
