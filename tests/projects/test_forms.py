"""What people type into the form of a project."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from core.entities.made import form_of
from core.rules import RuleError
from projects.entities import MILESTONES, PAYMENTS, PROJECTS
from projects.milestones.actions import add_milestone, update_milestone
from projects.models import Milestone, Payment, Project
from projects.payments.actions import add_payment, end_payment, reactivate_payment
from projects.projects.actions import change_stage, end_project, update_project
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.rows import make_organization, make_project

pytestmark = pytest.mark.django_db
D = datetime.date
ProjectForm, NewProjectForm = form_of(PROJECTS), form_of(PROJECTS, is_new=True)
MilestoneForm, PaymentForm = form_of(MILESTONES), form_of(PAYMENTS)


def form(cast: Cast, **cells: Any) -> Any:
    organization = make_organization(COUNTY_A, "南明区民政局")
    data = {
        "name": "某项目",
        "region": COUNTY_A,
        "service_field": "01",
        "started_on": "2024-01-01",
        "ends_on": "2024-12-31",
        "stage": "20",
        "purchaser": str(organization.pk),
        "fund": "1",
        "budget": "100000",
    }
    return ProjectForm(data=data | cells, user=cast.clerk_a)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("329,800.50", "329800.50"),
        ("12.5万", "125000"),
        ("¥ 3千元", "3000"),
        ("３０００", "3000"),
        ("十万", "100000"),
        ("", None),
    ],
)
def test_an_amount_is_taken_as_people_write_it(cast: Cast, typed: str, kept: str | None) -> None:
    checked = form(cast, budget="1,000,000 元", contract_amount=typed)
    assert checked.is_valid(), checked.errors
    assert checked.cleaned_data["contract_amount"] == (Decimal(kept) if kept else None)


@pytest.mark.parametrize("typed", ["十来万", "三万八", "1e", "NaN", "Infinity", "1.2.3"])
def test_what_is_no_amount_is_said(cast: Cast, typed: str) -> None:
    errors = form(cast, budget=typed).errors["budget"]
    assert errors == [f"「{typed}」不是数字，请只填数字。"]


def test_a_part_of_a_name_is_answered_with_the_likely_ones(cast: Cast) -> None:
    checked = form(cast, purchaser="", purchaser_text="民政局")
    (message,) = checked.errors["purchaser"]
    assert message == "「民政局」没有写全，您要找的可能是：南明区民政局。请从列表中选择。"


def test_names_of_another_county_are_not_offered(cast: Cast) -> None:
    make_organization("522301", "兴义市民政局")
    checked = form(cast, purchaser="", purchaser_text="兴义市")
    assert checked.errors["purchaser"] == ["在您的辖区内没有找到「兴义市」，请从列表中选择。"]


@pytest.mark.parametrize(("score", "is_taken"), [("0", True), ("100", True), ("100.5", False)])
def test_a_score_is_one_of_a_hundred(cast: Cast, score: str, is_taken: bool) -> None:
    filled = MilestoneForm(
        data={"stage": "60", "reached_on": "2024-06-01", "score": score},
        user=cast.clerk_a,
        instance=Milestone(project=make_project(TOWNSHIP_A)),
    )
    assert filled.is_valid() is is_taken
    assert is_taken or filled.errors["score"] == ["评估得分应在 0 至 100 之间。"]


def test_a_stage_has_one_milestone(cast: Cast) -> None:
    project = make_project(TOWNSHIP_A)
    Milestone.objects.create(project=project, stage="60")
    again = MilestoneForm(
        data={"stage": "60"}, user=cast.clerk_a, instance=Milestone(project=project)
    )
    assert again.non_field_errors() == ["这个阶段已有里程碑，请在原来的一条上修改。"]


def test_there_is_one_opening_balance(cast: Cast) -> None:
    """By the form, by an action and where one that was out of use comes back."""
    project = make_project(TOWNSHIP_A)
    first = Payment(project=project, amount=Decimal(1), is_opening_balance=True)
    add_payment(payment=first, by=cast.clerk_a)
    filled = PaymentForm(
        data={"amount": "5", "is_opening_balance": "on"},
        user=cast.clerk_a,
        instance=Payment(project=project),
    )
    words = "该项目已登记过期初已付，请在原来的一条上修改金额。"
    assert filled.errors == {"is_opening_balance": [words]}
    end_payment(payment=first, by=cast.clerk_a, reason="录错")
    second = Payment(project=project, amount=Decimal(2), is_opening_balance=True)
    add_payment(payment=second, by=cast.clerk_a)
    with pytest.raises(RuleError, match=words):
        reactivate_payment(payment=first, by=cast.clerk_a, reason="对的")
    again = PaymentForm(
        data={"amount": "3", "is_opening_balance": "on"}, user=cast.clerk_a, instance=second
    )
    assert again.is_valid(), again.errors


def paid_project(cast: Cast) -> tuple[Project, Milestone]:
    """Evaluated on 2023-03-01, paid for it a month later."""
    project = make_project(TOWNSHIP_A)
    change_stage(project=project, by=cast.clerk_a, stage="60", reached_on=D(2023, 3, 1))
    project.refresh_from_db()
    payment = Payment(project=project, stage="60", amount=Decimal(1), paid_on=D(2023, 4, 1))
    add_payment(payment=payment, by=cast.clerk_a)
    return project, Milestone.objects.get(stage="60")


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"reached_on": "2023-06-01"}, "reached_on"),
        ({"reached_on": ""}, "reached_on"),
        ({"reached_on": "2023-03-01", "stage": "70"}, "stage"),
        ({"reached_on": "2023-03-15"}, ""),
    ],
)
def test_a_milestone_that_was_paid_for_stays_before_the_payment(
    cast: Cast, cells: dict[str, str], field: str
) -> None:
    """R18, by the form and by the action behind it."""
    _, milestone = paid_project(cast)
    filled = MilestoneForm(data={"stage": "60"} | cells, user=cast.clerk_a, instance=milestone)
    assert list(filled.errors) == ([field] if field else [])
    fresh = Milestone.objects.get(pk=milestone.pk)
    fresh.stage = cells.get("stage", "60")
    fresh.reached_on = D.fromisoformat(cells["reached_on"]) if cells["reached_on"] else None
    if field:
        with pytest.raises(RuleError):
            update_milestone(milestone=fresh, by=cast.clerk_a)
    else:
        update_milestone(milestone=fresh, by=cast.clerk_a)


def test_what_bounds_the_payments_is_not_taken_away(cast: Cast) -> None:
    project, _ = paid_project(cast)
    project.contract_amount = None
    with pytest.raises(RuleError, match="合同金额不能去掉"):
        update_project(project=project, by=cast.clerk_a)


def test_the_stage_is_not_edited_past_its_rules(cast: Cast) -> None:
    project, _ = paid_project(cast)
    assert "stage" not in ProjectForm(user=cast.clerk_a, instance=project).fields
    project.stage = "10"
    update_project(project=project, by=cast.clerk_a)
    project.refresh_from_db()
    assert project.stage == "60"
    assert "stage" in NewProjectForm(user=cast.clerk_a).fields


def test_a_project_out_of_use_gets_no_milestone(cast: Cast) -> None:
    project = make_project(TOWNSHIP_A)
    end_project(project=project, by=cast.clerk_a, reason="录错")
    project.refresh_from_db()
    with pytest.raises(RuleError):
        add_milestone(milestone=Milestone(project=project, stage="60"), by=cast.clerk_a)
