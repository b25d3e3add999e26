"""Blank copies of the four workbooks of samples/ and the eight of samples/real/ come back with
every column filled that the registry holds; the others are named."""

from __future__ import annotations

import io
from typing import NamedTuple

import openpyxl
import pytest

from core.papers.making import fill_form
from core.papers.understanding import understand
from talent.models import Person
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.imports.ledgers import SAMPLES, apply, check
from tests.papers.test_grids import serving
from tests.papers.test_lists import DAY, HEADS, blank, fill, filled
from tests.rows import make_row

pytestmark = pytest.mark.django_db


class Sample(NamedTuple):
    """A workbook: who fills it with what, which headings have no source, and which are empty
    since the workbook itself says nothing there."""

    file: str
    user: str
    kind: str
    rows: int
    no_source: str = ""
    not_said: str = ""


SAMPLES_OF_LISTS = (
    Sample("南明区社会工作人才信息汇总表", "clerk_a", "people", 175, not_said="备注"),
    Sample("政府购买社工服务项目台账", "prefecture", "projects", 18),
    Sample("社会工作专业毕业生统计表", "province", "graduates", 70),
    Sample("贵阳市社工站台账", "prefecture", "stations", 45),
    Sample(
        "real/01", "clerk_a", "people", 30,
        "是否全日制 招录批次/选任类别 在编岗位类别 岗位层次 岗位等级 人员经费预算(元/年) "
        "是否曾调整过人员编制类别 备注1 备注2",
    ),
    Sample("real/03", "clerk_a", "people", 30, "签订劳动合同情况"),
    Sample(
        "real/05", "clerk_a", "people", 20,
        "一次性补贴(元) 标准(元/月) 月数 金额(元) 补贴合计(元) 开户行(全称) 银行卡号",
        not_said="备注",
    ),
    Sample("real/07", "province", "stations", 12),
    Sample(
        "real/09", "prefecture", "projects", 12,
        "合同名称 采购人地址 供应商地址 主要标的名称 规格型号或服务要求 主要标的数量 "
        "主要标的单价(元) 合同签订日期 合同公告日期",
    ),
    Sample(
        "real/12", "province", "graduates", 8,
        "协议和合同就业 升学 灵活就业 未就业 毕业去向落实率",
    ),
    Sample("real/15", "clerk_a", "people", 18, "入党时间 参加工作时间"),
)  # fmt: skip


@pytest.mark.parametrize("sample", SAMPLES_OF_LISTS, ids=[one.file for one in SAMPLES_OF_LISTS])
def test_a_blank_copy_comes_back_filled(sample: Sample, cast: Cast) -> None:
    (path,) = SAMPLES.glob(f"{sample.file}*")
    user = getattr(cast, sample.user)
    apply(check(user, sample.kind, path.read_bytes(), name=path.name))
    data = blank(next(name for name in HEADS if name.startswith(sample.file)))
    made = fill(user, data)
    assert made.rows == sample.rows
    unknown = [one["heading"].replace("\n", "") for one in made.report["unknown"]]
    assert unknown == sample.no_source.split()
    (form,) = understand(data, user=user, region=user.region_id, on=DAY).lists
    lines = filled(made.data)[form.first_row - 1 :][: made.rows]
    empty = {
        bound.heading
        for bound in form.columns
        if bound.heading and not any(line[bound.column - 1] for line in lines)
    }
    assert {heading.replace("\n", "") for heading in empty} == {
        *sample.no_source.split(), *sample.not_said.split()
    }  # fmt: skip


def test_lists_of_names_are_filled_sheet_by_sheet(cast: Cast) -> None:
    """real/04: those who passed, and those who are registered."""
    (path,) = SAMPLES.glob("real/04*")
    book, file = openpyxl.load_workbook(path), io.BytesIO()
    for sheet, head in zip(book.worksheets, (3, 2), strict=True):
        sheet.delete_rows(head + 1, sheet.max_row)
    book.save(file)
    person = serving(TOWNSHIP_A)
    for row in (make_row("certificate", COUNTY_A), make_row("registrationperiod", COUNTY_A)):
        row.person, row.voucher = person, "520198110001"
        row.save()
    assert Person.objects.count() > 1
    made = fill_form(
        user=cast.clerk_a, name=path.name, data=file.getvalue(), region=COUNTY_A, on=DAY
    )
    assert made.report["unknown"] == []
    for sheet in openpyxl.load_workbook(io.BytesIO(made.data)).worksheets:
        *_, line = sheet.iter_rows(values_only=True)
        assert all(line), (sheet.title, line)
