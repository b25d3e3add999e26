"""Rows that were sent back: in the ledger's own layout, to be mended and uploaded as they are."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from core.ledgers import actions
from core.ledgers.workbooks import REASON, refused_workbook
from core.models import ImportBatch
from talent.models import Education, Person, Post
from tests.conftest import Cast
from tests.imports.ledgers import (
    PEOPLE,
    SAMPLES,
    apply,
    check,
    outcomes,
    people,
    person,
    row_of,
    take,
    words,
    workbook,
)
from tests.imports.malformed import OLD, open_document
from tests.rows import id_number

pytestmark = pytest.mark.django_db
RED = "F8CBC6"
Rows = Sequence[Sequence[Any]]


def comma_separated(rows: Rows) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode("gb18030")


def opened(batch: ImportBatch) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(refused_workbook(batch)))


def mended(book: openpyxl.Workbook, cells: dict[tuple[str, str], Any]) -> bytes:
    """The workbook with cells changed that are given by (name of the person, column)."""
    sheet = book.active
    header = next(row for row in sheet.iter_rows() if row[0].value == "姓名")
    columns = {cell.value: cell.column for cell in header}
    for (name, label), value in cells.items():
        row = next(r[0].row for r in sheet.iter_rows() if r[0].value == name)
        sheet.cell(row, columns[label]).value = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("write", [workbook, comma_separated, open_document])
def test_can_be_mended_and_uploaded_as_they_are(write: Callable[[Rows], bytes], cast: Cast) -> None:
    rows = [
        ["某区社工台账"],
        [""],
        PEOPLE,
        person("张三"),
        person("䶮㛃", "52010219900307123", 备注="=1+1", 联系电话="13800138000"),
        [""],
        person("𬭎", ""),
        ["合计", *[""] * 9, "3"],
    ]
    first = check(cast.clerk_a, "people", write(rows))
    assert outcomes(first) == {"new": 1, "refused": 2}
    book = opened(first)
    sheet = book.active
    assert sheet["A1"].value == "某区社工台账"
    assert [c.value for c in sheet[3]] == [*PEOPLE, REASON]
    assert [c.value for c in sheet["A"]][3:] == ["䶮㛃", "𬭎"]
    assert (sheet["L4"].value, sheet["L4"].data_type) == ("=1+1", "s")
    assert sheet["B4"].data_type == sheet["C4"].data_type == "s"
    for wrong, reason, number in (("B4", "M4", 5), ("B5", "M5", 7)):
        assert sheet[wrong].fill.fgColor.rgb[2:] == RED
        message = row_of(first, number).messages[0]["message"]
        assert sheet[wrong].comment.text.strip() == message
        assert sheet[reason].value == f"原第 {number} 行：{message}"
    again = mended(book, {(name, "身份证号"): id_number() for name in ("䶮㛃", "𬭎")})
    second = take(cast.clerk_a, "people", again)
    assert outcomes(second) == {"new": 2}
    assert set(Person.objects.values_list("name", "remark")) == {("䶮㛃", "=1+1"), ("𬭎", "")}


def test_those_of_an_old_workbook(cast: Cast) -> None:
    batch = check(cast.clerk_a, "people", OLD.read_bytes(), name="台账.xls")
    assert outcomes(batch) == {"new": 1, "refused": 1}
    again = mended(opened(batch), {("李四", "身份证号"): id_number()})
    assert outcomes(take(cast.clerk_a, "people", again)) == {"new": 1}


def test_a_second_round_says_its_reasons_in_the_same_column(cast: Cast) -> None:
    first = check(cast.clerk_a, "people", people(person("张3", "1")))
    again = mended(opened(first), {("张3", "身份证号"): id_number()})
    sheet = opened(check(cast.clerk_a, "people", again)).active
    assert [c.value for c in sheet[1]] == [*PEOPLE, REASON]
    assert "身份证号" not in sheet.cell(2, len(PEOPLE) + 1).value


def test_what_is_wrong_stays_a_day_or_a_number(cast: Cast) -> None:
    """Not the number of a day that Excel counts by, in a cell of text."""
    day = datetime.date(2099, 8, 1)
    row = person("张三", "1", 工作单位="")
    row[PEOPLE.index("入职日期")], row[PEOPLE.index("学历")] = day, 7
    file = workbook([PEOPLE, row])
    sheet = opened(check(cast.clerk_a, "people", file)).active
    cells = {PEOPLE[cell.column - 1]: cell for cell in sheet[2][: len(PEOPLE)]}
    for label, value, form in (("入职日期", day, "yyyy-mm-dd"), ("学历", 7, "General")):
        cell = cells[label]
        shown = cell.value.date() if cell.is_date else cell.value
        assert (shown, cell.number_format) == (value, form)
    assert cells["学历"].fill.fgColor.rgb[2:] == RED
    assert cells["身份证号"].fill.fgColor.rgb[2:] == RED


def test_days_that_count_from_1904_stay_the_same(cast: Cast) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(PEOPLE)
    for name, day in (("张三", 42794), ("李四", datetime.date(2021, 3, 1))):
        row = person(name, "1")
        row[PEOPLE.index("入职日期")] = day
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    numbers = {(name, "身份证号"): id_number() for name in ("张三", "李四")}
    again = mended(opened(check(cast.clerk_a, "people", file.getvalue())), numbers)
    apply(check(cast.clerk_a, "people", again))
    assert (
        list(Post.objects.values_list("started_on", flat=True)) == [datetime.date(2021, 3, 1)] * 2
    )


def two_degrees(*rows: Sequence[Any]) -> bytes:
    """Headings of three rows: 学历 and 专业 stand twice, told apart by what is over them."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 6, "某区社工花名册")
        for column, label in enumerate(("姓名", "身份证号", "工作单位")):
            sheet.merge_range(1, column, 3, column, label)
        sheet.merge_range(1, 3, 1, 6, "学历学位")
        sheet.merge_range(2, 3, 2, 4, "全日制教育")
        sheet.merge_range(2, 5, 2, 6, "在职教育")
        sheet.write_row(3, 3, ["学历", "毕业院校及专业"] * 2)
        for number, row in enumerate(rows, start=4):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def test_headings_of_several_rows_stay_so(cast: Cast) -> None:
    studies = ["大专", "贵州大学护理专业", "本科", "贵州民族大学社会工作专业"]
    first = check(
        cast.clerk_a, "people", two_degrees(["张三", "1", "某站", *studies], ["李四", id_number()])
    )
    assert outcomes(first) == {"new": 1, "refused": 1}
    book = opened(first)
    sheet = book.active
    assert sorted(map(str, sheet.merged_cells.ranges)) == [
        "A1:G1", "A2:A4", "B2:B4", "C2:C4", "D2:G2", "D3:E3", "F3:G3",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[4]][3:] == ["学历", "毕业院校及专业"] * 2 + [REASON]
    sheet["B5"].value = id_number()
    file = io.BytesIO()
    book.save(file)
    again = check(cast.clerk_a, "people", file.getvalue())
    assert (again.header_row, again.mapping) == (4, first.mapping)
    apply(again)
    assert set(Education.objects.values_list("level", "major")) == {
        ("31", "护理"),
        ("21", "社会工作"),
    }


