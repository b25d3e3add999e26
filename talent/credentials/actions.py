"""Certificates are verified, registrations added and cancelled, claims decided.

Whoever wrote a value does not confirm it: verification and decisions need a second person.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core.dates import check_not_future, today
from core.decisions.actions import decide
from core.decisions.kinds import DecisionKind
from core.entities import former
from core.guards import claim, require_open, touch
from core.models import User
from core.notices.actions import close_notices
from core.rules import RuleError
from core.scoping import ensure_visible
from talent.codes import (
    COUNTING_LEVELS,
    MAY_SERVE,
    VALID_REGISTRATIONS,
    RegistrationState,
    Verification,
)
from talent.credentials.models import Certificate, RegistrationPeriod
from talent.credentials.rules import (
    NATIONAL_LEVELS,
    check_next_period,
    counts_as_period,
)

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
    former.keep(before, certificate)
    return certificate


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
    decide(
        VERIFICATION,
        certificate,
        by=by,
        reason=reason,
        verification=verification,
        means=means,
        verified_on=verified_on,
    )


def _verify(
    certificate: Certificate,
    *,
    by: User,
    reason: str,
    verification: str,
    means: str,
    verified_on: datetime.date | None,
) -> None:
    if verification not in (Verification.COUNTY, Verification.DOCUMENT, Verification.PROVINCE):
        raise RuleError("VER", "请选择核验级别。", field="verification")
    if verification == Verification.PROVINCE and len(by.region_id or "") > 2:
        raise RuleError("VER", "省级抽查由省级审核员登记。", field="verification")
    if not means.strip():
        raise RuleError("VER", "请写明核验方式，如中国人事考试网、纸质原件。", field="means")
    check_not_future(verified_on, label="核验日期", field="verified_on")
    on = verified_on or today()
    verify_all([certificate], verification=verification, means=means.strip(), on=on)


def verify_all(
    certificates: list[Certificate], *, verification: str, means: str, on: datetime.date
) -> None:
    """Let certificates that are locked be verified at a level since a day, in sets."""
    changes = []
    for certificate in certificates:
        was = former.Held(certificate.verification, certificate.verified_on)
        certificate.verification, certificate.verified_by_means = verification, means
        certificate.verified_on, certificate.updated_at = on, timezone.now()
        certificate.version += 1
        # Looked at again with the same outcome: it held before, too.
        is_again = was.value == verification and was.since is not None and on >= was.since
        change = None if is_again else former.changed(was, former.Held(verification, on))
        if change:
            changes.append((certificate.pk, *change))
    columns = ["verification", "verified_by_means", "verified_on", "version", "updated_at"]
    Certificate.objects.bulk_update(certificates, columns, batch_size=500)
    former.hold(Certificate, "verification", changes)


# What verifying would make surer of what is counted (T2).
TO_VERIFY = Q(
    level__in=COUNTING_LEVELS,
    verification__lt=Verification.COUNTY,
    person__status__in=MAY_SERVE,
    ended_on=None,
)

VERIFICATION = DecisionKind(
    code="certificates",
    model=Certificate,
    permission="talent.verify_certificate",
    grant=_verify,
    check=require_open,
    vouched=VERIFIED_COLUMNS,
    pending=TO_VERIFY,
    own="这是您自己录入或修改的，请由另一位审核员办理。",
    waiting="证书未达县级核验",
    hint="自填和单位确认的证书，核验后更可靠",
    listed="?todo=verify",
    is_upkeep=True,
)


# --- Registration ---------------------------------------------------------------------------
def check_period(period: RegistrationPeriod) -> list[Any]:
    """R10 and R11 of a period against the person's certificates and other periods.

    One that was cancelled or refused ended when it did and is not measured.
    """
    if not counts_as_period(period.state):
        return []
    others = [
        (p.starts_on, p.ends_on)
        for p in period.person.registrationperiods.filter(ended_on=None).exclude(pk=period.pk)
        if counts_as_period(p.state)
    ]
    held = period.person.certificates.filter(ended_on=None, level__in=NATIONAL_LEVELS)
    _, flags = check_next_period(
        kind=period.kind,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        counting=others,
        passed_on=held.order_by("approved_on").values_list("approved_on", flat=True).first(),
    )
    return flags


@transaction.atomic
def add_registration(*, period: RegistrationPeriod, by: User) -> RegistrationPeriod:
    """Add a registration period, given as an unsaved row (R10, R11)."""
    period.person = claim(period.person, by, "talent.add_registrationperiod")
    check_period(period)
    period.save(force_insert=True)
    ensure_visible(period, by)
    if counts_as_period(period.state):
        # Nobody is reminded of what was renewed a minute ago.
        close_notices(period.person.registrationperiods.filter(ends_on__lt=period.starts_on))
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
    check_not_future(cancelled_on, label="注销日期", field="cancelled_on")
    last_day = cancelled_on - datetime.timedelta(days=1)
    if last_day < period.starts_on:
        words = f"登记自 {period.starts_on} 起有效，注销应晚于这一天；登记录错的，请办理「停用」。"
        raise RuleError("R11", words, field="cancelled_on")
    period.state, period.end_reason = RegistrationState.CANCELLED, reason
    period.ends_on = min(period.ends_on, last_day)
    touch(period, "state", "end_reason", "ends_on")
    close_notices([period])
