"""Claims of key talents: their list, pages and form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q

from core.dates import check_not_future
from core.entities.columns import Column
from core.entities.declarations import Action, Section
from core.entities.filters import ENDED, ChoiceFilter
from core.entities.forms import ActionForm, FreeTextField, ReasonField
from core.rules import Flag
from talent.codes import ClaimState
from talent.colours import CLAIM
from talent.key_talents.actions import decide_claim, missing_basis, submit_claim
from talent.key_talents.models import KeyTalentClaim
from talent.people.belonging import PERSON_NAME, part_of_person


class DecideForm(ActionForm):
    approves = forms.TypedChoiceField(
        label="结论",
        choices=[("True", "同意认定"), ("False", "不予认定")],
        coerce=lambda value: str(value) == "True",
        widget=forms.RadioSelect,
    )
    reason = ReasonField(label="意见", required=False, help_text="不予认定时必填，申报人可以看到。")


def check(claim: KeyTalentClaim) -> Iterable[Flag]:
    check_not_future(claim.qualified_on, label="取得资格日期", field="qualified_on")
    if claim.claim_class and claim.native_basis and (missing := missing_basis(claim)):
        yield Flag("T3", "W", f"{missing}在这之前不能认定。", "claim_class")


def to_decide(user: Any) -> Q:
    """Claims that wait for somebody else than who submitted them."""
    return Q(state=ClaimState.PENDING, ended_on=None) & ~Q(submitted_by=user)


class ToDecide(ChoiceFilter):
    """待我认定."""

    def filter(self, qs: Any, value: list[str]) -> Any:
        return qs.filter(to_decide(self.parent.request.user)) if value else qs


KEY_TALENTS = part_of_person(
    model=KeyTalentClaim,
    prefix="key-talents/",
    api="key-talents",
    argument="claim_",
    unit="人次",
    icon="award",
    empty_hint="在人员的页面上申报。",
    sections=(
        Section("申报", "person claim_class qualified_on native_basis evidence origin"),
        Section("认定", "state decided_by decided_on decision_reason ended_on true_until "
                       "end_reason"),
    ),
    columns=(
        PERSON_NAME,
        "claim_class* qualified_on* native_basis origin state*",
        Column("person__region", "所在地区"),
    ),
    filters=(
        "region",
        ENDED,
        ("todo", ToDecide(label="待办", choices=[("decide", "待我认定")])),
        "claim_class result=state origin",
    ),
    state="state",
    colours={"state": CLAIM},
    headline="person qualified_on",
    decided_on="person claim_class qualified_on native_basis evidence origin",
    form_fields={"evidence": FreeTextField},
    check=check,
    create=submit_claim,
    # It was decided on what it said.
    is_open=lambda claim: claim.state == ClaimState.PENDING,
    api_extra="submitted_by",
    actions=(
        Action("decide", "认定", DecideForm, decide_claim, "talent.review_keytalentclaim",
               is_primary=True,
               when=lambda c: c.ended_on is None and c.state == ClaimState.PENDING,
               consequence="自己提交的申报，请由另一位审核员认定。"),
    ),
)  # fmt: skip
