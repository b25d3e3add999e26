"""Every action refuses the wrong role and the wrong county, and changes nothing then."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from core.entities.deactivation import deactivate
from core.models import Region
from core.scoping import OutOfScope
from projects.models import Payment
from projects.payments.actions import add_payment, end_payment
from projects.projects.actions import change_stage, end_project, update_project
from stations.organizations.actions import end_organization
from stations.places.actions import (
    approve_station,
    change_coverage,
    change_station_state,
    close_station,
    update_station,
)
from talent import actions
from talent.models import KeyTalentClaim, Person, Post, RegistrationPeriod
from tests.conftest import COUNTY_A, PREFECTURE, TOWNSHIP_A, Cast
from tests.rows import DAY, id_number, make_person, make_row, make_station

pytestmark = pytest.mark.django_db
D = datetime.date
WHY = "测试"

# name -> (entity, call(record, by)); every one is for clerks and reviewers unless named below.
CALLS: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "update_person": ("person", lambda r, by: actions.update_person(person=r, by=by)),
    "confirm_person": ("person", lambda r, by: actions.confirm_person(person=r, by=by)),
    "move_residence": ("person", lambda r, by: actions.move_residence(
        person=r, by=by, residence=Region.objects.get(pk=TOWNSHIP_A), moved_on=DAY)),
    "leave_province": ("person", lambda r, by: actions.leave_province(
        person=r, by=by, left_on=DAY, reason=WHY)),
    "retire_person": ("person", lambda r, by: actions.retire_person(
        person=r, by=by, retired_on=DAY, reason=WHY)),
    "record_death": ("person", lambda r, by: actions.record_death(
        person=r, by=by, died_on=DAY, proof=WHY)),
    "deactivate_person": ("person", lambda r, by: actions.deactivate_person(
        person=r, by=by, reason=WHY)),
    "reveal_person": ("person", lambda r, by: actions.reveal_person(person=r, by=by, reason=WHY)),
    "issue_activation_code": ("person", lambda r, by: actions.issue_activation_code(
        person=r, by=by)),
    "request_transfer_out": ("person", lambda r, by: actions.request_transfer_out(
        person=r, to_region=Region.objects.get(pk="522301"), by=by, reason=WHY)),
    "start_post": ("person", lambda r, by: actions.start_post(
        post=Post(person=r, station=make_station(TOWNSHIP_A), started_on=DAY), by=by)),
    "add_registration": ("person", lambda r, by: actions.add_registration(
        period=RegistrationPeriod(person=r, starts_on=DAY, ends_on=D(2026, 2, 28)), by=by)),
    "submit_claim": ("person", lambda r, by: actions.submit_claim(
        claim_=KeyTalentClaim(person=r, claim_class="A", qualified_on=DAY, native_basis="1",
                              evidence=WHY), by=by)),
    "end_post": ("post", lambda r, by: actions.end_post(
        post=r, by=by, ended_on=D(2024, 1, 1), reason=WHY)),
    "update_post": ("post", lambda r, by: actions.update_post(post=r, by=by)),
    "verify_certificate": ("certificate", lambda r, by: actions.verify_certificate(
        certificate=r, by=by, verification="3", means=WHY)),
    "cancel_registration": ("registrationperiod", lambda r, by: actions.cancel_registration(
        period=r, by=by, cancelled_on=D(2024, 1, 1), reason=WHY)),
    "decide_claim": ("keytalentclaim", lambda r, by: actions.decide_claim(
        claim_=r, by=by, approves=False, reason=WHY)),
    "deactivate": ("education", lambda r, by: deactivate(record=r, by=by, reason=WHY)),
    "update_station": ("station", lambda r, by: update_station(station=r, by=by)),
    "change_station_state": ("station", lambda r, by: change_station_state(
        station=r, by=by, status="4", changed_on=D(2024, 1, 1), reason=WHY)),
    "change_coverage": ("station", lambda r, by: change_coverage(
        station=r, by=by, regions=[Region.objects.get(pk=TOWNSHIP_A)], changed_on=DAY)),
    "close_station": ("station", lambda r, by: close_station(
        station=r, by=by, closed_on=D(2024, 1, 1), reason=WHY)),
    "approve_station": ("station", lambda r, by: approve_station(
        station=r, by=by, reason=WHY)),
    "end_organization": ("organization", lambda r, by: end_organization(
        organization=r, by=by, since=D(2024, 1, 1), reason=WHY)),
    "update_project": ("project", lambda r, by: update_project(project=r, by=by)),
    "change_stage": ("project", lambda r, by: change_stage(
        project=r, by=by, stage="60", reached_on=D(2024, 1, 1))),
    "end_project": ("project", lambda r, by: end_project(
        project=r, by=by, reason=WHY)),
    "add_payment": ("project", lambda r, by: add_payment(
        payment=Payment(project=r, amount=10, is_opening_balance=True), by=by)),
    "end_payment": ("payment", lambda r, by: end_payment(
        payment=r, by=by, reason=WHY)),
}  # fmt: skip
REVIEWERS_ONLY = {"verify_certificate", "decide_claim", "approve_station"}


def _row(entity: str) -> Any:
    return make_row(entity, TOWNSHIP_A)


@pytest.mark.parametrize("name", CALLS)
def test_the_own_county_may(cast: Cast, name: str) -> None:
    entity, call = CALLS[name]
    by = cast.reviewer_a if name in REVIEWERS_ONLY else cast.clerk_a
    call(_row(entity), by)


@pytest.mark.parametrize("name", CALLS)
def test_no_other_role_may(cast: Cast, name: str) -> None:
    entity, call = CALLS[name]
    record = _row(entity)
    before = _fingerprint(record)
    parts = ["viewer_a", "worker_a", "security", "auditor", "system"]
    for part in [*parts, *(["clerk_a"] if name in REVIEWERS_ONLY else [])]:
        with pytest.raises(PermissionDenied):
            call(record, getattr(cast, part))
    assert _fingerprint(record) == before


@pytest.mark.parametrize("name", CALLS)
def test_no_other_county_may(cast: Cast, name: str) -> None:
    entity, call = CALLS[name]
    record = _row(entity)
    before = _fingerprint(record)
    with pytest.raises(OutOfScope):
        call(record, cast.reviewer_b)
    assert _fingerprint(record) == before


def _fingerprint(record: Any) -> dict[str, Any]:
    return type(record).objects.filter(pk=record.pk).values().get()


def test_the_level_above_may(cast: Cast) -> None:
    person = make_person(TOWNSHIP_A)
    assert cast.prefecture.region_id == PREFECTURE
    actions.confirm_person(person=person, by=cast.prefecture)
    actions.confirm_person(person=person, by=cast.province)


def test_a_disabled_account_may_nothing(cast: Cast) -> None:
    cast.clerk_a.is_active = False
    with pytest.raises(PermissionDenied):
        actions.confirm_person(person=make_person(TOWNSHIP_A), by=cast.clerk_a)


def test_only_clerks_create(cast: Cast) -> None:
    for part in ("viewer_a", "worker_a", "auditor"):
        person = Person(name="李四", id_number=id_number(), residence_id=COUNTY_A)
        with pytest.raises(PermissionDenied):
            actions.create_person(person=person, by=getattr(cast, part))


# --- Nobody confirms the own entry ----------------------------------------------------------
@pytest.mark.parametrize(
    ("entity", "name"),
    [
        ("certificate", "verify_certificate"),
        ("keytalentclaim", "decide_claim"),
        ("station", "approve_station"),
    ],
)
def test_nobody_confirms_what_the_own_hand_wrote(cast: Cast, entity: str, name: str) -> None:
    from core.audit.history import acting
    from core.rules import RuleError

    with acting(cast.reviewer_a):
        record = _row(entity)
    with pytest.raises(RuleError) as error:
        CALLS[name][1](record, cast.reviewer_a)
    assert error.value.rule == "OWN"
    CALLS[name][1](record, cast.prefecture)


def test_a_claim_is_approved_on_what_the_record_holds(cast: Cast) -> None:
    from core.rules import RuleError

    claim = make_row("keytalentclaim", TOWNSHIP_A)
    with pytest.raises(RuleError, match="证书"):
        actions.decide_claim(claim_=claim, by=cast.reviewer_a, approves=True)
    claim.person.certificates.create(level="2", approved_on=DAY)
    with pytest.raises(RuleError, match="黔籍"):
        actions.decide_claim(claim_=claim, by=cast.reviewer_a, approves=True)
    Person.objects.filter(pk=claim.person_id).update(native_place="522601")
    actions.decide_claim(claim_=claim, by=cast.reviewer_a, approves=True)
    claim.refresh_from_db()
    assert (claim.state, claim.decided_by) == ("2", cast.reviewer_a)
