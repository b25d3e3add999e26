"""The API of transfers: who only asks sees the request, and no more of the person."""

from typing import Any

from core.entities.api.records import RecordAPI
from core.entities.api.serializers import is_visible, serializer_for
from talent.moves.entity import TRANSFERS
from talent.moves.models import TransferRequest

_Transfer: Any = serializer_for(
    TransferRequest, "person", "from_region", "to_region", "direction", "reason", "state",
    "requested_by", "due_on", "decided_by", "decided_at", "decision_reason",
    private=("person",),
)  # fmt: skip


class TransferRequestSerializer(_Transfer):
    def to_representation(self, instance: TransferRequest) -> dict[str, Any]:
        instance.from_region_id = instance.known_origin_id or None
        return dict(super().to_representation(instance))


class TransferRequestAPI(RecordAPI):
    """Who only asks sees the request; the person only where the reader's scope has it."""

    entity = TRANSFERS
    model = TransferRequest
    person_path = "known_person_id"
    select_related = ("person", "requested_by", "decided_by")
    filterset_fields = ("state", "direction")
    serializer_class = TransferRequestSerializer

    def leave_read_event(self, records: list[Any]) -> None:
        user = self.request.user
        super().leave_read_event([row for row in records if is_visible(row.person, user)])
