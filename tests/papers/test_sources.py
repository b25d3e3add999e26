"""What statistical forms count beyond people: services, projects and what was paid for them,
graduates, stations by kind and state, agencies; and of people what the yearly row does not ask."""

from __future__ import annotations

import datetime
import io
from typing import Any

import openpyxl
import pytest

from core.papers.making import fill_form
from projects.models import Funding, Payment, Project
from stations.models import StationMonthly, StationState
from talent.models import Certificate, Education, GraduateStat, Person, Post, Title
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.papers.test_grids import ON as TODAY
from tests.papers.test_grids import form, serving
from tests.rows import DAY, make_organization, make_project, make_station

pytestmark = pytest.mark.django_db
# The year in which tests' records begin.
END = DAY.replace(month=12, day=31)


def filled(
    cast: Cast, *rows: list[Any], on: datetime.date = END, region: str = COUNTY_A
) -> list[tuple[Any, ...]]:
    """The lines of a form under its headings, without their labels."""
    made = fill_form(user=cast.prefecture, name="表.xlsx", data=form(*rows), region=region, on=on)
    sheet = openpyxl.load_workbook(io.BytesIO(made.data)).active
    return [row[1:] for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_what_stations_did_in_the_year(cast: Cast) -> None:
    """A number that nobody told of is not zero; a quarter counts in its year."""
    station = make_station(TOWNSHIP_A)
    for month, span, numbers in (
        ("2022-12-01", "M", {"cases_new": 9}),
        ("2023-04-01", "Q", {"cases_new": 3, "groups": 2, "group_attendance": 31}),
        ("2023-11-01", "M", {"cases_new": 1, "resources": 25_000, "volunteer_hours": 12}),
    ):
        StationMonthly.objects.create(station=station, month=month, span=span, **numbers)
    found = filled(
        cast,
        ["服务内容", "单位", "本年完成量", "上年"],
        ["个案服务", "个"], ["小组活动", "场"], ["小组活动", "人次"], ["社区活动", "场"],
        ["链接资源折价", "万元"], ["志愿服务时长", "小时"],
    )  # fmt: skip
    assert [row[1:] for row in found] == [
        (4, 9), (2, None), (31, None), (None, None), (2.5, None), (12, None),
    ]  # fmt: skip


def test_projects_by_way_field_and_stage(cast: Cast) -> None:
    one = make_project(TOWNSHIP_A, procurement="1")
    other = make_project(TOWNSHIP_A, procurement="8")
    Project.objects.filter(pk=other.pk).update(service_field="03", stage="80", fund="2")
    for fund in ("1", "2"):
        Funding.objects.create(project=one, fund=fund, amount=45_000)
    for project, amount, day in ((one, 30_000, "2023-06-01"), (other, 20_000, "2024-02-01")):
        Payment.objects.create(project=project, stage="40", amount=amount, paid_on=day)
    wanted = make_project(TOWNSHIP_A)
    Project.objects.filter(pk=wanted.pk).update(stage="20")
    found = filled(
        cast,
        ["类别", "项目个数", "合同金额（万元）", "已拨付（万元）"],
        ["合计"], ["公开招标"], ["其他采购方式"], ["养老服务"], ["老年人和未成年人保护"],
        ["正在实施"], ["已结项"], ["财政资金"],
    )  # fmt: skip
    assert found == [
        (2, 18, 3), (1, 9, 3), (1, 9, None), (1, 9, 3), (2, 18, 3), (1, 9, 3), (1, 9, None),
        # Both of its sources are fiscal: it is one project all the same.
        (2, 18, None),
    ]  # fmt: skip


def test_graduates_by_level(cast: Cast) -> None:
    given = {"region_id": COUNTY_A, "school": "某学院"}
    for level, year, graduates, stayed in (
        ("21", 2023, 40, 30), ("31", 2023, 20, None), ("21", 2022, 35, 5),
    ):  # fmt: skip
        GraduateStat.objects.create(
            **given, level=level, year=year, graduates=graduates, stayed=stayed
        )
    GraduateStat.objects.create(
        **given | {"school": "省外某校"}, level="21", year=2023, graduates=7, school_place="2"
    )
    found = filled(
        cast,
        ["指标", "合计", "本科", "专科", "硕士"],
        ["本年毕业生数"], ["其中：留黔就业"], ["上年毕业生数"],
    )  # fmt: skip
    assert found == [(60, 40, 20, None), (30, 30, None, None), (35, 35, None, None)]


def test_stations_by_kind_and_state(cast: Cast) -> None:
    agency = make_organization(COUNTY_A)
    run = {"operator": agency, "area": 80, "capacity": 4, "approval_number": "1号"}
    make_station(TOWNSHIP_A, built_on=DAY, is_relocation_site=True, **run)
    make_station(COUNTY_A, kind="2", area="20.5")
    closed = make_station(TOWNSHIP_A)
    StationState.objects.filter(station=closed).update(status="5")
    found = filled(
        cast,
        ["指标", "数值"],
        ["社工站数"], ["乡镇（街道）社工站"], ["县级总站"], ["本年新建社工站"], ["已撤并社工站"],
        ["安置点社工站"], ["社工机构承接的站点"], ["站点使用面积（平方米）"],
        ["设岗数"], ["已建站乡镇（街道）数"],
    )  # fmt: skip
    assert [row[0] for row in found] == [2, 1, 1, 1, 1, 1, 1, 100, 4, 1]


def test_agencies_by_their_year_and_standing(cast: Cast) -> None:
    until = END.replace(year=2030)
    make_organization(COUNTY_A, registered_on=DAY, party_branch="1", rating="4", deductible="1")
    make_organization(
        COUNTY_A, registered_on="2020-01-01", party_branch="2", rating="5", tax_exempt="1",
        tax_exempt_until=until, rated_until="2023-01-01",
    )  # fmt: skip
    make_organization(COUNTY_A, registered_on="2020-01-01", deregistered_on=DAY)
    found = filled(
        cast,
        ["指标", "数值"],
        ["社工机构数"], ["本年新登记机构"], ["注销机构"], ["单独建立党组织的机构"],
        ["联合建立党组织的机构"], ["3A及以上的机构"], ["免税资格机构"],
        ["有公益性捐赠税前扣除资格的机构"],
    )  # fmt: skip
    # The grade of the second ran out.
    assert [row[0] for row in found] == [2, 1, 1, 1, 1, 1, 1, 1]


def test_people_by_title_post_and_party(cast: Cast) -> None:
    office = make_organization(COUNTY_A)
    first = serving(TOWNSHIP_A, political_status="04", ethnicity="01", sources=["05"])
    second = serving(TOWNSHIP_A, office=office, political_status="13", category="15")
    # Nobody has said whether it is a woman, of which nation, or how old.
    Person.objects.filter(pk=second.pk).update(sex="0", ethnicity="", birth_date=None)
    Post.objects.filter(person=first).update(kind="2", employment="4")
    for level in ("3", "2"):
        Title.objects.create(person=first, series="工程", level=level)
    Title.objects.create(person=second, series="工程", level="4")
    Education.objects.create(person=first, level="61", major="")
    Education.objects.create(person=second, level="21", major="应用社会学")
    Certificate.objects.create(
        person=second, level="1", approved_on=TODAY, verification="2"
    )  # fmt: skip
    head = [
        "地区", "男", "汉族", "民主党派", "群众", "高级职称", "中级职称", "初级职称", "高中及以下",
        "社会工作专业", "相关专业", "督导", "公益性岗位", "儿童主任", "乡土社工", "当年新取得证书",
        "45岁及以下",
    ]  # fmt: skip
    found = filled(cast, head, ["南明区"], ["花溪区"], on=TODAY, region="5201")
    assert found[0] == (1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1)
    assert set(found[1]) == {0}