def test_one_amount_of_several_rows_stays_one(cast: Cast) -> None:
    """odd/03: else each project would come back with all of it."""
    (path,) = SAMPLES.glob("odd/03_*")
    first = check(cast.clerk_a, "projects", path.read_bytes())
    assert outcomes(first) == {"held": 3}
    sheet = opened(first).active
    assert [sheet.cell(row, 5).value for row in (2, 3, 4)] == [90, None, None]
    again = check(cast.clerk_a, "projects", refused_workbook(first))
    assert outcomes(again) == {"held": 3}
    assert "合并为一格「90" in words(again, 2)


def test_an_amount_of_which_a_row_stays_behind_is_left_to_the_reason(cast: Cast) -> None:
    (path,) = SAMPLES.glob("odd/03_*")
    batch = check(cast.clerk_a, "projects", path.read_bytes())
    actions.decide(row=row_of(batch, 2), by=batch.by, question="row", decision="skip")
    sheet = opened(batch).active
    assert [sheet.cell(row, 5).value for row in (2, 3)] == [None, None]
    assert "合并为一格「90" in str(sheet.cell(2, 9).value)


def test_a_heading_of_an_amount_may_be_merged_too(cast: Cast) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for column, label in enumerate(("社工站", "月份", "走访户次")):
            sheet.merge_range(0, column, 1, column, label)
        sheet.write_row(2, 0, ["没有的站", "2025-11", 30])
    batch = check(cast.clerk_a, "station_months", file.getvalue())
    assert outcomes(batch) == {"refused": 1}
    rows = opened(batch).active.iter_rows(values_only=True)
    assert [row[2] for row in rows] == ["走访户次", None, 30]
