"""What lists of stations and projects say besides: who heads them, how to reach them, what they
cost, how they were judged; and the services of people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from projects.models import Project
from stations.models import Station
from talent.models import Person
from tests.conftest import Cast
from tests.imports.ledgers import (
    apply,
    check,
    outcomes,
    row_of,
    take,
    words,
    workbook,
)
from tests.rows import id_number

pytestmark = pytest.mark.django_db


def sheet(**cells: Any) -> bytes:
    return workbook([list(cells), list(cells.values())])


def station(**cells: Any) -> bytes:
    return sheet(站点名称="新华路街道社工站", 镇街="新华路街道", **cells)


def test_who_heads_a_station_and_what_it_costs(cast: Cast) -> None:
    said = {
        "站长/负责人": "王芳", "联系电话": "0851-85501234、13800001234", "运营方式": "委托运营",
        "年度投入资金（万元）": "20", "覆盖村（社区）数": "9个", "星级": "三星级", "备注": "两层",
        "驻站社工总数": "3", "其中持证": "2人",
    }  # fmt: skip
    batch = take(cast.clerk_a, "stations", station(**said))
    made = Station.objects.get()
    assert (made.head, made.contact_phone, made.operating_model) == ("王芳", "0851-85501234", "2")
    assert (made.annual_funds, made.village_count, made.rating) == (Decimal(200_000), 9, "三星级")
    assert (made.reported_workers, made.reported_certified, made.remark) == (3, 2, "两层")
    assert "登记第一个" in words(batch, 2)
    again = check(cast.clerk_a, "stations", station(**said | {"星级": "四星级"}))
    assert row_of(again, 2).diff == [["评估等次", "三星级", "四星级"]]


@pytest.mark.parametrize(
    ("remark", "outcome"),
    [("2024年已撤并", "held"), ("已撤销，并入花果园", "held"), ("拟撤并", "new"), ("两层", "new")],
)
def test_a_station_that_is_gone_by_its_remark_is_held(
    remark: str, outcome: str, cast: Cast
) -> None:
    assert outcomes(check(cast.clerk_a, "stations", station(备注=remark))) == {outcome: 1}


def project(**cells: Any) -> bytes:
    return sheet(
        项目名称="为老服务", 购买方="南明区民政局", 中标单位="同心社会工作服务中心",
        合同金额="20万元", 起止时间="2024-01-01至2024-12-31", **cells,
    )  # fmt: skip


def test_who_leads_a_project_and_how_it_was_judged(cast: Cast) -> None:
    said = {
        "项目负责人": "李芳", "联系方式": "13800001234", "服务对象": "独居老人",
        "服务人次": "1,200人次", "评估机构": "贵州评估中心", "评估得分": "92.5分", "备注": "续签",
    }  # fmt: skip
    take(cast.clerk_a, "projects", project(**said))
    made = Project.objects.get()
    assert (made.manager, made.contact_phone) == ("李芳", "13800001234")
    assert (made.beneficiaries, made.people_served) == ("独居老人", 1200)
    assert (str(made.evaluator), made.evaluation_score) == ("贵州评估中心", Decimal("92.50"))
    assert made.remark == "续签"
    again = check(cast.clerk_a, "projects", project(**said))
    assert outcomes(again) == {"unchanged": 1}


def test_who_does_it_does_not_judge_it(cast: Cast) -> None:
    batch = take(cast.clerk_a, "projects", project(评估机构="同心社会工作服务中心"))
    assert Project.objects.get().evaluator is None
    assert "评估方就是承接方" in words(batch, 2)


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({"备注": "2024年6月已终止"}, "held"),
        ({"备注": "未终止"}, "new"),
        ({"备注": "已终止", "项目进展": "已终止"}, "new"),
    ],
)
def test_a_project_that_is_over_by_its_remark_is_held(
    cells: dict[str, str], outcome: str, cast: Cast
) -> None:
    assert outcomes(check(cast.clerk_a, "projects", project(**cells))) == {outcome: 1}


def test_services_of_a_person_are_added_to_those_known(cast: Cast) -> None:
    number = id_number()
    said = {"姓名": "王芳", "身份证号": number}
    take(cast.clerk_a, "people", sheet(**said, 服务领域="养老服务、禁毒"))
    assert Person.objects.get().service_fields == ["02", "13"]
    batch = check(cast.clerk_a, "people", sheet(**said, 服务领域="儿童福利"))
    assert [line[0] for line in row_of(batch, 2).diff] == ["服务领域"]
    apply(batch)
    assert Person.objects.get().service_fields == ["02", "03", "13"]
