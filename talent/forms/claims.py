"""Forms of key-talent claims and of graduate figures."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from core.entities.forms import FreeTextField, RecordForm, RecordMeta, names_in
from core.rules import Flag
from talent.actions.credentials import missing_basis
from talent.forms.credentials import PersonalForm
from talent.models import GraduateStat, KeyTalentClaim
from talent.rules import check_graduates, check_graduation_year

CLAIM = (("申报", ("claim_class", "qualified_on", "native_basis", "evidence", "origin")),)
GRADUATES = (
    ("毕业生", ("school", "school_place", "region", "major", "level", "year", "graduates")),
    ("去向与依据", ("stayed", "major_code", "document")),
)


class KeyTalentClaimForm(PersonalForm):
    layout = CLAIM

    class Meta(RecordMeta):
        model = KeyTalentClaim
        fields = names_in(CLAIM)
        field_classes = {"evidence": FreeTextField}
        help_texts = {
            "qualified_on": "取得资格的日期，不是填报日期；B 类为两项中较晚的一项。",
            "evidence": "写明材料名称和编号，如 社会工作师证书 2022 年批次。",
        }

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        self.not_in_future(cleaned, "qualified_on")
        if not (cleaned.get("claim_class") and cleaned.get("native_basis")):
            return
        entered = copy(self.instance)
        entered.claim_class = cleaned["claim_class"]
        entered.native_basis = cleaned["native_basis"]
        if missing := missing_basis(entered):
            yield Flag("T3", "W", f"{missing}在这之前不能认定。", "claim_class")


class GraduateStatForm(RecordForm):
    layout = GRADUATES

    class Meta(RecordMeta):
        model = GraduateStat
        fields = names_in(GRADUATES)
        help_texts = {
            "school_place": "省外院校只填黔籍毕业生，单列，不计入目标。",
            "graduates": "只计毕业，不计结业。",
        }

    def check(self, cleaned: dict[str, Any]) -> Iterable[Flag]:
        check_graduation_year(cleaned.get("year"))
        yield from check_graduates(cleaned.get("graduates"), cleaned.get("stayed"))
