"""Workbooks of several sheets, notes below a table, tables without a header."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.jobs import running as jobs
from core.models import ImportBatch
from talent.models import Person
from tests.conftest import Cast
from tests.imports.ledgers import PEOPLE, apply, check, fresh, outcomes, person, words, workbook

pytestmark = pytest.mark.django_db
TWO = ("新华路街道", "西湖路街道")


def two_sheets() -> bytes:
    guide = [["填表说明"], ["请按姓名填写"]]
    first = [PEOPLE, person("张三"), person("李四")]
    second = [PEOPLE, person("坏人", "123"), person("王五", **{"乡镇（街道）": "西湖路街道"})]
    return workbook(first, guide, second, names=[TWO[0], "说明", TWO[1]])


class TestSeveralSheets:
    def test_the_others_are_told_with_their_rows(self, cast: Cast, client_of: Any) -> None:
        batch = check(cast.clerk_a, "people", two_sheets())
        assert (batch.sheet, batch.other_sheets) == (TWO[0], [[TWO[1], 2, "people"]])
        page = client_of(cast.clerk_a).get(reverse("import_detail", args=[batch.pk]))
        assert "导入「西湖路街道」（2 行）" in page.text

    def test_another_is_an_import_of_its_own(self, cast: Cast, client_of: Any) -> None:
        first = apply(check(cast.clerk_a, "people", two_sheets()))
        client = client_of(cast.clerk_a)
        response = client.post(reverse("import_sheet", args=[first.pk]), {"sheet": TWO[1]})
        second = ImportBatch.objects.exclude(pk=first.pk).get()
        assert response.headers["Location"] == reverse("import_detail", args=[second.pk])
        jobs.run(second.job_id)
        second = fresh(second)
        assert (second.sheet, second.other_sheets) == (TWO[1], [[TWO[0], 2, "people"]])
        assert outcomes(second) == {"new": 1, "refused": 1}
        left = client.get(reverse("import_refused", args=[second.pk])).content
        assert outcomes(check(cast.clerk_a, "people", left)) == {"refused": 1}
        apply(second)
        assert set(Person.objects.values_list("name", flat=True)) == {"张三", "李四", "王五"}

    @pytest.mark.parametrize("sheet", ["说明", "没有", ""])
    def test_only_those_that_were_told(self, cast: Cast, client_of: Any, sheet: str) -> None:
        batch = check(cast.clerk_a, "people", two_sheets())
        url = reverse("import_sheet", args=[batch.pk])
        page = client_of(cast.clerk_a).post(url, {"sheet": sheet}, follow=True)
        assert "文件中没有这张工作表。" in page.text
        assert ImportBatch.objects.count() == 1


def test_a_table_without_a_header_is_told_and_not_kept(cast: Cast, client_of: Any) -> None:
    """Its first row would be shown, and stored, as if it were names of columns."""
    client = client_of(cast.clerk_a)
    file = SimpleUploadedFile("a.xlsx", workbook([person("张三"), person("李四")]))
    client.post(reverse("import_new"), {"kind": "people", "file": file})
    batch = ImportBatch.objects.get()
    jobs.run(batch.job_id)
    batch = fresh(batch)
    assert (batch.job.status, batch.header) == ("failed", [])
    assert "没有找到表头" in batch.job.message


@pytest.mark.parametrize("note", ["注：以上截至 2025 年底", "填表人：张三", "审核人: 李四"])
def test_notes_below_a_table_are_no_rows(note: str, cast: Cast) -> None:
    rows = [PEOPLE, person("张三"), [note, "审核人：李四", "电话：0851-1234567"]]
    assert outcomes(check(cast.clerk_a, "people", workbook(rows))) == {"new": 1}


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#NAME?", "#CALC!", "Err:502"])
@pytest.mark.parametrize("label", ["备注", "姓名"])
def test_cells_with_an_error_say_so(error: str, label: str, cast: Cast) -> None:
    """Where there is no record without the cell, the row is sent back."""
    batch = check(cast.clerk_a, "people", workbook([PEOPLE, person(**{label: error})]))
    assert outcomes(batch) == ({"refused": 1} if label == "姓名" else {"new": 1})
    assert f"单元格是公式错误 {error}" in words(batch, 2)
