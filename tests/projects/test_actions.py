"""R18: money within the contract, after its milestone, and never twice in a race."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from core.rules import RuleError
from projects.models import Payment, Project
from projects.payments.actions import add_payment, end_payment, paid_total, reactivate_payment
from projects.projects.actions import change_stage, end_project, update_project
from projects.projects.rules import check_project
from tests.conftest import TOWNSHIP_A, Cast
from tests.rows import make_organization, make_project

D = datetime.date


def reached(cast: Cast) -> Project:
    """A running project of 90,000 yuan whose mid-term evaluation was reached."""
    project = make_project(TOWNSHIP_A)
    change_stage(project=project, by=cast.clerk_a, stage="60", reached_on=D(2023, 6, 1))
    return project


def pay(project: Project, cast: Cast, amount: int, **fields: Any) -> Payment:
    given = {"stage": "60", "paid_on": D(2023, 7, 1)} | fields
    payment = Payment(project=project, amount=Decimal(amount), **given)
    return add_payment(payment=payment, by=cast.clerk_a)


@pytest.mark.django_db
def test_payments_stay_within_the_contract(cast: Cast) -> None:
    project = reached(cast)
    first = pay(project, cast, 60_000)
    pay(project, cast, 30_000)
    with pytest.raises(RuleError, match="超过合同金额"):
        pay(project, cast, 1)
    end_payment(payment=first, by=cast.clerk_a, reason="误录")
    pay(project, cast, 60_000)
    assert paid_total(project) == 90_000


@pytest.mark.django_db
def test_a_payment_follows_its_milestone(cast: Cast) -> None:
    project = reached(cast)
    with pytest.raises(RuleError, match="末期评估"):
        pay(project, cast, 10, stage="70")
    with pytest.raises(RuleError, match="早于"):
        pay(project, cast, 10, paid_on=D(2023, 5, 31))
    with pytest.raises(RuleError, match="节点"):
        pay(project, cast, 10, stage="50")
    pay(project, cast, 10, paid_on=D(2023, 6, 1))


@pytest.mark.django_db
def test_an_opening_balance_has_no_date(cast: Cast) -> None:
    project = make_project(TOWNSHIP_A)
    with pytest.raises(RuleError, match="期初"):
        pay(project, cast, 10, is_opening_balance=True)
    pay(project, cast, 10, is_opening_balance=True, stage="", paid_on=None)


@pytest.mark.django_db
def test_stages_go_forward_or_are_explained(cast: Cast) -> None:
    project = reached(cast)
    with pytest.raises(RuleError, match="倒退"):
        change_stage(project=project, by=cast.clerk_a, stage="50", reached_on=D(2023, 7, 1))
    change_stage(
        project=project, by=cast.clerk_a, stage="50", reached_on=D(2023, 7, 1), reason="补录"
    )
    change_stage(project=project, by=cast.clerk_a, stage="80", reached_on=D(2024, 1, 1))
    with pytest.raises(RuleError, match="结项"):
        change_stage(
            project=project, by=cast.clerk_a, stage="50", reached_on=D(2024, 2, 1), reason="再开"
        )


@pytest.mark.django_db
def test_a_paid_project_is_not_deactivated(cast: Cast) -> None:
    project = reached(cast)
    pay(project, cast, 10)
    with pytest.raises(RuleError, match="已有付款"):
        end_project(project=project, by=cast.clerk_a, reason="误录")


@pytest.mark.django_db
def test_an_edit_keeps_the_contract_above_what_was_paid(cast: Cast) -> None:
    project = reached(cast)
    pay(project, cast, 500)
    project.contract_amount = Decimal(499)
    with pytest.raises(RuleError, match="少于已付款"):
        update_project(project=project, by=cast.clerk_a)
    project.contract_amount = Decimal(500)
    agency = make_organization(TOWNSHIP_A)
    project.contractor = project.evaluator = agency
    with pytest.raises(RuleError, match="评估方"):
        update_project(project=project, by=cast.clerk_a)


@pytest.mark.django_db(transaction=True)
def test_parallel_payments_do_not_overdraw(cast: Cast) -> None:
    project = reached(cast)
    barrier, refused = threading.Barrier(4), []

    def run() -> None:
        try:
            barrier.wait(10)
            pay(Project.objects.get(pk=project.pk), cast, 40_000)
        except RuleError as error:
            refused.append(error.rule)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert refused == ["R18"] * 2
    assert paid_total(project) == 80_000


@pytest.mark.parametrize(
    "fields",
    [
        {"contract_amount": Decimal(101)},
        {"ends_on": D(2022, 12, 31)},
        {"paid": Decimal(91)},
        {"contractor": 1, "evaluator": 1},
    ],
)
def test_what_a_project_may_not_be(fields: dict[str, Any]) -> None:
    given: dict[str, Any] = {
        "budget": Decimal(100), "contract_amount": Decimal(90), "started_on": D(2023, 1, 1),
        "ends_on": D(2023, 1, 1), "paid": Decimal(90), "contractor": 1, "evaluator": 2,
    }  # fmt: skip
    assert check_project(**given) == []
    with pytest.raises(RuleError) as error:
        check_project(**(given | fields))
    assert error.value.rule == "R18"


@pytest.mark.django_db
def test_a_project_and_a_payment_come_back_within_the_rules(
    cast: Cast, client_of: Callable[[Any], Client]
) -> None:
    project = make_project(TOWNSHIP_A)
    end_project(project=project, by=cast.clerk_a, reason="误录")
    project.refresh_from_db()
    url = f"/projects/{project.pk}/reactivate/"
    data = {"version": project.version, "reason": "误停用"}
    assert client_of(cast.clerk_b).post(url, data).status_code == 404
    assert client_of(cast.clerk_a).post(url, data).status_code == 302
    project = reached(cast)
    first = pay(project, cast, 60_000)
    end_payment(payment=first, by=cast.clerk_a, reason="误录")
    second = pay(project, cast, 60_000)
    with pytest.raises(RuleError, match="超过合同金额"):
        reactivate_payment(payment=first, by=cast.clerk_a, reason="误停用")
    end_payment(payment=second, by=cast.clerk_a, reason="误录")
    reactivate_payment(payment=first, by=cast.clerk_a, reason="误停用")
    assert paid_total(project) == 60_000
