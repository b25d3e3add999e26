"""Blank forms of other offices, filled with the lists of the registry."""

from __future__ import annotations

import datetime
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from core.models import Filling, ImportBatch, Job, PaperForm, ReadEvent
from core.papers.making import fill_form
from core.papers.understanding import understand
from core.rules import RuleError
from core.secrecy.files import Refused
from talent.models import Person
from tests.conftest import COUNTY_A, Cast
from tests.imports.ledgers import PEOPLE, SAMPLES, check, outcomes, people, person, take, workbook
from tests.rows import id_number

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 30)
# The row of headings of each sample.
HEADS = {
    "南明区社会工作人才信息汇总表.xlsx": 3,
    "政府购买社工服务项目台账.xlsx": 1,
    "社会工作专业毕业生统计表.xlsx": 3,
    "贵阳市社工站台账.xlsx": 2,
    "real/01": 2,
    "real/03": 1,
    "real/05": 4,
    "real/07": 4,
    "real/09": 1,
    "real/12": 3,
    "real/15": 5,
}
KEPT = re.compile(r"(合\s*计|总\s*计|单位负责人|注[：:]|审核人)")


def blank(name: str) -> bytes:
    """A sample without its rows: title, headings, 合计 and footers are kept."""
    (path,) = SAMPLES.glob(f"{name}*")
    book, head = openpyxl.load_workbook(path), HEADS[name]
    sheet = book.active
    first = {
        number: next((str(c.value) for c in sheet[number] if c.value not in (None, "")), "")
        for number in range(head + 1, sheet.max_row + 1)
    }
    below = next((n for n, text in first.items() if KEPT.match(text)), sheet.max_row + 1)
    for merged in list(sheet.merged_cells.ranges):
        if head < merged.min_row < below:
            sheet.unmerge_cells(str(merged))
    sheet.delete_rows(head + 1, below - head - 1)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def form(*rows: list[Any]) -> bytes:
    return workbook(list(rows))


def filled(data: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))


def fill(user: Any, data: bytes, **options: Any) -> Any:
    given: dict[str, Any] = {"name": "表.xlsx", "region": user.region_id, "on": DAY, **options}
    return fill_form(user=user, data=data, **given)


@pytest.fixture
def two(cast: Cast) -> list[list[Any]]:
    """Two people of a county, as their ledger had them."""
    rows = [
        person("张三", 联系电话="13800001234", 学历="本科", 证书级别="社会工作师",
               管理号="20200100001", 批准日期="2020-09-13"),
        person("李四", 岗位="督导"),
    ]  # fmt: skip
    take(cast.clerk_a, "people", people(*rows))
    return rows


@pytest.mark.parametrize("name", HEADS)
def test_each_blank_sample_is_understood(name: str, cast: Cast, two: Any) -> None:
    user = cast.province if "毕业生" in name or "12" in name or "07" in name else cast.clerk_a
    data = blank(name)
    (one,) = understand(data, user=user, region=user.region_id, on=DAY).lists
    made = fill(user, data)
    # The ledger of the two has planned the station that they are at.
    held = {"person": 2, "station": 1}.get(one.entity.name, 0)
    assert made.report["tables"][0]["rows"] == held
    # Of these two forms every column has a source.
    if name.startswith(("南明", "政府", "社会", "贵阳")):
        assert made.report["unknown"] == []


def test_a_form_comes_back_filled_and_the_rest_as_it_was(cast: Cast, two: Any) -> None:
    data = form(
        ["社工花名册"], ["序号", "姓名", "年龄", "工作单位", "职业资格等级", "银行卡号"],
        [], [], [], ["合计", "=COUNTA(B3:B5)"],
    )  # fmt: skip
    made = fill(cast.clerk_a, data)
    rows = filled(made.data)
    assert rows[0][0] == "社工花名册"
    assert {row[1] for row in rows[2:4]} == {"张三", "李四"}
    assert [row[0] for row in rows[2:4]] == [1, 2]
    assert {row[2] for row in rows[2:4]} == {36}
    assert {row[4] for row in rows[2:4]} == {"社会工作师", None}
    assert made.report["unknown"] == [{"sheet": "Sheet1", "cell": "F2", "heading": "银行卡号"}]
    assert made.report["tables"] == [{"sheet": "Sheet1", "rows": 2, "list": "人员"}]


def test_amounts_are_in_the_unit_of_the_form(cast: Cast) -> None:
    head = ["项目名称", "购买方", "承接方", "合同金额（元）", "开始日期", "结束日期"]
    row = ["某项目", "南明区民政局", "某中心", 733355, "2024-01-01", "2024-12-31"]
    take(cast.clerk_a, "projects", workbook([head, row]))
    made = fill(cast.clerk_a, form(["项目名称", "采购人", "合同金额（万元）", "起止时间"]))
    assert filled(made.data)[1] == ("某项目", "南明区民政局", 73.3355, "2024-01-01至2024-12-31")


