"""What the preview says before anything is written: what is stored where a row says nothing, which
employers are made, whose post begins today."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core.ledgers import showing
from stations.models import Station
from tests.conftest import TOWNSHIP_A, Cast
from tests.imports.ledgers import check, people, person, workbook
from tests.rows import id_number, make_station

pytestmark = pytest.mark.django_db


def test_what_is_chosen_where_a_row_says_nothing(
    cast: Cast, client_of: Callable[..., Client]
) -> None:
    head = ["项目名称", "购买方", "承接方", "合同金额", "开始日期", "结束日期"]
    row = ["某项目", "南明区民政局", "某中心", 90_000, "2024-01-01", "2024-12-31"]
    batch = check(cast.clerk_a, "projects", workbook([head, row]))
    assert "需求（没有填写，按此登记）" in client_of(cast.clerk_a).get(f"/imports/{batch.pk}/").text
    given = workbook([[*head, "当前阶段"], [*row, "招标"]])
    batch = check(cast.clerk_a, "projects", given)
    page = client_of(cast.clerk_a).get(f"/imports/{batch.pk}/").text
    assert "当前阶段：需求" not in page


def test_employers_that_are_made_are_named(cast: Cast, client_of: Callable[..., Client]) -> None:
    rows = [person(f"王{n}", 工作单位=f"第{n}服务中心") for n in "甲乙丙丁戊己庚辛壬癸子"]
    batch = check(cast.clerk_a, "people", people(*rows))
    page = client_of(cast.clerk_a).get(f"/imports/{batch.pk}/").text
    assert "同时建立 11 个待完善的站点或单位：第甲服务中心、第乙服务中心" in page
    assert "第癸服务中心等。" in page


def test_a_day_that_is_told_does_not_begin_today(cast: Cast) -> None:
    """It is before the station was built, which is a remark of the same column."""
    station = make_station(TOWNSHIP_A, "新华路社工站")
    Station.objects.filter(pk=station.pk).update(built_on="2023-01-01")
    told = person("王甲", 工作单位=station.name, 入职日期="2019-03-01")
    untold = person("王乙", 工作单位=station.name, 入职日期="")
    batch = check(cast.clerk_a, "people", people(told, untold))
    (said,) = [s for s in batch.reading["uncounted"] if "入职日期" in s]
    assert said.startswith("1 人没有写明入职日期")


def test_what_decides_whether_a_record_counts_is_not_left_out_with_the_rest(cast: Cast) -> None:
    head = ["站点名称", "乡镇（街道）", "建成时间", "建设情况"]
    batch = check(
        cast.clerk_a, "stations", workbook([head, ["某社工站", "新华路街道", "", "拆了"]])
    )
    (question,) = showing.questions(batch)
    assert question["waits"]
    assert not showing.may_go(question)


def test_an_employment_that_is_assumed_is_said(cast: Cast) -> None:
    """It makes people count (T1, L1)."""
    head = ["姓名", "身份证号", "工作单位", "入职日期", "用工性质"]
    rows = [[f"王{n}", id_number(), "某中心", "2020-01-01", said]
            for n, said in (("甲", ""), ("乙", "志愿者"), ("丙", "说不清"))]  # fmt: skip
    batch = check(cast.clerk_a, "people", workbook([head, *rows]))
    said = "".join(batch.reading["uncounted"])
    assert "2 人没有写明用工性质，按机构合同制登记，计入从业人员" in said
