"""What people type into the form of a project."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from projects.forms import MilestoneForm, ProjectForm
from projects.models import Milestone
from tests.conftest import COUNTY_A, TOWNSHIP_A, Cast
from tests.rows import make_organization, make_project

pytestmark = pytest.mark.django_db


def form(cast: Cast, **cells: Any) -> ProjectForm:
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
        ("", None),
    ],
)
def test_an_amount_is_taken_as_people_write_it(cast: Cast, typed: str, kept: str | None) -> None:
    checked = form(cast, budget="1,000,000 元", contract_amount=typed)
    assert checked.is_valid(), checked.errors
    assert checked.cleaned_data["contract_amount"] == (Decimal(kept) if kept else None)


@pytest.mark.parametrize("typed", ["十万", "1e", "NaN", "Infinity", "1.2.3"])
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
