"""What was checked stays checked only as long as it says what was checked."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.audit.history import acting
from core.rules import RuleError
from core.scoping import OutOfScope
from talent import actions
from talent.models import Certificate, ChangeRequest, Person
from tests.conftest import COUNTY_A, COUNTY_B, TOWNSHIP_A, Cast
from tests.core.test_entity_editing import form_data
from tests.imports.ledgers import outcomes, people, person, take
from tests.reports import build
from tests.rows import id_number

pytestmark = pytest.mark.django_db
D = datetime.date


@pytest.fixture
def certificate(cast: Cast) -> Certificate:
    """Entered by a clerk, verified by a reviewer of the county."""
    holder = build.person(TOWNSHIP_A)
    with acting(cast.clerk_a):
        row = Certificate.objects.create(
            person=holder, level="1", number="20190001", approved_on=D(2019, 6, 1)
        )
    actions.verify_certificate(certificate=row, by=cast.reviewer_a, verification="3", means="原件")
    row.refresh_from_db()
    return row


@pytest.mark.parametrize(
    ("changes", "verification"),
    [
        ({"level": "3"}, "2"),
        ({"number": "20190002"}, "2"),
        ({"approved_on": "2019-06-02"}, "2"),
        ({"issuer": "贵州省人力资源和社会保障厅"}, "3"),
    ],
)
def test_changed_content_is_to_be_verified_anew(
    cast: Cast,
    client_of: Callable[[Any], Client],
    certificate: Certificate,
    changes: dict[str, str],
    verification: str,
) -> None:
    client, url = client_of(cast.clerk_a), f"/certificates/{certificate.pk}/edit/"
    answer = client.post(url, form_data(client, url) | changes | {"reason": "已核对"})
    assert answer.status_code == 302, answer.context["form"].errors
    certificate.refresh_from_db()
    assert certificate.verification == verification
    assert (certificate.verified_on is None) == (verification == "2")


def test_a_ledger_that_changes_the_content_too(cast: Cast) -> None:
    number = id_number()
    given = {"证书级别": "助理社会工作师", "管理号": "20190001", "批准日期": "2019-06-01"}
    take(cast.clerk_a, "people", people(person("张三", number, **given)))
    actions.verify_certificate(
        certificate=Certificate.objects.get(), by=cast.reviewer_a, verification="3", means="原件"
    )
    again = people(person("张三", number, **given | {"批准日期": "2019-06-02"}))
    assert outcomes(take(cast.clerk_a, "people", again)) == {"changed": 1}
    row = Certificate.objects.get()
    assert (row.approved_on, row.verification, row.verified_on) == (D(2019, 6, 2), "2", None)


def test_a_verification_by_another_does_not_open_the_way_to_ones_own(
    cast: Cast, certificate: Certificate
) -> None:
    entered = Certificate.objects.create(
        person=certificate.person, level="2", number="20200001", approved_on=D(2020, 6, 1)
    )
    with acting(cast.reviewer_a):
        entered.number = "20200002"
        entered.save()
    verify = {"verification": "3", "means": "原件"}
    with pytest.raises(RuleError, match="另一位审核员"):
        actions.verify_certificate(certificate=entered, by=cast.reviewer_a, **verify)
    with acting(cast.prefecture):
        actions.verify_certificate(certificate=entered, by=cast.prefecture, **verify)
    with pytest.raises(RuleError, match="另一位审核员"):
        actions.verify_certificate(
            certificate=entered, by=cast.reviewer_a, **verify | {"verification": "4"}
        )


def test_a_primary_post_does_not_carry_a_person_off(cast: Cast) -> None:
    someone = build.person("520111004", post=False)
    build.give_post(someone, COUNTY_A, primary=False)
    Person.objects.update(region_id="520111004")
    post = someone.posts.get()
    post.is_primary = True
    with pytest.raises(OutOfScope, match="申请转入"):
        actions.update_post(post=post, by=cast.clerk_a)
    assert Person.objects.get().region_id == "520111004"
    assert not someone.posts.get().is_primary


def test_who_lives_elsewhere_can_be_corrected(cast: Cast) -> None:
    someone = build.person(COUNTY_B, post=False)
    build.give_post(someone, TOWNSHIP_A)
    Person.objects.update(region_id=TOWNSHIP_A, user=cast.worker_a)
    request = actions.request_change(
        by=cast.worker_a, changes={"former_name": "张小三"}, reason="户口簿"
    )
    assert isinstance(request, ChangeRequest)
    actions.approve_change(request=request, by=cast.reviewer_a)
    assert Person.objects.get().former_name == "张小三"
