"""The one place that both sides of a decision hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.notices.actions import close_notices, notify
from core.notices.waiting import forget_total

if TYPE_CHECKING:
    from core.decisions.kinds import DecisionKind


def tell(kind: DecisionKind, decision: Any) -> None:
    """Called in the transaction of every request, answer, withdrawal and default.

    The lists and the workbench are read from the rows themselves; what is kept of them for
    whoever asked and whoever decided is forgotten here. Whoever asked finds a message of what
    became of it, unless it was by the own hand.
    """
    parties = {getattr(decision, name, None) for name in ("requested_by_id", "decided_by_id")}
    for user_id in parties - {None}:
        forget_total(user_id)
    if not kind.is_request:
        return
    asked = f"{kind.code}-asked"
    if decision.is_pending:
        if kind.asked is not None and (words := kind.asked(decision)):
            notify(key=f"{asked}:{decision.pk}", **words)
        return
    close_notices([decision], code=asked)
    if kind.message is None:
        return
    if decision.decided_by_id != decision.requested_by_id:
        notify(
            key=f"{kind.code}-decided:{decision.pk}",
            record=decision,
            to=decision.requested_by,
            **kind.message(decision),
        )
