"""R18 in the ledger of projects: a row is measured with what the registry knows beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from projects.models import Payment, Project
from stations.models import Organization
from tests.conftest import COUNTY_A, Cast
from tests.imports.ledgers import outcomes, row_of, take, words, workbook
from tests.rows import DAY, make_organization

pytestmark = pytest.mark.django_db
HEAD = [
    "项目名称", "购买方", "承接方", "预算金额", "合同金额", "开始日期", "结束日期", "已拨付",
]  # fmt: skip


def row(name: str = "某项目", **cells: Any) -> list[Any]:
    given = {
        "项目名称": name,
        "购买方": "南明区民政局",
        "承接方": "某中心",
        "预算金额": 100_000,
        "合同金额": 90_000,
        "开始日期": "2024-01-01",
        "结束日期": "2024-12-31",
        "已拨付": "",
    }
    return [(given | cells)[label] for label in HEAD]


@pytest.fixture
def project(cast: Cast) -> Project:
    """Budget 100,000, contract 90,000, paid 80,000, evaluated by 「评估中心」."""
    take(cast.clerk_a, "projects", workbook([HEAD, row()]))
    project = Project.objects.get()
    project.evaluator = make_organization(COUNTY_A, "评估中心")
    project.save()
    Payment.objects.create(project=project, amount=80_000, stage="40", paid_on=DAY)
    return project


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"合同金额": 50_000}, "已付款 80,000.00 元"),
        ({"承接方": "评估中心"}, "评估方不能是承接方"),
        ({"预算金额": "", "合同金额": 120_000}, "不能超过预算金额"),
        ({"合同金额": "", "预算金额": 85_000}, "不能超过预算金额"),
        ({"合同金额": "", "已拨付": 95_000}, "已付款 95,000.00 元"),
    ],
)
def test_a_row_against_the_registry_is_held(
    cast: Cast, project: Project, cells: dict[str, Any], said: str
) -> None:
    """And the other rows of the file go in."""
    batch = take(cast.clerk_a, "projects", workbook([HEAD, row(**cells), row("另一项目")]))
    assert outcomes(batch) == {"held": 1, "new": 1}
    assert said in words(batch, 2)
    assert row_of(batch, 2).messages[-1]["rule"] == "R18"
    before = Project.objects.get(pk=project.pk)
    assert (before.contract_amount, before.budget) == (90_000, 100_000)
    assert before.contractor == Organization.objects.get(name="某中心")
    assert project.payments.count() == 1


def test_a_row_within_the_rules_goes_in(cast: Cast, project: Project) -> None:
    batch = take(cast.clerk_a, "projects", workbook([HEAD, row(合同金额=85_000, 已拨付=85_000)]))
    assert outcomes(batch) == {"changed": 1}
    project.refresh_from_db()
    assert project.contract_amount == 85_000
    assert project.payments.get(is_opening_balance=True).amount == Decimal(5_000)


def test_a_known_project_needs_no_amounts(cast: Cast, project: Project) -> None:
    """A ledger of what was paid: neither budget nor contract in it."""
    blank: dict[str, Any] = {"预算金额": "", "合同金额": "", "承接方": ""}
    rows = [row(**blank, 已拨付=85_000), row("新项目", **blank)]
    batch = take(cast.clerk_a, "projects", workbook([HEAD, *rows]))
    assert outcomes(batch) == {"changed": 1, "refused": 1}
    assert "请填写预算金额或合同金额" in words(batch, 3)
    project.refresh_from_db()
    assert (project.budget, project.contract_amount) == (100_000, 90_000)
    assert project.payments.get(is_opening_balance=True).amount == 5_000


def test_nothing_paid_takes_an_opening_balance_back(cast: Cast) -> None:
    """0 says something, an empty cell does not."""
    for paid, outcome, left in ((500, "new", 500), ("", "unchanged", 500), (0, "changed", 0)):
        batch = take(cast.clerk_a, "projects", workbook([HEAD, row(已拨付=paid)]))
        assert outcomes(batch) == {outcome: 1}
        assert Payment.objects.get().amount == left


def test_nothing_paid_beside_dated_payments_is_remarked(cast: Cast, project: Project) -> None:
    batch = take(cast.clerk_a, "projects", workbook([HEAD, row(已拨付=0)]))
    assert outcomes(batch) == {"unchanged": 1}
    assert "少于已登记的付款 80000.00 元" in words(batch, 2)


def test_stages_go_forward_in_a_ledger_too(cast: Cast, project: Project) -> None:
    """R18: backwards is remarked on and wants a reason; what is closed stays closed."""
    head = [*HEAD, "当前阶段"]

    def take_stage(word: str) -> Any:
        return take(cast.clerk_a, "projects", workbook([head, [*row(), word]]))

    assert take_stage("实施").counts["flagged"] == 0
    assert "阶段倒退" in words(take_stage("采购"), 2)
    Project.objects.update(stage="80")
    batch = take_stage("实施")
    assert outcomes(batch) == {"held": 1}
    assert "已结项或终止" in words(batch, 2)
    assert Project.objects.get().stage == "80"
    assert outcomes(take_stage("整改")) == {"changed": 1}


# --- Rows and records without a contract number -----------------------------------------------
def numbered(number: str, **cells: Any) -> bytes:
    return workbook([[*HEAD, "合同编号"], [*row(**cells), number]])


def test_a_row_without_its_number_is_about_the_project_that_has_one(cast: Cast) -> None:
    take(cast.clerk_a, "projects", numbered("HT-1"))
    batch = take(cast.clerk_a, "projects", workbook([HEAD, row()]))
    assert outcomes(batch) == {"unchanged": 1}
    batch = take(cast.clerk_a, "projects", workbook([HEAD, row(预算金额="", 合同金额=95_000)]))
    assert outcomes(batch) == {"changed": 1}
    one = Project.objects.get()
    assert (one.contract_number, one.contract_amount) == ("HT-1", 95_000)


def test_of_several_with_numbers_it_is_asked(cast: Cast) -> None:
    data = workbook([[*HEAD, "合同编号"], [*row(), "HT-1"], [*row(), "HT-2"]])
    assert outcomes(take(cast.clerk_a, "projects", data)) == {"new": 2}
    batch = take(cast.clerk_a, "projects", workbook([HEAD, row()]))
    assert outcomes(batch) == {"held": 1}
    assert "在册有 2 条" in words(batch, 2)
    assert "补填合同编号" in words(batch, 2)
    assert Project.objects.count() == 2


def test_another_number_is_another_project(cast: Cast) -> None:
    take(cast.clerk_a, "projects", numbered("HT-1"))
    assert outcomes(take(cast.clerk_a, "projects", numbered("HT-2"))) == {"new": 1}


def test_each_purchaser_numbers_its_own(cast: Cast) -> None:
    take(cast.clerk_a, "projects", numbered("HT-1"))
    batch = take(cast.clerk_a, "projects", numbered("HT-1", 购买方="南明区教育局", 合同金额=80_000))
    assert outcomes(batch) == {"new": 1}
    assert set(Project.objects.values_list("contract_amount", flat=True)) == {80_000, 90_000}


def test_both_in_one_file_are_one(cast: Cast) -> None:
    """Whichever of the two comes first."""
    for rows in ([[*row(), ""], [*row(), "HT-1"]], [[*row(), "HT-1"], [*row(), ""]]):
        batch = take(cast.clerk_a, "projects", workbook([[*HEAD, "合同编号"], *rows]))
        held = next(number for number in (2, 3) if row_of(batch, number).outcome == "held")
        assert "是同一项目" in words(batch, held)
        assert Project.objects.get().contract_number == "HT-1"


def test_two_numbers_do_not_share_a_project_without_one(cast: Cast, project: Project) -> None:
    data = workbook([[*HEAD, "合同编号"], [*row(), "HT-1"], [*row(), "HT-2"]])
    batch = take(cast.clerk_a, "projects", data)
    assert outcomes(batch) == {"changed": 1, "held": 1}
    assert Project.objects.get().contract_number == "HT-1"
