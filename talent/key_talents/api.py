"""The API of claims, in the words that programs have known since before all decisions were one."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.entities.api.records import RecordAPI
from core.entities.api.serializers import HolderName, serializer_for
from core.entities.filters import filterset_for
from talent.key_talents.entity import CLAIM_FILTERS, KEY_TALENTS
from talent.key_talents.models import KeyTalentClaim

_Claim: Any = serializer_for(
    KeyTalentClaim, "person", "claim_class", "qualified_on", "native_basis", "evidence", "origin",
    "state", "requested_by", "decided_by", "decision_reason", "ended_on", "end_reason",
)  # fmt: skip


class KeyTalentClaimSerializer(_Claim):
    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        del fields["requested_by_name"]
        asker = KeyTalentClaim._meta.get_field("requested_by")
        return fields | {
            "submitted_by_name": HolderName(
                asker,
                read_only=True,
                label=str(asker.verbose_name),  # type: ignore[union-attr]
            ),
            "decided_on": serializers.DateField(read_only=True, allow_null=True, label="认定日期"),
        }


class KeyTalentClaimAPI(RecordAPI):
    entity = KEY_TALENTS
    model = KeyTalentClaim
    person_path = "person_id"
    select_related = ("person", "requested_by", "decided_by")
    serializer_class = KeyTalentClaimSerializer
    filterset_class = filterset_for(KEY_TALENTS, CLAIM_FILTERS)
