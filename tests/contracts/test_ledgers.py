"""Every kind of ledger: nobody's row is overwritten from elsewhere, what the registry exported
it knows again, and the same values are judged alike in a form and in a ledger.

A kind without a sample here fails: it is walked like the others or not shipped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps

from core.entities.entity import ENTITIES, Entity
from core.entities.made import form_of
from core.ledgers.ledger import kinds
from core.models import ImportRow, Job, User
from talent.models import Certificate, Post
from tests.conftest import COUNTY_A, COUNTY_B, PREFECTURE, TOWNSHIP_A, Cast
from tests.imports.ledgers import PEOPLE, STATION, TOWNSHIP, apply, check, outcomes, take, workbook
from tests.rows import id_number, make_organization, make_person, make_row, make_station

pytestmark = pytest.mark.django_db
STOPPED = {"stopped"}
# What a form refuses in a cell that may be empty, a ledger leaves out and says so.
LEFT_OUT = {"left out"}
Values = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """Cells of a good row by label, a change to it, and cases for both doors.

    `cases` are (name, cells, form values, what both answer: rules of the remarks that ask for
    a reason, or STOPPED); `form` are the form's values of the good row, `parent` what
    its record belongs to.
    """

    cells: Callable[[], Values]
    change: Values
    form: Callable[[Cast], Values] = lambda cast: {}
    parent: Callable[[], Values] = dict
    cases: tuple[tuple[str, Values, Values, set[str]], ...] = field(default=())


def _person() -> Values:
    cells = dict.fromkeys(PEOPLE, "")
    return cells | {
        "姓名": "张三", "身份证号": id_number(), "乡镇（街道）": TOWNSHIP, "工作单位": STATION,
        "岗位": "社工", "入职日期": "2023-03-01", "联系电话": "13800001234",
    }  # fmt: skip


def _station() -> Values:
    return {
        "站点名称": "新华路街道社工站", "站点类型": "乡镇社工站", "乡镇（街道）": "520102016",
        "建成日期": "2022-05-01", "运行状态": "运行", "批复文号": "南民〔2022〕5号", "设岗数": "3",
    }  # fmt: skip


def _organization() -> Values:
    return {
        "机构名称": "同心社会工作服务中心", "机构类型": "社工机构", "所在地区": "南明区",
        "统一社会信用代码": "91350100M000100Y43", "登记日期": "2019-05-06", "评估等级": "3A",
        "主管单位": "贵阳市民政局", "地址": "新华路1号",
    }  # fmt: skip


def _month() -> Values:
    make_station(TOWNSHIP_A, "某街道社工站")
    return {
        "站点": "某街道社工站", "月份": "2024-11", "新开个案": "3", "结案个案": "1",
        "社区活动场次": "2", "社区活动人次": "60", "探访户次": "20",
    }  # fmt: skip


def _target() -> Values:
    make_station(TOWNSHIP_A, "某街道社工站")
    return {"站点": "某街道社工站", "年度": "2025", "指标": "新开个案", "任务": "30"}


def _project() -> Values:
    return {
        "项目名称": "某服务项目", "购买方": "贵阳市民政局", "服务领域": "生活困难救助",
        "资金来源": "县级财政", "预算金额（元）": "100000", "合同金额（元）": "90000",
        "开始日期": "2024-01-01", "结束日期": "2024-12-31", "当前阶段": "实施",
    }  # fmt: skip


def _graduates() -> Values:
    return {
        "院校名称": "贵州大学", "专业": "社会工作", "培养层次": "本科", "毕业年度": "2023",
        "毕业人数": "40", "其中留黔人数": "20", "院校所在": "省内", "依据文件": "学校报表",
    }  # fmt: skip


_HELD = "20230515521713815"


def _certificate() -> Values:
    serving = make_person(TOWNSHIP_A, "王芳")
    office = make_organization(TOWNSHIP_A, "花果园街道办事处")
    Post.objects.create(
        person=serving, organization=office, region_id=TOWNSHIP_A, started_on="2023-03-01"
    )
    return {
        "姓名": "王芳", "级别": "助理社会工作师", "证书管理号": _HELD,
        "工作单位": "花果园街道办事处", "批准日期": "2023-06",
    }  # fmt: skip


def _registration() -> Values:
    person = make_person(TOWNSHIP_A, "王芳")
    Certificate.objects.create(person=person, level="1", number=_HELD, approved_on="2022-09-01")
    return {
        "姓名": "王芳", "级别": "助理社会工作师", "证书管理号": _HELD,
        "登记有效期": "2023-03-01至2026-02-28",
    }  # fmt: skip


def _roster() -> Values:
    return {
        "单号": make_row("rosterline", TOWNSHIP_A).roster.serial, "人才编号": "", "姓名": "周新",
        "岗位": "社工", "入职日期": "2024-03-01", "在岗情况": "新增",
    }  # fmt: skip


SAMPLES: dict[str, Sample] = {
    "certificates": Sample(
        _certificate,
        {"批准日期": "2023-06-17"},
        form=lambda cast: {"level": "1", "number": _HELD, "approved_on": "2023-06"},
        parent=lambda: {"person": make_person(TOWNSHIP_A)},
        cases=(
            ("good", {}, {}, set()),
            ("R7 short", {"证书管理号": "12345"}, {"number": "12345"}, {"R7"}),
            ("R8 early", {"批准日期": "2007-01-01"}, {"approved_on": "2007-01-01"}, {"R8"}),
            ("R8 ahead", {"批准日期": "2999-01-01"}, {"approved_on": "2999-01-01"}, LEFT_OUT),
            ("R9", {"级别": "高级社会工作师"}, {"level": "3"}, {"R9"}),
        ),
    ),
    "registrations": Sample(
        _registration,
        {"登记证书号": "520198110"},
        form=lambda cast: {
            "kind": "1", "starts_on": "2023-03-01", "ends_on": "2026-02-28", "state": "7",
        },
        parent=lambda: {"person": make_person(TOWNSHIP_A)},
        cases=(
            ("good", {}, {}, set()),
            ("R11", {"登记有效期": "2023-03-01至2025-02-28"}, {"ends_on": "2025-02-28"}, STOPPED),
            ("no period", {"登记有效期": ""}, {"starts_on": ""}, STOPPED),
        ),
    ),
    "rosters": Sample(_roster, {"入职日期": "2024-04-01"}),
    "people": Sample(_person, {"联系电话": "13900005678", "岗位": "督导"}),
    "stations": Sample(
        _station,
        {"设岗数": "9", "批复文号": "花民〔2024〕1号"},
        form=lambda cast: {
            "name": "新华路街道社工站", "kind": "3", "region": TOWNSHIP_A, "status": "3",
            "built_on": "2022-05-01", "approval_number": "南民〔2022〕5号", "capacity": "3",
        },
        cases=(
            ("good", {}, {}, set()),
            ("R15 built ahead", {"建成日期": "2999-01-01"}, {"built_on": "2999-01-01"}, LEFT_OUT),
            ("capacity", {"设岗数": "几个"}, {"capacity": "几个"}, LEFT_OUT),
            ("kind", {"站点类型": "某某"}, {"kind": "99"}, STOPPED),
            ("name", {"站点名称": ""}, {"name": ""}, STOPPED),
        ),
    ),
    "organizations": Sample(
        _organization,
        {"评估等级": "4A", "地址": "新华路2号"},
        form=lambda cast: {
            "name": "同心社会工作服务中心", "kind": "4", "region": COUNTY_A, "rating": "3",
            "credit_code": "91350100M000100Y43", "registered_on": "2019-05-06",
            "address": "新华路1号",
        },
        cases=(
            ("good", {}, {}, set()),
            ("kind", {"机构类型": "某某"}, {"kind": "99"}, STOPPED),
            ("name", {"机构名称": ""}, {"name": ""}, STOPPED),
            ("life", {"注销日期": "2018-01-01"}, {"deregistered_on": "2018-01-01"}, STOPPED),
        ),
    ),
    "station_months": Sample(
        _month,
        {"探访户次": "25", "志愿服务时长（小时）": "12"},
        form=lambda cast: {
            "month": "2024-11", "span": "M", "cases_new": "3", "cases_closed": "1",
            "activities": "2", "activity_attendance": "60", "visits": "20",
        },
        parent=lambda: {"station": make_station(TOWNSHIP_A)},
        cases=(
            ("good", {}, {}, set()),
            ("R19 attendance", {"社区活动人次": "1"}, {"activity_attendance": "1"}, STOPPED),
            ("R20 workers", {"在岗社工数": "2"}, {"workers": "2"}, {"R20"}),
            ("month ahead", {"月份": "2999-01"}, {"month": "2999-01"}, STOPPED),
            ("no month", {"月份": ""}, {"month": ""}, STOPPED),
        ),
    ),
    "station_targets": Sample(
        _target,
        {"任务": "36"},
        form=lambda cast: {"year": "2025", "number": "cases_new", "target": "30"},
        parent=lambda: {"station": make_station(TOWNSHIP_A)},
        cases=(
            ("good", {}, {}, set()),
            ("none", {"任务": "0"}, {"target": "0"}, STOPPED),
            ("half", {"任务": "1.5"}, {"target": "1.5"}, STOPPED),
            ("year mistyped", {"年度": "1999"}, {"year": "1999"}, STOPPED),
            ("number", {"指标": "某某"}, {"number": "某某"}, STOPPED),
        ),
    ),
    "projects": Sample(
        _project,
        {"合同金额（元）": "80000", "当前阶段": "中期评估"},
        form=lambda cast: {
            "name": "某服务项目", "service_field": "01", "region": COUNTY_A, "fund": "4",
            "purchaser": str(make_organization(COUNTY_A, "贵阳市民政局").pk),
            "budget": "100000", "contract_amount": "90000", "started_on": "2024-01-01",
            "ends_on": "2024-12-31", "stage": "50",
        },
        cases=(
            ("good", {}, {}, set()),
            ("R18 contract", {"合同金额（元）": "200000"}, {"contract_amount": "200000"}, STOPPED),
            ("R18 order", {"结束日期": "2023-12-31"}, {"ends_on": "2023-12-31"}, STOPPED),
            ("money", {"预算金额（元）": "十来万"}, {"budget": "十来万"}, LEFT_OUT),
            ("start", {"开始日期": ""}, {"started_on": ""}, STOPPED),
        ),
    ),
    "graduates": Sample(
        _graduates,
        {"毕业人数": "45"},
        form=lambda cast: {
            "school": "贵州大学", "major": "社会工作", "level": "21", "year": "2023",
            "graduates": "40", "stayed": "20", "school_place": "1", "region": COUNTY_A,
            "document": "学校报表",
        },
        cases=(
            ("good", {}, {}, set()),
            ("R20", {"其中留黔人数": "41"}, {"stayed": "41"}, {"R20"}),
            ("year ahead", {"毕业年度": "2999"}, {"year": "2999"}, STOPPED),
            ("year mistyped", {"毕业年度": "1899"}, {"year": "1899"}, STOPPED),
            ("count", {"毕业人数": ""}, {"graduates": ""}, STOPPED),
            ("level", {"培养层次": "某某"}, {"level": "99"}, STOPPED),
        ),
    ),
}  # fmt: skip
KINDS = sorted(kinds())
BOTH_DOORS = [
    pytest.param(kind, *case[1:], id=f"{kind}-{case[0]}")
    for kind, sample in SAMPLES.items()
    for case in sample.cases
]


def sheet(cells: Values) -> bytes:
    return workbook([list(cells), list(cells.values())])


def entity_of(kind: str) -> Entity:
    return next(e for e in ENTITIES.values() if e.ledger is not None and e.ledger.kind == kind)


def rows_of(kind: str) -> dict[str, list[Values]]:
    """All that a ledger of a kind writes, as it stands."""
    return {
        label: list(apps.get_model(label)._base_manager.order_by("pk").values())
        for label in kinds()[kind].models
    }


def test_every_kind_has_a_sample() -> None:
    assert set(SAMPLES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_goes_in_and_changes(kind: str, cast: Cast) -> None:
    """Else the tests below would prove nothing."""
    cells = SAMPLES[kind].cells()
    assert outcomes(take(cast.clerk_a, kind, sheet(cells))) == {"new": 1}
    changed = take(cast.clerk_a, kind, sheet(cells | SAMPLES[kind].change))
    assert outcomes(changed) == {"changed": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_another_county_overwrites_nothing(kind: str, cast: Cast) -> None:
    """ARCHITECTURE "Scope", the first trap: a stock resource looks rows up unscoped."""
    cells = SAMPLES[kind].cells()
    make_organization(PREFECTURE, "贵阳市民政局")
    take(cast.clerk_a, kind, sheet(cells))
    before = rows_of(kind)
    assert before[kinds()[kind].models[0]]
    changed = cells | SAMPLES[kind].change
    # As it is, and without the columns that say where it lies.
    places = ("乡镇（街道）", "县（市、区）", "实施地区", "所在地区")
    for data in (changed, {k: v for k, v in changed.items() if k not in places}):
        batch = check(cast.clerk_b, kind, sheet(data))
        if batch.job.status == Job.Status.WAITING:
            batch = apply(batch)
        after = rows_of(kind)
        for label, kept in before.items():
            assert [row for row in after[label] if row in kept] == kept, label


def _move(model: Any, region: str) -> None:
    """Also what a record belongs to, where that says where it lies."""
    parent, _, last = model.scope_field.rpartition("__")
    if parent:
        model = model._meta.get_field(parent).related_model
    model._base_manager.update(**{f"{last}_id": region})


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "people"])
def test_what_has_gone_to_another_county_is_not_overwritten(kind: str, cast: Cast) -> None:
    """The key may still fit, also where it names what only the office before sees."""
    cells = SAMPLES[kind].cells()
    take(cast.clerk_a, kind, sheet(cells))
    label = kinds()[kind].models[0]
    _move(apps.get_model(label), COUNTY_B)
    before = rows_of(kind)[label]
    take(cast.clerk_a, kind, sheet(cells | SAMPLES[kind].change))
    assert [row for row in rows_of(kind)[label] if row in before] == before


def _exported(entity: Entity, user: User, client_of: Any) -> bytes:
    has_numbers = user.has_perm(entity.permission("reveal"))
    asked = {"unmasked": "1", "reason": "核对"} if has_numbers else {}
    answer = client_of(user).post(entity.url("export"), {"format": "xlsx"} | asked)
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("kind", KINDS)
def test_the_own_export_is_known_again(kind: str, cast: Cast, client_of: Any) -> None:
    entity = entity_of(kind)
    for _ in range(2):
        make_row(entity.name, COUNTY_A if kind == "people" else TOWNSHIP_A)
    before = rows_of(kind)
    batch = take(cast.clerk_a, kind, _exported(entity, cast.clerk_a, client_of))
    assert outcomes(batch) == {"unchanged": 2}
    assert rows_of(kind) == before


def by_ledger(user: User, kind: str, cells: Values) -> set[str]:
    batch = check(user, kind, sheet(cells))
    row = ImportRow.objects.get(batch=batch, number=2)
    if row.outcome in (ImportRow.Outcome.REFUSED, ImportRow.Outcome.HELD):
        return STOPPED
    return {m["rule"] for m in row.messages if m["level"] == "W"}


def by_form(user: User, kind: str, values: Values) -> set[str]:
    entity = entity_of(kind)
    record = entity.model(**SAMPLES[kind].parent())
    form = form_of(entity, is_new=True)(values, instance=record, user=user)
    form.is_valid()
    if set(form.errors) - {"reason"}:
        return STOPPED
    return {flag.rule for flag in form.warnings}


@pytest.mark.parametrize(("kind", "cells", "values", "answer"), BOTH_DOORS)
def test_both_doors(kind: str, cells: Values, values: Values, answer: set[str], cast: Cast) -> None:
    """Those of people have a file of their own (tests/imports/test_both_doors.py)."""
    sample = SAMPLES[kind]
    form = sample.form(cast)
    is_left_out = answer == LEFT_OUT
    assert by_form(cast.clerk_a, kind, form | values) == (STOPPED if is_left_out else answer)
    said = by_ledger(cast.clerk_a, kind, sample.cells() | cells)
    assert said & {"DATE", "NUMBER"} if is_left_out else said == answer


def test_every_kind_is_tried_by_both_doors() -> None:
    """People have a file of their own; what an employer answers has no form."""
    tried = {kind for kind, sample in SAMPLES.items() if sample.cases}
    assert tried == set(KINDS) - {"people", "rosters"}
