"""Claims of key talents: their list, pages and form."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from core.dates import check_not_future
from core.decisions.entity import RefuseForm, answer
from core.decisions.models import COLOURS
from core.decisions.pages import DecisionPage
from core.entities.columns import Column
from core.entities.declarations import Section
from core.entities.filters import ENDED, Between, ChoiceFilter
from core.entities.forms import FreeTextField
from core.rules import Answers, Flag
from talent.codes import ClaimState
from talent.key_talents.actions import CLAIM, decide_claim, missing_basis, submit_claim
from talent.key_talents.models import KeyTalentClaim
from talent.people.belonging import PERSON_NAME, part_of_person

_OTHERS = "自己提交的申报，请由另一位审核员认定。"


def check(claim: KeyTalentClaim) -> Iterable[Flag]:
    answers = Answers()
    answers.ask(check_not_future, claim.qualified_on, label="取得资格日期", field="qualified_on")
    answers.ask(_check_basis, claim)
    return answers.settle()


def _check_basis(claim: KeyTalentClaim) -> Iterable[Flag]:
    if claim.claim_class and claim.native_basis and (missing := missing_basis(claim)):
        yield Flag("T3", "W", f"{missing}在这之前不能认定。", "claim_class")


class ToDecide(ChoiceFilter):
    """待我认定."""

    def filter(self, qs: Any, value: list[str]) -> Any:
        return qs.filter(KeyTalentClaim.waits_for(self.parent.request.user)) if value else qs


CLAIM_FILTERS = (
    "region",
    ENDED,
    ("todo", ToDecide(label="待办", choices=[("decide", "待我认定")])),
    "claim_class result=state origin",
)
KEY_TALENTS = part_of_person(
    model=KeyTalentClaim,
    prefix="key-talents/",
    argument="claim_",
    unit="人次",
    icon="award",
    files="认定依据 籍贯证明 任课证明",
    empty_hint="在人员的页面上申报。",
    sections=(
        Section("申报", "person claim_class qualified_on native_basis evidence origin"),
        Section("认定", "state requested_by decided_by decided_on decision_reason "
                       "ended_on true_until end_reason"),
    ),
    columns=(
        PERSON_NAME,
        "claim_class* qualified_on* native_basis origin state*",
        Column("person__region", "所在地区"),
        Column("created_at", "申报时间", optional=True),
        "evidence? requested_by? decided_by? decided_on? decision_reason?",
    ),
    filters=(*CLAIM_FILTERS, Between("created_at", "asked", "申报时间")),
    presets=(
        ("全部", ""),
        ("待我认定", "todo=decide"),
        *((str(label), f"result={value}") for value, label in ClaimState.choices),
    ),
    select_related=("person", "requested_by", "decided_by"),
    state="state",
    colours={"state": COLOURS},
    headline="person qualified_on",
    decided_on="person claim_class qualified_on native_basis evidence origin",
    form_fields={"evidence": FreeTextField},
    check=check,
    create=submit_claim,
    # It was decided on what it said.
    is_open=lambda claim: claim.state == ClaimState.PENDING,
    labels={"decided_on": "认定日期"},
    pages={"detail": DecisionPage},
    templates={"detail": "decisions/detail.html"},
    actions=(
        answer(CLAIM, "accept", "同意认定", partial(decide_claim, approves=True),
               is_primary=True, in_bulk=True, consequence=_OTHERS),
        answer(CLAIM, "refuse", "不予认定", partial(decide_claim, approves=False),
               form=RefuseForm, is_serious=True, in_bulk=True, consequence=_OTHERS),
    ),
)  # fmt: skip
