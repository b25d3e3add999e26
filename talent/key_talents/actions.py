"""Claims are submitted and decided, never by the same person (T3)."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from core.dates import check_not_future
from core.decisions import actions as decisions
from core.decisions.kinds import DecisionKind
from core.decisions.models import State
from core.guards import claim, require_open
from core.models import User
from core.rules import RuleError
from core.scoping import ensure_visible
from talent.codes import ClaimClass, TitleLevel
from talent.key_talents.models import KeyTalentClaim
from talent.people.actions import not_merged


# --- Key talents ----------------------------------------------------------------------------
@transaction.atomic
def submit_claim(*, claim_: KeyTalentClaim, by: User) -> KeyTalentClaim:
    """Submit a claim, given as an unsaved row; a reviewer decides."""
    claim_.person = not_merged(claim(claim_.person, by, "talent.add_keytalentclaim"))
    check_not_future(claim_.qualified_on, label="取得资格日期", field="qualified_on")
    decisions.ask(CLAIM, claim_, by=by)
    ensure_visible(claim_, by)
    return claim_


def decide_claim(*, claim_: KeyTalentClaim, by: User, approves: bool, reason: str = "") -> str:
    """Approve or refuse a claim; never one's own, and a refusal says why."""
    state = State.GRANTED if approves else State.REFUSED
    decided = decisions.decide(CLAIM, claim_, by=by, state=state, reason=reason)
    return f"{decided.get_state_display()}：{decided.person.name}，{decided}。"


def _approve(claim_: KeyTalentClaim, *, by: User | None, reason: str) -> None:
    """An approved claim counts by its state; what it says has to stand in the record (T3)."""
    if missing := missing_basis(claim_):
        raise RuleError("T3", missing)


CLAIM = DecisionKind(
    code="claims",
    model=KeyTalentClaim,
    permission="talent.review_keytalentclaim",
    grant=_approve,
    check=require_open,
    # Nor what the own hand corrected since.
    vouched=(),
    noun="申报",
    own="不能认定自己提交的申报，请由另一位审核员办理。",
    why="请写明不予认定的理由。",
    waiting="待认定的重点人才",
    hint="自己申报的由别人认定",
    listed="?todo=decide",
    task="重点人才待认定",
)


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
