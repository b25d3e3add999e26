"""A ledger whose headings nobody knows: the row is found by its looks, or a person points at it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from core.jobs import running as jobs
from tests.imports.test_pages import uploaded
from tests.rows import id_number

pytestmark = pytest.mark.django_db


def test_headings_that_nobody_knows_are_pointed_at(client_of: Any, cast: Any) -> None:
    client = client_of(cast.clerk_a)
    above = [["甲方花名册", "", ""], ["表一", "表二", "表三"], ["甲栏", "乙栏", "丙栏"]]
    rows = [["张三", id_number(), "某中心"], ["李四", id_number(), "某中心"]]
    batch = uploaded(client, [*above[1:], *rows], head=above[0])
    page = client.get(reverse("import_detail", args=[batch.pk]), follow=True).text
    # The first that looks like one.
    assert "列名不在第 2 行？" in page
    url = reverse("import_header", args=[batch.pk])
    assert "请填写表头所在的行号" in client.post(url, {"header": "41"}, follow=True).text
    client.post(url, {"header": "3"})
    jobs.run(batch.job_id)
    batch.refresh_from_db()
    assert (batch.header_row, batch.header) == (3, ["甲栏", "乙栏", "丙栏"])
    chosen = {"column_name": "0", "column_id_number": "1", "column_employer": "2"}
    client.post(reverse("import_columns", args=[batch.pk]), chosen)
    jobs.run(batch.job_id)
    batch.refresh_from_db()
    assert batch.counts["new"] == 2
    assert batch.header_row == 3


def test_a_row_of_data_is_no_heading(client_of: Any, cast: Any) -> None:
    """Said on the page, and nothing is lost of what was read before."""
    client = client_of(cast.clerk_a)
    rows = [["甲栏", "乙栏"], ["张三", id_number()]]
    batch = uploaded(client, rows, head=["甲方花名册", ""])
    assert batch.header_row == 2
    url = reverse("import_header", args=[batch.pk])
    client.post(url, {"header": "3"})
    jobs.run(batch.job_id)
    batch.refresh_from_db()
    assert batch.header == ["甲栏", "乙栏"]
    page = client.get(reverse("import_columns", args=[batch.pk])).text
    assert "第 3 行是数据，不是列名" in page
    chosen = {"column_name": "0", "column_id_number": "1"}
    client.post(reverse("import_columns", args=[batch.pk]), chosen)
    jobs.run(batch.job_id)
    batch.refresh_from_db()
    assert batch.counts["new"] == 1
    assert "请刷新页面" in client.post(url, {"header": "1"}, follow=True).text


@pytest.mark.parametrize("row", ["0", "41", "", "三", "9" * 5000, "-1"])
def test_what_is_no_row_is_said(row: str, client_of: Any, cast: Any) -> None:
    client = client_of(cast.clerk_a)
    batch = uploaded(client, [["甲栏", "乙栏"], ["张三", "某"]], head=["甲方花名册", ""])
    url = reverse("import_header", args=[batch.pk])
    assert "请填写表头所在的行号" in client.post(url, {"header": row}, follow=True).text


def test_headings_may_repeat_and_data_is_none(client_of: Any, cast: Any) -> None:
    rows = [["张三", "社工", "男"], ["李四", "社工", "女"]]
    batch = uploaded(client_of(cast.clerk_a), rows, head=["甲栏", "乙栏", "乙栏"])
    assert batch.header == ["甲栏", "乙栏", "乙栏"]
    numbered = [["说明", "", ""], ["张三", id_number(), "男"], ["甲栏", "乙栏", "丙栏"]]
    batch = uploaded(client_of(cast.clerk_a), numbered[1:], head=numbered[0])
    assert batch.header == ["甲栏", "乙栏", "丙栏"]
