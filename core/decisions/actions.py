"""To ask, to decide, to withdraw, and what the due date does: the same for every kind."""

from __future__ import annotations

import datetime
import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.audit.history import acting
from core.dates import today
from core.decisions.kinds import KINDS, DecisionKind
from core.decisions.models import State
from core.decisions.telling import tell
from core.guards import claim, locked
from core.rules import RuleError
from core.scoping import OutOfScope

logger = logging.getLogger(__name__)


def ask(kind: DecisionKind, record: Any, *, by: Any, on: datetime.date | None = None) -> Any:
    """Save a request, given as an unsaved row; the caller has checked who may ask."""
    record.requested_by, record.state = by, State.PENDING
    record.due_on = kind.due_from(on or today())
    record.save(force_insert=True)
    tell(kind, record)
    return record


@transaction.atomic
def decide(
    kind: DecisionKind,
    record: Any,
    *,
    by: Any,
    state: State = State.GRANTED,
    reason: str = "",
    **answers: Any,
) -> Any:
    """Grant or refuse; the record as it was decided.

    Raises PermissionDenied, OutOfScope (also for the side that asked), and RuleError for what
    is decided already, for one's own, and for a refusal without a reason.
    """
    lock_subject(kind, record)
    record = claim(record, by, kind.permission)
    _require_pending(kind, record)
    if kind.is_own(record, by):
        raise RuleError("OWN", kind.own)
    if not kind.is_on_side(record, by):
        raise OutOfScope(kind.elsewhere)
    judgement = kind.judged(record, state, reason.strip(), **answers)
    if judgement.state == State.REFUSED and not judgement.reason:
        raise RuleError("REASON", kind.why, field="reason")
    if kind.is_request:
        _settle(record, judgement.state, judgement.reason, by=by, outcome=judgement.outcome)
    if judgement.state != State.REFUSED:
        kind.grant(record, by=by, reason=judgement.reason, **answers)
    tell(kind, record)
    return record


def withdraw(kind: DecisionKind, record: Any, *, by: Any, reason: str = "") -> None:
    """Whoever asked takes it back; the caller holds the row locked and has checked that."""
    _require_pending(kind, record)
    _settle(record, State.WITHDRAWN, reason, by=by)
    tell(kind, record)


def settle_due(*, on: datetime.date | None = None) -> int:
    """Grant what nobody answered in time, of every kind that says so; how many.

    Safe to run twice at the same time.
    """
    settled = 0
    for kind in KINDS.values():
        if not kind.grants_by_default:
            continue
        due = kind.model.objects.pending().filter(due_on__lte=on or today())
        for pk in due.order_by("due_on", "pk").values_list("pk", flat=True):
            try:
                settled += _settle_by_default(kind, pk)
            except Exception:
                # The next night finds it again; the others are not to wait for it.
                logger.exception("%s %s could not be settled", kind.code, pk)
    return settled


def lock_subject(kind: DecisionKind, request: Any) -> None:
    """Whom a request is about comes first, as for what ends her requests with her."""
    if not (kind.is_request and kind.about) or request is None:
        return
    if about := getattr(request, kind.about):
        locked(about)


def _settle_by_default(kind: DecisionKind, pk: Any) -> bool:
    unanswered = f"{kind.days} 天内未处理，到期自动同意"
    with transaction.atomic(), acting(None, reason=unanswered):
        lock_subject(kind, kind.model.objects.filter(pk=pk).first())
        rows = kind.model.objects.pending().select_for_update(of=("self",), skip_locked=True)
        record = rows.filter(pk=pk).first()
        if record is None:
            return False
        try:
            with transaction.atomic():
                _settle(record, State.DEFAULTED, unanswered, outcome=kind.effect(record))
                kind.grant(record, by=None, reason=unanswered)
        except RuleError as error:
            # One that cannot be carried out must not hold up the others.
            record.refresh_from_db()
            _settle(record, State.WITHDRAWN, f"到期未能办理：{error}"[:200])
            tell(kind, record)
            return False
        tell(kind, record)
    return True


def _require_pending(kind: DecisionKind, record: Any) -> None:
    if kind.check is not None:
        kind.check(record)
    if kind.is_request and not record.is_pending:
        words = record.get_state_display()
        raise RuleError("STATE", f"该{kind.noun}{words}，不能重复办理。")


def _settle(record: Any, state: State, reason: str, *, by: Any = None, outcome: str = "") -> None:
    """Write the answer before anything is done, so that what follows finds it decided."""
    record.state, record.decided_by, record.decided_at = state, by, timezone.now()
    record.decision_reason, record.outcome = reason[:200], outcome
    record.version += 1
    record.save()
