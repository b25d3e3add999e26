"""Claims are submitted and decided, never by the same person (T3)."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from core.audit.history import last_writer
from core.dates import check_not_future, today
from core.guards import claim, require_open, touch
from core.models import User
from core.rules import RuleError
from core.scoping import ensure_visible
from talent.codes import ClaimClass, ClaimState, TitleLevel
from talent.key_talents.models import KeyTalentClaim
from talent.people.actions import not_merged


# --- Key talents ----------------------------------------------------------------------------
@transaction.atomic
def submit_claim(*, claim_: KeyTalentClaim, by: User) -> KeyTalentClaim:
    """Submit a claim, given as an unsaved row; a reviewer decides."""
    claim_.person = not_merged(claim(claim_.person, by, "talent.add_keytalentclaim"))
    check_not_future(claim_.qualified_on, label="取得资格日期", field="qualified_on")
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