def test_all_sources_of_a_project_stand_in_its_cell(cast: Cast) -> None:
    """Each with its amount, as a ledger writes them, so that they come in again unchanged."""
    head = ["项目名称", "购买方", "合同金额（万元）", "开始日期", "结束日期", "资金来源"]
    row = ["某项目", "南明区民政局", 30, "2024-01-01", "2024-12-31", "中央20、省级10"]
    take(cast.clerk_a, "projects", workbook([head, row]))
    made = fill(cast.clerk_a, form(head))
    assert filled(made.data)[1][5] == "中央财政200000元、省级财政100000元"
    assert outcomes(check(cast.clerk_a, "projects", made.data)) == {"unchanged": 1}


@pytest.mark.parametrize("reason", ["", "报送组织部"])
def test_what_was_filled_comes_again_unchanged(reason: str, cast: Cast, two: Any) -> None:
    made = fill(cast.clerk_a, blank("南明区社会工作人才信息汇总表.xlsx"), reason=reason)
    number = str(Person.objects.get(name="张三").id_number)
    text = "".join(str(cell) for row in filled(made.data) for cell in row)
    assert (number in text) is bool(reason)
    assert outcomes(check(cast.clerk_a, "people", made.data)) == {"unchanged": 2}
    event = ReadEvent.objects.filter(kind="export").latest("at")
    assert (event.count, event.detail["unmasked"]) == (2, bool(reason))
    assert event.reason == reason


def test_both_degrees_stand_where_they_stood(cast: Cast) -> None:
    """real/15: 全日制 and 在职, each with its school, as they came in."""
    (path,) = SAMPLES.glob("real/15*")
    take(cast.clerk_a, "people", path.read_bytes(), name=path.name)
    rows = filled(fill(cast.clerk_a, blank("real/15")).data)
    before = {
        row[2]: row[9:13] for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    }
    after = {row[2]: row[9:13] for row in rows if row[2]}
    several = [name for name, row in after.items() if name in before and row[2]]
    assert len(several) > 5
    for name in several:
        was, now = before[name], after[name]
        assert str(was[1]).startswith(str(now[1]))
        assert str(was[3]).startswith(str(now[3]))
    again = fill(cast.clerk_a, blank("real/15"), reason="核对").data
    assert outcomes(check(cast.clerk_a, "people", again)) == {"unchanged": 18}


def test_both_certificates_stand_in_a_form_that_asks_twice(cast: Cast) -> None:
    head = ["姓名", "身份证号", *["证书级别", "管理号", "批准日期"] * 2]
    number = "20210000000000001"
    both = ["助理社会工作师", "", "2018-06-20", "社会工作师", number, "2021-10-15"]
    one = ["", "", "", "助理社会工作师", "", "2019"]
    rows = [["张三", id_number(), *both], ["李四", id_number(woman=True), *one]]
    take(cast.clerk_a, "people", workbook([head, *rows]))
    filled_rows = {row[0]: row[2:] for row in filled(fill(cast.clerk_a, form(head)).data)[1:]}
    higher = ("社会工作师", number, "2021-10-15")
    assert filled_rows["张三"] == (*higher, "助理社会工作师", None, "2018-06-20")
    assert filled_rows["李四"] == ("助理社会工作师", None, "2019", None, None, None)
    again = fill(cast.clerk_a, form(head), reason="核对").data
    assert outcomes(check(cast.clerk_a, "people", again)) == {"unchanged": 2}


def test_nobody_fills_for_another_area(cast: Cast, two: Any) -> None:
    data = form(["姓名", "身份证号"])
    with pytest.raises(RuleError, match="不在您的辖区"):
        fill(cast.clerk_b, data, region=COUNTY_A)
    assert fill(cast.clerk_b, data).report["tables"][0]["rows"] == 0
    # Without an area it is all that there is within reach.
    assert fill(cast.clerk_a, data, region="").report["tables"][0]["rows"] == 2


