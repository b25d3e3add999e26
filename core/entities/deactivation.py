"""停用 and 恢复使用, the end of a record that every entity has. Nothing is deleted."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core.dates import today
from core.guards import claim, require_open, touch
from core.rules import RuleError


def _end_permission(record: Any) -> str:
    return f"{record._meta.app_label}.end_{record._meta.model_name}"


@transaction.atomic
def deactivate(*, record: Any, by: Any, reason: str) -> str:
    """The record no longer counts and is kept with the reason.

    Raises PermissionDenied, OutOfScope, or RuleError when it is already out of use.
    """
    record = claim(record, by, _end_permission(record))
    require_open(record)
    record.ended_on, record.end_reason = today(), reason
    touch(record, "ended_on", "end_reason")
    return f"已停用「{record}」。"


@transaction.atomic
def reactivate(*, record: Any, by: Any, reason: str) -> str:
    """Undo 停用. Raises ValidationError where another record took its place meanwhile."""
    record = claim(record, by, _end_permission(record))
    if record.ended_on is None:
        raise RuleError("STATE", "这条记录没有停用。")
    record.ended_on, record.end_reason = None, ""
    record.validate_constraints()
    touch(record, "ended_on", "end_reason")
    return f"已恢复使用「{record}」。"
