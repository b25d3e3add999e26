"""Certificates are verified, registrations added and cancelled, claims decided.

Whoever wrote a value does not confirm it: verification and decisions need a second person.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from core.audit.history import last_writer
from core.dates import today
from core.guards import claim, require_open, touch
from core.models import User
from core.rules import RuleError
from core.scoping import ensure_visible
from talent import rules
from talent.actions.people import not_merged
from talent.codes import (
    VALID_REGISTRATIONS,
    ClaimClass,
    ClaimState,
    RegistrationState,
    TitleLevel,
    Verification,
)
from talent.models import Certificate, KeyTalentClaim, RegistrationPeriod

OWN = "这是您自己录入或修改的，请由另一位审核员办理。"


# What a verification vouches for.
VERIFIED_COLUMNS = ("level", "number", "approved_on")


@transaction.atomic
def update_certificate(*, certificate: Certificate, by: User) -> Certificate:
    """Save an edited certificate; the instance carries the new values.

    One whose content changed is to be verified anew.
    """
    before = claim(certificate, by, "talent.change_certificate")
    if any(getattr(before, name) != getattr(certificate, name) for name in VERIFIED_COLUMNS):
        certificate.verification = Verification.EMPLOYER
        certificate.verified_by_means, certificate.verified_on = "", None
    certificate.version = before.version + 1
    certificate.save()
    return certificate


@transaction.atomic
def verify_certificate(
    *,
    certificate: Certificate,
    by: User,
    verification: str,
    means: str,
    verified_on: datetime.date | None = None,
    reason: str = "",
) -> None:
    """Record at which level a certificate was verified, how and when; never one's own entry."""
    certificate = claim(certificate, by, "talent.verify_certificate")
    require_open(certificate)
    if verification not in (Verification.COUNTY, Verification.DOCUMENT, Verification.PROVINCE):
        raise RuleError("VER", "请选择核验级别。", field="verification")
    if verification == Verification.PROVINCE and len(by.region_id or "") > 2:
        raise RuleError("VER", "省级抽查由省级审核员登记。", field="verification")
    if not means.strip():
        raise RuleError("VER", "请写明核验方式，如中国人事考试网、纸质原件。", field="means")
    rules.check_not_future(verified_on, label="核验日期", field="verified_on")
    if last_writer(certificate, *VERIFIED_COLUMNS) == str(by.pk):
        raise RuleError("OWN", OWN)
    certificate.verification = verification
    certificate.verified_by_means = means.strip()
    certificate.verified_on = verified_on or today()
    touch(certificate, "verification", "verified_by_means", "verified_on")


# --- Registration ---------------------------------------------------------------------------
def check_period(period: RegistrationPeriod) -> list[Any]:
    """R10 and R11 of a period against the person's certificates and other periods.

    One that was cancelled or refused ended when it did and is not measured.
    """
    if not rules.counts_as_period(period.state):
        return []
    others = [
        (p.starts_on, p.ends_on)
        for p in period.person.registrationperiods.filter(ended_on=None).exclude(pk=period.pk)
        if rules.counts_as_period(p.state)
    ]
    rules.check_no_overlap(period.starts_on, period.ends_on, others)
    held = period.person.certificates.filter(ended_on=None, level__in=rules.NATIONAL_LEVELS)
    passed = held.order_by("approved_on").values_list("approved_on", flat=True).first()
    before = [last for _, last in others if last < period.starts_on]
    return rules.check_registration(
        kind=period.kind,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        passed_on=passed,
        previous_end=max(before, default=None),
    )


@transaction.atomic
def add_registration(*, period: RegistrationPeriod, by: User) -> RegistrationPeriod:
    """Add a registration period, given as an unsaved row (R10, R11)."""
    period.person = claim(period.person, by, "talent.add_registrationperiod")
    check_period(period)
    period.save(force_insert=True)
    ensure_visible(period, by)
    return period