def test_who_may_not_export_fills_nothing(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        fill(cast.worker_a, form(["姓名", "身份证号"]), region=COUNTY_A)


@pytest.mark.parametrize("rows", [[["甲", "乙"], ["丙", "丁"]], [["一段话"]]])
def test_what_is_no_form_of_ours_is_refused_in_words(rows: list[list[Any]], cast: Cast) -> None:
    with pytest.raises(Refused, match="没有认出可以填写的表"):
        fill(cast.clerk_a, form(*rows))


def test_the_title_says_of_which_year(cast: Cast) -> None:
    head = ["院校名称", "专业", "培养层次", "毕业年度", "毕业人数"]
    rows = [["贵州大学", "社会工作", "本科", year, 60] for year in (2024, 2025)]
    take(cast.province, "graduates", workbook([head, *rows]))
    made = fill(cast.province, form(["2025届毕业生情况"], ["学校", "专业", "毕业生人数"]))
    assert made.report["tables"][0]["rows"] == 1


def test_by_the_command(cast: Cast, two: Any, tmp_path: Path) -> None:
    (tmp_path / "表.xlsx").write_bytes(blank("real/15"))
    out = io.StringIO()
    call_command(
        "fill_form", str(tmp_path / "表.xlsx"), "--user", "clerk_a", "--region", COUNTY_A,
        "--on", "2026-11-30", "--out", str(tmp_path / "填.xlsx"), "--json", stdout=out,
    )  # fmt: skip
    said = json.loads(out.getvalue())
    assert {"cells_filled", "cells_empty", "unknown", "tables"} <= set(said)
    assert said["tables"] == [{"sheet": "花名册", "rows": 2, "list": "人员"}]
    assert (tmp_path / "填.xlsx").read_bytes()[:2] == b"PK"


def test_by_the_page(cast: Cast, two: Any, client_of: Callable[[Any], Client]) -> None:
    client = client_of(cast.clerk_a)
    file = SimpleUploadedFile("组织部要的表.xlsx", form(["姓名", "身份证号", "银行卡号"]))
    answer = client.post(reverse("paper_list"), {"file": file, "asker": "组织部"}, follow=True)
    page = answer.content.decode()
    assert "C1 银行卡号" in page
    kept = PaperForm.objects.get()
    made = client.post(reverse("paper_fill", args=[kept.pk]), {"on": "2026-11-30"})
    assert made.status_code == 200
    assert {row[0] for row in filled(made.getvalue())[1:]} == {"张三", "李四"}
    assert Filling.objects.get().rows == 2
    # Of another office neither the form nor its name is to be seen.
    other = client_of(cast.clerk_b)
    assert other.get(reverse("paper_detail", args=[kept.pk])).status_code == 404
    assert "组织部要的表" not in other.get(reverse("paper_list")).content.decode()
    client.post(reverse("paper_remove", args=[kept.pk]))
    assert client.get(reverse("paper_detail", args=[kept.pk])).status_code == 404


def test_a_list_that_somebody_else_keeps_is_laid_beside(
    cast: Cast, two: Any, tmp_path: Path
) -> None:
    """One with another phone, one missing there, one missing here."""
    changed = [*two[0]]
    changed[PEOPLE.index("联系电话")] = "13900005678"
    (tmp_path / "名单.xlsx").write_bytes(people(changed, person("王五")))
    out = io.StringIO()
    call_command(
        "compare_list", "people", str(tmp_path / "名单.xlsx"), "--user", "clerk_a", "--json",
        stdout=out,
    )  # fmt: skip
    assert json.loads(out.getvalue()) == {
        "rows": 2, "matched": 1, "only_here": 1, "only_there": 1, "differing_cells": 1,
    }  # fmt: skip
    assert Person.objects.count() == 2


def compare_list(cast: Cast, path: Path, *options: str, user: str = "clerk_a") -> str:
    out = io.StringIO()
    call_command("compare_list", "people", str(path), "--user", user, *options, stdout=out)
    return out.getvalue()


def test_what_is_compared_by_the_command_is_a_comparison(
    cast: Cast, two: Any, tmp_path: Path
) -> None:
    """In words; it may be looked at by the page, and is no import that waits or was cancelled."""
    path = tmp_path / "名单.xlsx"
    path.write_bytes(people(two[0]))
    assert compare_list(cast, path) == (
        "名单 1 行：对上 1，名单上有、在册没有 0，在册有、名单上没有 1，不同的格子 0。\n"
    )
    batch = ImportBatch.objects.comparisons().get()
    assert (batch.file_name, batch.job.status) == ("名单.xlsx", Job.Status.DONE)


def test_what_the_command_cannot_do_is_said(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "名单.xlsx"
    with pytest.raises(CommandError, match=r"读不了 名单\.xlsx"):
        compare_list(cast, path)
    path.write_bytes(b"")
    with pytest.raises(CommandError, match="文件是空的"):
        compare_list(cast, path)
    with pytest.raises(CommandError, match="没有账号「niemand」"):
        compare_list(cast, path, user="niemand")
    path.write_bytes(people(person()))
    with pytest.raises(CommandError, match="没有导入的权限"):
        compare_list(cast, path, user="viewer_a")
    path.write_bytes(workbook([["大名", *PEOPLE[1:]], person()]))
    with pytest.raises(CommandError, match="列对应"):
        compare_list(cast, path)
    assert ImportBatch.objects.comparisons().get().job.status == Job.Status.CANCELLED
    path.write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(CommandError) as raised:
        compare_list(cast, path)
    assert "core" not in str(raised.value)
    assert not Person.objects.exists()
