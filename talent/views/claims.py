"""Pages of key-talent claims and graduate figures."""

from __future__ import annotations

from typing import Any

from core.entities.pages import EntityView, Section
from talent import kinds, verbs
from talent.actions.credentials import submit_claim
from talent.filters import GraduateStatFilter, KeyTalentClaimFilter
from talent.forms import GraduateStatForm, KeyTalentClaimForm
from talent.models import GraduateStat, KeyTalentClaim
from talent.tables import GraduateStatTable, KeyTalentClaimTable
from talent.views.credentials import PersonalView


class KeyTalentClaimView(PersonalView):
    model = KeyTalentClaim
    unit = "人次"
    icon = "award"
    table = KeyTalentClaimTable
    filterset = KeyTalentClaimFilter
    form = KeyTalentClaimForm
    empty_hint = "在人员的页面上申报。"
    state_field = "state"
    state_kinds = kinds.CLAIM
    headline = ("person", "qualified_on")
    actions = verbs.CLAIM
    decided_on = ("person", "claim_class", "qualified_on", "native_basis", "evidence", "origin")
    sections = (
        Section(
            "申报",
            ("person", "claim_class", "qualified_on", "native_basis", "evidence", "origin"),
        ),
        Section(
            "认定",
            ("state", "decided_by", "decided_on", "decision_reason", "ended_on", "end_reason"),
        ),
    )

    def save_new(self, record: Any, form: Any) -> Any:
        return submit_claim(claim_=record, by=self.request.user)

    def is_editable(self, record: Any) -> bool:
        """A decided claim is not edited: it was decided on what it said."""
        return record.state == "1" and super().is_editable(record)


class GraduateStatView(EntityView):
    model = GraduateStat
    can_deactivate = True
    unit = "条"
    icon = "school"
    table = GraduateStatTable
    filterset = GraduateStatFilter
    form = GraduateStatForm
    search_hint = "院校、专业"
    empty_hint = "可以逐个新增，也可以把毕业生台账直接导入。"
    select_related = ("region",)
    headline = ("year", "level", "major")
    sections = (
        Section(
            "毕业生",
            ("school", "school_place", "region", "major", "major_code", "level", "year",
             "graduates", "stayed", "document", "ended_on", "end_reason"),
        ),
    )  # fmt: skip