@transaction.atomic
def cancel_registration(
    *, period: RegistrationPeriod, by: User, cancelled_on: datetime.date, reason: str
) -> None:
    """注销 a registration: valid through the day before, kept in the record."""
    period = claim(period, by, "talent.end_registrationperiod")
    require_open(period)
    if period.state not in VALID_REGISTRATIONS:
        label = period.get_state_display()
        raise RuleError("STATE", f"登记状态为「{label}」，只有有效的登记可以注销。")
    rules.check_not_future(cancelled_on, label="注销日期", field="cancelled_on")
    last_day = cancelled_on - datetime.timedelta(days=1)
    if last_day < period.starts_on:
        words = f"登记自 {period.starts_on} 起有效，注销应晚于这一天；登记录错的，请办理「停用」。"
        raise RuleError("R11", words, field="cancelled_on")
    period.state, period.end_reason = RegistrationState.CANCELLED, reason
    period.ends_on = min(period.ends_on, last_day)
    touch(period, "state", "end_reason", "ends_on")


# --- Key talents ----------------------------------------------------------------------------
@transaction.atomic
def submit_claim(*, claim_: KeyTalentClaim, by: User) -> KeyTalentClaim:
    """Submit a claim, given as an unsaved row; a reviewer decides."""
    claim_.person = not_merged(claim(claim_.person, by, "talent.add_keytalentclaim"))
    rules.check_not_future(claim_.qualified_on, label="取得资格日期", field="qualified_on")
    claim_.submitted_by, claim_.state = by, ClaimState.PENDING
    claim_.save(force_insert=True)
    ensure_visible(claim_, by)
    return claim_


@transaction.atomic
def decide_claim(*, claim_: KeyTalentClaim, by: User, approves: bool, reason: str = "") -> str:
    """Approve or refuse a claim; never one's own, and a refusal says why."""
    claim_ = claim(claim_, by, "talent.review_keytalentclaim")
    require_open(claim_)
    if claim_.state != ClaimState.PENDING:
        raise RuleError("STATE", f"该申报{claim_.get_state_display()}，不能重复办理。")
    if claim_.submitted_by_id == by.pk or last_writer(claim_) == str(by.pk):
        raise RuleError("OWN", "不能认定自己提交的申报，请由另一位审核员办理。")
    if approves:
        if missing := missing_basis(claim_):
            raise RuleError("T3", missing)
    elif not reason.strip():
        raise RuleError("REASON", "请写明不予认定的理由。", field="reason")
    claim_.state = ClaimState.APPROVED if approves else ClaimState.REFUSED
    claim_.decided_by, claim_.decided_on = by, today()
    claim_.decision_reason = reason.strip()
    touch(claim_, "state", "decided_by", "decided_on", "decision_reason")
    return f"{'已认定' if approves else '不予认定'}：{claim_.person.name}，{claim_}。"


def missing_basis(claim_: KeyTalentClaim) -> str:
    """T3: what the class or the origin of a claim says and the record does not, so that the
    number could not be explained; "" when nothing is missing."""
    person = claim_.person
    if claim_.claim_class == ClaimClass.CERTIFIED:
        if not person.certificates.filter(level__in=("2", "3"), ended_on=None).exists():
            return "档案中没有社会工作师及以上证书，请先补登证书。"
    if claim_.claim_class == ClaimClass.TEACHER:
        levels = (TitleLevel.SENIOR, TitleLevel.ASSOCIATE)
        if not person.titles.filter(level__in=levels, ended_on=None).exists():
            return "档案中没有副高级及以上职称，请先补登职称。"
    if claim_.claim_class == ClaimClass.DOCTOR:
        if not person.educations.filter(degree="2", ended_on=None).exists():
            return "档案中没有博士学位，请先补登学历学位。"
    place = person.native_place if claim_.native_basis == "1" else person.household_place
    if not place.startswith(settings.PROVINCE_CODE):
        label = claim_.get_native_basis_display()
        return f"档案中的{label}不在本省，黔籍依据不成立，请核对。"
    return ""
